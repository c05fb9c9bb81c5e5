/* router - the pages. The program answers every address of a page with index.html. */
import { createRouter, createWebHistory } from 'vue-router'
import DeskPage from './desk/DeskPage.vue'
import LoginPage from './pages/LoginPage.vue'
import { useSession } from './stores/session'
import { RAIL, SETTINGS } from './shell/nav'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: { name: 'desk' } },
    { path: '/login', name: 'login', component: LoginPage },
    { path: '/desk/:id?', name: 'desk', component: DeskPage },
    { path: '/search', name: 'search', component: () => import('./pages/SearchPage.vue') },
    { path: '/mentions', name: 'mentions', component: () => import('./pages/MentionsPage.vue') },
    { path: '/contacts/:id?', name: 'contacts', component: () => import('./pages/ContactsPage.vue') },
    { path: '/outbox', name: 'outbox', component: () => import('./pages/OutboxPage.vue') },
    { path: '/channels/:id?', name: 'channels', component: () => import('./pages/ChannelsPage.vue') },
    {
      path: '/settings',
      component: () => import('./pages/settings/SettingsPage.vue'),
      redirect: { name: 'profile' },
      children: [
        { path: 'profile', name: 'profile', component: () => import('./pages/settings/ProfilePage.vue') },
        { path: 'keys', name: 'keys', component: () => import('./pages/settings/KeysPage.vue') },
        { path: 'security', name: 'security', component: () => import('./pages/settings/SecurityPage.vue') },
        { path: 'users', name: 'users', component: () => import('./pages/settings/UsersPage.vue') },
        { path: 'teams', name: 'teams', component: () => import('./pages/settings/TeamsPage.vue') },
        { path: 'brands', name: 'brands', component: () => import('./pages/settings/BrandsPage.vue') },
        { path: 'hooks', name: 'hooks', component: () => import('./pages/settings/HooksPage.vue') },
        { path: 'understanding/:tab?/:id?', name: 'understanding', component: () => import('./pages/settings/understanding/UnderstandingPage.vue') },
        { path: 'audit', name: 'audit', component: () => import('./pages/settings/AuditPage.vue') },
      ],
    },
    { path: '/:rest(.*)*', redirect: { name: 'desk' } },
  ],
})

const needed = new Map([...RAIL, ...SETTINGS].map((e) => [e.name, e.permission]))

router.beforeEach((to) => {
  const session = useSession()
  if (session.state !== 'in') return to.name === 'login' ? true : { name: 'login', query: to.fullPath === '/desk' ? {} : { next: to.fullPath } }
  if (to.name === 'login') return { name: 'desk' }
  const permission = needed.get(String(to.name))
  return permission && !session.can(permission) && to.name !== 'desk' ? { name: 'desk' } : true
})

/* router - the pages. Addresses stand behind "#": the program serves one page and a reverse proxy needs no rule. */
import { createRouter, createWebHashHistory } from 'vue-router'
import DeskPage from './desk/DeskPage.vue'
import LoginPage from './pages/LoginPage.vue'
import { useSession } from './stores/session'
import { RAIL, SETTINGS } from './shell/nav'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: { name: 'desk' } },
    { path: '/login', name: 'login', component: LoginPage },
    { path: '/desk/:id?', name: 'desk', component: DeskPage },
    { path: '/s', name: 'profile', redirect: '/desk' }, { path: '/c', name: 'contacts', redirect: '/desk' }, { path: '/k', name: 'keys', redirect: '/desk' }, { path: '/q', name: 'search', redirect: '/desk' },
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

import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import './base.css'
import { firstLang, i18n, setLang } from './i18n'
import { router } from './router'
import { useSession } from './stores/session'

const app = createApp(App).use(createPinia()).use(i18n)
await Promise.all([
  setLang(firstLang()),
  useSession().restore().catch(() => undefined), // the page says so and offers another try
])
app.use(router).mount('#app')

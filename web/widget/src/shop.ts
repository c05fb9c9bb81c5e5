/* The demo shop, GET /demo/shop?channel=ID: a page of a shop that has the chat widget on it. */
import { chooseLanguage } from './texts'

const query = new URLSearchParams(location.search)
const language = chooseLanguage(query.get('lang'), ...navigator.languages)
document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
for (const one of document.querySelectorAll<HTMLElement>('[data-zh]')) one.textContent = one.dataset[language] ?? ''

const channel = query.get('channel')
if (channel) {
  const script = document.createElement('script')
  script.src = '/widget.js'
  script.dataset.channel = channel
  const identity = query.get('identity')
  if (identity) script.dataset.identity = identity
  document.head.append(script)
}

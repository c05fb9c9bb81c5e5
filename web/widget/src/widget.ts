/* widget.js - the chat on the company's site:
 *   <script src="https://HOST/widget.js" data-channel="ID" nonce="…" async></script>
 * Optional: data-identity (signed by the site), data-lang (zh, en). */
import { Client } from './client'
import { chooseLanguage, TEXTS } from './texts'
import { View } from './view'

export function mount(script: HTMLScriptElement): View | undefined {
  const channel = script.dataset.channel
  if (!channel) {
    console.error('Huiyin: the script tag needs data-channel="ID"')
    return undefined
  }
  if (document.querySelector(`huiyin-chat[data-channel="${CSS.escape(channel)}"]`)) return undefined
  const language = chooseLanguage(script.dataset.lang, document.documentElement.lang, ...navigator.languages)
  const client = new Client({
    base: new URL(script.src).origin,
    channel,
    identity: script.dataset.identity,
    language,
    page: () => location.origin + location.pathname, // without the query: it may hold what is nobody's business
  })
  const host = document.createElement('huiyin-chat')
  host.dataset.channel = channel
  document.body.append(host)
  return new View(host, client, TEXTS[language], language, script.nonce ?? '')
}

const script = document.currentScript as HTMLScriptElement | null
if (script) {
  if (document.body) mount(script)
  else document.addEventListener('DOMContentLoaded', () => mount(script))
}

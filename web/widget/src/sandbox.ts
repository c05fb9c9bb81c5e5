/* The sandbox's phone page, GET /sandbox/{id}: a customer's side of the sandbox channel. */
import { uuid } from './client'
import { h, icon } from './dom'
import { Feed, type Item, type Persona } from './sandbox_feed'
import { SANDBOX_TEXTS } from './sandbox_texts'
import { chooseLanguage } from './texts'

const EVERY = 2000
const NEWEST = 6 // posts whose comments are always kept up to date; others while they are on the screen
const AT_ONCE = 8 // posts that were never looked into, taken in turn
const ICONS = {
  likes: 'M12 21s-8-5.3-8-11a4.6 4.6 0 0 1 8-3 4.6 4.6 0 0 1 8 3c0 5.700-8 11-8 11z',
  reposts: 'M7 7h9V4l5 4-5 4V9H9v4H7V7zm10 10H8v3l-5-4 5-4v3h7v-4h2v6z',
  comments: 'M4 4h16v12h-8l-5 4v-4H4z',
  verified: 'M12 2l2.600 2.200 3.400-.2.800 3.300 2.700 2.100L20.200 12l1.300 2.600-2.700 2.100-.8 3.300-3.400-.2L12 22l-2.600-2.200-3.400.2-.8-3.300-2.700-2.100L3.800 12 2.500 9.400l2.700-2.100.8-3.300 3.400.2zm-1.200 13.600l5.600-5.600-1.400-1.400-4.200 4.200-1.800-1.800-1.400 1.400z',
}
const PRESETS: Persona[] = [
  { name: '小麦', followers: 1204, verified: '' },
  { name: '老王聊数码', followers: 862000, verified: 'person' },
  { name: '江城晚报', followers: 3210000, verified: 'media' },
  { name: 'Lena K.', followers: 312, verified: '' },
  { name: 'TechWatch Daily', followers: 540000, verified: 'media' },
]

const language = chooseLanguage(new URLSearchParams(location.search).get('lang'), ...navigator.languages)
const words = SANDBOX_TEXTS[language]
const locale = language === 'zh' ? 'zh-CN' : 'en'
const number = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const channel = location.pathname.split('/')[2] ?? ''
const feed = new Feed(channel)

let persona: Persona = remembered()
let tab: 'timeline' | 'messages' = 'timeline'
let answering: Item | undefined // the post or comment that a comment is being written for
let dialogue: Item[] = []
let drawn = ''

function remembered(): Persona {
  try {
    const kept = JSON.parse(sessionStorage.getItem('huiyin-sandbox') ?? 'null') as Persona | null
    if (kept && typeof kept.name === 'string') return kept
  } catch {
    // not readable
  }
  return { ...(PRESETS[language === 'zh' ? 0 : 3] as Persona) }
}

/* ---- pieces ---- */

const name = h('input', { id: 'name', maxlength: 50, 'data-testid': 'sandbox-persona' })
const followers = h('input', { id: 'followers', type: 'number', min: 0, max: 1000000000, 'data-testid': 'sandbox-persona-followers' })
const verified = h('select', { id: 'verified', 'data-testid': 'sandbox-persona-verified' },
  ...Object.entries(words.kinds).map(([value, text]) => h('option', { value }, text)))
const text = h('textarea', { rows: 2, maxlength: 2000, 'data-testid': 'sandbox-text' })
const submit = h('button', { class: 'primary', 'data-testid': 'sandbox-post' })
const answerTo = h('div', { class: 'answer-to', hidden: true })
const problem = h('p', { class: 'problem', role: 'alert', hidden: true, 'data-testid': 'sandbox-problem' })
const list = h('ol', { class: 'list', 'aria-live': 'polite', 'data-testid': 'sandbox-list' })
const screen = h('div', { class: 'screen', tabindex: 0 }, list)
const tabs = (['timeline', 'messages'] as const).map((one) =>
  h('button', { type: 'button', role: 'tab', 'data-tab': one, 'data-testid': `sandbox-tab-${one}`, onclick: () => choose(one) }, words[one]))

function avatar(author: string, brand: boolean): HTMLElement {
  let hue = 0
  for (const c of author) hue = (hue * 31 + c.codePointAt(0)!) % 360
  const face = h('span', { class: brand ? 'avatar brand' : 'avatar', 'aria-hidden': 'true' }, Array.from(author)[0] ?? '')
  face.style.setProperty('--hue', String(hue))
  return face
}

function ago(at: string): string {
  const seconds = Math.round((new Date(at).getTime() - Date.now()) / 1000)
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (seconds > -60) return relative.format(Math.min(0, seconds), 'second')
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (seconds > -86400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86400), 'day')
}

function byline(item: Item): HTMLElement {
  const mark = item.verified
    ? h('span', { class: `mark ${item.verified}`, title: words.kinds[item.verified as Persona['verified']] ?? item.verified, 'data-testid': 'sandbox-verified' }, icon(ICONS.verified))
    : undefined
  return h('div', { class: 'byline' }, h('strong', {}, item.author), mark,
    item.is_brand ? h('span', { class: 'official' }, words.brand) : h('span', { class: 'fans' }, words.fans(number.format(item.followers))),
    h('time', { datetime: item.created_at, title: new Date(item.created_at).toLocaleString(locale) }, ago(item.created_at)))
}

function count(kind: 'likes' | 'reposts', value: number): HTMLElement {
  return h('span', { class: 'count', title: words[kind] }, icon(ICONS[kind]), number.format(value))
}

function answerButton(item: Item, content: Node | string): HTMLElement {
  return h('button', { class: 'count', type: 'button', 'data-testid': 'sandbox-answer', 'aria-label': words.comment, onclick: () => answer(item) }, content)
}

function comment(item: Item): HTMLElement {
  return h('li', { class: item.is_brand ? 'comment brand' : 'comment', 'data-testid': item.is_brand ? 'sandbox-reply' : 'sandbox-comment', 'data-id': item.id },
    avatar(item.author, item.is_brand),
    h('div', {}, byline(item), h('p', {}, item.text), h('div', { class: 'counts' }, answerButton(item, words.comment))))
}

function post(item: Item): HTMLElement {
  const comments = feed.comments(item.id)
  const label = h('span', { class: 'inline' }, icon(ICONS.comments), String(comments.length))
  return h('li', { class: item.is_brand ? 'post brand' : 'post', 'data-testid': 'sandbox-item', 'data-id': item.id },
    avatar(item.author, item.is_brand),
    h('div', {}, byline(item), h('p', {}, item.text),
      h('div', { class: 'counts' }, answerButton(item, label), count('reposts', item.reposts), count('likes', item.likes)),
      comments.length > 0 && h('ol', { class: 'comments' }, ...comments.map(comment))))
}

function message(item: Item): HTMLElement {
  return h('li', { class: item.is_brand ? 'dm brand' : 'dm mine', 'data-testid': item.is_brand ? 'sandbox-reply' : 'sandbox-dm', 'data-id': item.id },
    h('p', {}, item.text),
    h('span', { class: 'fans' }, item.is_brand ? `${item.author} · ` : '', h('time', { datetime: item.created_at }, ago(item.created_at))))
}

/* ---- the screen ---- */

function draw(): void {
  const items = tab === 'timeline' ? feed.posts : dialogue
  // Only what changed is drawn again; the relative times once a minute.
  const state = JSON.stringify([tab, Math.floor(Date.now() / 60000), items, tab === 'timeline' && items.map((one) => feed.comments(one.id))])
  for (const one of tabs) one.setAttribute('aria-selected', String(one.dataset.tab === tab))
  submit.textContent = tab === 'messages' ? words.send : answering ? words.comment : words.post
  text.placeholder = tab === 'messages' ? words.writeMessage : answering ? words.writeComment(answering.author) : words.writePost
  text.setAttribute('aria-label', text.placeholder)
  answerTo.hidden = answering === undefined
  answerTo.replaceChildren(...(answering ? [words.writeComment(answering.author), h('button', { type: 'button', onclick: () => answer(undefined) }, words.cancel)] : []))
  if (state === drawn) return
  drawn = state
  const atEnd = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 60
  const empty = tab === 'timeline' ? words.noPosts : words.noMessages
  list.replaceChildren(...(items.length ? items.map(tab === 'timeline' ? post : message) : [h('li', { class: 'empty' }, empty)]))
  if (tab === 'messages' && atEnd) screen.scrollTop = screen.scrollHeight
}

function choose(next: typeof tab): void {
  tab = next
  answering = undefined
  problem.hidden = true
  screen.scrollTop = 0
  draw()
  void refresh()
}

function answer(item: Item | undefined): void {
  answering = item
  draw()
  if (item) text.focus()
}

function become(next: Persona): void {
  persona = { ...next }
  name.value = persona.name
  followers.value = String(persona.followers)
  verified.value = persona.verified
  dialogue = []
  try {
    sessionStorage.setItem('huiyin-sandbox', JSON.stringify(persona))
  } catch {
    // forbidden: for this page only
  }
  for (const button of document.querySelectorAll<HTMLElement>('.preset'))
    button.setAttribute('aria-pressed', String(button.dataset.name === persona.name))
  draw()
  void refresh()
}

const lookedInto = new Set<string>()

function postsToLookInto(): string[] {
  const frame = screen.getBoundingClientRect()
  const seen = [...list.querySelectorAll<HTMLElement>(':scope > .post')].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > frame.top && top < frame.bottom
  })
  const ids = feed.posts.map((one) => one.id)
  const wanted = new Set([...ids.slice(0, NEWEST), ...seen.map((row) => row.dataset.id!), ...ids.filter((id) => !lookedInto.has(id)).slice(0, AT_ONCE)])
  for (const id of wanted) lookedInto.add(id)
  return [...wanted]
}

async function refresh(): Promise<void> {
  try {
    if (tab === 'messages') {
      const asked = persona.name
      const items = await feed.dialogue(asked)
      if (asked === persona.name) dialogue = items
    } else {
      await feed.refreshTimeline()
      await Promise.all(postsToLookInto().map((id) => feed.refreshComments(id)))
    }
    if (problem.dataset.kind === 'offline') problem.hidden = true
  } catch {
    complain(words.offline, 'offline')
  }
  draw()
}

function complain(what: string, kind: string): void {
  problem.textContent = what
  problem.dataset.kind = kind
  problem.hidden = false
}

let sending: { key: string; id: string } | undefined // the same words again after a lost answer are the same message

async function write(event: Event): Promise<void> {
  event.preventDefault()
  const words_written = text.value.trim()
  if (words_written === '' || submit.disabled) return
  const kind = tab === 'messages' ? 'dm' : answering ? 'comment' : 'post'
  const key = JSON.stringify([kind, persona.name, answering?.id, words_written])
  if (sending?.key !== key) sending = { key, id: uuid() }
  submit.disabled = true
  try {
    await feed.write(persona, kind, words_written, answering?.id, sending.id)
    sending = undefined
    text.value = ''
    answering = undefined
    problem.hidden = true
    if (kind === 'post') screen.scrollTop = 0
  } catch (error) {
    complain(words.failed((error as Error).message), 'failed')
  }
  submit.disabled = false
  void refresh()
}

function start(): void {
  document.documentElement.lang = locale
  document.title = `${words.title} · Huiyin 回音`
  const change = () => become({ name: name.value.trim() || persona.name, followers: Math.max(0, Math.round(Number(followers.value) || 0)), verified: verified.value as Persona['verified'] })
  for (const field of [name, followers, verified]) field.addEventListener('change', change)
  const preset = (one: Persona) => h('button', { type: 'button', class: 'preset', 'data-name': one.name, 'data-testid': 'sandbox-preset', onclick: () => become(one) },
    avatar(one.name, false), h('span', {}, one.name, h('small', {}, `${words.fans(number.format(one.followers))}${one.verified ? ` · ${words.kinds[one.verified]}` : ''}`)))
  const aside = h('aside', {}, h('h1', {}, words.title, h('small', {}, words.subtitle)), h('p', {}, words.hint),
    h('h2', {}, words.persona),
    h('label', {}, words.name, name), h('div', { class: 'two' }, h('label', {}, words.followers, followers), h('label', {}, words.verified, verified)),
    h('h2', {}, words.presets), h('div', { class: 'presets' }, ...PRESETS.map(preset)))
  const form = h('form', { class: 'compose', onsubmit: (event: Event) => void write(event) }, answerTo, text, problem, submit)
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
  })
  const phone = h('main', { class: 'phone' }, h('div', { class: 'notch', 'aria-hidden': 'true' }), h('nav', { role: 'tablist' }, ...tabs), screen, form)
  document.body.append(aside, phone)
  become(persona)
  setInterval(() => {
    if (!document.hidden) void refresh()
  }, EVERY)
}

start()

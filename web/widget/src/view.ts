/* The widget's screen, in a shadow root: the site's style cannot reach in, ours not out. The style sheet is made by
 * script (adoptedStyleSheets), which a strict Content-Security-Policy allows. */
import type { Client, Line, Pending } from './client'
import { h, icon } from './dom'
import style from './style.css?inline'
import type { Language, Texts } from './texts'

const CHAT = 'M4 4h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z'
const LONGEST = 4000 // characters in one message

export class View {
  private readonly launch: HTMLButtonElement
  private readonly badge = h('span', { class: 'badge', hidden: true })
  private readonly panel: HTMLElement
  private readonly title = h('h2', { id: 'title' })
  private readonly face = h('span', { class: 'face', 'aria-hidden': 'true' })
  private readonly state = h('p', { class: 'state', role: 'status' })
  private readonly list: HTMLOListElement
  private readonly log: HTMLElement
  private readonly compose: HTMLFormElement
  private readonly text: HTMLTextAreaElement
  private readonly leave: HTMLFormElement
  private readonly problem = h('p', { class: 'problem', role: 'alert', hidden: true })
  private rows = new Map<string, { row: HTMLLIElement; mark: string }>()

  constructor(
    private readonly host: HTMLElement,
    private readonly client: Client,
    private readonly words: Texts,
    private readonly language: Language,
    nonce: string,
  ) {
    const root = host.attachShadow({ mode: 'open' })
    adopt(root, nonce)
    this.launch = h('button', { class: 'launch', type: 'button', 'data-testid': 'widget-open', onclick: () => this.open() }, this.badge)
    this.launch.prepend(icon(CHAT))
    this.list = h('ol')
    this.log = h('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': words.log, tabindex: 0, 'data-testid': 'widget-log' }, this.list)
    this.text = this.makeText()
    this.compose = this.makeCompose()
    this.leave = this.makeLeave()
    this.panel = h(
      'section',
      { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true, lang: language === 'zh' ? 'zh-CN' : 'en', 'data-testid': 'widget-panel' },
      h(
        'header',
        { class: 'head' },
        this.face,
        h('div', {}, this.title, this.state),
        h('button', { class: 'close', type: 'button', 'aria-label': words.close, 'data-testid': 'widget-close', onclick: () => this.close() }, '×'),
      ),
      this.log,
      this.compose,
      this.leave,
    )
    this.panel.addEventListener('keydown', (event) => {
      event.stopPropagation() // the site's own shortcuts do not fire while somebody writes
      if (event.key === 'Escape') this.close()
    })
    root.append(this.launch, this.panel)
    client.changed = () => this.draw()
    document.addEventListener('visibilitychange', () => this.listen())
    if (client.keep.value.open && !matchMedia('(max-width: 480px)').matches) this.open(false)
    this.draw()
    this.listen()
  }

  get isOpen(): boolean {
    return !this.panel.hidden
  }

  open(focus = true): void {
    this.panel.hidden = false
    this.launch.hidden = true
    this.host.setAttribute('data-open', '')
    this.client.keep.change({ open: true })
    this.draw()
    this.listen()
    if (focus) (this.leave.hidden ? this.text : this.leave.querySelector('input'))?.focus()
  }

  close(): void {
    this.panel.hidden = true
    this.launch.hidden = false
    this.host.removeAttribute('data-open')
    this.client.keep.change({ open: false })
    this.draw()
    this.launch.focus()
  }

  /* Who never chatted costs the server nothing; a page in the background lets go of its connection. */
  private listen(): void {
    if (document.hidden) this.client.stop()
    else if (this.client.known || this.isOpen) void this.client.start()
  }

  private makeText(): HTMLTextAreaElement {
    const { words } = this
    return h('textarea', {
      rows: 1, maxlength: LONGEST, placeholder: words.write, 'aria-label': words.write, 'data-testid': 'widget-text',
      oninput: () => {
        this.text.rows = Math.min(5, this.text.value.split('\n').length)
      },
      onkeydown: (event: KeyboardEvent) => {
        // Enter that ends an input method's word is not meant for us.
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
        event.preventDefault()
        this.compose.requestSubmit()
      },
    })
  }

  private makeCompose(): HTMLFormElement {
    const submit = (event: Event) => {
      event.preventDefault()
      const text = this.text.value.trim()
      if (text === '') return
      this.client.send(text)
      this.text.value = ''
      this.text.rows = 1
      this.text.focus()
    }
    return h('form', { class: 'compose', onsubmit: submit }, this.text,
      h('button', { class: 'primary', 'data-testid': 'widget-send' }, this.words.send))
  }

  private makeLeave(): HTMLFormElement {
    const { words } = this
    const name = h('input', { name: 'name', autocomplete: 'name', maxlength: 100, 'data-testid': 'widget-name' })
    const email = h('input', { name: 'email', type: 'email', autocomplete: 'email', maxlength: 254, required: true, 'data-testid': 'widget-email' })
    const text = h('textarea', { name: 'text', rows: 3, maxlength: LONGEST, required: true, 'data-testid': 'widget-message' })
    const submit = (event: Event) => {
      event.preventDefault()
      const good = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.value.trim())
      const problem = !good ? words.badEmail : text.value.trim() === '' ? words.empty : ''
      this.problem.textContent = problem
      this.problem.hidden = problem === ''
      if (problem) return (good ? text : email).focus()
      this.client.send(text.value.trim(), { name: name.value.trim(), email: email.value.trim() })
      text.value = ''
      this.problem.hidden = true
      this.log.focus()
    }
    return h('form', { class: 'leave', novalidate: true, hidden: true, 'data-testid': 'widget-leave', onsubmit: submit },
      h('label', {}, words.name, name), h('label', {}, words.email, email), h('label', {}, words.message, text),
      this.problem, h('button', { class: 'primary', 'data-testid': 'widget-leave-send' }, words.leave))
  }

  private draw(): void {
    const { client, words } = this
    if (this.isOpen && !document.hidden) client.look()
    const unread = client.unread
    this.badge.hidden = unread === 0
    this.badge.textContent = unread > 99 ? '99+' : String(unread)
    this.launch.setAttribute('aria-label', unread ? words.openUnread(unread) : words.open)
    const name = client.welcome?.name || this.title.textContent || words.title
    this.title.textContent = name
    this.face.textContent = Array.from(name)[0] ?? ''
    this.drawState()
    this.drawLines()
    // While nobody is there the form takes the composer's place; who left a message may add to it.
    const away = client.welcome !== undefined && !client.welcome.online && !client.lines.some((line) => line.from !== 'system')
    if (client.welcome) {
      this.leave.hidden = !away
      this.compose.hidden = away
    }
  }

  private drawState(): void {
    const { client, words } = this
    const online = client.welcome?.online === true
    this.state.classList.toggle('online', online && client.status === 'live')
    this.state.textContent =
      client.status === 'unavailable' ? words.unavailable
      : client.status === 'lost' ? words.lost
      : client.welcome === undefined ? words.connecting
      : online ? words.online : words.away
  }

  private drawLines(): void {
    const { client, words } = this
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40
    const wanted: [string, string, () => HTMLLIElement][] = []
    if (client.welcome?.greeting)
      wanted.push(['greeting', client.welcome.greeting, () => this.row('agent', client.welcome!.greeting, '')])
    for (const line of client.lines) wanted.push([`line-${line.seq}`, '', () => this.lineRow(line)])
    for (const one of client.pending) wanted.push([`sent-${one.client_msg_id}`, one.state, () => this.pendingRow(one)])
    const left = client.lines.at(-1)?.from === 'visitor' && client.welcome?.online === false
    if (left) wanted.push(['left', '', () => this.row('system', words.left, '')])
    const rows = new Map<string, { row: HTMLLIElement; mark: string }>()
    for (const [key, mark, make] of wanted) {
      const old = this.rows.get(key)
      rows.set(key, old?.mark === mark ? old : { row: make(), mark })
    }
    for (const [key, { row }] of this.rows) if (rows.get(key)?.row !== row) row.remove()
    let place: Element | null = this.list.firstElementChild
    for (const { row } of rows.values()) {
      if (row === place) place = place.nextElementSibling
      else this.list.insertBefore(row, place)
    }
    this.rows = rows
    if (atEnd) this.log.scrollTop = this.log.scrollHeight
  }

  private row(from: string, text: string, meta: string | Node): HTMLLIElement {
    if (from === 'system') return h('li', { class: 'system', 'data-testid': 'widget-line', 'data-from': 'system' }, text)
    return h('li', { class: from, 'data-testid': 'widget-line', 'data-from': from.split(' ')[0] },
      h('div', { class: 'bubble' }, text), meta !== '' && h('div', { class: 'meta' }, meta))
  }

  private lineRow(line: Line): HTMLLIElement {
    const at = new Date(line.at)
    const time = Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString(this.language === 'zh' ? 'zh-CN' : 'en', { hour: '2-digit', minute: '2-digit' })
    const who = line.from === 'visitor' ? h('span', { class: 'hidden-text' }, this.words.you) : line.name
    const meta = h('span', {}, who, ' ', h('time', { datetime: line.at }, time))
    return this.row(line.from, line.text, meta)
  }

  private pendingRow(one: Pending): HTMLLIElement {
    const { words } = this
    if (one.state === 'sending') return this.row('visitor waiting', one.text, words.sending)
    const again = h('button', { type: 'button', 'data-testid': 'widget-again', onclick: () => this.client.retry() }, words.again)
    return this.row('visitor refused', one.text, h('span', {}, words.notSent, ' ', again))
  }
}

function adopt(root: ShadowRoot, nonce: string): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    root.adoptedStyleSheets = [sheet]
  } catch {
    const element = h('style', { nonce })
    element.textContent = style
    root.append(element)
  }
}

/* The conversation with the server, without a screen.
 *
 *   send() ─▶ outgoing (kept) ─▶ POST …/messages, again until it is answered ─▶ line
 *   EventSource …/events?after_seq=N ─▶ line
 *
 * A line has a seq; the same seq is the same line, so what comes twice (its own answer and the stream, or a stream
 * that starts again) is shown once. What is written has a client_msg_id made here: sending it again after a lost
 * answer, or after a reload, makes no second message. */
import { Keep, type Outgoing } from './keep'

export interface Line {
  seq: number
  id: string
  from: 'visitor' | 'agent' | 'system'
  name: string
  text: string
  at: string
}

export interface Welcome {
  visitor: string
  online: boolean
  name: string
  verified_user: string
  last_seq: number
  greeting: string
}

export interface Pending extends Outgoing {
  state: 'sending' | 'refused'
}

export interface Options {
  base: string // "https://desk.example"
  channel: string
  identity?: string
  language: string
  page: () => string
}

export type Status = 'off' | 'connecting' | 'live' | 'lost' | 'unavailable'

const FIRST_WAIT = 1000
const LONGEST_WAIT = 30000
const TIMEOUT = 20000

export class Client {
  readonly keep: Keep
  welcome?: Welcome
  status: Status = 'off'
  lines: Line[] = []
  pending: Pending[] = []
  /** Called after every change. */
  changed: () => void = () => {}

  private source?: EventSource
  private failures = 0
  private timer?: ReturnType<typeof setTimeout>
  private sending = false
  private sendFailures = 0
  private greeting?: Promise<boolean>

  private identity?: string

  constructor(private readonly options: Options) {
    this.identity = options.identity
    this.keep = new Keep(options.channel)
    this.pending = this.keep.value.outgoing.map((o) => ({ ...o, state: 'sending' }))
  }

  get known(): boolean {
    return this.keep.value.visitor !== undefined
  }

  get lastSeq(): number {
    return this.lines.at(-1)?.seq ?? 0
  }

  get unread(): number {
    return this.lines.filter((line) => line.from === 'agent' && line.seq > this.keep.value.seen).length
  }

  look(): void {
    if (this.lastSeq > this.keep.value.seen) {
      this.keep.change({ seen: this.lastSeq })
      this.changed()
    }
  }

  /** Says hello if that was not done yet, then listens. Safe to call at any time. */
  async start(): Promise<void> {
    if (this.source || this.timer) return
    if (this.status !== 'live') this.set('connecting')
    if (!(await this.hello())) return
    this.listen()
    void this.flush()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.source?.close()
    this.source = undefined
    this.set('off')
  }

  send(text: string, offline?: { name: string; email: string }): void {
    const outgoing: Outgoing = { client_msg_id: uuid(), text, page: this.options.page(), ...offline }
    this.keep.change({ outgoing: [...this.keep.value.outgoing, outgoing] })
    this.pending.push({ ...outgoing, state: 'sending' })
    this.changed()
    void this.flush()
  }

  /** Refused ones are tried once more. */
  retry(): void {
    for (const one of this.pending) one.state = 'sending'
    this.sendFailures = 0
    this.changed()
    void this.flush()
  }

  private set(status: Status): void {
    if (this.status === status) return
    this.status = status
    this.changed()
  }

  private url(path: string): string {
    return `${this.options.base}/chat/${encodeURIComponent(this.options.channel)}/${path}`
  }

  private async call(path: string, body?: unknown): Promise<Response> {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), TIMEOUT)
    try {
      return await fetch(this.url(path), {
        method: body === undefined ? 'GET' : 'POST',
        credentials: 'omit',
        signal: abort.signal,
        headers: {
          'accept-language': this.options.language,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.keep.value.visitor && path !== 'hello' ? { authorization: `Bearer ${this.keep.value.visitor}` } : {}),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
    } finally {
      clearTimeout(timer)
    }
  }

  private hello(): Promise<boolean> {
    if (this.welcome) return Promise.resolve(true)
    this.greeting ??= this.sayHello().finally(() => (this.greeting = undefined))
    return this.greeting
  }

  private async sayHello(): Promise<boolean> {
    let status = 0
    try {
      const { visitor } = this.keep.value
      const { identity } = this
      const { page } = this.options
      const answer = await this.call('hello', { ...(visitor && { visitor }), ...(identity && { identity }), page: page() })
      status = answer.status
      if (answer.ok) {
        this.welcome = (await answer.json()) as Welcome
        this.identity = undefined // the token stands for it from now on; the signature ends after some minutes
        this.keep.change({ visitor: this.welcome.visitor })
        this.failures = 0
        this.changed()
        return true
      }
      if (status === 401 && identity) {
        this.identity = undefined // signed too long ago or wrongly: go on as who the token says, or as nobody
        return this.sayHello()
      }
      if ((status === 401 || status === 404) && visitor) {
        this.forget() // a token of another day: once more as a new visitor
        return this.sayHello()
      }
    } catch {
      // not reached
    }
    // What the server refused will be refused again: a wrong channel, an origin that is not allowed.
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) this.set('unavailable')
    else this.later()
    return false
  }

  private forget(): void {
    this.lines = []
    this.welcome = undefined
    this.keep.change({ visitor: undefined, seen: 0 })
  }

  private listen(): void {
    const after = new URLSearchParams({ visitor: this.keep.value.visitor ?? '', after_seq: String(this.lastSeq) })
    const source = new EventSource(`${this.url('events')}?${after}`)
    this.source = source
    source.onopen = () => {
      this.failures = 0
      this.set('live')
      void this.flush()
    }
    source.addEventListener('message', (event) => {
      const line = parse<Line>(event.data)
      if (line) this.add(line)
    })
    source.onerror = () => {
      if (this.source !== source) return
      source.close()
      this.source = undefined
      this.welcome = undefined // whether somebody is there may have changed, and the token may be gone
      this.later()
    }
  }

  private later(): void {
    this.set(this.failures === 0 && !this.welcome && this.lines.length === 0 ? 'connecting' : 'lost')
    const wait = backOff(this.failures++)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.start()
    }, wait)
  }

  private add(line: Line): void {
    if (!Number.isSafeInteger(line.seq)) return
    let at = this.lines.length
    while (at > 0 && this.lines[at - 1]!.seq > line.seq) at--
    if (this.lines[at - 1]?.seq === line.seq) return
    this.lines.splice(at, 0, line)
    if (line.from === 'visitor') this.confirm(line)
    this.changed()
  }

  /* A visitor's line from the stream may be the very one whose answer is still on its way: take that off the screen,
   * but keep on sending it until it is answered. */
  private confirm(line: Line): void {
    const at = this.pending.findIndex((one) => one.text === line.text)
    if (at >= 0) this.pending.splice(at, 1)
    this.keep.change({ seen: Math.max(this.keep.value.seen, line.seq) })
  }

  private async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      while (this.next() && (await this.hello())) if (!(await this.sendOne(this.next()!))) break
    } finally {
      this.sending = false
    }
  }

  private next(): Outgoing | undefined {
    const refused = new Set(this.pending.filter((p) => p.state === 'refused').map((p) => p.client_msg_id))
    return this.keep.value.outgoing.find((o) => !refused.has(o.client_msg_id))
  }

  private async sendOne(outgoing: Outgoing): Promise<boolean> {
    let answer: Response | undefined
    try {
      answer = await this.call('messages', outgoing)
      if (answer.ok) {
        const line = (await answer.json()) as Line
        this.done(outgoing, line)
        return true
      }
    } catch {
      // not reached, or half an answer: the same again, later
    }
    const status = answer?.status ?? 0
    if (status === 401 || status === 404) {
      this.forget()
      return this.hello()
    }
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      const one = this.pending.find((p) => p.client_msg_id === outgoing.client_msg_id)
      if (one) one.state = 'refused'
      else this.drop(outgoing)
      this.changed()
      return true
    }
    setTimeout(() => void this.flush(), backOff(this.sendFailures++))
    return false
  }

  private done(outgoing: Outgoing, line: Line): void {
    this.sendFailures = 0
    this.drop(outgoing)
    this.pending = this.pending.filter((p) => p.client_msg_id !== outgoing.client_msg_id)
    this.add(line)
    this.keep.change({ seen: Math.max(this.keep.value.seen, line.seq) })
    this.changed()
  }

  private drop(outgoing: Outgoing): void {
    this.keep.change({ outgoing: this.keep.value.outgoing.filter((o) => o.client_msg_id !== outgoing.client_msg_id) })
  }
}

/* Doubling, with jitter so that a thousand widgets do not come back in the same second. */
function backOff(failures: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + Math.random() / 2)
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}

/* crypto.randomUUID exists on secure pages only. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

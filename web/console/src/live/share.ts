/* share - one stream for all tabs of a browser (HTTP/1.1 allows six connections a host).
 *
 * The tab that holds the lock leads: it has the connection and tells the others over a BroadcastChannel. When it
 * goes, the lock passes on and the next tab resumes after the last id it heard. Where locks are missing (plain http
 * on a network) every tab leads itself. */
import type { Frame } from './sse'
import { LiveSource, type Light } from './source'

type Word =
  | { type: 'frame'; frame: Frame }
  | { type: 'light'; light: Light; lastId: string | null }
  | { type: 'pulse' }
  | { type: 'ask' }

export interface ShareHandlers {
  frame(frame: Frame): void
  light(light: Light): void
  pulse(): void
  signedOut(): void
}

export interface SharePorts {
  locks?: Pick<LockManager, 'request'>
  channel?: Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>
  fetcher?: typeof fetch
}

export class LiveShare {
  #source: LiveSource | null = null
  #lastId: string | null = null
  #light: Light = 'catching'
  #release: (() => void) | null = null
  #closed = false
  #pulsed = 0
  #stop = new AbortController()

  constructor(
    private readonly url: string,
    name: string,
    private readonly on: ShareHandlers,
    private readonly ports: SharePorts = {
      locks: navigator.locks,
      channel: typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name),
    },
  ) {
    const { locks, channel } = this.ports
    if (!locks || !channel) {
      this.#lead()
      return
    }
    channel.onmessage = (event) => this.#hear(event.data as Word)
    this.#say({ type: 'ask' })
    locks
      .request(name, { signal: this.#stop.signal }, () => {
        if (this.#closed) return undefined
        this.#lead()
        return new Promise<void>((release) => (this.#release = release))
      })
      .catch(() => undefined) // closed while waiting
  }

  get leading(): boolean {
    return this.#source !== null
  }

  nudge(): void {
    this.#source?.nudge()
  }

  close(): void {
    this.#closed = true
    this.#source?.close()
    this.#source = null
    this.#release?.()
    this.#stop.abort()
    this.ports.channel?.close()
  }

  #lead(): void {
    this.#source = new LiveSource(
      this.url,
      {
        frame: (frame) => {
          this.#say({ type: 'frame', frame })
          this.on.frame(frame)
        },
        light: (light) => this.#turn(light),
        pulse: () => this.#pulse(),
        signedOut: () => this.on.signedOut(),
      },
      this.#lastId,
      this.ports.fetcher,
    )
    this.#source.open()
  }

  #turn(light: Light): void {
    this.#light = light
    this.#say({ type: 'light', light, lastId: this.#source?.lastId ?? null })
    this.on.light(light)
  }

  #pulse(): void {
    this.on.pulse()
    const now = Date.now()
    if (now - this.#pulsed < 1000) return
    this.#pulsed = now
    this.#say({ type: 'pulse' })
  }

  #say(word: Word): void {
    if (!this.#closed) this.ports.channel?.postMessage(word)
  }

  #hear(word: Word): void {
    if (word.type === 'ask') {
      if (this.#source) this.#say({ type: 'light', light: this.#light, lastId: this.#source.lastId })
      return
    }
    if (this.#source) return
    if (word.type === 'frame') {
      if (word.frame.id !== null) this.#lastId = word.frame.id
      if (word.frame.event === 'reload') this.#lastId = String((JSON.parse(word.frame.data) as { seq: number }).seq)
      this.on.frame(word.frame)
    } else if (word.type === 'light') {
      this.#lastId = word.lastId ?? this.#lastId
      this.on.light(word.light)
    } else this.on.pulse()
  }
}

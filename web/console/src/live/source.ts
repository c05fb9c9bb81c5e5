/* source - one connection to GET /api/v1/events that keeps itself up.
 *
 * It reads with fetch instead of EventSource: the last id can be handed over when another tab takes the lead,
 * heartbeats are visible, so a dead connection is noticed after SILENCE_MS, and a 401 is told apart from a broken line. */
import { SseParser, type Frame } from './sse'

export type Light = 'live' | 'catching' | 'offline'
export interface SourceHandlers {
  frame(frame: Frame): void
  light(light: Light): void
  /** any byte came */
  pulse(): void
  signedOut(): void
}

export const SILENCE_MS = 40_000
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15_000]

const seqOf = (frame: Frame) => String((JSON.parse(frame.data) as { seq: number }).seq)

export class LiveSource {
  #abort: AbortController | null = null
  #closed = false
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
    private readonly on: SourceHandlers,
    public lastId: string | null,
    private readonly fetcher: typeof fetch = (...a) => fetch(...a),
  ) {}

  open(): void {
    this.#closed = false
    void this.#run()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#silence)
    this.#abort?.abort()
  }

  /** Tries at once, for instance when the machine is back on the network. */
  nudge(): void {
    if (this.#closed || this.#abort) return
    clearTimeout(this.#timer)
    void this.#run()
  }

  async #run(): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    this.on.light('catching')
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (this.lastId !== null) headers['Last-Event-ID'] = this.lastId
      this.#watch(abort)
      const response = await this.fetcher(this.url, { headers, credentials: 'same-origin', cache: 'no-store', signal: abort.signal })
      if (response.status === 401) {
        this.#closed = true
        this.on.signedOut()
        return
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`)
      await this.#read(response.body, abort)
    } catch {
      /* refused, broken off or silent for too long: again below */
    } finally {
      clearTimeout(this.#silence)
      abort.abort()
      if (this.#abort === abort) this.#abort = null
      this.#again()
    }
  }

  async #read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const parser = new SseParser()
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || this.#closed) return
      this.#watch(abort)
      this.on.pulse()
      for (const frame of parser.push(decoder.decode(value, { stream: true }))) this.#take(frame)
    }
  }

  #take(frame: Frame): void {
    if (frame.id !== null) this.lastId = frame.id
    if (frame.event === 'hello') {
      this.#tries = 0
      this.lastId ??= seqOf(frame)
      this.on.light('live')
    }
    if (frame.event === 'reload') this.lastId = seqOf(frame)
    this.on.frame(frame)
  }

  #watch(abort: AbortController): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => abort.abort(), SILENCE_MS)
  }

  #again(): void {
    if (this.#closed) return
    const wait = BACKOFF_MS[Math.min(this.#tries++, BACKOFF_MS.length - 1)]
    this.on.light(this.#tries > 1 ? 'offline' : 'catching')
    this.#timer = setTimeout(() => void this.#run(), wait * (0.75 + Math.random() / 2))
  }
}

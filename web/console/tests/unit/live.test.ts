import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LiveShare, type SharePorts } from '../../src/live/share'
import { LiveSource, SILENCE_MS, type Light } from '../../src/live/source'
import { SseParser, type Frame } from '../../src/live/sse'

describe('the format', () => {
  const parse = (...pieces: string[]) => {
    const parser = new SseParser()
    return pieces.flatMap((p) => parser.push(p))
  }
  test('frames, several lines of data, ids, comments', () => {
    expect(parse(': breath\n\nid: 7\nevent: change\ndata: [1,\ndata: 2]\n\n')).toEqual([{ event: 'change', data: '[1,\n2]', id: '7' }])
  })
  test('is the same however it is torn apart', () => {
    const whole = 'event: hello\r\ndata: {"seq":1}\r\n\r\nid: 2\r\nevent: change\r\ndata: []\r\n\r\n'
    for (let i = 1; i < whole.length; i++) expect(parse(whole.slice(0, i), whole.slice(i)), String(i)).toEqual(parse(whole))
    expect(parse(...whole)).toHaveLength(2)
  })
  test('a frame without data is none', () => expect(parse('event: x\n\n')).toEqual([]))
})

/* A server that answers when told to. */
class FakeServer {
  requests: { headers: Record<string, string>; send(text: string): void; end(): void; signal: AbortSignal }[] = []
  status = 200
  fetch = (async (_url: string, init: RequestInit) => {
    if (this.status === 0) throw new TypeError('refused')
    if (this.status !== 200) return new Response(null, { status: this.status })
    const encoder = new TextEncoder()
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (c) => void (controller = c) })
    init.signal!.addEventListener('abort', () => {
      try {
        controller.error(new DOMException('aborted', 'AbortError'))
      } catch {
        /* ended before */
      }
    })
    this.requests.push({ headers: init.headers as Record<string, string>, send: (t) => controller.enqueue(encoder.encode(t)), end: () => controller.close(), signal: init.signal! })
    return new Response(body)
  }) as unknown as typeof fetch
}
const HELLO = (seq: number) => `event: hello\ndata: {"seq":${seq}}\n\n`
const CHANGE = (seq: number) => `id: ${seq}\nevent: change\ndata: [{"seq":${seq}}]\n\n`
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('one connection', () => {
  let server: FakeServer
  let frames: Frame[]
  let lights: Light[]
  let out: boolean
  const handlers = { frame: (f: Frame) => frames.push(f), light: (l: Light) => lights.push(l), pulse: () => undefined, signedOut: () => (out = true) }
  beforeEach(() => {
    vi.useFakeTimers()
    server = new FakeServer()
    frames = []
    lights = []
    out = false
  })
  afterEach(() => void vi.useRealTimers())

  test('is amber until hello, and resumes after the last id', async () => {
    const source = new LiveSource('/events', handlers, null, server.fetch)
    source.open()
    await settle()
    expect(lights).toEqual(['catching'])
    server.requests[0].send(HELLO(5))
    await settle()
    expect(lights).toEqual(['catching', 'live'])
    server.requests[0].send(CHANGE(9))
    await settle()
    server.requests[0].end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.requests).toHaveLength(2)
    expect(server.requests[1].headers['Last-Event-ID']).toBe('9')
    source.close()
  })
  test('without any change resumes after what hello said', async () => {
    const source = new LiveSource('/events', handlers, null, server.fetch)
    source.open()
    await settle()
    server.requests[0].send(HELLO(5))
    await settle()
    server.requests[0].end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.requests[1].headers['Last-Event-ID']).toBe('5')
    source.close()
  })
  test('notices silence, but lives on heartbeats', async () => {
    const source = new LiveSource('/events', handlers, null, server.fetch)
    source.open()
    await settle()
    server.requests[0].send(HELLO(1))
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(SILENCE_MS - 1000)
      server.requests[0].send(': breath\n\n')
      await settle()
    }
    expect(server.requests).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 2000)
    expect(server.requests[0].signal.aborted).toBe(true)
    expect(server.requests).toHaveLength(2)
    source.close()
  })
  test('turns red when the server stays away, and green when it is back', async () => {
    server.status = 0
    const source = new LiveSource('/events', handlers, null, server.fetch)
    source.open()
    await vi.advanceTimersByTimeAsync(4000)
    expect(lights.at(-1)).toBe('offline')
    server.status = 200
    source.nudge()
    await settle()
    server.requests[0].send(HELLO(1))
    await settle()
    expect(lights.at(-1)).toBe('live')
    source.close()
  })
  test('ends when signed out', async () => {
    server.status = 401
    new LiveSource('/events', handlers, null, server.fetch).open()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(out).toBe(true)
    expect(server.requests).toHaveLength(0)
  })
})

/* Locks and channel of one browser. */
class FakeBrowser {
  #holder: { release: () => void } | null = null
  #queue: { run: () => Promise<void> | undefined; signal: AbortSignal }[] = []
  #channels: { onmessage: ((e: { data: unknown }) => void) | null }[] = []
  #next(): void {
    if (this.#holder) return
    const job = this.#queue.shift()
    if (!job) return
    if (job.signal.aborted) return this.#next()
    const promise = job.run()
    if (!promise) return this.#next()
    this.#holder = { release: () => undefined }
    void promise.then(() => {
      this.#holder = null
      this.#next()
    })
  }
  tab(server: FakeServer): SharePorts {
    const channel = {
      onmessage: null as ((e: { data: unknown }) => void) | null,
      postMessage: (data: unknown) => {
        for (const c of [...this.#channels]) if (c !== channel) c.onmessage?.({ data: structuredClone(data) })
      },
      close: () => void (this.#channels = this.#channels.filter((c) => c !== channel)),
    }
    this.#channels.push(channel)
    const locks = {
      request: (_name: string, options: { signal: AbortSignal }, run: () => Promise<void> | undefined) =>
        new Promise<void>((resolve, reject) => {
          options.signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
          this.#queue.push({ run: () => (resolve(), run()), signal: options.signal })
          this.#next()
        }),
    }
    return { locks: locks as never, channel: channel as never, fetcher: server.fetch }
  }
}

describe('one connection for all tabs', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  function tab(browser: FakeBrowser, server: FakeServer) {
    const seen: string[] = []
    const lights: Light[] = []
    const share = new LiveShare('/events', 'live', { frame: (f) => seen.push(`${f.event}${f.id ?? ''}`), light: (l) => lights.push(l), pulse: () => undefined, signedOut: () => undefined }, browser.tab(server))
    return { share, seen, lights }
  }
  test('one leads, all hear the same', async () => {
    const server = new FakeServer()
    const browser = new FakeBrowser()
    const [a, b] = [tab(browser, server), tab(browser, server)]
    await settle()
    expect([a.share.leading, b.share.leading]).toEqual([true, false])
    expect(server.requests).toHaveLength(1)
    server.requests[0].send(HELLO(1) + CHANGE(2))
    await settle()
    expect(a.seen).toEqual(['hello', 'change2'])
    expect(b.seen).toEqual(['hello', 'change2'])
    expect(b.lights.at(-1)).toBe('live')
    a.share.close()
    b.share.close()
  })
  test('when the leader goes the next one resumes where it was', async () => {
    const server = new FakeServer()
    const browser = new FakeBrowser()
    const a = tab(browser, server)
    await settle()
    server.requests[0].send(HELLO(1) + CHANGE(4))
    await settle()
    const b = tab(browser, server) // came later: hears of the last id from the leader
    await settle()
    expect(b.lights.at(-1)).toBe('live')
    a.share.close()
    await settle()
    expect(b.share.leading).toBe(true)
    expect(server.requests[1].headers['Last-Event-ID']).toBe('4')
    b.share.close()
  })
  test('without locks every tab leads itself', async () => {
    const server = new FakeServer()
    const share = new LiveShare('/events', 'x', { frame: () => undefined, light: () => undefined, pulse: () => undefined, signedOut: () => undefined }, { fetcher: server.fetch })
    await settle()
    expect(share.leading).toBe(true)
    share.close()
  })
})

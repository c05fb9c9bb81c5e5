/* A server that keeps the promises of the routes under /chat and /sandbox, and can break them on purpose. And an
 * EventSource, which jsdom has not. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Line } from '../src/client'

interface Visitor {
  lines: Line[]
  sent: Map<string, Line>
}

export class MockServer {
  visitors = new Map<string, Visitor>()
  online = true
  greeting = '您好，请问有什么可以帮您？'
  hellos: Record<string, unknown>[] = []
  posts: Record<string, unknown>[] = []
  streams: { after: number; response: ServerResponse; visitor: string }[] = []
  /** Looks at each request first; true = it has dealt with it. */
  trouble: (request: IncomingMessage, response: ServerResponse, carriedOut: boolean) => boolean = () => false
  private server!: Server
  url = ''

  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.answer(request, response))
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections()
    return new Promise((done) => this.server.close(done))
  }

  dropStreams(): void {
    for (const { response } of this.streams.splice(0)) response.destroy()
  }

  say(token: string, text: string, from: Line['from'] = 'agent'): Line {
    const visitor = this.visitors.get(token)!
    const seq = visitor.lines.length + 1
    const line: Line = { seq, id: String(1000 + seq), from, name: from === 'agent' ? '小雨' : '', text, at: new Date().toISOString() }
    visitor.lines.push(line)
    for (const stream of this.streams) if (stream.visitor === token) this.frame(stream.response, line)
    return line
  }

  private frame(response: ServerResponse, line: Line): void {
    response.write(`id: ${line.seq}\nevent: message\ndata: ${JSON.stringify(line)}\n\n`)
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*, authorization, content-type')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    let body = ''
    for await (const chunk of request) body += chunk
    if (this.trouble(request, response, false)) return
    const { pathname, searchParams } = new URL(request.url!, this.url)
    const what = pathname.split('/').at(-1)
    const json = (status: number, value: unknown) => {
      if (this.trouble(request, response, true)) return
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (what === 'hello') {
      const hello = JSON.parse(body) as Record<string, unknown>
      this.hellos.push({ ...hello, language: request.headers['accept-language'] })
      if (hello.identity === 'stale') return json(401, { error: { code: 'stale', field: 'identity' } })
      if (hello.visitor && !this.visitors.has(hello.visitor as string)) return json(401, { error: { code: 'unauthenticated' } })
      const token = (hello.visitor as string) ?? `v${this.visitors.size + 1}`
      if (!this.visitors.has(token)) this.visitors.set(token, { lines: [], sent: new Map() })
      const last_seq = this.visitors.get(token)!.lines.length
      return json(200, { visitor: token, online: this.online, name: '光屿', verified_user: '', last_seq, greeting: this.greeting })
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? searchParams.get('visitor') ?? ''
    const visitor = this.visitors.get(token)
    if (!visitor) return json(401, { error: { code: 'unauthenticated' } })
    if (what === 'messages') {
      const post = JSON.parse(body) as { client_msg_id: string; text: string }
      this.posts.push(post as unknown as Record<string, unknown>)
      if (!visitor.sent.has(post.client_msg_id)) visitor.sent.set(post.client_msg_id, this.say(token, post.text, 'visitor'))
      return json(200, visitor.sent.get(post.client_msg_id))
    }
    const after = Number(searchParams.get('after_seq') ?? 0)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
    this.streams.push({ after, response, visitor: token })
    for (const line of visitor.lines) if (line.seq > after) this.frame(response, line)
  }
}

/* As much of EventSource as the widget uses: open, message with id, error when the stream ends. */
export class StreamSource extends EventTarget {
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  private abort = new AbortController()

  constructor(url: string) {
    super()
    void this.run(url)
  }

  close(): void {
    this.abort.abort()
  }

  private async run(url: string): Promise<void> {
    try {
      const answer = await fetch(url, { signal: this.abort.signal })
      if (!answer.ok) throw new Error(String(answer.status))
      this.onopen?.()
      let rest = ''
      const decoder = new TextDecoder()
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
        rest = frames.pop()!
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1]
          if (data) this.dispatchEvent(new MessageEvent(/^event: (.*)$/m.exec(frame)?.[1] ?? 'message', { data }))
        }
      }
    } catch {
      // as below
    }
    if (!this.abort.signal.aborted) this.onerror?.()
  }
}

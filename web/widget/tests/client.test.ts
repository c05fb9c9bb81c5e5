import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Client } from '../src/client'
import { MockServer, StreamSource } from './server'

let server: MockServer
const clients: Client[] = []
let channel = 0

beforeEach(async () => {
  vi.stubGlobal('EventSource', StreamSource)
  vi.spyOn(Math, 'random').mockReturnValue(0)
  server = await new MockServer().start()
  channel++
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.stop()
  vi.unstubAllGlobals()
  localStorage.clear()
  await server.stop()
})

function widget(identity?: string): Client {
  const client = new Client({ base: server.url, channel: String(channel), language: 'zh', page: () => 'https://shop.example/', identity })
  clients.push(client)
  return client
}

const texts = (client: Client) => client.lines.map((line) => line.text)

test('the first words: hello, a token that is kept, a message, an answer', async () => {
  const client = widget()
  expect(client.known).toBe(false)
  await client.start()
  client.send('在吗')
  expect(client.pending.map((p) => p.text)).toEqual(['在吗']) // on the screen before the server knows
  await vi.waitFor(() => expect(texts(client)).toEqual(['在吗']))
  expect(client.pending).toEqual([])
  server.say('v1', '您好')
  await vi.waitFor(() => expect(texts(client)).toEqual(['在吗', '您好']))
  expect(client.unread).toBe(1)
  client.look()
  expect(client.unread).toBe(0)
  expect(server.hellos[0]).toMatchObject({ page: 'https://shop.example/', language: 'zh' })
  expect(server.posts[0]).toMatchObject({ text: '在吗', page: 'https://shop.example/' })
})

test('a reload goes on where it was, with the same visitor and nothing twice', async () => {
  const first = widget()
  await first.start()
  first.send('退款什么时候到')
  await vi.waitFor(() => expect(first.lines).toHaveLength(1))
  first.stop()
  server.say('v1', '今天')
  const second = widget()
  expect(second.known).toBe(true)
  await second.start()
  await vi.waitFor(() => expect(texts(second)).toEqual(['退款什么时候到', '今天']))
  expect(second.unread).toBe(1)
  expect(server.visitors.size).toBe(1)
})

test('a lost answer is asked for again and makes no second message', async () => {
  let losses = 2
  server.trouble = (request, response, carriedOut) => {
    if (!carriedOut || request.method !== 'POST' || !request.url!.endsWith('/messages') || losses === 0) return false
    losses--
    response.destroy()
    return true
  }
  const client = widget()
  await client.start()
  client.send('只说一次')
  await vi.waitFor(() => expect(server.posts).toHaveLength(3), { timeout: 8000 })
  await vi.waitFor(() => expect(client.keep.value.outgoing).toEqual([]))
  expect(texts(client)).toEqual(['只说一次'])
  expect(client.pending).toEqual([])
  expect(new Set(server.posts.map((post) => post.client_msg_id)).size).toBe(1)
}, 15000)

test('what was not sent before a reload is sent after it, under the same id', async () => {
  server.trouble = (request, response) => {
    if (!request.url!.endsWith('/messages')) return false
    response.writeHead(503).end()
    return true
  }
  const first = widget()
  await first.start()
  first.send('先写下来')
  const id = first.keep.value.outgoing[0]!.client_msg_id
  await vi.waitFor(() => expect(first.status).toBe('live'))
  first.stop()
  server.trouble = () => false
  const second = widget()
  expect(second.pending.map((p) => p.text)).toEqual(['先写下来'])
  await second.start()
  await vi.waitFor(() => expect(texts(second)).toEqual(['先写下来']))
  expect(server.posts.every((post) => post.client_msg_id === id)).toBe(true)
})

test('a broken stream is taken up again after the last line, without gap or repeat', async () => {
  const client = widget()
  await client.start()
  await vi.waitFor(() => expect(server.streams).toHaveLength(1))
  server.say('v1', '一')
  await vi.waitFor(() => expect(texts(client)).toEqual(['一']))
  server.dropStreams()
  server.say('v1', '二')
  await vi.waitFor(() => expect(texts(client)).toEqual(['一', '二']), { timeout: 5000 })
  expect(server.streams.at(-1)!.after).toBe(1)
  expect(client.status).toBe('live')
}, 10000)

test('what the server refuses is shown as not sent and can be tried again', async () => {
  let refuse = true
  server.trouble = (request, response) => {
    if (!refuse || !request.url!.endsWith('/messages')) return false
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":"too_long","field":"text"}}')
    return true
  }
  const client = widget()
  await client.start()
  client.send('太长')
  await vi.waitFor(() => expect(client.pending[0]?.state).toBe('refused'))
  refuse = false
  client.retry()
  await vi.waitFor(() => expect(texts(client)).toEqual(['太长']))
})

test('a token nobody knows any more makes a new visitor; a stale signature does no harm', async () => {
  localStorage.setItem(`huiyin-chat:${channel}`, JSON.stringify({ visitor: 'of-another-day', seen: 7, open: false, outgoing: [] }))
  const client = widget('stale')
  await client.start()
  await vi.waitFor(() => expect(client.status).toBe('live'))
  expect(client.keep.value).toMatchObject({ visitor: 'v1', seen: 0 })
  expect(server.hellos.map((hello) => hello.identity)).toEqual(['stale', undefined, undefined])
})

test('a channel that does not exist is not asked for over and over', async () => {
  server.trouble = (_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
    return true
  }
  const client = widget()
  await client.start()
  expect(client.status).toBe('unavailable')
})

test('damaged memory and forbidden storage are no obstacle', async () => {
  localStorage.setItem(`huiyin-chat:${channel}`, '{"visitor":7,"outgoing":[{"text":3}],"seen":"x"}')
  const client = widget()
  expect(client.keep.value).toEqual({ seen: 0, open: false, outgoing: [] })
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await client.start()
  client.send('照样能用')
  await vi.waitFor(() => expect(texts(client)).toEqual(['照样能用']))
})

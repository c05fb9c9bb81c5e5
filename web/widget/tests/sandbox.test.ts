import { afterEach, expect, test, vi } from 'vitest'
import { Feed, type Item } from '../src/sandbox_feed'

afterEach(() => vi.unstubAllGlobals())

const item = (id: string, more: Partial<Item> = {}): Item => ({
  id, kind: 'post', author: '小麦', followers: 3, verified: '', is_brand: false, parent_id: null, root_id: null, text: id, reposts: 0, likes: 0,
  created_at: '2026-01-02T03:04:05.000Z', ...more,
})

test('posts stand newest first, comments under theirs oldest first; ids are larger than a double holds', () => {
  const feed = new Feed('1')
  feed.add([item('9007199254740993'), item('9007199254740992'), item('10'),
    item('12', { kind: 'comment', root_id: '10', parent_id: '10' }), item('11', { kind: 'comment', root_id: '10', parent_id: '10', is_brand: true })])
  expect(feed.posts.map((post) => post.id)).toEqual(['9007199254740993', '9007199254740992', '10'])
  expect(feed.comments('10').map((comment) => comment.id)).toEqual(['11', '12'])
  feed.add([item('10', { likes: 5 })])
  expect(feed.posts.at(-1)!.likes).toBe(5)
})

test('an unchanged list is not read again', async () => {
  const calls: Record<string, string>[] = []
  vi.stubGlobal('fetch', async (_url: string, init: { headers: Record<string, string> }) => {
    calls.push(init.headers)
    return calls.length === 1
      ? new Response(JSON.stringify({ items: [item('1')], next_cursor: null }), { headers: { etag: '"a"' } })
      : new Response(null, { status: 304 })
  })
  const feed = new Feed('1')
  await feed.refreshTimeline()
  await feed.refreshTimeline()
  expect(calls).toEqual([{}, { 'if-none-match': '"a"' }])
  expect(feed.posts).toHaveLength(1)
})

test('writing says who, what and under what, and tells why it was refused', async () => {
  const bodies: Record<string, unknown>[] = []
  vi.stubGlobal('fetch', async (url: string, init: { body: string }) => {
    expect(url).toBe('/sandbox/7/items')
    bodies.push(JSON.parse(init.body) as Record<string, unknown>)
    return bodies.length === 1
      ? new Response(JSON.stringify(item('5', { kind: 'comment', root_id: '4' })), { status: 201 })
      : new Response('{"error":{"code":"too_long","message":"text 太长。","field":"text"}}', { status: 400 })
  })
  const feed = new Feed('7')
  const persona = { name: '老王聊数码', followers: 862000, verified: 'person' as const }
  await feed.write(persona, 'comment', '同问', '4', 'c1')
  expect(bodies[0]).toEqual({ kind: 'comment', author: '老王聊数码', followers: 862000, verified: 'person', text: '同问', parent_id: '4', client_id: 'c1' })
  expect(feed.comments('4')).toHaveLength(1)
  await expect(feed.write(persona, 'post', 'x', undefined, 'c2')).rejects.toThrow('text 太长。')
})

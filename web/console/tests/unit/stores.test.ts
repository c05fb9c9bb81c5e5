import { describe, expect, test, vi } from 'vitest'
import { ApiError, call } from '../../src/api/client'
import type { Conversation, Event } from '../../src/api/types'
import { timeline } from '../../src/desk/timeline'
import { concerns, isQuiet } from '../../src/shell/alerts'
import { useConversations } from '../../src/stores/conversations'
import { useDrafts } from '../../src/stores/drafts'
import { belongs, compareRows, useQueue } from '../../src/stores/queue'
import { readSettings, usual, useSession } from '../../src/stores/session'
import { mergeMessages, useThreads } from '../../src/stores/threads'
import { useToasts } from '../../src/stores/toasts'
import { useMock } from './server'

const { mock, login } = useMock()
const event = (e: Partial<Event>): Event => ({ seq: 1, at: new Date().toISOString(), kind: 'conversation.changed', data: {}, ...e })
const refund = () => mock().world.conversations.find((c) => c.subject === '退款三周未到账')!
const until = async (ok: () => boolean) => {
  await vi.waitFor(() => expect(ok()).toBe(true), { timeout: 3000 })
}

describe('session', () => {
  test('signs in, keeps settings on the server, signs out', async () => {
    await expect(login('nobody')).rejects.toMatchObject({ code: 'bad_login' })
    await login('chen')
    const session = useSession()
    expect([session.state, session.can('reply'), session.can('user.manage')]).toEqual(['in', true, false])
    session.set({ theme: 'dark' })
    await session.flush()
    await session.restore()
    expect(session.settings.theme).toBe('dark')
    await session.logout()
    expect(session.state).toBe('out')
    await expect(call('conversation_counts')).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test('renews a stale CSRF token by itself', async () => {
    await login('chen')
    const { context } = await import('../../src/api/client')
    context.csrf = 'old'
    await call('conversation_resolve', { path: { id: refund().id } })
    expect(refund().state).toBe('resolved')
  })
  test('damaged settings fall back to the usual', () => {
    expect(readSettings(null)).toEqual(usual)
    expect(readSettings({ theme: 3, columns: { queue: 400, context: 'x' }, keys: { next: 5, prev: 'x' }, notify: [] })).toEqual({ ...usual, columns: { queue: 400, context: 320 }, keys: { prev: 'x' } })
  })
})

describe('queue', () => {
  test('is in the order of the server', async () => {
    await login('chen')
    const queue = useQueue()
    queue.setFilter({ tab: 'all', state: '' })
    await until(() => queue.ids.length > 0 && !queue.loading)
    const rows = queue.ids.map((id) => useConversations().get(id)!)
    expect([...rows].sort(compareRows).map((r) => r.id)).toEqual(queue.ids)
    expect(rows.at(-1)!.state).toBe('resolved')
  })
  test('what changes comes and goes while nobody points at it', async () => {
    await login('chen')
    const queue = useQueue()
    await queue.load()
    const before = queue.ids.length
    const late = mock().world.conversations.find((c) => !c.assignee_id)!
    mock().world.touch(late, { assignee_id: useSession().me })
    queue.onChange([event({ conversation_id: late.id })])
    await until(() => queue.ids.length === before + 1)
    expect(queue.ids[0]).toBe(late.id) // overdue: on top
    mock().world.touch(late, { assignee_id: null })
    queue.onChange([event({ conversation_id: late.id })])
    await until(() => queue.ids.length === before)
  })
  test('held, no row moves: the new one waits behind the bar', async () => {
    await login('chen')
    const queue = useQueue()
    await queue.load()
    const order = [...queue.ids]
    queue.hold(true)
    const late = mock().world.conversations.find((c) => !c.assignee_id)!
    mock().world.touch(late, { assignee_id: useSession().me })
    mock().world.touch(refund(), { state: 'resolved', due_at: null })
    queue.onChange([event({ conversation_id: late.id }), event({ conversation_id: refund().id })])
    await until(() => queue.fresh.size === 1 && useConversations().get(refund().id)!.state === 'resolved')
    expect(queue.ids).toEqual(order)
    queue.hold(false)
    expect(queue.fresh.size).toBe(0)
    expect(queue.ids).toContain(late.id)
    expect(queue.ids).not.toContain(refund().id)
  })
  test('keeps the selected one although it no longer belongs', async () => {
    await login('chen')
    const queue = useQueue()
    await queue.load()
    queue.select(refund().id)
    await useConversations().resolve(refund().id)
    queue.settle([])
    expect(queue.ids).toContain(refund().id)
    queue.select(null)
    expect(queue.ids).not.toContain(refund().id)
  })
  test('belongs: state, team, channel, tag', () => {
    const c = { state: 'open', assignee_id: null, team_id: '1', channel_id: '2', tags: ['a'] } as unknown as Conversation
    const f = { tab: 'all', state: 'open', channel: '', tag: '' } as const
    expect(belongs(c, f, 'me', [])).toBe(true)
    expect(belongs(c, { ...f, tab: 'team' }, 'me', ['1'])).toBe(true)
    expect(belongs(c, { ...f, tab: 'team' }, 'me', ['9'])).toBe(false)
    expect(belongs(c, { ...f, tab: 'mine' }, 'me', [])).toBe(false)
    expect(belongs(c, { ...f, channel: '3' }, 'me', [])).toBe(false)
    expect(belongs(c, { ...f, tag: 'b' }, 'me', [])).toBe(false)
    expect(belongs({ ...c, state: 'pending' }, { ...f, state: 'unresolved' }, 'me', [])).toBe(true)
  })
})

describe('what is done with a conversation', () => {
  test('shows at once and is taken back with a reason', async () => {
    await login('chen')
    const conversations = useConversations()
    await conversations.fetchOne(refund().id)
    mock().world.failNext.push({ path: 'resolve', status: 503, code: 'busy' })
    const waiting = conversations.resolve(refund().id)
    expect(conversations.get(refund().id)!.state).toBe('resolved')
    expect(await waiting).toBe(false)
    expect(conversations.get(refund().id)!.state).toBe('open')
    const toast = useToasts().toasts[0]
    expect([toast.tone, toast.action?.label]).toEqual(['bad', 'Try again'])
    await toast.action!.run()
    expect(refund().state).toBe('resolved')
  })
  test('can be undone', async () => {
    await login('chen')
    const conversations = useConversations()
    await conversations.fetchOne(refund().id)
    await conversations.resolve(refund().id)
    await useToasts().toasts[0].action!.run()
    expect(refund().state).toBe('open')
  })
  test('of two who take at once the second is told by whom', async () => {
    await login('wang')
    const conversations = useConversations()
    await conversations.fetchOne(refund().id)
    const free = mock().world.conversations.find((c) => !c.assignee_id)!
    await conversations.fetchOne(free.id)
    const chen = mock().world.users.find((u) => u.login === 'chen')!
    mock().world.touch(free, { assignee_id: chen.id })
    expect(await conversations.take(free.id)).toBe(false)
    expect(useToasts().toasts[0].text).toContain('陈晨')
    await until(() => conversations.get(free.id)!.assignee_id === chen.id)
  })
  test('an older answer never covers a newer one', () => {
    const conversations = useConversations()
    conversations.put({ id: '1', version: 5, state: 'resolved' } as Conversation)
    conversations.put({ id: '1', version: 4, state: 'open' } as Conversation)
    expect(conversations.get('1')!.state).toBe('resolved')
  })
})

describe('threads', () => {
  test('older pages join without gaps', async () => {
    await login('chen')
    for (let i = 0; i < 120; i++) mock().world.receive({ conversation: refund(), text: `nr ${i}` })
    const threads = useThreads()
    await threads.open(refund().id)
    const thread = threads.all.get(refund().id)!
    expect(thread.messages).toHaveLength(50)
    while (thread.older) await threads.loadOlder(refund().id)
    expect(thread.messages.map((m) => m.id).sort()).toEqual(mock().world.messages.get(refund().id)!.map((m) => m.id).sort())
    expect(mergeMessages(thread.messages, thread.messages)).toEqual(thread.messages)
  })
  test('a message is on the screen before the server has it, and once afterwards', async () => {
    await login('chen')
    const threads = useThreads()
    await threads.open(refund().id)
    const thread = threads.all.get(refund().id)!
    const sending = threads.send(refund().id, { visibility: 'public', text: '马上处理', resolve: false, mentions: [] })
    expect(thread.outgoing.map((o) => o.text)).toEqual(['马上处理'])
    expect(await sending).toBe(true)
    expect(thread.outgoing).toEqual([])
    expect(thread.messages.filter((m) => m.text === '马上处理')).toHaveLength(1)
  })
  test('a retry brings the same key: sent once although the answer was lost', async () => {
    await login('chen')
    const threads = useThreads()
    await threads.open(refund().id)
    const thread = threads.all.get(refund().id)!
    mock().world.failNext.push({ path: '/reply', drop: true })
    expect(await threads.send(refund().id, { visibility: 'public', text: '一次', resolve: false, mentions: [] })).toBe(false)
    expect(thread.outgoing[0].error).not.toBe('')
    const { key } = thread.outgoing[0]
    await threads.retry(refund().id, key)
    expect(mock().world.messages.get(refund().id)!.filter((m) => m.text === '一次')).toHaveLength(1)
    expect(thread.outgoing).toEqual([])
  })
  test('an answer is held back when a colleague was faster', async () => {
    await login('chen')
    const threads = useThreads()
    await threads.open(refund().id)
    const thread = threads.all.get(refund().id)!
    mock().world.write(refund(), mock().world.users.find((u) => u.login === 'lin'), { visibility: 'public', text: '我来答复' })
    expect(await threads.send(refund().id, { visibility: 'public', text: '我的', resolve: false, mentions: [] })).toBe(false)
    expect(thread.blocked!.answers.map((m) => m.text)).toEqual(['我来答复'])
    expect(thread.blocked!.out.text).toBe('我的')
    expect(await threads.send(refund().id, { visibility: 'public', text: '我的', resolve: false, mentions: [] })).toBe(true)
  })
  test('what the server refuses goes back to the composer', async () => {
    await login('chen')
    const threads = useThreads()
    await threads.open(refund().id)
    await threads.send(refund().id, { visibility: 'public', text: '长'.repeat(200), resolve: false, mentions: [] })
    expect(threads.all.get(refund().id)!.refused!.error).toMatchObject({ code: 'too_long', field: 'text' })
    expect(threads.all.get(refund().id)!.outgoing).toEqual([])
  })
})

describe('what was done', () => {
  test('before the conversation was opened here is told as well, with the messages that are on the screen', async () => {
    await login('chen')
    const { world } = mock()
    const chen = world.users.find((u) => u.login === 'chen')!
    world.touch(refund(), { assignee_id: chen.id }, chen.id)
    world.touch(refund(), { tags: ['VIP'] }, chen.id)
    const threads = useThreads()
    await threads.open(refund().id)
    const thread = threads.all.get(refund().id)!
    expect(thread.lines.map((l) => Object.keys(l.data)[0])).toEqual(['assignee_id', 'tags'])
    const days = () => true
    expect(timeline(thread, days).filter((i) => i.type === 'line')).toHaveLength(2)
    threads.onChange([event({ seq: thread.lines[1].seq, conversation_id: refund().id, data: { tags: ['VIP'] } })]) // told twice
    expect(thread.lines).toHaveLength(2)
    thread.older = 'more'
    thread.lines[0].at = '2020-01-01T00:00:00.000Z' // with a page that is not here yet
    expect(timeline(thread, days).filter((i) => i.type === 'line')).toHaveLength(1)
  })
})

describe('drafts', () => {
  test('are kept on the server a moment after the last key, and emptied when sent', async () => {
    await login('chen')
    const drafts = useDrafts()
    const id = refund().id
    const draft = drafts.take(id, null, 'public')
    draft.text = '您好'
    drafts.touch(id)
    await until(() => mock().world.drafts.size === 1)
    expect([...mock().world.drafts.values()][0]).toMatchObject({ text: '您好', visibility: 'public' })
    expect(drafts.take(id, { visibility: 'private', text: 'older', updated_at: '' }, 'public').text).toBe('您好')
    drafts.empty(id)
    await until(() => mock().world.drafts.size === 0)
  })
})

describe('alerts', () => {
  test('are for what others did to me', () => {
    const list = [
      event({ conversation_id: '1', user_id: 'lin', data: { assignee_id: 'me' } }), event({ conversation_id: '2', user_id: 'me', data: { assignee_id: 'me' } }),
      event({ conversation_id: '3', user_id: 'lin', data: { assignee_id: 'x' } }), event({ conversation_id: '4', kind: 'note.added', user_id: 'lin', data: { mentions: ['me'] } }),
    ]
    expect(concerns(list, 'me')).toEqual([{ kind: 'assigned', id: '1', by: 'lin' }, { kind: 'mentioned', id: '4', by: 'lin' }])
  })
  test('keep quiet hours, also over midnight', () => {
    const n = { ...usual.notify, quiet: true }
    const at = (h: number) => isQuiet(n, new Date(2026, 1, 1, h, 30))
    expect([21, 22, 2, 7, 8, 12].map(at)).toEqual([false, true, true, true, false, false])
    expect(isQuiet({ ...n, quiet: false }, new Date(2026, 1, 1, 23))).toBe(false)
    expect(isQuiet({ ...n, from: '12:00', to: '13:00' }, new Date(2026, 1, 1, 12, 30))).toBe(true)
  })
})

test('an error says whether another try can help', () => {
  expect(new ApiError(0, 'offline', '').retryable).toBe(true)
  expect(new ApiError(503, 'busy', '').retryable).toBe(true)
  expect(new ApiError(409, 'idempotency_key_busy', '').retryable).toBe(true)
  expect(new ApiError(400, 'missing', '').retryable).toBe(false)
})

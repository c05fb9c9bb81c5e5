/* threads - the messages of the conversations that were opened, newest page first, with what is on its way out. */
import { defineStore } from 'pinia'
import { reactive, ref, shallowReactive } from 'vue'
import { ApiError, call } from '../api/client'
import type { ConversationDetail, Event, ID, Message } from '../api/types'
import { compareIds } from '../lib/ids'
import { uuid } from '../lib/uuid'
import { useConversations } from './conversations'
import { useLive } from './live'

/** What the agent has sent and the server has not yet taken. */
export interface Outgoing {
  key: string
  visibility: 'public' | 'private' | 'internal'
  text: string
  resolve: boolean
  mentions: ID[]
  seen: ID | undefined
  at: string
  error: string
}
/** What was done with the conversation: asked for when it is opened, then as it happens. */
export interface Line {
  seq: number
  at: string
  userId: ID | null
  data: Record<string, unknown>
}
export interface Thread {
  id: ID
  detail: ConversationDetail | null
  messages: Message[]
  older: string | null
  loading: boolean
  loadingOlder: boolean
  error: unknown
  outgoing: Outgoing[]
  lines: Line[]
  /** what was done before it was opened here is among the lines */
  told: boolean
  /** an answer the server held back because a colleague was faster */
  blocked: { out: Outgoing; answers: Message[] } | null
  /** an answer the server refused for its content; goes back into the composer */
  refused: { out: Outgoing; error: ApiError } | null
}

const KEEP = 60
const PAGE = 50
const LINES = 200

function lineOf(e: Event): Line {
  return { seq: e.seq, at: e.at, userId: e.user_id ?? null, data: (e.data ?? {}) as Record<string, unknown> }
}
export function mergeLines(have: Line[], came: Event[]): Line[] {
  const bySeq = new Map(have.map((l) => [l.seq, l]))
  for (const e of came) if (e.kind === 'conversation.changed') bySeq.set(e.seq, lineOf(e))
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-LINES)
}

export function mergeMessages(have: Message[], came: Message[]): Message[] {
  const byId = new Map(have.map((m) => [m.id, m]))
  for (const m of came) byId.set(m.id, m)
  return [...byId.values()].sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at) || compareIds(a.id, b.id))
}

export const useThreads = defineStore('threads', () => {
  const conversations = useConversations()
  const live = useLive()
  const all = shallowReactive(new Map<ID, Thread>())
  const openId = ref<ID | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let dirty = new Set<ID>()

  function entry(id: ID): Thread {
    let thread = all.get(id)
    if (thread) {
      all.delete(id) // the most recently used stands last
      all.set(id, thread)
      return thread
    }
    thread = reactive<Thread>({
      id, detail: null, messages: [], older: null, loading: false, loadingOlder: false, error: null,
      outgoing: [], lines: [], told: false, blocked: null, refused: null,
    })
    all.set(id, thread)
    for (const [old, t] of all) {
      if (all.size <= KEEP) break
      if (old !== openId.value && !t.outgoing.length) all.delete(old)
    }
    return thread
  }

  function takeDetail(thread: Thread, detail: ConversationDetail): void {
    conversations.put(detail.conversation)
    live.viewers.set(thread.id, detail.viewers)
    thread.detail = detail
  }
  async function refresh(id: ID): Promise<void> {
    const thread = entry(id)
    const [detail, page] = await Promise.all([
      call('conversation_show', { path: { id } }),
      call('message_list', { path: { id }, query: { limit: PAGE } }),
    ])
    takeDetail(thread, detail)
    const first = thread.messages.length === 0
    const overlaps = page.items.some((m) => thread.messages.some((have) => have.id === m.id))
    thread.messages = first || !overlaps ? mergeMessages([], page.items) : mergeMessages(thread.messages, page.items)
    if (first || !overlaps) thread.older = page.next_cursor ?? null
    thread.error = null
  }

  /** Without them the thread can still be read: asked for again at the next opening. */
  async function tell(thread: Thread): Promise<void> {
    if (thread.told) return
    const page = await call('conversation_events', { path: { id: thread.id }, query: { limit: LINES } }).catch(() => null)
    if (!page) return
    thread.lines = mergeLines(thread.lines, page.items)
    thread.told = true
  }

  /** Shows what is known at once and fetches the rest. */
  async function open(id: ID): Promise<void> {
    openId.value = id
    await prefetch(id, true)
  }
  async function prefetch(id: ID, force = false): Promise<void> {
    const thread = entry(id)
    if (thread.loading || (!force && thread.detail)) return
    thread.loading = true
    try {
      await Promise.all([refresh(id), tell(thread)])
    } catch (error) {
      thread.error = error
    } finally {
      thread.loading = false
    }
  }
  async function loadOlder(id: ID): Promise<void> {
    const thread = entry(id)
    if (thread.loadingOlder || !thread.older) return
    thread.loadingOlder = true
    try {
      const page = await call('message_list', { path: { id }, query: { limit: PAGE, cursor: thread.older } })
      thread.messages = mergeMessages(thread.messages, page.items)
      thread.older = page.next_cursor ?? null
    } finally {
      thread.loadingOlder = false
    }
  }

  const newest = (thread: Thread) => thread.messages[thread.messages.length - 1]?.id

  async function deliver(thread: Thread, out: Outgoing): Promise<boolean> {
    out.error = ''
    const { text, key } = out
    const path = { id: thread.id }
    try {
      const message =
        out.visibility === 'internal'
          ? await call('conversation_note', { path, key, body: { text, mentions: out.mentions } })
          : await call('conversation_reply', {
              path,
              key,
              body: { visibility: out.visibility, text, seen_message_id: out.seen, resolve: out.resolve || undefined },
            })
      drop(thread, key)
      thread.messages = mergeMessages(thread.messages, [message])
      conversations.fetchOne(thread.id).catch(() => undefined)
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'answered_meanwhile') await block(thread, out)
      else if (error.retryable) out.error = error.message
      else {
        drop(thread, key)
        thread.refused = { out, error }
      }
      return false
    }
  }
  async function block(thread: Thread, out: Outgoing): Promise<void> {
    drop(thread, out.key)
    await refresh(thread.id).catch(() => undefined)
    const answers = thread.messages.filter(
      (m) => m.direction === 'out' && m.visibility !== 'internal' && (!out.seen || compareIds(m.id, out.seen) > 0),
    )
    thread.blocked = { out, answers }
  }
  /** Every thread that shows this message: its own, and one that it started. */
  const showing = (message: Message) => [...all.values()].filter((x) => x.id === message.conversation_id || x.detail?.origin?.id === message.id)
  /** The message as it is known now. */
  function find(message: Message): Message | undefined {
    for (const thread of showing(message)) {
      const found = thread.messages.find((m) => m.id === message.id) ?? (thread.detail?.origin?.id === message.id ? thread.detail.origin : undefined)
      if (found) return found
    }
    return undefined
  }
  function replace(message: Message): void {
    for (const thread of showing(message)) {
      thread.messages = thread.messages.map((m) => (m.id === message.id ? message : m))
      if (thread.detail?.origin?.id === message.id) thread.detail = { ...thread.detail, origin: message }
    }
  }
  function drop(thread: Thread, key: string): void {
    thread.outgoing = thread.outgoing.filter((o) => o.key !== key)
  }

  /** On the screen at once; the same key over every retry. False when it did not go out (yet). */
  async function send(id: ID, what: Pick<Outgoing, 'visibility' | 'text' | 'resolve' | 'mentions'>): Promise<boolean> {
    const thread = entry(id)
    thread.blocked = null
    thread.refused = null
    thread.outgoing.push({ ...what, key: uuid(), seen: newest(thread), at: new Date().toISOString(), error: '' })
    return deliver(thread, thread.outgoing[thread.outgoing.length - 1])
  }
  async function retry(id: ID, key: string): Promise<void> {
    const thread = entry(id)
    const out = thread.outgoing.find((o) => o.key === key)
    if (out) await deliver(thread, out)
  }

  function onChange(events: Event[]): void {
    for (const e of events) {
      const thread = e.conversation_id ? all.get(e.conversation_id) : undefined
      if (!thread) continue
      if (e.kind === 'conversation.changed') thread.lines = mergeLines(thread.lines, [e])
      dirty.add(thread.id)
    }
    if (dirty.size && timer === undefined) timer = setTimeout(() => void catchUp(), 80)
  }
  async function catchUp(): Promise<void> {
    timer = undefined
    const ids = dirty
    dirty = new Set()
    for (const id of ids) {
      const thread = all.get(id)
      if (!thread) continue
      if (id !== openId.value) {
        if (!thread.outgoing.length) all.delete(id) // fetched anew when it is opened
        continue
      }
      await refresh(id).catch(() => dirty.add(id))
    }
  }
  function reload(): void {
    for (const [id, thread] of all) if (id !== openId.value && !thread.outgoing.length) all.delete(id)
    const open = openId.value ? all.get(openId.value) : undefined
    if (!open) return
    open.told = false // what happened meanwhile nobody has heard
    void Promise.all([refresh(open.id), tell(open)]).catch(() => undefined)
  }
  function clear(): void {
    all.clear()
    openId.value = null
    dirty = new Set()
  }

  return { all, openId, entry, open, prefetch, loadOlder, send, retry, drop, find, replace, onChange, reload, clear, newest }
})

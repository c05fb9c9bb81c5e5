/* queue - the rows of the desk's first column: one tab and filter, loaded page by page, kept in order of 'due first,
 * then importance' by the live stream. While the list is `held` (pointer over it, or scrolled) no row moves: what is
 * new waits behind a bar, what no longer belongs stays until the list is let go. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { call } from '../api/client'
import type { Calls, Conversation, Event, ID, QueueCounts } from '../api/types'
import { compareIds } from '../lib/ids'
import { useConversations } from './conversations'
import { useSession } from './session'

export type Tab = 'mine' | 'unassigned' | 'team' | 'all'
export type StateFilter = 'open' | 'pending' | 'snoozed' | 'resolved' | 'unresolved' | ''
export interface Filter {
  tab: Tab
  state: StateFilter
  channel: string
  tag: string
}

export const PAGE = 100
const HEAD = 50
const SINGLE_MAX = 8 // changed rows fetched one by one; more than that: the list anew
const GATHER_MS = 150

/** The server's order: due first, then what is due never by importance, then the older one; resolved ones behind all
 * others, among themselves as they came (the latest first). */
export function compareRows(a: Conversation, b: Conversation): number {
  const resolved = (c: Conversation) => Number(c.state === 'resolved')
  if (resolved(a) || resolved(b)) return resolved(a) - resolved(b)
  // Times are all written alike ("2026-01-02T03:04:05.678Z"): their order is that of their letters.
  const [x, y] = [a.due_at ?? '~', b.due_at ?? '~']
  return (x < y ? -1 : x > y ? 1 : 0) || b.importance - a.importance || compareIds(a.id, b.id)
}

export function belongs(c: Conversation, f: Filter, me: ID, teams: readonly ID[]): boolean {
  if (f.state === 'unresolved' ? c.state === 'resolved' : f.state !== '' && c.state !== f.state) return false
  if (f.channel && c.channel_id !== f.channel) return false
  if (f.tag && !c.tags.includes(f.tag)) return false
  if (f.tab === 'mine') return c.assignee_id === me
  if (f.tab === 'unassigned') return !c.assignee_id
  return f.tab === 'all' || teams.includes(c.team_id)
}

export const useQueue = defineStore('queue', () => {
  const conversations = useConversations()
  const session = useSession()

  const filter = ref<Filter>({ tab: 'mine', state: 'open', channel: '', tag: '' })
  const ids = shallowRef<ID[]>([])
  const fresh = ref(new Set<ID>()) // new ones behind the bar
  const counts = ref<QueueCounts | null>(null)
  const loading = ref(false)
  const error = ref<unknown>(null)
  const cursor = ref<string | null>(null)
  const held = ref(false)
  const selected = ref<ID | null>(null)
  let round = 0 // a new filter makes earlier answers void
  let dirty = new Set<ID>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false

  const complete = computed(() => !loading.value && cursor.value === null)
  const fits = (c: Conversation | undefined) => !!c && belongs(c, filter.value, session.me, session.session?.teams ?? [])

  function query(): Calls['conversation_list']['query'] {
    const { tab, state, channel, tag } = filter.value
    return {
      state: state || undefined,
      assignee: tab === 'mine' ? 'me' : tab === 'unassigned' ? 'none' : undefined,
      team: tab === 'team' ? 'mine' : undefined,
      channel: channel || undefined,
      tag: tag || undefined,
    }
  }

  /** The first page; `quiet` keeps the rows on the screen until the new ones are there. */
  async function load(quiet = false): Promise<void> {
    const mine = ++round
    loading.value = true
    error.value = null
    if (!quiet) {
      ids.value = []
      cursor.value = null
    }
    void loadCounts()
    try {
      const page = await call('conversation_list', { query: { ...query(), limit: PAGE } })
      if (mine !== round) return
      page.items.forEach(conversations.put)
      ids.value = page.items.map((c) => c.id)
      cursor.value = page.next_cursor ?? null
      fresh.value = new Set()
    } catch (e) {
      if (mine === round) error.value = e
    } finally {
      if (mine === round) loading.value = false
    }
  }

  async function more(): Promise<void> {
    if (loading.value || !cursor.value) return
    const mine = round
    loading.value = true
    error.value = null
    try {
      const page = await call('conversation_list', { query: { ...query(), limit: PAGE, cursor: cursor.value } })
      if (mine !== round) return
      page.items.forEach(conversations.put)
      const have = new Set(ids.value)
      ids.value = ids.value.concat(page.items.map((c) => c.id).filter((id) => !have.has(id)))
      cursor.value = page.next_cursor ?? null
    } catch (e) {
      if (mine === round) error.value = e
    } finally {
      if (mine === round) loading.value = false
    }
  }

  async function loadCounts(): Promise<void> {
    try {
      counts.value = await call('conversation_counts')
      session.unseenMentions = counts.value.mentions
    } catch {
      /* the old numbers stand; the light shows that the line is down */
    }
  }

  function setFilter(part: Partial<Filter>): void {
    filter.value = { ...filter.value, ...part }
    held.value = false
    void load()
  }

  /* Puts known rows where they belong, or behind the bar while the list is held. */
  function settle(candidates: Iterable<ID>): void {
    const have = new Set(ids.value)
    const last = ids.value.length ? conversations.get(ids.value[ids.value.length - 1]) : undefined
    const reach = (c: Conversation) => cursor.value === null || !last || compareRows(c, last) <= 0
    for (const id of candidates) {
      const c = conversations.get(id)
      if (have.has(id) || !c || !fits(c) || !reach(c)) continue
      if (held.value) fresh.value.add(id)
      else {
        ids.value = [...ids.value, id]
        have.add(id)
      }
    }
    for (const id of fresh.value) if (!fits(conversations.get(id))) fresh.value.delete(id)
    if (!held.value) order()
  }
  function order(): void {
    const rows = ids.value.map((id) => conversations.get(id)!).filter((c) => c && (fits(c) || c.id === selected.value))
    let sorted = rows.length === ids.value.length
    for (let i = 1; sorted && i < rows.length; i++) sorted = compareRows(rows[i - 1], rows[i]) <= 0
    if (!sorted) ids.value = rows.sort(compareRows).map((c) => c.id)
  }

  /** Lets the waiting rows in and puts all in order. */
  function release(): void {
    held.value = false
    const waiting = [...fresh.value]
    fresh.value = new Set()
    settle(waiting)
  }
  function hold(on: boolean): void {
    if (on === held.value) return
    if (on) held.value = true
    else release()
  }
  function select(id: ID | null): void {
    if (selected.value === id) return
    selected.value = id
    if (!held.value) order()
  }

  function onChange(events: Event[]): void {
    for (const e of events) if (e.conversation_id) dirty.add(e.conversation_id)
    if (events.some((e) => e.kind === 'note.added')) void loadCounts()
    if (dirty.size && timer === undefined) timer = setTimeout(() => void refresh(), GATHER_MS)
  }
  async function refresh(): Promise<void> {
    timer = undefined
    if (busy) {
      timer = setTimeout(() => void refresh(), GATHER_MS * 2)
      return
    }
    busy = true
    const changed = dirty
    dirty = new Set()
    const mine = round
    try {
      const head = await call('conversation_list', { query: { ...query(), limit: HEAD } })
      head.items.forEach(conversations.put)
      const seen = new Set(head.items.map((c) => c.id))
      const rest = [...changed].filter((id) => !seen.has(id) && conversations.byId.has(id))
      if (rest.length > SINGLE_MAX && !held.value) await load(true)
      else await Promise.all(rest.slice(0, SINGLE_MAX * 4).map((id) => conversations.fetchOne(id)))
      if (mine === round) settle(seen)
      await loadCounts()
    } catch {
      /* the next event, or the reconnect, brings it */
    } finally {
      busy = false
    }
  }

  /** The row `step` away from the selected one. */
  function neighbour(step: number): ID | null {
    const at = selected.value ? ids.value.indexOf(selected.value) : -1
    if (at < 0) return ids.value[0] ?? null
    return ids.value[at + step] ?? null
  }
  function clear(): void {
    round++
    clearTimeout(timer)
    timer = undefined
    dirty = new Set()
    ids.value = []
    fresh.value = new Set()
    cursor.value = null
    counts.value = null
    selected.value = null
  }

  return {
    filter, ids, fresh, counts, loading, error, cursor, held, selected, complete,
    load, more, loadCounts, setFilter, hold, release, select, onChange, refresh, neighbour, fits, settle, clear,
  }
})

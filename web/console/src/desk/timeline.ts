/* timeline - what the thread shows, in order: days, messages, system lines, what is on its way out. */
import type { Message } from '../api/types'
import type { Line, Outgoing, Thread } from '../stores/threads'

export type Item =
  | { type: 'day'; key: string; at: string }
  | { type: 'message'; key: string; message: Message }
  | { type: 'line'; key: string; line: Line }
  | { type: 'out'; key: string; out: Outgoing }

const NEAR_MS = 3000
/** Changes worth a line; texts and counters are on the screen anyway. */
const TOLD = ['state', 'assignee_id', 'team_id', 'category', 'tags']

export function timeline(thread: Thread, sameDay: (a: string, b: string) => boolean): Item[] {
  const origin = thread.detail?.origin?.id
  const messages = thread.messages.filter((m) => m.id !== origin)
  const system = messages.filter((m) => m.kind === 'system').map((m) => Date.parse(m.sent_at))
  /* What happened before the oldest message on the screen is told when that page is. */
  const from = thread.older && messages.length ? Date.parse(messages[0].sent_at) : 0
  const lines = thread.lines.filter(
    (l) => TOLD.some((k) => k in l.data) && Date.parse(l.at) >= from && !system.some((s) => Math.abs(s - Date.parse(l.at)) < NEAR_MS),
  )
  const timed: { at: string; item: Item }[] = [
    ...messages.map((m) => ({ at: m.sent_at, item: { type: 'message' as const, key: m.id, message: m } })),
    ...lines.map((l) => ({ at: l.at, item: { type: 'line' as const, key: `line${l.seq}`, line: l } })),
  ]
  timed.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const items: Item[] = []
  let day = thread.detail?.origin?.sent_at ?? ''
  for (const { at, item } of timed) {
    if (!day || !sameDay(day, at)) items.push({ type: 'day', key: `day${at}`, at })
    day = at
    items.push(item)
  }
  for (const out of thread.outgoing) items.push({ type: 'out', key: out.key, out })
  return items
}

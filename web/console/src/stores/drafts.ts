/* drafts - what is being written, by conversation: at once in memory, a moment later on the server. */
import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { call } from '../api/client'
import type { Draft, ID } from '../api/types'

export type Visibility = 'public' | 'private' | 'internal'
interface Kept {
  visibility: Visibility
  text: string
}
const WAIT_MS = 800

export const useDrafts = defineStore('drafts', () => {
  const kept = reactive(new Map<ID, Kept>())
  const saved = new Map<ID, string>() // what the server has, as one string
  let owner: ID = ''
  const timers = new Map<ID, ReturnType<typeof setTimeout>>()
  const whole = (d: Kept) => (d.text ? `${d.visibility}:${d.text}` : '')

  /** The draft of a conversation: the one typed here, else the server's. */
  function take(id: ID, server: Draft | null | undefined, usual: Visibility): Kept {
    const known = kept.get(id)
    if (known && (known.text || timers.has(id))) return known
    const draft = server ? { visibility: server.visibility, text: server.text } : { visibility: usual, text: '' }
    if (server) saved.set(id, whole(draft))
    kept.set(id, draft)
    return kept.get(id)!
  }
  /** Tell that the draft was changed. */
  function touch(id: ID): void {
    clearTimeout(timers.get(id))
    timers.set(id, setTimeout(() => void save(id), WAIT_MS))
  }
  async function save(id: ID, leaving = false): Promise<void> {
    clearTimeout(timers.get(id))
    timers.delete(id)
    const draft = kept.get(id)
    if (!draft || whole(draft) === (saved.get(id) ?? '')) return
    const now = whole(draft)
    try {
      await call('draft_save', { path: { id }, body: { visibility: draft.visibility, text: draft.text }, keepalive: leaving })
      saved.set(id, now)
    } catch {
      if (!leaving) timers.set(id, setTimeout(() => void save(id), WAIT_MS * 10)) // kept here meanwhile
    }
  }
  /** Sent: nothing is left of it. */
  function empty(id: ID): void {
    const draft = kept.get(id)
    if (draft) draft.text = ''
    void save(id)
  }
  function saveAll(leaving = false): void {
    for (const id of [...timers.keys()]) void save(id, leaving)
  }
  /** Who writes. What somebody wrote when their session ended is still there, and saved, when the same one is back. */
  function belongTo(user: ID): void {
    if (user !== owner) {
      timers.forEach(clearTimeout)
      timers.clear()
      kept.clear()
      saved.clear()
    }
    owner = user
    for (const [id, draft] of kept) if (whole(draft) !== (saved.get(id) ?? '')) touch(id)
  }
  return { kept, take, touch, save, saveAll, empty, belongTo }
})

/* live - what the stream tells, for all stores: changes, presence, and the light that says whether the screen is current. */
import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'
import { ROUTES, type Event, type ID, type Viewer } from '../api/types'
import { LiveShare } from '../live/share'
import type { Frame } from '../live/sse'
import type { Light } from '../live/source'

type Listener = (events: Event[]) => void

export const useLive = defineStore('live', () => {
  const light = ref<Light>('catching')
  /** when the last byte came, by our clock */
  const lastAt = ref(Date.now())
  const viewers = reactive(new Map<ID, Viewer[]>())
  const changes = new Set<Listener>()
  const reloads = new Set<() => void>()
  let share: LiveShare | null = null
  let greeted = false // the first hello has come

  function frame(f: Frame): void {
    if (f.event === 'change') {
      const events = JSON.parse(f.data) as Event[]
      for (const listener of changes) listener(events)
    } else if (f.event === 'presence') {
      for (const e of JSON.parse(f.data) as Event[])
        if (e.conversation_id) viewers.set(e.conversation_id, (e.data as { viewers: Viewer[] }).viewers)
    } else if (f.event === 'reload') for (const reload of reloads) reload()
    else if (f.event === 'hello' && !greeted) {
      // What was fetched before the stream stood may be older than its first event.
      greeted = true
      for (const reload of reloads) reload()
    }
  }

  function start(user: ID, signedOut: () => void): void {
    stop()
    greeted = false
    share = new LiveShare(ROUTES.live_events.path, `huiyin-live-${user}`, {
      frame,
      light: (l) => {
        light.value = l
        if (l === 'live') lastAt.value = Date.now()
      },
      pulse: () => (lastAt.value = Date.now()),
      signedOut,
    })
    window.addEventListener('online', nudge)
  }
  function stop(): void {
    share?.close()
    share = null
    viewers.clear()
    window.removeEventListener('online', nudge)
  }
  const nudge = () => share?.nudge()

  /** Calls back with every batch of changes until the returned function is called. */
  function onChange(listener: Listener): () => void {
    changes.add(listener)
    return () => changes.delete(listener)
  }
  /** Calls back when everything on the screen has to be fetched again. */
  function onReload(listener: () => void): () => void {
    reloads.add(listener)
    return () => reloads.delete(listener)
  }
  const leading = () => share?.leading ?? false

  return { light, lastAt, viewers, start, stop, onChange, onReload, nudge, leading, frame }
})

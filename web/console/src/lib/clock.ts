/* clock - one ticking `now` for every countdown on the screen, and the due state it leads to. */
import { onScopeDispose, ref, type Ref } from 'vue'

const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Milliseconds, once a second, for as long as a component uses it. */
export function useNow(): Ref<number> {
  if (users++ === 0) timer = setInterval(() => (now.value = Date.now()), 1000)
  now.value = Date.now()
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return now
}

export type DueLevel = 'calm' | 'half' | 'soon' | 'late'

/** Colours change at 50, 80 and 100 % of the time from `since` to `due`. */
export function dueLevel(nowMs: number, since: number, due: number): DueLevel {
  if (nowMs >= due) return 'late'
  const span = due - since
  const used = span > 0 ? (nowMs - since) / span : 1
  return used >= 0.8 ? 'soon' : used >= 0.5 ? 'half' : 'calm'
}

/** 00:42, 1:48:20, from a distance in milliseconds of either sign; days are the caller's matter. */
export function clockText(ms: number): string {
  const total = Math.floor(Math.abs(ms) / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(total / 3600)
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`
  return h ? `${h}:${rest}` : rest
}

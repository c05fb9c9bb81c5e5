/* session - who is signed in, what they may do, and the settings the server keeps for them. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ApiError, call, context } from '../api/client'
import type { Permission, ProfileChange, Session } from '../api/types'

export interface Settings {
  theme: 'system' | 'light' | 'dark'
  /** widths in pixels */
  columns: { queue: number; context: number }
  contextOpen: boolean
  railOpen: boolean
  /** words that pulled are marked in the text */
  highlights: boolean
  keysOn: boolean
  /** action → key, only those that differ from the usual ones; '' = none */
  keys: Record<string, string>
  notify: { desktop: boolean; sound: boolean; quiet: boolean; from: string; to: string }
}
export const usual: Settings = {
  theme: 'system',
  columns: { queue: 340, context: 320 },
  contextOpen: true,
  railOpen: false,
  highlights: true,
  keysOn: true,
  keys: {},
  notify: { desktop: false, sound: false, quiet: false, from: '22:00', to: '08:00' },
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

/** What was kept, laid over the usual: an older or damaged value never breaks the console. */
export function readSettings(kept: unknown): Settings {
  const from = isObject(kept) ? kept : {}
  const lay = <T extends object>(base: T, over: unknown): T => {
    const out = { ...base } as Record<string, unknown>
    if (isObject(over)) for (const key of Object.keys(base)) if (typeof over[key] === typeof out[key]) out[key] = over[key]
    return out as T
  }
  const settings = lay(usual, from)
  settings.columns = lay(usual.columns, from.columns)
  settings.notify = lay(usual.notify, from.notify)
  settings.keys = isObject(from.keys) ? (Object.fromEntries(Object.entries(from.keys).filter(([, v]) => typeof v === 'string')) as Record<string, string>) : {}
  return settings
}

/* Whether this browser was signed in when it was here last: who was not is asked to sign in without asking the server,
 * which would put an error on the browser's console. A browser that keeps nothing is always asked about. */
const HERE = 'huiyin-here'
function wasHere(): boolean {
  try {
    return localStorage.getItem(HERE) !== null
  } catch {
    return true
  }
}
function keepHere(here: boolean): void {
  try {
    if (here) localStorage.setItem(HERE, '1')
    else localStorage.removeItem(HERE)
  } catch {
    // forbidden here
  }
}

export const useSession = defineStore('session', () => {
  const session = ref<Session | null>(null)
  const state = ref<'unknown' | 'in' | 'out'>('unknown')
  const settings = ref<Settings>({ ...usual })
  const unseenMentions = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending = false

  const user = computed(() => session.value?.user ?? null)
  const me = computed(() => session.value?.user.id ?? '')
  const can = (permission: Permission) => session.value?.permissions.includes(permission) ?? false

  function take(answer: Session): void {
    session.value = answer
    context.csrf = answer.csrf
    unseenMentions.value = answer.unread_mentions
    if (!pending) settings.value = readSettings(answer.settings)
    state.value = 'in'
    keepHere(true)
  }
  function leave(): void {
    clearTimeout(timer)
    pending = false
    session.value = null
    context.csrf = ''
    state.value = 'out'
    keepHere(false)
  }

  /** Asks once who is there. Throws only when the server cannot be reached. */
  async function restore(): Promise<void> {
    if (state.value === 'unknown' && !wasHere()) return leave()
    try {
      take(await call('session_show'))
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      leave()
    }
  }
  async function login(login: string, password: string): Promise<void> {
    take(await call('session_login', { body: { login, password } }))
  }
  async function logout(): Promise<void> {
    await flush()
    await call('session_logout')
    leave()
  }
  async function change(body: ProfileChange): Promise<void> {
    take(await call('profile_change', { body }))
  }

  /** Settings change at once on the screen and a moment later on the server. */
  function set(part: Partial<Settings>): void {
    settings.value = { ...settings.value, ...part }
    pending = true
    clearTimeout(timer)
    timer = setTimeout(() => void flush().catch(() => undefined), 600)
  }
  async function flush(): Promise<void> {
    if (!pending) return
    clearTimeout(timer)
    const sent = settings.value
    await call('profile_change', { body: { settings: sent } })
    if (settings.value === sent) pending = false
  }

  context.renewCsrf = async () => {
    await restore()
    return state.value === 'in'
  }
  context.onSignedOut = leave

  return { session, state, user, me, settings, unseenMentions, can, restore, login, logout, leave, change, set, flush }
})

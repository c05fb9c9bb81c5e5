/* alerts - what reaches for a person's attention: a conversation given to them, a note that names them. Sound and
 * desktop notification only when asked for, and not in quiet hours. */
import type { Event, ID } from '../api/types'
import { i18n } from '../i18n'
import { useConversations } from '../stores/conversations'
import { useDirectory } from '../stores/directory'
import { useLive } from '../stores/live'
import { useSession, type Settings } from '../stores/session'
import { useToasts } from '../stores/toasts'

/** Is `now` between from and to ("22:00" … "08:00" runs over midnight). */
export function isQuiet(notify: Settings['notify'], now: Date): boolean {
  if (!notify.quiet) return false
  const minute = (s: string) => Number(s.slice(0, 2)) * 60 + Number(s.slice(3, 5))
  const [from, to, at] = [minute(notify.from), minute(notify.to), now.getHours() * 60 + now.getMinutes()]
  return from <= to ? at >= from && at < to : at >= from || at < to
}

/** Which of these changes concern the person. */
export function concerns(events: readonly Event[], me: ID): { kind: 'assigned' | 'mentioned'; id: ID; by: ID | null }[] {
  const found: { kind: 'assigned' | 'mentioned'; id: ID; by: ID | null }[] = []
  for (const e of events) {
    if (!e.conversation_id || e.user_id === me) continue
    const data = (e.data ?? {}) as Record<string, unknown>
    if (e.kind === 'conversation.changed' && data.assignee_id === me) found.push({ kind: 'assigned', id: e.conversation_id, by: e.user_id ?? null })
    if (e.kind === 'note.added' && Array.isArray(data.mentions) && data.mentions.includes(me)) found.push({ kind: 'mentioned', id: e.conversation_id, by: e.user_id ?? null })
  }
  return found
}

let audio: AudioContext | null = null
/** Two soft notes, made here. */
export function chime(): void {
  audio ??= new AudioContext()
  const begin = audio.currentTime
  for (const [i, hz] of [660, 880].entries()) {
    const tone = audio.createOscillator()
    const gain = audio.createGain()
    tone.frequency.value = hz
    gain.gain.setValueAtTime(0, begin + i * 0.14)
    gain.gain.linearRampToValueAtTime(0.12, begin + i * 0.14 + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.0001, begin + i * 0.14 + 0.32)
    tone.connect(gain).connect(audio.destination)
    tone.start(begin + i * 0.14)
    tone.stop(begin + i * 0.14 + 0.34)
  }
}

export function alertOn(events: readonly Event[], open: (id: ID) => unknown): void {
  const session = useSession()
  const t = i18n.global.t
  for (const c of concerns(events, session.me)) {
    const name = useDirectory().userName(c.by) || t('system')
    const text = t(c.kind === 'assigned' ? 'alert.assigned' : 'alert.mentioned', { name })
    useToasts().show({ tone: 'info', text, action: { label: t('alert.open'), run: () => open(c.id) } })
    if (c.kind === 'mentioned') session.unseenMentions++
    const { notify } = session.settings
    if (!useLive().leading() || isQuiet(notify, new Date())) continue // one tab speaks for all
    if (notify.sound) chime()
    if (notify.desktop && typeof Notification !== 'undefined' && Notification.permission === 'granted' && document.visibilityState !== 'visible') {
      const shown = new Notification(text, { body: useConversations().get(c.id)?.last_text ?? '', tag: c.id })
      shown.onclick = () => {
        window.focus()
        open(c.id)
        shown.close()
      }
    }
  }
}

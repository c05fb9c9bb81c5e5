/* mention - "@chen" in a note: what is being written before the caret, who it may be, who was meant in the end. */
import type { User } from '../api/types'

const WORD = /(^|[\s，。；：、（(])@([\p{L}\p{N}._-]*)$/u

/** The part after "@" at the caret, or null. */
export function mentionAt(text: string, caret: number): string | null {
  const found = WORD.exec(text.slice(0, caret))
  return found ? found[2] : null
}
export function mentionChoices(users: readonly User[], q: string): User[] {
  const low = q.toLowerCase()
  const rank = (u: User) => (u.login.startsWith(low) || u.name.toLowerCase().startsWith(low) ? 0 : 1)
  return users
    .filter((u) => u.active && (u.login.includes(low) || u.name.toLowerCase().includes(low)))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, 7)
}
/** Puts "@login " in place of what was being written; the caret goes behind it. */
export function insertMention(text: string, caret: number, login: string): { text: string; caret: number } {
  const part = mentionAt(text, caret) ?? ''
  const begin = caret - part.length
  const put = `${login} `
  return { text: text.slice(0, begin) + put + text.slice(caret).replace(/^ /, ''), caret: begin + put.length }
}
export function mentioned(text: string, users: readonly User[]): string[] {
  const logins = new Set([...text.matchAll(/@([\p{L}\p{N}._-]+)/gu)].map((m) => m[1].toLowerCase()))
  return users.filter((u) => logins.has(u.login.toLowerCase())).map((u) => u.id)
}

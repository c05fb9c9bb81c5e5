/* rule - an administrator's rule as the editor holds it: every field there, as src/understanding/rule.h reads it. */
import type { ID, Rule } from '../../../api/types'

export interface Near {
  first: string[]
  second: string[]
  within: number
  unit: 'characters' | 'words'
  ordered: boolean
}
export interface Then {
  category: string
  topic: string
  tag: string
  gravity: string
  urgency: number
  points: number
  spam: boolean
  abuse: boolean
  churn: boolean
}
export interface RuleBody {
  name: string
  enabled: boolean
  any: string[]
  all: string[]
  none: string[]
  near: Near[]
  pattern: string
  skip_negated: boolean
  whole_words: boolean
  obfuscated: boolean
  scope: 'own' | 'all'
  language: 'any' | 'zh' | 'en'
  then: Then
}
export const GRAVITIES = ['injury', 'death', 'food_safety', 'fire', 'lawsuit', 'regulator', 'media', 'fraud', 'privacy', 'boycott', 'discrimination', 'minor'] as const
export const FIELDS = ['name', 'any', 'all', 'none', 'near', 'pattern', 'scope', 'language', 'then.category', 'then.topic', 'then.tag', 'then.gravity', 'then.urgency', 'then.points', 'then'] as const

export const emptyNear = (): Near => ({ first: [], second: [], within: 6, unit: 'characters', ordered: false })
export const emptyThen = (): Then => ({ category: '', topic: '', tag: '', gravity: '', urgency: 0, points: 0, spam: false, abuse: false, churn: false })
export const emptyRule = (): RuleBody => ({ name: '', enabled: true, any: [], all: [], none: [], near: [], pattern: '', skip_negated: true, whole_words: true, obfuscated: true, scope: 'own', language: 'any', then: emptyThen() })

/* What is there and of the right type, laid over what stands for nothing. */
function lay<T extends object>(base: T, over: unknown): T {
  const out = { ...base } as Record<string, unknown>
  const from = (over ?? {}) as Record<string, unknown>
  for (const key of Object.keys(base)) if (from[key] !== undefined && from[key] !== null && typeof from[key] === typeof out[key] && Array.isArray(from[key]) === Array.isArray(out[key])) out[key] = from[key]
  return out as T
}
/** A rule as the server keeps it, for editing; the copy is its own. */
export function readRule(json: unknown): RuleBody {
  const from = JSON.parse(JSON.stringify(json ?? {})) as Record<string, unknown>
  const body = lay(emptyRule(), from)
  body.near = (Array.isArray(from.near) ? from.near : []).map((n) => lay(emptyNear(), n))
  body.then = lay(emptyThen(), from.then)
  return body
}
/** For the server: what asks for nothing and does nothing is left out. */
export function writeRule(body: RuleBody): Record<string, unknown> {
  const then = Object.fromEntries(Object.entries(body.then).filter(([, v]) => v !== '' && v !== 0 && v !== false))
  const near = body.near.filter((n) => n.first.length || n.second.length)
  return { ...body, name: body.name.trim(), near, pattern: body.pattern.trim() ? body.pattern : null, then }
}
/** none alone is not enough. */
export const asks = (body: RuleBody): boolean => body.any.length + body.all.length > 0 || body.near.some((n) => n.first.length && n.second.length) || body.pattern.trim() !== ''
export const changes = (then: Then): boolean => Object.values(writeRule({ ...emptyRule(), then }).then as object).length > 0

/** "退款、退钱\nrefund" → words, each once, in their order. */
export function splitWords(text: string): string[] {
  return [...new Set(text.split(/[,，、;；\n\t]/).map((w) => w.trim()).filter(Boolean))]
}
/** The list with the one at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list]
  const [one] = out.splice(from, 1)
  out.splice(Math.max(0, Math.min(out.length, to)), 0, one)
  return out
}
export const idsOf = (rules: readonly Rule[]): ID[] => rules.map((r) => r.id)

/* importance - the sum of importance as the program counts it (src/understanding/importance.h), for the preview of
 * weights that are not saved yet. Every part is a share of its weight. */
import type { AssessmentPart } from '../api/types'

/** UnderstandingSettings.weights. */
export interface Weights {
  category: Record<string, number>
  /** of the urgencies 1, 2 and 3 */
  urgency: number[]
  sentiment: number
  followers: number
  verified_person: number
  verified_organisation: number
  verified_media: number
  verified_government: number
  relation_regular: number
  relation_loyal: number
  relation_at_risk: number
  spread: number
  gravity: number
  churn: number
  waiting: number
}
export interface Facts {
  category: string
  /** -100 … 100 */
  strength: number
  urgency: number
  followers: number
  verified: '' | 'person' | 'organisation' | 'media' | 'government'
  /** a minute */
  reposts: number
  relation: '' | 'regular' | 'loyal' | 'at_risk'
  /** 0 … 3 */
  gravity: number
  churn: number
  waitingMinutes: number
}
const WAITING_FULL_MINUTES = 8 * 60
const SPREAD_SPEED = 100
const share = (points: number, of: number) => Math.round(points * Math.min(1, Math.max(0, of)))

export function importanceOf(weights: Weights, f: Facts): { parts: AssessmentPart[]; sum: number } {
  const influence = (f.followers > 100 ? share(weights.followers, (Math.log10(f.followers) - 2) / 4) : 0) + (f.verified ? weights[`verified_${f.verified}`] : 0)
  const all: AssessmentPart[] = [
    { name: 'category', value: f.category, amount: weights.category[f.category] ?? 0 },
    { name: 'sentiment', value: f.strength < 0 ? 'negative' : 'positive', number: f.strength, amount: share(weights.sentiment, -f.strength / 100) },
    { name: 'urgency', value: String(f.urgency), number: f.urgency, amount: f.urgency ? weights.urgency[f.urgency - 1] : 0 },
    { name: 'influence', value: f.verified || 'followers', number: f.followers, amount: influence },
    { name: 'spread', value: 'reposts_per_minute', number: f.reposts, amount: share(weights.spread, Math.log10(1 + f.reposts) / Math.log10(1 + SPREAD_SPEED)) },
    { name: 'relation', value: f.relation, amount: f.relation ? weights[`relation_${f.relation}`] : 0 },
    { name: 'waiting', value: 'minutes', number: f.waitingMinutes, amount: share(weights.waiting, Math.sqrt(f.waitingMinutes / WAITING_FULL_MINUTES)) },
    { name: 'churn', value: '', amount: f.churn >= 0.5 ? share(weights.churn, f.churn) : 0 },
    { name: 'gravity', value: '', amount: share(weights.gravity, f.gravity / 3) },
  ]
  const parts = all.filter((p) => p.amount !== 0)
  return { parts, sum: parts.reduce((sum, p) => sum + p.amount, 0) }
}

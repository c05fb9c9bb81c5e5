/* explain - what an assessment says of a text, as marks to lay over it and labels to show beside it. No words here:
 * labels.ts has those. Offsets are UTF-16 units, as JavaScript counts. */
import type { Assessment, AssessmentBecause, AssessmentEntity, Correction, MessageCorrect, Topic } from '../api/types'
import type { Mark } from '../lib/marks'

export const TASKS = ['category', 'topic', 'sentiment', 'emotion', 'urgency', 'needs_answer', 'spam', 'abuse', 'churn'] as const
export type Task = (typeof TASKS)[number]
export const FLAGS = ['needs_answer', 'spam', 'abuse', 'churn'] as const
export type Flag = (typeof FLAGS)[number]
export const isFlag = (task: string): task is Flag => (FLAGS as readonly string[]).includes(task)

/** The order of the interface, which is the order of the keys 1–8. */
export const LABELS: Record<Exclude<Task, 'topic'>, readonly string[]> = {
  category: ['complaint', 'after_sales', 'order', 'consultation', 'cooperation', 'suggestion', 'praise', 'irrelevant'],
  sentiment: ['negative', 'neutral', 'positive'],
  emotion: ['angry', 'sad', 'afraid', 'surprised', 'happy', 'neutral'],
  urgency: ['0', '1', '2', '3'],
  needs_answer: ['no', 'yes'],
  spam: ['no', 'yes'],
  abuse: ['no', 'yes'],
  churn: ['no', 'yes'],
}
/** As models learn it when a message has no topic. */
export const NO_TOPIC = 'none'

export type Tone = 'bad' | 'warn' | 'ok' | 'accent' | 'thing' | 'for' | 'against'
const TONES: Record<string, Tone> = {
  'category:complaint': 'bad', 'category:after_sales': 'warn', 'category:order': 'ok', 'category:praise': 'ok', 'category:cooperation': 'accent',
  'category:consultation': 'accent', 'category:suggestion': 'accent', 'sentiment:negative': 'bad', 'sentiment:positive': 'ok', urgency: 'warn', gravity: 'bad', rule: 'accent',
}
const toneOf = (label: string): Tone => TONES[label] ?? TONES[label.split(':')[0]] ?? 'accent'

/** The label an assessment gives, in the words of the tasks: "complaint", "2", "yes", "none". */
export function labelOf(a: Assessment, task: Task): string {
  if (task === 'urgency') return String(a.urgency)
  if (task === 'topic') return a.topic || NO_TOPIC
  if (isFlag(task)) return a[task] ? 'yes' : 'no'
  return a[task] ?? 'neutral'
}
export const becauseOf = (a: Assessment, task: string): AssessmentBecause | undefined => a.because?.find((b) => b.task === task && b.words.length > 0)

/** Words that pulled: of one task those for and against its label, else everything that led somewhere, and things found. */
export function marksOf(a: Assessment, task: string | null = null): Mark[] {
  const because = task ? becauseOf(a, task) : undefined
  if (because) return because.words.map((w) => ({ begin: w.begin, end: w.end, tone: w.weight < 0 ? 'against' : 'for', label: `${task}:${because.label}` }))
  const words = a.matches.map((m) => ({ begin: m.begin, end: m.end, label: m.label, tone: toneOf(m.label) }))
  const things = (a.entities ?? []).map((e) => ({ begin: e.begin, end: e.end, label: `entity:${e.kind}`, tone: 'thing' }))
  return [...words, ...things]
}

/** How far each word pulled, the strongest = 1. */
export function pulls(because: AssessmentBecause): { text: string; share: number; against: boolean }[] {
  const most = Math.max(...because.words.map((w) => Math.abs(w.weight)), 1e-9)
  return because.words.map((w) => ({ text: w.text, share: Math.abs(w.weight) / most, against: w.weight < 0 }))
}

const PERSONAL = new Set(['phone', 'email', 'id_card', 'bank_card', 'address'])
export const isPersonal = (kind: string): boolean => PERSONAL.has(kind)
/** Personal ones show only enough to know which it is. Cards come masked already. */
export function shownValue(entity: Pick<AssessmentEntity, 'kind' | 'value'>): string {
  const all = Array.from(entity.value)
  const hide = (from: number, to: number) => all.map((c, i) => (i >= from && i < to ? '*' : c)).join('')
  switch (entity.kind) {
    case 'phone':
      return all.length > 7 ? hide(3, all.length - 4) : hide(0, all.length - 2)
    case 'email':
      return hide(1, Math.max(1, all.indexOf('@')))
    case 'address':
      return hide(Math.min(6, Math.ceil(all.length / 2)), all.length)
    default:
      return entity.value
  }
}
/** One chip for what is said twice. */
export function entitiesOf(a: Assessment): AssessmentEntity[] {
  const seen = new Set<string>()
  return (a.entities ?? []).filter((e) => !seen.has(`${e.kind} ${e.value}`) && seen.add(`${e.kind} ${e.value}`))
}

/* ---- corrections ---- */

/** One label as the API takes it. */
export function bodyOf(task: Task, label: string): MessageCorrect {
  if (task === 'urgency') return { urgency: Number(label) }
  if (task === 'topic') return { topic: label === NO_TOPIC ? '' : label }
  return isFlag(task) ? { [task]: label === 'yes' } : { [task]: label }
}
/** Everything a person said of a message, to say it again. */
export function bodyOfAll(labels: unknown): MessageCorrect {
  const said = (labels ?? {}) as Record<string, string>
  const body: MessageCorrect = {}
  for (const task of TASKS) if (typeof said[task] === 'string') Object.assign(body, bodyOf(task, said[task]))
  return body
}
export const saidOf = (correction: Correction | null | undefined): Record<string, string> => (correction?.labels ?? {}) as Record<string, string>

/** The assessment as it will be once the server has taken the correction; its sum follows with the answer. */
export function corrected(a: Assessment, body: MessageCorrect, topics: readonly Topic[]): Assessment {
  const next = { ...a, ...(body as Partial<Assessment>) }
  if (body.topic) next.category = topics.find((t) => t.key === body.topic)?.parent ?? a.category
  else if (body.category && body.category !== a.category) next.topic = ''
  if (body.category || body.topic) next.confidence = 1
  if (body.sentiment && body.sentiment !== a.sentiment) next.strength = { negative: -50, neutral: 0, positive: 50 }[body.sentiment]
  return next
}

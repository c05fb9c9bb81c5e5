import { describe, expect, test } from 'vitest'
import type { Assessment, ModelTask, Topic } from '../../src/api/types'
import { knownField } from '../../src/lib/form'
import { figuresOf, hasNone, heat, isBusy, isSettled, readConfusion } from '../../src/pages/settings/understanding/models'
import { asks, changes, emptyRule, FIELDS, moved, readRule, splitWords, writeRule } from '../../src/pages/settings/understanding/rule'
import { fitsTemplate, productsOf, splitAliases } from '../../src/pages/settings/understanding/things'
import { useCorrections } from '../../src/stores/corrections'
import { useReading } from '../../src/stores/reading'
import { useThreads } from '../../src/stores/threads'
import { useToasts } from '../../src/stores/toasts'
import { bodyOf, bodyOfAll, corrected, entitiesOf, labelOf, marksOf, pulls, shownValue } from '../../src/understanding/explain'
import { importanceOf, type Facts, type Weights } from '../../src/understanding/importance'
import { useMock } from './server'

const judged: Assessment = {
  language: 'zh-Hans', category: 'complaint', topic: 'refund', sentiment: 'negative', strength: -72, emotion: 'angry', urgency: 2, importance: 40, confidence: 0.8, needs_answer: true, spam: false, abuse: null, churn: true,
  parts: [], matches: [{ begin: 4, end: 6, label: 'category:complaint' }, { begin: 8, end: 10, label: 'urgency' }],
  entities: [{ begin: 12, end: 22, kind: 'order', value: '2026102417' }, { begin: 30, end: 40, kind: 'order', value: '2026102417' }, { begin: 41, end: 52, kind: 'phone', value: '13800135021' }],
  because: [{ task: 'category', label: 'complaint', words: [{ text: '退款', weight: 2, begin: 4, end: 6 }, { text: '谢谢', weight: -0.5, begin: 1, end: 3 }] }, { task: 'emotion', label: 'angry', words: [] }], model: 'm-1',
}
const topics = [{ id: '1', key: 'invoice', parent: 'after_sales', name_zh: '发票', name_en: 'Invoice', active: true, examples: 0, created_at: '' }] as Topic[]

describe('an assessment', () => {
  test('gives every task one label', () => expect(['category', 'topic', 'sentiment', 'urgency', 'needs_answer', 'abuse', 'churn'].map((t) => labelOf(judged, t as never))).toEqual(['complaint', 'refund', 'negative', '2', 'yes', 'no', 'yes']))
  test('marks words and things, or the words of one label for and against it', () => {
    expect(marksOf(judged).map((m) => [m.label, m.tone])).toEqual([['category:complaint', 'bad'], ['urgency', 'warn'], ['entity:order', 'thing'], ['entity:order', 'thing'], ['entity:phone', 'thing']])
    expect(marksOf(judged, 'category').map((m) => m.tone)).toEqual(['for', 'against'])
    expect(marksOf(judged, 'emotion')).toEqual(marksOf(judged)) // without words: everything
  })
  test('says how far words pulled', () => expect(pulls(judged.because![0])).toEqual([{ text: '退款', share: 1, against: false }, { text: '谢谢', share: 0.25, against: true }]))
  test('shows a thing once and hides what is personal', () => {
    expect(entitiesOf(judged).map((e) => e.kind)).toEqual(['order', 'phone'])
    expect([['phone', '13800135021'], ['phone', '5551'], ['email', 'anna@example.com'], ['bank_card', '************7890'], ['order', '2026102417'], ['address', '上海市浦东新区世纪大道1号']].map(([kind, value]) => shownValue({ kind, value }))).toEqual(['138****5021', '**51', 'a***@example.com', '************7890', '2026102417', '上海市浦东新*******'])
  })
})

describe('a correction', () => {
  test('speaks the words of the interface', () => {
    expect([bodyOf('urgency', '3'), bodyOf('topic', 'none'), bodyOf('spam', 'yes'), bodyOf('emotion', 'sad')]).toEqual([{ urgency: 3 }, { topic: '' }, { spam: true }, { emotion: 'sad' }])
    expect(bodyOfAll({ category: 'praise', spam: 'no', urgency: '2', topic: 'none', unheard: 'of' })).toEqual({ category: 'praise', spam: false, urgency: 2, topic: '' })
    expect(bodyOfAll(null)).toEqual({})
  })
  test('shows at once: a topic brings its category, another category drops the topic', () => {
    expect(corrected(judged, { topic: 'invoice' }, topics)).toMatchObject({ category: 'after_sales', topic: 'invoice', confidence: 1 })
    expect(corrected(judged, { category: 'praise' }, topics)).toMatchObject({ category: 'praise', topic: '' })
    expect(corrected(judged, { category: 'complaint' }, topics).topic).toBe('refund')
    expect(corrected(judged, { sentiment: 'neutral' }, topics).strength).toBe(0)
    expect(corrected(judged, { sentiment: 'negative' }, topics).strength).toBe(-72)
  })
})

describe('importance', () => {
  const weights: Weights = { category: { complaint: 18 }, urgency: [4, 9, 14], sentiment: 12, followers: 14, verified_person: 3, verified_organisation: 4, verified_media: 6, verified_government: 6, relation_regular: 2, relation_loyal: 4, relation_at_risk: 6, spread: 10, gravity: 20, churn: 8, waiting: 10 }
  const facts: Facts = { category: 'complaint', strength: -80, urgency: 2, followers: 1_000_000, verified: 'person', reposts: 40, relation: 'at_risk', gravity: 3, churn: 0.9, waitingMinutes: 120 }
  test('is the sum the program gives', () => {
    const { parts, sum } = importanceOf(weights, facts)
    expect(Object.fromEntries(parts.map((p) => [p.name, p.amount]))).toEqual({ category: 18, sentiment: 10, urgency: 9, influence: 17, spread: 8, relation: 6, waiting: 5, churn: 7, gravity: 20 })
    expect(sum).toBe(100)
  })
  test('leaves out what gives nothing', () => expect(importanceOf(weights, { ...facts, strength: 40, urgency: 0, followers: 50, verified: '', reposts: 0, relation: '', gravity: 0, churn: 0.3, waitingMinutes: 0 }).parts.map((p) => p.name)).toEqual(['category']))
})

describe('a rule', () => {
  test('is read whatever is missing or of another type, and written without what asks for nothing', () => {
    const body = readRule({ name: 'x', any: ['退款'], near: [{ first: ['a'], within: 3 }, {}], pattern: null, then: { points: 5, topic: null, spam: 'yes' }, language: 'zh' })
    expect(body).toMatchObject({ any: ['退款'], pattern: '', language: 'zh', skip_negated: true, then: { points: 5, topic: '', spam: false } })
    expect(body.near[0]).toEqual({ first: ['a'], second: [], within: 3, unit: 'characters', ordered: false })
    const out = writeRule(body) as { near: unknown[]; then: object; pattern: null }
    expect([out.near.length, out.then, out.pattern]).toEqual([1, { points: 5 }, null])
  })
  test('must ask for something; none alone is not enough', () => {
    expect(asks({ ...emptyRule(), none: ['x'] })).toBe(false)
    expect(asks({ ...emptyRule(), pattern: 'a+' })).toBe(true)
    expect(asks({ ...emptyRule(), near: [{ first: ['a'], second: [], within: 1, unit: 'words', ordered: false }] })).toBe(false)
    expect(changes(emptyRule().then)).toBe(false)
    expect(changes({ ...emptyRule().then, churn: true })).toBe(true)
  })
  test('splits words, moves in a list, and finds the field of an error', () => {
    expect(splitWords(' 退款、退钱,refund\n退款；')).toEqual(['退款', '退钱', 'refund'])
    expect([moved([1, 2, 3], 0, 2), moved([1, 2, 3], 2, 0), moved([1, 2, 3], 1, 9)]).toEqual([[2, 3, 1], [3, 1, 2], [1, 3, 2]])
    expect(['rule.any[3]', 'rule.near[0].within', 'rule.then.topic', 'rule.then', 'rule.anything'].map((p) => knownField(p, FIELDS))).toEqual(['any', 'near', 'then.topic', 'then', undefined])
  })
})

describe('models', () => {
  test('the table is read whatever is missing; colours follow the share of the row', () => {
    expect(readConfusion(null)).toEqual({ labels: [], rows: [], classes: [] })
    expect([heat(0, [0, 0]), heat(0, [0, 9]), heat(1, [1, 99]), heat(5, [5, 5]), heat(9, [9, 0])]).toEqual([0, 0, 1, 2, 4])
    expect(hasNone({ labels: ['a'], rows: [[3, 0]], classes: [] })).toBe(false)
    expect(hasNone({ labels: ['a'], rows: [[3, 1]], classes: [] })).toBe(true)
  })
  test('the figures are those of the version in use, else the shipped ones', () => {
    const shipped = { version: 's', examples: 9, accuracy: 0.8, macro_f1: 0.7 }
    const version = { id: '7', accuracy: 0.9, macro_f1: 0.85, examples: 20 }
    const task = (o: object) => ({ task: 'category', active_id: null, shipped, versions: [{ ...version, version: 'v7' }], trouble: '', run: null, ...o }) as unknown as ModelTask
    expect([figuresOf(task({}))?.accuracy, figuresOf(task({ active_id: '7' }))?.accuracy, figuresOf(task({ shipped: null }))]).toEqual([0.8, 0.9, null])
    expect([isSettled(task({ version: 's' })), isSettled(task({ version: 's', active_id: '7' })), isSettled(task({ version: 's', active_id: '7', trouble: 'x' }))]).toEqual([true, false, true])
    expect([isBusy(task({})), isBusy(task({ run: { state: 'waiting' } })), isBusy(task({ run: { state: 'idle' } }))]).toEqual([false, true, false])
  })
})

describe('things', () => {
  test('products without a name are not sent; aliases come one by one', () => {
    expect(splitAliases('甲、乙, c；甲')).toEqual(['甲', '乙', 'c'])
    expect(productsOf([{ name: ' 耳机 ', aliases: '耳机，Pro' }, { name: '', aliases: 'x' }])).toEqual([{ name: '耳机', aliases: ['Pro'] }])
  })
  test('order numbers fit their templates', () => expect([fitsTemplate('SL-??-##', 'sl-AB-12'), fitsTemplate('SL-??-##', 'SL-A1-12'), fitsTemplate('**', 'a1'), fitsTemplate('', ''), fitsTemplate('##', '123')]).toEqual([true, false, true, false, false]))
})

describe('correcting', () => {
  const { mock, login } = useMock()
  type Judged = { assessment: Assessment; correction: { labels: Record<string, string> } | null }
  async function open() {
    await login('chen')
    const c = mock().world.conversations.find((x) => x.subject === '退款三周未到账')!
    const threads = useThreads()
    await threads.open(c.id)
    const thread = threads.all.get(c.id)!
    const message = () => useReading().messageOf(thread, c.importance ?? 0)!
    const stored = () => mock().world.messages.get(c.id)!.find((m) => m.id === message().id) as unknown as Judged
    return { thread, message, stored }
  }
  test('is kept, shown, and undone to what was said before', async () => {
    const { message, stored } = await open()
    const corrections = useCorrections()
    await corrections.correct(message(), 'category', 'praise', 'one')
    expect(message().assessment!.category).toBe('praise')
    await corrections.correct(message(), 'spam', 'yes', 'two')
    expect(stored().correction!.labels).toMatchObject({ category: 'praise', spam: 'yes' })
    await useToasts().toasts.find((x) => x.text === 'two')!.action!.run()
    expect(stored().correction!.labels).toEqual({ category: 'praise' })
    expect([message().assessment!.spam, message().assessment!.category]).toEqual([false, 'praise'])
    await corrections.withdraw(message(), 'three')
    expect([stored().correction, message().assessment!.category]).toEqual([null, 'complaint'])
  })
  test('is taken back with a reason when it is refused', async () => {
    const { message } = await open()
    mock().world.failNext.push({ path: '/correct', status: 503, code: 'busy' })
    const run = useCorrections().correct(message(), 'sentiment', 'positive', 'x')
    expect(message().assessment!.sentiment).toBe('positive')
    await run
    expect(message().assessment!.sentiment).toBe('negative')
    expect(useToasts().toasts.some((x) => x.tone === 'bad' && x.action)).toBe(true)
  })
})

// What the stand-in understands: words of a short list, which is enough to show marks, reasons and a sum. And what
// people teach it: corrections, topics, settings, examples.
import { ApiFailure } from './world.mjs'
import { find, need, page } from './answer.mjs'

const TASKS = ['category', 'topic', 'sentiment', 'emotion', 'urgency', 'needs_answer', 'spam', 'abuse', 'churn']
const WORDS = [
  ['退款', 'category:complaint', 1.6], ['投诉', 'category:complaint', 2.4], ['没到账', 'category:complaint', 1.1], ['refund', 'category:complaint', 1.8], ['保修', 'category:after_sales', 1.4], ['换货', 'category:after_sales', 1.7],
  ['怎么', 'category:consultation', 1.2], ['能', 'category:consultation', 0.6], ['吗', 'category:consultation', 0.8], ['seat', 'category:consultation', 0.5], ['想问', 'category:order', 1.1], ['还有', 'category:order', 0.7], ['好看', 'category:praise', 1.5], ['谢谢', 'category:praise', 1.3], ['thank', 'category:praise', 1.4],
  ['永远占线', 'sentiment:negative', 1.9], ['气死', 'sentiment:negative', 2.6], ['失望', 'sentiment:negative', 1.7], ['Disappointed', 'sentiment:negative', 2.1], ['always busy', 'sentiment:negative', 1.6], ['真的好看', 'sentiment:positive', 2.2], ['第三天', 'sentiment:negative', 0.9],
  ['马上', 'urgency', 1.4], ['今天', 'urgency', 1.1], ['today', 'urgency', 1.2], ['爆炸', 'gravity', 3], ['起火', 'gravity', 3], ['卸载', 'churn:yes', 1.8], ['delete the app', 'churn:yes', 2], ['加微信', 'spam:yes', 2.8],
]
const THINGS = [
  ['order', /(?<!\d)20\d{8}(?!\d)/g], ['phone', /(?<!\d)1[3-9]\d{9}(?!\d)/g], ['bank_card', /(?<!\d)\d{16,19}(?!\d)/g], ['email', /[\w.]+@[\w.]+\.\w+/g], ['money', /¥ ?\d+|\d+ ?元/g], ['date', /\d{1,2} ?月 ?\d{1,2} ?[日号]/g],
]
const entitiesIn = (text) =>
  THINGS.flatMap(([kind, pattern]) => [...text.matchAll(pattern)].map((m) => ({ begin: m.index, end: m.index + m[0].length, kind, value: kind === 'bank_card' ? m[0].replace(/.(?=.{4})/g, '*') : m[0] }))).sort((a, b) => a.begin - b.begin)
const hitsIn = (text) => WORDS.flatMap(([word, label, weight]) => (text.includes(word) ? [{ text: word, begin: text.indexOf(word), end: text.indexOf(word) + word.length, label, weight }] : [])).sort((a, b) => a.begin - b.begin)

const DEFAULT_WEIGHTS = {
  category: { complaint: 18, after_sales: 10, order: 10, consultation: 6, cooperation: 10, suggestion: 5, praise: 2, irrelevant: 0 }, urgency: [4, 9, 14], sentiment: 12, followers: 14,
  verified_person: 3, verified_organisation: 4, verified_media: 6, verified_government: 6, relation_regular: 2, relation_loyal: 4, relation_at_risk: 6, spread: 10, gravity: 20, churn: 8, waiting: 10,
}
export function seedUnderstanding(world) {
  const topic = (key, parent, name_zh, name_en, examples, active = true) => ({ id: world.id(), key, parent, name_zh, name_en, active, examples, created_at: world.now(-30 * 86_400_000) })
  Object.assign(world, {
    topics: [topic('refund', 'complaint', '退款', 'Refund', 42), topic('hotline', 'complaint', '电话打不通', 'Hotline busy', 17), topic('invoice', 'after_sales', '发票', 'Invoice', 8), topic('resale', 'order', '补货', 'Restock', 0), topic('old', 'consultation', '旧活动', 'Old campaign', 3, false)],
    examples: [],
    weights: structuredClone(DEFAULT_WEIGHTS),
    products: [{ name: '山岚耳机 Pro', aliases: ['耳机Pro', 'SL Pro'] }, { name: '晨雾保温杯', aliases: [] }],
    orderTemplates: ['20########', 'SL-??-####'],
    minHeldBack: 40,
    rules: [],
  })
}

/** What the stand-in says of a text. */
export function assess(world, { text, is_public = true, followers = 0, verified = '', reposts = 0, age_minutes = 0, relation = '', waiting_minutes = 0 }) {
  const hits = hitsIn(text)
  const total = (label) => hits.filter((h) => h.label === label).reduce((s, h) => s + h.weight, 0)
  const named = hits.filter((h) => h.label.startsWith('category:')).map((h) => h.label)
  const category = named.length ? named.sort((a, b) => total(b) - total(a))[0].split(':')[1] : text.trim() ? 'consultation' : 'irrelevant'
  const pull = total('sentiment:positive') - total('sentiment:negative')
  const strength = Math.max(-100, Math.min(100, Math.round(pull * 38)))
  const urgency = Math.min(3, Math.round(total('urgency')))
  const churn = total('churn:yes') > 0
  const w = world.weights
  const part = (name, value, amount, number = null) => ({ name, value, number, amount: Math.round(amount) })
  const parts = [
    part('category', category, w.category[category]), part('sentiment', strength < 0 ? 'negative' : 'positive', strength < 0 ? (w.sentiment * -strength) / 100 : 0, strength), part('urgency', String(urgency), urgency ? w.urgency[urgency - 1] : 0, urgency),
    part('influence', verified || 'followers', is_public && followers > 100 ? (w.followers * Math.min(4, Math.log10(followers) - 2)) / 4 + (verified ? w[`verified_${verified}`] : 0) : 0, followers),
    part('spread', age_minutes ? 'reposts_per_minute' : 'reposts', is_public && reposts ? w.spread / 2 : 0, age_minutes ? Math.round(reposts / age_minutes) : reposts),
    part('relation', relation, w[`relation_${relation}`] ?? 0), part('gravity', 'fire', total('gravity') ? w.gravity : 0), part('churn', '', churn ? w.churn * 0.8 : 0), part('waiting', 'minutes', waiting_minutes ? w.waiting / 2 : 0, waiting_minutes),
  ].filter((p) => p.amount)
  const because = (task, label, want) => ({ task, label, words: hits.filter((h) => h.label.startsWith(want)).map(({ text: t, begin, end, label: l, weight }) => ({ text: t, begin, end, weight: l === want || l.endsWith(`:${label}`) || task === 'urgency' ? weight : -weight / 2 })).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 5) })
  const sentiment = strength < -15 ? 'negative' : strength > 15 ? 'positive' : 'neutral'
  const topic = category === 'complaint' && text.includes('退款') ? 'refund' : ''
  return {
    language: /[\u4e00-\u9fff]/.test(text) ? 'zh-Hans' : 'en', category, topic, sentiment, strength, emotion: strength < -60 ? 'angry' : strength > 60 ? 'happy' : 'neutral', urgency,
    importance: Math.min(100, parts.reduce((s, p) => s + p.amount, 0)), confidence: named.length ? 0.86 : 0.4, needs_answer: category !== 'irrelevant', spam: total('spam:yes') > 0, abuse: false, churn,
    probabilities: { needs_answer: 0.9, spam: total('spam:yes') ? 0.94 : 0.02, abuse: 0.01, churn: churn ? 0.81 : 0.04 }, parts, matches: hits.filter((h) => !/^(churn|spam)/.test(h.label)).map(({ begin, end, label }) => ({ begin, end, label })), rules: [], entities: entitiesIn(text),
    because: [because('category', category, 'category:'), because('sentiment', sentiment, 'sentiment:'), because('urgency', String(urgency), 'urgency'), because('churn', 'yes', 'churn:')].filter((b) => b.words.length), fingerprint: '00000000000000ff', model: 'lexicon-2, category-1, sentiment-1',
  }
}
export const say = (a, labels) => {
  const next = { ...a, ...Object.fromEntries(Object.entries(labels).map(([task, label]) => [task, task === 'urgency' ? Number(label) : label === 'yes' || label === 'no' ? label === 'yes' : label === 'none' ? '' : label])) }
  if (labels.sentiment) next.strength = { negative: -50, neutral: 0, positive: 50 }[labels.sentiment]
  return next
}

/* ---- corrections ---- */
const messageOf = (world, id) => [...world.messages.values()].flat().find((m) => m.id === id) ?? find([], id)
const asLabel = (v) => (v === true ? 'yes' : v === false ? 'no' : String(v))
function show(world, m) {
  const c = world.conversations.find((x) => x.id === m.conversation_id)
  world.emit('message.assessed', { conversation_id: m.conversation_id, subject_id: m.id, data: {} })
  if (c) world.touch(c, { category: m.assessment.category, sentiment: m.assessment.sentiment })
  return m
}
function correct({ world, me, params, body }) {
  const m = messageOf(world, params.id)
  if (!m.assessment) throw new ApiFailure(409, 'conflict', 'assessment')
  const said = Object.fromEntries(TASKS.filter((t) => body[t] !== undefined && body[t] !== null).map((t) => [t, t === 'topic' ? body.topic || 'none' : asLabel(body[t])]))
  if (!Object.keys(said).length) throw new ApiFailure(400, 'empty', 'labels')
  const topic = body.topic && world.topics.find((t) => t.key === body.topic)
  if (body.topic && !topic) throw new ApiFailure(400, 'bad_value', 'topic')
  if (topic) said.category = topic.parent
  m.original ??= m.assessment
  const labels = { ...m.correction?.labels, ...said }
  if (said.category && m.assessment.category !== said.category && !said.topic) delete labels.topic
  const dropped = said.category && said.category !== m.original.category && !labels.topic ? { topic: 'none' } : {}
  m.correction = { user_id: me.id, user_name: me.name, at: world.now(), labels }
  m.assessment = say(m.original, { ...dropped, ...labels })
  world.examples = world.examples.filter((e) => e.message_id !== m.id || !(e.task in said))
  for (const [task, label] of Object.entries(said)) world.examples.push({ id: world.id(), task, label, message_id: m.id, conversation_id: m.conversation_id, text: m.text, language: m.assessment.language, user_id: me.id, user_name: me.name, held_back: false, created_at: world.now() })
  return show(world, m)
}
function withdraw({ world, params }) {
  const m = messageOf(world, params.id)
  if (m.original) m.assessment = m.original
  m.correction = null
  world.examples = world.examples.filter((e) => e.message_id !== m.id)
  return show(world, m)
}

/* ---- topics, settings ---- */
function createTopic({ world, body }) {
  need(body, 'parent')
  if (!body.name_zh && !body.name_en) throw new ApiFailure(400, 'empty', 'name_zh')
  const key = body.key || (body.name_en || `t${world.topics.length + 1}`).toLowerCase().replace(/\W+/g, '_')
  if (world.topics.some((t) => t.key === key)) throw new ApiFailure(409, 'taken', 'key')
  const topic = { id: world.id(), key, parent: body.parent, name_zh: body.name_zh ?? '', name_en: body.name_en ?? '', active: true, examples: 0, created_at: world.now() }
  world.topics.push(topic)
  world.emit('understanding.changed', { data: { what: 'topics' } })
  return topic
}
function changeTopic({ world, params, body }) {
  Object.assign(find(world.topics, params.id), body)
  world.emit('understanding.changed', { data: { what: 'topics' } })
  return find(world.topics, params.id)
}
function removeTopic({ world, params }) {
  const topic = find(world.topics, params.id)
  if (topic.examples) throw new ApiFailure(409, 'conflict', 'examples')
  world.topics = world.topics.filter((t) => t !== topic)
  world.emit('understanding.changed', { data: { what: 'topics' } })
  return { ok: true }
}
const settings = ({ world }) => ({ weights: world.weights, default_weights: DEFAULT_WEIGHTS, products: world.products, order_templates: world.orderTemplates, min_held_back: world.minHeldBack })
function change({ world, body }) {
  for (const [i, p] of (body.products ?? []).entries()) if (!p.name) throw new ApiFailure(400, 'empty', `products[${i}].name`)
  if (body.weights !== undefined) world.weights = body.weights === null ? structuredClone(DEFAULT_WEIGHTS) : { ...world.weights, ...body.weights }
  if (body.products) world.products = body.products
  if (body.order_templates) world.orderTemplates = body.order_templates
  if (body.min_held_back) world.minHeldBack = body.min_held_back
  return settings({ world })
}

const A = '/api/v1'
export const understandingHandlers = [
  ['POST', `${A}/messages/{id}/correct`, correct, { may: 'understanding.correct' }],
  ['DELETE', `${A}/messages/{id}/correct`, withdraw, { may: 'understanding.correct' }],
  ['POST', `${A}/understanding/assess`, ({ world, body }) => (need(body, 'text'), assess(world, body))],
  ['GET', `${A}/understanding/settings`, settings, { may: 'understanding.read' }],
  ['PUT', `${A}/understanding/settings`, change, { may: 'understanding.teach' }],
  ['GET', `${A}/topics`, ({ world, query }) => page(world.topics, query)],
  ['POST', `${A}/topics`, createTopic, { creates: true, may: 'understanding.teach' }],
  ['PATCH', `${A}/topics/{id}`, changeTopic, { may: 'understanding.teach' }],
  ['DELETE', `${A}/topics/{id}`, removeTopic, { may: 'understanding.teach' }],
  ['GET', `${A}/examples`, ({ world, query }) => page(world.examples.filter((e) => (!query.task || e.task === query.task) && (!query.label || e.label === query.label) && (!query.language || e.language === query.language)).reverse(), query), { may: 'understanding.read' }],
  ['DELETE', `${A}/examples/{id}`, ({ world, params }) => (find(world.examples, params.id), (world.examples = world.examples.filter((e) => e.id !== params.id)), { ok: true }), { may: 'understanding.teach' }],
]

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
  seedModels(world)
  const rule = (name, body, recent_hits, enabled = true) => world.rules.push(keepRule(world, { name, enabled, ...body }, { hits: recent_hits * 4, recent_hits, last_hit_at: recent_hits ? world.now(-recent_hits * 60_000) : null, changed_by: '林主管' }))
  rule('退款拖延', { any: ['退款', '退钱', 'refund'], near: [{ first: ['等', '三'], second: ['周', '月'], within: 6, unit: 'characters', ordered: true }], then: { category: 'complaint', topic: 'refund', urgency: 2, points: 10 } }, 31)
  rule('电池起火', { any: ['起火', '爆炸', '冒烟', 'fire', 'exploded'], all: ['电池'], then: { gravity: 'fire', urgency: 3, points: 25, tag: '安全' } }, 2)
  rule('加微信广告', { pattern: '加(微信|vx|V信)', then: { spam: true, category: 'irrelevant' } }, 118)
  rule('旧活动', { any: ['双十一'], none: ['退款'], then: { topic: 'old' } }, 0, false)
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
    probabilities: { needs_answer: 0.9, spam: total('spam:yes') ? 0.94 : 0.02, abuse: 0.01, churn: churn ? 0.81 : 0.04 }, parts, matches: hits.filter((h) => !/^(churn|spam)/.test(h.label)).map(({ begin, end, label }) => ({ begin, end, label })), rules: world.rules.filter((r) => r.enabled && tryRule(r.rule, text).hit).map(({ id, name }) => ({ id, name })), entities: entitiesIn(text),
    because: [because('category', category, 'category:'), because('sentiment', sentiment, 'sentiment:'), because('urgency', String(urgency), 'urgency'), because('churn', 'yes', 'churn:')].filter((b) => b.words.length), fingerprint: '00000000000000ff', model: 'lexicon-2, category-1, sentiment-1',
  }
}
export const say = (a, labels) => {
  const next = { ...a, ...Object.fromEntries(Object.entries(labels).map(([task, label]) => [task, task === 'urgency' ? Number(label) : label === 'yes' || label === 'no' ? label === 'yes' : label === 'none' ? '' : label])) }
  if (labels.sentiment) next.strength = { negative: -50, neutral: 0, positive: 50 }[labels.sentiment]
  return next
}

/* ---- models: three tasks, trained in a second or two ---- */
const CATEGORIES = ['complaint', 'after_sales', 'order', 'consultation', 'cooperation', 'suggestion', 'praise', 'irrelevant']
const SENTIMENTS = ['negative', 'neutral', 'positive']
const version = (world, task, n, o = {}) => ({ id: world.id(), task, version: `${task}-${n}`, state: 'retired', user_name: null, created_at: world.now(-(10 - n) * 86_400_000), examples: 9000 + n * 40, own_examples: n * 40, held_back: 60, accuracy: 0.84 + n / 100, macro_f1: 0.79 + n / 100, compared_version: `${task}-${n - 1}`, compared_accuracy: 0.83 + n / 100, compared_macro_f1: 0.78 + n / 100, reason: 'better', reason_text: '在留出的样本上比现用模型更好，已启用。', damage: '', size: 1_480_000, ...o })
function seedModels(world) {
  world.models = [version(world, 'category', 2), version(world, 'category', 3, { state: 'active', user_name: '林主管' }), version(world, 'sentiment', 1, { state: 'active', damage: 'checksum does not match' })]
  world.training = new Map()
  world.trainMs = 1200
}
const idleRun = (task) => ({ task, state: 'idle', progress: 0, cancelling: false, wanted_at: null, begun_at: null, finished_at: null, result: '', result_text: '', detail: '' })
const runOf = (world, task) => world.training.get(task) ?? null
function taskOf(world, task, lang) {
  const versions = world.models.filter((m) => m.task === task).reverse()
  const active = versions.find((v) => v.state === 'active')
  const own = world.examples.filter((e) => e.task === task)
  const shipped = task === 'topic' ? null : { version: `${task}-shipped-1`, examples: 9000, accuracy: 0.82, macro_f1: 0.77 }
  return { task, text: lang === 'en' ? task : task, version: active && !active.damage ? active.version : (shipped?.version ?? ''), active_id: active?.id ?? null, trouble: active?.damage ?? '', shipped, versions: versions.map(({ task: _, ...v }) => v), own_examples: own.length, held_back: own.filter((e) => e.held_back).length, new_examples: own.length, run: runOf(world, task) }
}
const trainings = (world) => ({ items: [...world.training.values()], next_cursor: null })
function train({ world, me, body }) {
  for (const task of body.task ? [body.task] : TASKS.filter((t) => world.examples.some((e) => e.task === t))) {
    const run = { ...idleRun(task), state: 'waiting', wanted_at: world.now() }
    world.training.set(task, run)
    world.later(world.trainMs / 4, () => !run.cancelling && Object.assign(run, { state: 'running', begun_at: world.now(), progress: 0.4 }))
    world.later(world.trainMs, () => {
      const n = world.models.filter((m) => m.task === task).length + 2
      if (!run.cancelling) {
        for (const m of world.models) if (m.task === task && m.state === 'active') m.state = 'retired'
        world.models.push(version(world, task, n, { state: 'active', user_name: me.name, created_at: world.now() }))
      }
      Object.assign(run, { state: 'idle', progress: 0, finished_at: world.now(), result: run.cancelling ? 'cancelled' : 'better', result_text: run.cancelling ? '训练被取消，现用模型不变。' : '在留出的样本上比现用模型更好，已启用。' })
      world.emit('understanding.changed', { data: { what: 'models', task } })
    })
  }
  return trainings(world)
}
function cancelTraining({ world, body }) {
  for (const [task, run] of world.training) if (run.state !== 'idle' && (!body.task || body.task === task)) run.cancelling = true
  return trainings(world)
}
function useModel({ world, body }) {
  if (body.model_id) find(world.models, body.model_id)
  for (const m of world.models) if (m.task === body.task) m.state = m.id === body.model_id ? 'active' : 'retired'
  world.emit('understanding.changed', { data: { what: 'models', task: body.task } })
  return { ok: true }
}
function confusion({ world, params }) {
  const m = find(world.models, params.id)
  const labels = m.task === 'sentiment' ? SENTIMENTS : CATEGORIES
  const rows = labels.map((_, i) => [...labels.map((__, k) => (i === k ? 12 - (i % 3) : (i * 3 + k) % 5 === 0 ? (i + k) % 4 : 0)), 0])
  return { id: m.id, task: m.task, version: m.version, confusion: { labels, rows, classes: labels.map((label, i) => ({ label, rows: rows[i].reduce((s, n) => s + n, 0), precision: 0.8 + i / 100, recall: 0.78 + i / 100, f1: 0.79 + i / 100 })) } }
}
const inbound = (world) => [...world.messages.values()].flat().filter((m) => m.direction === 'in' && m.assessment)
function wrong({ world, params, query }) {
  const m = find(world.models, params.id)
  return page(inbound(world).slice(0, 3).map((x, i) => ({ example_id: `${i + 1}`, message_id: x.id, text: x.text, label: labelIn(x, m.task), judged: m.task === 'sentiment' ? 'positive' : 'praise', probability: 0.97 - i / 20 })), query, (x) => x.example_id)
}
const labelIn = (m, task) => (task === 'urgency' ? String(m.assessment.urgency) : String(m.assessment[task] ?? 'no'))
const suggestions = ({ world, query }) => page(inbound(world).filter((m) => !m.correction).map((m, i) => ({ message_id: m.id, conversation_id: m.conversation_id, text: m.text, sent_at: m.sent_at, language: m.assessment.language, category: m.assessment.category, other: m.assessment.category === 'complaint' ? 'after_sales' : 'complaint', probability: 0.44, margin: 0.03 + i / 100, alike: i % 3 })), query, (s) => s.message_id)

/* ---- rules ---- */
const USUAL_RULE = { any: [], all: [], none: [], near: [], pattern: null, skip_negated: true, whole_words: true, obfuscated: true, scope: 'own', language: 'any' }
const USUAL_THEN = { category: null, topic: null, tag: null, gravity: null, urgency: 0, points: 0, spam: false, abuse: false, churn: false }
function keepRule(world, body, more = {}) {
  const rule = { ...USUAL_RULE, ...body, then: { ...USUAL_THEN, ...body.then } }
  return { id: world.id(), name: rule.name, enabled: rule.enabled !== false, rule, hits: 0, recent_hits: 0, last_hit_at: null, changed_by: null, changed_at: world.now(), created_at: world.now(), ...more }
}
function checkRule(body) {
  if (!body.name) throw new ApiFailure(400, 'empty', 'rule.name')
  const lists = ['any', 'all', 'near'].some((f) => body[f]?.length)
  if (!lists && !body.pattern) throw new ApiFailure(400, 'empty', 'rule.any')
  try {
    new RegExp(body.pattern ?? '', 'gu')
  } catch {
    throw new ApiFailure(400, 'bad_value', 'rule.pattern')
  }
}
/* Which words of a rule a text has, and what is missing for a hit. */
function tryRule(rule, text) {
  const marks = []
  const seek = (word) => {
    const begin = text.toLowerCase().indexOf(word.toLowerCase().replace(/\*$/, ''))
    if (begin >= 0) marks.push({ begin, end: begin + word.length })
    return begin >= 0
  }
  const some = (words) => (words ?? []).filter(seek).length > 0
  const pattern = rule.pattern ? [...text.matchAll(new RegExp(rule.pattern, 'gu'))] : []
  for (const m of pattern) marks.push({ begin: m.index, end: m.index + m[0].length })
  const missing = rule.any?.length && !some(rule.any) ? 'any' : (rule.all ?? []).some((w) => !seek(w)) ? 'all' : (rule.near ?? []).some((n) => !some(n.first) || !some(n.second)) ? 'near' : rule.pattern && !pattern.length ? 'pattern' : (rule.none ?? []).some((w) => text.includes(w)) ? 'none' : ''
  return { hit: !missing, missing, marks: missing ? [] : marks.sort((a, b) => a.begin - b.begin) }
}
const rulesChanged = (world) => world.emit('understanding.changed', { data: { what: 'rules' } })
function createRule({ world, body, me }) {
  need(body, 'rule')
  checkRule(body.rule)
  const rule = keepRule(world, body.rule, { changed_by: me.name })
  world.rules.push(rule)
  rulesChanged(world)
  return rule
}
function changeRule({ world, body, params, me }) {
  const rule = find(world.rules, params.id)
  if (body.rule) checkRule(body.rule)
  if (body.rule) Object.assign(rule, { name: body.rule.name, rule: keepRule(world, body.rule).rule, changed_by: me.name, changed_at: world.now() })
  if (body.enabled !== undefined) rule.enabled = body.enabled
  rulesChanged(world)
  return rule
}
function orderRules({ world, body, query }) {
  const first = body.ids.map((id) => find(world.rules, id))
  world.rules = [...first, ...world.rules.filter((r) => !first.includes(r))]
  rulesChanged(world)
  return page(world.rules, query)
}
function testRule({ world, body }) {
  need(body, 'rule')
  checkRule(body.rule)
  const all = [...world.messages.values()].flat().filter((m) => m.direction === 'in').reverse().slice(0, body.messages ?? 500)
  const hits = all.flatMap((m) => (tryRule(body.rule, m.text).hit ? [{ message_id: m.id, conversation_id: m.conversation_id, text: m.text, sent_at: m.sent_at, marks: tryRule(body.rule, m.text).marks }] : []))
  return { text: body.text ? tryRule(body.rule, body.text) : null, items: hits.slice(0, 50), looked_at: all.length, hits: hits.length }
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
  for (const f of ['name_zh', 'name_en']) if (body[f] === '') throw new ApiFailure(400, 'empty', f)
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
  ['GET', `${A}/models`, ({ world, query, lang }) => page(TASKS.map((task) => taskOf(world, task, lang)), query, (x) => x.task), { may: 'understanding.read' }],
  ['POST', `${A}/models/train`, train, { may: 'understanding.teach' }],
  ['GET', `${A}/models/training`, ({ world }) => trainings(world), { may: 'understanding.read' }],
  ['POST', `${A}/models/training/cancel`, cancelTraining, { may: 'understanding.teach' }],
  ['POST', `${A}/models/use`, useModel, { may: 'understanding.teach' }],
  ['GET', `${A}/models/{id}/confusion`, confusion, { may: 'understanding.read' }],
  ['GET', `${A}/models/{id}/wrong`, wrong, { may: 'understanding.read' }],
  ['GET', `${A}/teaching/suggestions`, suggestions, { may: 'understanding.read' }],
  ['GET', `${A}/rules`, ({ world, query }) => page(world.rules, query), { may: 'understanding.read' }],
  ['POST', `${A}/rules`, createRule, { creates: true, may: 'understanding.teach' }],
  ['POST', `${A}/rules/test`, testRule, { may: 'understanding.teach' }],
  ['POST', `${A}/rules/order`, orderRules, { may: 'understanding.teach' }],
  ['PATCH', `${A}/rules/{id}`, changeRule, { may: 'understanding.teach' }],
  ['DELETE', `${A}/rules/{id}`, ({ world, params }) => (find(world.rules, params.id), (world.rules = world.rules.filter((r) => r.id !== params.id)), rulesChanged(world), { ok: true }), { may: 'understanding.teach' }],
  ['GET', `${A}/topics`, ({ world, query }) => page(world.topics, query)],
  ['POST', `${A}/topics`, createTopic, { creates: true, may: 'understanding.teach' }],
  ['PATCH', `${A}/topics/{id}`, changeTopic, { may: 'understanding.teach' }],
  ['DELETE', `${A}/topics/{id}`, removeTopic, { may: 'understanding.teach' }],
  ['GET', `${A}/examples`, ({ world, query }) => page(world.examples.filter((e) => (!query.task || e.task === query.task) && (!query.label || e.label === query.label) && (!query.language || e.language === query.language)).reverse(), query), { may: 'understanding.read' }],
  ['DELETE', `${A}/examples/{id}`, ({ world, params }) => (find(world.examples, params.id), (world.examples = world.examples.filter((e) => e.id !== params.id)), { ok: true }), { may: 'understanding.teach' }],
]

// What the stand-in knows: people, channels, conversations, and the event log with its streams.
import { randomBytes } from 'node:crypto'
import { seed } from './seed.mjs'
import { assess, say, seedUnderstanding } from './understanding.mjs'

const ERRORS = {
  missing: ['缺少 {field}。', '{field} is missing.'], bad_value: ['{field} 的值不可用。', '{field} has a value that cannot be used.'],
  unauthenticated: ['请先登录。', 'Please sign in.'], bad_login: ['用户名或密码不对。', 'The name or the password is wrong.'],
  bad_csrf: ['页面已过期，请刷新后再试。', 'This page has expired; reload it and try again.'], forbidden: ['您没有这项权限。', 'You are not allowed to do this.'],
  not_found: ['没有找到。', 'There is no such thing here.'], taken: ['这个 {field} 已被使用。', 'This {field} is already in use.'],
  conflict: ['与现有数据冲突：{field}。', 'This conflicts with what is there: {field}.'], too_long: ['{field} 太长。', '{field} is too long.'],
  answered_meanwhile: ['您打开之后，同事已经答复。请先看一看再发。', 'A colleague has answered since you opened this. Please look before you send.'],
  idempotency_key_reused: ['同一个幂等键用于了不同的请求。', 'This idempotency key was used for a different request.'], empty: ['{field} 不能为空。', '{field} must not be empty.'],
  not_supported: ['此渠道做不到：{field}。', 'This channel cannot do that: {field}.'], throttled: ['太频繁了，请稍后再试。', 'Too many attempts; please wait a little.'],
  internal: ['内部错误，已记录。', 'Something went wrong here; it has been logged.'], assigned_meanwhile: ['这个会话已由{field}领取。', '{field} has taken this conversation.'], busy: ['系统繁忙，请稍后再试。', 'The system is busy; please try again shortly.'],
}
export class ApiFailure extends Error {
  constructor(status, code, field = null, headers = {}) {
    super(code)
    Object.assign(this, { status, code, field, headers })
  }
  text(lang) {
    return (ERRORS[this.code]?.[lang === 'en' ? 1 : 0] ?? this.code).replace('{field}', this.field ?? '')
  }
}

const ROLES = {
  A: 'admin', S: 'supervisor', G: 'agent', P: 'pr', M: 'marketing', V: 'viewer',
}
export const PERMISSIONS = {
  'conversation.read': 'ASGPMV', 'conversation.work': 'ASGPM', 'conversation.assign': 'ASGP', reply: 'ASGPM', note: 'ASGPM', 'contact.read': 'ASGPMV',
  'contact.write': 'ASGPM', 'outbox.read': 'ASGPM', 'channel.read': 'ASGPMV', 'channel.manage': 'A', 'team.manage': 'AS', 'user.read': 'ASGPMV', 'user.manage': 'A',
  'hook.manage': 'A', 'audit.read': 'AS', 'understanding.correct': 'ASGPM', 'understanding.read': 'ASGPM', 'understanding.teach': 'AS', self: 'ASGPMV',
}

export class World {
  calls = []
  failNext = [] // {path, method?, status, code, field?} or {path, drop: true}
  delayMs = 0
  idempotency = new Map()
  sessions = new Map()
  failures = new Map()
  streams = new Set()
  events = []
  presence = new Map() // conversation → Map(user → {typing, at})
  #id = 100000000000000000n
  #timers = new Set()

  constructor({ lively = false, rows = 0, sendMs = 700 } = {}) {
    this.sendMs = sendMs
    seedUnderstanding(this)
    seed(this, rows)
    this.every(15_000, () => this.streams.forEach((s) => s.write(': breath\n\n')))
    if (lively) this.every(12_000, () => this.arrive())
  }
  every(ms, run) {
    const timer = setInterval(run, ms)
    this.#timers.add(timer)
  }
  later(ms, run) {
    const timer = setTimeout(() => (this.#timers.delete(timer), run()), ms)
    this.#timers.add(timer)
  }
  stop() {
    for (const timer of this.#timers) clearTimeout(timer)
    this.streams.forEach((s) => s.end())
  }
  id() {
    return String(++this.#id)
  }
  now(offsetMs = 0) {
    return new Date(Date.now() + offsetMs).toISOString()
  }
  may(session, permission) {
    return [...PERMISSIONS[permission]].some((c) => ROLES[c] === session.user.role)
  }
  permissions(user) {
    return Object.keys(PERMISSIONS).filter((p) => [...PERMISSIONS[p]].some((c) => ROLES[c] === user.role))
  }
  sessionOf(cookie) {
    const token = /huiyin=(\w+)/.exec(cookie ?? '')?.[1]
    return token ? this.sessions.get(token) : undefined
  }
  openSession(user, request) {
    const token = randomBytes(16).toString('hex')
    const session = { id: this.id(), token, user, csrf: randomBytes(12).toString('hex'), address: '127.0.0.1', agent: request.headers['user-agent'] ?? '', created_at: this.now(), seen_at: this.now() }
    this.sessions.set(token, session)
    return session
  }

  /* ---- the event log ---- */
  emit(kind, { conversation_id = null, subject_id = null, user_id = null, data = {} } = {}) {
    this.events.push({ seq: this.events.length + 1, at: this.now(), kind, conversation_id, subject_id, user_id, data })
    if (this.pushing) return
    this.pushing = true
    this.later(50, () => {
      this.pushing = false
      for (const s of this.streams) this.push(s)
    })
  }
  push(stream) {
    const fresh = this.events.slice(stream.seq)
    if (!fresh.length) return
    stream.seq = this.events.length
    stream.write(`id: ${stream.seq}\nevent: change\ndata: ${JSON.stringify(fresh)}\n\n`)
  }
  attach(response, lastId, user) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    const stream = { seq: this.events.length, write: (t) => response.write(t), end: () => response.end(), user }
    const last = Number(lastId)
    const known = lastId !== undefined && Number.isInteger(last) && last <= this.events.length
    if (known) stream.seq = last
    response.write(`event: hello\ndata: ${JSON.stringify({ seq: stream.seq })}\n\n`)
    if (lastId !== undefined && !known) response.write(`event: reload\ndata: ${JSON.stringify({ seq: stream.seq })}\n\n`)
    this.push(stream)
    this.streams.add(stream)
    response.on('close', () => this.streams.delete(stream))
  }
  /** Cuts every stream off, as a broken line does. */
  cut() {
    this.streams.forEach((s) => s.end())
    this.streams.clear()
  }
  present(conversationId, userId, { open, typing }) {
    const there = this.presence.get(conversationId) ?? new Map()
    if (open) there.set(userId, { typing, at: Date.now() })
    else there.delete(userId)
    this.presence.set(conversationId, there)
    const frame = `event: presence\ndata: ${JSON.stringify([{ seq: this.events.length, at: this.now(), kind: 'presence.changed', conversation_id: conversationId, subject_id: null, user_id: userId, data: { viewers: this.viewers(conversationId) } }])}\n\n`
    for (const s of this.streams) s.write(frame)
  }
  viewers(conversationId) {
    return [...(this.presence.get(conversationId) ?? [])].map(([user_id, v]) => ({ user_id, typing: v.typing }))
  }

  /* ---- conversations ---- */
  touch(c, patch, userId = null, tell = true) {
    Object.assign(c, patch, { version: c.version + 1 })
    if (tell) this.emit('conversation.changed', { conversation_id: c.id, user_id: userId, data: patch })
  }
  user(id) {
    return this.users.find((u) => u.id === id)
  }
  /** A customer writes; into `conversation` or a new one. */
  receive({ conversation, contact, channel, text, visibility = 'public', kind = 'comment', judged, counts = null, at = 0, quiet = false }) {
    const ch = channel ?? this.channels.find((x) => x.id === conversation.channel_id)
    const who = contact ?? this.contacts.find((x) => x.id === conversation.contact.id)
    const when = this.now(at)
    let c = conversation
    const isNew = !c
    if (!c) {
      c = { id: this.id(), channel_id: ch.id, channel_kind: ch.kind, brand_id: ch.brand_id, contact: this.brief(who), subject: text.slice(0, 24), state: 'open', team_id: ch.team_id ?? this.teams[0].id, assignee_id: null, first_owner_id: null, importance: 0, category: '', sentiment: '', urgency: 0, due_at: null, waiting_since: null, snoozed_until: null, last_text: '', last_direction: 'in', last_message_at: when, last_inbound_at: when, last_outbound_at: null, inbound_count: 0, outbound_count: 0, unread: 0, tags: [], version: 0, created_at: when }
      this.conversations.push(c)
      this.messages.set(c.id, [])
    }
    const identity = who.identities.find((i) => i.scope === ch.kind) ?? who.identities[0]
    const id = this.id()
    const m = { id, conversation_id: c.id, channel_id: ch.id, native_id: `n${id}`, parent_native_id: null, direction: 'in', visibility, kind, text, url: visibility === 'public' ? `https://example.com/${id}` : null, media: [], counts, author: { type: 'customer', id: identity.id, name: identity.handle, followers: identity.followers, verified: identity.verified, avatar_url: null }, sent_at: when, received_at: when, assessment: judged ?? null, correction: null, delivery: null }
    this.messages.get(c.id).push(m)
    const a = judged ?? { importance: c.importance, category: c.category || 'consultation', sentiment: c.sentiment || 'neutral', urgency: 0 }
    const since = c.waiting_since ?? when
    Object.assign(c, { last_text: text, last_direction: 'in', last_message_at: when, last_inbound_at: when, inbound_count: c.inbound_count + 1, unread: c.unread + 1, importance: Math.max(c.importance, a.importance), category: a.category, sentiment: a.sentiment, urgency: a.urgency, waiting_since: since, due_at: c.due_at ?? new Date(Date.parse(since) + [1800, 900, 600, 300][a.urgency] * 1000).toISOString(), state: c.state === 'resolved' || c.state === 'pending' || c.state === 'snoozed' ? 'open' : c.state, version: c.version + 1 })
    if (!quiet) {
      if (isNew) this.emit('conversation.created', { conversation_id: c.id, data: { team_id: c.team_id, channel_id: ch.id } })
      this.emit('message.received', { conversation_id: c.id, subject_id: m.id, data: { channel_id: ch.id, native_id: m.native_id } })
    }
    return { conversation: c, message: m }
  }
  /** A person answers or notes. */
  write(c, user, { visibility, text, at = 0, quiet = false, fate = 'sent' }) {
    const internal = visibility === 'internal'
    const id = this.id()
    const when = this.now(at)
    const m = { id, conversation_id: c.id, channel_id: c.channel_id, native_id: `out:${id}`, parent_native_id: null, direction: 'out', visibility, kind: internal ? 'note' : visibility === 'public' ? 'comment' : 'dm', text, url: null, media: [], counts: null, author: { type: 'user', id: user.id, name: user.name, followers: null, verified: null, avatar_url: null }, sent_at: when, received_at: when, assessment: null, delivery: internal ? null : { state: quiet ? fate : 'queued', error_class: '', error_code: '', text: '', due_at: null } }
    this.messages.get(c.id).push(m)
    if (!internal) {
      Object.assign(c, { last_text: text, last_direction: 'out', last_message_at: when, last_outbound_at: when, outbound_count: c.outbound_count + 1, unread: 0, waiting_since: null, due_at: null, state: 'pending', version: c.version + 1 })
      this.outbox.push({ message: m, attempts: quiet ? 1 : 0, conversation: c, created_at: when, sent_at: quiet ? when : null })
    }
    if (!quiet) {
      this.emit(internal ? 'note.added' : 'message.queued', { conversation_id: c.id, subject_id: m.id, user_id: user.id, data: internal ? { mentions: [] } : { visibility } })
      if (!internal) this.deliver(m)
    }
    return m
  }
  deliver(m) {
    const row = this.outbox.find((o) => o.message === m)
    row.attempts++
    m.delivery = { ...m.delivery, state: 'sending', error_class: '', error_code: '', text: '' }
    this.later(this.sendMs, () => {
      if (m.delivery.state === 'cancelled') return
      if (m.text.includes('#fail') && row.attempts < 2) {
        m.delivery = { state: 'failed', error_class: 'content_rejected', error_code: '20018', text: '平台拒绝了内容，请修改后再发。', due_at: null }
        this.emit('message.failed', { conversation_id: m.conversation_id, subject_id: m.id, data: { state: 'failed', error_class: 'content_rejected', error_code: '20018' } })
      } else {
        m.delivery = { state: 'sent', error_class: '', error_code: '', text: '', due_at: null }
        row.sent_at = this.now()
        this.emit('message.sent', { conversation_id: m.conversation_id, subject_id: m.id, data: { native_id: m.native_id } })
      }
    })
  }
  brief(contact) {
    const i = contact.identities[0]
    return { id: contact.id, name: contact.name, handle: i.handle, relation: contact.relation, followers: i.followers, verified: i.verified, avatar_url: null }
  }
  arrive() {
    const lines = ['等了半个小时还没人接电话', 'Is the blue one in stock again?', '快递盒子都压坏了，气死我了', '谢谢客服，已经收到退款', 'The app logs me out every five minutes']
    const contact = this.contacts[Math.floor(Math.random() * this.contacts.length)]
    const channel = this.channels.find((c) => c.kind === contact.identities[0].scope) ?? this.channels[0]
    this.receive({ contact, channel, text: lines[Math.floor(Math.random() * lines.length)], kind: 'mention', judged: this.judge('complaint', 'negative', 1, [['category', 'complaint', 25], ['sentiment', 'negative', 12]]) })
  }
  /** What understanding says of a message: its words as they are, with labels and a sum as the scene wants them. */
  judge(category, sentiment, urgency, parts, text = '') {
    const a = assess(this, { text })
    const told = { category, sentiment, urgency: String(urgency), ...(a.category !== category || !text ? { topic: 'none' } : {}) }
    return { ...say(a, told), strength: a.strength || { negative: -55, neutral: 0, positive: 60 }[sentiment], needs_answer: category !== 'irrelevant', importance: Math.min(100, parts.reduce((s, p) => s + p[2], 0)), parts: parts.map(([name, value, amount, number = null]) => ({ name, value, number, amount })) }
  }
}

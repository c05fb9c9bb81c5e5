// One handler a route: [method, path, handler, {open, may, creates, stream}].
import { randomBytes } from 'node:crypto'
import { fail404, find, need, page } from './answer.mjs'
import { understandingHandlers } from './understanding.mjs'
import { ApiFailure } from './world.mjs'

const publicUser = ({ password, settings, ...user }) => user
const sessionAnswer = ({ world, session }) => ({ user: publicUser(session.user), permissions: world.permissions(session.user), csrf: session.csrf, settings: session.user.settings, teams: session.user.team_ids, unread_mentions: unseen(world, session.user).length })
const unseen = (world, user) => world.mentions.filter((m) => m.user_id === user.id && !m.seen_at)

/* ---- sign-in and myself ---- */
function login(call) {
  const { world, body } = call
  need(body, 'login', 'password')
  const tries = world.failures.get(body.login) ?? 0
  if (tries >= 5) throw new ApiFailure(429, 'throttled', null, { 'Retry-After': '20' })
  const user = world.users.find((u) => u.login === body.login && u.password === body.password && u.active)
  if (!user) {
    world.failures.set(body.login, tries + 1)
    throw new ApiFailure(401, 'bad_login')
  }
  world.failures.delete(body.login)
  call.session = world.openSession(user, call.request)
  call.headers = { 'Set-Cookie': `huiyin=${call.session.token}; Path=/; HttpOnly; SameSite=Lax` }
  return sessionAnswer(call)
}
function profile(call) {
  const { me, body } = call
  if (body.new_password !== undefined) {
    if (body.old_password !== me.password) throw new ApiFailure(400, 'bad_value', 'old_password')
    if (body.new_password.length < 8) throw new ApiFailure(400, 'bad_value', 'new_password')
    me.password = body.new_password
  }
  for (const f of ['name', 'lang', 'settings']) if (body[f] !== undefined) me[f] = body[f]
  return sessionAnswer(call)
}
const token = ({ token: _, ...t }) => t
function createToken({ world, me, body }) {
  need(body, 'name', 'scopes')
  const t = { id: world.id(), user_id: me.id, name: body.name, scopes: body.scopes, token: `hy_${randomBytes(20).toString('hex')}`, created_at: world.now(), used_at: null }
  world.tokens.push(t)
  return t
}

/* ---- conversations ---- */
const due = (c) => (c.due_at ? Date.parse(c.due_at) : Number.MAX_SAFE_INTEGER)
const resolved = (c) => Number(c.state === 'resolved')
const inQueue = (a, b) => resolved(a) - resolved(b) || due(a) - due(b) || b.importance - a.importance || a.id.localeCompare(b.id)
function conversations({ world, me, query }) {
  const teams = query.team === 'mine' ? me.team_ids : query.team ? [query.team] : null
  const list = world.conversations.filter((c) =>
    (!query.state || (query.state === 'unresolved' ? c.state !== 'resolved' : c.state === query.state)) &&
    (!query.assignee || c.assignee_id === (query.assignee === 'me' ? me.id : query.assignee === 'none' ? null : query.assignee)) &&
    (!teams || teams.includes(c.team_id)) && (!query.channel || c.channel_id === query.channel) && (!query.tag || c.tags.includes(query.tag)) && (!query.contact || c.contact.id === query.contact))
  return page(list.sort(inQueue), query)
}
function counts({ world, me }) {
  const open = world.conversations.filter((c) => c.state === 'open')
  return { mine: open.filter((c) => c.assignee_id === me.id).length, unassigned: open.filter((c) => !c.assignee_id).length, team: open.filter((c) => me.team_ids.includes(c.team_id)).length, all: open.length, mentions: unseen(world, me).length }
}
const conversation = ({ world, params }) => find(world.conversations, params.id)
function detail(call) {
  const c = conversation(call)
  const { world, me } = call
  const windowEnd = new Date(Date.parse(c.last_inbound_at) + 48 * 3_600_000).toISOString()
  const limits = c.channel_kind === 'weibo' ? [{ visibility: 'public', possible: true, reason: '', limit: 140, counter: 'weibo', window_ends_at: null }, { visibility: 'private', possible: true, reason: '', limit: 300, counter: 'chars', window_ends_at: windowEnd }]
    : c.channel_kind === 'webchat' ? [{ visibility: 'public', possible: false, reason: 'x', limit: 0, counter: 'none', window_ends_at: null }, { visibility: 'private', possible: true, reason: '', limit: 4000, counter: 'chars', window_ends_at: null }]
    : [{ visibility: 'public', possible: true, reason: '', limit: 280, counter: 'chars', window_ends_at: null }, { visibility: 'private', possible: true, reason: '', limit: 2000, counter: 'bytes', window_ends_at: null }]
  return { conversation: c, origin: world.origins.get(c.id) ?? null, reply_limits: limits, draft: world.drafts.get(`${c.id}:${me.id}`) ?? null, viewers: world.viewers(c.id) }
}
function messages(call) {
  const c = conversation(call)
  const all = [...call.world.messages.get(c.id)].sort((a, b) => Date.parse(b.sent_at) - Date.parse(a.sent_at) || b.id.localeCompare(a.id))
  const p = page(all, call.query)
  return { items: p.items.reverse(), next_cursor: p.next_cursor }
}
function reply(call) {
  const c = conversation(call)
  const { world, me, body } = call
  need(body, 'visibility', 'text')
  const limit = detail(call).reply_limits.find((l) => l.visibility === body.visibility)
  if (!limit?.possible) throw new ApiFailure(422, 'not_supported', 'visibility')
  if (limit.limit && [...body.text].length > limit.limit) throw new ApiFailure(400, 'too_long', 'text')
  const later = world.messages.get(c.id).filter((m) => m.direction === 'out' && m.delivery && m.author.id !== me.id && body.seen_message_id && m.id > body.seen_message_id)
  if (later.length) throw new ApiFailure(409, 'answered_meanwhile')
  const m = world.write(c, me, { visibility: body.visibility, text: body.text })
  if (body.resolve) world.touch(c, { state: 'resolved', due_at: null }, me.id)
  return m
}
function note(call) {
  const c = conversation(call)
  const { world, me, body } = call
  need(body, 'text')
  const m = world.write(c, me, { visibility: 'internal', text: body.text })
  const ids = new Set([...(body.mentions ?? []), ...world.users.filter((u) => body.text.includes(`@${u.login}`)).map((u) => u.id)])
  for (const id of ids) world.mentions.push({ user_id: id, message: m, seen_at: null })
  world.events[world.events.length - 1].data.mentions = [...ids]
  return m
}
function assign(call) {
  const c = conversation(call)
  const { world, me, body } = call
  const id = body.user_id ?? null
  if (id && id !== me.id && !world.may(call.session, 'conversation.assign')) throw new ApiFailure(403, 'forbidden')
  if (id && !world.user(id)) throw new ApiFailure(400, 'bad_value', 'user_id')
  if (id === me.id && c.assignee_id && c.assignee_id !== me.id && body.version !== c.version) throw new ApiFailure(409, 'assigned_meanwhile', world.user(c.assignee_id).name)
  const patch = { assignee_id: id, first_owner_id: c.first_owner_id ?? id }
  if (body.team_id) patch.team_id = body.team_id
  world.touch(c, patch, me.id)
  return c
}
const change = (patch) => (call) => {
  const c = conversation(call)
  call.world.touch(c, patch(call), call.me.id)
  return c
}

/* ---- search, contacts ---- */
function search({ world, query }) {
  const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) throw new ApiFailure(400, 'missing', 'q')
  const hits = []
  for (const c of world.conversations) {
    if (query.channel && c.channel_id !== query.channel) continue
    for (const message of world.messages.get(c.id)) {
      const low = message.text.toLowerCase()
      if (!words.every((w) => low.includes(w))) continue
      const highlights = words.map((w) => ({ begin: low.indexOf(w), end: low.indexOf(w) + w.length })).sort((a, b) => a.begin - b.begin)
      hits.push({ message, conversation: c, highlights })
    }
  }
  return page(hits.sort((a, b) => Date.parse(b.message.sent_at) - Date.parse(a.message.sent_at)), query, (h) => h.message.id)
}
const contactAnswer = (world, contact) => ({ ...contact, conversations: world.conversations.filter((c) => c.contact.id === contact.id).slice(-20).reverse() })
function merge(call) {
  const { world, params, body } = call
  need(body, 'other_id')
  const into = find(world.contacts, params.id)
  const other = find(world.contacts, body.other_id)
  if (into === other) throw new ApiFailure(409, 'conflict', 'other_id')
  into.identities.push(...other.identities)
  into.tags = [...new Set([...into.tags, ...other.tags])]
  world.contacts.splice(world.contacts.indexOf(other), 1)
  for (const c of world.conversations) if (c.contact.id === other.id) c.contact = world.brief(into)
  world.emit('contact.changed', { subject_id: into.id })
  return contactAnswer(world, into)
}

/* ---- outbox ---- */
const outItem = (o) => ({ id: o.message.id, conversation_id: o.conversation.id, channel_id: o.conversation.channel_id, text: o.message.text, delivery: o.message.delivery, attempts: o.attempts, author_name: o.message.author.name, created_at: o.created_at, sent_at: o.sent_at })
function outbox({ world, query }) {
  const states = query.state ? query.state.split(',') : null
  return page(world.outbox.map(outItem).filter((o) => (!states || states.includes(o.delivery.state)) && (!query.channel || o.channel_id === query.channel)).reverse(), query)
}
function resend({ world, params }) {
  const row = world.outbox.find((o) => o.message.id === params.id) ?? fail404()
  if (row.message.delivery.state !== 'failed') throw new ApiFailure(409, 'conflict', 'state')
  world.deliver(row.message)
  world.emit('message.queued', { conversation_id: row.conversation.id, subject_id: row.message.id })
  return outItem(row)
}
function cancel({ world, params }) {
  const row = world.outbox.find((o) => o.message.id === params.id) ?? fail404()
  if (!['queued', 'retry', 'failed'].includes(row.message.delivery.state)) throw new ApiFailure(409, 'conflict', 'state')
  row.message.delivery = { ...row.message.delivery, state: 'cancelled' }
  world.emit('message.failed', { conversation_id: row.conversation.id, subject_id: row.message.id, data: { state: 'cancelled' } })
  return outItem(row)
}

/* ---- administration ---- */
const setting = (lang, key, zh, en, o = {}) => ({ key, label: lang === 'en' ? en : zh, help: '', required: false, secret: false, generated: false, fallback: null, ...o })
const kinds = (lang) => [
  { kind: 'sandbox', label: lang === 'en' ? 'Sandbox' : '沙盒', capabilities: ['read_public', 'read_private', 'reply_public', 'reply_private', 'local'], settings: [] },
  { kind: 'webchat', label: lang === 'en' ? 'Web chat' : '网页聊天', capabilities: ['read_private', 'reply_private', 'local'], settings: [setting(lang, 'greeting', '欢迎语', 'Greeting'), setting(lang, 'identity_secret', '身份签名密钥', 'Identity secret', { secret: true, generated: true })] },
  { kind: 'webhook', label: 'Standard Webhooks', capabilities: ['read_public', 'read_private', 'reply_public', 'reply_private', 'push'], settings: [setting(lang, 'secret', '签名密钥', 'Signing secret', { secret: true, generated: true, help: lang === 'en' ? 'Made by us when left empty; shown once.' : '留空则由系统生成，只显示一次。' }), setting(lang, 'reply_url', '回复地址', 'Reply URL')] },
  { kind: 'weibo', label: lang === 'en' ? 'Weibo' : '微博', capabilities: ['read_public', 'read_private', 'reply_public', 'reply_private', 'push', 'poll'], settings: [setting(lang, 'app_key', 'App Key', 'App key', { required: true }), setting(lang, 'app_secret', 'App Secret', 'App secret', { required: true, secret: true }), setting(lang, 'access_token', '访问令牌', 'Access token', { secret: true }), setting(lang, 'base_url', '接口地址', 'Base URL', { fallback: 'https://api.weibo.com' })] },
]
function createChannel({ world, body, lang }) {
  need(body, 'kind', 'name')
  const kind = kinds(lang).find((k) => k.kind === body.kind)
  if (!kind) throw new ApiFailure(400, 'bad_value', 'kind')
  const settings = body.settings ?? {}
  for (const s of kind.settings) if (s.required && !settings[s.key]) throw new ApiFailure(400, 'missing', s.key)
  const made = kind.settings.find((s) => s.generated && !settings[s.key])
  const id = world.id()
  const secret = made ? `whsec_${randomBytes(24).toString('base64')}` : null
  const ch = { id, kind: body.kind, name: body.name, brand_id: body.brand_id ?? world.brands[0].id, team_id: body.team_id ?? null, enabled: true, settings: Object.fromEntries(Object.entries(settings).filter(([k]) => !kind.settings.find((s) => s.key === k)?.secret)), secrets_set: kind.settings.filter((s) => s.secret && (settings[s.key] || s === made)).map((s) => s.key), status: 'new', status_text: '', status_at: null, hook_path: kind.capabilities.includes('push') ? `/hooks/${id}` : null, page_path: kind.capabilities.includes('local') ? `/sandbox/${id}` : null, created_at: world.now() }
  world.channels.push(ch)
  world.emit('channel.changed', { subject_id: id, data: { status: 'new' } })
  return { ...ch, secret }
}
function changeChannel({ world, params, body }) {
  const ch = find(world.channels, params.id)
  const { settings, ...rest } = body
  Object.assign(ch, rest)
  for (const [k, v] of Object.entries(settings ?? {})) {
    if (k.includes('secret') || k.includes('token')) ch.secrets_set = [...new Set([...ch.secrets_set, k])]
    else if (v === '') delete ch.settings[k]
    else ch.settings[k] = v
  }
  world.emit('channel.changed', { subject_id: ch.id, data: { status: ch.status } })
  return ch
}
function createUser({ world, body }) {
  need(body, 'login', 'name', 'role', 'password')
  if (world.users.some((u) => u.login === body.login)) throw new ApiFailure(409, 'taken', 'login')
  if (body.password.length < 8) throw new ApiFailure(400, 'bad_value', 'password')
  const user = { id: world.id(), lang: null, active: true, online: false, team_ids: [], created_at: world.now(), settings: {}, ...body }
  world.users.push(user)
  world.emit('user.changed', { subject_id: user.id })
  return publicUser(user)
}
function changeUser({ world, params, body }) {
  const user = find(world.users, params.id)
  Object.assign(user, body)
  for (const t of world.teams) if (body.team_ids) t.member_ids = [...t.member_ids.filter((x) => x !== user.id), ...(body.team_ids.includes(t.id) ? [user.id] : [])]
  world.emit('user.changed', { subject_id: user.id })
  return publicUser(user)
}
function setMembers(world, team, ids) {
  team.member_ids = ids
  for (const u of world.users) u.team_ids = [...u.team_ids.filter((t) => t !== team.id), ...(ids.includes(u.id) ? [team.id] : [])]
}
function createTeam({ world, body }) {
  need(body, 'name')
  if (world.teams.some((t) => t.name === body.name)) throw new ApiFailure(409, 'taken', 'name')
  const team = { id: world.id(), name: body.name, is_default: false, member_ids: [] }
  world.teams.push(team)
  setMembers(world, team, body.member_ids ?? [])
  return team
}
function changeTeam({ world, params, body }) {
  const team = find(world.teams, params.id)
  if (body.name) team.name = body.name
  if (body.member_ids) setMembers(world, team, body.member_ids)
  if (body.is_default) for (const t of world.teams) t.is_default = t === team
  return team
}
function createHook({ world, body }) {
  need(body, 'url', 'kinds')
  if (!/^https?:\/\//.test(body.url)) throw new ApiFailure(400, 'bad_value', 'url')
  const hook = { id: world.id(), url: body.url, kinds: body.kinds, enabled: true, disabled_reason: '', failing_since: null, created_at: world.now() }
  world.hooks.push(hook)
  return { ...hook, secret: `whsec_${randomBytes(24).toString('base64')}` }
}
const remove = (list) => ({ world, params }) => {
  const at = world[list].findIndex((x) => x.id === params.id)
  if (at < 0) fail404()
  world[list].splice(at, 1)
  return { ok: true }
}
function audit({ world, query }) {
  return page(world.audit.filter((a) => (!query.user || a.user_id === query.user) && (!query.subject || a.subject === query.subject)).reverse(), query)
}

const A = '/api/v1'
export const handlers = [
  ['POST', `${A}/session`, login, { open: true }],
  ['GET', `${A}/session`, sessionAnswer],
  ['DELETE', `${A}/session`, ({ world, session }) => (world.sessions.delete(session.token), { ok: true })],
  ['GET', `${A}/sessions`, ({ world, me, session, query }) => page([...world.sessions.values()].filter((s) => s.user === me).map(({ user, token: _, csrf, ...s }) => ({ ...s, current: s.id === session.id })), query)],
  ['DELETE', `${A}/sessions/{id}`, ({ world, params }) => ([...world.sessions.values()].filter((s) => s.id === params.id).forEach((s) => world.sessions.delete(s.token)), { ok: true })],
  ['PATCH', `${A}/profile`, profile],
  ['GET', `${A}/tokens`, ({ world, me, query }) => page(world.tokens.filter((x) => x.user_id === me.id).map(token), query)],
  ['POST', `${A}/tokens`, createToken, { creates: true }],
  ['DELETE', `${A}/tokens/{id}`, remove('tokens')],
  ['GET', `${A}/conversations`, conversations],
  ['GET', `${A}/conversations/counts`, counts],
  ['GET', `${A}/conversations/{id}`, detail],
  ['PATCH', `${A}/conversations/{id}`, change(({ body }) => body), { may: 'conversation.work' }],
  ['GET', `${A}/conversations/{id}/messages`, messages],
  ['GET', `${A}/conversations/{id}/events`, (call) => page(call.world.events.filter((e) => e.kind === 'conversation.changed' && e.conversation_id === conversation(call).id).reverse(), call.query, (e) => e.seq)],
  ['POST', `${A}/conversations/{id}/reply`, reply, { creates: true, may: 'reply' }],
  ['POST', `${A}/conversations/{id}/notes`, note, { creates: true, may: 'note' }],
  ['POST', `${A}/conversations/{id}/assign`, assign, { may: 'conversation.work' }],
  ['POST', `${A}/conversations/{id}/resolve`, change(() => ({ state: 'resolved', due_at: null, waiting_since: null })), { may: 'conversation.work' }],
  ['POST', `${A}/conversations/{id}/reopen`, change(() => ({ state: 'open', snoozed_until: null })), { may: 'conversation.work' }],
  ['POST', `${A}/conversations/{id}/snooze`, change(({ body }) => ({ state: 'snoozed', snoozed_until: body.until })), { may: 'conversation.work' }],
  ['POST', `${A}/conversations/{id}/read`, (call) => ((conversation(call).unread = 0), { ok: true })],
  ['POST', `${A}/conversations/{id}/presence`, (call) => (call.world.present(conversation(call).id, call.me.id, call.body), { ok: true })],
  ['PUT', `${A}/conversations/{id}/draft`, (call) => (call.body.text ? call.world.drafts.set(`${conversation(call).id}:${call.me.id}`, { ...call.body, updated_at: call.world.now() }) : call.world.drafts.delete(`${conversation(call).id}:${call.me.id}`), { ok: true })],
  ['GET', `${A}/tags`, ({ world, query }) => page([...new Set(world.conversations.flatMap((c) => c.tags)), '物流', '发票', 'VIP'], query, (x) => x)],
  ['GET', `${A}/mentions`, ({ world, me, query }) => page(world.mentions.filter((m) => m.user_id === me.id).map(({ user_id, ...m }) => m).reverse(), query, (m) => m.message.id)],
  ['POST', `${A}/mentions/seen`, ({ world, me }) => (unseen(world, me).forEach((m) => (m.seen_at = world.now())), { ok: true })],
  ['GET', `${A}/contacts`, ({ world, query }) => page(world.contacts.filter((c) => !query.q || c.name.includes(query.q) || c.identities.some((i) => i.handle.includes(query.q))).map((c) => world.brief(c)), query)],
  ['GET', `${A}/contacts/{id}`, ({ world, params }) => contactAnswer(world, find(world.contacts, params.id))],
  ['PATCH', `${A}/contacts/{id}`, ({ world, params, body, me }) => (Object.assign(find(world.contacts, params.id), body), world.emit('contact.changed', { subject_id: params.id, user_id: me.id, data: body }), contactAnswer(world, find(world.contacts, params.id))), { may: 'contact.write' }],
  ['POST', `${A}/contacts/{id}/merge`, merge, { may: 'contact.write' }],
  ['GET', `${A}/search`, search],
  ['GET', `${A}/events`, ({ world, request, response, me }) => world.attach(response, request.headers['last-event-id'], me), { stream: true }],
  ['GET', `${A}/outbox`, outbox, { may: 'outbox.read' }],
  ['POST', `${A}/outbox/{id}/resend`, resend, { may: 'reply' }],
  ['POST', `${A}/outbox/{id}/cancel`, cancel, { may: 'reply' }],
  ['GET', `${A}/channel-kinds`, ({ lang, query }) => page(kinds(lang), query, (k) => k.kind)],
  ['GET', `${A}/channels`, ({ world, query }) => page(world.channels, query)],
  ['POST', `${A}/channels`, createChannel, { creates: true, may: 'channel.manage' }],
  ['GET', `${A}/channels/{id}`, ({ world, params }) => find(world.channels, params.id)],
  ['PATCH', `${A}/channels/{id}`, changeChannel, { may: 'channel.manage' }],
  ['DELETE', `${A}/channels/{id}`, remove('channels'), { may: 'channel.manage' }],
  ['POST', `${A}/channels/{id}/test`, ({ world, params, lang }) => (find(world.channels, params.id).status === 'trouble' ? { ok: false, error_class: 'auth_expired', error_code: '21327', text: lang === 'en' ? "The channel's authorisation has expired." : '渠道授权已过期，请重新授权。' } : { ok: true, error_class: '', error_code: '', text: lang === 'en' ? 'The platform answers.' : '平台应答正常。' }), { may: 'channel.manage' }],
  ['GET', `${A}/users`, ({ world, query }) => page(world.users.filter((u) => !query.active || String(u.active) === query.active).map(publicUser), query)],
  ['POST', `${A}/users`, createUser, { creates: true, may: 'user.manage' }],
  ['PATCH', `${A}/users/{id}`, changeUser, { may: 'user.manage' }],
  ['GET', `${A}/teams`, ({ world, query }) => page(world.teams, query)],
  ['POST', `${A}/teams`, createTeam, { creates: true, may: 'team.manage' }],
  ['PATCH', `${A}/teams/{id}`, changeTeam, { may: 'team.manage' }],
  ['GET', `${A}/brands`, ({ world, query }) => page(world.brands, query)],
  ['POST', `${A}/brands`, ({ world, body }) => (need(body, 'name'), world.brands.push({ id: world.id(), name: body.name }), world.brands[world.brands.length - 1]), { creates: true, may: 'team.manage' }],
  ['GET', `${A}/hooks`, ({ world, query }) => page(world.hooks, query), { may: 'hook.manage' }],
  ['POST', `${A}/hooks`, createHook, { creates: true, may: 'hook.manage' }],
  ['PATCH', `${A}/hooks/{id}`, ({ world, params, body }) => Object.assign(find(world.hooks, params.id), body), { may: 'hook.manage' }],
  ['DELETE', `${A}/hooks/{id}`, remove('hooks'), { may: 'hook.manage' }],
  ['GET', `${A}/hooks/{id}/deliveries`, ({ world, params, query }) => page(world.deliveries.filter((d) => d.hook_id === params.id), query), { may: 'hook.manage' }],
  ['POST', `${A}/deliveries/{id}/resend`, ({ world, params }) => Object.assign(find(world.deliveries, params.id), { state: 'waiting', due_at: world.now(5000) }), { may: 'hook.manage' }],
  ['GET', `${A}/audit`, audit, { may: 'audit.read' }],
  ...understandingHandlers,
]

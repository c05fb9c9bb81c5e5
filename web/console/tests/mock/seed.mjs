// The scene the stand-in opens with. All of it invented.
export function seed(world, rows) {
  const person = (login, name, role, online) => ({ id: world.id(), login, name, role, lang: null, active: true, online, team_ids: [], created_at: world.now(-90 * 86_400_000), password: 'huiyin-demo', settings: {} })
  const [lin, chen, wang, admin, pr, viewer] = (world.users = [
    person('lin', '林主管', 'supervisor', true), person('chen', '陈晨', 'agent', true), person('wang', 'Wang Ting', 'agent', false),
    person('admin', '管理员', 'admin', false), person('gong', '公关值班', 'pr', false), person('viewer', 'Viewer', 'viewer', false),
  ])
  const team = (name, members, is_default) => {
    const t = { id: world.id(), name, is_default, member_ids: members.map((m) => m.id) }
    members.forEach((m) => m.team_ids.push(t.id))
    return t
  }
  world.teams = [team('售后一组', [lin, chen, wang], true), team('公关组', [pr, lin], false)]
  world.brands = [{ id: world.id(), name: '山岚数码' }, { id: world.id(), name: 'Northwind Air' }]
  const channel = (kind, name, brand, status = 'ok', status_text = '') => ({ id: world.id(), kind, name, brand_id: brand.id, team_id: world.teams[0].id, enabled: true, settings: kind === 'weibo' ? { app_key: '1900000001', base_url: 'https://api.weibo.com' } : {}, secrets_set: kind === 'weibo' ? ['app_secret'] : [], status, status_text, status_at: world.now(-60_000), hook_path: ['weibo', 'webhook'].includes(kind) ? '/hooks/' : null, page_path: ['sandbox', 'webchat'].includes(kind) ? '/sandbox/' : null, created_at: world.now(-60 * 86_400_000) })
  const [weibo, webchat, , sandbox] = (world.channels = [
    channel('weibo', '山岚数码微博', world.brands[0]), channel('webchat', '官网在线客服', world.brands[0]),
    channel('webhook', 'X bridge', world.brands[1], 'trouble', '签名密钥不一致：最近 3 次推送被拒绝。'), channel('sandbox', '沙盒广场', world.brands[1]),
  ])
  for (const c of world.channels) {
    if (c.hook_path) c.hook_path += c.id
    if (c.page_path) c.page_path += c.id
  }
  const contact = (name, kind, followers, verified, relation, days) => ({ id: world.id(), name, relation, note: '', tags: [], identities: [{ id: world.id(), scope: kind, native_id: `u${name.length}${followers}`, handle: name, followers, verified, avatar_url: null, profile_url: kind === 'weibo' ? 'https://weibo.com/u/1' : null }], created_at: world.now(-days * 86_400_000), seen_at: world.now() })
  const [tu, man, kate, ming, li, zhou] = (world.contacts = [
    contact('数码老阿土', 'weibo', 1_280_000, 'person', 'at_risk', 1500), contact('小满', 'webchat', 0, '', 'regular', 400), contact('Kate L.', 'sandbox', 2300, '', 'new', 3),
    contact('阿明在路上', 'weibo', 8600, '', 'potential', 2), contact('李先生', 'webchat', 0, '', 'loyal', 900), contact('周末吃什么', 'weibo', 420, '', 'new', 1),
  ])
  tu.identities.push({ id: world.id(), scope: 'webchat', native_id: 'v77', handle: '阿土', followers: 0, verified: '', avatar_url: null, profile_url: null })
  tu.tags = ['数码', '早期用户']
  tu.note = '偏好电话联系，晚上七点以后方便。'
  Object.assign(world, { conversations: [], messages: new Map(), outbox: [], drafts: new Map(), tokens: [], hooks: [], deliveries: [], audit: [], mentions: [] })
  scene(world, { weibo, webchat, sandbox, tu, man, kate, ming, li, zhou, lin, chen, wang, admin })
  for (let i = 0; i < rows; i++) bulk(world, i, weibo)
  world.audit.push(
    { id: world.id(), at: world.now(-3_600_000), user_id: admin.id, actor: admin.name, action: 'channel.create', subject: `channel:${weibo.id}`, detail: { kind: 'weibo', name: weibo.name }, address: '10.0.0.7' },
    { id: world.id(), at: world.now(-1_800_000), user_id: lin.id, actor: lin.name, action: 'team.change', subject: `team:${world.teams[0].id}`, detail: { name: '售后一组' }, address: '10.0.0.12' },
  )
  world.hooks.push({ id: world.id(), url: 'https://crm.example.com/huiyin', kinds: ['message.received', 'conversation.changed'], enabled: true, disabled_reason: '', failing_since: null, created_at: world.now(-8_000_000) })
  for (let i = 0; i < 5; i++) world.deliveries.unshift({ id: world.id(), hook_id: world.hooks[0].id, event_seq: 100 + i, state: i === 3 ? 'failed' : 'sent', attempts: i === 3 ? 4 : 1, status: i === 3 ? 500 : 200, due_at: null, created_at: world.now(-600_000 + i * 60_000) })
}

function scene(world, { weibo, webchat, sandbox, tu, man, kate, ming, li, zhou, lin, chen, wang }) {
  const MIN = 60_000
  const minutes = (n) => -n * MIN
  const post = '三周了，退款还没到账，客服电话永远占线。@山岚数码 你们就是这样对待老客户的？'
  const first = world.receive({ contact: tu, channel: weibo, text: post, kind: 'mention', at: minutes(29), quiet: true, counts: { reposts: 412, comments: 268, likes: 1900 }, judged: world.judge('complaint', 'negative', 2, [['category', 'complaint', 25], ['sentiment', 'negative', 12], ['influence', 'person', 30, 1_280_000], ['spread', 'reposts_per_minute', 20, 40], ['relation', 'at_risk', 5]], post) })
  const c = first.conversation
  world.origins = new Map([[c.id, first.message]])
  c.subject = '退款三周未到账'
  c.tags = ['退款']
  Object.assign(c, { assignee_id: chen.id, first_owner_id: chen.id })
  world.messages.get(c.id).push({ ...first.message, id: world.id(), kind: 'system', direction: 'out', visibility: 'internal', text: '分配给陈晨（首问负责）', author: { type: 'system', id: null, name: 'Huiyin', followers: null, verified: null, avatar_url: null }, sent_at: world.now(minutes(28)), assessment: null, counts: null, url: null })
  world.write(c, chen, { visibility: 'public', text: '老阿土您好，让您等了三周非常抱歉。我正在核对您的退款，十分钟内在这里给您答复。', at: minutes(24), quiet: true })
  world.receive({ conversation: c, text: '订单号 2026102417，付款方式是银行卡 6222020200112230486，电话 13800135021。', visibility: 'private', kind: 'dm', at: minutes(20), quiet: true, judged: world.judge('after_sales', 'neutral', 1, [['category', 'after_sales', 10], ['urgency', '1', 4]], '订单号 2026102417，付款方式是银行卡 6222020200112230486，电话 13800135021。') })
  world.write(c, chen, { visibility: 'internal', text: '@lin 10-24 的退款卡在对账，麻烦今天处理，客户等了三周。', at: minutes(18), quiet: true })
  world.write(c, chen, { visibility: 'private', text: '已查到：退款因对账延误，财务刚刚放行，今天 18 点前到账。耽误您的时间，真的对不起。', at: minutes(12), quiet: true })
  world.receive({ conversation: c, text: '好，我等到今天 18 点。到账前麻烦在原微博下面也说一声。', kind: 'comment', at: minutes(9.3), quiet: true })
  world.mentions.push({ user_id: lin.id, message: world.messages.get(c.id).find((m) => m.kind === 'note'), seen_at: null })
  Object.assign(c, { state: 'open', waiting_since: world.now(minutes(9.3)), due_at: world.now(0.7 * MIN), importance: 92 })

  const old = world.receive({ contact: tu, channel: webchat, text: '咨询一下保修多久？', visibility: 'private', kind: 'chat', at: -40 * 86_400_000, quiet: true, judged: world.judge('consultation', 'neutral', 0, [['category', 'consultation', 8]]) }).conversation
  world.write(old, wang, { visibility: 'private', text: '您好，整机保修两年。', at: -40 * 86_400_000 + 5 * MIN, quiet: true })
  Object.assign(old, { state: 'resolved', subject: '咨询保修', assignee_id: wang.id, due_at: null })

  const add = (contact, channel, text, visibility, kind, category, sentiment, importance, dueMin, sinceMin, owner) => {
    const { conversation } = world.receive({ contact, channel, text, visibility, kind, at: minutes(sinceMin), quiet: true, judged: world.judge(category, sentiment, sentiment === 'negative' ? 1 : 0, [['category', category, Math.round(importance * 0.6)], ['sentiment', sentiment, importance - Math.round(importance * 0.6)]], text) })
    Object.assign(conversation, { due_at: world.now(dueMin * MIN), waiting_since: world.now(minutes(sinceMin)), assignee_id: owner?.id ?? null, first_owner_id: owner?.id ?? null })
    return conversation
  }
  add(man, webchat, '订单 2026110783 能改地址吗？已经发货了没有', 'private', 'chat', 'consultation', 'neutral', 48, 2.2, 7, chen)
  add(kate, sandbox, 'Flight changed twice, nobody answers the DM. Disappointed.', 'public', 'mention', 'complaint', 'negative', 61, 6.5, 8, chen)
  add(ming, weibo, '这个杯子真的好看，想问还有蓝色的吗[爱心]', 'public', 'comment', 'order', 'positive', 35, 12, 3, chen)
  add(li, webchat, 'Re: 发票抬头修改 [T-20418]', 'private', 'chat', 'after_sales', 'neutral', 22, 108, 5, chen)
  const late = add(zhou, weibo, '说好的次日达呢？第三天了连个影子都没有', 'public', 'mention', 'complaint', 'negative', 57, -4, 20, null)
  late.urgency = 2
  for (const [text, importance] of [['耳机左边没声音，怎么换货', 40], ['Can I change my seat online?', 30], ['新品什么时候上市', 20]]) add(zhou, /[a-z]/.test(text) ? sandbox : weibo, text, 'public', 'mention', 'consultation', 'neutral', importance, 20 + importance, 2, null)
}

function bulk(world, i, channel) {
  const contact = world.contacts[i % world.contacts.length]
  const c = { ...world.conversations[i % 6], id: world.id(), subject: `#${i}`, last_text: `第 ${i} 条：${world.conversations[i % 6].last_text}`, contact: { ...world.brief(contact) }, channel_id: channel.id, assignee_id: null, first_owner_id: null, state: 'open', due_at: null, tags: [], version: 1, importance: 100 - Math.floor(i / 1000) }
  world.conversations.push(c)
  world.messages.set(c.id, [])
}

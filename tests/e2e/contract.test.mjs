/* contract.test.mjs - a walk past every address: whatever the program answers is what its own document says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CheckedApi, Contract } from '../lib/contract.mjs';
import { Hook } from '../lib/hook.mjs';
import { freshDatabase } from '../lib/postgres.mjs';
import { until } from '../lib/process.mjs';
import { Server, stream } from '../lib/server.mjs';
import { WeiboStandin } from '../lib/weibo.mjs';

/* Not JSON of one shape: pages, texts, streams; the events of the streams are checked one by one. */
const OTHER = ['message_payload', 'live_events', 'chat_events', 'hook_check', 'sandbox_page', 'health_live', 'health_ready', 'health_metrics', 'openapi_show'];
const PASSWORD = 'a long password';

for (const kind of ['SQLite', 'PostgreSQL']) {
  test(`every answer is as the document says, ${kind}`, async (t) => {
    const server = await new Server({ database: kind === 'PostgreSQL' ? await freshDatabase() : undefined }).start();
    const weibo = await new WeiboStandin().start();
    try {
      await walk(t, server, weibo);
    } finally {
      await server.stop();
      await weibo.stop();
    }
  });
}

async function walk(t, server, weibo) {
  await server.addUser('root', 'admin', PASSWORD);
  const contract = new Contract(await (await fetch(`${server.url}/openapi.json`)).json());
  const root = new CheckedApi(server, await server.addToken('root'), contract);
  const giveUp = new AbortController();
  const events = [];
  const listening = (async () => { // a stream ends when its own person is changed, and is taken up where it ended
    for (let last = '0'; !giveUp.signal.aborted;) {
      for await (const one of stream(`${server.url}/api/v1/events`, { authorization: `Bearer ${root.token}`, 'last-event-id': last }, giveUp.signal)) {
        if (one.event !== 'change') continue;
        events.push(...JSON.parse(one.data));
        last = one.id;
      }
    }
  })();

  await t.test('people, teams, tokens, sessions', () => people(server, root));
  const house = await administration(server, root, weibo);
  await t.test('the desk', () => desk(server, root, house));
  await t.test('the customer’s side', () => customers(server, root, contract));
  await t.test('the outbox', () => outbox(root, house, weibo));
  await t.test('outgoing webhooks', () => hooks(root));
  await t.test('understanding', () => understanding(root));
  await t.test('the end of things', async () => {
    await root.good('DELETE', `/api/v1/channels/${house.forum.id}`);
    await root.refused(404, null, 'GET', `/api/v1/channels/${house.forum.id}`);
    await root.good('GET', '/api/v1/audit');
  });
  await t.test('events', async () => {
    await until('the events are here', () => events.length > 20);
    giveUp.abort();
    await listening;
    assert.deepEqual(events.map((one) => one.seq), [...new Set(events.map((one) => one.seq))].sort((a, b) => a - b));
    const validate = contract.ajv.getSchema('api#/components/schemas/Event');
    for (const event of events) assert.ok(validate(event), `${contract.ajv.errorsText(validate.errors)} ${JSON.stringify(event)}`);
  });
  await t.test('no address was left out', () => {
    const missed = contract.operations.map((one) => one.name).filter((name) => !OTHER.includes(name) && !contract.seen.has(name));
    assert.deepEqual(missed, []);
    const neverGood = [...contract.seen].filter(([, statuses]) => ![...statuses].some((status) => status < 300)).map(([name]) => name);
    assert.deepEqual(neverGood, []);
  });
}

async function people(server, root) {
  const login = await root.good('POST', '/api/v1/session', { login: 'root', password: PASSWORD });
  await root.refused(401, null, 'POST', '/api/v1/session', { login: 'root', password: 'wrong' });
  assert.ok(login.permissions.length > 10);
  await root.good('GET', '/api/v1/session');
  const { items: [session] } = await root.good('GET', '/api/v1/sessions');
  await root.good('DELETE', `/api/v1/sessions/${session.id}`);
  await root.patch('/api/v1/profile', { name: '罗特', lang: 'zh', settings: { theme: 'dark' } });
  const agent = await root.post('/api/v1/users', { login: 'an', name: '小安', role: 'agent', password: PASSWORD });
  await root.refused(400, 'role', 'POST', '/api/v1/users', { login: 'x', name: 'x', role: 'king', password: PASSWORD });
  await root.patch(`/api/v1/users/${agent.id}`, { lang: 'en' });
  const team = await root.post('/api/v1/teams', { name: '夜班', member_ids: [agent.id] });
  await root.patch(`/api/v1/teams/${team.id}`, { name: '夜班二' });
  await root.post('/api/v1/brands', { name: '雪山茶' });
  for (const list of ['users', 'teams', 'brands', 'tokens']) await root.good('GET', `/api/v1/${list}`);
  const token = await root.post('/api/v1/tokens', { name: 'small', scopes: ['self'] });
  const small = new CheckedApi(server, token.token, root.contract);
  await small.refused(403, null, 'GET', '/api/v1/users');
  await small.refused(404, null, 'DELETE', '/api/v1/session'); // a token is no session
  await signOut(server, root.contract);
  await root.good('DELETE', `/api/v1/tokens/${token.id}`);
}

async function signOut(server, contract) {
  const login = await fetch(`${server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ login: 'an', password: PASSWORD }) });
  const { csrf } = await login.json();
  const headers = { cookie: login.headers.get('set-cookie').split(';')[0], 'x-csrf-token': csrf };
  for (const status of [200, 401]) {
    const answer = await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers });
    assert.equal(answer.status, status);
    contract.check('DELETE', '/api/v1/session', status, await answer.json());
  }
}

async function administration(server, root, weibo) {
  await root.good('GET', '/api/v1/channel-kinds');
  const forum = await root.post('/api/v1/channels', { kind: 'webhook', name: '论坛' });
  await root.refused(400, 'settings.app_secret', 'POST', '/api/v1/channels', { kind: 'weibo', name: '微博', settings: { uid: '1' } });
  const feed = await root.post('/api/v1/channels', { kind: 'weibo', name: '微博', settings: weibo.settings() });
  await root.patch(`/api/v1/channels/${forum.id}`, { name: '老论坛' });
  await root.good('GET', '/api/v1/channels');
  await root.good('GET', `/api/v1/channels/${feed.id}`);
  await root.good('POST', `/api/v1/channels/${feed.id}/test`);
  return { forum, feed };
}

async function understanding(root) {
  const { items: [conversation] } = await root.good('GET', '/api/v1/conversations?state=unresolved');
  const { items: [message] } = await root.good('GET', `/api/v1/conversations/${conversation.id}/messages`);
  const at = `/api/v1/messages/${message.id}/correct`;
  const topic = await root.post('/api/v1/topics', { parent: 'complaint', name_zh: '退款拖延', name_en: 'Refund delayed' });
  await root.refused(400, 'parent', 'POST', '/api/v1/topics', { parent: 'weather', name_zh: '天气' });
  const corrected = await root.good('POST', at, { topic: topic.key, sentiment: 'negative', urgency: 2, spam: false });
  assert.equal(corrected.correction.labels.category, 'complaint');
  await root.refused(400, 'category', 'POST', at, { category: 'weather' });
  await root.patch(`/api/v1/topics/${topic.id}`, { name_zh: '退款太慢' });
  await root.refused(409, 'examples', 'DELETE', `/api/v1/topics/${topic.id}`);
  const { items: examples } = await root.good('GET', '/api/v1/examples?task=category');
  assert.equal(examples[0].message_id, message.id);
  await root.good('DELETE', `/api/v1/examples/${examples[0].id}`);
  const restored = await root.good('DELETE', at);
  assert.equal(restored.correction, null);
  await root.good('DELETE', `/api/v1/topics/${topic.id}`);
  await root.good('GET', '/api/v1/topics');
  const assessment = await root.good('POST', '/api/v1/understanding/assess', { text: '等了三周还没退款,太气人了', is_public: true, followers: 120000, verified: 'media' });
  assert.ok(assessment.matches.length > 0);
  await models(root, message);
  const rule = { name: '退款拖延', any: ['退款'], then: { points: 10, category: 'complaint' } };
  const kept = await root.post('/api/v1/rules', { rule });
  await root.refused(409, 'rule.name', 'POST', '/api/v1/rules', { rule });
  await root.refused(400, 'rule.any[1]', 'POST', '/api/v1/rules', { rule: { ...rule, name: 'x', any: ['a', ''] } });
  const tried = await root.good('POST', '/api/v1/rules/test', { rule, text: '还不退款' });
  assert.deepEqual(tried.text.marks, [{ begin: 2, end: 4 }]);
  await root.patch(`/api/v1/rules/${kept.id}`, { enabled: false });
  await root.good('POST', '/api/v1/rules/order', { ids: [kept.id] });
  await root.good('GET', '/api/v1/rules');
  await root.good('DELETE', `/api/v1/rules/${kept.id}`);
  await root.good('GET', '/api/v1/understanding/settings');
  const set = await root.good('PUT', '/api/v1/understanding/settings', { weights: { gravity: 25 }, products: [{ name: '电水壶' }] });
  assert.equal(set.weights.gravity, 25);
  await root.refused(400, 'weights.gravity', 'PUT', '/api/v1/understanding/settings', { weights: { gravity: 1000 } });
}

async function models(root, message) {
  await root.refused(400, 'examples', 'POST', '/api/v1/models/train', { task: 'spam' });
  await root.good('POST', `/api/v1/messages/${message.id}/correct`, { spam: true });
  await root.good('PUT', '/api/v1/understanding/settings', { min_held_back: 1 });
  await root.refused(400, 'task', 'POST', '/api/v1/models/train', { task: 'weather' });
  await root.good('POST', '/api/v1/models/train', { task: 'spam' });
  await until('it is learned', async () => (await root.good('GET', '/api/v1/models/training')).items.every((one) => one.state === 'idle'), { timeout: 120000 });
  const { items } = await root.good('GET', '/api/v1/models');
  const spam = items.find((one) => one.task === 'spam');
  assert.ok(['too_few_held_back', 'not_better', 'no_examples', 'better'].includes(spam.run.result), JSON.stringify(spam.run));
  for (const version of spam.versions) {
    await root.good('GET', `/api/v1/models/${version.id}/confusion`);
    await root.good('GET', `/api/v1/models/${version.id}/wrong`);
    await root.good('POST', '/api/v1/models/use', { task: 'spam', model_id: version.id });
  }
  await root.refused(404, 'model_id', 'POST', '/api/v1/models/use', { task: 'spam', model_id: '1' });
  await root.good('POST', '/api/v1/models/use', { task: 'spam' });
  await root.good('POST', '/api/v1/models/training/cancel', {});
  await root.good('GET', '/api/v1/teaching/suggestions');
}

async function desk(server, root, house) {
  const hook = new Hook(server, house.forum);
  const post = Hook.message({ author: { id: 'u1', name: '小麦', followers: 862000, verified: 'media' }, media: [{ type: 'image', url: 'https://forum.example/1.jpg', name: '1.jpg' }] });
  for (const data of [post, post, Hook.message({ external_id: 'second', author: { id: 'u2', name: 'Kate' }, text: 'No refund, no answer. Shame on you' })]) {
    const { body, headers } = hook.signed(data);
    const answer = await hook.post(body, headers);
    root.contract.check('POST', `/hooks/${hook.id}`, answer.status, JSON.parse(answer.text));
  }
  const { body } = hook.signed(post);
  const unsigned = await hook.post(body, { 'content-type': 'application/json' });
  root.contract.check('POST', `/hooks/${hook.id}`, unsigned.status, JSON.parse(unsigned.text));
  assert.equal(unsigned.status, 401);

  const { items } = await root.good('GET', '/api/v1/conversations?state=open&assignee=none');
  assert.equal(items.length, 2);
  await root.good('GET', '/api/v1/conversations/counts');
  const at = `/api/v1/conversations/${items[0].id}`;
  await root.good('POST', `${at}/assign`, { user_id: (await root.good('GET', '/api/v1/session')).user.id });
  await root.good('PATCH', at, { subject: '退款', category: 'complaint', tags: ['退款', 'VIP'] });
  await root.refused(400, 'tags', 'PATCH', at, { tags: 'VIP' });
  const { items: [message] } = await root.good('GET', `${at}/messages`);
  await root.good('GET', `${at}/events`);
  await root.good('POST', `${at}/read`, { message_id: message.id });
  await root.good('POST', `${at}/presence`, { open: true, typing: true });
  await root.good('PUT', `${at}/draft`, { visibility: 'public', text: '您好' });
  await root.post(`${at}/notes`, { text: '@an 请看一下', mentions: [] });
  await root.good('GET', at);
  await root.good('POST', `${at}/snooze`, { until: new Date(Date.now() + 3600000).toISOString() });
  await root.good('POST', `${at}/reopen`, {});
  await root.good('POST', `${at}/resolve`, {});
  await root.refused(400, 'text', 'POST', `${at}/reply`, { visibility: 'public', text: '' });
  await root.refused(404, null, 'GET', '/api/v1/conversations/1');
  await root.good('GET', '/api/v1/tags');
  await root.good('GET', '/api/v1/mentions');
  await root.good('POST', '/api/v1/mentions/seen', {});
  const found = await until('the post is indexed', async () => {
    const page = await root.good('GET', `/api/v1/search?q=${encodeURIComponent('退款')}`);
    return page.items.length > 0 && page;
  });
  assert.ok(found.items[0].highlights.length > 0);

  const { items: people } = await root.good('GET', '/api/v1/contacts');
  const [first, second] = people;
  await root.good('GET', `/api/v1/contacts/${first.id}`);
  await root.patch(`/api/v1/contacts/${first.id}`, { relation: 'loyal', note: '老客户', tags: ['VIP'] });
  await root.good('POST', `/api/v1/contacts/${first.id}/merge`, { other_id: second.id });
  await root.refused(404, null, 'GET', `/api/v1/contacts/${second.id}`);
}

async function customers(server, root, contract) {
  const page = await root.post('/api/v1/channels', { kind: 'sandbox', name: '演练', settings: { open_to_public: 'yes' } });
  const write = { kind: 'post', author: '老王聊数码', followers: 862000, verified: 'person', text: '客服电话打不通', client_id: 'c1' };
  const post = await root.good('POST', `/sandbox/${page.id}/items`, write);
  await root.good('POST', `/sandbox/${page.id}/items`, { kind: 'comment', author: '小麦', text: '我也是', parent_id: post.id, client_id: 'c2' });
  await root.good('GET', `/sandbox/${page.id}/items`);
  await root.good('GET', `/sandbox/${page.id}/items?root=${post.id}`);
  await root.refused(400, 'parent_id', 'POST', `/sandbox/${page.id}/items`, { kind: 'comment', author: '小麦', text: '我也是', client_id: 'c3' });

  const chat = await root.post('/api/v1/channels', { kind: 'webchat', name: '网站', settings: { brand_name: '店', allowed_origins: '*' } });
  const visitor = new CheckedApi(server, 'none', contract);
  const welcome = await visitor.good('POST', `/chat/${chat.id}/hello`, { page: 'https://shop.example/' });
  visitor.token = welcome.visitor;
  await visitor.good('POST', `/chat/${chat.id}/messages`, { client_msg_id: 'm1', text: '在吗？' });
  await visitor.refused(400, 'text', 'POST', `/chat/${chat.id}/messages`, { client_msg_id: 'm2', text: '' });
  const { items } = await visitor.good('GET', `/chat/${chat.id}/messages?after_seq=0`);
  assert.equal(items.length, 1);
}

async function outbox(root, house, weibo) {
  const status = await weibo.mention({ text: '@某品牌 退款还没到账' });
  const conversation = await until('the post is polled', async () =>
    (await root.good('GET', `/api/v1/conversations?channel=${house.feed.id}`)).items.find((one) => one.last_text.includes('退款还没到账')));
  await weibo.fault('comments/create', 'error', { error_code: 20101, times: 2 });
  const message = await root.post(`/api/v1/conversations/${conversation.id}/reply`, { visibility: 'public', text: '您好，已为您登记。' });
  const failed = () => until('it is refused', async () =>
    (await root.good('GET', '/api/v1/outbox?state=failed')).items.find((one) => one.id === message.id));
  assert.equal((await failed()).delivery.error_class, 'target_gone');
  await root.good('GET', `/api/v1/conversations/${conversation.id}/messages`);
  await root.good('POST', `/api/v1/outbox/${message.id}/resend`, {});
  await failed();
  await root.refused(409, 'state', 'POST', `/api/v1/outbox/${message.id}/cancel`, {});
  await root.patch(`/api/v1/channels/${house.feed.id}`, { settings: { api_url: 'http://127.0.0.1:1' } });
  const stuck = await root.post(`/api/v1/conversations/${conversation.id}/reply`, { visibility: 'public', text: '再次向您致歉。' });
  await until('it waits for another try', async () => (await root.good('GET', '/api/v1/outbox?state=queued,retry')).items.find((one) => one.id === stuck.id && one.delivery.state === 'retry'));
  const cancelled = await root.good('POST', `/api/v1/outbox/${stuck.id}/cancel`, {});
  assert.equal(cancelled.delivery.state, 'cancelled');
  assert.equal((await weibo.comments(status.id)).length, 0);
}

async function hooks(root) {
  const hook = await root.post('/api/v1/hooks', { url: 'https://127.0.0.1:1/in', kinds: ['contact.changed'] });
  await root.good('GET', '/api/v1/hooks');
  await root.patch(`/api/v1/hooks/${hook.id}`, { kinds: ['user.changed'] });
  const { items: users } = await root.good('GET', '/api/v1/users');
  await root.patch(`/api/v1/users/${users.find((one) => one.login === 'an').id}`, { name: '安' }); // one's own would end our stream
  const delivery = await until('a delivery waits for another try', async () =>
    (await root.good('GET', `/api/v1/hooks/${hook.id}/deliveries`)).items.find((one) => one.state === 'waiting' && one.attempts > 0));
  await root.good('POST', `/api/v1/deliveries/${delivery.id}/resend`, {});
  await root.good('DELETE', `/api/v1/hooks/${hook.id}`);
}

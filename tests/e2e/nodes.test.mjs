/* nodes.test.mjs - two servers on one PostgreSQL: each shows the other's changes live, and what must happen once
 * happens once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hook } from '../lib/hook.mjs';
import { freshDatabase, query } from '../lib/postgres.mjs';
import { pause, until } from '../lib/process.mjs';
import { Api, Server, stream } from '../lib/server.mjs';
import { WeiboStandin } from '../lib/weibo.mjs';

let nodes;
let apis;
let weibo;
before(async () => {
  weibo = await new WeiboStandin().start();
  const database = await freshDatabase();
  const first = await new Server({ database }).start();
  await first.addUser('root', 'admin', 'a long password');
  const token = await first.addToken('root');
  const second = await new Server({ database, dir: first.dir }).start(); // the same secret key: one house
  nodes = [first, second];
  apis = nodes.map((node) => new Api(node, token));
});
after(async () => {
  for (const node of nodes ?? []) await node.stop();
  await weibo?.stop();
});

/** Listens on a node until close(); what came is in frames. */
function listen(node, lastEventId) {
  const giveUp = new AbortController();
  const frames = [];
  const headers = { authorization: `Bearer ${apis[0].token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }) };
  const done = (async () => {
    for await (const one of stream(`${node.url}/api/v1/events`, headers, giveUp.signal)) frames.push({ ...one, at: performance.now() });
  })();
  return {
    frames,
    events: () => frames.filter((one) => one.event === 'change').flatMap((one) => JSON.parse(one.data)),
    hello: () => until('hello', () => frames.some((one) => one.event === 'hello')),
    done,
    close: () => (giveUp.abort(), done),
  };
}

test('what comes in on one node is seen on the other, live', async () => {
  const hook = new Hook(nodes[0], await nodes[0].addChannel('webhook', 'forum'));
  const watchers = nodes.map((node) => listen(node));
  for (const watcher of watchers) await watcher.hello();
  const message = Hook.message();
  await until('the channel is known', async () => (await hook.send(message)).status === 202);
  for (const watcher of watchers)
    await until('it is seen', () => watcher.events().some((one) => one.kind === 'message.received' && one.data.native_id === message.external_id), { timeout: 5000 });

  const { items: [conversation] } = await apis[1].get('/api/v1/conversations');
  const began = performance.now();
  await apis[1].post(`/api/v1/conversations/${conversation.id}/assign`, { user_id: (await apis[1].get('/api/v1/session')).user.id });
  await until('the other node’s desk sees it taken', () => watchers[0].events().some((one) => one.kind === 'conversation.changed' && one.data.assignee_id), { timeout: 5000 });
  assert.ok(performance.now() - began < 2000);
  await until('both have seen the same', () => watchers[0].events().length === watchers[1].events().length, { timeout: 5000 });
  assert.deepEqual(watchers[0].events().map((one) => one.seq), watchers[1].events().map((one) => one.seq), 'in one order');
  for (const watcher of watchers) await watcher.close();
});

test('the same message pushed to both nodes at once is one', async () => {
  const channel = await nodes[0].addChannel('webhook', 'twice');
  const hooks = nodes.map((node) => new Hook(node, channel));
  for (const hook of hooks) await until('the channel is known', async () => (await hook.send(Hook.message())).status === 202);
  const messages = Array.from({ length: 40 }, () => Hook.message({ author: { id: 'same', name: '小麦' } }));
  const answers = await Promise.all(messages.flatMap((message) => hooks.map((hook) => hook.send(message))));
  assert.ok(answers.every((one) => one.status === 202), answers.find((one) => one.status !== 202)?.text);
  assert.equal(answers.filter((one) => one.text.includes('"duplicate":false')).length, messages.length);
  const [[count]] = await query(nodes[0], `SELECT count(*) FROM message WHERE channel_id = ${channel.id}`);
  assert.equal(Number(count), messages.length + hooks.length);
  const [[people]] = await query(nodes[0], "SELECT count(*) FROM identity WHERE native_id LIKE '%same'");
  assert.equal(people, '1');
});

test('two pollers, two senders: each post once, each reply once', async () => {
  const channel = await nodes[0].addChannel('weibo', 'weibo', weibo.settings());
  const posts = [];
  for (let i = 0; i < 6; i++) posts.push(await weibo.mention({ text: `@某品牌 退款还没到账 ${i}` }));
  const conversations = await until('they are polled', async () => {
    const items = await apis[1].all(`/api/v1/conversations?channel=${channel.id}`);
    return items.length >= posts.length && items;
  });
  assert.equal(conversations.length, posts.length);
  const texts = [];
  for (const [i, conversation] of conversations.entries()) {
    texts.push(`您好，已为您查到 ${i}`);
    await apis[i % 2].post(`/api/v1/conversations/${conversation.id}/reply`, { visibility: 'public', text: texts[i] });
  }
  await until('all are sent', async () => {
    const items = (await apis[0].all('/api/v1/outbox')).filter((one) => texts.includes(one.text));
    return items.length === texts.length && items.every((one) => one.delivery.state === 'sent');
  }, { timeout: 30000 });
  const effects = await weibo.effects();
  for (const text of texts) assert.equal(effects.get(text), 1, text);

  // Polled by one of them at a time: two pollers would ask twice as often as the interval of a second allows.
  const asked = async () => (await weibo.control('log')).items.filter((one) => one.endpoint === 'statuses/mentions').length;
  const before = await asked();
  await pause(5000);
  const rounds = await asked() - before;
  assert.ok(rounds >= 3 && rounds <= 6, `${rounds} polls in 5 s`);
});

test('a stream that broke goes on at the other node and over a restart: no gap, no repeat', async () => {
  const colleague = await apis[0].post('/api/v1/users', { login: 'an', name: 'An', role: 'agent', password: 'a long password' });
  const change = (api, n) => api.patch(`/api/v1/users/${colleague.id}`, { name: `An ${n}` });
  const first = listen(nodes[0]);
  await first.hello();
  const from = JSON.parse(first.frames[0].data).seq;
  for (let n = 0; n < 10; n++) await change(apis[n % 2], n);
  await until('they are seen', () => first.events().length >= 10);
  const id = first.events()[5].seq; // the line went dead after the sixth
  await nodes[0].stop();
  await first.done;
  for (let n = 10; n < 15; n++) await change(apis[1], n);

  const moved = listen(nodes[1], id);
  await nodes[0].start();
  const restarted = listen(nodes[0], id);
  for (let n = 15; n < 20; n++) await change(apis[n % 2], n);
  const logged = async () => (await query(nodes[1], `SELECT seq FROM event WHERE seq > ${id} ORDER BY seq`)).map(([seq]) => Number(seq));
  const expected = await logged();
  assert.ok(expected.length >= 10 && id > from);
  for (const watcher of [moved, restarted]) {
    await until('all of it is there', () => watcher.events().length >= expected.length);
    assert.deepEqual(watcher.events().map((one) => one.seq), expected);
    await watcher.close();
  }
});

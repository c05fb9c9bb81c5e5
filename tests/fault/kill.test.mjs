/* kill.test.mjs - kill -9 under load, with replies on their way out, again and again.
 *
 * Each round starts the server, pushes messages through the signed webhook, answers Weibo posts and private messages
 * through the API while the stand-in dawdles, and kills the process at a moment drawn at random. What was not
 * acknowledged is tried again in the next round with the same ids and keys, as a platform and a careful client would.
 * At the end: every acknowledged message is there once, every acknowledged answer took effect at most once on the
 * platform and its fate is known. */
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Hook } from '../lib/hook.mjs';
import { freshDatabase, query } from '../lib/postgres.mjs';
import { pause, until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';
import { WeiboStandin } from '../lib/weibo.mjs';

const ROUNDS = Number(process.env.HUIYIN_KILL_ROUNDS || 200);
const PUSHERS = 6;
const WRITERS = 2;
const CHANNELS = 4; // Weibo lets one through in a second: several accounts keep more of them in flight
const POSTS = 20;

class Load {
  constructor(api, hook, conversations) {
    Object.assign(this, { api, hook, conversations });
    this.number = 0;
    this.unacknowledged = { messages: [], replies: [] };
    this.messages = new Set(); // acknowledged external ids
    this.replies = new Map(); // text → id of the acknowledged answer
    this.refused = [];
  }

  async push() {
    const message = this.unacknowledged.messages.pop()
      ?? Hook.message({ external_id: `kill-${++this.number}`, author: { id: `author-${randomInt(50)}`, name: '小麦', followers: 3, verified: false } });
    this.unacknowledged.messages.push(message);
    const answer = await this.hook.send(message);
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
    this.unacknowledged.messages.splice(this.unacknowledged.messages.indexOf(message), 1);
    this.messages.add(message.external_id);
  }

  async reply() {
    const conversation = this.conversations[randomInt(this.conversations.length)];
    const act = this.unacknowledged.replies.pop()
      ?? { conversation, key: randomUUID(), body: { visibility: conversation.visibility, text: `答复 ${++this.number}：已经为您查到，今天之内到账。` } };
    this.unacknowledged.replies.push(act);
    const answer = await this.api.call('POST', `/api/v1/conversations/${act.conversation.id}/reply`, act.body, { 'idempotency-key': act.key });
    if (answer.status === 409 && answer.json.error.code === 'idempotency_key_busy') return;
    this.unacknowledged.replies.splice(this.unacknowledged.replies.indexOf(act), 1);
    if (answer.status === 201) {
      this.replies.set(act.body.text, answer.json.id);
      await pause(600); // people type, and the platform takes one a second of each account
    } else this.refused.push(`${answer.status} ${answer.text}`);
  }

  /** Runs until stop(); a broken connection ends a worker quietly, it is what the test is about. */
  run() {
    let on = true;
    const worker = async (act) => {
      while (on) {
        try {
          await act.call(this);
        } catch {
          if (on) await pause(5);
        }
      }
    };
    const workers = [...Array.from({ length: PUSHERS }, () => worker(this.push)), ...Array.from({ length: WRITERS }, () => worker(this.reply))];
    return async () => {
      on = false;
      await Promise.all(workers);
    };
  }
}

async function furnish(server, weibo) {
  await server.addUser('root', 'admin', 'a long password');
  const api = new Api(server, await server.addToken('root'));
  const hook = new Hook(server, await server.addChannel('webhook', 'forum'));
  const channels = [];
  for (let i = 0; i < CHANNELS; i++) channels.push(await server.addChannel('weibo', `weibo ${i}`, weibo.settings()));
  await until('the channel is known', async () => (await hook.send(Hook.message())).status < 300);
  for (let i = 0; i < POSTS; i++) await weibo.mention({ text: `@某品牌 退款还没到账 ${i}` });
  for (let i = 0; i < 8; i++)
    await until('the private channel is known', async () =>
      (await weibo.pushPrivate(`${server.url}/hooks/${channels[i % CHANNELS].id}`, { text: `在吗 ${i}` })).results[0].status === 200);
  const conversations = await until('the posts are polled', async () => {
    const lists = await Promise.all(channels.map((channel) => api.all(`/api/v1/conversations?channel=${channel.id}`)));
    return lists.every((list) => list.length >= POSTS + 8 / CHANNELS) && lists.flat();
  });
  const furnished = [];
  for (const { id } of conversations) {
    const [message] = (await api.get(`/api/v1/conversations/${id}/messages`)).items;
    furnished.push({ id, visibility: message.visibility });
  }
  return { api, hook, conversations: furnished };
}

async function assertNothingLostOrDoubled(server, weibo, load) {
  const counts = new Map((await query(server,
    "SELECT native_id, count(*) FROM message WHERE direction = 'in' GROUP BY channel_id, native_id")).map(([id, n]) => [id, Number(n)]));
  const lost = [...load.messages].filter((id) => !counts.has(id));
  const doubled = await query(server, 'SELECT channel_id, native_id, count(*) FROM message GROUP BY channel_id, native_id HAVING count(*) > 1');
  assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });

  const fates = new Map((await query(server,
    'SELECT m.text, o.state, o.error_class FROM outbox o JOIN message m ON m.id = o.id')).map(([text, state, why]) => [text, { state, why }]));
  const rows = await query(server, "SELECT count(*), count(DISTINCT text) FROM message WHERE direction = 'out'");
  assert.equal(rows[0][0], rows[0][1], 'an answer is there twice');
  const effects = await weibo.effects();
  const twice = [...effects].filter(([, count]) => count > 1);
  assert.deepEqual(twice, [], 'sent twice');
  const wrong = [];
  let unconfirmed = 0;
  for (const text of load.replies.keys()) {
    const fate = fates.get(text);
    if (!fate) wrong.push(`lost: ${text}`);
    else if (fate.state === 'sent' ? effects.get(text) !== 1 : !(fate.state === 'failed' && fate.why === 'unconfirmed')) wrong.push(`${text}: ${fate.state} ${fate.why}`);
    unconfirmed += fate?.state === 'failed';
  }
  assert.deepEqual(wrong, []);
  return { messages: load.messages.size, answers: load.replies.size, unconfirmed };
}

describe('both databases, at the same time', { concurrency: 2 }, () => {
  for (const kind of ['SQLite', 'PostgreSQL']) {
    test(`kill -9, ${ROUNDS} rounds on ${kind}: nothing lost, nothing doubled`, { timeout: 1800000 }, async (t) => {
      const weibo = await new WeiboStandin().start();
      t.after(() => weibo.stop());
      const server = await new Server({ database: kind === 'PostgreSQL' ? await freshDatabase() : undefined,
       env: { HUIYIN_LOG_LEVEL: 'error' } }).start();
      t.after(() => server.stop('SIGKILL'));
      const { api, hook, conversations } = await furnish(server, weibo);
      await weibo.fault('*', 'delay', { times: 1e9, delay_ms: 15 });
      const load = new Load(api, hook, conversations);
      for (let round = 0; round < ROUNDS; round++) {
        const finish = load.run();
        const [messages, replies] = [load.messages.size, load.replies.size];
        if (round % 4 !== 0) // every fourth one dies while it is still waking up
          await until('the load is under way', () => load.messages.size > messages && (round % 2 || load.replies.size > replies), { every: 2 });
        await pause(randomInt(0, 300));
        await server.stop('SIGKILL');
        await finish();
        await server.start();
      }
      assert.deepEqual(load.refused, []);
      assert.ok(load.messages.size > ROUNDS && load.replies.size > ROUNDS / 2, `too little was under way to prove anything: ${load.messages.size} messages, ${load.replies.size} answers`);
      await until('every answer has its fate', async () =>
        (await query(server, "SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'failed', 'cancelled')"))[0][0] === '0', { timeout: 240000, every: 500 });
      const found = await assertNothingLostOrDoubled(server, weibo, load);
      t.diagnostic(`${ROUNDS} kills: ${found.messages} messages and ${found.answers} answers acknowledged, 0 lost, 0 doubled, 0 sent twice, ` +
        `${found.unconfirmed} left to a person`);
    });
  }
});

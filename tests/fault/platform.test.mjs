/* platform.test.mjs - a platform that answers badly or not at all: every fate is clear, nothing is sent twice, and what
 * can recover does so by itself. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pause, until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';
import { WeiboStandin } from '../lib/weibo.mjs';

let server;
let api;
let weibo;
let channel;
before(async () => {
  weibo = await new WeiboStandin().start();
  server = await new Server().start();
  await server.addUser('root', 'admin', 'a long password');
  api = new Api(server, await server.addToken('root'));
  channel = await server.addChannel('weibo', 'weibo', weibo.settings());
});
after(async () => {
  await server?.stop();
  await weibo?.stop();
});

let number = 0;

/** A post that mentions us, as a conversation. */
async function conversation() {
  const text = `@某品牌 请问怎么退款 ${++number}`;
  const status = await weibo.mention({ text });
  const found = await until('the post is polled', async () =>
    (await api.get(`/api/v1/conversations?channel=${channel.id}&limit=50`)).items.find((item) => item.last_text.includes(text)), { timeout: 30000 });
  return { id: found.id, status: status.id };
}

const answerTo = (id, text, visibility = 'public') => api.post(`/api/v1/conversations/${id}/reply`, { visibility, text });
const fate = async (id) => (await api.all('/api/v1/outbox')).find((item) => item.id === id);
const settled = (id, ...states) => until(`the answer is ${states.join(' or ')}`, async () => {
  const item = await fate(id);
  return states.includes(item.delivery.state) && item;
}, { timeout: 90000 }); // a minute is waited when the platform limits us and does not say for how long
const effect = async (text) => (await weibo.effects()).get(text) ?? 0;

const RECOVERS = [
  ['answers 500 twice', 'status', { status: 500, times: 2 }],
  ['answers 429', 'status', { status: 429, times: 1 }],
  ['says the system is busy, with the code as a string', 'error', { error_code: 10009, code_as: 'string', times: 2 }],
  ['says nothing and hangs up', 'drop', { times: 1 }],
  ['takes the comment, then hangs up', 'effect_then_drop', { times: 1 }],
  ['takes the comment, then answers 500', 'effect_then_status', { status: 500, times: 1 }],
  ['takes the comment, then gives half a body', 'half', { times: 1 }],
  ['answers 200 with a page of HTML', 'garbage', { times: 1 }],
  ['answers 200 with nothing', 'empty', { times: 1 }],
];
describe('the platform', () => {
  for (const [what, kind, more] of RECOVERS) {
    test(what, async () => {
      const { id } = await conversation();
      const text = `答复：${what} ${++number}`;
      await weibo.fault('comments/create', kind, more);
      const { id: message } = await answerTo(id, text);
      await settled(message, 'sent');
      assert.equal(await effect(text), 1);
    });
  }

  test('never answers: the fate is looked up before anything is sent again', async () => {
    const { id } = await conversation();
    const text = `答复：石沉大海 ${++number}`;
    await weibo.fault('comments/create', 'stall', { times: 1 });
    const { id: message } = await answerTo(id, text);
    await settled(message, 'ambiguous', 'sent');
    await settled(message, 'sent');
    assert.equal(await effect(text), 1);
  });

  const REFUSES = [
    [20101, 'target_gone'], [20021, 'content_rejected'], [21327, 'auth_expired'], [20206, 'recipient_blocked'], [10014, 'permission'],
  ];
  for (const [code, expected] of REFUSES) {
    test(`refuses with ${code}: ${expected}, in words, and a person can send it again`, async () => {
      const { id } = await conversation();
      const text = `答复：${code} ${++number}`;
      await weibo.fault('comments/create', 'error', { error_code: code, times: 1 });
      const { id: message } = await answerTo(id, text);
      const item = await settled(message, 'failed');
      assert.equal(item.delivery.error_class, expected);
      assert.equal(item.delivery.error_code, String(code));
      assert.ok(item.delivery.text.length > 5);
      assert.equal(await effect(text), 0);
      await api.post(`/api/v1/outbox/${message}/resend`);
      await settled(message, 'sent');
      assert.equal(await effect(text), 1);
    });
  }

  test('says that it has this text already (20019): looked for, and when it is not there left to a person', async () => {
    const { id } = await conversation();
    const text = `答复：重复内容 ${++number}`;
    await weibo.fault('comments/create', 'error', { error_code: 20019, times: 1 });
    const { id: message } = await answerTo(id, text);
    await settled(message, 'ambiguous', 'failed');
    const item = await settled(message, 'failed');
    assert.equal(item.delivery.error_class, 'repeated_content');
    assert.equal(await effect(text), 0);
  });

  test('a post that was published but shows later (20032) is not sent again', async () => {
    const { id } = await conversation();
    const text = `答复：稍后可见 ${++number}`;
    await weibo.fault('comments/create', 'error', { error_code: 20032, times: 1 });
    const { id: message } = await answerTo(id, text);
    await settled(message, 'sent');
    await pause(1500);
    assert.equal(await effect(text), 0);
  });

  test('is not there at all: kept, tried again, sent when it is back', async () => {
    const { id } = await conversation();
    const text = `答复：平台停机 ${++number}`;
    await api.patch(`/api/v1/channels/${channel.id}`, { settings: { api_url: 'http://127.0.0.1:1' } });
    await pause(1000);
    const { id: message } = await answerTo(id, text);
    const item = await settled(message, 'retry');
    assert.equal(item.delivery.error_class, 'transient');
    await api.patch(`/api/v1/channels/${channel.id}`, { settings: { api_url: weibo.url } });
    await settled(message, 'sent');
    assert.equal(await effect(text), 1);
  });

  test('mentions pushed and polled are one message', async () => {
    const text = `@某品牌 推送和轮询 ${++number}`;
    const status = await weibo.mention({ text });
    const { results } = await weibo.pushPrivate(`${server.url}/hooks/${channel.id}`,
      { type: 'mention', text, data: { subtype: 'status', key: status.id }, times: 3, author: { id: status.author } });
    for (const result of results) assert.equal(result.status, 200);
    await until('the post is there', async () => (await api.get(`/api/v1/search?q=${encodeURIComponent(text)}`)).items.length > 0);
    await pause(4000); // several rounds of polling
    const found = (await api.all(`/api/v1/conversations?channel=${channel.id}`)).filter((item) => item.last_text.includes(text));
    assert.equal(found.length, 1);
    assert.equal(found[0].inbound_count, 1);
  });
});

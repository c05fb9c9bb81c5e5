/* webhook.test.mjs - the signed webhook in both directions; npm's standardwebhooks signs for us and verifies us. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Hook } from '../lib/hook.mjs';
import { query } from '../lib/postgres.mjs';
import { start, stop, until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };

class Receiver {
  async start() {
    const started = await start(process.execPath, ['tests/standin/webhook_receiver.mjs', '--port', '0'], /ready (http:\/\/\S+)/);
    this.child = started.child;
    this.url = started.match[1];
    return this;
  }

  async control(name, order) {
    const answer = await fetch(`${this.url}/_control/${name}`, order && { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(order) });
    assert.equal(answer.status, 200);
    return answer.json();
  }

  received() {
    return this.control('received');
  }

  stop() {
    return stop(this.child);
  }
}

let server;
let api;
let hook;
let receiver;
before(async () => {
  receiver = await new Receiver().start();
  server = await new Server({ env: { HUIYIN_OUTBOUND_ALLOW: 'loopback' } }).start(); // deliveries to a receiver here
  await server.addUser('root', 'admin', 'a long password');
  api = new Api(server, await server.addToken('root'));
  hook = new Hook(server, await server.addChannel('webhook', 'forum'));
});
after(async () => {
  await server?.stop();
  await receiver?.stop();
});

const rows = async (externalId) => Number((await query(server, `SELECT count(*) FROM message WHERE native_id = '${externalId}'`))[0][0]);

describe('in', () => {
  test('taken once, whatever its webhook-id, and said to be a duplicate', async () => {
    const message = Hook.message();
    const first = hook.signed(message);
    assert.deepEqual(await hook.post(first.body, first.headers), { status: 202, text: '{"accepted":true,"duplicate":false}' });
    assert.deepEqual(await hook.post(first.body, first.headers), { status: 202, text: '{"accepted":true,"duplicate":true}' });
    assert.deepEqual(await hook.send(message), { status: 202, text: '{"accepted":true,"duplicate":true}' });
    assert.equal(await rows(message.external_id), 1);
  });

  test('the same message at the same time, many times: once', async () => {
    const message = Hook.message();
    const answers = await Promise.all(Array.from({ length: 16 }, () => hook.send(message)));
    assert.ok(answers.every((one) => one.status === 202));
    assert.equal(answers.filter((one) => one.text.includes('"duplicate":false')).length, 1);
    assert.equal(await rows(message.external_id), 1);
  });

  const FORGED = [
    ['another secret', (signed) => ({ 'webhook-signature': new Webhook(`whsec_${Buffer.from(randomUUID()).toString('base64')}`).sign(signed.headers['webhook-id'], new Date(), signed.body) }), 'webhook-signature'],
    ['no signature', () => ({ 'webhook-signature': undefined }), 'webhook-signature'],
    ['an empty signature', () => ({ 'webhook-signature': 'v1,' }), 'webhook-signature'],
    ['a version we do not know', (signed) => ({ 'webhook-signature': signed.headers['webhook-signature'].replace('v1,', 'v9,') }), 'webhook-signature'],
    ['no id', () => ({ 'webhook-id': undefined }), 'webhook-id'],
    ['another id', () => ({ 'webhook-id': 'msg_other' }), 'webhook-signature'],
    ['no time', () => ({ 'webhook-timestamp': undefined }), 'webhook-timestamp'],
    ['a time that is no number', () => ({ 'webhook-timestamp': 'noon' }), 'webhook-timestamp'],
  ];
  for (const [what, change, field] of FORGED) {
    test(`401: ${what}`, async () => {
      const message = Hook.message();
      const signed = hook.signed(message);
      const headers = Object.fromEntries(Object.entries({ ...signed.headers, ...change(signed) }).filter(([, value]) => value !== undefined));
      const answer = await hook.post(signed.body, headers);
      assert.equal(answer.status, 401, answer.text);
      assert.equal(JSON.parse(answer.text).error.field, field);
      assert.equal(await rows(message.external_id), 0);
    });
  }

  test('401: too old, too new; a body that was changed', async () => {
    for (const off of [-301000, 302000]) {
      const signed = hook.signed(Hook.message(), 'mention.created', `msg_${randomUUID()}`, new Date(Date.now() + off));
      const answer = await hook.post(signed.body, signed.headers);
      assert.equal(answer.status, 401);
      assert.equal(JSON.parse(answer.text).error.field, 'webhook-timestamp');
    }
    const signed = hook.signed(Hook.message());
    assert.equal((await hook.post(signed.body.replace('小麦', '小米'), signed.headers)).status, 401);
  });

  test('several signatures: one that fits is enough', async () => {
    const signed = hook.signed(Hook.message());
    const list = `v1,AAAA v1a,BBBB ${signed.headers['webhook-signature']}`;
    assert.equal((await hook.post(signed.body, { ...signed.headers, 'webhook-signature': list })).status, 202);
  });

  const BAD = [
    ['text', { text: undefined }, 'data.text'],
    ['text of another type', { text: 5 }, 'data.text'],
    ['external_id', { external_id: '' }, 'data.external_id'],
    ['author', { author: undefined }, 'data.author'],
    ['author.id', { author: { name: 'x' } }, 'data.author.id'],
    ['followers', { author: { id: 'x', followers: 'many' } }, 'data.author.followers'],
    ['visibility', { visibility: 'secret' }, 'data.visibility'],
    ['created_at', { created_at: 'yesterday' }, 'data.created_at'],
    ['media', { media: 'x.jpg' }, 'data.media'],
  ];
  for (const [what, fields, field] of BAD) {
    test(`400 names ${what}`, async () => {
      const answer = await hook.send(Hook.message(fields));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(JSON.parse(answer.text).error.field, field);
    });
  }

  test('400: no JSON, no object, cut off', async () => {
    for (const body of ['', 'hello', '[]', '{"type":"mention.created","data":{', '{"type":"mention.created","data":null}']) {
      const id = `msg_${randomUUID()}`;
      const headers = { ...JSON_TYPE, 'webhook-id': id, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)), 'webhook-signature': hook.signer.sign(id, new Date(), body) };
      const answer = await hook.post(body, headers);
      assert.equal(answer.status, 400, `${body}: ${answer.text}`);
      assert.ok(JSON.parse(answer.text).error.message.length > 5);
    }
  });

  test('413 beyond a mebibyte; just below it is taken and cut with a mark', async () => {
    assert.equal((await hook.send(Hook.message({ text: 'x'.repeat(1 << 20) }))).status, 413);
    const message = Hook.message({ text: '长'.repeat(330000) });
    assert.equal((await hook.send(message)).status, 202);
    const [[length]] = await query(server, `SELECT length(text) FROM message WHERE native_id = '${message.external_id}'`);
    assert.ok(Number(length) < 22000, length);
  });

  test('404 on a channel that is not there', async () => {
    const signed = hook.signed(Hook.message());
    const nowhere = new Hook(server, { id: '12345', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
    assert.equal((await nowhere.post(signed.body, signed.headers)).status, 404);
  });
});

describe('replies out', () => {
  test('signed, verified, once, also when the first answer was lost', async () => {
    const channel = await server.addChannel('webhook', 'bridge', { reply_url: `${receiver.url}/bridge` });
    await receiver.control('reset', {});
    await receiver.control('secret', { secret: channel.secret });
    const bridge = new Hook(server, channel);
    const message = Hook.message({ external_id: 'xhs-77', thread_id: 'xhs-70' });
    await until('the channel is known', async () => (await bridge.send(message)).status === 202);
    const { items: [conversation] } = await api.get(`/api/v1/conversations?channel=${channel.id}`);
    await receiver.control('fault', { kind: 'take_then_drop' });
    const reply = await api.post(`/api/v1/conversations/${conversation.id}/reply`, { visibility: 'public', text: '抱歉，马上处理' });
    await until('the reply is out', async () => (await api.all('/api/v1/outbox')).find((one) => one.id === reply.id).delivery.state === 'sent', { timeout: 30000 });
    const { items, ids } = await receiver.received();
    assert.deepEqual(Object.values(ids), [2], 'two tries under one id: the bridge drops the second');
    for (const item of items) {
      assert.ok(item.verified, item.error);
      assert.equal(item.type, 'reply.created');
      assert.equal(item.data.text, '抱歉，马上处理');
      assert.equal(item.data.in_reply_to, 'xhs-77');
      assert.equal(item.data.visibility, 'public');
    }
  });
});

describe('events out', () => {
  let out;
  const delivered = async (count) => until(`${count} deliveries are taken`, async () => {
    const { items } = await receiver.received();
    return items.filter((one) => one.taken).length >= count && items;
  }, { timeout: 30000 });

  before(async () => {
    await receiver.control('reset', {});
    out = await api.post('/api/v1/hooks', { url: `${receiver.url}/events`, kinds: ['message.received', 'conversation.created'] });
    await receiver.control('secret', { secret: out.secret });
  });

  test('only the kinds asked for, signed, each once', async () => {
    const message = Hook.message();
    await hook.send(message);
    await api.post('/api/v1/tokens', { name: 'not asked for', scopes: ['self'] });
    const items = await delivered(2);
    assert.deepEqual(items.map((one) => one.type).sort(), ['conversation.created', 'message.received']);
    assert.ok(items.every((one) => one.verified));
    const ids = new Set(items.map((one) => one.id));
    assert.equal(ids.size, 2);
    await until('the log says so', async () => {
      const log = (await api.get(`/api/v1/hooks/${out.id}/deliveries`)).items;
      return log.length === 2 && log.every((one) => one.state === 'sent' && one.status === 204 && one.attempts === 1);
    });
  });

  test('500, a lost answer, Retry-After: again under the same id', async () => {
    await receiver.control('reset', {});
    await receiver.control('fault', { kind: 'status', status: 429, retry_after: 1 });
    await receiver.control('fault', { kind: 'take_then_drop' });
    await hook.send(Hook.message({ author: { id: 'somebody known', name: '小麦' } }));
    const items = await until('both were taken after all', async () => {
      const log = (await api.get(`/api/v1/hooks/${out.id}/deliveries`)).items;
      return log.length === 4 && log.every((one) => one.state === 'sent') && (await receiver.received()).items;
    }, { timeout: 40000 });
    assert.equal(new Set(items.map((one) => one.id)).size, 2);
    assert.equal(items.length, 4);
  });

  test('a redirect is not followed; sent again by hand', async () => {
    await receiver.control('reset', {});
    await receiver.control('fault', { kind: 'redirect', times: 2 });
    const before = (await api.get(`/api/v1/hooks/${out.id}/deliveries`)).items.map((one) => one.id);
    await hook.send(Hook.message({ author: { id: 'somebody else', name: '小米' } }));
    const waiting = await until('the redirects were failures', async () => {
      const log = (await api.get(`/api/v1/hooks/${out.id}/deliveries`)).items.filter((one) => !before.includes(one.id));
      return log.length === 2 && log.every((one) => one.state === 'waiting' && one.status === 302) && log;
    });
    for (const one of waiting) await api.post(`/api/v1/deliveries/${one.id}/resend`);
    await delivered(2);
    const { items } = await receiver.received();
    assert.equal(items.length, 4);
  });

  test('410 switches it off, with the reason', async () => {
    await receiver.control('reset', {});
    await receiver.control('fault', { kind: 'status', status: 410, times: 2 });
    await hook.send(Hook.message());
    const off = await until('it is off', async () => {
      const one = (await api.get('/api/v1/hooks')).items.find((item) => item.id === out.id);
      return !one.enabled && one;
    });
    assert.ok(off.disabled_reason.length > 0);
  });
});

/* standin.test.mjs - the stand-ins behave as their platforms. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const programs = [];

function start(name, ...args) {
  return new Promise((ready, failed) => {
    const path = fileURLToPath(new URL(`../standin/${name}`, import.meta.url));
    const program = spawn(process.execPath, [path, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    programs.push(program);
    program.once('error', failed);
    program.stdout.once('data', (line) => ready(/^ready (\S+)/.exec(line.toString())[1]));
  });
}

let weibo, receiver, hook, hookUrl;
let pushed = [];
let hookAnswers = [];

before(async () => {
  weibo = await start('weibo.mjs');
  receiver = await start('webhook_receiver.mjs', '--secret', SECRET);
  hook = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const query = new URL(request.url, 'http://hook').searchParams;
    pushed.push({ method: request.method, query, body });
    response.writeHead(hookAnswers.shift() ?? 200);
    response.end(request.method === 'GET' ? query.get('echostr') : '');
  });
  await new Promise((listening) => hook.listen(0, '127.0.0.1', listening));
  hookUrl = `http://127.0.0.1:${hook.address().port}/hooks/1`;
});

after(() => {
  hook.close();
  for (const program of programs) program.kill();
});

async function control(name, order, base = weibo) {
  const response = await fetch(`${base}/_control/${name}`, order && { method: 'POST', body: JSON.stringify(order) });
  const json = await response.json();
  assert.equal(response.status, 200, JSON.stringify(json));
  return json;
}

beforeEach(async () => {
  pushed = [];
  hookAnswers = [];
  await control('reset', {});
  await control('reset', {}, receiver);
});

async function call(path, form, token = 'standin-token') {
  const response = await fetch(`${weibo}${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { authorization: `OAuth2 ${token}`, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
    body: form && new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  return { status: response.status, text, json: text ? JSON.parse(text) : null };
}

const reply = (more) => ({ comment: '马上处理', rip: '211.156.0.1', ...more });

test('tokens are checked', async () => {
  assert.equal((await call('/oauth2/get_token_info', { access_token: 'standin-token' })).json.uid, 1900000001);
  assert.equal((await call('/2/statuses/mentions.json', null, 'wrong')).json.error_code, 21332);
  await control('account', { token_expires_s: 0 });
  assert.equal((await call('/2/statuses/mentions.json')).json.error_code, 21327);
});

test('lists page by since_id and max_id, ids beyond 2^53 exact', async () => {
  for (const id of ['9007199254740993', '9007199254740995', '9007199254740997']) await control('post', { id, author: 7, text: `t${id}` });
  const all = await call('/2/statuses/mentions.json?count=2');
  assert.match(all.text, /"id":9007199254740997,/);
  assert.deepEqual(all.json.statuses.map((s) => s.idstr), ['9007199254740997', '9007199254740995']);
  const older = await call('/2/statuses/mentions.json?since_id=9007199254740993&max_id=9007199254740996');
  assert.deepEqual(older.json.statuses.map((s) => s.idstr), ['9007199254740995']);
});

test('comments: reply, gone cid, repeated text, length', async () => {
  const status = await control('post', { author: 1900000001, text: '公告', mention: false });
  const comment = await control('comment', { author: 7, text: '没到账 <b>', status: status.id });
  const listed = await call('/2/comments/to_me.json');
  assert.equal(listed.json.comments[0].text, '没到账 &lt;b&gt;');
  const made = await call('/2/comments/reply.json', reply({ cid: comment.id, id: status.id }));
  assert.equal(made.json.reply_comment.idstr, comment.id);
  assert.equal(made.json.text, '回复@用户7:马上处理');
  assert.equal((await call('/2/comments/reply.json', reply({ cid: comment.id, id: status.id }))).json.error_code, 20019);
  await control('delete', { comment: comment.id });
  const plain = await call('/2/comments/reply.json', reply({ cid: comment.id, id: status.id, comment: '在吗' }));
  assert.equal(plain.json.reply_comment, undefined);
  assert.equal((await call('/2/comments/create.json', reply({ id: status.id, comment: '在吗' }))).json.error_code, 20019);
  assert.equal((await call('/2/comments/create.json', reply({ id: status.id, comment: '长'.repeat(141) }))).json.error_code, 20012);
  assert.equal((await call('/2/comments/create.json', { id: status.id, comment: 'x' })).json.error_code, 10016);
  assert.equal((await call('/2/comments/by_me.json')).json.comments.length, 2);
});

test('private messages: window, one answer to a mention, data encoded once', async () => {
  const send = () => call('/2/messages/reply.json', { access_token: 'standin-token', type: 'text', data: '{"text":"您好"}', receiver_id: '7' });
  assert.equal((await send()).json.error_code, 20206);
  await control('push', { hook: hookUrl, sender: 7, type: 'mention', text: '@回音', data: { subtype: 'status', key: '5' }, wait: true });
  assert.equal((await send()).json.result, true);
  assert.equal((await send()).json.error_code, 20207);
  await control('push', { hook: hookUrl, sender: 7, text: '在吗', wait: true });
  assert.equal((await send()).json.result, true);
  await control('clock', { offset_ms: 48 * 3600 * 1000 + 1000 });
  assert.equal((await send()).json.error_code, 20206);
  await control('clock', { offset_ms: 0 });
  const twice = encodeURIComponent('{"text":"您好"}');
  assert.equal((await call('/2/messages/reply.json', { data: twice, receiver_id: '7' })).json.error_code, 10017);
  assert.equal((await control('sent')).messages.length, 2);
});

test('pushes are signed, repeated until 200, and the address is checked', async () => {
  hookAnswers = [500, 503, 200];
  const { results } = await control('push', { hook: hookUrl, sender: 7, text: '坏了', every_ms: 10, wait: true });
  assert.equal(results[0].status, 200);
  assert.equal(pushed.length, 3);
  const { query, body } = pushed[0];
  const joined = ['xyz123xyz', query.get('timestamp'), query.get('nonce')].sort().join('');
  assert.equal(query.get('signature'), createHash('sha1').update(joined).digest('hex'));
  assert.match(body, /"sender_id":7,"created_at":"\w{3} \w{3} \d\d \d\d:\d\d:\d\d \+0800 \d{4}"/);
  assert.equal((await control('check', { hook: hookUrl })).passed, true);
});

test('faults: refused, stalled, half, dropped with and without effect', async () => {
  const status = await control('post', { author: 7, text: 'x' });
  const create = (comment) => call('/2/comments/create.json', reply({ id: status.id, comment }));
  const fault = (more) => control('fault', { endpoint: 'comments/create', ...more });
  await fault({ kind: 'status', status: 500 });
  assert.equal((await create('a')).status, 500);
  await fault({ kind: 'error200', error_code: 10022, code_as: 'string' });
  const limited = await create('a');
  assert.deepEqual([limited.status, limited.json.error_code], [200, '10022']);
  await fault({ kind: 'half' });
  await assert.rejects(create('b'));
  await fault({ kind: 'effect_then_drop' });
  await assert.rejects(create('c'));
  await fault({ kind: 'drop' });
  await assert.rejects(create('d'));
  await fault({ kind: 'stall' });
  await assert.rejects(fetch(`${weibo}/2/comments/create.json`, { method: 'POST', body: '', signal: AbortSignal.timeout(200) }));
  assert.deepEqual((await control('sent')).comments.map((c) => c.text), ['b', 'c']);
  await control('rate', { endpoint: 'comments/by_me', limit: 1 });
  assert.equal((await call('/2/comments/by_me.json')).status, 200);
  assert.equal((await call('/2/comments/by_me.json')).json.error_code, 10023);
});

test('the webhook receiver checks with standardwebhooks and counts tries', async () => {
  const body = '{"type":"reply.created","data":{"text":"好"}}';
  const at = new Date();
  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': new Webhook(SECRET).sign('msg_1', at, body) };
  const post = (more) => fetch(receiver, { method: 'POST', body, headers: { ...headers, ...more } });
  assert.equal((await post()).status, 204);
  assert.equal((await post({ 'webhook-signature': 'v1,AAAA' })).status, 401);
  await control('fault', { kind: 'status', status: 429, retry_after: 2 }, receiver);
  assert.equal((await post()).headers.get('retry-after'), '2');
  await control('fault', { kind: 'take_then_drop' }, receiver);
  await assert.rejects(post());
  const received = await control('received', undefined, receiver);
  assert.deepEqual([received.ids.msg_1, received.taken.msg_1], [4, 2]);
});

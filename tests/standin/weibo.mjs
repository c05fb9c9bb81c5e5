#!/usr/bin/env node
/* weibo.mjs - a stand-in for Weibo, for tests on loopback.
 *
 *   node tests/standin/weibo.mjs --port 0        prints: ready http://127.0.0.1:PORT
 *
 * It is a program of its own, with node's own modules only, so that a mistake in Huiyin's C cannot hide in a shared
 * one: it signs pushes with node:crypto, checks tokens, keeps windows, lengths, rates and error codes as the platform
 * documents them, and fails on demand. The platform's paths are where the platform has them (open, commercial and
 * fan-service hosts are one port here). Tests steer it under /_control, all bodies and answers JSON:
 *
 *   POST /_control/account   {uid?, app_secret?, token?, token_expires_s?}       change our account
 *   POST /_control/person    {id, screen_name?, followers_count?, verified?, verified_type?, comments_from?}
 *                            comments_from: all | followed | trusted
 *   POST /_control/post      {author, text, id?, mention?=true, retweeted?, deleted?}      → the status
 *   POST /_control/comment   {author, text, status, id?, reply_to?, mention?, deleted?}    → the comment
 *   POST /_control/delete    {status} or {comment}
 *   POST /_control/push      {hook, sender, type?="text", text?, data?, created_at?, tries?=3, every_ms?=5000, wait?=false,
 *                             signature?, timestamp?, times?=1}                  signed, repeated until answered 200
 *   POST /_control/check     {hook}                                             the platform's address check (echostr)
 *   POST /_control/fault     {endpoint, kind, times?=1, status?, error_code?, code_as?="number", delay_ms?}
 *                            kind: status | error | error200 | stall | half | empty | drop | effect_then_drop |
 *                                  effect_then_status | refuse_connection | delay | garbage
 *                            endpoint: "comments/reply" and so on, or "*"
 *   POST /_control/rate      {endpoint, limit}                                  calls an hour, then 10023
 *   POST /_control/clock     {offset_ms}                                        moves the stand-in's clock (windows)
 *   POST /_control/reset     {}                                                 forgets everything
 *   GET  /_control/log       every call to the platform: {endpoint, fields, status, effect, at_ms}
 *   GET  /_control/sent      what took effect: {comments:[…], messages:[…]}; count these for "never sent twice"
 *   GET  /_control/pushes    every try of every push: {sender, type, try, status, body, ms}
 */
import { createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createHash, randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const HOUR_MS = 3600 * 1000;
const WINDOW_MS = 48 * HOUR_MS;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    secret: { type: 'string', default: 'xyz123xyz' },
    token: { type: 'string', default: 'standin-token' },
    uid: { type: 'string', default: '1900000001' },
  },
});

let world;

function reset() {
  world = {
    account: { uid: options.uid, app_secret: options.secret, token: options.token, expires_ms: Date.now() + 30 * 24 * HOUR_MS },
    clock_offset_ms: 0,
    next_id: 5090000000000001n,
    people: new Map(),
    statuses: [], // { id, author, text, created_ms, mention, retweeted, deleted }
    comments: [], // { id, author, text, status, reply_to, created_ms, mention, deleted }
    messages: [], // ours to them: { receiver, type, data, created_ms }
    windows: new Map(), // uid → { until_ms, left }: what may still be sent to them
    faults: [],
    rates: new Map(), // endpoint → { limit, hour, used }
    log: [],
    pushes: [],
  };
  person(world.account.uid, { screen_name: '回音官方', followers_count: 88000, verified: true, verified_type: 2 });
}

const now = () => Date.now() + world.clock_offset_ms;
const newId = () => String((world.next_id += BigInt(randomInt(1, 1000))));

function person(id, more = {}) {
  const key = String(id);
  const known = world.people.get(key) ?? {
    id: key, screen_name: `用户${key}`, followers_count: 100, verified: false, verified_type: -1, comments_from: 'all',
  };
  world.people.set(key, { ...known, ...more, id: key });
  return world.people.get(key);
}

/* ---- as the platform writes it ---- */

/* "Tue May 31 17:46:55 +0800 2011" */
function weiboTime(ms) {
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const at = new Date(ms + 8 * HOUR_MS);
  const two = (n) => String(n).padStart(2, '0');
  return `${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${two(at.getUTCDate())} ${two(at.getUTCHours())}:` +
    `${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0800 ${at.getUTCFullYear()}`;
}

/* 64-bit ids are written as bare numbers, which JSON.stringify cannot: marked here, unquoted by toJson. */
const number = (id) => `\u0001${id}\u0001`;
const toJson = (value) => JSON.stringify(value).replace(/"\\u0001(-?\d+)\\u0001"/g, '$1');

function userJson(id) {
  const { comments_from, ...user } = person(id);
  return { ...user, id: number(user.id), idstr: user.id, avatar_large: `https://tva1.sinaimg.cn/${user.id}.jpg` };
}

function statusJson(status, deep = true) {
  const json = {
    created_at: weiboTime(status.created_ms), id: number(status.id), idstr: status.id, mid: status.id, text: status.text,
    source: '<a href="http://app.weibo.com">微博</a>', reposts_count: 0, attitudes_count: 0,
    comments_count: world.comments.filter((c) => c.status === status.id && !c.deleted).length,
    visible: { type: 0, list_id: 0 }, user: userJson(status.author),
  };
  const original = deep && status.retweeted && world.statuses.find((s) => s.id === status.retweeted && !s.deleted);
  if (original) json.retweeted_status = statusJson(original, false);
  return json;
}

/* The platform escapes <>& and shortens addresses. */
const shown = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  .replace(/https?:\/\/[\x21-\x7e]+/g, (url) => `http://t.cn/${createHash('md5').update(url).digest('hex').slice(0, 7)}`);

function commentJson(comment) {
  const status = world.statuses.find((s) => s.id === comment.status);
  const answered = world.comments.find((c) => c.id === comment.reply_to && !c.deleted);
  const json = {
    created_at: weiboTime(comment.created_ms), id: number(comment.id), idstr: comment.id, mid: comment.id, text: shown(comment.text),
    source: '<a>微博</a>', user: userJson(comment.author), status: status ? statusJson(status, false) : { id: number(comment.status) },
  };
  if (answered) json.reply_comment = { id: number(answered.id), idstr: answered.id, text: shown(answered.text), user: userJson(answered.author) };
  return json;
}

class Refusal extends Error {
  constructor(code, message, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/* Length as the platform documents it: bytes of GBK, halved, rounded up. */
const gbkLength = (text) => Math.ceil([...text].reduce((sum, c) => sum + (c.codePointAt(0) < 0x80 ? 1 : c.codePointAt(0) < 0x10000 ? 2 : 4), 0) / 2);

/* ---- endpoints ---- */

function requireToken(call) {
  const header = /^OAuth2 (.+)$/.exec(call.headers.authorization ?? '');
  const token = header?.[1] ?? call.fields.get('access_token');
  if (!token) throw new Refusal(10006, 'source paramter(appkey) is missing', 403);
  if (token !== world.account.token) throw new Refusal(21332, 'invalid_access_token', 403);
  if (now() >= world.account.expires_ms) throw new Refusal(21327, 'expired_token', 403);
}

function need(call, key) {
  const value = call.fields.get(key);
  if (value === null || value === '') throw new Refusal(10016, `miss required parameter (${key})`);
  return value;
}

function page(call, items, key, json) {
  const count = Math.min(Number(call.fields.get('count') ?? 50), 200);
  const since = BigInt(call.fields.get('since_id') ?? 0);
  const max = BigInt(call.fields.get('max_id') ?? 0);
  const fitting = items.filter((i) => !i.deleted && BigInt(i.id) > since && (max === 0n || BigInt(i.id) <= max))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  return { [key]: fitting.slice(0, count).map(json), previous_cursor: 0, next_cursor: 0, total_number: fitting.length };
}

const ours = () => world.account.uid;

function addComment(call, replyTo) {
  const status = world.statuses.find((s) => s.id === need(call, 'id'));
  const text = need(call, 'comment');
  if (!/^[0-9a-fA-F.:]+$/.test(need(call, 'rip'))) throw new Refusal(10017, 'parameter (rip) value invalid');
  if (gbkLength(text) > 140) throw new Refusal(20012, 'text too long, please input text less than 140 characters!');
  if (!status || status.deleted) throw new Refusal(20101, 'target weibo does not exist!');
  const wanted = person((replyTo ?? status).author).comments_from;
  if (wanted !== 'all') throw new Refusal(wanted === 'followed' ? 20206 : 20207, 'by the user settings, you can not comment');
  const last = world.comments.filter((c) => c.author === ours()).at(-1);
  if (last && last.plain === text) throw new Refusal(20019, 'repeat content!');
  const prefix = replyTo && call.fields.get('without_mention') !== '1' ? `回复@${person(replyTo.author).screen_name}:` : '';
  const comment = { id: newId(), author: ours(), text: prefix + text, plain: text, status: status.id, reply_to: replyTo?.id, created_ms: now() };
  world.comments.push(comment);
  return commentJson(comment);
}

function sendMessage(call) {
  const receiver = need(call, 'receiver_id');
  const type = call.fields.get('type') ?? 'text';
  let data;
  try {
    data = JSON.parse(need(call, 'data'));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(10017, 'parameter (data) value invalid: encode the JSON once');
  }
  if (type === 'text' && typeof data.text !== 'string') throw new Refusal(10017, 'parameter (data) value invalid');
  if (type === 'text' && gbkLength(data.text) > 300) throw new Refusal(20013, 'text too long, please input text less than 300 characters!');
  const window = world.windows.get(receiver);
  if (!window || now() > window.until_ms) throw new Refusal(20206, 'the user did not write within 48 hours');
  if (window.left <= 0) throw new Refusal(20207, 'a mention may be answered once');
  window.left -= 1;
  world.messages.push({ receiver, type, data, created_ms: now() });
  return { result: true, sender_id: number(ours()), receiver_id: number(receiver), type, data: '' };
}

const live = (list) => list.filter((item) => !item.deleted);

const ENDPOINTS = {
  'oauth2/get_token_info': () => ({
    uid: number(ours()), appkey: '1234567890', scope: 'all', create_at: Math.floor(now() / 1000) - 3600,
    expire_in: Math.floor((world.account.expires_ms - now()) / 1000),
  }),
  'statuses/mentions': (call) => page(call, world.statuses.filter((s) => s.mention && s.author !== ours()), 'statuses', (s) => statusJson(s)),
  'comments/mentions': (call) => page(call, world.comments.filter((c) => c.mention && c.author !== ours()), 'comments', commentJson),
  'comments/to_me': (call) => page(call, world.comments.filter((c) => c.author !== ours() && (
    live(world.statuses).some((s) => s.id === c.status && s.author === ours()) ||
    world.comments.some((o) => o.id === c.reply_to && o.author === ours()))), 'comments', commentJson),
  'comments/by_me': (call) => page(call, world.comments.filter((c) => c.author === ours()), 'comments', commentJson),
  'comments/create': (call) => addComment(call, null),
  /* A cid that is gone beside a good id quietly makes a plain comment, as the old interface does. */
  'comments/reply': (call) => {
    const cid = need(call, 'cid');
    return addComment(call, world.comments.find((c) => c.id === cid && c.status === call.fields.get('id') && !c.deleted) ?? null);
  },
  'messages/reply': sendMessage,
};
const POSTED = new Set(['oauth2/get_token_info', 'comments/create', 'comments/reply', 'messages/reply']);

function endpointOf(path) {
  if (path === '/oauth2/get_token_info') return 'oauth2/get_token_info';
  const found = /^\/2\/([a-z_]+\/[a-z_]+)(?:\/biz)?\.json$/.exec(path);
  return found && ENDPOINTS[found[1]] ? found[1] : null;
}

function checkRate(endpoint) {
  const rate = world.rates.get(endpoint);
  if (!rate) return;
  const hour = Math.floor(now() / HOUR_MS);
  if (rate.hour !== hour) Object.assign(rate, { hour, used: 0 });
  if (++rate.used > rate.limit) throw new Refusal(10023, 'User requests out of rate limit!', 403);
}

/* ---- faults ---- */

function takeFault(endpoint) {
  const index = world.faults.findIndex((f) => f.endpoint === endpoint || f.endpoint === '*');
  if (index < 0) return null;
  const fault = world.faults[index];
  if (--fault.times <= 0) world.faults.splice(index, 1);
  return fault;
}

function refuse(response, path, code, message, status, as = 'number') {
  answer(response, status, toJson({ request: path, error_code: as === 'string' ? String(code) : code, error: message }));
}

function answer(response, status, text) {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function halfAnswer(response, text) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
}

/* What a fault does instead of answering. True: the answer has been dealt with. effect() runs the call. */
function fail(fault, call, response, effect) {
  switch (fault.kind) {
  case 'status': answer(response, fault.status ?? 500, ''); return true;
  case 'error': refuse(response, call.path, fault.error_code ?? 10001, 'set by the test', fault.status ?? 403, fault.code_as); return true;
  case 'error200': refuse(response, call.path, fault.error_code ?? 10001, 'set by the test', 200, fault.code_as); return true;
  case 'stall': return true; /* the connection stays open and silent */
  case 'empty': answer(response, 200, ''); return true;
  case 'garbage': answer(response, 200, '<html>502</html>'); return true;
  case 'half': halfAnswer(response, effect()); return true;
  case 'drop':
  case 'refuse_connection': response.socket?.destroy(); return true;
  case 'effect_then_drop': effect(); response.socket?.destroy(); return true;
  case 'effect_then_status': effect(); answer(response, fault.status ?? 500, ''); return true;
  default: return false;
  }
}

async function platform(call, response, endpoint) {
  const entry = { endpoint, path: call.path, fields: Object.fromEntries(call.fields), status: 0, effect: false, at_ms: now() };
  world.log.push(entry);
  response.on('finish', () => { entry.status = response.statusCode; });
  const run = () => {
    requireToken(call);
    checkRate(endpoint);
    if (POSTED.has(endpoint) !== (call.method === 'POST')) throw new Refusal(10021, 'HTTP method is not suported for this request!', 405);
    const json = toJson(ENDPOINTS[endpoint](call));
    entry.effect = true;
    return json;
  };
  const fault = takeFault(endpoint);
  try {
    if (fault?.delay_ms) await new Promise((done) => setTimeout(done, fault.delay_ms));
    if (fault && fail(fault, call, response, run)) return;
    answer(response, 200, run());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(response, call.path, error.code, error.message, error.status);
  }
}

/* ---- pushes ---- */

function signed(hook, more = {}, timestamp = String(now()), signature = null) {
  const nonce = String(randomInt(10000000, 99999999));
  const joined = [world.account.app_secret, timestamp, nonce].sort().join('');
  const url = new URL(hook);
  const fields = { signature: signature ?? createHash('sha1').update(joined).digest('hex'), timestamp, nonce, ...more };
  for (const [key, value] of Object.entries(fields)) url.searchParams.set(key, value);
  return url;
}

function fetchOnce(url, method, body, timeoutMs) {
  return new Promise((done) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, { method, timeout: timeoutMs, headers: body === null ? {} : {
      'content-type': 'application/json;charset=UTF-8', 'content-length': Buffer.byteLength(body) } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
      response.on('error', (error) => done({ status: 0, body: error.message }));
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', (error) => done({ status: 0, body: error.message }));
    request.end(body ?? undefined);
  });
}

/* Five seconds a try, three tries, until an answer of 200. What is written opens the platform's window for answers. */
async function deliver(order, body) {
  const tries = order.tries ?? 3;
  const every = order.every_ms ?? 5000;
  let result;
  for (let i = 1; i <= tries; i++) {
    result = await fetchOnce(signed(order.hook, {}, order.timestamp, order.signature), 'POST', body, 5000);
    world.pushes.push({ sender: String(order.sender), type: order.type ?? 'text', try: i, ...result, ms: now() });
    if (result.status === 200) break;
    if (i < tries) await new Promise((next) => setTimeout(next, every));
  }
  return result;
}

function openWindow(order) {
  const type = order.type ?? 'text';
  const uid = String(order.sender);
  const subtype = order.data?.subtype;
  if (type === 'event' && /^un/.test(subtype ?? '')) world.windows.delete(uid);
  else if (type === 'mention') world.windows.set(uid, world.windows.get(uid) ?? { until_ms: now() + WINDOW_MS, left: 1 });
  else if (type !== 'event' || subtype !== 'view') world.windows.set(uid, { until_ms: now() + WINDOW_MS, left: Infinity });
}

async function push(order) {
  if (!order.hook || !order.sender) throw new Refusal(10016, 'hook and sender are needed');
  openWindow(order);
  const body = toJson({
    type: order.type ?? 'text', receiver_id: number(ours()), sender_id: number(order.sender),
    created_at: order.created_at ?? weiboTime(now()), text: order.text ?? '', data: order.data ?? {},
  });
  const deliveries = Array.from({ length: order.times ?? 1 }, () => deliver(order, body));
  if (!order.wait) return { pushed: deliveries.length };
  return { results: await Promise.all(deliveries) };
}

async function checkAddress(order) {
  const echo = `echo${randomInt(1e9)}`;
  const result = await fetchOnce(signed(order.hook, { echostr: echo }, order.timestamp, order.signature), 'GET', null, 5000);
  return { ...result, echostr: echo, passed: result.status === 200 && result.body === echo };
}

/* ---- control ---- */

const CONTROL = {
  account: (order) => {
    const { token_expires_s: left, ...rest } = order;
    Object.assign(world.account, rest);
    if (left !== undefined) world.account.expires_ms = now() + left * 1000;
    return world.account;
  },
  person: (order) => person(order.id, order),
  post: (order) => {
    person(order.author);
    const status = { id: order.id ? String(order.id) : newId(), author: String(order.author), text: order.text, created_ms: now(),
      mention: order.mention ?? true, retweeted: order.retweeted && String(order.retweeted), deleted: order.deleted ?? false };
    world.statuses.push(status);
    return status;
  },
  comment: (order) => {
    person(order.author);
    const comment = { id: order.id ? String(order.id) : newId(), author: String(order.author), text: order.text,
      status: String(order.status), reply_to: order.reply_to && String(order.reply_to), created_ms: now(),
      plain: order.text, mention: order.mention ?? false, deleted: order.deleted ?? false };
    world.comments.push(comment);
    return comment;
  },
  delete: (order) => {
    const list = order.comment ? world.comments : world.statuses;
    const item = list.find((i) => i.id === String(order.comment ?? order.status));
    if (item) item.deleted = true;
    return { deleted: Boolean(item) };
  },
  push,
  check: checkAddress,
  fault: (order) => {
    world.faults.push({ times: 1, ...order });
    return { faults: world.faults.length };
  },
  rate: (order) => {
    world.rates.set(order.endpoint, { limit: order.limit, hour: -1, used: 0 });
    return { ok: true };
  },
  clock: (order) => {
    world.clock_offset_ms = order.offset_ms;
    return { now_ms: now() };
  },
  reset: () => {
    reset();
    return { ok: true };
  },
};

const SHOWN = {
  log: () => ({ items: world.log }),
  sent: () => ({ comments: world.comments.filter((c) => c.author === ours()), messages: world.messages }),
  pushes: () => ({ items: world.pushes }),
};

async function control(call, response) {
  const name = call.path.slice('/_control/'.length);
  const handler = call.method === 'GET' ? SHOWN[name] : CONTROL[name];
  if (!handler) return answer(response, 404, '{"error":"no such control"}');
  try {
    const order = call.method === 'GET' ? null : JSON.parse(call.body || '{}');
    answer(response, 200, JSON.stringify(await handler(order)));
  } catch (error) {
    answer(response, 400, JSON.stringify({ error: error.message }));
  }
}

/* ---- server ---- */

async function handle(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const url = new URL(request.url, 'http://standin');
  const body = Buffer.concat(parts).toString();
  const form = /^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? '');
  const call = { method: request.method, path: url.pathname, headers: request.headers, body, fields: form ? new URLSearchParams(body) : url.searchParams };
  if (url.pathname.startsWith('/_control/')) return control(call, response);
  const endpoint = endpointOf(url.pathname);
  if (!endpoint) return refuse(response, call.path, 10020, 'Request Api not found!', 404);
  return platform(call, response, endpoint);
}

reset();
const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    if (!request.destroyed) process.stderr.write(`${error.stack}\n`);
    response.socket?.destroy();
  });
});
server.listen(Number(options.port), '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${server.address().port}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.closeAllConnections?.();
    server.close(() => process.exit(0));
  });
}

/* customer_side.test.mjs - what stands open to the world: the pushed webhook, web chat and the sandbox, with a desk that
 * answers through its API; on the real program. */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/process.mjs';
import { Api, Server, stream } from '../lib/server.mjs';

let server;
let desk;
before(async () => {
  server = await new Server().start();
  await server.addUser('lin', 'supervisor', 'a long password');
  desk = new Api(server, await server.addToken('lin'));
});
after(() => server?.stop());

async function call(path, body, headers = {}, method = body === undefined ? 'GET' : 'POST') {
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

async function answerFromDesk(text, visibility, reply) {
  const found = await until(`"${text}" is in the queue`, async () => {
    const { items } = await desk.get('/api/v1/conversations?limit=200');
    return items.find((item) => item.last_text === text);
  });
  await desk.post(`/api/v1/conversations/${found.id}/reply`, { visibility, text: reply });
  return found;
}

describe('hooks', () => {
  let channel;
  const push = (data, { key = channel.secret, id = `msg_${randomUUID()}`, at = Date.now() } = {}) => {
    const body = typeof data === 'string' ? data : JSON.stringify({ type: 'mention.created', timestamp: new Date(at).toISOString(), data });
    const stamp = Math.floor(at / 1000);
    const signature = createHmac('sha256', Buffer.from(key.replace('whsec_', ''), 'base64')).update(`${id}.${stamp}.${body}`).digest('base64');
    return call(`/hooks/${channel.id}`, body, { 'webhook-id': id, 'webhook-timestamp': String(stamp), 'webhook-signature': `v1,${signature}` });
  };
  const message = (id) => ({ external_id: id, author: { id: `author-${id}`, name: '小麦' }, text: `退款没到账 ${id}`, visibility: 'public', created_at: new Date().toISOString() });
  before(async () => (channel = await server.addChannel('webhook', 'forum')));

  test('a channel added while the server runs takes pushes at once; the same one is taken once', async () => {
    const first = await push(message('h1'));
    assert.deepEqual([first.status, first.json], [202, { accepted: true, duplicate: false }]);
    assert.deepEqual((await push(message('h1'))).json, { accepted: true, duplicate: true });
    const both = await Promise.all(Array.from({ length: 8 }, () => push(message('h2'))));
    assert.equal(both.filter((answer) => answer.json.duplicate === false).length, 1);
    const { items } = await desk.get('/api/v1/conversations?limit=200');
    assert.equal(items.filter((item) => item.last_text.startsWith('退款没到账 h')).length, 2);
  });

  test('what is wrong is said, naming the field', async () => {
    const forged = await push(message('h3'), { key: 'whsec_' + Buffer.alloc(32, 1).toString('base64') });
    assert.equal(forged.status, 401);
    assert.equal(forged.json.error.code, 'bad_signature');
    const old = await push(message('h3'), { at: Date.now() - 3600e3 });
    assert.deepEqual([old.status, old.json.error.code], [401, 'stale']);
    const nameless = await push({ ...message('h3'), external_id: undefined });
    assert.deepEqual([nameless.status, nameless.json.error.field], [400, 'data.external_id']);
    assert.equal((await push('{"type":')).status, 400);
    assert.equal((await call('/hooks/12345', {})).status, 404);
    assert.equal((await call('/hooks/nonsense', {})).status, 404);
    assert.equal((await call(`/hooks/${channel.id}`, 'x'.repeat(1024 * 1024 + 1))).status, 413);
  });

  test('a channel that is off or removed is not there', async () => {
    await desk.call('PATCH', `/api/v1/channels/${channel.id}`, { enabled: false });
    await server.command('channel', 'remove', channel.id);
    await until('the channel is gone', async () => (await push(message('h4'))).status === 404);
  });
});

describe('web chat', () => {
  const ORIGIN = 'https://shop.example';
  let channel;
  const chat = (path, body, token, headers = {}) =>
    call(`/chat/${channel.id}/${path}`, body, { origin: ORIGIN, ...(token && { authorization: `Bearer ${token}` }), ...headers });
  const identity = (claims) => {
    const json = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 300, ...claims }));
    return `${json.toString('base64url')}.${createHmac('sha256', channel.secret).update(json).digest('base64url')}`;
  };
  before(async () => (channel = await server.addChannel('webchat', 'chat', { allowed_origins: ORIGIN })));

  test('a visitor writes once however often it is sent, and hears the answer once', async () => {
    const hello = await chat('hello', { page: `${ORIGIN}/cart` });
    assert.equal(hello.status, 200);
    assert.equal(hello.headers.get('access-control-allow-origin'), ORIGIN);
    const { visitor } = hello.json;
    const line = { client_msg_id: 'm1', text: '我的订单什么时候到？', name: 'Lin', email: 'lin@example.test' };
    const sent = await Promise.all([chat('messages', line, visitor), chat('messages', line, visitor)]);
    assert.deepEqual(sent.map((answer) => [answer.status, answer.json.seq]), [[200, 1], [200, 1]]);
    const heard = [];
    const end = new AbortController();
    const listening = (async () => {
      const url = `${server.url}/chat/${channel.id}/events?visitor=${visitor}&after_seq=0`;
      for await (const frame of stream(url, { origin: ORIGIN }, end.signal)) heard.push([frame.id, JSON.parse(frame.data)]);
    })();
    const conversation = await answerFromDesk(line.text, 'private', '明天送到。');
    await until('the answer is heard', () => heard.length >= 2);
    end.abort();
    await listening;
    assert.deepEqual(heard.map(([id, one]) => [id, one.from, one.text]), [['1', 'visitor', line.text], ['2', 'agent', '明天送到。']]);
    assert.equal(conversation.contact.name, 'Lin');

    const resumed = new AbortController();
    const url = `${server.url}/chat/${channel.id}/events?visitor=${visitor}`;
    for await (const frame of stream(url, { origin: ORIGIN, 'last-event-id': '1' }, resumed.signal)) {
      assert.equal(frame.id, '2');
      break;
    }
    const { json } = await chat('messages?after_seq=1', undefined, visitor);
    assert.deepEqual(json.items.map((item) => item.seq), [2]);
    assert.equal((await chat('hello', { visitor })).json.last_seq, 2);
  });

  test('only pages that may embed it get an answer', async () => {
    const evil = { origin: 'https://evil.example' };
    const refused = await chat('hello', {}, undefined, evil);
    assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [403, null]);
    const asked = await call(`/chat/${channel.id}/messages`, undefined, { origin: ORIGIN }, 'OPTIONS');
    assert.equal(asked.status, 204);
    assert.match(asked.headers.get('access-control-allow-headers'), /authorization/i);
    assert.equal((await call(`/chat/${channel.id}/messages`, undefined, evil, 'OPTIONS')).status, 403);
  });

  test('a signed user is that user, and never turns into another', async () => {
    const { visitor } = (await chat('hello', { identity: identity({ id: 'u1', name: 'Lin Sun' }) })).json;
    const again = (await chat('hello', { visitor })).json;
    assert.deepEqual([again.visitor, again.verified_user], [visitor, 'u1']);
    const other = (await chat('hello', { visitor, identity: identity({ id: 'u2' }) })).json;
    assert.notEqual(other.visitor, visitor);
    assert.equal((await chat('hello', { identity: identity({ id: 'u1', exp: 1 }) })).json.error.code, 'stale');
    assert.equal((await chat('hello', { identity: identity({ id: 'u1' }).slice(0, -3) + 'AAA' })).status, 401);
  });

  test('strangers and nonsense are refused by name', async () => {
    const { visitor } = (await chat('hello', {})).json;
    assert.equal((await chat('messages', { client_msg_id: 'x', text: 'hi' }, 'hy_nobody')).status, 401);
    assert.equal((await chat('hello', { visitor: 'hy_nobody' })).status, 401);
    for (const [body, field] of [[{ client_msg_id: 'x', text: ' ' }, 'text'], [{ client_msg_id: 'a b', text: 'hi' }, 'client_msg_id'],
      [{ client_msg_id: 'x', text: 'hi', email: 'nowhere' }, 'email']]) {
      const answer = await chat('messages', body, visitor);
      assert.deepEqual([answer.status, answer.json.error.field], [400, field]);
    }
    const fast = await Promise.all(Array.from({ length: 60 }, (_, i) => chat('messages', { client_msg_id: `f${i}`, text: 'hi' }, visitor)));
    assert.ok(fast.some((answer) => answer.status === 429), 'a flood of one visitor is slowed down');
  });
});

describe('sandbox', () => {
  let open;
  const write = (channel, item, headers) => call(`/sandbox/${channel.id}/items`, { client_id: randomUUID(), author: '小麦', text: '在吗', ...item }, headers);
  before(async () => (open = await server.addChannel('sandbox', 'open', { open_to_public: 'yes' })));

  test('posts, comments and dialogues, each answered where it was written', async () => {
    const twice = { kind: 'post', text: '三周没退款，投诉', client_id: 'same', followers: 862000, verified: 'person' };
    const post = (await write(open, twice)).json;
    assert.equal((await write(open, twice)).json.id, post.id);
    assert.equal((await write(open, { kind: 'comment', parent_id: post.id, author: '老王', text: '我也是' })).status, 201);
    await write(open, { kind: 'dm', text: '私信问一下' });
    await answerFromDesk(twice.text, 'public', '正在核对。');
    await answerFromDesk('私信问一下', 'private', '您好。');
    const list = async (query) => (await call(`/sandbox/${open.id}/items?${query}`)).json.items;
    const answer = await until('the public answer', async () => (await list(`root=${post.id}`)).find((item) => item.is_brand));
    assert.deepEqual([answer.text, answer.parent_id, answer.root_id], ['正在核对。', post.id, post.id]);
    await until('the private answer', async () => (await list(`dialogue=true&author=${encodeURIComponent('小麦')}`)).length === 2);
    assert.deepEqual((await list('')).map((item) => item.kind), ['post']);
    const known = await call(`/sandbox/${open.id}/items`);
    assert.equal((await call(`/sandbox/${open.id}/items`, undefined, { 'if-none-match': known.headers.get('etag') })).status, 304);
  });

  test('closed, it is for colleagues only', async () => {
    const closed = await server.addChannel('sandbox', 'closed');
    assert.equal((await write(closed, { kind: 'post' })).status, 401);
    assert.equal((await call(`/sandbox/${closed.id}/items`)).status, 401);
    assert.equal((await call(`/sandbox/${closed.id}`)).status, 401);
    assert.equal((await write(closed, { kind: 'post' }, { authorization: `Bearer ${desk.token}` })).status, 201);
  });

  test('nonsense is refused by name', async () => {
    for (const [item, field] of [[{ kind: 'comment' }, 'parent_id'], [{ kind: 'comment', parent_id: '99' }, 'parent_id'],
      [{ kind: 'post', author: '回音小店' }, 'author'], [{ kind: 'post', author: ' ' }, 'author'], [{ kind: 'post', text: '' }, 'text'],
      [{ kind: 'post', verified: 'king' }, 'verified'], [{ kind: 'post', client_id: '' }, 'client_id'], [{ kind: 'story' }, 'kind']]) {
      const answer = await write(open, item);
      assert.deepEqual([answer.status, answer.json.error.field], [400, field]);
    }
    assert.equal((await call('/sandbox/77/items')).status, 404);
  });
});

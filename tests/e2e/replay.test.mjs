/* replay.test.mjs - huiyin replay against a server that loses, throttles and refuses; huiyin assess. The signatures are
 * checked by npm's standardwebhooks. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { BINARY, run, temporaryDirectory } from '../lib/process.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const directory = temporaryDirectory('huiyin-replay');
const servers = [];
after(() => servers.forEach((server) => server.close()));

/** answer(data, tries) → 'lost' | [status, body, headers] | undefined = taken. */
async function standIn(answer = () => undefined) {
  const seen = { taken: new Map(), requests: 0, tries: new Map(), most: 0, now: 0, path: '' };
  const verifier = new Webhook(SECRET);
  const server = createServer(async (request, response) => {
    seen.requests++;
    seen.path = request.url;
    seen.most = Math.max(seen.most, ++seen.now);
    let body = '';
    for await (const chunk of request) body += chunk;
    const event = verifier.verify(body, request.headers); // throws when the signature is wrong: the test then fails
    const tries = (seen.tries.get(event.data.external_id) ?? 0) + 1;
    seen.tries.set(event.data.external_id, tries);
    await new Promise((wake) => setTimeout(wake, 5));
    seen.now--;
    const said = answer(event.data, tries);
    if (said === 'lost') return request.socket.destroy();
    if (said) return response.writeHead(said[0], said[2]).end(JSON.stringify(said[1]));
    const id = request.headers['webhook-id'];
    const duplicate = seen.taken.has(id);
    seen.taken.set(id, event);
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ accepted: true, duplicate }));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return { seen, url: `http://127.0.0.1:${server.address().port}` };
}

function file(name, lines) {
  const path = join(directory, name);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n') + '\n');
  return path;
}

const messages = (count) => Array.from({ length: count }, (_, i) => ({ external_id: `m${i}`, text: `退款 ${i} 😀`, type: i % 2 ? 'dm' : 'comment' }));
const replay = (path, url, ...more) =>
  run(BINARY, ['replay', path, '--channel', '77', '--url', url, ...more], { env: { HUIYIN_SECRET: SECRET, LANG: 'C.UTF-8' } });

test('every message arrives once, several at a time, the line unchanged; again: all duplicates', async () => {
  const { seen, url } = await standIn();
  const path = file('all.jsonl', messages(200));
  const first = await replay(path, url, '--parallel', '8');
  assert.equal(first.stdout, 'accepted 200, duplicate 0, refused 0\n', first.stderr);
  assert.equal(first.code, 0);
  assert.equal(first.stderr, ''); // no bar where there is no terminal
  assert.ok(seen.most > 1 && seen.most <= 8, `${seen.most} at a time`);
  assert.equal(seen.path, '/hooks/77');
  const events = [...seen.taken.values()];
  assert.deepEqual(events.map((e) => e.data.external_id).sort(), messages(200).map((m) => m.external_id).sort());
  assert.equal(events.find((e) => e.data.external_id === 'm3').type, 'dm.created');
  assert.equal(events.find((e) => e.data.external_id === 'm4').data.text, '退款 4 😀');
  const again = await replay(path, url);
  assert.equal(again.stdout, 'accepted 0, duplicate 200, refused 0\n');
});

test('lost connections, 503 and 429 are tried again under the same id', async () => {
  const troubles = ['lost', [503, {}], [429, {}, { 'retry-after': '1' }]];
  const { seen, url } = await standIn((data, tries) => (tries === 1 ? troubles[Number(data.external_id.slice(1)) % 3] : undefined));
  const done = await replay(file('trouble.jsonl', messages(30)), url);
  assert.equal(done.stdout, 'accepted 30, duplicate 0, refused 0\n', done.stderr);
  assert.equal(seen.requests, 60);
  assert.equal(seen.taken.size, 30);
});

test('what cannot be sent or is refused is counted and named by its line', async () => {
  const { seen, url } = await standIn((data) =>
    data.external_id === 'm1' ? [400, { error: { code: 'missing', message: 'author is missing.', field: 'data.author' } }] : undefined);
  const [a, b, c] = messages(3);
  const done = await replay(file('bad.jsonl', [a, '{"broken', b, '', '[1]', c]), url);
  assert.equal(done.stdout, 'accepted 2, duplicate 0, refused 3\n');
  assert.equal(done.code, 1);
  assert.match(done.stderr, /line 2: /);
  assert.match(done.stderr, /line 3: 400 author is missing\. \(data\.author\)/);
  assert.match(done.stderr, /line 5: not a JSON object/);
  assert.equal(seen.requests, 3); // a refusal is not asked for again
});

test('--rate holds back', async () => {
  const { url } = await standIn();
  const begin = Date.now();
  const done = await replay(file('slow.jsonl', messages(20)), url, '--rate', '20');
  assert.equal(done.stdout, 'accepted 20, duplicate 0, refused 0\n');
  assert.ok(Date.now() - begin >= 900, `${Date.now() - begin} ms`);
});

test('what is typed wrong is said before anything is sent', async () => {
  const path = file('one.jsonl', messages(1));
  for (const [args, said] of [
    [['replay', path, '--secret', SECRET], /channel/],
    [['replay', path, '--channel', 'x', '--secret', SECRET], /channel/],
    [['replay', path, '--channel', '7', '--secret', 'whsec_'], /secret/],
    [['replay', join(directory, 'nowhere.jsonl'), '--channel', '7', '--secret', SECRET], /nowhere/],
    [['replay', directory, '--channel', '7', '--secret', SECRET], /directory/],
    [['replay', path, '--channel', '7', '--secret', SECRET, '--parallel', '0'], /parallel/],
  ]) {
    const done = await run(BINARY, args, { env: { LANG: 'C.UTF-8' } });
    assert.notEqual(done.code, 0, args.join(' '));
    assert.match(done.stderr, said);
    assert.equal(done.stdout, '');
  }
});

test('assess says of each line what it is', async () => {
  const done = await run(BINARY, ['assess'], { input: '客服态度恶劣，我要投诉！垃圾公司，电话永远打不通\n{"text":"Great lamp, love it","author":{"followers":900000}}\n\n' });
  const [complaint, praise, nothing] = done.stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(complaint.category, 'complaint');
  assert.equal(complaint.language, 'zh-Hans');
  assert.equal(praise.category, 'praise');
  assert.ok(praise.parts.some((part) => part.name === 'influence'));
  assert.equal(nothing.importance, 0);
  assert.equal(done.code, 0);
});

test('assess follows rules of a file, and says it in words', async () => {
  const rules = file('rules.json', [JSON.stringify([{ name: 'lamp', any: ['lamp'], then: { category: 'after_sales', topic: 'lamps', points: 7 } }])]);
  const done = await run(BINARY, ['assess', '--rules', rules, '--lang', 'en'], { input: 'Great lamp, love it\n' });
  const told = JSON.parse(done.stdout);
  assert.equal(told.category, 'after_sales');
  assert.equal(told.topic, 'lamps');
  assert.equal(told.rules[0].name, 'lamp');
  assert.match(told.words.importance, /^after-sales \+14.*rules \+7 = \d+$/);
  const wrong = file('wrong.json', [JSON.stringify([{ name: 'x', pattern: '(a)\\1' }])]);
  const refused = await run(BINARY, ['assess', '--rules', wrong], { input: '\n', env: { LANG: 'C.UTF-8' } });
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /rules\[0\]\.pattern/);
});

/* posts.test.mjs - posts as people write them, through the signed webhook: each arrives once, and is found again.
 *
 * The public posts of ../shared/data/replay when they are there (1,200 of each language), else 200 of our own. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { freshDatabase, query } from '../lib/postgres.mjs';
import { BINARY, ROOT, run, temporaryDirectory, until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';

const SHARED = process.env.HUIYIN_REPLAY_DATA || join(ROOT, '../shared/data/replay');
const PART = 1200;
const LANGUAGES = ['zh', 'en'];
const HAN_PAIR = /\p{Script=Han}{2}/gu;
const WORD = /(?<![\p{L}\p{N}_'’])[a-z]{5,}(?![\p{L}\p{N}_'’])/giu;

function posts() {
  const parse = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const shared = existsSync(SHARED) ? readdirSync(SHARED).filter((name) => name.endsWith('.jsonl.gz')) : [];
  if (shared.length > 0)
    return shared.flatMap((name) => parse(gunzipSync(readFileSync(join(SHARED, name))).toString()).slice(0, PART));
  return parse(readFileSync(join(ROOT, 'tests/e2e/data/posts.jsonl'), 'utf8'));
}

/* Words of the texts themselves, spread over them; each with how many texts hold it. */
function samples(texts, pattern, count) {
  const words = new Map();
  for (const text of texts)
    for (const word of new Set([...text.matchAll(pattern)].map((match) => match[0].toLowerCase()))) words.set(word, (words.get(word) ?? 0) + 1);
  const all = [...words].filter(([, times]) => times <= 150).sort((a, b) => b[1] - a[1]);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)][0]);
}

const language = (post) => (/\p{Script=Han}/u.test(post.text) ? 'zh' : 'en');

for (const kind of ['SQLite', 'PostgreSQL']) {
  test(`public posts, replayed twice, ${kind}`, { timeout: 240000 }, async (t) => {
    const all = posts();
    const file = join(temporaryDirectory(), 'posts.jsonl');
    writeFileSync(file, all.map((post) => JSON.stringify(post)).join('\n') + '\n');
    for (const lang of LANGUAGES) assert.ok(all.filter((post) => language(post) === lang).length >= 100);

    const server = await new Server({ database: kind === 'PostgreSQL' ? await freshDatabase() : undefined }).start();
    t.after(() => server.stop());
    await server.addUser('root', 'admin', 'a long password');
    const api = new Api(server, await server.addToken('root'));
    const channel = await server.addChannel('webhook', 'listening');
    const replay = () => run(BINARY, ['replay', file, '--channel', channel.id, '--url', server.url, '--parallel', '16'],
      { env: { HUIYIN_SECRET: channel.secret, LANG: 'C.UTF-8' }, timeout: 120000 });

    await t.test('accepted, then all duplicate', async () => {
      const first = await replay();
      assert.equal(first.stdout, `accepted ${all.length}, duplicate 0, refused 0\n`, first.stderr);
      const second = await replay();
      assert.equal(second.stdout, `accepted 0, duplicate ${all.length}, refused 0\n`, second.stderr);
    });

    await t.test('each is there once, to the letter', async () => {
      const rows = await query(server, "SELECT count(*), count(DISTINCT native_id) FROM message WHERE direction = 'in'");
      assert.deepEqual(rows[0].map(Number), [all.length, all.length]);
      const [[people]] = await query(server, 'SELECT count(*) FROM identity');
      assert.equal(Number(people), new Set(all.map((post) => `${post.channel}:${post.author.id}`)).size);
      const [[unjudged]] = await query(server, 'SELECT count(*) FROM message WHERE assessment IS NULL');
      assert.equal(unjudged, '0');
    });

    for (const lang of LANGUAGES) {
      await t.test(`found by its words, ${lang}`, async () => {
        const texts = new Map(all.filter((post) => language(post) === lang).map((post) => [post.external_id, post.text]));
        for (const word of samples([...texts.values()], lang === 'zh' ? HAN_PAIR : WORD, 25)) await find(api, all, word, lang);
      });
    }

    await t.test('the queue pages through all of them', async () => {
      const conversations = await api.all('/api/v1/conversations');
      assert.equal(new Set(conversations.map((one) => one.id)).size, conversations.length);
      assert.equal(conversations.reduce((sum, one) => sum + one.inbound_count, 0), all.length);
    });
  });
}

/** Everything that holds the word is found, and what is marked is the word. */
async function find(api, all, word, lang) {
  const holds = lang === 'zh' ? (text) => text.includes(word)
    : (text) => [...text.matchAll(WORD)].some((match) => match[0].toLowerCase() === word);
  const wanted = all.filter((post) => holds(post.text)).map((post) => post.external_id);
  const hits = await until(`“${word}” is found`, async () => {
    const items = await api.all(`/api/v1/search?q=${encodeURIComponent(word)}`);
    return items.length >= wanted.length && items;
  }, { timeout: 15000 });
  const found = new Set(hits.map((hit) => hit.message.native_id));
  assert.deepEqual(wanted.filter((id) => !found.has(id)), [], `“${word}” is not found everywhere`);
  for (const { message, highlights } of hits) {
    assert.ok(highlights.length > 0, `“${word}” without a mark in: ${message.text}`);
    for (const { begin, end } of highlights) assert.ok(end > begin && end <= message.text.length);
    if (wanted.includes(message.native_id))
      assert.ok(highlights.some(({ begin, end }) => message.text.slice(begin, end).toLowerCase().includes(word)),
        `“${word}” marked as ${JSON.stringify(highlights.map(({ begin, end }) => message.text.slice(begin, end)))} in: ${message.text}`);
  }
}

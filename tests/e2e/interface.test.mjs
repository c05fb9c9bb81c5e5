/* interface.test.mjs - the interface as its tables say: written down, valid, guarded; sessions, keys, live push. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { freshDatabase, query } from '../lib/postgres.mjs';
import { BINARY, ROOT, run, temporaryDirectory, until as eventually } from '../lib/process.mjs';
import { Api, Server, stream } from '../lib/server.mjs';

const PASSWORD = 'a long password';
const routes = async (format) => (await run(BINARY, ['routes', '--format', format])).stdout;

describe('written down', () => {
  test('docs/api.md is current (else: build/huiyin routes > docs/api.md)', async () => {
    assert.equal(await readFile(join(ROOT, 'docs/api.md'), 'utf8'), await routes('md'));
  });
  test("the console's types are current (else: npm run types in web/console)", async () => {
    assert.equal(await readFile(join(ROOT, 'web/console/src/api/types.ts'), 'utf8'), await routes('ts'));
  });
  test('OpenAPI 3.1 is valid', async () => {
    const document = JSON.parse(await routes('openapi'));
    const validator = new Validator();
    const result = await validator.validate(document);
    assert.ok(result.valid, JSON.stringify(result.errors));
    assert.equal(validator.version, '3.1');
  });
});

/** A caller with a browser's cookie. */
class Browser {
  constructor(server) {
    this.server = server;
    this.headers = {};
  }

  async login(login, password = PASSWORD, headers = {}) {
    const answer = await fetch(`${this.server.url}/api/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ login, password }),
    });
    this.cookie = answer.headers.get('set-cookie');
    const json = await answer.json();
    if (answer.ok) this.headers = { cookie: this.cookie.split(';')[0], 'x-csrf-token': json.csrf };
    return { status: answer.status, headers: answer.headers, json };
  }

  async call(method, path, body, headers = this.headers) {
    const answer = await fetch(this.server.url + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, json: await answer.json().catch(() => undefined) };
  }
}

for (const kind of ['sqlite', 'postgres']) {
  describe(`on ${kind}`, () => {
    const roles = ['admin', 'supervisor', 'agent', 'pr', 'marketing', 'viewer'];
    let server;
    let tokens;
    let admin;
    before(async () => {
      const database = kind === 'postgres' ? await freshDatabase() : undefined;
      server = await new Server({ database }).start();
      tokens = {};
      for (const role of roles) {
        await server.addUser(role, role, PASSWORD);
        tokens[role] = await server.addToken(role);
      }
      admin = new Api(server, tokens.admin);
    });
    after(() => server?.stop());

    test('every address lets in exactly those the table names', async () => {
      const table = JSON.parse(await routes('json'));
      const wrong = [];
      for (const route of table.routes) {
        if (route.permission === null || route.stream) continue;
        const path = route.path.replace('{id}', '1');
        const send = async (headers) => {
          const answer = await fetch(server.url + path, { method: route.method, headers });
          await answer.arrayBuffer();
          return answer.status;
        };
        if ((await send({})) !== 401) wrong.push(`${route.name}: nobody`);
        if ((await send({ authorization: 'Bearer hy_wrong' })) !== 401) wrong.push(`${route.name}: a wrong token`);
        for (const role of table.roles) {
          if (['session_logout'].includes(route.name)) continue;
          const refused = (await send({ authorization: `Bearer ${tokens[role]}` })) === 403;
          if (refused === route.roles.includes(role)) wrong.push(`${route.name}: ${role}`);
        }
      }
      assert.deepEqual(wrong, []);
    });

    test('a token does what its scopes say and makes none that may do more', async () => {
      const small = await admin.good('POST', '/api/v1/tokens', { name: 'small', scopes: ['self', 'user.read'] });
      const api = new Api(server, small.token);
      assert.equal((await api.call('GET', '/api/v1/users')).status, 200);
      assert.equal((await api.call('GET', '/api/v1/audit')).status, 403);
      const more = await api.call('POST', '/api/v1/tokens', { name: 'more', scopes: ['all'] });
      assert.equal(more.status, 403);
      const list = await admin.get('/api/v1/tokens');
      assert.ok(list.items.every((one) => one.token === null));
      await admin.good('DELETE', `/api/v1/tokens/${small.id}`);
      assert.equal((await api.call('GET', '/api/v1/users')).status, 401);
      const made = await admin.good('POST', '/api/v1/tokens', { name: 'people', scopes: ['user.manage', 'user.read'] });
      const people = new Api(server, made.token);
      const me = (await admin.get('/api/v1/session')).user;
      for (const [method, path, body] of [
        ['POST', '/api/v1/users', { login: 'mighty', name: 'M', role: 'admin', password: PASSWORD }],
        ['PATCH', `/api/v1/users/${me.id}`, { password: PASSWORD }],
      ]) {
        const answer = await people.call(method, path, body);
        assert.equal(answer.status, 403, answer.text);
        assert.equal(answer.json.error.field, 'role');
      }
      await admin.good('DELETE', `/api/v1/tokens/${made.id}`);
    });

    test('a session: cookie, CSRF, language, profile, password, end', async () => {
      const browser = new Browser(server);
      const wrong = await browser.login('agent', 'wrong password', { 'accept-language': 'en' });
      assert.equal(wrong.status, 401);
      assert.deepEqual(wrong.json.error, {
        code: 'bad_login', message: 'The name or the password is wrong.', field: null,
      });
      assert.equal((await browser.login('nobody')).json.error.code, 'bad_login');
      assert.equal((await browser.login('agent', PASSWORD, { 'sec-fetch-site': 'cross-site' })).status, 403);
      assert.equal((await browser.login('ＡＧＥＮＴ')).status, 200);
      assert.match(browser.cookie, /^huiyin_session=hy_[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
      const secure = new Browser(server);
      await secure.login('agent', PASSWORD, { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' });
      assert.match(secure.cookie, /; Secure$/);

      const { cookie } = browser.headers;
      assert.equal((await browser.call('PATCH', '/api/v1/profile', { name: 'A' }, { cookie })).status, 403);
      assert.equal(
        (await browser.call('PATCH', '/api/v1/profile', { name: 'A' }, { cookie, 'x-csrf-token': 'x' })).json.error.code,
        'bad_csrf');
      const changed = await browser.call('PATCH', '/api/v1/profile', { name: '小安', lang: 'en', settings: { theme: 'dark' } });
      assert.equal(changed.status, 200);
      assert.equal(changed.json.user.name, '小安');
      assert.deepEqual(changed.json.settings, { theme: 'dark' });
      const refused = await browser.call('PATCH', '/api/v1/profile', { nam: 1 });
      assert.deepEqual(refused.json.error, { code: 'unknown_field', message: 'nam is not a known field.', field: 'nam' });

      const where = await browser.call('GET', '/api/v1/sessions');
      assert.equal(where.json.items.length, 2);
      assert.deepEqual(where.json.items.map((one) => one.current).sort(), [false, true]);
      assert.equal((await browser.call('PATCH', '/api/v1/profile', { new_password: 'another one' })).json.error.field, 'old_password');
      assert.equal((await browser.call('PATCH', '/api/v1/profile', { old_password: 'x', new_password: 'another one' })).json.error.field, 'old_password');
      assert.equal((await browser.call('PATCH', '/api/v1/profile', { old_password: PASSWORD, new_password: 'short' })).json.error.field, 'new_password');
      assert.equal((await browser.call('PATCH', '/api/v1/profile', { old_password: PASSWORD, new_password: 'another one' })).status, 200);
      assert.equal((await secure.call('GET', '/api/v1/session')).status, 401, 'other sessions end with the old password');
      assert.equal((await browser.call('GET', '/api/v1/session')).status, 200);
      assert.equal((await browser.call('DELETE', '/api/v1/session')).status, 200);
      assert.equal((await browser.call('GET', '/api/v1/session')).status, 401);
    });

    test('guessing a password is slowed down, and kept so over a restart', async () => {
      const browser = new Browser(server);
      const answers = [];
      while (answers.at(-1)?.status !== 429 && answers.length < 12)
        answers.push(await browser.login('marketing', `guess number ${answers.length}`));
      assert.ok(answers.length > 5 && answers.slice(0, -1).every((one) => one.status === 401));
      assert.ok(Number(answers.at(-1).headers.get('retry-after')) >= 1);
      assert.equal((await browser.login('supervisor')).status, 200, 'others are not in the way');
      // A long block, as after many more tries, instead of waiting for one.
      await query(server, `UPDATE login_failure SET blocked_until_ms = ${Date.now() + 60000} WHERE subject = 'login:marketing'`);
      await server.stop();
      await server.start();
      const blocked = await browser.login('marketing');
      assert.deepEqual([blocked.status, blocked.json.error.code], [429, 'throttled']);
      await query(server, `UPDATE login_failure SET blocked_until_ms = ${Date.now()} WHERE subject = 'login:marketing'`);
      assert.equal((await browser.login('marketing')).status, 200);
    });

    test('the same POST twice is done once', async () => {
      const body = { name: `key ${kind}`, scopes: ['self'] };
      const headers = { 'idempotency-key': `one-${kind}` };
      const first = await admin.call('POST', '/api/v1/tokens', body, headers);
      const again = await admin.call('POST', '/api/v1/tokens', body, headers);
      assert.equal(first.status, 201);
      assert.equal(again.status, 201);
      assert.equal(again.text, first.text);
      assert.equal(first.headers.get('idempotency-replayed'), null);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      const other = await admin.call('POST', '/api/v1/tokens', { ...body, name: 'x' }, headers);
      assert.equal(other.json.error.code, 'idempotency_key_reused');
      const viewer = new Api(server, tokens.viewer);
      assert.equal((await viewer.call('POST', '/api/v1/tokens', body, headers)).status, 201, 'keys belong to people');
      const bad = await admin.call('POST', '/api/v1/tokens', body, { 'idempotency-key': 'a b' });
      assert.equal(bad.json.error.field, 'Idempotency-Key');
      // At the same time: the slow work of hashing a password leaves room for the second try.
      const user = { login: `twin-${kind}`, name: 'Twin', role: 'viewer', password: PASSWORD };
      const both = await Promise.all([1, 2, 3].map(() => admin.call('POST', '/api/v1/users', user, { 'idempotency-key': 'twin' })));
      assert.ok(both.every((one) => one.status === 201 || one.json.error.code === 'idempotency_key_busy'));
      const users = await admin.all('/api/v1/users', 2);
      assert.equal(users.filter((one) => one.login === user.login).length, 1);
      const kept = await query(server, "SELECT count(*) FROM audit WHERE action = 'user.create' AND person_id IS NOT NULL");
      assert.equal(kept[0][0], '1');
    });

    test('administration: who is there, teams, brands, the last admin, the audit', async () => {
      const users = await admin.all('/api/v1/users', 3);
      const me = users.find((one) => one.login === 'admin');
      const pr = users.find((one) => one.login === 'pr');
      assert.equal((await admin.call('PATCH', `/api/v1/users/${me.id}`, { role: 'viewer' })).json.error.field, 'role');
      assert.equal((await admin.call('PATCH', `/api/v1/users/${me.id}`, { active: false })).json.error.field, 'active');
      assert.equal((await admin.call('POST', '/api/v1/users', { login: 'pr', name: 'x', role: 'pr', password: PASSWORD })).json.error.code, 'taken');
      const team = await admin.good('POST', '/api/v1/teams', { name: '公关组', member_ids: [pr.id] });
      assert.deepEqual(team.member_ids, [pr.id]);
      assert.equal((await admin.call('POST', '/api/v1/teams', { name: '公关组' })).json.error.field, 'name');
      assert.equal((await admin.patch(`/api/v1/teams/${team.id}`, { is_default: true })).is_default, true);
      assert.equal((await admin.get('/api/v1/teams')).items.filter((one) => one.is_default).length, 1);
      const brand = await admin.good('POST', '/api/v1/brands', { name: '雪山茶' });
      assert.ok((await admin.get('/api/v1/brands')).items.some((one) => one.id === brand.id));
      const off = await admin.patch(`/api/v1/users/${pr.id}`, { active: false });
      assert.equal(off.active, false);
      assert.equal((await new Api(server, tokens.pr).call('GET', '/api/v1/users')).status, 401);
      await admin.patch(`/api/v1/users/${pr.id}`, { active: true });
      const audit = await admin.all(`/api/v1/audit?subject=user:${pr.id}`, 1);
      assert.deepEqual(audit.map((one) => one.action), ['user.update', 'user.update', 'token.create', 'user.create'].filter((a) => a !== 'token.create'));
    });

    test('channel add: settings in any number, each with its --set or following one', async () => {
      for (const settings of [['--set', 'brand_name=A', '--set', 'greeting_en=B=C'], ['--set', 'brand_name=A', 'greeting_en=B=C']]) {
        const added = JSON.parse(await server.command('channel', 'add', 'webchat', '--name', '参数', ...settings));
        assert.equal(added.settings.brand_name, 'A');
        assert.equal(added.settings.greeting_en, 'B=C');
        assert.ok(added.secret);
      }
      const wrong = await run(BINARY, ['channel', 'add', 'webchat', '--set', 'brand_name=A', 'nonsense', ...server.where]);
      assert.equal(wrong.code, 1, wrong.stderr);
    });

    test('channels: kinds, secrets kept to themselves, changes, removal', async () => {
      const kinds = (await admin.get('/api/v1/channel-kinds')).items;
      assert.ok(kinds.some((one) => one.kind === 'weibo' && one.settings.some((setting) => setting.secret)));
      const made = await admin.post('/api/v1/channels', { kind: 'webhook', name: '官网' });
      assert.match(made.secret, /^whsec_/);
      assert.equal(made.hook_path, `/hooks/${made.id}`);
      const shown = await admin.get(`/api/v1/channels/${made.id}`);
      assert.equal(shown.secret, null);
      assert.deepEqual(shown.secrets_set, ['secret']);
      assert.ok(!JSON.stringify(shown).includes(made.secret));
      const rows = await query(server, `SELECT settings FROM channel WHERE id = ${made.id}`);
      assert.ok(!rows[0][0].includes(made.secret));
      const missing = await admin.call('POST', '/api/v1/channels', { kind: 'weibo', name: 'w' });
      assert.equal(missing.json.error.code, 'missing');
      assert.match(missing.json.error.field, /^settings\./);
      const unknown = await admin.call('PATCH', `/api/v1/channels/${made.id}`, { settings: { nothing: 'x' } });
      assert.equal(unknown.json.error.field, 'settings.nothing');
      const changed = await admin.patch(`/api/v1/channels/${made.id}`, { enabled: false, name: '官网二' });
      assert.deepEqual([changed.enabled, changed.name], [false, '官网二']);
      const untried = await admin.call('POST', `/api/v1/channels/${made.id}/test`);
      assert.deepEqual([untried.status, untried.json.error.field], [422, 'reply_url']);
      const sandbox = await admin.post('/api/v1/channels', { kind: 'sandbox', name: '演练' });
      assert.equal(sandbox.page_path, `/sandbox/${sandbox.id}`);
      assert.equal((await admin.post(`/api/v1/channels/${sandbox.id}/test`)).ok, true);
      await admin.good('DELETE', `/api/v1/channels/${made.id}`);
      assert.equal((await admin.call('GET', `/api/v1/channels/${made.id}`)).status, 404);
      const viewer = await new Api(server, tokens.viewer).get('/api/v1/channels');
      assert.ok(Array.isArray(viewer.items));
    });

    test('a platform that does not answer holds nobody up', async () => {
      const silent = createServer(() => {}).listen(0, '127.0.0.1');
      await eventually('it listens', () => silent.listening);
      const channel = await admin.post('/api/v1/channels', {
        kind: 'webhook', name: '不应答', settings: { reply_url: `http://127.0.0.1:${silent.address().port}/` },
      });
      const tests = Array.from({ length: 12 }, () => admin.call('POST', `/api/v1/channels/${channel.id}/test`));
      await pause(300); /* they are on their way */
      const begun = Date.now();
      await admin.get('/api/v1/session');
      assert.ok(Date.now() - begun < 3000, 'the workers are free');
      for (const answer of await Promise.all(tests)) {
        assert.equal(answer.status, 200);
        assert.equal(answer.json.ok, false);
        assert.notEqual(answer.json.text, '');
      }
      assert.ok(Date.now() - begun < 15000, 'a test does not wait as long as a sending');
      silent.closeAllConnections();
      silent.close();
      await admin.good('DELETE', `/api/v1/channels/${channel.id}`);
    });

    test('more passwords at once than are hashed at one time: the others wait their turn', async () => {
      const users = await Promise.all(Array.from({ length: 6 }, (_, i) => admin.call('POST', '/api/v1/users',
        { login: `crowd${i}`, name: `C ${i}`, role: 'viewer', password: PASSWORD })));
      assert.deepEqual([...new Set(users.map((one) => one.status))], [201]);
    });

    test('outgoing webhooks', async () => {
      const hook = await admin.post('/api/v1/hooks', { url: 'https://example.com/in', kinds: ['message.received'] });
      assert.match(hook.secret, /^whsec_/);
      assert.equal((await admin.get('/api/v1/hooks')).items.find((one) => one.id === hook.id).secret, null);
      assert.equal((await admin.call('POST', '/api/v1/hooks', { url: 'ftp://a/b', kinds: ['*'] })).json.error.field, 'url');
      assert.equal((await admin.call('POST', '/api/v1/hooks', { url: 'https://a/b', kinds: ['x'] })).json.error.field, 'kinds');
      assert.equal((await admin.patch(`/api/v1/hooks/${hook.id}`, { enabled: false })).enabled, false);
      assert.deepEqual((await admin.get(`/api/v1/hooks/${hook.id}/deliveries`)).items, []);
      await admin.good('DELETE', `/api/v1/hooks/${hook.id}`);
      assert.equal((await admin.call('PATCH', `/api/v1/hooks/${hook.id}`, { enabled: true })).status, 404);
    });

    test('outgoing webhooks reach no address that is not public', async () => {
      let reached = 0;
      const inside = createServer((_, response) => {
        reached++;
        response.end();
      });
      await new Promise((ready) => inside.listen(0, '127.0.0.1', ready));
      const hook = await admin.post('/api/v1/hooks', { url: `http://127.0.0.1:${inside.address().port}/in`, kinds: ['user.changed'] });
      const target = (await admin.get('/api/v1/users')).items.find((one) => one.login === 'viewer');
      await admin.patch(`/api/v1/users/${target.id}`, { name: 'V in' });
      const tried = await eventually('a try has ended', async () => (await admin.get(`/api/v1/hooks/${hook.id}/deliveries`)).items
        .find((one) => one.state === 'waiting' && one.attempts === 1));
      assert.equal(tried.status, 0);
      assert.equal(reached, 0);
      await admin.good('DELETE', `/api/v1/hooks/${hook.id}`);
      inside.close();
    });

    test('lists: limit and cursor', async () => {
      assert.equal((await admin.call('GET', '/api/v1/users?limit=0')).json.error.field, 'limit');
      assert.equal((await admin.call('GET', '/api/v1/users?limit=201')).json.error.field, 'limit');
      assert.equal((await admin.call('GET', '/api/v1/users?cursor=abc')).json.error.code, 'bad_cursor');
      const { next_cursor: cursor } = await admin.get('/api/v1/users?limit=1');
      assert.equal((await admin.call('GET', `/api/v1/teams?cursor=${cursor}`)).json.error.code, 'bad_cursor');
      assert.equal((await admin.call('GET', '/api/v1/users/abc')).status, 404);
      assert.equal((await admin.call('GET', '/api/v1/nothing')).json.error.code, 'not_found');
      assert.equal((await admin.call('PUT', '/api/v1/users')).json.error.code, 'method_not_allowed');
    });

    /** Collects the events of a stream until it ends or is given up. */
    const listen = (token, headers = {}) => {
      const giveUp = new AbortController();
      const got = [];
      const seen = { got, ended: false, close: () => giveUp.abort() };
      seen.done = (async () => {
        for await (const one of stream(`${seen.server ?? server.url}/api/v1/events`, { authorization: `Bearer ${token}`, ...headers }, giveUp.signal))
          got.push(one);
        seen.ended = true;
      })();
      seen.events = () => got.filter((one) => one.event === 'change').flatMap((one) => JSON.parse(one.data));
      return seen;
    };
    const until = async (what, ready, milliseconds = 5000) => {
      for (const end = Date.now() + milliseconds; !ready(); await pause(10))
        assert.ok(Date.now() < end, `waited in vain for: ${what}`);
    };

    test('live: at once, filtered, resumed without gap or repeat, over a restart', async () => {
      await pause(200); // what came before is out
      const watching = listen(tokens.admin);
      const limited = listen(tokens.viewer);
      await until('hello', () => watching.got.length > 0 && limited.got.length > 0);
      assert.equal(watching.got[0].event, 'hello');
      const from = JSON.parse(watching.got[0].data).seq;
      const users = await admin.all('/api/v1/users');
      assert.equal(users.find((one) => one.login === 'admin').online, true);
      const target = users.find((one) => one.login === 'supervisor');
      const began = performance.now();
      await admin.patch(`/api/v1/users/${target.id}`, { name: 'S 1' });
      await until('the first change', () => watching.events().length > 0);
      assert.ok(performance.now() - began < 1000);
      const hook = await admin.post('/api/v1/hooks', { url: 'https://example.com/in', kinds: ['*'] });
      await admin.patch(`/api/v1/users/${target.id}`, { name: 'S 2' });
      await until('the others', () => watching.events().length >= 3 && limited.events().length >= 2);
      assert.deepEqual(watching.events().map((one) => one.kind), ['user.changed', 'hook.changed', 'user.changed']);
      assert.deepEqual(limited.events().map((one) => one.kind), ['user.changed', 'user.changed'], 'without hook.manage');
      const firstId = watching.got.find((one) => one.event === 'change').id;
      await server.stop();
      await Promise.all([watching.done, limited.done]);
      await server.start();
      await admin.good('DELETE', `/api/v1/hooks/${hook.id}`);
      const resumed = listen(tokens.admin, { 'last-event-id': firstId });
      await until('what was missed', () => resumed.events().length >= 3);
      await admin.patch(`/api/v1/users/${target.id}`, { name: 'S 3' });
      await until('what is new', () => resumed.events().length >= 4);
      await pause(200);
      const seqs = [...watching.events().filter((one) => one.seq <= Number(firstId)), ...resumed.events()].map((one) => one.seq);
      assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b), 'each once, in order');
      const logged = await query(server, `SELECT seq FROM event WHERE seq > ${from} ORDER BY seq`);
      assert.deepEqual(seqs, logged.map((row) => Number(row[0])));
      const future = listen(tokens.admin, { 'last-event-id': '999999999' });
      await until('reload', () => future.got.some((one) => one.event === 'reload'));
      const bad = await admin.call('GET', '/api/v1/events', undefined, { 'last-event-id': 'x' });
      assert.equal(bad.json.error.field, 'Last-Event-ID');
      resumed.close();
      future.close();
    });

    test('live: far behind is replayed in order, too far is told to reload', async () => {
      const target = (await admin.get('/api/v1/users')).items.find((one) => one.login === 'viewer');
      await query(server, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
        INSERT INTO event (at_ms, kind, subject_id, data) SELECT 1, 'channel.changed', 1, '{"status":"ok"}' FROM n`);
      await admin.patch(`/api/v1/users/${target.id}`, { name: 'V far' });
      const seqs = (await query(server, 'SELECT seq FROM event ORDER BY seq')).map((row) => Number(row[0]));
      const early = seqs.at(-10300);
      const late = seqs.at(-9000);
      const lost = listen(tokens.admin, { 'last-event-id': String(early) });
      const slow = listen(tokens.admin, { 'last-event-id': String(late) });
      await until('reload', () => lost.got.some((one) => one.event === 'reload'), 10000);
      await until('the whole replay', () => slow.events().length >= 8999, 20000);
      assert.deepEqual(slow.events().map((one) => one.seq), seqs.filter((one) => one > late));
      const { seq: again } = JSON.parse(lost.got.find((one) => one.event === 'reload').data);
      assert.ok(lost.events().every((one) => one.seq > again), 'from the reload on');
      lost.close();
      slow.close();
    });

    test('live: many at once, each sees everything once', async () => {
      const all = Array.from({ length: 20 }, () => listen(tokens.admin));
      await until('hello', () => all.every((one) => one.got.length > 0));
      const from = JSON.parse(all[0].got[0].data).seq;
      const target = (await admin.get('/api/v1/users')).items.find((one) => one.login === 'viewer');
      const late = [];
      for (let i = 0; i < 40; i++) {
        await admin.patch(`/api/v1/users/${target.id}`, { name: `V ${i}` });
        if (i % 10 === 5) late.push(listen(tokens.admin, { 'last-event-id': String(from) }));
      }
      all.push(...late);
      await until('all of them', () => all.every((one) => one.events().length >= 40), 10000);
      for (const one of all) {
        const seqs = one.events().map((event) => event.seq);
        assert.deepEqual(seqs, Array.from({ length: 40 }, (_, i) => from + 1 + i));
        one.close();
      }
    });

    test('live: a stream ends with its session, its token, its person', async () => {
      const person = await admin.post('/api/v1/users', { login: `guest-${kind}`, name: 'Guest', role: 'agent', password: PASSWORD });
      const browser = new Browser(server);
      await browser.login(`guest-${kind}`);
      const made = await browser.call('POST', '/api/v1/tokens', { name: 't', scopes: ['all'] });
      const byToken = listen(made.json.token);
      await until('hello', () => byToken.got.length > 0);
      await browser.call('DELETE', `/api/v1/tokens/${made.json.id}`);
      await until('the end with the token', () => byToken.ended);
      const other = await browser.call('POST', '/api/v1/tokens', { name: 't2', scopes: ['all'] });
      const byPerson = listen(other.json.token);
      await until('hello', () => byPerson.got.length > 0);
      await server.command('user', 'set', `guest-${kind}`, '--active', 'false');
      await until('the end with the person', () => byPerson.ended);
      assert.equal((await new Api(server, other.json.token).call('GET', '/api/v1/session')).status, 401);
      assert.equal((await browser.call('GET', '/api/v1/session')).status, 401);
      assert.ok(person.id);
    });

    if (kind === 'postgres')
      test('two servers on one database show each other’s changes', async () => {
        const second = await new Server({ database: server.database, dir: server.dir }).start();
        try {
          const watching = listen(tokens.admin);
          await until('hello', () => watching.got.length > 0);
          const target = (await admin.get('/api/v1/users')).items.find((one) => one.login === 'viewer');
          await new Api(second, tokens.admin).patch(`/api/v1/users/${target.id}`, { name: 'from the other' });
          await until('the change', () => watching.events().some((one) => one.subject_id === target.id), 2000);
          const shown = (await admin.get('/api/v1/users')).items.find((one) => one.login === 'viewer');
          assert.equal(shown.name, 'from the other');
          watching.close();
        } finally {
          await second.stop();
        }
      });
    else
      test('one server for a data directory; backup while it runs, restore elsewhere', async () => {
        const second = await run(BINARY, ['serve', '--data', server.dir, '--listen', '127.0.0.1:0']);
        assert.equal(second.code, 1);
        const file = join(temporaryDirectory(), 'copy');
        await server.command('backup', file);
        for (const name of [file, `${file}.key`, join(server.dir, 'huiyin.db'), join(server.dir, 'secret.key')])
          assert.equal((await stat(name)).mode & 0o077, 0, `${name} is for its owner only`);
        const refused = await run(BINARY, ['restore', file, '--force', '--data', server.dir]);
        assert.equal(refused.code, 1, 'not under a running server');
        const dir = temporaryDirectory();
        const done = await run(BINARY, ['restore', file, '--data', dir]);
        assert.equal(done.code, 0, done.stderr);
        assert.equal((await run(BINARY, ['restore', file, '--data', dir])).code, 1, 'not over what is there');
        const copy = await new Server({ dir }).start();
        const users = await new Api(copy, tokens.admin).all('/api/v1/users');
        await copy.stop();
        assert.deepEqual(users.map((one) => one.login), (await admin.all('/api/v1/users')).map((one) => one.login));
        const doctor = await run(BINARY, ['doctor', '--data', dir]);
        assert.equal(doctor.code, 0, doctor.stdout);
      });
  });
}

test('what only looks makes nothing', async () => {
  const dir = join(temporaryDirectory(), 'mistyped');
  for (const command of [['channel', 'list'], ['token', 'list', 'li'], ['user', 'list'], ['doctor'], ['backup', `${dir}.db`]]) {
    const done = await run(BINARY, [...command, '--data', dir], { env: { LANG: 'C.UTF-8' } });
    assert.equal(done.code, 1, command.join(' '));
    assert.match(done.stderr + done.stdout, /is not there|BAD  data directory/);
  }
  assert.equal(existsSync(dir), false);
});

/* store.test.mjs - a full disk; a database that goes away and comes back. Nothing acknowledged is lost, the state is
 * said clearly, and the server recovers by itself. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Hook } from '../lib/hook.mjs';
import { Cluster, query } from '../lib/postgres.mjs';
import { run, temporaryDirectory, until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';

async function furnish(server) {
  await server.addUser('root', 'admin', 'a long password');
  const api = new Api(server, await server.addToken('root'));
  const hook = new Hook(server, await server.addChannel('webhook', 'forum'));
  await until('the channel is known', async () => (await hook.send(Hook.message())).status < 300);
  return { api, hook };
}

/** Every acknowledged message is in the database once, and no message is there that was not pushed. */
async function assertKept(server, acknowledged, pushed) {
  const counts = new Map((await query(server,
    "SELECT native_id, count(*) FROM message WHERE direction = 'in' GROUP BY native_id")).map(([id, n]) => [id, Number(n)]));
  for (const id of acknowledged) assert.equal(counts.get(id), 1, `message ${id}`);
  for (const [id, count] of counts) {
    assert.equal(count, 1, `message ${id} is there ${count} times`);
    assert.ok(pushed.has(id) || !id.startsWith('fault-'), `message ${id} was never pushed`);
  }
}

async function mounted(megabytes) {
  const dir = temporaryDirectory('huiyin-disk');
  const mount = await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  assert.equal(mount.code, 0, `a small disk needs the right to mount: ${mount.stderr}`);
  return { dir, unmount: () => run('umount', ['-l', dir]) };
}

test('full disk: refused clearly, nothing acknowledged is lost, recovers by itself', async () => {
  const disk = await mounted(48);
  after(() => disk.unmount());
  const data = join(disk.dir, 'data');
  mkdirSync(data);
  const server = await new Server({ dir: data }).start();
  after(() => server.stop());
  const { api, hook } = await furnish(server);

  const filler = join(disk.dir, 'filler');
  const free = Number((await run('df', ['--output=avail', '-k', disk.dir])).stdout.split('\n')[1]);
  writeFileSync(filler, Buffer.alloc(Math.max(0, free - 2048) * 1024));

  const pushed = new Set();
  const acknowledged = new Set();
  let refusal;
  for (let i = 0; i < 20000 && !refusal; i += 16) {
    await Promise.all(Array.from({ length: 16 }, async (_, k) => {
      const message = Hook.message({ external_id: `fault-disk-${i + k}`, text: '磁盘满了也不能丢'.repeat(40) });
      pushed.add(message.external_id);
      const answer = await hook.send(message);
      if (answer.status < 300) acknowledged.add(message.external_id);
      else refusal = answer;
    }));
  }
  assert.ok(refusal, 'the disk never filled');
  assert.equal(refusal.status, 507, refusal.text);
  assert.equal(JSON.parse(refusal.text).error.code, 'store_full');
  assert.equal((await api.call('GET', '/healthz')).status, 200);
  await until('readyz tells', async () => (await api.call('GET', '/readyz')).status === 503);
  assert.ok((await api.get('/api/v1/conversations?limit=5')).items.length > 0, 'reading goes on');

  rmSync(filler);
  const message = Hook.message({ external_id: 'fault-disk-after' });
  pushed.add(message.external_id);
  await until('it takes messages again', async () => (await hook.send(message)).status < 300);
  acknowledged.add(message.external_id);
  await until('readyz tells', async () => (await api.call('GET', '/readyz')).status === 200);
  await assertKept(server, acknowledged, pushed);
  await server.stop();
  await server.start();
  await assertKept(server, acknowledged, pushed);
  const doctor = await run(server.binary, ['doctor', ...server.where], { env: { LANG: 'C.UTF-8' } });
  assert.match(doctor.stdout, /ok +integrity: ok/);
  assert.match(doctor.stdout, /BAD +free disk: \d/, 'so small a disk is a finding');
  assert.equal(doctor.stdout.match(/BAD/g).length, 1, doctor.stdout);
  assert.equal(doctor.code, 1);
});

test('PostgreSQL goes away under load and comes back', async () => {
  const cluster = await new Cluster().create();
  const server = await new Server({ database: cluster.url }).start();
  after(() => server.stop());
  const { api, hook } = await furnish(server);

  const pushed = new Set();
  const acknowledged = new Set();
  const statuses = new Map();
  let on = true;
  const pushers = Array.from({ length: 8 }, async (_, worker) => {
    for (let i = 0; on; i++) {
      const message = Hook.message({ external_id: `fault-gone-${worker}-${i}` });
      pushed.add(message.external_id);
      const answer = await hook.send(message);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300) acknowledged.add(message.external_id);
      else assert.equal(JSON.parse(answer.text).error.code, answer.status === 503 ? 'store_gone' : '', answer.text);
    }
  });
  await until('messages come in', () => acknowledged.size > 50);
  await cluster.stop();
  await until('the loss is told', () => (statuses.get(503) ?? 0) > 10);
  await until('readyz tells', async () => (await api.call('GET', '/readyz')).status === 503);
  assert.equal((await api.call('GET', '/healthz')).status, 200);
  await cluster.start();
  const before = acknowledged.size;
  await until('messages come in again', () => acknowledged.size > before + 50, { timeout: 30000 });
  on = false;
  await Promise.all(pushers);
  await until('readyz tells', async () => (await api.call('GET', '/readyz')).status === 200);
  await assertKept(server, acknowledged, pushed);
});

/* server.mjs - ratios, measured in one run on this machine: the server against its peers and against the disk.
 *
 *   node tests/bench/server.mjs [--quick] [latency] [intake] [list] [streams] [memory] [search]
 *
 * Each line: what was measured, the figure, its peer's figure, the ratio, the aim. Nothing here passes or fails. */
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Hook } from '../lib/hook.mjs';
import { pause, ROOT, run, start, stop, temporaryDirectory, until } from '../lib/process.mjs';
import { Api, Server, stream } from '../lib/server.mjs';

const QUICK = process.argv.includes('--quick');
const WANTED = process.argv.slice(2).filter((word) => !word.startsWith('--') && word !== 'server');
const BENCH = join(ROOT, 'build/tests/bench');
const TEXT = '三周了，退款还没到账，客服电话永远占线，发了邮件也没有人回。你们就是这样对待老客户的吗？希望今天之内给一个明确的答复，不然我就去 12315 投诉了。订单号 2026102417，麻烦尽快核对一下。';

const rows = [];
function report(what, figure, peer, ratio, aim) {
  rows.push({ what, figure, peer, ratio, aim });
  console.log(`${what}: ${figure}; ${peer}; ratio ${ratio}${aim ? ` (aim ${aim})` : ''}`);
}
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** wrk's requests per second, and its non-2xx count. */
async function wrk(url, seconds, { connections = 64, script } = {}) {
  const done = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', ...(script ? ['-s', script] : []), url],
    { timeout: (seconds + 60) * 1000 });
  const rate = Number(done.stdout.match(/Requests\/sec:\s+([\d.]+)/)?.[1]);
  const bad = Number(done.stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0);
  if (!rate) throw new Error(done.stdout + done.stderr);
  return { rate, bad };
}

/** Files of requests signed in advance, so that signing costs the load generator nothing. */
function presigned(directory, channel, count, prefix) {
  const key = Buffer.from(channel.secret.replace('whsec_', ''), 'base64');
  const at = Math.floor(Date.now() / 1000);
  const lines = [];
  for (let i = 0; i < count; i++) {
    const id = `${prefix}-${i}-0123456789abcdef`;
    const body = JSON.stringify({
      type: 'mention.created', timestamp: new Date().toISOString(),
      data: Hook.message({ external_id: id, author: { id: `a-${prefix}-${i}`, name: '小麦', followers: 12, verified: false }, text: TEXT,
        media: [], thread_id: id, padding: undefined }),
    });
    const signature = createHmac('sha256', key).update(`msg_${id}.${at}.${body}`).digest('base64');
    lines.push(`msg_${id}\t${at}\tv1,${signature}\t${body}`);
  }
  const file = join(directory, `${prefix}.tsv`);
  writeFileSync(file, lines.join('\n'));
  const script = join(directory, `${prefix}.lua`);
  writeFileSync(script, `
local lines = {}
for line in io.lines("${file}") do lines[#lines + 1] = line end
local at = 0
request = function()
  at = at + 1
  local id, time, signature, body = lines[(at - 1) % #lines + 1]:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(.*)")
  return wrk.format("POST", "/hooks/${channel.id}", { ["content-type"] = "application/json", ["webhook-id"] = id,
    ["webhook-timestamp"] = time, ["webhook-signature"] = signature }, body)
end
`);
  return script;
}

async function intake(server, channel, directory) {
  const seconds = QUICK ? 3 : 8;
  const script = presigned(directory, channel, QUICK ? 60000 : 160000, 'intake');
  const raw = async () => {
    const dir = join(directory, `raw-${Math.random()}`);
    mkdirSync(dir);
    return Number((await run(join(BENCH, 'raw_insert'), [dir, QUICK ? '30000' : '80000', '64'], { timeout: 120000 })).stdout);
  };
  const before = await raw();
  const { rate, bad } = await wrk(server.url, seconds, { script });
  const peer = (before + await raw()) / 2;
  if (bad > 0) throw new Error(`${bad} messages were refused`);
  report('durable messages/s through POST /hooks, 64 connections, synchronous=FULL', rate.toFixed(0),
    `raw SQLite inserts of the same rows, 64 a commit: ${peer.toFixed(0)}/s`, (rate / peer).toFixed(2), '≥ 0.35');
}

async function listPage(server, api, hook, directory) {
  for (let i = 0; i < 60; i++) // a full page, also when this part runs alone
    await hook.send(Hook.message({ external_id: `page-${i}`, author: { id: `page-${i}`, name: '小麦', followers: 12, verified: false }, text: TEXT }));
  const path = '/api/v1/conversations?state=open&limit=50';
  const page = await api.call('GET', path);
  writeFileSync(join(directory, 'page.json'), page.text);
  const port = 20000 + (process.pid % 20000);
  const config = join(directory, 'nginx.conf');
  writeFileSync(config, `${process.getuid() === 0 ? 'user root;' : ''} daemon off; worker_processes 2; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; keepalive_requests 1000000; open_file_cache max=10;
  server { listen 127.0.0.1:${port}; root ${directory}; } }
`);
  const nginx = await start('nginx', ['-c', config, '-p', directory], /(?:)/);
  await until('nginx answers', async () => (await fetch(`http://127.0.0.1:${port}/page.json`)).ok);
  const script = join(directory, 'list.lua');
  writeFileSync(script, `wrk.headers["Authorization"] = "Bearer ${api.token}"\n`);
  const seconds = QUICK ? 2 : 5;
  const peer = await wrk(`http://127.0.0.1:${port}/page.json`, seconds);
  const ours = await wrk(server.url + path, seconds, { script });
  const fresh = join(directory, 'fresh.lua'); // a query of its own each time: nothing that was kept answers it
  writeFileSync(fresh, `local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "${path}&n=" .. n, { ["Authorization"] = "Bearer ${api.token}" })
end
`);
  const read = await wrk(server.url + path, seconds, { script: fresh });
  const again = await wrk(`http://127.0.0.1:${port}/page.json`, seconds);
  await stop(nginx.child, 'SIGQUIT');
  if (ours.bad + read.bad > 0) throw new Error(`${ours.bad + read.bad} list pages were refused`);
  const nginxRate = (peer.rate + again.rate) / 2;
  const size = `50 conversations, ${page.text.length} characters`;
  const nginxSays = `nginx, a static file of that size: ${nginxRate.toFixed(0)}/s`;
  report(`list pages/s (${size}), nothing changed in between`, ours.rate.toFixed(0), nginxSays, (ours.rate / nginxRate).toFixed(2), '≥ 0.3');
  report(`list pages/s (${size}), each read from the database`, read.rate.toFixed(0), nginxSays, (read.rate / nginxRate).toFixed(2), '≥ 0.3');
}

async function latency(server, api, hook, directory) {
  const rounds = QUICK ? 100 : 400;
  const stopping = new AbortController();
  const waiting = new Map();
  const reading = (async () => {
    for await (const { event, data } of stream(`${server.url}/api/v1/events`, { authorization: `Bearer ${api.token}` }, stopping.signal)) {
      const now = performance.now();
      if (event === 'hello') waiting.get('hello')?.(now);
      if (event !== 'change') continue;
      for (const change of JSON.parse(data)) if (change.kind === 'message.received') waiting.get(change.data.native_id)?.(now);
    }
  })();
  await new Promise((ready) => waiting.set('hello', ready));
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const message = Hook.message({ external_id: `latency-${i}` });
    const { body, headers } = hook.signed(message);
    const begin = performance.now();
    const seen = new Promise((wake) => waiting.set(message.external_id, wake));
    await hook.post(body, headers);
    times.push((await seen) - begin);
    waiting.delete(message.external_id);
    await pause(60); // past the coalescing window: what one message costs when it comes alone
  }
  stopping.abort();
  await reading;
  const sync = (await run(join(BENCH, 'sync'), [directory, String(rounds)])).stdout.trim().split('\n').map((us) => Number(us) / 1000);
  for (const share of [0.5, 0.99]) {
    const [ours, peer] = [percentile(times, share), percentile(sync, share)];
    report(`POST to SSE event, p${share * 100}`, `${ours.toFixed(2)} ms`, `one fdatasync: ${peer.toFixed(2)} ms`, (ours / peer).toFixed(1));
  }
}

async function idleStreams(server, api) {
  const count = QUICK ? 1000 : 4000;
  const open = (n) => Promise.all(Array.from({ length: n }, () => new Promise((ready, failed) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', failed);
    socket.once('data', () => ready(socket));
    socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${api.token}\r\n\r\n`);
  })));
  const warm = await open(200);
  await pause(500);
  const before = await server.residentBytes();
  const sockets = [];
  for (let i = 0; i < count; i += 200) sockets.push(...(await open(200)));
  await pause(1000);
  const each = (await server.residentBytes() - before) / count;
  for (const socket of [...warm, ...sockets]) socket.destroy();
  report(`memory of an idle SSE connection (of ${count})`, `${(each / 1024).toFixed(1)} kB`, 'aim 8 kB', (each / 8192).toFixed(2), '≤ 1');
}

async function idleMemory(server, channel, directory) {
  const wanted = QUICK ? 20000 : 100000;
  const { query } = await import('../lib/postgres.mjs');
  const have = Number((await query(server, 'SELECT count(*) FROM conversation'))[0][0]);
  if (have < wanted) await wrk(server.url, 60, { script: presigned(directory, channel, wanted - have, 'fill') }).catch(() => {});
  const conversations = Number((await query(server, 'SELECT count(*) FROM conversation'))[0][0]);
  await server.stop();
  await server.start();
  await pause(5000);
  const bytes = await server.residentBytes();
  report(`resident memory, idle with ${conversations} conversations`, `${(bytes / 1048576).toFixed(1)} MB`, 'aim 64 MB',
    (bytes / 1048576 / 64).toFixed(2), '≤ 1');
}

async function search() {
  const done = await run(join(BENCH, 'search_bench'), [QUICK ? '100000' : '1000000'], { timeout: 1200000 });
  console.log(done.stdout.trim() || done.stderr.trim());
}

const directory = temporaryDirectory('huiyin-bench');
const server = await new Server().start();
await server.addUser('bench', 'admin', 'a long password');
const api = new Api(server, await server.addToken('bench'));
const channel = await server.addChannel('webhook', 'bench');
const hook = new Hook(server, channel);
await until('the channel is known', async () => (await hook.send(Hook.message())).status < 300);
const PARTS = {
  latency: () => latency(server, api, hook, directory),
  intake: () => intake(server, channel, directory),
  list: () => listPage(server, api, hook, directory),
  streams: () => idleStreams(server, api),
  memory: () => idleMemory(server, channel, directory),
};
for (const [name, part] of Object.entries(PARTS)) if (WANTED.length === 0 || WANTED.includes(name)) await part();
await server.stop();
if (WANTED.length === 0 || WANTED.includes('search')) await search();

#!/usr/bin/env node
/* webhook_receiver.mjs - receives what Huiyin sends as Standard Webhooks, checked by the npm package standardwebhooks.
 *
 *   node tests/standin/webhook_receiver.mjs --port 0 --secret whsec_…      prints: ready http://127.0.0.1:PORT
 *
 * Deliveries go to POST / (any path). Steering and looking, under /_control:
 *   POST /_control/secret  {secret}                        the secret to check with from now on
 *   POST /_control/fault   {kind, times?=1, status?, retry_after?, body?}
 *                          kind: status | stall | half | drop | take_then_drop | redirect
 *   POST /_control/reset   {}
 *   GET  /_control/received {items:[{id, verified, error, type, data, status, at_ms}], ids:{id: count}, taken:{id: count}}
 *                          ids: every try; taken: tries that were verified and accepted
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Webhook } from 'standardwebhooks';

const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' }, secret: { type: 'string' } } });

let secret = options.secret ?? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let items = [];
let faults = [];

function verify(body, headers) {
  try {
    return { verified: true, event: new Webhook(secret).verify(body, headers) };
  } catch (error) {
    return { verified: false, error: error.message };
  }
}

function count(list) {
  const counts = {};
  for (const item of list) counts[item.id] = (counts[item.id] ?? 0) + 1;
  return counts;
}

function respond(response, status, body = '', headers = {}) {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

function takeFault() {
  if (faults.length === 0) return null;
  const fault = faults[0];
  if (--fault.times <= 0) faults.shift();
  return fault;
}

/* True: the fault answered, or never will. */
function fail(fault, response, entry) {
  switch (fault.kind) {
  case 'status':
    entry.status = fault.status ?? 500;
    respond(response, entry.status, fault.body ?? '', fault.retry_after ? { 'retry-after': String(fault.retry_after) } : {});
    return true;
  case 'redirect': respond(response, 302, '', { location: '/elsewhere' }); return true;
  case 'stall': return true;
  case 'drop': response.socket?.destroy(); return true;
  case 'take_then_drop':
    entry.taken = entry.verified;
    response.socket?.destroy();
    return true;
  case 'half':
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"ha', () => response.socket?.destroy());
    return true;
  default: return false;
  }
}

function deliver(request, body, response) {
  const result = verify(body, request.headers);
  const entry = { id: request.headers['webhook-id'] ?? '', verified: result.verified, error: result.error ?? null, type: result.event?.type,
    data: result.event?.data, status: 0, taken: false, at_ms: Date.now(), timestamp: request.headers['webhook-timestamp'] };
  items.push(entry);
  const fault = takeFault();
  if (fault && fail(fault, response, entry)) return;
  entry.status = entry.verified ? 204 : 401;
  entry.taken = entry.verified;
  respond(response, entry.status);
}

const CONTROL = {
  'GET received': () => ({ items, ids: count(items), taken: count(items.filter((i) => i.taken)) }),
  'POST secret': (order) => { secret = order.secret; return { ok: true }; },
  'POST fault': (order) => { faults.push({ times: 1, ...order }); return { faults: faults.length }; },
  'POST reset': () => { items = []; faults = []; return { ok: true }; },
};

async function handle(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const path = new URL(request.url, 'http://receiver').pathname;
  if (!path.startsWith('/_control/')) return deliver(request, body, response);
  const handler = CONTROL[`${request.method} ${path.slice('/_control/'.length)}`];
  if (!handler) return respond(response, 404, '{"error":"no such control"}');
  return respond(response, 200, JSON.stringify(handler(JSON.parse(body || '{}'))), { 'content-type': 'application/json' });
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => respond(response, 400, JSON.stringify({ error: error.message })));
});
server.listen(Number(options.port), '127.0.0.1', () => process.stdout.write(`ready http://127.0.0.1:${server.address().port}\n`));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.closeAllConnections?.();
    server.close(() => process.exit(0));
  });
}

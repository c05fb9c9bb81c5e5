/* server.mjs - a Huiyin of one's own, set up through the command line as an operator would. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { BINARY, run, start, stop, temporaryDirectory } from './process.mjs';

export class Server {
  /** database: undefined = SQLite, else a postgres:// URL. */
  constructor({ database, dir = temporaryDirectory(), binary = BINARY, env = {} } = {}) {
    Object.assign(this, { dir, database, binary, env });
    this.where = ['--data', dir, ...(database ? ['--db', database] : [])];
  }

  async start({ listen = '127.0.0.1:0' } = {}) {
    const started = await start(this.binary, ['serve', ...this.where, '--listen', listen],
      /Huiyin is ready at (http:\/\/\S+)/, { env: this.env });
    this.child = started.child;
    this.output = started.output;
    this.url = started.match[1];
    return this;
  }

  stop(signal = 'SIGTERM') {
    return stop(this.child, signal);
  }

  async command(...args) {
    const done = await run(this.binary, [...args, ...this.where], { env: this.env });
    assert.equal(done.code, 0, `huiyin ${args.join(' ')}: ${done.stderr}${done.stdout}`);
    return done.stdout.trim();
  }

  async addUser(name, role, password) {
    const done = await run(this.binary, ['user', 'add', name, '--role', role, '--password-stdin', ...this.where],
      { input: password + '\n', env: this.env });
    assert.equal(done.code, 0, done.stderr);
  }

  /** settings: { key: value }; answers { id, secret } */
  async addChannel(kind, name, settings = {}) {
    const sets = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    return JSON.parse(await this.command('channel', 'add', kind, '--name', name, ...sets));
  }

  async addToken(user) {
    return (await this.command('token', 'add', user, '--scope', 'all')).split('\n').pop().trim();
  }

  /** The process's resident memory in bytes. */
  async residentBytes() {
    const { readFile } = await import('node:fs/promises');
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(status.match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
  }
}

/** A caller with a bearer token. */
export class Api {
  constructor(server, token) {
    Object.assign(this, { server, token });
  }

  async call(method, path, body, headers = {}) {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    let json;
    try {
      json = text ? JSON.parse(text) : undefined;
    } catch {
      json = undefined;
    }
    return { status: answer.status, headers: answer.headers, text, json };
  }

  async good(method, path, body, headers) {
    const answer = await this.call(method, path, body, headers);
    assert.ok(answer.status >= 200 && answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  get(path) {
    return this.good('GET', path);
  }

  post(path, body = {}) {
    return this.good('POST', path, body, { 'idempotency-key': randomUUID() });
  }

  patch(path, body) {
    return this.good('PATCH', path, body);
  }

  /** Every item of a list, page by page. */
  async all(path, limit = 200) {
    const items = [];
    let cursor = '';
    do {
      const mark = path.includes('?') ? '&' : '?';
      const page = await this.get(`${path}${mark}limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }
}

/** Reads server-sent events: for await (const { id, event, data } of stream(url, headers, signal)). It ends when signal says
 * so or the server goes away. Not with fetch: in Node 18 one that is aborted between two chunks may leave its reader
 * waiting for good. */
export async function* stream(url, headers = {}, signal = undefined) {
  const answer = await new Promise((ready, failed) => {
    get(url, { headers: { accept: 'text/event-stream', ...headers }, signal, agent: false }, ready).on('error', failed);
  });
  assert.equal(answer.statusCode, 200);
  try {
    yield* events(answer);
  } catch (error) {
    if (!signal?.aborted && error.code !== 'ECONNRESET') throw error;
  }
}

async function* events(chunks) {
  let rest = '';
  let now = { event: 'message', data: [] };
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (now.data.length > 0) yield { ...now, data: now.data.join('\n') };
        now = { event: 'message', data: [] };
      } else if (line.startsWith('data:')) now.data.push(line.slice(5).replace(/^ /, ''));
      else if (line.startsWith('id:')) now.id = line.slice(3).trim();
      else if (line.startsWith('event:')) now.event = line.slice(6).trim();
    }
  }
}

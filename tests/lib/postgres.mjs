/* postgres.mjs - databases on the PostgreSQL that tests/with_postgres.sh started. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { run, temporaryDirectory } from './process.mjs';

export const postgresServer = process.env.HUIYIN_TEST_POSTGRES;

let count = 0;

/** A fresh database; its URL. */
export async function freshDatabase() {
  assert.ok(postgresServer, 'PostgreSQL is needed: run through tests/with_postgres.sh');
  const name = `e${process.pid}_${++count}_${Date.now()}`;
  await sql(postgresServer, `CREATE DATABASE ${name}`);
  return postgresServer.replace(/\/[^/]*$/, `/${name}`);
}

/** Runs SQL with psql; rows as arrays of text. */
export async function sql(url, text) {
  const done = await run('psql', [url, '-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', text]);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

/** The same on a Huiyin's own database, whichever it is. */
export async function query(server, text) {
  if (server.database) return sql(server.database, text);
  const done = await run('sqlite3', ['-batch', '-noheader', '-separator', '\t', '-cmd', '.timeout 10000',
    `${server.dir}/huiyin.db`, text]);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

/** A cluster of one's own that can be stopped and started again while a server uses it. */
export class Cluster {
  async create() {
    this.dir = temporaryDirectory('huiyin-cluster');
    this.bin = (await run('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1'])).stdout.trim();
    this.port = await freePort();
    if (process.getuid() === 0) await run('chown', ['postgres:', this.dir]);
    await this.#owner('initdb', '-D', `${this.dir}/data`, '-U', 'huiyin', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8');
    await this.start();
    process.on('exit', () => spawnSync(...this.#command('pg_ctl', '-D', `${this.dir}/data`, '-m', 'immediate', 'stop')));
    this.url = `postgres://huiyin@127.0.0.1:${this.port}/postgres`;
    return this;
  }

  #command(program, ...args) {
    const whole = [`${this.bin}/${program}`, ...args];
    return process.getuid() === 0
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', ...whole], { cwd: this.dir }]
      : [whole[0], args, { cwd: this.dir }];
  }

  async #owner(program, ...args) {
    const done = await run(...this.#command(program, ...args));
    assert.equal(done.code, 0, done.stderr + done.stdout);
  }

  start() {
    return this.#owner('pg_ctl', '-D', `${this.dir}/data`, '-l', `${this.dir}/data/server.log`, '-w', '-o',
      `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${this.dir} -c max_connections=100`, 'start');
  }

  stop(mode = 'immediate') {
    return this.#owner('pg_ctl', '-D', `${this.dir}/data`, '-w', '-m', mode, 'stop');
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

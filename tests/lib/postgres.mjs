/* postgres.mjs - databases on the PostgreSQL that tests/with_postgres.sh started. */
import assert from 'node:assert/strict';
import { run } from './process.mjs';

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

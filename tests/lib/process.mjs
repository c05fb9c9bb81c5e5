/* process.mjs - starting and ending the programs a test needs; nothing outlives the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
export const BINARY = process.env.HUIYIN_BINARY || join(ROOT, 'build/huiyin');

const living = new Set();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export function temporaryDirectory(name = 'huiyin') {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts a program; resolves once a line of its output matches, with { child, match, output() }. */
export async function start(command, args, ready, { env = {}, cwd = ROOT, timeout = 30000 } = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  living.add(child);
  let text = '';
  const grown = [];
  const take = (chunk) => {
    text = (text + chunk).slice(-200000);
    for (const wake of grown.splice(0)) wake();
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  child.once('exit', () => {
    living.delete(child);
    take('');
  });
  const end = Date.now() + timeout;
  for (;;) {
    const match = text.match(ready);
    if (match) return { child, match, output: () => text };
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${command} ${args.join(' ')} ended with ${child.exitCode ?? child.signalCode}:\n${text}`);
    if (Date.now() > end) throw new Error(`${command} was not ready within ${timeout} ms:\n${text}`);
    await Promise.race([new Promise((wake) => grown.push(wake)), pause(200)]);
  }
}

/** Ends a program and waits for it. */
export async function stop(child, signal = 'SIGTERM', timeout = 15000) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), timeout);
  await ended;
  clearTimeout(killer);
  return child.exitCode;
}

/** Runs to the end: { code, stdout, stderr }. */
export async function run(command, args, { input = '', env = {}, cwd = ROOT, timeout = 60000 } = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd });
  living.add(child);
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8'); // a character may come in two pieces
    child[name].on('data', (chunk) => (out[name] += chunk));
  }
  child.stdin.on('error', () => {}); // it may have ended without reading
  child.stdin.end(input);
  const killer = setTimeout(() => child.kill('SIGKILL'), timeout);
  const [code, signal] = await once(child, 'close');
  clearTimeout(killer);
  living.delete(child);
  return { code: code ?? signal, ...out };
}

export const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Asks again until the answer is truthy; the last refusal is told when time runs out. */
export async function until(what, ask, { timeout = 20000, every = 50 } = {}) {
  const end = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${timeout} ms in vain until ${what}`, { cause: last });
    await pause(every);
  }
}

/* understanding.mjs - how many posts a second one core assesses, beside Debian's fasttext on the same rows in the same
 * run and beside a bare pass over the bytes. Run by script/bench understanding [--quick].
 *
 * The rows are the seed examples with their frames expanded. fasttext learns the categories of the same rows, with
 * what Chinese needs to be learned at all (characters parted by blanks, pairs of them; its other settings as they
 * come), then predicts that one label for every row; loading its model is not counted, our rules' compilation is not
 * either. Ours: normalised twice, 1,000 rules, eight classifiers, entities, fingerprint, importance, reasons. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, temporaryDirectory } from '../lib/process.mjs';

const QUICK = process.argv.includes('--quick');
const directory = temporaryDirectory('huiyin-bench');
const rows = readFileSync(join(ROOT, 'build/src/understanding/examples.tsv'), 'utf8').trim().split('\n').map((line) => line.split('\t'));
const texts = join(directory, 'texts');
writeFileSync(texts, rows.map((row) => row.at(-1)).join('\n') + '\n');

const parted = (text) => text.toLowerCase().replace(/([\u3400-\u9fff])/g, ' $1 ').replace(/\s+/g, ' ').trim();
const labelled = join(directory, 'labelled');
const few = join(directory, 'few');
const many = join(directory, 'many');
const bare = rows.map((row) => parted(row.at(-1)));
writeFileSync(labelled, rows.map((row, i) => `__label__${row[0]} ${bare[i]}`).join('\n') + '\n');
writeFileSync(few, bare.slice(0, 1).join('\n') + '\n');
const REPEAT = QUICK ? 5 : 10;
writeFileSync(many, (bare.join('\n') + '\n').repeat(REPEAT));

/** CPU seconds of a child. */
async function cpu(command, args) {
  const done = await run('sh', ['-c', 'exec 3>&1; { "$@" >/dev/null; times >&3; }', 'sh', command, ...args], { timeout: 600000 });
  if (done.code !== 0) throw new Error(done.stderr);
  const [minutes, seconds] = done.stdout.trim().split('\n')[1].match(/[\d.]+(?=m)|[\d.]+(?=s)/g).map(Number);
  return minutes * 60 + seconds;
}

async function fasttext() {
  await run('fasttext', ['supervised', '-input', labelled, '-output', join(directory, 'ft'), '-wordNgrams', '2', '-thread', '1', '-verbose', '0'], { timeout: 600000 });
  const model = join(directory, 'ft.bin');
  const loading = await cpu('fasttext', ['predict', model, few]);
  const all = await cpu('fasttext', ['predict', model, many]);
  return rows.length * REPEAT / (all - loading);
}

const before = await fasttext();
const done = await run(join(ROOT, 'build/tests/bench/understanding_bench'), [texts, QUICK ? '2' : '5'], { timeout: 600000 });
if (done.code !== 0) throw new Error(done.stderr);
const peer = (before + (await fasttext())) / 2;
const is = Object.fromEntries(done.stdout.trim().split('\n').map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)]));

console.log(`${is.texts} texts of ${is.bytes} bytes; ${is.hits} rules hit a text`);
console.log(`whole assessment, 1,000 rules, one core: ${is.assess} posts/s (aim ≥ 20,000)`);
console.log(`fasttext, one label: ${peer.toFixed(0)} posts/s; ratio ${(is.assess / peer).toFixed(2)} (aim ≥ 1)`);
console.log(`a bare pass over the bytes: ${is.bytes_pass} posts/s; ratio ${(is.assess / is.bytes_pass).toFixed(4)}`);
console.log(`of ${is.us_whole} us a post: 1,000 rules ${is.us_rules} us (aim ≤ 2), 10,000 rules ${is.us_rules_10000} us, models and their reasons ${is.us_models} us; its JSON, beside that, ${is.us_json} us`);
console.log(`compiling 1,000 rules takes ${(is.compile_1000 * 1000).toFixed(0)} ms, 10,000 ${(is.compile_10000 * 1000).toFixed(0)} ms`);

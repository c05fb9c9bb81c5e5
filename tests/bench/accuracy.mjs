/* accuracy.mjs - how well understanding learns, beside LIBLINEAR on plain character n-grams and Debian's fasttext, on
 * the same rows in the same run. Run by script/bench accuracy [--quick].
 *
 * The labelled sets lie outside the project (folders with train.tsv.gz and dev.tsv.gz): in $HUIYIN_DATA, or in
 * ../shared/data. Four tables: learned from each set's train part, judged on its dev part; the shipped model as it
 * comes; 250 and 1,000 examples of one's own, alone and on top of the shipped model; the time 60,000 rows take. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BINARY, ROOT, run, temporaryDirectory } from '../lib/process.mjs';

const QUICK = process.argv.includes('--quick');
const DATA = [process.env.HUIYIN_DATA, '../shared/data', '../../shared/data'].filter(Boolean)
  .map((path) => join(path.startsWith('/') ? '' : ROOT, path)).find((path) => existsSync(path));
if (!DATA) throw new Error('no labelled sets: set HUIYIN_DATA to their folder');
const directory = temporaryDirectory('huiyin-bench');
const at = (name) => join(directory, name);

/** Baseline known and aim, macro-F1 x 100. */
const SETS = [
  ['weibo2018_senti', 86.0, 87.5], ['smp2020_polarity3', 80.1, 81.5], ['smp2020_emotion', 61.6, 64], ['waimai_10k', 88.8, 90],
  ['auto_topic', 88.7, 89.5], ['cold_offensive', null, null], ['airline_senti', 77.6, 79], ['airline_reason', 47.8, 50],
  ['complaint_en', 82.1, 84], ['triage_en', 78.0, 80], ['severity_en', 39.2, 42], ['sms_spam', 97.0, 97.5],
];
/** Set, the shipped task it is judged by, labels that are left out, figure, aim. */
const SHIPPED = [
  ['waimai_10k', 'sentiment', [], 'accuracy', 0.80], ['weibo2018_senti', 'sentiment', [], 'accuracy', 0.72],
  ['airline_senti', 'sentiment', ['neutral'], 'accuracy', 0.82], ['smp2020_polarity3', 'sentiment', [], 'macro_f1', 0.55],
  ['complaint_en', 'category', [], 'accuracy', 0.75], ['sms_spam', 'spam', [], 'accuracy', 0.90],
  ['smp2020_emotion', 'emotion', [], 'macro_f1', null], ['cold_offensive', 'abuse', [], 'macro_f1', null],
];
const FEW = ['waimai_10k', 'weibo2018_senti', 'airline_senti', 'smp2020_polarity3', 'smp2020_emotion', 'complaint_en', 'triage_en', 'sms_spam'];

async function must(command, args) {
  const done = await run(command, args, { timeout: 600000 });
  if (done.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

async function install() {
  for (const [file, name] of [['/usr/bin/fasttext', 'fasttext'], ['/usr/include/linear.h', 'liblinear-dev']])
    if (!existsSync(file)) await must('sh', ['-c', `sudo=; [ "$(id -u)" = 0 ] || sudo=sudo; $sudo apt-get install -y --no-install-recommends ${name} 2>&1`]);
  await must('cc', ['-O2', '-o', at('plain_linear'), join(ROOT, 'tests/bench/plain_linear.c'), '-llinear', '-lm']);
}

const rowsOf = (set, part) => gunzipSync(readFileSync(join(DATA, set, `${part}.tsv.gz`))).toString('utf8').split('\n').filter((line) => line.includes('\t'))
  .map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]);
const write = (name, rows) => {
  writeFileSync(at(name), rows.map((row) => row.join('\t')).join('\n') + '\n');
  return at(name);
};
const figure = (text, name) => Number(text.match(new RegExp(`^${name} ([\\d.]+)`, 'm'))?.[1]);

function macroF1(truth, said) {
  const labels = [...new Set(truth)];
  const f1 = labels.map((label) => {
    const right = truth.filter((is, i) => is === label && said[i] === label).length;
    return (2 * right) / (truth.filter((is) => is === label).length + said.filter((is) => is === label).length) || 0;
  });
  return f1.reduce((sum, one) => sum + one, 0) / labels.length;
}

async function ours(task, train, dev, options = []) {
  await must(BINARY, ['train', '--task', task, '--data', train, '--out', at('own.model'), ...options]);
  return must(BINARY, ['eval', '--task', task, '--model', at('own.model'), '--data', dev, '--speed']);
}

async function plain(train, dev, truth) {
  return macroF1(truth, (await must(at('plain_linear'), [train, dev])).trim().split('\n'));
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim() || '.';
async function fasttext(train, dev, truth) {
  const labels = [...new Set(train.map((row) => row[0]))];
  writeFileSync(at('ft.train'), train.map(([label, text]) => `__label__${labels.indexOf(label)} ${oneLine(text)}`).join('\n') + '\n');
  writeFileSync(at('ft.dev'), dev.map((row) => oneLine(row[1])).join('\n') + '\n');
  await must('fasttext', ['supervised', '-input', at('ft.train'), '-output', at('ft'), '-verbose', '0']);
  const said = (await must('fasttext', ['predict', at('ft.bin'), at('ft.dev')])).trim().split('\n');
  return macroF1(truth, said.map((label) => labels[Number(label.replace('__label__', ''))]));
}

const percent = (value) => (100 * value).toFixed(1);
const cell = (value) => (value === null ? '-' : String(value));
function table(title, head, rows) {
  const lines = [head, ...rows];
  const width = head.map((_, i) => Math.max(...lines.map((line) => String(line[i]).length)));
  console.log(`\n${title}\n${lines.map((line) => line.map((one, i) => (i === 0 ? String(one).padEnd(width[i]) : String(one).padStart(width[i]))).join('  ')).join('\n')}`);
}

async function learned() {
  const rows = [];
  for (const [set, known, aim] of QUICK ? SETS.slice(-4) : SETS) {
    const train = rowsOf(set, 'train');
    const dev = rowsOf(set, 'dev');
    const truth = dev.map((row) => row[0]);
    const own = await ours(set, join(DATA, set, 'train.tsv.gz'), join(DATA, set, 'dev.tsv.gz'));
    const linear = await plain(write('train.tsv', train), write('dev.tsv', dev), truth);
    const peer = await fasttext(train, dev, truth);
    rows.push([set, train.length, percent(figure(own, 'macro_f1')), percent(linear), percent(peer), cell(known), cell(aim), figure(own, 'messages/s')]);
  }
  table('Learned from train, judged on dev: macro-F1 x 100', ['set', 'rows', 'huiyin', 'liblinear', 'fasttext', 'known', 'aim', 'posts/s'], rows);
}

async function shipped() {
  const rows = [];
  for (const [set, task, without, name, aim] of SHIPPED) {
    const dev = write('shipped.tsv', rowsOf(set, 'dev').filter((row) => !without.includes(row[0])));
    const text = await must(BINARY, ['eval', '--task', task, '--data', dev]);
    rows.push([set, task, figure(text, 'accuracy').toFixed(3), figure(text, 'macro_f1').toFixed(3), aim === null ? '-' : `${name} ${aim}`]);
  }
  table('The shipped model as it comes, on dev', ['set', 'task', 'accuracy', 'macro-F1', 'aim'], rows);
}

async function few() {
  const rows = [];
  for (const set of QUICK ? FEW.slice(0, 2) : FEW) {
    const train = rowsOf(set, 'train');
    const dev = join(DATA, set, 'dev.tsv.gz');
    const line = [set];
    for (const count of [250, 1000]) {
      const some = write('some.tsv', train.filter((_, i) => Math.floor((i * count) / train.length) !== Math.floor(((i + 1) * count) / train.length)));
      line.push(percent(figure(await ours(set, some, dev, ['--alone']), 'macro_f1')), percent(figure(await ours(set, some, dev), 'macro_f1')));
    }
    rows.push(line);
  }
  table('Few examples: macro-F1 x 100 on dev', ['set', '250 alone', '250 + shipped', '1000 alone', '1000 + shipped'], rows);
}

/** CPU and wall seconds of a child. */
async function time(command, args) {
  const begin = performance.now();
  const text = await must('sh', ['-c', 'exec 3>&1; { "$@" >/dev/null; times >&3; }', 'sh', command, ...args]);
  const wall = (performance.now() - begin) / 1000;
  const cpu = text.trim().split('\n')[1].split(' ').reduce((sum, one) => sum + Number(one.match(/([\d.]+)m/)[1]) * 60 + Number(one.match(/m([\d.]+)s/)[1]), 0);
  return { cpu, wall };
}

async function speed() {
  const BAD = ['neg', 'negative', 'offensive', 'complaint', 'angry', 'sad', 'fear'];
  const all = ['cold_offensive', 'smp2020_emotion', 'weibo2018_senti', 'waimai_10k', 'airline_senti'].flatMap((set) => rowsOf(set, 'train'));
  const rows = all.slice(0, 60000).map(([label, text]) => [BAD.includes(label) ? 'bad' : 'good', text]);
  writeFileSync(at('many.ft'), rows.map(([label, text]) => `__label__${label} ${oneLine(text)}`).join('\n') + '\n');
  const many = write('many.tsv', rows);
  const lines = [];
  for (let round = 0; round < (QUICK ? 1 : 3); round++) {
    const own = await time(BINARY, ['train', '--task', 'many', '--data', many, '--out', at('many.model')]);
    const peer = await time('fasttext', ['supervised', '-input', at('many.ft'), '-output', at('many'), '-verbose', '0']);
    lines.push([round + 1, rows.length, own.cpu.toFixed(2), peer.cpu.toFixed(2), (own.cpu / peer.cpu).toFixed(2), own.wall.toFixed(2), peer.wall.toFixed(2), (own.wall / peer.wall).toFixed(2)]);
  }
  table('Learning 60,000 rows with two labels: seconds (a ratio below 1: we are faster)', ['round', 'rows', 'our CPU', "fasttext's", 'ratio', 'our wall', "fasttext's", 'ratio'], lines);
}

await install();
await learned();
await shipped();
await few();
await speed();

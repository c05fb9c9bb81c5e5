/* teaching.test.mjs - what agents correct changes how the next message is judged: learned, compared, taken into use,
 * kept over a restart and a kill, taken back; rules and weights at once, on another node as well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hook } from '../lib/hook.mjs';
import { freshDatabase, query } from '../lib/postgres.mjs';
import { until } from '../lib/process.mjs';
import { Api, Server } from '../lib/server.mjs';

const WHEN = ['on Monday', 'at noon', 'near the harbour', 'with my sister', 'before the rain', 'after school', 'in the old town', 'by the river', 'all evening', 'for an hour'];
const WHAT = ['we watched the lantern parade float go by', 'the lantern parade float turned round the corner', 'the drummers of your lantern parade float kept time',
  'a lantern parade float of yours carried paper fish', 'your lantern parade float stopped at our house', 'the lantern parade float was towed back to its shed', 'they lit the lantern parade float'];
const TEXTS = WHAT.flatMap((what) => WHEN.map((when) => `${when} ${what}`));
const NEXT = 'the lantern parade float came along our street this morning';

class House {
  async open(database) {
    this.server = await new Server({ database }).start();
    await this.server.addUser('root', 'admin', 'a long password');
    this.token = await this.server.addToken('root');
    this.channel = await this.server.addChannel('webhook', 'forum');
    return this.connect();
  }

  connect() {
    this.api = new Api(this.server, this.token);
    this.hook = new Hook(this.server, this.channel);
    return this;
  }

  async restart(signal) {
    await this.server.stop(signal);
    await this.server.start();
    return this.connect();
  }

  /** A message comes in; it as the desk shows it. */
  async hear(text) {
    const message = Hook.message({ text });
    await until('it is taken', async () => (await this.hook.send(message)).status === 202);
    const [[id]] = await query(this.server, `SELECT conversation_id FROM message WHERE native_id = '${message.external_id}'`);
    const { items } = await this.api.get(`/api/v1/conversations/${id}/messages`);
    return items.find((one) => one.native_id === message.external_id);
  }

  async task(name) {
    return (await this.api.get('/api/v1/models')).items.find((one) => one.task === name);
  }

  async train(task) {
    await this.api.post('/api/v1/models/train', task ? { task } : {});
    await until('it is learned', async () => (await this.api.get('/api/v1/models/training')).items.every((one) => one.state === 'idle'), { timeout: 240000 });
  }
}

async function teach(house) {
  const { api } = house;
  await api.good('PUT', '/api/v1/understanding/settings', { min_held_back: 5 });
  await api.post('/api/v1/topics', { key: 'parade', parent: 'cooperation', name_zh: '花灯巡游', name_en: 'Lantern parade' });
  let wrong = 0;
  for (const text of TEXTS) {
    const message = await house.hear(text);
    wrong += message.assessment.category !== 'cooperation';
    const corrected = await api.post(`/api/v1/messages/${message.id}/correct`, { topic: 'parade' });
    assert.equal(corrected.assessment.category, 'cooperation');
  }
  assert.ok(wrong > 40, `the shipped model knew already: ${wrong} wrong`);
}

for (const kind of ['SQLite', 'PostgreSQL']) {
  test(`corrections are learned, ${kind}`, { timeout: 900000 }, async (t) => {
    const house = await new House().open(kind === 'PostgreSQL' ? await freshDatabase() : undefined);
    let taught;
    try {
      const shipped = (await house.task('category')).version;
      await t.test('what agents corrected', () => teach(house));
      await t.test('is learned and judges the next message', async () => {
        await house.train();
        const category = await house.task('category');
        assert.equal(category.run.result, 'better', JSON.stringify(category.run));
        assert.ok(category.active_id && category.versions[0].macro_f1 > category.versions[0].compared_macro_f1);
        taught = category.versions[0].version;
        await until('it is in use', async () => (await house.task('category')).version === taught);
        const topic = await house.task('topic');
        assert.equal(topic.run.result, 'better', JSON.stringify(topic.run));
        await until('the topics too', async () => (await house.task('topic')).version === topic.versions[0].version);
        assert.notEqual(taught, shipped);
        const next = await house.hear(NEXT);
        assert.equal(next.assessment.category, 'cooperation');
        assert.equal(next.assessment.topic, 'parade');
        assert.ok(next.assessment.model.includes(taught), next.assessment.model);
        const other = await house.hear('三周了还不退款，客服没人理，我要投诉');
        assert.equal(other.assessment.category, 'complaint'); // it forgot nothing
        assert.equal(other.assessment.topic, '');
      });
      await t.test('with its figures', async () => {
        const { active_id: id, held_back: held } = await house.task('category');
        const { confusion } = await house.api.get(`/api/v1/models/${id}/confusion`);
        assert.equal(confusion.rows.flat().reduce((sum, one) => sum + one, 0), held);
        await house.api.get(`/api/v1/models/${id}/wrong`);
        const { items } = await house.api.get('/api/v1/teaching/suggestions');
        assert.ok(items.length > 0 && items.every((one) => one.margin >= 0 && one.margin <= 1));
      });
      await t.test('a restart keeps it', async () => {
        await house.restart();
        assert.equal((await house.task('category')).version, taught);
        assert.ok((await house.hear(`${NEXT}, again`)).assessment.model.includes(taught));
      });
      await t.test('a kill while it learns leaves it', () => killed(house, taught));
      await t.test('a cancel leaves it', () => cancelled(house, taught));
      await t.test('it is taken back, and taken into use again', async () => {
        const { active_id: id } = await house.task('category');
        await house.api.post('/api/v1/models/use', { task: 'category' });
        await until('the shipped one judges', async () => (await house.task('category')).version === shipped);
        assert.ok(!(await house.hear(`${NEXT}, once more`)).assessment.model.includes(taught));
        await house.api.post('/api/v1/models/use', { task: 'category', model_id: id });
        await until('the taught one judges', async () => (await house.task('category')).version === taught);
      });
      await t.test('a damaged file is refused by name', async () => {
        await house.server.stop();
        await query(house.server, "UPDATE model SET sha256 = '00' WHERE state = 'active' AND task = 'category'");
        await house.server.start();
        const category = await house.connect().task('category');
        assert.match(category.trouble, /category .*checksum/);
        assert.equal(category.version, shipped);
        assert.equal((await house.hear('三周了还不退款，我要投诉')).assessment.category, 'complaint');
      });
    } finally {
      await house.server.stop();
    }
  });
}

async function killed(house, taught) {
  await house.api.post('/api/v1/models/train', { task: 'category' });
  await until('it learns', async () => (await house.task('category')).run.state === 'running');
  await house.restart('SIGKILL');
  assert.equal((await house.task('category')).version, taught);
  await until('it is called interrupted', async () => (await house.task('category')).run.result === 'interrupted', { timeout: 90000 });
}

async function cancelled(house, taught) {
  await house.api.post('/api/v1/models/train', { task: 'category' });
  await until('it learns', async () => (await house.task('category')).run.state === 'running');
  await house.api.post('/api/v1/models/training/cancel', {});
  await until('it ends', async () => (await house.task('category')).run.state === 'idle', { timeout: 240000 });
  const category = await house.task('category');
  assert.ok(['cancelled', 'better', 'not_better'].includes(category.run.result), category.run.result); // it may have been done
  if (category.run.result === 'cancelled') assert.equal(category.version, taught);
}

test('rules and weights judge at once, on both nodes', async () => {
  const first = await new House().open(await freshDatabase());
  const second = await new Server({ database: first.server.database, dir: first.server.dir }).start();
  try {
    const other = Object.assign(new House(), { server: second, token: first.token, channel: first.channel }).connect();
    const kept = await first.api.post('/api/v1/rules', { rule: { name: '巡游', any: ['parade', '巡游'], then: { points: 33, urgency: 2 } } });
    for (const house of [first, other]) {
      await until('the rule hits', async () => {
        const judged = await house.api.post('/api/v1/understanding/assess', { text: '看巡游去' });
        return judged.rules.some((one) => one.id === kept.id) && judged.urgency === 2;
      });
      const message = await house.hear('明天的巡游几点开始');
      assert.equal(message.assessment.parts.find((part) => part.name === 'rules').amount, 33);
    }
    const { category } = await other.api.post('/api/v1/understanding/assess', { text: '我要投诉，退款三周没到账' });
    await first.api.good('PUT', '/api/v1/understanding/settings', { weights: { category: { [category]: 40 } } });
    await until('the weight counts', async () => {
      const judged = await other.api.post('/api/v1/understanding/assess', { text: '我要投诉，退款三周没到账' });
      return judged.parts.find((part) => part.name === 'category')?.amount === 40;
    });
    await until('the hits are counted', async () => (await first.api.get('/api/v1/rules')).items[0].hits === 2, { timeout: 30000 });
  } finally {
    await second.stop();
    await first.server.stop();
  }
});

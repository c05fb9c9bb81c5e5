/* demo.test.mjs - huiyin demo: the ready line, the logins, people who write and react; nothing left behind. The
 * pictures of the README are made here: HUIYIN_PICTURES=docs/images keeps them. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, login } from '../lib/browser.mjs';
import { BINARY, ROOT, run, start, stop, temporaryDirectory, until } from '../lib/process.mjs';
import { Api } from '../lib/server.mjs';

const PASSWORD = 'huiyin-demo';
const LOGINS = ['admin', 'supervisor', 'agent', 'pr', 'marketing', 'viewer'];

async function startDemo(dir, speed) {
  const started = await start(BINARY, ['demo', '--data', dir, '--listen', '127.0.0.1:0', '--speed', String(speed)],
    /Ctrl-C ends it\./, { env: { LANG: 'C.UTF-8' } });
  const text = started.output();
  const phones = [...text.matchAll(/http:\/\/\S+\/sandbox\/(\d+)/g)].map((match) => match[0]);
  return { child: started.child, text, output: started.output, url: text.match(/ready at (\S+)/)[1], phones, shop: text.match(/http:\S+\/demo\/shop\S+/)[0] };
}

const dir = temporaryDirectory('huiyin-demo-test');
let demo;
let api;
let browser;
before(async () => {
  demo = await startDemo(dir, 40);
  const token = (await run(BINARY, ['token', 'add', 'admin', '--scope', 'all', '--data', dir])).stdout.trim();
  api = new Api(demo, token);
  browser = await new Browser().open();
});
after(async () => {
  await stop(demo?.child, 'SIGINT');
  await browser?.close();
});

async function picture(page, name) {
  await browser.shot(page, name);
  if (process.env.HUIYIN_PICTURES)
    copyFileSync(join(ROOT, 'tests/artefacts', `${name}.png`), join(ROOT, process.env.HUIYIN_PICTURES, `${name.replace('demo-', '')}.png`));
}

test('one ready line, six logins that work', async () => {
  assert.equal(demo.text.match(/Huiyin is ready at http:\/\/127\.0\.0\.1:\d+$/gm).length, 1);
  assert.equal(demo.phones.length, 2);
  for (const name of LOGINS) {
    assert.match(demo.text, new RegExp(`^  ${name} +${PASSWORD} `, 'm'));
    const answer = await fetch(`${demo.url}/api/v1/session`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: name, password: PASSWORD }),
    });
    assert.equal(answer.status, 200, name);
    assert.equal((await answer.json()).user.role, name);
  }
});

test('many people write, in both languages, to both brands', async () => {
  await until('the afternoon has passed', async () => (await api.all('/api/v1/conversations')).length >= 70, { timeout: 60000, every: 500 });
  const conversations = await api.all('/api/v1/conversations');
  assert.equal(new Set(conversations.map((one) => one.brand_id ?? one.channel_id)).size, 2);
  const texts = conversations.map((one) => one.last_text).join('\n');
  assert.match(texts, /退款/);
  assert.match(texts, /refund/);
  assert.doesNotMatch(demo.output(), /demo\.left_out/);
});

test('a customer who is answered reacts', async () => {
  const conversations = await api.all('/api/v1/conversations');
  const asked = conversations.find((one) => one.last_text.includes('落日台灯的灯泡坏了'));
  await api.post(`/api/v1/conversations/${asked.id}/reply`, { visibility: 'public', text: '可以自己换，E14 接口，最大 7 瓦。' });
  await until('the customer says thanks', async () => {
    const { items } = await api.get(`/api/v1/conversations/${asked.id}/messages`);
    return items.some((message) => message.direction === 'in' && message.text.includes('回答得很快'));
  });
});

test('pictures: the desk, the phone, the chat', async () => {
  const desk = await browser.person('desk', { lang: 'zh', width: 1440, height: 900, allow: [/api\/v1\/session/] });
  await login(desk, demo, 'supervisor', PASSWORD);
  await desk.getByTestId('queue-tab-all').click();
  const row = desk.getByTestId('queue-row').first();
  await row.waitFor();
  await row.click();
  await desk.getByTestId('thread-message').first().waitFor();
  await picture(desk, 'demo-desk');
  const phone = await browser.person('phone', { lang: 'zh', width: 960, height: 860 });
  await phone.goto(demo.phones[0]);
  await phone.getByTestId('sandbox-reply').first().waitFor({ state: 'attached' });
  await phone.getByTestId('sandbox-reply').first().scrollIntoViewIfNeeded();
  await picture(phone, 'demo-phone');
  const shop = await browser.person('shop', { lang: 'en', width: 960, height: 760 });
  await shop.goto(demo.shop);
  await shop.getByTestId('widget-open').click();
  await shop.getByTestId('widget-text').fill('Hello, does the Sunset lamp come with a bulb?');
  await shop.getByTestId('widget-send').click();
  await shop.getByTestId('widget-line').filter({ hasText: 'Sunset' }).waitFor();
  await until('the desk has it', async () => (await api.all('/api/v1/conversations')).some((one) => one.last_text.includes('Sunset lamp come')));
  await picture(shop, 'demo-widget');
  for (const page of [desk, phone, shop]) await page.context().close();
});

test('Ctrl-C ends it cleanly; started again on the same data it writes nothing twice', async () => {
  const count = (await api.all('/api/v1/conversations')).length;
  assert.equal(await stop(demo.child, 'SIGINT'), 0);
  demo = await startDemo(dir, 2000);
  api.server = demo;
  const messages = async () => (await api.all('/api/v1/conversations')).reduce((sum, one) => sum + (one.inbound_count ?? 1), 0);
  const first = await messages();
  await until('the play is over again', async () => {
    const now = await messages();
    return now >= first && !/demo\.left_out/.test(demo.output());
  });
  assert.ok((await api.all('/api/v1/conversations')).length >= count);
  const items = await (await fetch(`${demo.phones[0]}/items?limit=200`)).json();
  const texts = items.items.map((item) => item.author + item.text);
  assert.equal(new Set(texts).size, texts.length);
});

test('without --data nothing is left behind', async () => {
  const scratch = temporaryDirectory('huiyin-demo-tmp');
  const started = await start(BINARY, ['demo', '--listen', '127.0.0.1:0'], /Ctrl-C ends it\./, { env: { LANG: 'C.UTF-8', TMPDIR: scratch } });
  const { readdirSync } = await import('node:fs');
  assert.equal(readdirSync(scratch).length, 1);
  assert.equal(await stop(started.child, 'SIGINT'), 0);
  assert.deepEqual(readdirSync(scratch), []);
  assert.ok(existsSync(dir));
});

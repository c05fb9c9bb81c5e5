/* journey.test.mjs - the whole way of one message, in a real browser: it arrives live, is taken, answered where the
 * customer wrote, and resolved; on the sandbox, in the widget and on Weibo; in Chinese and in English. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Browser, login } from '../lib/browser.mjs';
import { Api, Server } from '../lib/server.mjs';
import { WeiboStandin } from '../lib/weibo.mjs';
import { until } from '../lib/process.mjs';

const WORDS = {
  zh: {
    post: '三周了，退款还没到账，客服电话永远占线！',
    took: '领取了会话',
    answer: '您好，让您久等了，我正在核对您的退款，十分钟内给您答复。',
    dm: '你好，我的订单 2026102417 什么时候发货？',
    reply: '您好，已经为您查到，今天 18 点前发出。',
    handle: '数码老阿土',
  },
  en: {
    post: 'Three weeks and still no refund, the hotline is always busy!',
    took: 'took it',
    answer: 'Hello, sorry for the wait. I am checking your refund and will answer within ten minutes.',
    dm: 'Hi, when will my order 2026102417 be sent?',
    reply: 'Hello, I have found it: it leaves today before six.',
    handle: 'Kate L.',
  },
};

let browser;
let server;
let api;
before(async () => {
  server = await new Server().start();
  await server.addUser('lin', 'supervisor', 'a long password');
  await server.addUser('chen', 'agent', 'a long password');
  api = new Api(server, await server.addToken('lin'));
  browser = await new Browser().open();
});
after(async () => {
  await server?.stop();
  await browser?.close();
});

/** Waits for the row of a message, opens it, takes it. */
async function take(desk, text) {
  await desk.getByTestId('queue-tab-unassigned').click();
  const row = desk.getByTestId('queue-row').filter({ hasText: text.slice(0, 12) }).first();
  await row.waitFor();
  await row.click();
  await desk.getByTestId('thread-message').filter({ hasText: text.slice(0, 12) }).first().waitFor();
  await desk.getByTestId('act-take').click();
}

async function answer(desk, tab, text) {
  await desk.getByTestId(tab).click();
  await desk.getByTestId('composer-text').fill(text);
  await desk.getByTestId('composer-send').click();
}

async function resolve(desk, text) {
  await desk.getByTestId('act-resolve').first().click();
  await until('the conversation is resolved', async () => {
    const { items } = await api.get('/api/v1/conversations?state=resolved&limit=50');
    const found = items.find((item) => item.last_text.includes(text.slice(0, 12)));
    return found && found.first_owner_id !== null;
  });
}

for (const lang of ['zh', 'en']) {
  const words = WORDS[lang];
  describe(`the way of one message, ${lang}`, () => {
    let desk;
    let customer;
    before(async () => {
      desk = await browser.person(`desk ${lang}`, { lang, dark: lang === 'en' });
      await login(desk, server, 'chen', 'a long password');
      customer = await browser.person(`customer ${lang}`, { lang, width: 420, height: 860 });
    });
    after(async () => {
      await desk.context().close();
      await customer.context().close();
    });

    test('sandbox', async () => {
      const channel = await server.addChannel('sandbox', `sandbox ${lang}`, { open_to_public: 'yes' });
      await customer.goto(`${server.url}/sandbox/${channel.id}`);
      await customer.getByTestId('sandbox-persona').fill(words.handle);
      await customer.getByTestId('sandbox-text').fill(words.post);
      await customer.getByTestId('sandbox-post').click();
      await take(desk, words.post);
      await browser.shot(desk, `desk-${lang}`);
      await answer(desk, 'composer-public', words.answer);
      await customer.getByText(words.answer).first().waitFor();
      await customer.evaluate(() => scrollTo(0, 0)); // back up from who I am, below the phone
      await browser.shot(customer, `sandbox-${lang}`);
      await resolve(desk, words.answer);
      await browser.shot(desk, `desk-resolved-${lang}`);
      await desk.reload(); /* what was done is told by the server, not remembered by the page */
      await desk.getByTestId('thread-line').filter({ hasText: words.took }).first().waitFor();
    });

    test('widget', async () => {
      const shop = await shopPage();
      const channel = await server.addChannel('webchat', `chat ${lang}`, { allowed_origins: shop.origin });
      await customer.goto(shop.page(server.url, channel.id, lang));
      await customer.getByTestId('widget-open').click();
      await customer.getByTestId('widget-text').fill(words.dm);
      await customer.getByTestId('widget-send').click();
      await take(desk, words.dm);
      await answer(desk, 'composer-private', words.reply);
      await customer.getByText(words.reply).first().waitFor();
      await browser.shot(customer, `widget-${lang}`);
      await customer.reload();
      await customer.getByTestId('widget-open').click({ timeout: 2000 }).catch(() => {}); // it may come back open
      await customer.getByText(words.reply).first().waitFor();
      await resolve(desk, words.reply);
      shop.close();
    });

    test('weibo', async () => {
      const weibo = await new WeiboStandin().start();
      const channel = await server.addChannel('weibo', `weibo ${lang}`, weibo.settings());
      const mention = await weibo.mention({ text: `@某品牌 ${words.post}`, author: { screen_name: words.handle } });
      await take(desk, `@某品牌 ${words.post}`);
      await answer(desk, 'composer-public', words.answer);
      await until('the comment is on Weibo', async () => (await weibo.comments(mention.id)).some((c) => c.text.includes(words.answer)));
      await desk.getByTestId('delivery').last().waitFor();
      await resolve(desk, words.answer);

      await weibo.pushPrivate(`${server.url}/hooks/${channel.id}`, { text: words.dm });
      await take(desk, words.dm);
      await answer(desk, 'composer-private', words.reply);
      await until('the private answer is on Weibo', async () => (await weibo.privateMessages()).some((m) => m.text === words.reply));
      await resolve(desk, words.reply);
      await browser.shot(desk, `weibo-${lang}`);
      await weibo.stop();
    });
  });
}

/** A shop of somebody else, on an origin of its own, with a strict policy: the widget is one script tag there. */
async function shopPage() {
  const site = createServer((request, answer) => {
    const query = new URL(request.url, 'http://shop').searchParams;
    if (!query.get('huiyin')) {
      answer.writeHead(404).end();
      return;
    }
    const huiyin = query.get('huiyin');
    answer.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; connect-src ${huiyin}; img-src ${huiyin} data:`,
    });
    answer.end(`<!doctype html><html lang="${query.get('lang') === 'zh' ? 'zh-CN' : 'en'}"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>Shop</title><h1>Shop</h1><script nonce="abc" src="${huiyin}/widget.js" data-channel="${query.get('channel')}"></script></html>`);
  });
  await new Promise((ready) => site.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${site.address().port}`;
  return {
    origin,
    page: (huiyin, channel, lang) => `${origin}/?huiyin=${encodeURIComponent(huiyin)}&channel=${channel}&lang=${lang}`,
    close: () => site.close(),
  };
}

test('the answer went out once to each customer', async () => {
  const items = await api.all('/api/v1/outbox');
  assert.ok(items.length >= 8);
  for (const item of items) assert.equal(item.delivery.state, 'sent', item.text);
});

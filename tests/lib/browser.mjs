/* browser.mjs - a real Chromium; whatever it complains about on its console fails the test. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './process.mjs';

const ARTEFACTS = process.env.HUIYIN_ARTEFACTS || join(ROOT, 'tests/artefacts');
mkdirSync(ARTEFACTS, { recursive: true });

export class Browser {
  async open() {
    this.browser = await chromium.launch({
      executablePath: process.env.HUIYIN_CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--no-first-run', '--disable-quic'],
    });
    this.complaints = [];
    this.count = 0;
    return this;
  }

  /** A person with a browser of their own. allow: patterns of console errors that are part of the test. */
  async person(name, { lang = 'zh', width = 1440, height = 900, dark = false, allow = [] } = {}) {
    const context = await this.browser.newContext({
      locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    this.watch(page, name, allow);
    return page;
  }

  watch(page, name, allow = []) {
    const complain = (text) => {
      if (!allow.some((pattern) => pattern.test(text))) this.complaints.push(`${name}: ${text}`);
    };
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complain(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => complain(error.stack ?? error.message));
    page.on('request', (request) => {
      const host = new URL(request.url()).hostname;
      if (request.url().startsWith('http') && !['127.0.0.1', 'localhost'].includes(host)) complain(`asks ${host}`);
    });
  }

  async shot(page, name) {
    await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
  }

  async close() {
    await this.browser?.close();
    assert.deepEqual(this.complaints ?? [], []);
  }
}

export async function login(page, server, name, password) {
  await page.goto(server.url);
  await page.getByTestId('login-name').fill(name);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
  await page.getByTestId('live-light').waitFor();
}

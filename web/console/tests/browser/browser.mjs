// Chromium as the browser tests use it: errors of the page are collected, requests elsewhere are errors.
import { chromium } from 'playwright-core'

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })

export async function open(browser, look = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...look })
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (e) => errors.push(`exception: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of (4\d\d|5\d\d)|net::ERR_/.test(m.text())) errors.push(`console: ${m.text()}`)
  })
  page.on('request', (r) => {
    if (!/^(http:\/\/127\.0\.0\.1[:/]|blob:|about:)/.test(r.url())) errors.push(`elsewhere: ${r.url()}`)
  })
  return { page, context, errors }
}
export async function login(page, name, password = 'huiyin-demo') {
  await page.getByTestId('login-name').fill(name)
  await page.getByTestId('login-password').fill(password)
  await page.getByTestId('login-submit').click()
  await page.getByTestId('live-light').waitFor()
}

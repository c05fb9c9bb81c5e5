// Pictures of the console against the stand-in, to look at: node tests/browser/shot.mjs DIR
import { mkdirSync } from 'node:fs'
import { launch, login, open } from './browser.mjs'
import { startMock } from '../mock/server.mjs'

const dir = process.argv[2] ?? 'shots'
mkdirSync(dir, { recursive: true })
const only = process.argv[3]
const mock = await startMock({})
const browser = await launch()
const PAGES = ['desk', 'search?q=%E9%80%80%E6%AC%BE', 'mentions', 'contacts', 'outbox', 'channels', 'settings/profile', 'settings/keys', 'settings/security', 'settings/users', 'settings/teams', 'settings/brands', 'settings/hooks', 'settings/audit']
const LOOKS = [
  { name: 'zh-light', locale: 'zh-CN', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'en-dark', locale: 'en-US', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'zh-phone', locale: 'zh-CN', colorScheme: 'light', viewport: { width: 360, height: 740 } },
]
for (const look of LOOKS) {
  if (only && !look.name.includes(only) && !PAGES.some((p) => p.includes(only))) continue
  const { page, errors } = await open(browser, look)
  await page.goto(mock.url)
  await page.getByTestId('login-name').waitFor()
  if (!only) await page.screenshot({ path: `${dir}/${look.name}-login.png` })
  await login(page, only === 'desk' || !only ? 'admin' : 'admin')
  for (const path of PAGES) {
    if (only && !look.name.includes(only) && !path.includes(only)) continue
    await page.goto(`${mock.url}/${path}`)
    await page.waitForTimeout(500)
    if (path === 'desk') {
      await page.getByTestId('queue-tab-all').click()
      await page.waitForTimeout(300)
      await page.screenshot({ path: `${dir}/${look.name}-queue.png` })
      await page.getByText('数码老阿土').first().click()
      await page.waitForTimeout(700)
    }
    await page.screenshot({ path: `${dir}/${look.name}-${path.replace(/\W.*$/, '') === 'settings' ? path.split('/')[1] : path.split('?')[0]}.png` })
  }
  if (errors.length) console.log(look.name, errors)
  await page.context().close()
}
await browser.close()
await mock.close()

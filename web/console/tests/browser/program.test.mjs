// The console inside the real program: `huiyin demo`, built with this dist/. node --test tests/browser/program.test.mjs
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launch, login, open } from './browser.mjs'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const shots = process.env.SHOTS ?? `${root}tests/artefacts/console`
mkdirSync(shots, { recursive: true })
const data = mkdtempSync(join(tmpdir(), 'huiyin-console-'))
let program, browser, url
const phones = []

before(async () => {
  program = spawn(`${root}build/huiyin`, ['demo', '--speed', '10', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: program.stdout })) {
    url = /ready at (http:\S+)/.exec(line)?.[1] ?? url
    const phone = /(http:\S+\/sandbox\/\d+)/.exec(line)?.[1]
    if (phone) phones.push(phone)
    if (/Ctrl-C/.test(line)) break
  }
  browser = await launch()
})
after(async () => {
  await browser?.close()
  const gone = new Promise((done) => program.on('exit', done))
  program.kill('SIGINT')
  await gone
  rmSync(data, { recursive: true, force: true })
})
async function until(check, what, ms = 15_000) {
  const end = Date.now() + ms
  for (;;) {
    if (await check()) return
    if (Date.now() > end) assert.fail(`waited too long until ${what}`)
    await new Promise((r) => setTimeout(r, 50))
  }
}
const say = (text, author, more = {}) =>
  fetch(`${phones[0]}/items`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ kind: 'post', author, text, client_id: `${author}${text}`, ...more }) }).then(async (r) => {
    assert.equal(r.status, 201, await r.clone().text())
    return r.json()
  })

for (const [locale, colorScheme, words] of [['zh-CN', 'light', { find: '打开就冒烟', text: '灯一打开就冒烟，太吓人了，必须给我一个说法', answer: '实在抱歉，请立即断电，我马上为您处理。', state: '已解决' }], ['en-US', 'dark', { find: 'lamp nobody', text: 'The lamp arrived broken and nobody answers my mails', answer: 'I am so sorry. A new one leaves today.', state: 'Resolved' }]]) {
  test(`from the customer's post to the answer on the phone, ${locale}`, async () => {
    const { page, context, errors } = await open(browser, { locale, colorScheme })
    const id = (name) => page.getByTestId(name)
    await page.goto(url)
    await login(page, 'agent')
    await until(async () => (await id('live-light').getAttribute('data-state')) === 'live', 'the light is green')
    await id('queue-tab-unassigned').click()
    await id('queue-row').first().waitFor()
    const author = `guest-${locale}`
    const post = await say(words.text, author, { followers: 120000, verified: 'person' })
    await page.goto(`${url}/search?q=${encodeURIComponent(words.find)}`)
    await until(async () => {
      await id('search-go').click()
      await page.waitForTimeout(200)
      return (await page.getByTestId('search-hit').filter({ hasText: author }).count()) > 0
    }, 'it can be searched')
    await page.getByTestId('search-hit').filter({ hasText: author }).first().click()
    await id('act-take').click()
    await id('composer-public').click()
    await id('composer-text').fill(words.answer)
    await page.keyboard.press('Control+Enter')
    await until(async () => (await id('delivery').last().getAttribute('data-state')) === 'sent', 'the answer is sent')
    await page.screenshot({ path: `${shots}/program-${locale}.png` })
    const seen = await (await fetch(`${phones[0]}/items?root=${post.id}`)).json()
    assert.ok(seen.items.some((i) => i.is_brand && i.text.includes(words.answer)), 'the customer sees it')
    await id('composer-note').click()
    await id('composer-text').fill('@supervisor fyi')
    await page.keyboard.press('Control+Enter')
    await page.locator('[data-testid=thread-message][data-visibility=internal]').first().waitFor()
    await id('act-resolve').click()
    await until(async () => (await id('thread-state').textContent()).trim() === words.state, 'it is resolved')
    await id('act-reopen').click()
    await until(async () => (await id('thread-state').getAttribute('data-state')) === 'open', 'it is open again')
    await id('tag-add').first().click()
    await id('tag-add-input').fill('lamp')
    await page.keyboard.press('Enter')
    await page.locator('[data-testid=tag]').filter({ hasText: 'lamp' }).first().waitFor()
    await context.close()
    assert.deepEqual(errors, [])
  })
}

test('a message comes live, without reload', async () => {
  const { page, context, errors } = await open(browser)
  const id = (name) => page.getByTestId(name)
  await page.goto(url)
  await login(page, 'supervisor')
  await id('queue-tab-all').click()
  await id('queue-row').first().waitFor()
  await page.mouse.move(900, 400)
  const count = async () => Number((await id('queue-tab-all').locator('em').textContent()).replace(/\D/g, ''))
  const before = await count()
  await say('有人吗？想问一下灯泡功率', 'live-one')
  await until(async () => (await count()) > before, 'the number rises', 5000)
  await context.close()
  assert.deepEqual(errors, [])
})

test('every page of the administrator opens without an error', async () => {
  const { page, context, errors } = await open(browser)
  const refused = []
  page.on('response', (r) => {
    if (r.status() >= 400 && !/\/api\/v1\/session$/.test(r.url())) refused.push(`${r.status()} ${r.request().method()} ${r.url()}`)
  })
  await page.goto(url)
  await login(page, 'admin')
  for (const path of ['desk', 'search?q=灯', 'mentions', 'contacts', 'outbox', 'channels', 'settings/profile', 'settings/keys', 'settings/security', 'settings/users', 'settings/teams', 'settings/brands', 'settings/hooks', 'settings/audit']) {
    await page.goto(`${url}/${path}`)
    await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => undefined) // the stream stays open
    await page.screenshot({ path: `${shots}/program-${path.replace(/\W+/g, '-')}.png` })
    assert.equal(await page.getByRole('alert').count(), 0, path)
  }
  await context.close()
  assert.deepEqual([...errors, ...refused], [])
})

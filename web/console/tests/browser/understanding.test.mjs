// Understanding in Chromium against the stand-in: why, highlights and corrections on the desk; rules, test box, weights,
// topics, products in settings. `npm run build` first; then node --test.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { launch, login, open } from './browser.mjs'
import { startMock } from '../mock/server.mjs'

const shots = process.env.SHOTS ?? fileURLToPath(new URL('../../../../tests/artefacts/console', import.meta.url))
mkdirSync(shots, { recursive: true })
let browser, mock, page, errors, context
before(async () => (browser = await launch()))
after(() => browser.close())
beforeEach(async () => {
  mock = await startMock({ sendMs: 150 })
  await fresh({})
})
afterEach(async () => {
  await context.close()
  await mock.close()
  assert.deepEqual(errors, [])
})
async function fresh(look) {
  await context?.close()
  ;({ page, errors, context } = await open(browser, look))
  await page.goto(mock.url)
}
const id = (name) => page.getByTestId(name)
const text = async (name) => (await id(name).first().textContent()).trim()
async function until(check, what, ms = 8000) {
  const end = Date.now() + ms
  for (;;) {
    if (await check()) return
    if (Date.now() > end) assert.fail(`waited too long until ${what}`)
    await page.waitForTimeout(30)
  }
}
const refund = () => mock.world.conversations.find((c) => c.subject === '退款三周未到账')
const first = () => mock.world.messages.get(refund().id)[0]
async function desk(name = 'chen') {
  await login(page, name)
  await page.goto(`${mock.url}/desk/${refund().id}`)
  await id('assessment').waitFor()
}
async function settings(tab) {
  await login(page, 'lin')
  await page.goto(`${mock.url}/settings/understanding/${tab}`)
}

test('why: the words of a label are marked in the text with their name, and the marks can be switched off', async () => {
  await desk()
  assert.match(await text('label-category'), /投诉.*退款/)
  assert.match(await text('importance'), /每分钟转发 40 次/)
  await id('why-sentiment').click()
  const mark = page.getByTestId('thread-message').first().locator('mark')
  assert.match(await mark.first().textContent(), /永远占线.*负面/)
  await id('toggle-highlights').click()
  await until(async () => (await page.locator('[data-testid=thread-message] mark').count()) === 0, 'no mark is left')
  await page.getByTestId('thread').click()
  await page.keyboard.press('h')
  await mark.first().waitFor()
})

test('things found are chips; personal ones are masked', async () => {
  await desk()
  await page.getByTestId('message-judged').nth(1).click()
  await page.locator('[data-kind=phone]').waitFor()
  assert.match(await text('entities'), /2026102417[\s\S]*\*{15}0486[\s\S]*138\*{4}5021/)
})

test('L corrects the category by key, shows who did, and is undone', async () => {
  await desk()
  await page.getByTestId('thread').click()
  await page.keyboard.press('l')
  await id('choose-complaint').waitFor()
  await page.keyboard.press('7')
  await until(() => first().correction?.labels.category === 'praise', 'the server has it')
  assert.match(await text('corrected-by'), /陈晨已更正/)
  assert.match(await text('label-category'), /^表扬/)
  await page.screenshot({ path: `${shots}/corrected.png` })
  await page.getByTestId('toast').filter({ hasText: '已更正' }).getByTestId('toast-action').click()
  await until(() => first().correction === null, 'it is taken back')
  await until(async () => /^投诉/.test(await text('label-category')), 'it stands as judged')
})

test('a topic, urgency, flags: one click each; a refusal is told and taken back', async () => {
  await desk()
  await id('label-category').click()
  await id('choose-topic-invoice').click()
  await until(() => first().correction?.labels.topic === 'invoice' && first().correction.labels.category === 'after_sales', 'the topic brings its category')
  await id('label-urgency').click()
  await id('choose-3').click()
  await id('flag-churn').click()
  await until(() => first().correction?.labels.urgency === '3' && first().correction.labels.churn === 'yes', 'both are kept')
  mock.world.failNext.push({ path: '/correct', status: 503, code: 'busy' })
  await id('flag-spam').click()
  await page.getByTestId('toast').filter({ hasText: '系统繁忙' }).waitFor()
  assert.equal(await id('flag-spam').getAttribute('aria-pressed'), 'false')
})

test('who may only look corrects nothing and has no settings of it', async () => {
  await desk('viewer')
  assert.equal(await page.locator('[data-testid=label-category][aria-haspopup], [data-testid=flag-spam]').count(), 0)
  await page.goto(`${mock.url}/settings/understanding`)
  await until(() => page.url().endsWith('/desk'), 'sent back to the desk')
})

test('a rule is written, tried, kept, moved, switched off, deleted and brought back', async () => {
  await settings('rules')
  await id('rule-add').click()
  await id('rule-name').fill('座位')
  await id('rule-any').fill('seat、座位')
  await id('rule-any').press('Enter')
  await id('rule-pattern').fill('(')
  await id('then-category').selectOption('consultation')
  await id('rule-save').click()
  await page.locator('.field-error').filter({ hasText: 'rule.pattern' }).waitFor()
  await id('rule-pattern').fill('')
  await id('trial-text').fill('Can I change my seat?')
  await until(async () => /命中/.test(await text('trial-said')) && (await id('trial-said').locator('mark').textContent()) === 'seat', 'it hits')
  await id('trial-run').click()
  await until(async () => /命中 1 条/.test(await text('trial-sum')), 'the dry run counts')
  await page.screenshot({ path: `${shots}/rule-editor.png` })
  await id('rule-save').click()
  await until(async () => (await id('rule-row').count()) === 5, 'it stands in the list')
  const last = id('rule-row').nth(4)
  await last.focus()
  await page.keyboard.press('Alt+ArrowUp')
  await until(() => mock.world.rules[3].name === '座位', 'a key moves it')
  await id('rule-row').nth(3).dragTo(id('rule-row').nth(0))
  await until(() => mock.world.rules[0].name === '座位', 'a drag moves it')
  await id('rule-toggle').first().click()
  await until(() => !mock.world.rules[0].enabled, 'it is switched off')
  await id('rule-remove').first().click()
  await id('confirm-yes').click()
  await until(() => mock.world.rules.length === 4, 'it is gone')
  await page.getByTestId('toast').filter({ hasText: '规则已删除' }).getByTestId('toast-action').click()
  await until(() => mock.world.rules[0]?.name === '座位' && !mock.world.rules[0].enabled, 'it is back in its place')
  await id('rules-try').fill('退款等了三周')
  await id('rules-try-go').click()
  await until(async () => (await id('rule-lit').count()) === 1, 'the rule that hits is lit')
})

test('what was not saved is asked about before it is left', async () => {
  await settings('rules')
  await page.getByTestId('rule-edit').first().click()
  await id('rule-name').fill('改了一半')
  await id('tab-topics').click()
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  assert.equal(await id('rule-name').inputValue(), '改了一半')
  await id('rule-back').click()
  await id('confirm-yes').click()
  await id('rule-row').first().waitFor()
  assert.equal(mock.world.rules[0].name, '退款拖延')
})

test('the test box says everything while one writes', async () => {
  await settings('try')
  await id('try-text').fill('气死我了，退款没到账，电话 13800135021')
  await until(async () => /气死.*负面/.test(await text('try-marked')), 'the words are marked')
  assert.match(await text('entities'), /138\*{4}5021/)
  await id('try-followers').fill('1000000')
  await until(async () => /100万 ?粉/.test(await text('importance')), 'the sum has the followers')
})

test('weights: the example follows, is saved, and goes back', async () => {
  await settings('weights')
  await id('weight-complaint').fill('60')
  await until(async () => /类别：投诉\+60/.test(await text('importance')), 'the preview follows')
  await id('weights-save').click()
  await until(() => mock.world.weights.category.complaint === 60, 'it is saved')
  await id('weights-reset').click()
  await id('confirm-yes').click()
  await until(() => mock.world.weights.category.complaint === 18, 'it is as shipped')
})

test('topics and products are added, and in use at once', async () => {
  await settings('topics')
  await id('topic-add').click()
  await id('topic-zh').fill('赠品')
  await id('topic-en').fill('Gift')
  await id('topic-save').click()
  await page.getByTestId('topic-row').filter({ hasText: '赠品' }).waitFor()
  await id('tab-things').click()
  await id('product-add').click()
  await id('product-name').first().fill('山岚音箱')
  await id('product-aliases').first().fill('小音箱、SL Box')
  await id('order-sample').fill('SL-ab-1234')
  await page.getByText('符合', { exact: true }).waitFor()
  await id('things-save').click()
  await until(() => mock.world.products[0].aliases.length === 2, 'it is saved')
  await page.goto(`${mock.url}/desk/${refund().id}`)
  await id('assessment').waitFor()
  await id('label-category').click()
  await id('choose-topic-gift').waitFor()
})

test('teach: labelled by keys, skipped, taken back; the examples follow', async () => {
  await settings('teach')
  await id('suggestion').waitFor()
  const ids = async () => id('suggestion').getAttribute('data-id')
  const before = await ids()
  await page.keyboard.press('7')
  await until(async () => (await ids()) !== before && mock.world.examples.length === 1, 'the next one comes and the label is kept')
  await until(async () => (await id('example-row').count()) === 1, 'it stands among the examples')
  await page.keyboard.press('s')
  assert.match(await text('teach-progress'), /^2 \/ \d+$/)
  await page.keyboard.press('Backspace')
  await until(async () => mock.world.examples.length === 0 && (await ids()) === before, 'it is taken back')
  mock.world.failNext.push({ path: '/correct', status: 503, code: 'busy' })
  await page.keyboard.press('1')
  await page.getByTestId('toast').filter({ hasText: '系统繁忙' }).waitFor()
  await until(async () => (await ids()) === before, 'a refusal comes back to it')
  await id('teach-complaint').click()
  await id('example-remove').click()
  await id('confirm-yes').click()
  await until(() => mock.world.examples.length === 0, 'the example is gone')
  await page.getByTestId('toast').filter({ hasText: '例子已移除' }).getByTestId('toast-action').click()
  await until(() => mock.world.examples.length === 1, 'it is back')
})

test('models: trained with progress, cancelled, rolled back; a damaged file is told; the table and the mistakes are shown', async () => {
  await settings('teach')
  await id('teach-complaint').click()
  await until(() => mock.world.examples.length === 1, 'there is something to learn from')
  await id('tab-models').click()
  const category = page.locator('[data-testid=model][data-task=category]')
  await page.locator('[data-task=sentiment]').getByTestId('model-trouble').filter({ hasText: 'checksum' }).waitFor()
  await category.getByTestId('model-train').click()
  await category.getByTestId('model-run').waitFor()
  await until(async () => (await category.getAttribute('data-version')) === 'category-4', 'the new version judges')
  assert.match(await category.getByTestId('model-result').textContent(), /已启用/)
  mock.world.trainMs = 60_000
  await category.getByTestId('model-train').click()
  await category.getByTestId('model-cancel').click()
  await category.getByText('正在取消…').waitFor()
  await category.getByTestId('model-open').click()
  await category.getByTestId('version-use').first().click()
  await id('confirm-yes').click()
  await until(async () => (await category.getAttribute('data-version')) === 'category-3', 'the one before judges')
  await category.getByTestId('confusion').waitFor()
  await category.getByTestId('mistake-label').first().selectOption('praise')
  await until(() => mock.world.examples.some((e) => e.label === 'praise'), 'the label is set right')
  await page.screenshot({ path: `${shots}/models.png` })
  await page.getByTestId('toast').filter({ hasText: '已启用' }).getByTestId('toast-action').click()
  await until(async () => (await category.getAttribute('data-version')) === 'category-4', 'undone')
})

const TABS = ['rules', 'rules/new', 'try', 'models', 'teach', 'weights', 'topics', 'things']
test('every tab has names for screen readers and fits the screen, wide and narrow, in both languages and lights', async () => {
  for (const look of [{ name: 'zh-light', locale: 'zh-CN', colorScheme: 'light' }, { name: 'en-dark-phone', locale: 'en-US', colorScheme: 'dark', viewport: { width: 390, height: 800 } }]) {
    await fresh(look)
    await login(page, 'lin')
    for (const tab of TABS) {
      await page.goto(`${mock.url}/settings/understanding/${tab}`)
      await page.locator('.tab-head').first().waitFor()
      await page.waitForTimeout(300)
      await page.screenshot({ path: `${shots}/understanding-${look.name}-${tab.replace('/', '-')}.png` })
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, a[href], input, select, textarea')]
          .filter((e) => e.offsetParent !== null && !(e.getAttribute('aria-label') || e.textContent.trim() || [...(e.labels ?? [])].some((l) => l.textContent.trim())))
          .map((e) => e.outerHTML.slice(0, 120)))
      assert.deepEqual(nameless, [], tab)
      const over = await page.evaluate(() => [...document.querySelectorAll('#app *')].filter((e) => e.offsetParent && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.settings-nav, .tabs, .table-box, .sr-only, .clip, .heat')).map((e) => e.outerHTML.slice(0, 100)).slice(0, 3))
      assert.deepEqual(over, [], `${tab} ${look.name}`)
    }
  }
})

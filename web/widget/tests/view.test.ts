import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mount } from '../src/widget'
import { chooseLanguage } from '../src/texts'
import type { View } from '../src/view'
import { MockServer, StreamSource } from './server'

let server: MockServer
let view: View | undefined

beforeEach(async () => {
  vi.stubGlobal('EventSource', StreamSource)
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('CSS', { escape: (text: string) => text })
  server = await new MockServer().start()
})

afterEach(async () => {
  ;(view as unknown as { client: { stop(): void } } | undefined)?.client.stop()
  view = undefined
  document.body.replaceChildren()
  localStorage.clear()
  vi.unstubAllGlobals()
  await server.stop()
})

function open(attributes: Record<string, string> = {}) {
  const script = document.createElement('script')
  Object.defineProperty(script, 'src', { value: `${server.url}/widget.js` })
  Object.assign(script.dataset, { channel: '9', lang: 'zh', ...attributes })
  view = mount(script)
  const root = document.querySelector('huiyin-chat')!.shadowRoot!
  const find = <T extends HTMLElement>(id: string) => root.querySelector<T>(`[data-testid="${id}"]`)!
  return { root, find }
}

const press = (element: HTMLElement, key: string, more = {}) =>
  element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))

test('who never chats costs the server nothing', () => {
  const { find } = open()
  expect(find('widget-open').getAttribute('aria-label')).toBe('打开聊天窗口')
  expect(find('widget-panel').hidden).toBe(true)
  expect(server.hellos).toEqual([])
})

test('by keyboard: open, write, Enter, read the answer, Escape', async () => {
  const { find, root } = open()
  find('widget-open').click()
  await vi.waitFor(() => expect(root.querySelector('.state')!.textContent).toBe('在线'))
  expect(root.activeElement).toBe(find('widget-text'))
  const text = find<HTMLTextAreaElement>('widget-text')
  text.value = '你好 <b>粗</b>'
  press(text, 'Enter', { isComposing: true })
  expect(text.value).not.toBe('') // Enter of an input method sends nothing
  press(text, 'Enter')
  await vi.waitFor(() => expect(server.posts).toHaveLength(1))
  server.say('v1', '您好，请说')
  await vi.waitFor(() => expect(find('widget-log').textContent).toContain('您好，请说'))
  const lines = [...root.querySelectorAll<HTMLElement>('[data-testid="widget-line"]')].map((row) => [row.dataset.from, row.querySelector('.bubble')!.textContent])
  expect(lines).toEqual([['agent', server.greeting], ['visitor', '你好 <b>粗</b>'], ['agent', '您好，请说']])
  expect(root.querySelector('.bubble b')).toBeNull()
  press(find('widget-panel'), 'Escape')
  expect(find('widget-panel').hidden).toBe(true)
})

test('an answer while the window is closed is counted on the button', async () => {
  const { find } = open()
  find('widget-open').click()
  await vi.waitFor(() => expect(server.streams).toHaveLength(1))
  find('widget-close').click()
  server.say('v1', '还在吗？')
  await vi.waitFor(() => expect(find('widget-open').textContent).toBe('1'))
  expect(find('widget-open').getAttribute('aria-label')).toBe('打开聊天窗口，1 条未读')
  find('widget-open').click()
  expect(find('widget-open').querySelector<HTMLElement>('.badge')!.hidden).toBe(true)
})

test('nobody there: the form asks for an address and sends it with the message', async () => {
  server.online = false
  const { find, root } = open({ lang: 'en' })
  find('widget-open').click()
  await vi.waitFor(() => expect(find('widget-leave').hidden).toBe(false))
  find<HTMLInputElement>('widget-email').value = 'nowhere'
  find<HTMLTextAreaElement>('widget-message').value = 'My lamp is broken'
  find('widget-leave-send').click()
  expect(root.querySelector('.problem')!.textContent).toBe('Please enter a valid e-mail address.')
  expect(server.posts).toEqual([])
  find<HTMLInputElement>('widget-email').value = 'lena@example.org'
  find<HTMLInputElement>('widget-name').value = 'Lena'
  find('widget-leave-send').click()
  await vi.waitFor(() => expect(server.posts[0]).toMatchObject({ text: 'My lamp is broken', name: 'Lena', email: 'lena@example.org' }))
  await vi.waitFor(() => expect(find('widget-log').textContent).toContain('We have your message'))
})

test('one widget a channel, and none without a channel', () => {
  open()
  expect(mount(Object.assign(document.createElement('script'), {}))).toBeUndefined()
  const again = document.createElement('script')
  again.dataset.channel = '9'
  expect(mount(again)).toBeUndefined()
  expect(document.querySelectorAll('huiyin-chat')).toHaveLength(1)
})

test('the language of the page goes before that of the browser', () => {
  expect(chooseLanguage(undefined, 'zh-TW', 'en')).toBe('zh')
  expect(chooseLanguage('en', 'zh')).toBe('en')
  expect(chooseLanguage(null, '', 'fr', 'zh-CN')).toBe('zh')
  expect(chooseLanguage('fr')).toBe('en')
})

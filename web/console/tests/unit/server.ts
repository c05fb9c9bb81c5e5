/* The stand-in of tests/mock behind fetch, with the cookie a browser would keep. */
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, vi } from 'vitest'
import { i18n } from '../../src/i18n'
import en from '../../src/i18n/en'
import { useSession } from '../../src/stores/session'
// @ts-expect-error plain JavaScript
import { startMock } from '../mock/server.mjs'

export interface World {
  calls: string[]
  failNext: { path: string; method?: string; status?: number; code?: string; field?: string; drop?: boolean }[]
  users: { id: string; login: string; name: string }[]
  conversations: { id: string; subject: string; importance?: number; state: string; assignee_id: string | null; version: number; due_at: string | null; tags: string[] }[]
  contacts: unknown[]
  channels: unknown[]
  messages: Map<string, { id: string; text: string; direction: string }[]>
  events: { seq: number }[]
  drafts: Map<string, { text: string; visibility: string }>
  receive(o: object): { conversation: { id: string }; message: { id: string } }
  write(c: unknown, user: unknown, o: object): { id: string }
  touch(c: unknown, patch: object, user?: string): void
}
export interface Mock {
  world: World
  url: string
  close(): Promise<void>
}

/** A fresh stand-in and fresh stores for every test; `login` signs in. */
export function useMock(options: object = {}): { mock: () => Mock; login: (name: string) => Promise<void> } {
  let mock: Mock
  let cookie = ''
  beforeEach(async () => {
    mock = await startMock({ sendMs: 10, ...options })
    cookie = ''
    setActivePinia(createPinia())
    i18n.global.setLocaleMessage('en', en as never)
    i18n.global.locale.value = 'en' as never
    const real = globalThis.fetch
    vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
      const response = await real(mock.url + url, { ...init, headers: { ...(init.headers as Record<string, string>), cookie } })
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
      return response
    })
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await mock.close()
  })
  return { mock: () => mock, login: (name) => useSession().login(name, 'huiyin-demo') }
}

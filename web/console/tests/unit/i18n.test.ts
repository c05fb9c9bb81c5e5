import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createI18n } from 'vue-i18n'
import { describe, expect, test } from 'vitest'
import { browserLang } from '../../src/i18n'
import en from '../../src/i18n/en'
import zh from '../../src/i18n/zh'
import { ACTIONS } from '../../src/keys/keys'
import { RAIL, SETTINGS } from '../../src/shell/nav'

function flat(tree: object, path = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [k, v] of Object.entries(tree)) {
    if (typeof v === 'string') all.set(path + k, v)
    else for (const [key, text] of flat(v as object, `${path}${k}.`)) all.set(key, text)
  }
  return all
}
function files(dir: string): string[] {
  return readdirSync(dir).flatMap((f) => (statSync(join(dir, f)).isDirectory() ? files(join(dir, f)) : [join(dir, f)]))
}
const zhAll = flat(zh)
const enAll = flat(en)
const sources = files('src').filter((f) => /\.(vue|ts)$/.test(f) && !/i18n\/(understanding\.)?(zh|en)\.ts$|api\/types\.ts$/.test(f))

describe('the two languages', () => {
  test('have the same keys', () => expect([...zhAll.keys()].sort()).toEqual([...enAll.keys()].sort()))
  test('leave nothing empty', () => {
    for (const all of [zhAll, enAll]) for (const [key, text] of all) expect(text.trim(), key).not.toBe('')
  })
  test('name the same values', () => {
    const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()
    for (const [key, text] of zhAll) expect(names(enAll.get(key)!), key).toEqual(names(text))
  })
  test('can be read by the message compiler', () => {
    for (const [locale, messages] of [['zh', zh], ['en', en]] as const) {
      const made = createI18n({ legacy: false, locale, messages: { [locale]: messages } as never }) as unknown as { global: { t(key: string, values: object): string } }
      const values = Object.fromEntries(['n', 'name', 'names', 'time', 'what', 'who', 'to', 'text', 'age', 'page', 'theme', 'code', 'date', 'value', 'url', 'other', 'subject', 'team', 'state', 'category', 'action', 'followers', 'channel', 'kind', 'title'].map((k) => [k, `<${k}>`]))
      for (const key of flat(messages).keys()) expect(made.global.t(key, values), key).not.toMatch(/[{}]/)
    }
  })
})

describe('the sources', () => {
  test('ask only for texts that are there', () => {
    for (const file of sources)
      for (const m of readFileSync(file, 'utf8').matchAll(/\bt\(\s*'([\w.]+)'/g)) expect(zhAll.has(m[1]), `${file}: ${m[1]}`).toBe(true)
  })
  test('have every text that is asked for by a name in pieces', () => {
    for (const id of ACTIONS) expect(zhAll.has(`action.${id}`), id).toBe(true)
    for (const e of [...RAIL, ...SETTINGS]) expect(zhAll.has(`nav.${e.name}`), e.name).toBe(true)
    for (const file of sources)
      for (const m of readFileSync(file, 'utf8').matchAll(/\bt\(\s*`([\w.]+)\.\$\{/g)) expect([...zhAll.keys()].some((k) => k.startsWith(`${m[1]}.`)), `${file}: ${m[1]}`).toBe(true)
  })
  test('put no text together from pieces', () => {
    for (const file of sources) {
      const text = readFileSync(file, 'utf8')
      expect(text.match(/\bt\([^()]*\)\s*\+\s*['"`]|['"`]\s*\+\s*t\(|\$\{t\(/), file).toBeNull()
    }
  })
  test('have no words of their own in templates', () => {
    for (const file of sources.filter((f) => f.endsWith('.vue'))) {
      const template = /<template>[\s\S]*<\/template>/.exec(readFileSync(file, 'utf8'))?.[0] ?? ''
      // language names stand in their own language, the sign 回 is the product's mark
      const words = template.replace(/简体中文|English|回/g, '').match(/[\u4e00-\u9fff]+/)
      expect(words, file).toBeNull()
    }
  })
})

test('the language comes from the browser', () => {
  expect(browserLang(['zh-TW', 'en'])).toBe('zh')
  expect(browserLang(['fr', 'en-GB'])).toBe('en')
  expect(browserLang(['fr'])).toBe('en')
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { snoozeChoices } from '../../src/desk/snooze'
import { insertMention, mentionAt, mentionChoices, mentioned } from '../../src/desk/mention'
import { clockText, dueLevel } from '../../src/lib/clock'
import { formatters } from '../../src/lib/format'
import { compareIds } from '../../src/lib/ids'
import { i18n } from '../../src/i18n'
import { platformLook } from '../../src/lib/platform'
import { cut } from '../../src/lib/marks'
import { uuid } from '../../src/lib/uuid'
import type { User } from '../../src/api/types'

describe('the mark of a platform', () => {
  afterEach(() => (i18n.global.locale.value = 'zh' as never))
  test('is a character in Chinese, letters in English', () => {
    expect(platformLook('sandbox').mark).toBe('沙')
    i18n.global.locale.value = 'en' as never
    for (const kind of ['weibo', 'wechat_oa', 'wecom_kf', 'douyin', 'webchat', 'webhook', 'sandbox', 'rss', 'brandnew']) expect(platformLook(kind).mark, kind).toMatch(/^[A-Za-z@]{1,2}$/)
  })
})

describe('cut', () => {
  test('marks, in any order, overlapping or beyond the end', () => {
    const text = '三周了，退款还没到账'
    expect(cut(text, [{ begin: 8, end: 99 }, { begin: 4, end: 6, label: 'x' }, { begin: 5, end: 7 }])).toEqual([
      { text: '三周了，' }, { text: '退款', mark: 'x' }, { text: '还', mark: '' }, { text: '没' }, { text: '到账', mark: '' },
    ])
  })
  test('links end before the punctuation of either language; only http(s)', () => {
    expect(cut('看https://a.example/x?y=1。谢谢 (http://b.example/). javascript:alert(1)')).toEqual([
      { text: '看' }, { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { text: '。谢谢 (' },
      { text: 'http://b.example/', href: 'http://b.example/' }, { text: '). javascript:alert(1)' },
    ])
  })
  test('no text, no pieces', () => expect(cut('')).toEqual([]))
})

describe('due', () => {
  test('changes at 50, 80 and 100 %', () => {
    expect([0, 49, 50, 79, 80, 99, 100, 500].map((now) => dueLevel(now, 0, 100))).toEqual(['calm', 'calm', 'half', 'half', 'soon', 'soon', 'late', 'late'])
    expect(dueLevel(5, 10, 10)).toBe('soon')
  })
  test('reads as a clock', () => {
    expect(clockText(42_000)).toBe('00:42')
    expect(clockText(-190_000)).toBe('03:10')
    expect(clockText(6_500_000)).toBe('1:48:20')
  })
})

test('ids compare as numbers beyond 2^53', () => {
  expect(compareIds('9', '10')).toBeLessThan(0)
  expect(compareIds('9007199254740993', '9007199254740992')).toBeGreaterThan(0)
  expect(compareIds('5', '5')).toBe(0)
})
test('uuid has version and variant, and does not repeat', () => {
  const all = new Set(Array.from({ length: 100 }, uuid))
  expect(all.size).toBe(100)
  for (const id of all) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

describe('snooze', () => {
  const keys = (d: Date) => snoozeChoices(d).map((c) => c.key)
  test('offers what makes sense at that hour and day, always in the future', () => {
    const friday = new Date(2026, 10, 20, 10, 0)
    expect(keys(friday)).toEqual(['hour', 'evening', 'tomorrow', 'monday', 'week'])
    expect(keys(new Date(2026, 10, 20, 19, 0))).not.toContain('evening')
    expect(keys(new Date(2026, 10, 22, 10, 0))).not.toContain('monday') // Sunday: tomorrow is Monday
    for (let day = 15; day < 22; day++) for (const c of snoozeChoices(new Date(2026, 10, day, 16, 59))) expect(c.at.getTime()).toBeGreaterThan(new Date(2026, 10, day, 16, 59).getTime())
    const monday = snoozeChoices(friday).find((c) => c.key === 'monday')!.at
    expect([monday.getDay(), monday.getHours()]).toEqual([1, 9])
  })
})

describe('mention', () => {
  const users = [{ id: '1', login: 'chen', name: '陈晨', active: true }, { id: '2', login: 'lin', name: '林主管', active: true }, { id: '3', login: 'chenxi', name: 'Chen Xi', active: false }] as User[]
  test('is found at the caret only after a space or the beginning', () => {
    expect(mentionAt('@ch', 3)).toBe('ch')
    expect(mentionAt('请 @林', 4)).toBe('林')
    expect(mentionAt('好的，@', 4)).toBe('')
    expect(mentionAt('me@example', 10)).toBeNull()
    expect(mentionAt('@ch en', 6)).toBeNull()
  })
  test('offers people by login and name, not those who left', () => {
    expect(mentionChoices(users, 'ch').map((u) => u.id)).toEqual(['1'])
    expect(mentionChoices(users, '林').map((u) => u.id)).toEqual(['2'])
  })
  test('is put in place and read back', () => {
    expect(insertMention('请 @ch 看', 5, 'chen')).toEqual({ text: '请 @chen 看', caret: 8 })
    expect(mentioned('@chen 和 @LIN，还有 @nobody', users)).toEqual(['1', '2'])
  })
})

describe('format', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 22, 15, 0) }))
  afterEach(() => void vi.useRealTimers())
  test('speaks the reader’s language', () => {
    const zh = formatters('zh-CN')
    const en = formatters('en')
    expect(zh.compact(1_280_000)).toBe('128万')
    expect(en.compact(1_280_000)).toBe('1.3M')
    const yesterday = new Date(2026, 10, 21, 9, 5).toISOString()
    expect(zh.dayName(yesterday)).toBe('昨天')
    expect(en.dayName(yesterday)).toBe('yesterday')
    expect(en.time(yesterday)).toBe('09:05')
    expect(zh.ago(new Date(2026, 10, 22, 14, 58).toISOString())).toContain('2分钟前')
    expect(zh.list(['甲', '乙'])).toBe('甲和乙')
  })
})

import { expect, test } from 'vitest'
import { measure } from '../../src/lib/counter'

test('characters are code points', () => {
  expect(measure('', 'chars')).toBe(0)
  expect(measure('退款a', 'chars')).toBe(3)
  expect(measure('😀😀', 'chars')).toBe(2)
})
test('weibo counts ASCII half, rounds up, and never less than the characters', () => {
  expect(measure('退款退款', 'weibo')).toBe(4)
  expect(measure('ab', 'weibo')).toBe(2) // one by halves, two characters
  expect(measure('退a', 'weibo')).toBe(2)
  expect(measure('a'.repeat(140), 'weibo')).toBe(140)
})
test('bytes are UTF-8', () => {
  expect(measure('退a😀', 'bytes')).toBe(3 + 1 + 4)
})

import { beforeEach, describe, expect, test } from 'vitest'
import { ACTIONS, bindings, clash, Keyboard, keyCaps, strokeOf, USUAL_KEYS, type ActionId } from '../../src/keys/keys'

let done: ActionId[] = []
let on = true
let own: Record<string, string> = {}
let now = 0
const keyboard = () => new Keyboard(() => ({ on, keys: bindings(own) }), (id) => (done.push(id), true), () => now)
function key(k: string, more: KeyboardEventInit & { target?: HTMLElement; keyCode?: number } = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true, ...more })
  Object.defineProperty(event, 'target', { value: more.target ?? document.body })
  return event
}
beforeEach(() => {
  done = []
  on = true
  own = {}
  now = 0
})

test('every usual key is one of a kind', () => {
  const all = bindings({})
  for (const id of ACTIONS) expect(clash(all, id, all[id]), id).toBeNull()
})

describe('a key press', () => {
  test('does its action', () => {
    const k = keyboard()
    for (const e of [key('j'), key('E', { shiftKey: true }), key('?', { shiftKey: true }), key('/'), key('k', { ctrlKey: true })]) expect(k.press(e)).toBe(true)
    expect(done).toEqual(['next', 'resolveNext', 'help', 'search', 'palette'])
  })
  test('never fires while typing, except with Ctrl and for Escape', () => {
    const k = keyboard()
    for (const target of [document.createElement('textarea'), document.createElement('input'), document.createElement('select')]) {
      expect(k.press(key('e', { target }))).toBe(false)
      expect(k.press(key('Enter', { target }))).toBe(false)
    }
    const target = document.createElement('textarea')
    k.press(key('Enter', { target, ctrlKey: true }))
    k.press(key('Escape', { target }))
    expect(done).toEqual(['send', 'back'])
  })
  test('never fires while an input method composes', () => {
    const k = keyboard()
    expect(k.press(key('Enter', { isComposing: true, ctrlKey: true }))).toBe(false)
    expect(k.press(key('Process'))).toBe(false)
    const old = key('k', { ctrlKey: true })
    Object.defineProperty(old, 'keyCode', { value: 229 })
    expect(k.press(old)).toBe(false)
    expect(done).toEqual([])
  })
  test('leaves Enter on a button to the button', () => {
    expect(keyboard().press(key('Enter', { target: document.createElement('button') }))).toBe(false)
    expect(done).toEqual([])
  })
  test('takes two keys in a row, in time', () => {
    const k = keyboard()
    k.press(key('g'))
    now = 500
    k.press(key('d'))
    k.press(key('g'))
    now = 5000
    k.press(key('c'))
    expect(done).toEqual(['goDesk'])
  })
  test('rests when switched off, but for Ctrl and Escape', () => {
    on = false
    const k = keyboard()
    expect(k.press(key('j'))).toBe(false)
    expect(k.press(key('k', { ctrlKey: true }))).toBe(true)
    expect(done).toEqual(['palette'])
  })
  test('can be changed and taken away', () => {
    own = { next: 'ArrowDown', resolve: '' }
    const k = keyboard()
    expect(k.press(key('j'))).toBe(false)
    expect(k.press(key('e'))).toBe(false)
    expect(k.press(key('ArrowDown'))).toBe(true)
    expect(done).toEqual(['next'])
  })
})

test('a clash is seen, also with the first key of two', () => {
  const all = bindings({})
  expect(clash(all, 'next', 'e')).toBe('resolve')
  expect(clash(all, 'next', 'g')).not.toBeNull()
  expect(clash(all, 'next', 'g d')).toBe('goDesk')
  expect(clash(all, 'next', '')).toBeNull()
  expect(clash(all, 'next', 'x')).toBeNull()
})
test('keys read as people know them', () => {
  expect(keyCaps(USUAL_KEYS.resolveNext)).toEqual(['⇧', 'E'])
  expect(keyCaps('g d')).toEqual(['G', 'D'])
  expect(keyCaps('')).toEqual([])
  expect(strokeOf(key('Enter', { shiftKey: true }))).toBe('Shift+Enter')
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync('src/base.css', 'utf8')
function variables(block: RegExp): Record<string, string> {
  return Object.fromEntries([...block.exec(css)![1].matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})\b/g)].map((m) => [m[1], m[2]]))
}
const light = variables(/:root \{([\s\S]*?)\n\}/)
const dark = { ...light, ...variables(/:root\[data-theme='dark'\] \{([\s\S]*?)\n\}/) }

function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p)
  return (x + 0.05) / (y + 0.05)
}
/* text on what it stands on */
const PAIRS: [string, string[]][] = [
  ['ink', ['bg', 'panel', 'chip', 'hover', 'accent-soft', 'note-soft', 'priv-soft', 'mark', 'warn-soft']],
  ['ink2', ['bg', 'panel', 'chip', 'hover', 'accent-soft']],
  ['ink3', ['bg', 'panel', 'chip', 'hover', 'accent-soft', 'note-soft', 'priv-soft']],
  ['accent', ['panel', 'bg', 'accent-soft', 'hover']],
  ['pub', ['panel', 'accent-soft']], ['priv', ['panel', 'priv-soft']], ['note', ['note-soft', 'panel']],
  ['bad', ['panel', 'bad-soft', 'bg', 'accent-soft', 'note-soft']], ['warn', ['panel', 'warn-soft', 'accent-soft', 'priv-soft']], ['ok', ['panel', 'ok-soft', 'accent-soft', 'priv-soft']],
  ['gold', ['panel', 'accent-soft']], ['on-fill', ['fill', 'fill-hover']],
]
describe.each([['light', light], ['dark', dark]])('%s', (_, theme) => {
  test.each(PAIRS)('%s can be read (WCAG AA)', (ink, grounds) => {
    for (const ground of grounds) expect(contrast(theme[ink], theme[ground]), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })
  test('the edge of a field can be seen', () => expect(contrast(theme.edge, theme.panel)).toBeGreaterThanOrEqual(3))
})

/* things - products and the look of order numbers, as they are edited. */
import type { Product } from '../../../api/types'

/** "甲、乙, c" → three of them, each once. */
export function splitAliases(text: string): string[] {
  return [...new Set(text.split(/[,，、;；\n]/).map((x) => x.trim()).filter(Boolean))]
}
/** Rows without a name are not sent. */
export function productsOf(rows: readonly { name: string; aliases: string }[]): Product[] {
  return rows.filter((r) => r.name.trim()).map((r) => ({ name: r.name.trim(), aliases: splitAliases(r.aliases).filter((a) => a !== r.name.trim()) }))
}
const CLASSES: Record<string, RegExp> = { '#': /^[0-9]$/, '?': /^[A-Za-z]$/, '*': /^[0-9A-Za-z]$/ }
/** # a digit, ? a letter, * either; anything else stands for itself. */
export function fitsTemplate(template: string, number: string): boolean {
  const [wanted, given] = [Array.from(template.trim()), Array.from(number.trim())]
  return wanted.length > 0 && wanted.length === given.length && wanted.every((c, i) => CLASSES[c]?.test(given[i]) ?? c.toLowerCase() === given[i].toLowerCase())
}

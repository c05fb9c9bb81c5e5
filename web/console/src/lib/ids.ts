/** Ids are decimal strings of 63 bits: too wide for a number, in order of time. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/* counter - how long a text is by the channel's own count (ReplyLimit.counter). */

/** Unicode characters. */
export const codePoints = (text: string): number => Array.from(text).length

/** Weibo: ASCII counts half, everything else one, rounded up; never below the characters it may count instead. */
function weibo(text: string): number {
  let halves = 0
  for (const c of text) halves += c.codePointAt(0)! < 0x80 ? 1 : 2
  return Math.ceil(halves / 2)
}

export function measure(text: string, counter: string): number {
  switch (counter) {
    case 'weibo':
      return Math.max(weibo(text), codePoints(text))
    case 'bytes':
      return new TextEncoder().encode(text).length
    default:
      return codePoints(text)
  }
}

/* marks - cuts a text into plain and marked pieces, and plain ones into links, for safe rendering without HTML. */
export interface Mark {
  begin: number
  end: number
  label?: string
  /** how it looks */
  tone?: string
}
export interface Piece {
  text: string
  mark?: string
  tone?: string
  href?: string
}

const LINK = /https?:\/\/[^\s<>"'，。；！？、（）【】《》]+[^\s<>"'，。；！？、（）【】《》.,;:!?)\]}]/g

function links(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of text.matchAll(LINK)) {
    if (found.index > at) pieces.push({ text: text.slice(at, found.index) })
    pieces.push({ text: found[0], href: found[0] })
    at = found.index + found[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}

/** Offsets are UTF-16 units; marks may come unsorted, overlap or run over the end: what overlaps is joined. */
export function cut(text: string, marks: readonly Mark[] = []): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const mark of [...marks].sort((a, b) => a.begin - b.begin)) {
    const begin = Math.max(mark.begin, at)
    const end = Math.min(mark.end, text.length)
    if (begin >= end) continue
    if (begin > at) pieces.push(...links(text.slice(at, begin)))
    pieces.push({ text: text.slice(begin, end), mark: mark.label ?? '', tone: mark.tone })
    at = end
  }
  if (at < text.length) pieces.push(...links(text.slice(at)))
  return pieces
}

// What handlers share: checks of a body, look-ups, pages.
import { ApiFailure } from './world.mjs'

export const need = (body, ...fields) => {
  for (const f of fields) {
    if (body[f] === undefined || body[f] === null) throw new ApiFailure(400, 'missing', f)
    if (body[f] === '') throw new ApiFailure(400, 'empty', f)
  }
}
/* Keyset pages over an already ordered array: the cursor is the id of the last one given. */
export function page(items, { cursor, limit }, key = (x) => x.id) {
  const n = Math.min(Number(limit) || 50, 200)
  const from = cursor ? items.findIndex((x) => key(x) === cursor) + 1 : 0
  const part = items.slice(from, from + n)
  return { items: part, next_cursor: from + n < items.length ? key(part[part.length - 1]) : null }
}
export const fail404 = () => {
  throw new ApiFailure(404, 'not_found')
}
export const find = (list, id) => list.find((x) => x.id === id) ?? fail404()

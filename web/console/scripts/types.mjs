// Makes src/api/types.ts from the tables of the program (src/api/*.def, src/store/event.def, src/base/error.def).
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path) => readFileSync(root + path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')

/* The arguments of every NAME(…) in order, quotes and nested brackets respected. */
function* macros(text) {
  const start = /\b([A-Z]+)\s*\(|\bEND\b/g
  for (let m; (m = start.exec(text)); ) {
    if (m[0] === 'END') {
      yield ['END']
      continue
    }
    const args = ['']
    let quoted = false
    let i = start.lastIndex
    for (; quoted || text[i] !== ')'; i++) {
      const c = text[i]
      if (quoted && c === '\\') args[args.length - 1] += c + text[++i]
      else if (c === '"') (quoted = !quoted), (args[args.length - 1] += c)
      else if (c === ',' && !quoted) args.push('')
      else args[args.length - 1] += c
    }
    start.lastIndex = i + 1
    yield [m[1], ...args.map((a) => (a.trim().startsWith('"') ? JSON.parse(a.trim()) : a.trim()))]
  }
}

const union = (words) => words.map((w) => `'${w}'`).join(' | ')
const simple = { TEXT: 'string', ID: 'ID', INT: 'number', REAL: 'number', BOOL: 'boolean', TIME: 'Time', JSON: 'unknown' }
function type(kind, detail) {
  if (kind === 'ENUM') return union(detail.split('|'))
  if (kind === 'OBJECT') return detail
  if (kind === 'LIST') return `${simple[detail] ?? detail}[]`
  return simple[kind]
}

const out = []
out.push('// Generated from the tables of the program. Do not edit.', '', 'export type ID = string', 'export type Time = string', '')
for (const [macro, ...a] of macros(read('src/api/shapes.def'))) {
  if (macro === 'SHAPE') {
    if (a[1]) out.push(`/** ${a[1]} */`)
    out.push(`export interface ${a[0]} {`)
  } else if (macro === 'FIELD') {
    const [name, kind, need, detail, , comment] = a
    if (comment) out.push(`  /** ${comment} */`)
    out.push(`  ${name}${need === 'MAY' ? '?' : ''}: ${type(kind, detail)}${need === 'MAY' ? ' | null' : ''}`)
  } else if (macro === 'END') out.push('}', '')
}
const names = (file, macro, column) => [...macros(read(file))].filter((m) => m[0] === macro).map((m) => m[column])
out.push(`export type EventKind =\n  | ${names('src/store/event.def', 'EVENT', 2).map((n) => `'${n}'`).join('\n  | ')}`, '')
out.push(`export type Permission =\n  | ${names('src/desk/permission.def', 'PERMISSION', 2).map((n) => `'${n}'`).join('\n  | ')}`, '')
out.push(`export type ErrorCode =\n  | ${names('src/base/error.def', 'ERROR', 2).map((n) => `'${n}'`).join('\n  | ')}`, '')
const permission = Object.fromEntries([...macros(read('src/desk/permission.def'))].map((m) => [m[1], m[2]]))
const routes = [...macros(read('src/api/routes.def'))].filter((m) => m[0] === 'ROUTE').map(([, ...r]) => r)
out.push('export const ROUTES = {')
for (const [method, path, handler, perm, flags] of routes)
  out.push(
    `  ${handler}: { method: '${method}', path: '${path}', permission: '${permission[perm] ?? ''}', creates: ${flags.includes('CREATES')}, list: ${flags.includes('LIST')} },`,
  )
out.push('} as const', '')
const query = {}
for (const [, handler, name, kind, detail] of macros(read('src/api/parameters.def')))
  (query[handler] ??= []).push(`${name}?: ${kind === 'INT' ? 'number' : kind === 'ENUM' ? union(detail.split('|')) : 'string'}`)
out.push('export interface Calls {')
for (const [, , handler, , flags, , request, , answer] of routes) {
  const q = [...(query[handler] ?? []), ...(flags.includes('LIST') ? ['cursor?: string', 'limit?: number'] : [])]
  out.push(`  ${handler}: { request: ${request}; answer: ${answer}; query: {${q.length ? ` ${q.join('; ')} ` : ''}} }`)
}
out.push('}', '')
writeFileSync(fileURLToPath(new URL('../src/api/types.ts', import.meta.url)), out.join('\n'))

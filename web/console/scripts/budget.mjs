// The first load of the desk must stay within 250 KB of compressed JavaScript and CSS; nothing may point elsewhere.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const BUDGET = 250 * 1024
const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** Files that the page, its entry and the larger of the languages bring in. */
export function firstLoad() {
  const html = readFileSync(`${dist}index.html`, 'utf8')
  const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1])
  const languages = readdirSync(`${dist}assets`).filter((f) => /^(zh|en)-.*\.js$/.test(f)).map((f) => `assets/${f}`)
  const size = (f) => gzipSync(readFileSync(dist + f), { level: 9 }).length
  const largest = languages.sort((a, b) => size(b) - size(a)).slice(0, 1)
  const files = [...new Set([...named, ...largest])].map((file) => ({ file, bytes: size(file) }))
  return { html, files, total: files.reduce((sum, f) => sum + f.bytes, 0) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { html, files, total } = firstLoad()
  for (const { file, bytes } of files) console.log(`${String(bytes).padStart(8)}  ${file}`)
  console.log(`${String(total).padStart(8)}  of ${BUDGET} bytes compressed`)
  if (total > BUDGET) throw new Error('the first load of the desk is over its budget')
  if (/<script(?![^>]*src=)|<style|style="|https?:\/\//.test(html)) throw new Error('the page has something inline or from elsewhere')
}

// One file a program, without imports: widget.js (with its style inside), sandbox.js, shop.js. The pages lie in public/.
import { readFileSync, rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const LIMIT = 30 * 1024 // of widget.js, compressed

rmSync('dist', { recursive: true, force: true })
for (const name of ['widget', 'sandbox', 'shop']) {
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2020',
      emptyOutDir: false,
      lib: { entry: `src/${name}.ts`, formats: ['iife'], name: `huiyin_${name}`, fileName: () => `${name}.js` },
    },
  })
}
const size = gzipSync(readFileSync('dist/widget.js')).length
console.log(`widget.js: ${size} bytes compressed, ${LIMIT} allowed`)
if (size > LIMIT) process.exit(1)

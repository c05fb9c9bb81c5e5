// A stand-in for the program: the whole API of src/api/routes.def in memory, for working on the console and for its
// browser tests. Same rules (sessions, CSRF, idempotency keys, errors by field, keyset pages, server-sent events);
// nothing is kept. `node tests/mock/server.mjs` listens on 127.0.0.1:8090 and serves dist/ under a strict policy.
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, extname, join, normalize } from 'node:path'
import { World, ApiFailure } from './world.mjs'
import { handlers } from './handlers.mjs'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../dist')
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
export const POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"

function readBody(request) {
  return new Promise((resolve, reject) => {
    const parts = []
    request.on('data', (p) => parts.push(p))
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    request.on('error', reject)
  })
}
function sendJson(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers })
  response.end(JSON.stringify(value))
}
function asset(path, response) {
  const page = !/\.[^/]*$/.test(path) // an address of the application
  const file = join(dist, page ? 'index.html' : normalize(path))
  if (!file.startsWith(dist) || !existsSync(file)) return sendJson(response, 404, { error: { code: 'not_found', message: 'no such file', field: null } })
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' })
  response.end(readFileSync(file))
}
const routes = handlers.map(([method, path, handler, options]) => ({
  method, handler, options: options ?? {},
  match: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

async function serve(world, request, response) {
  const url = new URL(request.url, 'http://mock')
  if (!/^\/(api|sandbox|chat|hooks)\//.test(url.pathname)) return asset(decodeURIComponent(url.pathname), response)
  world.calls.push(`${request.method} ${url.pathname}`)
  if (world.delayMs) await new Promise((r) => setTimeout(r, world.delayMs))
  const lang = (request.headers['accept-language'] ?? 'zh').startsWith('en') ? 'en' : 'zh'
  try {
    const failing = world.failNext.findIndex((f) => url.pathname.includes(f.path) && (!f.method || f.method === request.method))
    if (failing >= 0) {
      const [f] = world.failNext.splice(failing, 1)
      if (f.drop) return request.socket.destroy()
      throw new ApiFailure(f.status, f.code, f.field)
    }
    const route = routes.find((r) => r.method === request.method && r.match.test(url.pathname))
    if (!route) throw new ApiFailure(404, 'not_found')
    const session = world.sessionOf(request.headers.cookie)
    if (!route.options.open && !session) throw new ApiFailure(401, 'unauthenticated')
    if (!route.options.open && route.options.may && !world.may(session, route.options.may)) throw new ApiFailure(403, 'forbidden')
    const call = { world, lang, request, response, url, session, me: session?.user, params: route.match.exec(url.pathname).groups ?? {}, query: Object.fromEntries(url.searchParams), body: {} }
    if (request.method !== 'GET') {
      const text = await readBody(request)
      call.body = text ? JSON.parse(text) : {}
      if (!route.options.open && request.headers['x-csrf-token'] !== session.csrf) throw new ApiFailure(403, 'bad_csrf')
    }
    if (route.options.stream) return route.handler(call)
    const key = route.options.creates ? request.headers['idempotency-key'] : null
    if (route.options.creates && !key) throw new ApiFailure(400, 'missing', 'Idempotency-Key')
    const kept = key && world.idempotency.get(`${session.user.id}:${key}`)
    if (kept) {
      if (kept.body !== JSON.stringify(call.body)) throw new ApiFailure(409, 'idempotency_key_reused')
      return sendJson(response, kept.status, kept.answer)
    }
    const answer = await route.handler(call)
    const status = route.options.status ?? (route.options.creates ? 201 : 200)
    if (key) world.idempotency.set(`${session.user.id}:${key}`, { body: JSON.stringify(call.body), status, answer })
    sendJson(response, status, answer, call.headers)
  } catch (error) {
    if (!(error instanceof ApiFailure)) console.error(error)
    const failure = error instanceof ApiFailure ? error : new ApiFailure(500, 'internal')
    sendJson(response, failure.status, { error: { code: failure.code, message: failure.text(lang), field: failure.field } }, failure.headers)
  }
}

/** Starts the stand-in; port 0 picks one. */
export function startMock({ port = 0, ...options } = {}) {
  const world = new World(options)
  const server = createServer((request, response) => void serve(world, request, response))
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({
        world,
        url: `http://127.0.0.1:${server.address().port}`,
        close: () => {
          world.stop()
          server.closeAllConnections()
          return new Promise((done) => server.close(done))
        },
      })
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.env.PORT ?? 8090), lively: true })
  console.log(`The stand-in is ready at ${mock.url} (lin, chen, wang, admin, viewer / huiyin-demo)`)
}

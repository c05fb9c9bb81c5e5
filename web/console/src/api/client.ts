/* client - every call to the program goes through here: typed by ROUTES, with the CSRF token, the reader's
 * language and, for calls that create something, an idempotency key which stays the same over retries. */
import { ROUTES, type Calls, type ErrorBody } from './types'
import { uuid } from '../lib/uuid'

export type Call = keyof Calls & keyof typeof ROUTES

export interface CallOptions<K extends Call> {
  path?: Record<string, string>
  query?: Calls[K]['query']
  body?: Calls[K]['request']
  /** of one act of the person; a second try of the same act brings the same key */
  key?: string
  signal?: AbortSignal
  /** the request outlives the page */
  keepalive?: boolean
}

/** A call that did not work. code 'offline': nothing was reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    /** seconds the server asks to wait */
    readonly retryAfter = 0,
  ) {
    super(message)
  }
  /** worth another try of the same call */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'idempotency_key_busy'
  }
}

/* What the client needs from its surroundings; the session store fills it in. */
export const context = {
  csrf: '',
  language: 'zh',
  /** the session has ended */
  onSignedOut: () => {},
  /** fetches a new CSRF token; false when there is none */
  renewCsrf: async () => false,
  /** texts for failures that no server described */
  text: (code: 'offline' | 'broken'): string => code,
}

export function address<K extends Call>(name: K, options: CallOptions<K>): string {
  const path = ROUTES[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(options.path?.[key] ?? ''))
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(options.query ?? {}))
    if (value !== undefined && value !== null && value !== '') query.set(key, String(value))
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

function headers(name: Call, options: CallOptions<Call>): Record<string, string> {
  const route = ROUTES[name]
  const all: Record<string, string> = { Accept: 'application/json', 'Accept-Language': context.language }
  if (route.method !== 'GET') {
    all['Content-Type'] = 'application/json'
    if (context.csrf) all['X-CSRF-Token'] = context.csrf
    if (route.creates) all['Idempotency-Key'] = options.key ?? uuid()
  }
  return all
}

async function failure(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('Retry-After')) || 0
  try {
    const { error } = (await response.json()) as { error: ErrorBody }
    return new ApiError(response.status, error.code, error.message, error.field ?? null, retryAfter)
  } catch {
    return new ApiError(response.status, 'broken', context.text('broken'), null, retryAfter)
  }
}

async function once<K extends Call>(name: K, options: CallOptions<K>): Promise<Response> {
  const { method } = ROUTES[name]
  try {
    return await fetch(address(name, options), {
      method,
      headers: headers(name, options as CallOptions<Call>),
      body: method === 'GET' || method === 'DELETE' ? undefined : JSON.stringify(options.body ?? {}),
      credentials: 'same-origin',
      signal: options.signal,
      keepalive: options.keepalive,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'offline', context.text('offline'))
  }
}

/** One call. Throws ApiError, or the AbortError of its signal. */
export async function call<K extends Call>(name: K, options: CallOptions<K> = {}): Promise<Calls[K]['answer']> {
  const fixed = ROUTES[name].creates ? { ...options, key: options.key ?? uuid() } : options
  let response = await once(name, fixed)
  if (response.status === 403) {
    const error = await failure(response)
    if (error.code !== 'bad_csrf' || !(await context.renewCsrf())) throw error
    response = await once(name, fixed)
  }
  if (!response.ok) {
    const error = await failure(response)
    if (error.code === 'unauthenticated') context.onSignedOut()
    throw error
  }
  return (await response.json()) as Calls[K]['answer']
}

/** Every item of a list, page after page; for the short ones (users, teams, channels). */
export async function callAll<K extends Call>(
  name: K,
  options: CallOptions<K> = {},
): Promise<Calls[K]['answer'] extends { items: (infer T)[] } ? T[] : never> {
  const all: unknown[] = []
  let cursor: string | undefined
  do {
    const page = (await call(name, { ...options, query: { ...options.query, limit: 200, cursor } as never })) as {
      items: unknown[]
      next_cursor?: string | null
    }
    all.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return all as never
}

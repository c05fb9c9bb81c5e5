/* list - a list of the API, page after page, with everything a screen needs to show about it. */
import { reactive, ref, shallowRef } from 'vue'
import { call, type Call, type CallOptions } from '../api/client'
import type { Calls } from '../api/types'

type Item<K extends Call> = Calls[K]['answer'] extends { items: (infer T)[] } ? T : never

export function useList<K extends Call>(name: K, options: () => CallOptions<K> = () => ({}), limit = 50) {
  const items = shallowRef<Item<K>[]>([])
  const cursor = ref<string | null>(null)
  const loading = ref(false)
  const error = ref<string>('')
  const loaded = ref(false)
  let round = 0

  async function fetchPage(first: boolean): Promise<void> {
    const mine = ++round
    loading.value = true
    error.value = ''
    try {
      const given = options()
      const query = { ...given.query, limit, cursor: first ? undefined : (cursor.value ?? undefined) } as never
      const page = (await call(name, { ...given, query })) as unknown as { items: Item<K>[]; next_cursor?: string | null }
      if (mine !== round) return
      items.value = first ? page.items : [...items.value, ...page.items]
      cursor.value = page.next_cursor ?? null
      loaded.value = true
    } catch (e) {
      if (mine === round) error.value = e instanceof Error ? e.message : String(e)
    } finally {
      if (mine === round) loading.value = false
    }
  }
  const load = () => fetchPage(true)
  const more = async () => {
    if (cursor.value && !loading.value) await fetchPage(false)
  }
  /** Forgets what is there and starts again: for another query. */
  async function restart(): Promise<void> {
    items.value = []
    cursor.value = null
    loaded.value = false
    await load()
  }
  return reactive({ items, cursor, loading, error, loaded, load, more, restart })
}

/* topics - the administrator's own categories below the eight, by their keys. Fetched when first asked for. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { callAll } from '../api/client'
import type { Event, Topic } from '../api/types'
import { i18n } from '../i18n'

export const useTopics = defineStore('topics', () => {
  const items = ref<Topic[]>([])
  let asked: Promise<void> | null = null

  const byKey = computed(() => new Map(items.value.map((t) => [t.key, t])))
  const nameOf = (t: Topic) => (i18n.global.locale.value === ('zh' as never) ? t.name_zh || t.name_en : t.name_en || t.name_zh) || t.key
  const name = (key: string) => {
    const topic = byKey.value.get(key)
    return topic ? nameOf(topic) : key
  }
  const below = (parent: string) => items.value.filter((t) => t.active && t.parent === parent)

  async function load(): Promise<void> {
    items.value = await callAll('topic_list')
  }
  /** Once; what cannot be had now is asked for again the next time. */
  function ensure(): Promise<void> {
    asked ??= load().catch(() => void (asked = null))
    return asked
  }
  function onChange(events: Event[]): void {
    if (events.some((e) => e.kind === 'understanding.changed' && (e.data as { what?: string }).what === 'topics')) void load().catch(() => undefined)
  }
  return { items, byKey, name, nameOf, below, load, ensure, onChange }
})

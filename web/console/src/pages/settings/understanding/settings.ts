/* settings - the weights, products and order numbers the server keeps, shared by the tabs that change them. */
import { ref } from 'vue'
import { call } from '../../../api/client'
import type { UnderstandingChange, UnderstandingSettings } from '../../../api/types'

export function useUnderstandingSettings() {
  const settings = ref<UnderstandingSettings | null>(null)
  const error = ref('')
  async function load(): Promise<void> {
    error.value = ''
    try {
      settings.value = await call('understanding_settings')
    } catch (e) {
      error.value = (e as Error).message
    }
  }
  async function change(body: UnderstandingChange): Promise<UnderstandingSettings> {
    return (settings.value = await call('understanding_set', { body }))
  }
  return { settings, error, load, change }
}

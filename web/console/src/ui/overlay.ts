/* overlay - how many dialogs stand over the page: the page's keys rest meanwhile. */
import { onScopeDispose, ref } from 'vue'
export const overlays = ref(0)
export function useOverlay(): void {
  overlays.value++
  onScopeDispose(() => overlays.value--)
}

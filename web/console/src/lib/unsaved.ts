/* unsaved - asks before a page with changes that were not saved is left. */
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { useToasts } from '../stores/toasts'

export function useUnsaved(changed: () => boolean): () => Promise<boolean> {
  const { t } = useI18n()
  const toasts = useToasts()
  /** true: go on */
  const ask = async () => !changed() || toasts.ask({ title: t('understanding.leaveTitle'), text: t('understanding.leaveText'), yes: t('understanding.leaveYes'), danger: true })
  const onUnload = (event: BeforeUnloadEvent) => changed() && event.preventDefault()
  onBeforeRouteLeave(ask)
  onBeforeRouteUpdate(ask)
  window.addEventListener('beforeunload', onUnload)
  onScopeDispose(() => window.removeEventListener('beforeunload', onUnload))
  return ask
}

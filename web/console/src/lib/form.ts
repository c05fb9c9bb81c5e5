/* form - the state of a form that is sent: busy, what is wrong with each field, one idempotency key an act. */
import { reactive } from 'vue'
import { ApiError } from '../api/client'
import { useToasts } from '../stores/toasts'
import { uuid } from './uuid'

/** The field of the form that the server's "settings.key" or "rule.any[3]" is about. */
export function knownField(path: string, fields: readonly string[]): string | undefined {
  const inner = path.replace(/^(settings|rule)\./, '')
  return fields.find((f) => inner === f || inner.startsWith(`${f}.`) || inner.startsWith(`${f}[`))
}

export function useForm() {
  const toasts = useToasts()
  const form = reactive({ busy: false, errors: {} as Record<string, string>, key: uuid() })
  /** Forgets the last act. */
  function reset(): void {
    Object.assign(form, { busy: false, errors: {}, key: uuid() })
  }
  /** Runs the call; what the server says of a known field goes to that field, the rest is a toast. The answer, or null. */
  async function submit<T>(fields: readonly string[], run: (key: string) => Promise<T>): Promise<T | null> {
    if (form.busy) return null
    form.busy = true
    form.errors = {}
    try {
      const answer = await run(form.key)
      form.key = uuid()
      return answer
    } catch (e) {
      const field = e instanceof ApiError ? knownField(e.field ?? '', fields) : undefined
      if (field) form.errors = { [field]: (e as ApiError).message }
      else toasts.fail(e)
      // A retry of the same act keeps its key; a changed form is another act.
      if (e instanceof ApiError && !e.retryable) form.key = uuid()
      return null
    } finally {
      form.busy = false
    }
  }
  return { form, reset, submit }
}

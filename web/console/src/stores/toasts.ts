/* toasts - short words at the foot of the screen: done (with undo) and failed (with retry). And questions before
 * something is destroyed. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError } from '../api/client'

export interface Toast {
  id: number
  tone: 'ok' | 'bad' | 'info'
  text: string
  action?: { label: string; run: () => unknown }
}
export interface Question {
  title: string
  text: string
  yes: string
  danger: boolean
  answer: (yes: boolean) => void
}

const STAY_MS = { ok: 7000, info: 6000, bad: 12_000 }

export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([])
  const question = ref<Question | null>(null)
  let next = 1

  function drop(id: number): void {
    toasts.value = toasts.value.filter((t) => t.id !== id)
  }
  function show(toast: Omit<Toast, 'id'>): number {
    const id = next++
    toasts.value = [...toasts.value.filter((t) => t.text !== toast.text || t.tone !== toast.tone), { ...toast, id }].slice(-4)
    setTimeout(() => drop(id), STAY_MS[toast.tone])
    return id
  }
  /** Says what went wrong; offers `retry` where another try can help. */
  function fail(error: unknown, retry?: { label: string; run: () => unknown }): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    const known = error instanceof ApiError
    if (!known) console.error(error)
    const text = error instanceof Error ? error.message : String(error)
    show({ tone: 'bad', text, action: known && error.retryable ? retry : undefined })
  }
  function ask(q: Omit<Question, 'answer'>): Promise<boolean> {
    question.value?.answer(false)
    return new Promise((resolve) => {
      question.value = {
        ...q,
        answer: (yes) => {
          question.value = null
          resolve(yes)
        },
      }
    })
  }
  return { toasts, question, show, drop, fail, ask }
})

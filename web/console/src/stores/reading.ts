/* reading - which message the agent looks into, and for which label its words are shown. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ID, Message } from '../api/types'
import type { Task } from '../understanding/explain'
import type { Thread } from './threads'

export const useReading = defineStore('reading', () => {
  const messageId = ref<ID | null>(null)
  const task = ref<Task | null>(null)

  /** null: nobody has chosen, the weightiest message of the conversation is shown. */
  function choose(id: ID | null): void {
    messageId.value = id
    task.value = null
  }
  /** The message that is looked into: the chosen one, else the one that made the conversation as important as it is. */
  function messageOf(thread: Thread | undefined, importance: number): Message | null {
    const all = [...(thread?.messages ?? []), ...(thread?.detail?.origin ? [thread.detail.origin] : [])].filter((m) => m.assessment)
    const chosen = all.find((m) => m.id === messageId.value)
    if (chosen) return chosen
    // The conversation's importance is the highest of its own messages; the origin may be somebody else's post.
    const own = all.filter((m) => m.conversation_id === thread?.id)
    return own.find((m) => m.assessment!.importance === importance) ?? own.sort((a, b) => b.assessment!.importance - a.assessment!.importance)[0] ?? null
  }
  return { messageId, task, choose, messageOf }
})

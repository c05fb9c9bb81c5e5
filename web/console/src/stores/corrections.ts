/* corrections - what a person says a message really is: shown at once, taken back with a reason when refused, undone by
 * the toast. The API takes back everything that was said of a message, so what stood before is said again. */
import { defineStore } from 'pinia'
import { call } from '../api/client'
import type { Message } from '../api/types'
import { i18n } from '../i18n'
import { bodyOf, bodyOfAll, corrected, saidOf, type Task } from '../understanding/explain'
import { useConversations } from './conversations'
import { useSession } from './session'
import { useThreads } from './threads'
import { useToasts } from './toasts'
import { useTopics } from './topics'

const t = i18n.global.t

export const useCorrections = defineStore('corrections', () => {
  const threads = useThreads()
  const conversations = useConversations()
  const session = useSession()
  const toasts = useToasts()
  const topics = useTopics()

  function show(message: Message): void {
    threads.replace(message)
    conversations.fetchOne(message.conversation_id).catch(() => undefined) // its category and importance follow
  }
  async function attempt(before: Message, run: () => Promise<Message>, again: () => unknown): Promise<boolean> {
    try {
      show(await run())
      return true
    } catch (error) {
      threads.replace(before)
      toasts.fail(error, { label: t('retry'), run: again })
      return false
    }
  }

  /** `words`: what the toast says was done. */
  async function correct(message: Message, task: Task, label: string, words: string): Promise<void> {
    if (!message.assessment) return
    const body = bodyOf(task, label)
    const labels = { ...saidOf(message.correction), [task]: label }
    threads.replace({
      ...message,
      assessment: corrected(message.assessment, body, topics.items),
      correction: { user_id: session.me, user_name: session.user?.name ?? '', at: new Date().toISOString(), labels },
    })
    const done = await attempt(message, () => call('message_correct', { path: { id: message.id }, body }), () => correct(message, task, label, words))
    if (done) toasts.show({ tone: 'ok', text: words, action: { label: t('undo'), run: () => restore(message) } })
  }

  /** As it stood when `before` was read. */
  async function restore(before: Message): Promise<void> {
    const path = { id: before.id }
    const now = threads.find(before) ?? before
    threads.replace(before)
    const run = async () => {
      const bare = await call('message_correct_withdraw', { path })
      return before.correction ? call('message_correct', { path, body: bodyOfAll(before.correction.labels) }) : bare
    }
    await attempt(now, run, () => restore(before))
  }
  /** Everything people said of it is taken back: it stands as understanding judged it. */
  async function withdraw(message: Message, words: string): Promise<void> {
    const done = await attempt(message, () => call('message_correct_withdraw', { path: { id: message.id } }), () => withdraw(message, words))
    if (done) toasts.show({ tone: 'ok', text: words, action: { label: t('undo'), run: () => restore(message) } })
  }
  return { correct, restore, withdraw }
})

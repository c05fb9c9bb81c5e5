/* conversations - every conversation the console has seen, once; queue and thread show the same object. And what an
 * agent does with one: shown at once, taken back with a reason when the server refuses. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { ApiError, call } from '../api/client'
import type { Conversation, ConversationChange, ID } from '../api/types'
import { i18n } from '../i18n'
import { useDirectory } from './directory'
import { useSession } from './session'
import { useToasts } from './toasts'

const t = i18n.global.t

export const useConversations = defineStore('conversations', () => {
  const byId = shallowReactive(new Map<ID, Conversation>())

  /** Keeps the newer of two answers that overtook each other. */
  function put(conversation: Conversation): void {
    const known = byId.get(conversation.id)
    if (known && known.version > conversation.version) return
    byId.set(conversation.id, conversation)
  }
  const get = (id: ID | null | undefined) => (id ? byId.get(id) : undefined)

  async function fetchOne(id: ID): Promise<Conversation> {
    const { conversation } = await call('conversation_show', { path: { id } })
    put(conversation)
    return conversation
  }

  /* Shows `patch`, asks the server, keeps its answer or takes the patch back. True when it worked. */
  async function act(id: ID, patch: Partial<Conversation>, request: () => Promise<Conversation>): Promise<boolean> {
    const before = byId.get(id)
    if (before) byId.set(id, { ...before, ...patch })
    try {
      put(await request())
      return true
    } catch (error) {
      if (before && byId.get(id)?.version === before.version) byId.set(id, before)
      if (error instanceof ApiError && error.status === 409) void fetchOne(id).catch(() => undefined)
      useToasts().fail(error, { label: t('retry'), run: () => act(id, patch, request) })
      return false
    }
  }
  const said = (text: string, undo: () => unknown) => useToasts().show({ tone: 'ok', text, action: { label: t('undo'), run: undo } })

  async function assign(id: ID, userId: ID | null, quiet = false): Promise<boolean> {
    const known = byId.get(id)
    const before = known?.assignee_id ?? null
    if (before === userId) return true
    // The version says that we saw who has it: of two who take at once, one is told.
    const done = await act(id, { assignee_id: userId }, () =>
      call('conversation_assign', { path: { id }, body: { user_id: userId, version: known?.version } }),
    )
    if (done && !quiet) {
      const me = useSession().me
      const name = useDirectory().userName(userId)
      const text = !userId ? t('desk.released') : userId === me ? t('desk.taken') : t('desk.assignedTo', { name })
      said(text, () => assign(id, before, true))
    }
    return done
  }
  const take = (id: ID) => assign(id, useSession().me)
  const release = (id: ID) => assign(id, null)

  async function toTeam(id: ID, teamId: ID): Promise<boolean> {
    const before = byId.get(id)
    const done = await act(id, { team_id: teamId, assignee_id: null }, () =>
      call('conversation_assign', { path: { id }, body: { user_id: null, team_id: teamId } }),
    )
    if (done && before)
      said(t('desk.assignedTo', { name: useDirectory().teamName(teamId) }), () =>
        act(id, { team_id: before.team_id, assignee_id: before.assignee_id }, () =>
          call('conversation_assign', { path: { id }, body: { user_id: before.assignee_id, team_id: before.team_id } }),
        ),
      )
    return done
  }

  async function resolve(id: ID, quiet = false): Promise<boolean> {
    const done = await act(id, { state: 'resolved', due_at: null }, () => call('conversation_resolve', { path: { id } }))
    if (done && !quiet) said(t('desk.resolved'), () => reopen(id, true))
    return done
  }
  async function reopen(id: ID, quiet = false): Promise<boolean> {
    const done = await act(id, { state: 'open', snoozed_until: null }, () => call('conversation_reopen', { path: { id } }))
    if (done && !quiet) useToasts().show({ tone: 'ok', text: t('desk.reopened') })
    return done
  }
  async function snooze(id: ID, until: string, words: string): Promise<boolean> {
    const done = await act(id, { state: 'snoozed', snoozed_until: until }, () =>
      call('conversation_snooze', { path: { id }, body: { until } }),
    )
    if (done) said(t('desk.snoozedUntil', { time: words }), () => reopen(id, true))
    return done
  }
  const change = (id: ID, body: ConversationChange) =>
    act(id, body as Partial<Conversation>, () => call('conversation_change', { path: { id }, body }))

  function clear(): void {
    byId.clear()
  }
  return { byId, put, get, fetchOne, assign, take, release, toTeam, resolve, reopen, snooze, change, clear }
})

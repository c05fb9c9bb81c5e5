/* actions - what can be done right now on this screen; keys, palette and help all ask here. */
import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive } from 'vue'
import type { IconName } from '../ui/icons'
import type { ActionId } from './keys'

export interface Action {
  id: ActionId
  icon?: IconName
  run: () => unknown
  /** can it be done now */
  when?: () => boolean
  /** not in the palette: moving about */
  quiet?: boolean
}

export const useActions = defineStore('actions', () => {
  const all = shallowReactive<Action[]>([])

  /** For as long as the calling component lives; the last one registered for an id wins. */
  function offer(...actions: Action[]): void {
    all.push(...actions)
    onScopeDispose(() => {
      for (const action of actions) all.splice(all.indexOf(action), 1)
    })
  }
  function find(id: ActionId): Action | undefined {
    for (let i = all.length - 1; i >= 0; i--) if (all[i].id === id && (all[i].when?.() ?? true)) return all[i]
    return undefined
  }
  function run(id: ActionId): boolean {
    const action = find(id)
    if (!action) return false
    action.run()
    return true
  }
  return { all, offer, find, run }
})

/* nav - what stands in the rail and in settings, and who sees it. */
import type { Permission } from '../api/types'
import type { ActionId } from '../keys/keys'
import type { IconName } from '../ui/icons'
export interface NavEntry {
  name: string
  icon: IconName
  permission?: Permission
  action?: ActionId
}
export const RAIL: NavEntry[] = [
  { name: 'desk', icon: 'desk', permission: 'conversation.read', action: 'goDesk' },
]
export const SETTINGS: NavEntry[] = []

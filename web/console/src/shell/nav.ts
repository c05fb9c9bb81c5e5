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
  { name: 'search', icon: 'search', permission: 'conversation.read', action: 'goSearch' },
  { name: 'mentions', icon: 'at', permission: 'self', action: 'goMentions' },
  { name: 'contacts', icon: 'contacts', permission: 'contact.read', action: 'goContacts' },
  { name: 'outbox', icon: 'outbox', permission: 'outbox.read', action: 'goOutbox' },
  { name: 'channels', icon: 'channels', permission: 'channel.read', action: 'goChannels' },
]
export const SETTINGS: NavEntry[] = [
  { name: 'profile', icon: 'user', permission: 'self' },
  { name: 'keys', icon: 'keyboard', permission: 'self' },
  { name: 'security', icon: 'lock', permission: 'self' },
  { name: 'users', icon: 'contacts', permission: 'user.read' },
  { name: 'teams', icon: 'team', permission: 'user.read' },
  { name: 'brands', icon: 'brand', permission: 'channel.read' },
  { name: 'understanding', icon: 'bulb', permission: 'understanding.teach' },
  { name: 'hooks', icon: 'hook', permission: 'hook.manage' },
  { name: 'audit', icon: 'list', permission: 'audit.read' },
]

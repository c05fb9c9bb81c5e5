/* directory - the short lists everything else refers to by id: colleagues, teams, channels, brands. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { callAll } from '../api/client'
import type { Brand, Channel, Event, ID, Team, User } from '../api/types'

export const useDirectory = defineStore('directory', () => {
  const users = ref<User[]>([])
  const teams = ref<Team[]>([])
  const channels = ref<Channel[]>([])
  const brands = ref<Brand[]>([])

  const userById = computed(() => new Map(users.value.map((u) => [u.id, u])))
  const teamById = computed(() => new Map(teams.value.map((t) => [t.id, t])))
  const channelById = computed(() => new Map(channels.value.map((c) => [c.id, c])))
  const userName = (id: ID | null | undefined) => (id ? (userById.value.get(id)?.name ?? '') : '')
  const teamName = (id: ID | null | undefined) => (id ? (teamById.value.get(id)?.name ?? '') : '')
  const channelName = (id: ID | null | undefined) => (id ? (channelById.value.get(id)?.name ?? '') : '')

  const loadUsers = async () => void (users.value = await callAll('user_list'))
  const loadTeams = async () => void (teams.value = await callAll('team_list'))
  const loadChannels = async () => void (channels.value = await callAll('channel_list'))
  const loadBrands = async () => void (brands.value = await callAll('brand_list'))
  async function load(): Promise<void> {
    await Promise.all([loadUsers(), loadTeams(), loadChannels(), loadBrands()])
  }

  function onChange(events: Event[]): void {
    if (events.some((e) => e.kind === 'user.changed')) void Promise.all([loadUsers(), loadTeams()]).catch(() => undefined)
    if (events.some((e) => e.kind === 'channel.changed')) void loadChannels().catch(() => undefined)
  }

  return {
    users, teams, channels, brands, userById, teamById, channelById, userName, teamName, channelName,
    load, loadUsers, loadTeams, loadChannels, loadBrands, onChange,
  }
})

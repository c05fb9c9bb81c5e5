/* snooze - sensible times to sleep until, from now. */
export interface SnoozeChoice {
  key: 'hour' | 'evening' | 'tomorrow' | 'monday' | 'week'
  at: Date
}
const at = (base: Date, days: number, hour: number) => new Date(base.getFullYear(), base.getMonth(), base.getDate() + days, hour)

export function snoozeChoices(now: Date): SnoozeChoice[] {
  const choices: SnoozeChoice[] = [{ key: 'hour', at: new Date(now.getTime() + 3_600_000) }]
  if (now.getHours() < 17) choices.push({ key: 'evening', at: at(now, 0, 18) })
  choices.push({ key: 'tomorrow', at: at(now, 1, 9) })
  const toMonday = (8 - now.getDay()) % 7 || 7
  if (toMonday > 1) choices.push({ key: 'monday', at: at(now, toMonday, 9) })
  if (toMonday !== 7) choices.push({ key: 'week', at: at(now, 7, 9) })
  return choices
}
/** The value of a datetime-local field. */
export function localValue(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

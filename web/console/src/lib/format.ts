/* format - dates, numbers and relative times in the reader's language, by Intl alone. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

const DAY = 86_400_000
const sameDay = (a: Date, b: Date) =>
  a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate()

const made = new Map<string, ReturnType<typeof make>>()
/** Making Intl's formatters is slow: one set a language. */
export function formatters(locale: string): ReturnType<typeof make> {
  let set = made.get(locale)
  if (!set) made.set(locale, (set = make(locale)))
  return set
}

function make(locale: string) {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false })
  const dayTime = new Intl.DateTimeFormat(locale, { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', weekday: 'short' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const number = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const days = new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'short' })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const percent1 = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const kilobytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 })
  const megabytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  return {
    time: (t: string) => time.format(new Date(t)),
    /** the hour of today, the day of other days */
    moment: (t: string, now = Date.now()) => (sameDay(new Date(t), new Date(now)) ? time : dayTime).format(new Date(t)),
    full: (t: string) => full.format(new Date(t)),
    date: (t: string) => date.format(new Date(t)),
    number: (n: number) => number.format(n),
    compact: (n: number) => compact.format(n),
    signed: (n: number) => signed.format(n),
    list: (items: string[]) => list.format(items),
    percent: (n: number) => percent.format(n),
    /** with one decimal, for figures that are compared */
    percent1: (n: number) => percent1.format(n),
    bytes: (n: number) => (n < 1_048_576 ? kilobytes.format(n / 1024) : megabytes.format(n / 1_048_576)),
    /** today, yesterday, Nov 20 (Fri) */
    dayName(t: string, now = Date.now()): string {
      const then = new Date(t)
      const today = new Date(now)
      if (sameDay(then, today)) return relative.format(0, 'day')
      if (sameDay(then, new Date(now - DAY))) return relative.format(-1, 'day')
      return then.getFullYear() === today.getFullYear() ? day.format(then) : date.format(then)
    },
    ago(t: string, now = Date.now()): string {
      const s = Math.round((new Date(t).getTime() - now) / 1000)
      const a = Math.abs(s)
      if (a < 60) return relative.format(s, 'second')
      if (a < 3600) return relative.format(Math.round(s / 60), 'minute')
      if (a < 86400) return relative.format(Math.round(s / 3600), 'hour')
      return relative.format(Math.round(s / 86400), 'day')
    },
    days: (n: number) => days.format(n),
    sameDay: (a: string, b: string) => sameDay(new Date(a), new Date(b)),
  }
}

/** The formatters of the language on the screen. */
export function useFormat() {
  const { locale } = useI18n()
  return computed(() => formatters(locale.value === 'zh' ? 'zh-CN' : 'en'))
}

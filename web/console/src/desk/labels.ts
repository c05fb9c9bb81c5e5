/* labels - words and tones of what understanding says. An administrator's own category is shown as it is. */
import { useI18n } from 'vue-i18n'
import type { AssessmentPart } from '../api/types'
import { useFormat } from '../lib/format'
import { useTopics } from '../stores/topics'
import { isFlag, NO_TOPIC } from '../understanding/explain'

export const CATEGORIES = ['consultation', 'complaint', 'suggestion', 'after_sales', 'order', 'praise', 'cooperation', 'irrelevant'] as const
const TONES: Record<string, string> = { complaint: 'bad', after_sales: 'warn', order: 'ok', praise: 'ok', negative: 'bad', positive: 'ok', angry: 'bad', sad: 'warn', afraid: 'warn', happy: 'ok', at_risk: 'bad', loyal: 'ok', resolved: 'ok', snoozed: 'warn', pending: 'accent' }
export const tone = (word: string): string => TONES[word] ?? ''
export const urgencyTone = (urgency: number): string => ['', '', 'warn', 'bad'][urgency] ?? ''

export function useLabels() {
  const { t, te } = useI18n()
  const format = useFormat()
  const topics = useTopics()
  const known = (group: string, word: string) => (te(`${group}.${word}`) ? t(`${group}.${word}`) : word)
  return {
    category: (c: string) => (c ? known('category', c) : t('category.none')),
    sentiment: (s: string) => known('sentiment', s),
    relation: (r: string) => known('relation', r),
    state: (s: string) => known('state', s),
    kind: (k: string) => known('kind', k),
    messageKind: (k: string) => known('messageKind', k),
    verified: (v: string) => known('verified', v),
    role: (r: string) => known('role', r),
    delivery: (d: string) => known('delivery', d),
    permission: (p: string) => known('permission', p.replace('.', '_')),
    action: (a: string) => known('action', a),
    /** an entry of the audit log */
    did: (a: string) => known('did', a.replace(/\./g, '_')),
    task: (task: string) => known('task', task),
    entity: (kind: string) => known('entity', kind),
    language: (l: string) => known('textLanguage', l),
    /** a label of any task: "Complaint", "Angry", "yes" */
    label(task: string, label: string): string {
      if (task === 'topic') return label === NO_TOPIC || !label ? t('category.noTopic') : topics.name(label)
      return isFlag(task) ? known('yesNo', label) : known(task, label)
    },
    /** what a marked word stands for: "category:complaint", "urgency", "entity:order" */
    mark(mark: string): string {
      const [group, value] = mark.split(':')
      if (!value) return known('part', group)
      return isFlag(group) ? t('part.with', { name: known('task', group), value: known('yesNo', value) }) : group === 'topic' ? topics.name(value) : known(group, value)
    },
    /** one term of the importance, readable: "Complaint", "1.2M followers, verified person", "Reposted 40 times a minute" */
    part({ name, value, number }: Pick<AssessmentPart, 'name' | 'value'> & { number?: number | null }): string {
      const n = format.value.compact(number ?? 0)
      if (number && name === 'influence') return value === 'followers' ? t('followers', { n }) : t('part.followersAnd', { n, value: known('verified', value) })
      if (number && te(`part.${name}_${value}`)) return t(`part.${name}_${value}`, { n })
      const group = ['category', 'sentiment', 'relation', 'influence', 'urgency', 'spread', 'gravity'].includes(name) ? name : ''
      const word = group && value ? known(group, value) : value
      if (!te(`part.${name}`)) return word || name
      return word ? t('part.with', { name: t(`part.${name}`), value: word }) : t(`part.${name}`)
    },
  }
}

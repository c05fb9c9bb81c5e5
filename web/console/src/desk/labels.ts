/* labels - words and tones of what understanding says. An administrator's own category is shown as it is. */
import { useI18n } from 'vue-i18n'

export const CATEGORIES = ['consultation', 'complaint', 'suggestion', 'after_sales', 'order', 'praise', 'cooperation', 'irrelevant'] as const
const TONES: Record<string, string> = { complaint: 'bad', after_sales: 'warn', order: 'ok', praise: 'ok', negative: 'bad', positive: 'ok', at_risk: 'bad', loyal: 'ok', resolved: 'ok', snoozed: 'warn', pending: 'accent' }
export const tone = (word: string): string => TONES[word] ?? ''

export function useLabels() {
  const { t, te } = useI18n()
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
    /** one term of the importance, readable */
    part: (name: string, value: string) => {
      const group = ['category', 'sentiment', 'relation', 'influence', 'urgency', 'spread', 'gravity'].includes(name) ? name : ''
      const word = group && value ? known(group, value) : value
      if (!te(`part.${name}`)) return word || name
      return word ? t('part.with', { name: t(`part.${name}`), value: word }) : t(`part.${name}`)
    },
  }
}

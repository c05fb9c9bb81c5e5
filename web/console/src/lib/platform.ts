/* platform - the mark and the colour of each kind of channel. Where the sign is a character, English has letters. */
import { i18n } from '../i18n'
export interface PlatformLook {
  mark: string
  tone: string
}
const LOOKS: Record<string, PlatformLook & { letters?: string }> = {
  weibo: { mark: '微', letters: 'Wb', tone: 'weibo' },
  wechat_oa: { mark: '信', letters: 'Wx', tone: 'wechat' },
  wecom_kf: { mark: '企', letters: 'Wc', tone: 'wechat' },
  douyin: { mark: '抖', letters: 'D', tone: 'dark' },
  email: { mark: '@', tone: 'grey' },
  telegram: { mark: 'T', tone: 'sky' },
  mastodon: { mark: 'M', tone: 'violet' },
  x: { mark: 'X', tone: 'dark' },
  messenger: { mark: 'f', tone: 'sky' },
  rss: { mark: 'R', tone: 'orange' },
  webchat: { mark: '聊', letters: 'C', tone: 'teal' },
  webhook: { mark: '接', letters: 'H', tone: 'grey' },
  sandbox: { mark: '沙', letters: 'S', tone: 'amber' },
}
export function platformLook(kind: string): PlatformLook {
  const look = LOOKS[kind]
  if (!look) return { mark: kind.slice(0, 1).toUpperCase() || '?', tone: 'grey' }
  return { mark: (i18n.global.locale.value !== 'zh' && look.letters) || look.mark, tone: look.tone }
}

/** The sign in a round avatar: the last letter of a Chinese name would be as good as the first; we take the first. */
export function initial(name: string): string {
  const first = Array.from(name.trim().replace(/^@/, ''))[0]
  return first ? first.toLocaleUpperCase() : '?'
}
/** One of eight quiet tones, always the same for the same name. */
export function toneOf(name: string): number {
  let sum = 7
  for (const c of name) sum = (sum * 31 + c.codePointAt(0)!) >>> 0
  return sum % 8
}

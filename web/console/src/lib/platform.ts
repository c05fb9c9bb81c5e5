/* platform - the mark and the colour of each kind of channel. The mark is a sign of its own, the same in both languages. */
export interface PlatformLook {
  mark: string
  tone: string
}
const LOOKS: Record<string, PlatformLook> = {
  weibo: { mark: '微', tone: 'weibo' },
  wechat_oa: { mark: '信', tone: 'wechat' },
  wecom_kf: { mark: '企', tone: 'wechat' },
  douyin: { mark: '抖', tone: 'dark' },
  email: { mark: '@', tone: 'grey' },
  telegram: { mark: 'T', tone: 'sky' },
  mastodon: { mark: 'M', tone: 'violet' },
  x: { mark: 'X', tone: 'dark' },
  messenger: { mark: 'f', tone: 'sky' },
  rss: { mark: 'R', tone: 'orange' },
  webchat: { mark: '聊', tone: 'teal' },
  webhook: { mark: '接', tone: 'grey' },
  sandbox: { mark: '沙', tone: 'amber' },
}
export const platformLook = (kind: string): PlatformLook => LOOKS[kind] ?? { mark: kind.slice(0, 1).toUpperCase() || '?', tone: 'grey' }

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

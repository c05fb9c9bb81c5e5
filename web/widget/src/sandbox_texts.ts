import type { Language } from './texts'

const zh = {
  title: '沙箱', subtitle: '一个装在回音里的社交平台', hint: '您在这里是顾客：选一个身份，发帖、评论或私信品牌。客服的答复几秒内会出现在这部手机上。',
  persona: '我的身份', name: '昵称', followers: '粉丝数', verified: '认证',
  kinds: { '': '未认证', person: '个人认证', organisation: '企业认证', media: '媒体认证', government: '政务认证' },
  presets: '换个身份', timeline: '广场', messages: '私信', fans: (n: string) => `${n} 粉丝`,
  brand: '品牌官方', post: '发布', comment: '评论', send: '发送', writePost: '说点什么，让大家看到…', writeComment: (who: string) => `评论 ${who}…`,
  writeMessage: '写私信给品牌…', noPosts: '还没有人发帖。来做第一个吧。', noMessages: '还没有私信。写下第一句话，客服会看到。',
  failed: (why: string) => `没有发出去：${why}`, offline: '连接中断，正在重试…', likes: '赞', reposts: '转发', comments: '评论', cancel: '取消',
}
export type SandboxTexts = typeof zh

const en: SandboxTexts = {
  title: 'Sandbox', subtitle: 'a social platform inside Huiyin', hint: 'Here you are the customer: choose who you are, then post, comment or write to the brand. What the desk answers shows on this phone within seconds.',
  persona: 'Who I am', name: 'Name', followers: 'Followers', verified: 'Verified',
  kinds: { '': 'not verified', person: 'person', organisation: 'company', media: 'media', government: 'government' },
  presets: 'Be somebody else', timeline: 'Public', messages: 'Messages', fans: (n) => `${n} followers`,
  brand: 'Official', post: 'Post', comment: 'Comment', send: 'Send', writePost: 'Say something for all to see…', writeComment: (who) => `Comment on ${who}…`,
  writeMessage: 'Write to the brand…', noPosts: 'Nobody has posted yet. Be the first.', noMessages: 'No messages yet. Write the first line: the desk will see it.',
  failed: (why) => `Not sent: ${why}`, offline: 'Connection lost, trying again…', likes: 'Likes', reposts: 'Reposts', comments: 'Comments', cancel: 'Cancel',
}

export const SANDBOX_TEXTS: Record<Language, SandboxTexts> = { zh, en }

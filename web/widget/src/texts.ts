/* The widget's words. zh and en say the same, key by key. */
export type Language = 'zh' | 'en'

const zh = {
  open: '打开聊天窗口',
  openUnread: (n: number) => `打开聊天窗口，${n} 条未读`,
  close: '关闭聊天窗口',
  title: '在线客服',
  online: '在线',
  away: '暂时不在线',
  log: '聊天记录',
  write: '输入消息…',
  send: '发送',
  sending: '发送中…',
  notSent: '未发送',
  again: '重试',
  you: '我',
  connecting: '正在连接…',
  lost: '连接中断，正在重试…',
  name: '您的姓名',
  email: '电子邮箱',
  message: '留言',
  leave: '提交留言',
  badEmail: '请填写有效的邮箱地址。',
  empty: '请写下您的问题。',
  left: '留言已收到，我们会通过邮件回复您。',
  unavailable: '聊天暂时无法使用，请稍后再试。',
  tooLong: '内容太长，请分几次发送。',
  signedIn: (name: string) => `已登录：${name}`,
}
export type Texts = typeof zh

const en: Texts = {
  open: 'Open the chat',
  openUnread: (n) => `Open the chat, ${n} unread`,
  close: 'Close the chat',
  title: 'Chat with us',
  online: 'Online',
  away: 'Away',
  log: 'Conversation',
  write: 'Write a message…',
  send: 'Send',
  sending: 'Sending…',
  notSent: 'Not sent',
  again: 'Try again',
  you: 'You',
  connecting: 'Connecting…',
  lost: 'Connection lost, trying again…',
  name: 'Your name',
  email: 'E-mail',
  message: 'Message',
  leave: 'Leave the message',
  badEmail: 'Please enter a valid e-mail address.',
  empty: 'Please write your question.',
  left: 'We have your message and will answer by e-mail.',
  unavailable: 'The chat is not available at the moment. Please try again later.',
  tooLong: 'This is too long; please send it in parts.',
  signedIn: (name) => `Signed in as ${name}`,
}

export const TEXTS: Record<Language, Texts> = { zh, en }

/* The page's own language first, then the browser's; Chinese and English are what there is, English for the rest. */
export function chooseLanguage(...wishes: (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    if (wish?.toLowerCase().startsWith('zh')) return 'zh'
    if (wish?.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

/* keys - which key does what, and when a key press is one.
 *
 * Keys never fire while somebody types or an input method composes, except those with Ctrl/⌘ and Escape. Sequences
 * ("g d") wait a moment for their second key. Bindings are the usual ones with the person's own laid over. */
export const ACTIONS = [
  'next', 'prev', 'open', 'reply', 'private', 'note', 'send', 'assign', 'take', 'resolve', 'resolveNext', 'reopen', 'snooze',
  'label', 'highlights', 'search', 'palette', 'back', 'help', 'goDesk', 'goSearch', 'goMentions', 'goContacts', 'goOutbox', 'goChannels', 'goSettings',
] as const
export type ActionId = (typeof ACTIONS)[number]

export const USUAL_KEYS: Record<ActionId, string> = {
  next: 'j', prev: 'k', open: 'Enter', reply: 'r', private: 'p', note: 'n', send: 'Mod+Enter', assign: 'a', take: 'i',
  resolve: 'e', resolveNext: 'Shift+e', reopen: 'o', snooze: 's', label: 'l', highlights: 'h', search: '/', palette: 'Mod+k', back: 'Escape', help: '?',
  goDesk: 'g d', goSearch: 'g s', goMentions: 'g m', goContacts: 'g c', goOutbox: 'g o', goChannels: 'g h', goSettings: 'g p',
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** What was pressed, in the words of the bindings: "Mod+k", "Shift+e", "?", "Escape". */
export function strokeOf(event: KeyboardEvent): string {
  const parts: string[] = []
  if (isMac ? event.metaKey : event.ctrlKey) parts.push('Mod')
  else if (event.ctrlKey || event.metaKey) parts.push('Ctrl')
  if (event.altKey) parts.push('Alt')
  const letter = /^[a-z]$/i.test(event.key)
  const printable = event.key.length === 1
  if (event.shiftKey && (letter || !printable)) parts.push('Shift')
  parts.push(letter ? event.key.toLowerCase() : event.key === ' ' ? 'Space' : event.key)
  return parts.join('+')
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229 || event.key === 'Process'

export function bindings(own: Record<string, string>): Record<ActionId, string> {
  const all = { ...USUAL_KEYS }
  for (const id of ACTIONS) if (typeof own[id] === 'string') all[id] = own[id]
  return all
}

/** The action that already has this key, if any other than `id`; a sequence also collides with its own first key. */
export function clash(all: Record<ActionId, string>, id: ActionId, key: string): ActionId | null {
  if (!key) return null
  const meets = (a: string, b: string) => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `)
  return ACTIONS.find((other) => other !== id && all[other] !== '' && meets(all[other], key)) ?? null
}

const SEQUENCE_MS = 1200
const ALWAYS = new Set(['Escape'])

export class Keyboard {
  #first = ''
  #until = 0

  constructor(
    private readonly keysOf: () => { on: boolean; keys: Record<ActionId, string> },
    /** runs the action; false when nothing on the screen does it */
    private readonly run: (id: ActionId) => boolean,
    private readonly now: () => number = Date.now,
  ) {}

  /** True when the key was taken. */
  press(event: KeyboardEvent): boolean {
    if (isComposing(event) || event.defaultPrevented || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return false
    const { on, keys } = this.keysOf()
    const stroke = strokeOf(event)
    const free = stroke.startsWith('Mod+') || ALWAYS.has(stroke)
    if (!free && (!on || isTyping(event.target))) {
      this.#first = ''
      return false
    }
    if (this.#isButtonKey(event, stroke)) return false
    const whole = this.#first && this.now() < this.#until ? `${this.#first} ${stroke}` : stroke
    this.#first = ''
    const id = ACTIONS.find((a) => keys[a] === whole)
    if (id) return this.run(id)
    if (ACTIONS.some((a) => keys[a].startsWith(`${stroke} `))) {
      this.#first = stroke
      this.#until = this.now() + SEQUENCE_MS
      return true
    }
    return false
  }

  /* Enter and Space on a focused button, link or row press that, whatever they are bound to. */
  #isButtonKey(event: KeyboardEvent, stroke: string): boolean {
    if (stroke !== 'Enter' && stroke !== 'Space') return false
    return event.target instanceof HTMLElement && event.target.closest('button, a[href], summary, input') !== null
  }
}

const NAMES: Record<string, string> = { Mod: isMac ? '⌘' : 'Ctrl', Shift: '⇧', Alt: isMac ? '⌥' : 'Alt', Enter: '↵', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }

/** "Shift+e" → ["⇧", "E"], "g d" → ["G", "D"]. */
export function keyCaps(key: string): string[] {
  return key ? key.split(' ').flatMap((s) => (s === '+' ? ['+'] : s.split('+'))).map((p) => NAMES[p] ?? (p.length === 1 ? p.toUpperCase() : p)) : []
}

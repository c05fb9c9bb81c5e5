/* What outlives a reload: one JSON value a channel in localStorage. Where that is forbidden (a private window, a
 * sandboxed frame), it lives as long as the page. */
export interface Outgoing {
  client_msg_id: string
  text: string
  page?: string
  name?: string
  email?: string
}

export interface Kept {
  visitor?: string
  seen: number // the largest seq the visitor has looked at
  open: boolean
  outgoing: Outgoing[] // written, not yet confirmed
}

export class Keep {
  value: Kept
  private readonly key: string

  constructor(channel: string) {
    this.key = `huiyin-chat:${channel}`
    this.value = { seen: 0, open: false, outgoing: [] }
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? 'null') as Partial<Kept> | null
      if (kept && typeof kept === 'object') {
        if (typeof kept.visitor === 'string') this.value.visitor = kept.visitor
        if (Number.isSafeInteger(kept.seen)) this.value.seen = kept.seen as number
        this.value.open = kept.open === true
        if (Array.isArray(kept.outgoing))
          this.value.outgoing = kept.outgoing.filter((o) => typeof o?.client_msg_id === 'string' && typeof o.text === 'string')
      }
    } catch {
      // not readable: begin anew
    }
  }

  change(change: Partial<Kept>): void {
    Object.assign(this.value, change)
    try {
      localStorage.setItem(this.key, JSON.stringify(this.value))
    } catch {
      // full or forbidden: this page goes on without
    }
  }
}

/* sse - the text/event-stream format, from pieces of text as they come. Comments (heartbeats) are told as well:
 * a stream that only breathes is alive, which EventSource keeps to itself. */
export interface Frame {
  event: string
  data: string
  id: string | null
}

export class SseParser {
  #rest = ''
  #event = ''
  #data: string[] = []
  #id: string | null = null

  /** Takes a piece; returns the frames it completed. A CR LF pair may be torn apart between pieces. */
  push(piece: string): Frame[] {
    const frames: Frame[] = []
    const text = this.#rest + piece
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop()!
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length) frames.push({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id })
        this.#event = ''
        this.#data = []
        this.#id = null
      } else this.#field(line)
    }
    return frames
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#event = value
    else if (name === 'data') this.#data.push(value)
    else if (name === 'id') this.#id = value
  }
}

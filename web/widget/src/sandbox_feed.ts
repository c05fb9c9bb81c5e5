/* What the phone shows, and the calls it is made of. Items are asked for again every two seconds: the newest page of
 * the time line, the comments of the posts on it, the dialogue of the chosen persona. */
export interface Item {
  id: string
  kind: 'post' | 'comment' | 'dm'
  author: string
  followers: number
  verified: string
  is_brand: boolean
  parent_id: string | null
  root_id: string | null
  text: string
  reposts: number
  likes: number
  created_at: string
}

export interface Persona {
  name: string
  followers: number
  verified: '' | 'person' | 'organisation' | 'media' | 'government'
}

const by_id = (a: Item, b: Item) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)

export class Feed {
  private readonly items = new Map<string, Item>()
  private readonly tags = new Map<string, { tag: string; items: Item[] }>()
  constructor(private readonly channel: string) {}

  get posts(): Item[] {
    return [...this.items.values()].filter((item) => item.kind === 'post').sort((a, b) => -by_id(a, b))
  }

  comments(post: string): Item[] {
    return [...this.items.values()].filter((item) => item.kind === 'comment' && (item.root_id ?? item.parent_id) === post).sort(by_id)
  }

  add(items: Item[]): void {
    for (const item of items) this.items.set(item.id, item)
  }

  async refreshTimeline(): Promise<void> {
    this.add(await this.list('?limit=100'))
  }

  async refreshComments(post: string): Promise<void> {
    this.add(await this.list(`?limit=200&root=${post}`))
  }

  async dialogue(author: string): Promise<Item[]> {
    const items = await this.list(`?limit=200&dialogue=true&author=${encodeURIComponent(author)}`)
    return items.filter((item) => item.kind === 'dm').sort(by_id)
  }

  async write(persona: Persona, kind: Item['kind'], text: string, parent: string | undefined, client_id: string): Promise<Item> {
    const { name, followers, verified } = persona
    const body = { kind, author: name, followers, verified, text, client_id, ...(parent && { parent_id: parent }) }
    const answer = await fetch(this.url(''), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    })
    const json = (await answer.json()) as Item & { error?: { message: string } }
    if (!answer.ok) throw new Error(json.error?.message ?? String(answer.status))
    if (json.kind !== 'dm') this.add([json])
    return json
  }

  private url(query: string): string {
    return `/sandbox/${encodeURIComponent(this.channel)}/items${query}`
  }

  private async list(query: string): Promise<Item[]> {
    const known = this.tags.get(query)
    const answer = await fetch(this.url(query), { cache: 'no-store', headers: known ? { 'if-none-match': known.tag } : {} })
    if (answer.status === 304 && known) return known.items
    if (!answer.ok) throw new Error(String(answer.status))
    const { items } = (await answer.json()) as { items: Item[] }
    const tag = answer.headers.get('etag')
    if (tag) this.tags.set(query, { tag, items })
    return items
  }
}

// Generated from the tables of the program. Do not edit.

export type ID = string
export type Time = string

/** What went wrong */
export interface Error {
  error: ErrorBody
}

/** code is stable, message is for people, field names what was wrong */
export interface ErrorBody {
  /** a name of the error table */
  code: string
  /** in the caller's language */
  message: string
  field?: string | null
}

/** Name and password */
export interface LoginRequest {
  login: string
  password: string
}

/** Who I am and what I may do */
export interface Session {
  user: User
  /** names of the permission list */
  permissions: string[]
  /** send it back as X-CSRF-Token with every call that changes something */
  csrf: string
  /** what the console keeps for this person */
  settings: unknown
  teams: ID[]
  unread_mentions: number
}

/** A person who works in Huiyin */
export interface User {
  id: ID
  login: string
  name: string
  role: 'admin' | 'supervisor' | 'agent' | 'pr' | 'marketing' | 'viewer'
  /** null = from the browser */
  lang?: 'zh' | 'en' | null
  active: boolean
  /** has the console open right now */
  online: boolean
  team_ids: ID[]
  created_at: Time
}

export interface UserList {
  items: User[]
  next_cursor?: string | null
}

/** A new person */
export interface UserCreate {
  login: string
  name: string
  role: 'admin' | 'supervisor' | 'agent' | 'pr' | 'marketing' | 'viewer'
  /** at least 8 bytes */
  password: string
  lang?: 'zh' | 'en' | null
  team_ids?: ID[] | null
}

/** Only what is given changes */
export interface UserChange {
  name?: string | null
  role?: 'admin' | 'supervisor' | 'agent' | 'pr' | 'marketing' | 'viewer' | null
  /** ends the person's sessions */
  password?: string | null
  lang?: 'zh' | 'en' | null
  /** false ends the person's sessions and releases their conversations */
  active?: boolean | null
  team_ids?: ID[] | null
}

/** One's own settings; only what is given changes */
export interface ProfileChange {
  name?: string | null
  lang?: 'zh' | 'en' | null
  /** an object; replaces what was kept */
  settings?: unknown | null
  /** needed to change the password */
  old_password?: string | null
  new_password?: string | null
}

/** A place where one is signed in */
export interface SessionInfo {
  id: ID
  address: string
  agent: string
  current: boolean
  created_at: Time
  seen_at: Time
}

export interface SessionList {
  items: SessionInfo[]
  next_cursor?: string | null
}

/** An API token; the token itself is shown once, when it is made */
export interface Token {
  id: ID
  name: string
  /** "all" or names of the permission list */
  scopes: string[]
  token?: string | null
  created_at: Time
  used_at?: Time | null
}

export interface TokenList {
  items: Token[]
  next_cursor?: string | null
}

export interface TokenCreate {
  name: string
  scopes: string[]
}

export interface Team {
  id: ID
  name: string
  is_default: boolean
  member_ids: ID[]
}

export interface TeamList {
  items: Team[]
  next_cursor?: string | null
}

export interface TeamCreate {
  name: string
  member_ids?: ID[] | null
}

export interface TeamChange {
  name?: string | null
  /** only true: makes this the default team */
  is_default?: boolean | null
  member_ids?: ID[] | null
}

export interface Brand {
  id: ID
  name: string
}

export interface BrandList {
  items: Brand[]
  next_cursor?: string | null
}

export interface BrandCreate {
  name: string
}

/** What understanding says of a message */
export interface Assessment {
  language: 'zh-Hans' | 'zh-Hant' | 'en' | 'other'
  /** consultation complaint suggestion after_sales order praise cooperation irrelevant */
  category: string
  /** the administrator's own category below it; "" = none */
  topic?: string | null
  sentiment: 'negative' | 'neutral' | 'positive'
  /** of the sentiment: -100 … 100 */
  strength?: number | null
  emotion?: 'angry' | 'sad' | 'afraid' | 'surprised' | 'happy' | 'neutral' | null
  /** 0 none … 3 at once */
  urgency: number
  /** the sum of parts, 0 … 100 */
  importance: number
  /** 0 … 1, of the category */
  confidence: number
  needs_answer: boolean
  /** advertising, fraud, follow-me */
  spam?: boolean | null
  /** insults, hate, threats towards people */
  abuse?: boolean | null
  /** says or hints that they leave */
  churn?: boolean | null
  probabilities?: AssessmentProbabilities | null
  parts: AssessmentPart[]
  /** in order of begin */
  matches: AssessmentMatch[]
  /** the administrator's rules that hit */
  rules?: AssessmentRule[] | null
  /** in order of begin */
  entities?: AssessmentEntity[] | null
  /** for each label the words that pulled most */
  because?: AssessmentBecause[] | null
  /** 16 hexadecimal digits; near-duplicates differ in few bits; all 0 = too short to say */
  fingerprint?: string | null
  /** versions of what judged */
  model: string
}

/** 0 … 1 */
export interface AssessmentProbabilities {
  needs_answer: number
  spam: number
  abuse: number
  churn: number
}

/** One term of the importance */
export interface AssessmentPart {
  /** category sentiment urgency influence spread relation waiting churn gravity rules */
  name: string
  /** complaint, followers, reposts_per_minute …; may be empty */
  value: string
  /** what was counted: followers, reposts, minutes */
  number?: number | null
  /** points; may be below 0 */
  amount: number
}

export interface AssessmentRule {
  /** null: a rule that is not kept, of a file or a test box */
  id?: ID | null
  name: string
  /** what it puts on the conversation; may be empty */
  tag: string
}

/** Something with a name or number of its own; UTF-16 offsets into text */
export interface AssessmentEntity {
  begin: number
  end: number
  /** email id_card order bank_card phone address product flight train money date time quantity place */
  kind: string
  /** in one way of writing it; of ID and bank cards the last four characters only */
  value: string
}

/** Why a label */
export interface AssessmentBecause {
  /** category sentiment emotion urgency spam abuse churn topic … */
  task: string
  label: string
  /** the strongest first */
  words: AssessmentWord[]
}

/** UTF-16 offsets into text */
export interface AssessmentWord {
  text: string
  /** above 0 for the label, below 0 against it */
  weight: number
  begin: number
  end: number
}

/** A word that pulled; UTF-16 offsets into text */
export interface AssessmentMatch {
  begin: number
  end: number
  label: string
}

/** Who wrote a message */
export interface Author {
  type: 'customer' | 'user' | 'system'
  /** identity of a customer, or user */
  id?: ID | null
  name: string
  followers?: number | null
  /** "" person organisation media government */
  verified?: string | null
  avatar_url?: string | null
}

/** The fate of an outbound message */
export interface Delivery {
  state: 'queued' | 'sending' | 'retry' | 'ambiguous' | 'sent' | 'failed' | 'cancelled'
  /** "" or a name of the outcome table */
  error_class: string
  /** the platform's own */
  error_code: string
  /** what happened and what to do, in the caller's language; "" when all is well */
  text: string
  /** the next try */
  due_at?: Time | null
}

/** A person set the assessment right */
export interface Correction {
  /** null = the command line */
  user_id?: ID | null
  user_name: string
  at: Time
  /** task → label, as models learn it: {"category":"praise","spam":"no","urgency":"2","topic":"none"} */
  labels: unknown
}

/** One post, comment, mail, chat line or note */
export interface Message {
  id: ID
  conversation_id: ID
  channel_id: ID
  native_id: string
  parent_native_id?: string | null
  direction: 'in' | 'out'
  visibility: 'public' | 'private' | 'internal'
  /** mention comment reply repost dm review mail chat note system */
  kind: string
  text: string
  url?: string | null
  /** [{type,url,name}] */
  media: unknown
  /** {reposts,comments,likes} */
  counts?: unknown | null
  author: Author
  /** by the platform's clock */
  sent_at: Time
  received_at: Time
  /** inbound messages; as a person corrected it */
  assessment?: Assessment | null
  /** what a person said of it; null = as understanding judged it */
  correction?: Correction | null
  /** outbound messages that go to a platform */
  delivery?: Delivery | null
}

export interface MessageList {
  items: Message[]
  next_cursor?: string | null
}

export interface ContactBrief {
  id: ID
  name: string
  handle: string
  relation: 'potential' | 'new' | 'regular' | 'loyal' | 'at_risk'
  followers: number
  verified: string
  avatar_url?: string | null
}

/** A row of the queue */
export interface Conversation {
  id: ID
  channel_id: ID
  channel_kind: string
  brand_id: ID
  contact: ContactBrief
  subject: string
  state: 'open' | 'pending' | 'snoozed' | 'resolved'
  team_id: ID
  assignee_id?: ID | null
  /** first-asked responsibility */
  first_owner_id?: ID | null
  importance: number
  category: string
  sentiment: string
  urgency: number
  /** the next answer is due */
  due_at?: Time | null
  /** since when the customer waits */
  waiting_since?: Time | null
  snoozed_until?: Time | null
  last_text: string
  last_direction: 'in' | 'out'
  last_message_at: Time
  last_inbound_at: Time
  last_outbound_at?: Time | null
  inbound_count: number
  outbound_count: number
  unread: number
  tags: string[]
  version: number
  created_at: Time
}

export interface ConversationList {
  items: Conversation[]
  next_cursor?: string | null
}

/** How much may still be written, and until when */
export interface ReplyLimit {
  visibility: 'public' | 'private'
  possible: boolean
  /** why it is not possible, in the caller's language; empty when it is */
  reason: string
  /** by the channel's own count; 0 = none */
  limit: number
  /** how the channel counts: chars, weibo, bytes, none */
  counter: string
  window_ends_at?: Time | null
}

export interface Draft {
  visibility: 'public' | 'private' | 'internal'
  text: string
  updated_at: Time
}

/** An empty text removes the draft */
export interface DraftSave {
  visibility: 'public' | 'private' | 'internal'
  text: string
}

export interface Viewer {
  user_id: ID
  typing: boolean
}

/** All that the thread's head and the composer need */
export interface ConversationDetail {
  conversation: Conversation
  /** the public post that started it, where known */
  origin?: Message | null
  reply_limits: ReplyLimit[]
  /** my own */
  draft?: Draft | null
  /** colleagues who have it open */
  viewers: Viewer[]
}

/** An answer to the customer */
export interface ReplyRequest {
  visibility: 'public' | 'private'
  text: string
  /** the message it answers; the last inbound one that fits when not given */
  in_reply_to?: ID | null
  /** the newest message on the sender's screen: refused with answered_meanwhile when a colleague has answered since */
  seen_message_id?: ID | null
  /** resolve with this answer */
  resolve?: boolean | null
}

/** An internal note */
export interface NoteRequest {
  text: string
  /** users; those written @login are found as well */
  mentions?: ID[] | null
}

/** user_id null releases it */
export interface AssignRequest {
  user_id?: ID | null
  team_id?: ID | null
  /** of the conversation as the caller sees it: needed to take over from a colleague, so that of two who take at once one is told */
  version?: number | null
}

export interface SnoozeRequest {
  until: Time
}

/** Only what is given changes */
export interface ConversationChange {
  subject?: string | null
  category?: string | null
  tags?: string[] | null
}

/** I have this open */
export interface PresenceRequest {
  typing: boolean
  /** false: I closed it */
  open: boolean
}

export interface ReadRequest {
  /** the newest message seen */
  message_id: ID
}

/** Open conversations */
export interface QueueCounts {
  mine: number
  unassigned: number
  team: number
  all: number
  mentions: number
}

export interface TagList {
  items: string[]
  next_cursor?: string | null
}

/** A note that names me */
export interface Mention {
  message: Message
  seen_at?: Time | null
}

export interface MentionList {
  items: Mention[]
  next_cursor?: string | null
}

export interface Identity {
  id: ID
  scope: string
  native_id: string
  handle: string
  followers: number
  verified: string
  avatar_url?: string | null
  profile_url?: string | null
}

export interface Contact {
  id: ID
  name: string
  relation: 'potential' | 'new' | 'regular' | 'loyal' | 'at_risk'
  note: string
  tags: string[]
  identities: Identity[]
  /** the latest 20 */
  conversations: Conversation[]
  created_at: Time
  seen_at: Time
}

export interface ContactList {
  items: ContactBrief[]
  next_cursor?: string | null
}

export interface ContactChange {
  name?: string | null
  relation?: 'potential' | 'new' | 'regular' | 'loyal' | 'at_risk' | null
  note?: string | null
  tags?: string[] | null
}

export interface ContactMerge {
  /** its identities and conversations move here, then it is gone */
  other_id: ID
}

export interface SearchHit {
  message: Message
  conversation: Conversation
  highlights: Highlight[]
}

/** UTF-16 offsets into the message's text */
export interface Highlight {
  begin: number
  end: number
}

/** Newest first */
export interface SearchResult {
  items: SearchHit[]
  next_cursor?: string | null
}

export interface OutboxItem {
  /** its message has the same id */
  id: ID
  conversation_id: ID
  channel_id: ID
  text: string
  delivery: Delivery
  attempts: number
  author_name: string
  created_at: Time
  sent_at?: Time | null
}

export interface OutboxList {
  items: OutboxItem[]
  next_cursor?: string | null
}

/** What the message really is; at least one. What is said twice, the last one counts; a label that confirms is an example as well */
export interface MessageCorrect {
  /** complaint after_sales order consultation cooperation suggestion praise irrelevant */
  category?: string | null
  /** a key of the topics, which brings its category along; "" = none of them */
  topic?: string | null
  sentiment?: 'negative' | 'neutral' | 'positive' | null
  emotion?: 'angry' | 'sad' | 'afraid' | 'surprised' | 'happy' | 'neutral' | null
  /** 0 … 3 */
  urgency?: number | null
  needs_answer?: boolean | null
  spam?: boolean | null
  abuse?: boolean | null
  churn?: boolean | null
}

/** A text to try understanding on; nothing is kept */
export interface AssessRequest {
  text: string
  /** mention dm review … */
  kind?: string | null
  is_public?: boolean | null
  followers?: number | null
  verified?: 'person' | 'organisation' | 'media' | 'government' | null
  reposts?: number | null
  /** since it was published, for the speed of spreading */
  age_minutes?: number | null
  relation?: 'new' | 'regular' | 'loyal' | 'at_risk' | null
  waiting_minutes?: number | null
}

/** The administrator's own category below one of the eight */
export interface Topic {
  id: ID
  /** the label that models learn; never changes */
  key: string
  /** one of the eight */
  parent: string
  name_zh: string
  name_en: string
  /** may be chosen */
  active: boolean
  /** messages people labelled with it */
  examples: number
  created_at: Time
}

/** By parent; all on one page */
export interface TopicList {
  items: Topic[]
  next_cursor?: string | null
}

/** One of the names may be left out */
export interface TopicCreate {
  /** a-z 0-9 _ -; made of the name when left out */
  key?: string | null
  parent: string
  name_zh?: string | null
  name_en?: string | null
}

/** Only what is given changes */
export interface TopicChange {
  parent?: string | null
  name_zh?: string | null
  name_en?: string | null
  active?: boolean | null
}

export interface Product {
  name: string
  /** other ways of writing it */
  aliases?: string[] | null
}

/** What is set of understanding */
export interface UnderstandingSettings {
  /** points of importance, 0 … 100 each: {category:{complaint,…},urgency:[of 1, 2, 3],sentiment,followers,verified_person,verified_organisation,verified_media,verified_government,relation_regular,relation_loyal,relation_at_risk,spread,gravity,churn,waiting} */
  weights: unknown
  /** the same as shipped */
  default_weights: unknown
  products: Product[]
  /** how order numbers look: # a digit, ? a letter, * either */
  order_templates: string[]
  /** a new model is compared on at least so many held-back examples before it is used */
  min_held_back: number
}

/** Only what is given changes; null sets the default again */
export interface UnderstandingChange {
  /** some or all of them */
  weights?: unknown | null
  products?: Product[] | null
  order_templates?: string[] | null
  min_held_back?: number | null
}

/** One label of one message, to learn from */
export interface Example {
  id: ID
  /** category topic sentiment emotion urgency needs_answer spam abuse churn */
  task: string
  label: string
  message_id: ID
  conversation_id: ID
  /** as it was then */
  text: string
  language: string
  user_id?: ID | null
  user_name?: string | null
  /** never learned from: models are compared on it */
  held_back: boolean
  created_at: Time
}

/** Newest first */
export interface ExampleList {
  items: Example[]
  next_cursor?: string | null
}

/** An administrator's rule; smaller place in the list = stronger */
export interface Rule {
  id: ID
  name: string
  enabled: boolean
  /** {name,enabled,any:[],all:[],none:[],near:[{first:[],second:[],within,unit:characters|words,ordered}],pattern,skip_negated,whole_words,obfuscated,scope:own|all,language:any|zh|en,then:{category,topic,tag,gravity,urgency,points,spam,abuse,churn}} */
  rule: unknown
  /** ever */
  hits: number
  /** of the last 30 days */
  recent_hits: number
  last_hit_at?: Time | null
  changed_by?: string | null
  changed_at: Time
  created_at: Time
}

/** In their order; all on one page */
export interface RuleList {
  items: Rule[]
  next_cursor?: string | null
}

/** Errors name the field behind rule: rule.any[3] */
export interface RuleCreate {
  /** an object as Rule.rule; what is left out asks for nothing */
  rule: unknown
}

/** Only what is given changes */
export interface RuleChange {
  /** replaces the whole rule */
  rule?: unknown | null
  enabled?: boolean | null
}

export interface RuleOrder {
  /** these first, in this order; the others behind them as they stood */
  ids: ID[]
}

export interface RuleTrial {
  /** kept or not */
  rule: unknown
  /** a text to try it on as well */
  text?: string | null
  /** of the last ones; 500 when left out */
  messages?: number | null
}

/** What a rule would hit */
export interface RuleTest {
  /** of the given text */
  text?: RuleTestText | null
  /** newest first, at most 50 */
  items: RuleTestHit[]
  /** messages */
  looked_at: number
  /** of them */
  hits: number
}

export interface RuleTestText {
  hit: boolean
  /** why it does not hit: language any all near pattern negated none; "" = it hits */
  missing: string
  marks: Highlight[]
}

export interface RuleTestHit {
  message_id: ID
  conversation_id: ID
  text: string
  sent_at: Time
  marks: Highlight[]
}

/** One task and what judges it */
export interface ModelTask {
  task: string
  /** its name in the caller's language */
  text: string
  /** what judges messages now; "" = nothing does */
  version: string
  /** the version in use; null = the shipped one */
  active_id?: ID | null
  /** why the version in use cannot be used: the shipped one judges; "" = all is well */
  trouble: string
  /** null: the program brings none (topic) */
  shipped?: ModelShipped | null
  /** newest first, at most ten and the one in use */
  versions: Model[]
  /** labels people gave */
  own_examples: number
  /** of them held back to compare on */
  held_back: number
  /** since the newest version */
  new_examples: number
  /** null: never trained here */
  run?: TrainingRun | null
}

export interface ModelShipped {
  version: string
  examples: number
  /** on shipped examples held back */
  accuracy: number
  macro_f1: number
}

/** One version */
export interface Model {
  id: ID
  version: string
  state: 'candidate' | 'active' | 'retired'
  /** who asked; null = the nightly job */
  user_name?: string | null
  created_at: Time
  /** learned from, shipped ones among them */
  examples: number
  own_examples: number
  /** compared on */
  held_back: number
  /** on what was held back */
  accuracy: number
  macro_f1: number
  /** the one in use then */
  compared_version: string
  compared_accuracy: number
  compared_macro_f1: number
  /** better not_better too_few_held_back chosen */
  reason: string
  /** in the caller's language */
  reason_text: string
  /** why its file cannot be used; "" = it can */
  damage: string
  /** bytes */
  size: number
}

/** All tasks on one page */
export interface ModelTaskList {
  items: ModelTask[]
  next_cursor?: string | null
}

export interface ModelTrain {
  /** all that have examples when left out */
  task?: string | null
}

export interface ModelUse {
  task: string
  /** null or left out: the shipped one */
  model_id?: ID | null
}

/** How the training of a task goes, or went */
export interface TrainingRun {
  task: string
  state: 'idle' | 'waiting' | 'running'
  /** 0 … 1 */
  progress: number
  cancelling: boolean
  wanted_at?: Time | null
  begun_at?: Time | null
  /** of the last one */
  finished_at?: Time | null
  /** of the last one: better not_better too_few_held_back no_examples one_label cancelled interrupted failed; may be empty */
  result: string
  /** in the caller's language */
  result_text: string
  /** what the program says of a failure */
  detail: string
}

export interface TrainingList {
  items: TrainingRun[]
  next_cursor?: string | null
}

/** What it made of the held-back examples */
export interface ModelConfusion {
  id: ID
  task: string
  version: string
  /** {labels:[],rows:[[count …]],classes:[{label,rows,precision,recall,f1}]}: rows[is][judged], the last column: none of these labels */
  confusion: unknown
}

export interface ModelMistake {
  example_id: ID
  message_id: ID
  text: string
  /** as a person said */
  label: string
  judged: string
  /** of what it judged */
  probability: number
}

/** Those it was surest of, at most 50 */
export interface ModelMistakeList {
  items: ModelMistake[]
  next_cursor?: string | null
}

/** A message worth labelling */
export interface Suggestion {
  message_id: ID
  conversation_id: ID
  text: string
  sent_at: Time
  language: string
  /** likeliest */
  category: string
  /** the next */
  other: string
  /** of the likeliest */
  probability: number
  /** between the two: the smaller, the less sure */
  margin: number
  /** other messages that say nearly the same */
  alike: number
}

/** At most 50, in turns from every judged category and language */
export interface SuggestionList {
  items: Suggestion[]
  next_cursor?: string | null
}

export interface ChannelSettingKind {
  key: string
  /** in the caller's language */
  label: string
  help: string
  required: boolean
  secret: boolean
  generated: boolean
  fallback?: string | null
}

export interface ChannelKind {
  kind: string
  label: string
  /** read_public read_private reply_public reply_private push poll local */
  capabilities: string[]
  settings: ChannelSettingKind[]
}

export interface ChannelKindList {
  items: ChannelKind[]
  next_cursor?: string | null
}

export interface Channel {
  id: ID
  kind: string
  name: string
  brand_id: ID
  team_id?: ID | null
  enabled: boolean
  /** without the secret ones */
  settings: unknown
  /** keys of the secret settings that have a value */
  secrets_set: string[]
  status: 'new' | 'ok' | 'trouble'
  /** in the caller's language */
  status_text: string
  status_at?: Time | null
  /** where its platform pushes */
  hook_path?: string | null
  /** the page its customers see, of kinds that have one */
  page_path?: string | null
  /** only in the answer that made it: the generated secret */
  secret?: string | null
  created_at: Time
}

export interface ChannelList {
  items: Channel[]
  next_cursor?: string | null
}

export interface ChannelCreate {
  kind: string
  name: string
  /** the first brand when not given */
  brand_id?: ID | null
  team_id?: ID | null
  /** an object of strings */
  settings?: unknown | null
}

export interface ChannelChange {
  name?: string | null
  brand_id?: ID | null
  team_id?: ID | null
  enabled?: boolean | null
  /** only the given keys change; "" removes one */
  settings?: unknown | null
}

export interface ChannelTest {
  ok: boolean
  error_class: string
  error_code: string
  text: string
}

export interface Hook {
  id: ID
  url: string
  /** event kinds, or "*" */
  kinds: string[]
  enabled: boolean
  /** shown once, when it is made */
  secret?: string | null
  disabled_reason: string
  failing_since?: Time | null
  created_at: Time
}

export interface HookList {
  items: Hook[]
  next_cursor?: string | null
}

export interface HookCreate {
  url: string
  kinds: string[]
}

export interface HookChange {
  url?: string | null
  kinds?: string[] | null
  enabled?: boolean | null
}

export interface HookDelivery {
  id: ID
  event_seq: number
  state: 'waiting' | 'sending' | 'sent' | 'failed'
  attempts: number
  /** HTTP status of the last try, 0 = no answer */
  status: number
  due_at?: Time | null
  created_at: Time
}

export interface HookDeliveryList {
  items: HookDelivery[]
  next_cursor?: string | null
}

export interface AuditEntry {
  id: ID
  at: Time
  user_id?: ID | null
  actor: string
  action: string
  subject: string
  detail: unknown
  address: string
}

export interface AuditList {
  items: AuditEntry[]
  next_cursor?: string | null
}

/** One line of the event log, as sent over SSE and to webhooks */
export interface Event {
  seq: number
  at: Time
  kind: string
  conversation_id?: ID | null
  subject_id?: ID | null
  user_id?: ID | null
  data: unknown
}

export interface EventList {
  items: Event[]
  next_cursor?: string | null
}

/** Nothing */
export interface Empty {
}

export interface Done {
  ok: boolean
}

export interface HookAnswer {
  accepted: boolean
  duplicate: boolean
}

export interface SandboxItem {
  id: ID
  kind: 'post' | 'comment' | 'dm'
  author: string
  followers: number
  verified: string
  is_brand: boolean
  parent_id?: ID | null
  root_id?: ID | null
  text: string
  reposts: number
  likes: number
  created_at: Time
}

export interface SandboxList {
  items: SandboxItem[]
  next_cursor?: string | null
}

/** Somebody writes on the sandbox */
export interface SandboxWrite {
  kind: 'post' | 'comment' | 'dm'
  /** handle */
  author: string
  followers?: number | null
  verified?: string | null
  /** comments */
  parent_id?: ID | null
  text: string
  reposts?: number | null
  /** the same one is taken once */
  client_id: string
}

/** A visitor opens the widget */
export interface ChatHello {
  /** the token from an earlier hello */
  visitor?: string | null
  /** signed by the site: base64url(json).base64url(hmac) */
  identity?: string | null
  page?: string | null
}

export interface ChatWelcome {
  /** token: keep it, it is the visitor */
  visitor: string
  /** is anybody there */
  online: boolean
  /** of the brand */
  name: string
  verified_user: string
  last_seq: number
  greeting: string
}

export interface ChatSend {
  /** the same one is taken once */
  client_msg_id: string
  text: string
  page?: string | null
  /** offline form */
  email?: string | null
  /** offline form */
  name?: string | null
}

export interface ChatLine {
  seq: number
  id: ID
  from: 'visitor' | 'agent' | 'system'
  name: string
  text: string
  at: Time
}

export interface ChatList {
  items: ChatLine[]
  next_cursor?: string | null
}

export type EventKind =
  | 'message.received'
  | 'message.queued'
  | 'message.sent'
  | 'message.failed'
  | 'note.added'
  | 'conversation.created'
  | 'conversation.changed'
  | 'contact.changed'
  | 'channel.changed'
  | 'user.changed'
  | 'hook.changed'
  | 'presence.changed'
  | 'session.ended'
  | 'message.assessed'
  | 'understanding.changed'

export type Permission =
  | 'conversation.read'
  | 'conversation.work'
  | 'conversation.assign'
  | 'reply'
  | 'note'
  | 'contact.read'
  | 'contact.write'
  | 'outbox.read'
  | 'channel.read'
  | 'channel.manage'
  | 'team.manage'
  | 'user.read'
  | 'user.manage'
  | 'hook.manage'
  | 'audit.read'
  | 'understanding.correct'
  | 'understanding.read'
  | 'understanding.teach'
  | 'self'

export type ErrorCode =
  | 'bad_request'
  | 'missing'
  | 'bad_value'
  | 'too_long'
  | 'empty'
  | 'unknown_field'
  | 'pattern_syntax'
  | 'pattern_not_supported'
  | 'pattern_matches_empty'
  | 'pattern_too_large'
  | 'bad_cursor'
  | 'bad_signature'
  | 'stale'
  | 'unauthenticated'
  | 'bad_login'
  | 'bad_csrf'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'taken'
  | 'answered_meanwhile'
  | 'assigned_meanwhile'
  | 'idempotency_key_reused'
  | 'idempotency_key_busy'
  | 'cancelled'
  | 'too_large'
  | 'not_supported'
  | 'throttled'
  | 'headers_too_large'
  | 'internal'
  | 'platform'
  | 'busy'
  | 'store_gone'
  | 'schema_older'
  | 'schema_newer'
  | 'store_full'

export const ROUTES = {
  session_login: { method: 'POST', path: '/api/v1/session', permission: '', creates: false, list: false },
  session_show: { method: 'GET', path: '/api/v1/session', permission: 'self', creates: false, list: false },
  session_logout: { method: 'DELETE', path: '/api/v1/session', permission: 'self', creates: false, list: false },
  session_list: { method: 'GET', path: '/api/v1/sessions', permission: 'self', creates: false, list: true },
  session_end: { method: 'DELETE', path: '/api/v1/sessions/{id}', permission: 'self', creates: false, list: false },
  profile_change: { method: 'PATCH', path: '/api/v1/profile', permission: 'self', creates: false, list: false },
  token_list: { method: 'GET', path: '/api/v1/tokens', permission: 'self', creates: false, list: true },
  token_create: { method: 'POST', path: '/api/v1/tokens', permission: 'self', creates: true, list: false },
  token_revoke: { method: 'DELETE', path: '/api/v1/tokens/{id}', permission: 'self', creates: false, list: false },
  conversation_list: { method: 'GET', path: '/api/v1/conversations', permission: 'conversation.read', creates: false, list: true },
  conversation_counts: { method: 'GET', path: '/api/v1/conversations/counts', permission: 'conversation.read', creates: false, list: false },
  conversation_show: { method: 'GET', path: '/api/v1/conversations/{id}', permission: 'conversation.read', creates: false, list: false },
  conversation_change: { method: 'PATCH', path: '/api/v1/conversations/{id}', permission: 'conversation.work', creates: false, list: false },
  message_list: { method: 'GET', path: '/api/v1/conversations/{id}/messages', permission: 'conversation.read', creates: false, list: true },
  conversation_events: { method: 'GET', path: '/api/v1/conversations/{id}/events', permission: 'conversation.read', creates: false, list: true },
  conversation_reply: { method: 'POST', path: '/api/v1/conversations/{id}/reply', permission: 'reply', creates: true, list: false },
  conversation_note: { method: 'POST', path: '/api/v1/conversations/{id}/notes', permission: 'note', creates: true, list: false },
  conversation_assign: { method: 'POST', path: '/api/v1/conversations/{id}/assign', permission: 'conversation.work', creates: false, list: false },
  conversation_resolve: { method: 'POST', path: '/api/v1/conversations/{id}/resolve', permission: 'conversation.work', creates: false, list: false },
  conversation_reopen: { method: 'POST', path: '/api/v1/conversations/{id}/reopen', permission: 'conversation.work', creates: false, list: false },
  conversation_snooze: { method: 'POST', path: '/api/v1/conversations/{id}/snooze', permission: 'conversation.work', creates: false, list: false },
  conversation_read: { method: 'POST', path: '/api/v1/conversations/{id}/read', permission: 'conversation.read', creates: false, list: false },
  conversation_presence: { method: 'POST', path: '/api/v1/conversations/{id}/presence', permission: 'conversation.read', creates: false, list: false },
  draft_save: { method: 'PUT', path: '/api/v1/conversations/{id}/draft', permission: 'note', creates: false, list: false },
  tag_list: { method: 'GET', path: '/api/v1/tags', permission: 'conversation.read', creates: false, list: true },
  mention_list: { method: 'GET', path: '/api/v1/mentions', permission: 'self', creates: false, list: true },
  mention_seen: { method: 'POST', path: '/api/v1/mentions/seen', permission: 'self', creates: false, list: false },
  message_payload: { method: 'GET', path: '/api/v1/messages/{id}/payload', permission: 'channel.manage', creates: false, list: false },
  message_correct: { method: 'POST', path: '/api/v1/messages/{id}/correct', permission: 'understanding.correct', creates: false, list: false },
  message_correct_withdraw: { method: 'DELETE', path: '/api/v1/messages/{id}/correct', permission: 'understanding.correct', creates: false, list: false },
  understanding_assess: { method: 'POST', path: '/api/v1/understanding/assess', permission: 'conversation.read', creates: false, list: false },
  understanding_settings: { method: 'GET', path: '/api/v1/understanding/settings', permission: 'understanding.read', creates: false, list: false },
  understanding_set: { method: 'PUT', path: '/api/v1/understanding/settings', permission: 'understanding.teach', creates: false, list: false },
  topic_list: { method: 'GET', path: '/api/v1/topics', permission: 'conversation.read', creates: false, list: true },
  topic_create: { method: 'POST', path: '/api/v1/topics', permission: 'understanding.teach', creates: true, list: false },
  topic_change: { method: 'PATCH', path: '/api/v1/topics/{id}', permission: 'understanding.teach', creates: false, list: false },
  topic_remove: { method: 'DELETE', path: '/api/v1/topics/{id}', permission: 'understanding.teach', creates: false, list: false },
  example_list: { method: 'GET', path: '/api/v1/examples', permission: 'understanding.read', creates: false, list: true },
  example_remove: { method: 'DELETE', path: '/api/v1/examples/{id}', permission: 'understanding.teach', creates: false, list: false },
  rule_list: { method: 'GET', path: '/api/v1/rules', permission: 'understanding.read', creates: false, list: true },
  rule_create: { method: 'POST', path: '/api/v1/rules', permission: 'understanding.teach', creates: true, list: false },
  rule_test: { method: 'POST', path: '/api/v1/rules/test', permission: 'understanding.teach', creates: false, list: false },
  rule_order: { method: 'POST', path: '/api/v1/rules/order', permission: 'understanding.teach', creates: false, list: false },
  rule_change: { method: 'PATCH', path: '/api/v1/rules/{id}', permission: 'understanding.teach', creates: false, list: false },
  rule_remove: { method: 'DELETE', path: '/api/v1/rules/{id}', permission: 'understanding.teach', creates: false, list: false },
  model_list: { method: 'GET', path: '/api/v1/models', permission: 'understanding.read', creates: false, list: true },
  model_train: { method: 'POST', path: '/api/v1/models/train', permission: 'understanding.teach', creates: false, list: false },
  training_list: { method: 'GET', path: '/api/v1/models/training', permission: 'understanding.read', creates: false, list: true },
  training_cancel: { method: 'POST', path: '/api/v1/models/training/cancel', permission: 'understanding.teach', creates: false, list: false },
  model_use: { method: 'POST', path: '/api/v1/models/use', permission: 'understanding.teach', creates: false, list: false },
  model_confusion: { method: 'GET', path: '/api/v1/models/{id}/confusion', permission: 'understanding.read', creates: false, list: false },
  model_wrong: { method: 'GET', path: '/api/v1/models/{id}/wrong', permission: 'understanding.read', creates: false, list: true },
  suggestion_list: { method: 'GET', path: '/api/v1/teaching/suggestions', permission: 'understanding.read', creates: false, list: true },
  contact_list: { method: 'GET', path: '/api/v1/contacts', permission: 'contact.read', creates: false, list: true },
  contact_show: { method: 'GET', path: '/api/v1/contacts/{id}', permission: 'contact.read', creates: false, list: false },
  contact_change: { method: 'PATCH', path: '/api/v1/contacts/{id}', permission: 'contact.write', creates: false, list: false },
  contact_merge: { method: 'POST', path: '/api/v1/contacts/{id}/merge', permission: 'contact.write', creates: false, list: false },
  search_messages: { method: 'GET', path: '/api/v1/search', permission: 'conversation.read', creates: false, list: true },
  live_events: { method: 'GET', path: '/api/v1/events', permission: 'self', creates: false, list: false },
  outbox_list: { method: 'GET', path: '/api/v1/outbox', permission: 'outbox.read', creates: false, list: true },
  outbox_resend: { method: 'POST', path: '/api/v1/outbox/{id}/resend', permission: 'reply', creates: false, list: false },
  outbox_cancel: { method: 'POST', path: '/api/v1/outbox/{id}/cancel', permission: 'reply', creates: false, list: false },
  channel_kind_list: { method: 'GET', path: '/api/v1/channel-kinds', permission: 'channel.read', creates: false, list: true },
  channel_list: { method: 'GET', path: '/api/v1/channels', permission: 'channel.read', creates: false, list: true },
  channel_create: { method: 'POST', path: '/api/v1/channels', permission: 'channel.manage', creates: true, list: false },
  channel_show: { method: 'GET', path: '/api/v1/channels/{id}', permission: 'channel.read', creates: false, list: false },
  channel_change: { method: 'PATCH', path: '/api/v1/channels/{id}', permission: 'channel.manage', creates: false, list: false },
  channel_remove: { method: 'DELETE', path: '/api/v1/channels/{id}', permission: 'channel.manage', creates: false, list: false },
  channel_test: { method: 'POST', path: '/api/v1/channels/{id}/test', permission: 'channel.manage', creates: false, list: false },
  user_list: { method: 'GET', path: '/api/v1/users', permission: 'user.read', creates: false, list: true },
  user_create: { method: 'POST', path: '/api/v1/users', permission: 'user.manage', creates: true, list: false },
  user_change: { method: 'PATCH', path: '/api/v1/users/{id}', permission: 'user.manage', creates: false, list: false },
  team_list: { method: 'GET', path: '/api/v1/teams', permission: 'user.read', creates: false, list: true },
  team_create: { method: 'POST', path: '/api/v1/teams', permission: 'team.manage', creates: true, list: false },
  team_change: { method: 'PATCH', path: '/api/v1/teams/{id}', permission: 'team.manage', creates: false, list: false },
  brand_list: { method: 'GET', path: '/api/v1/brands', permission: 'channel.read', creates: false, list: true },
  brand_create: { method: 'POST', path: '/api/v1/brands', permission: 'team.manage', creates: true, list: false },
  hook_list: { method: 'GET', path: '/api/v1/hooks', permission: 'hook.manage', creates: false, list: true },
  hook_create: { method: 'POST', path: '/api/v1/hooks', permission: 'hook.manage', creates: true, list: false },
  hook_change: { method: 'PATCH', path: '/api/v1/hooks/{id}', permission: 'hook.manage', creates: false, list: false },
  hook_remove: { method: 'DELETE', path: '/api/v1/hooks/{id}', permission: 'hook.manage', creates: false, list: false },
  hook_delivery_list: { method: 'GET', path: '/api/v1/hooks/{id}/deliveries', permission: 'hook.manage', creates: false, list: true },
  hook_delivery_resend: { method: 'POST', path: '/api/v1/deliveries/{id}/resend', permission: 'hook.manage', creates: false, list: false },
  audit_list: { method: 'GET', path: '/api/v1/audit', permission: 'audit.read', creates: false, list: true },
  hook_check: { method: 'GET', path: '/hooks/{id}', permission: '', creates: false, list: false },
  hook_receive: { method: 'POST', path: '/hooks/{id}', permission: '', creates: false, list: false },
  chat_hello: { method: 'POST', path: '/chat/{id}/hello', permission: '', creates: false, list: false },
  chat_send: { method: 'POST', path: '/chat/{id}/messages', permission: '', creates: false, list: false },
  chat_list: { method: 'GET', path: '/chat/{id}/messages', permission: '', creates: false, list: true },
  chat_events: { method: 'GET', path: '/chat/{id}/events', permission: '', creates: false, list: false },
  sandbox_list: { method: 'GET', path: '/sandbox/{id}/items', permission: '', creates: false, list: true },
  sandbox_write: { method: 'POST', path: '/sandbox/{id}/items', permission: '', creates: false, list: false },
  sandbox_page: { method: 'GET', path: '/sandbox/{id}', permission: '', creates: false, list: false },
  health_live: { method: 'GET', path: '/healthz', permission: '', creates: false, list: false },
  health_ready: { method: 'GET', path: '/readyz', permission: '', creates: false, list: false },
  health_metrics: { method: 'GET', path: '/metrics', permission: '', creates: false, list: false },
  openapi_show: { method: 'GET', path: '/openapi.json', permission: '', creates: false, list: false },
} as const

export interface Calls {
  session_login: { request: LoginRequest; answer: Session; query: {} }
  session_show: { request: Empty; answer: Session; query: {} }
  session_logout: { request: Empty; answer: Done; query: {} }
  session_list: { request: Empty; answer: SessionList; query: { cursor?: string; limit?: number } }
  session_end: { request: Empty; answer: Done; query: {} }
  profile_change: { request: ProfileChange; answer: Session; query: {} }
  token_list: { request: Empty; answer: TokenList; query: { cursor?: string; limit?: number } }
  token_create: { request: TokenCreate; answer: Token; query: {} }
  token_revoke: { request: Empty; answer: Done; query: {} }
  conversation_list: { request: Empty; answer: ConversationList; query: { state?: 'open' | 'pending' | 'snoozed' | 'resolved' | 'unresolved'; assignee?: string; team?: string; channel?: string; q?: string; tag?: string; contact?: string; cursor?: string; limit?: number } }
  conversation_counts: { request: Empty; answer: QueueCounts; query: {} }
  conversation_show: { request: Empty; answer: ConversationDetail; query: {} }
  conversation_change: { request: ConversationChange; answer: Conversation; query: {} }
  message_list: { request: Empty; answer: MessageList; query: { before?: string; cursor?: string; limit?: number } }
  conversation_events: { request: Empty; answer: EventList; query: { cursor?: string; limit?: number } }
  conversation_reply: { request: ReplyRequest; answer: Message; query: {} }
  conversation_note: { request: NoteRequest; answer: Message; query: {} }
  conversation_assign: { request: AssignRequest; answer: Conversation; query: {} }
  conversation_resolve: { request: Empty; answer: Conversation; query: {} }
  conversation_reopen: { request: Empty; answer: Conversation; query: {} }
  conversation_snooze: { request: SnoozeRequest; answer: Conversation; query: {} }
  conversation_read: { request: ReadRequest; answer: Done; query: {} }
  conversation_presence: { request: PresenceRequest; answer: Done; query: {} }
  draft_save: { request: DraftSave; answer: Done; query: {} }
  tag_list: { request: Empty; answer: TagList; query: { cursor?: string; limit?: number } }
  mention_list: { request: Empty; answer: MentionList; query: { cursor?: string; limit?: number } }
  mention_seen: { request: Empty; answer: Done; query: {} }
  message_payload: { request: Empty; answer: Empty; query: {} }
  message_correct: { request: MessageCorrect; answer: Message; query: {} }
  message_correct_withdraw: { request: Empty; answer: Message; query: {} }
  understanding_assess: { request: AssessRequest; answer: Assessment; query: {} }
  understanding_settings: { request: Empty; answer: UnderstandingSettings; query: {} }
  understanding_set: { request: UnderstandingChange; answer: UnderstandingSettings; query: {} }
  topic_list: { request: Empty; answer: TopicList; query: { cursor?: string; limit?: number } }
  topic_create: { request: TopicCreate; answer: Topic; query: {} }
  topic_change: { request: TopicChange; answer: Topic; query: {} }
  topic_remove: { request: Empty; answer: Done; query: {} }
  example_list: { request: Empty; answer: ExampleList; query: { task?: string; label?: string; language?: 'zh-Hans' | 'zh-Hant' | 'en' | 'other'; cursor?: string; limit?: number } }
  example_remove: { request: Empty; answer: Done; query: {} }
  rule_list: { request: Empty; answer: RuleList; query: { cursor?: string; limit?: number } }
  rule_create: { request: RuleCreate; answer: Rule; query: {} }
  rule_test: { request: RuleTrial; answer: RuleTest; query: {} }
  rule_order: { request: RuleOrder; answer: RuleList; query: {} }
  rule_change: { request: RuleChange; answer: Rule; query: {} }
  rule_remove: { request: Empty; answer: Done; query: {} }
  model_list: { request: Empty; answer: ModelTaskList; query: { cursor?: string; limit?: number } }
  model_train: { request: ModelTrain; answer: TrainingList; query: {} }
  training_list: { request: Empty; answer: TrainingList; query: { cursor?: string; limit?: number } }
  training_cancel: { request: ModelTrain; answer: TrainingList; query: {} }
  model_use: { request: ModelUse; answer: Done; query: {} }
  model_confusion: { request: Empty; answer: ModelConfusion; query: {} }
  model_wrong: { request: Empty; answer: ModelMistakeList; query: { cursor?: string; limit?: number } }
  suggestion_list: { request: Empty; answer: SuggestionList; query: { cursor?: string; limit?: number } }
  contact_list: { request: Empty; answer: ContactList; query: { q?: string; cursor?: string; limit?: number } }
  contact_show: { request: Empty; answer: Contact; query: {} }
  contact_change: { request: ContactChange; answer: Contact; query: {} }
  contact_merge: { request: ContactMerge; answer: Contact; query: {} }
  search_messages: { request: Empty; answer: SearchResult; query: { q?: string; channel?: string; cursor?: string; limit?: number } }
  live_events: { request: Empty; answer: Event; query: {} }
  outbox_list: { request: Empty; answer: OutboxList; query: { state?: string; channel?: string; cursor?: string; limit?: number } }
  outbox_resend: { request: Empty; answer: OutboxItem; query: {} }
  outbox_cancel: { request: Empty; answer: OutboxItem; query: {} }
  channel_kind_list: { request: Empty; answer: ChannelKindList; query: { cursor?: string; limit?: number } }
  channel_list: { request: Empty; answer: ChannelList; query: { cursor?: string; limit?: number } }
  channel_create: { request: ChannelCreate; answer: Channel; query: {} }
  channel_show: { request: Empty; answer: Channel; query: {} }
  channel_change: { request: ChannelChange; answer: Channel; query: {} }
  channel_remove: { request: Empty; answer: Done; query: {} }
  channel_test: { request: Empty; answer: ChannelTest; query: {} }
  user_list: { request: Empty; answer: UserList; query: { active?: 'true' | 'false'; cursor?: string; limit?: number } }
  user_create: { request: UserCreate; answer: User; query: {} }
  user_change: { request: UserChange; answer: User; query: {} }
  team_list: { request: Empty; answer: TeamList; query: { cursor?: string; limit?: number } }
  team_create: { request: TeamCreate; answer: Team; query: {} }
  team_change: { request: TeamChange; answer: Team; query: {} }
  brand_list: { request: Empty; answer: BrandList; query: { cursor?: string; limit?: number } }
  brand_create: { request: BrandCreate; answer: Brand; query: {} }
  hook_list: { request: Empty; answer: HookList; query: { cursor?: string; limit?: number } }
  hook_create: { request: HookCreate; answer: Hook; query: {} }
  hook_change: { request: HookChange; answer: Hook; query: {} }
  hook_remove: { request: Empty; answer: Done; query: {} }
  hook_delivery_list: { request: Empty; answer: HookDeliveryList; query: { cursor?: string; limit?: number } }
  hook_delivery_resend: { request: Empty; answer: HookDelivery; query: {} }
  audit_list: { request: Empty; answer: AuditList; query: { user?: string; subject?: string; cursor?: string; limit?: number } }
  hook_check: { request: Empty; answer: Empty; query: {} }
  hook_receive: { request: Empty; answer: HookAnswer; query: {} }
  chat_hello: { request: ChatHello; answer: ChatWelcome; query: {} }
  chat_send: { request: ChatSend; answer: ChatLine; query: {} }
  chat_list: { request: Empty; answer: ChatList; query: { after_seq?: number; cursor?: string; limit?: number } }
  chat_events: { request: Empty; answer: ChatLine; query: { after_seq?: number; visitor?: string } }
  sandbox_list: { request: Empty; answer: SandboxList; query: { root?: string; author?: string; dialogue?: 'true' | 'false'; cursor?: string; limit?: number } }
  sandbox_write: { request: SandboxWrite; answer: SandboxItem; query: {} }
  sandbox_page: { request: Empty; answer: Empty; query: {} }
  health_live: { request: Empty; answer: Empty; query: {} }
  health_ready: { request: Empty; answer: Empty; query: {} }
  health_metrics: { request: Empty; answer: Empty; query: {} }
  openapi_show: { request: Empty; answer: Empty; query: {} }
}

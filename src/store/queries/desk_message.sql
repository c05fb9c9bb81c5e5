-- desk_thread_page: one page of a thread, the newest first
-- in: conversation_id i64, before_ms i64, before_id i64, limit i64
-- out: id i64, sent_ms i64
SELECT id, sent_ms FROM message
WHERE conversation_id = :conversation_id AND (sent_ms, id) < (:before_ms, :before_id)
ORDER BY sent_ms DESC, id DESC LIMIT :limit

-- desk_message_rows: everything a message shows
-- in: ids text
-- out: id i64, conversation_id i64, channel_id i64, native_id text, parent_native_id text?, direction text
--      visibility text, kind text, text text, url text?, media text, counts text?, author_identity_id i64?
--      author_person_id i64?, author_name text, sent_ms i64, received_ms i64, assessment text?, followers i64?
--      verified text?, avatar_url text?, state text?, error_class text?, error_code text?, due_ms i64?
--      labels text?, corrector_id i64?, corrector_name text?, corrected_ms i64?
SELECT m.id, m.conversation_id, m.channel_id, m.native_id, m.parent_native_id, m.direction,
m.visibility, m.kind, m.text, m.url, m.media, m.counts, m.author_identity_id,
m.author_person_id, m.author_name, m.sent_ms, m.received_ms, m.assessment, i.followers,
i.verified, i.avatar_url, o.state, o.error_class, o.error_code, o.due_ms,
c.labels, c.person_id, c.person_name, c.corrected_ms
FROM message AS m
LEFT JOIN identity AS i ON i.id = m.author_identity_id
LEFT JOIN outbox AS o ON o.id = m.id
LEFT JOIN correction AS c ON c.message_id = m.id
WHERE m.id IN @IDS(:ids)

-- desk_message: what is needed of one message to answer it or to page from it
-- in: id i64
-- out: conversation_id i64, channel_id i64, native_id text, root_native_id text?, direction text, visibility text
--      kind text, sent_ms i64
SELECT conversation_id, channel_id, native_id, root_native_id, direction, visibility, kind, sent_ms
FROM message WHERE id = :id

-- desk_message_native: the message of a native id
-- in: channel_id i64, native_id text
-- out: id i64
SELECT id FROM message WHERE channel_id = :channel_id AND native_id = :native_id

-- desk_last_inbound: what the customer wrote last
-- in: conversation_id i64, visibility text?
-- out: id i64, native_id text, root_native_id text?, visibility text, kind text, sent_ms i64
SELECT id, native_id, root_native_id, visibility, kind, sent_ms FROM message
WHERE conversation_id = :conversation_id AND direction = 'in'
--? visibility: AND visibility = :visibility
ORDER BY sent_ms DESC, id DESC LIMIT 1

-- desk_answered_since: has anybody else answered after the sender last looked
-- in: conversation_id i64, seen_id i64, person_id i64
-- out: id i64
SELECT id FROM message
WHERE conversation_id = :conversation_id AND id > :seen_id AND direction = 'out' AND visibility <> 'internal'
AND author_person_id IS DISTINCT FROM :person_id LIMIT 1

-- desk_message_insert: a reply or a note
-- in: id i64, conversation_id i64, channel_id i64, native_id text, parent_native_id text?, root_native_id text?
--     visibility text, kind text, text text, person_id i64, author_name text, now_ms i64
INSERT INTO message (id, conversation_id, channel_id, native_id, parent_native_id, root_native_id, direction,
visibility, kind, text, author_person_id, author_name, sent_ms, received_ms)
VALUES (:id, :conversation_id, :channel_id, :native_id, :parent_native_id, :root_native_id, 'out',
:visibility, :kind, :text, :person_id, :author_name, :now_ms, :now_ms)

-- desk_inbound_after: inbound messages newer than one
-- in: conversation_id i64, message_id i64
-- out: count i64
SELECT count(*) FROM message
WHERE conversation_id = :conversation_id AND direction = 'in'
AND (sent_ms, id) > (SELECT sent_ms, id FROM message WHERE id = :message_id)

-- desk_channel: what the desk needs of a channel to answer through it
-- in: id i64
-- out: kind text, settings text, enabled bool, deleted_ms i64?
SELECT kind, settings, enabled, deleted_ms FROM channel WHERE id = :id

-- desk_mention_add: a note names somebody
-- in: message_id i64, person_id i64
INSERT INTO note_mention (message_id, person_id) VALUES (:message_id, :person_id)
ON CONFLICT (message_id, person_id) DO NOTHING

-- desk_mention_page: notes that name me, newest first
-- in: person_id i64, before_id i64?, limit i64
-- out: message_id i64, seen_ms i64?
SELECT message_id, seen_ms FROM note_mention WHERE person_id = :person_id
--? before_id: AND message_id < :before_id
ORDER BY message_id DESC LIMIT :limit

-- desk_mention_seen: I have seen them, all or those of one conversation
-- in: person_id i64, conversation_id i64?, now_ms i64
UPDATE note_mention SET seen_ms = :now_ms WHERE person_id = :person_id AND seen_ms IS NULL
--? conversation_id: AND message_id IN (SELECT id FROM message WHERE conversation_id = :conversation_id)

-- desk_draft: my draft
-- in: conversation_id i64, person_id i64
-- out: visibility text, text text, updated_ms i64
SELECT visibility, text, updated_ms FROM draft WHERE conversation_id = :conversation_id AND person_id = :person_id

-- desk_draft_save: keep my draft
-- in: conversation_id i64, person_id i64, visibility text, text text, now_ms i64
INSERT INTO draft (conversation_id, person_id, visibility, text, updated_ms)
VALUES (:conversation_id, :person_id, :visibility, :text, :now_ms)
ON CONFLICT (conversation_id, person_id)
DO UPDATE SET visibility = excluded.visibility, text = excluded.text, updated_ms = excluded.updated_ms

-- desk_draft_remove: it was sent or thrown away
-- in: conversation_id i64, person_id i64
DELETE FROM draft WHERE conversation_id = :conversation_id AND person_id = :person_id

-- desk_payload: what the platform said
-- in: message_id i64
-- out: body blob, received_ms i64
SELECT body, received_ms FROM payload WHERE message_id = :message_id

-- desk_presence: who has it open; a row older than the time is over
-- in: conversation_id i64, since_ms i64
-- out: person_id i64, typing bool
SELECT person_id, typing FROM presence WHERE conversation_id = :conversation_id AND seen_ms >= :since_ms
ORDER BY person_id

-- desk_presence_set: I have it open
-- in: conversation_id i64, person_id i64, typing bool, now_ms i64
INSERT INTO presence (conversation_id, person_id, typing, seen_ms)
VALUES (:conversation_id, :person_id, :typing, :now_ms)
ON CONFLICT (conversation_id, person_id) DO UPDATE SET typing = excluded.typing, seen_ms = excluded.seen_ms

-- desk_presence_leave: I closed it
-- in: conversation_id i64, person_id i64
DELETE FROM presence WHERE conversation_id = :conversation_id AND person_id = :person_id

-- desk_presence_over: conversations that somebody left without a word
-- in: before_ms i64, limit i64
-- out: conversation_id i64
SELECT DISTINCT conversation_id FROM presence WHERE seen_ms < :before_ms ORDER BY conversation_id LIMIT :limit

-- desk_presence_prune: forget who has left one
-- in: conversation_id i64, before_ms i64
DELETE FROM presence WHERE conversation_id = :conversation_id AND seen_ms < :before_ms

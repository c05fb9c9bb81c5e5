-- desk_contact_page: contacts, last heard of first; like: a pattern over folded names and handles
-- in: before_ms i64, before_id i64, like text?, limit i64
-- out: id i64, seen_ms i64
SELECT id, seen_ms FROM contact
WHERE (seen_ms, id) < (:before_ms, :before_id)
--? like: AND folded LIKE :like ESCAPE '\'
ORDER BY seen_ms DESC, id DESC LIMIT :limit

-- desk_contact_rows: everything a contact shows in a list, with its most followed account
-- in: ids text
-- out: id i64, name text, relation text, handle text?, followers i64?, verified text?, avatar_url text?
SELECT p.id, p.name, p.relation, i.handle, i.followers, i.verified, i.avatar_url
FROM contact AS p
LEFT JOIN identity AS i
ON i.id = (SELECT x.id FROM identity AS x WHERE x.contact_id = p.id ORDER BY x.followers DESC, x.id LIMIT 1)
WHERE p.id IN @IDS(:ids)

-- desk_contact: one contact
-- in: id i64
-- out: name text, relation text, note text, tags text, created_ms i64, seen_ms i64
SELECT name, relation, note, tags, created_ms, seen_ms FROM contact WHERE id = :id

-- desk_contact_identities: the platform accounts of a contact
-- in: contact_id i64
-- out: id i64, scope text, native_id text, handle text, followers i64, verified text, avatar_url text?
--      profile_url text?
SELECT id, scope, native_id, handle, followers, verified, avatar_url, profile_url
FROM identity WHERE contact_id = :contact_id ORDER BY id

-- desk_contact_conversations: the latest ones of a contact
-- in: contact_id i64, limit i64
-- out: id i64
SELECT id FROM conversation WHERE contact_id = :contact_id ORDER BY id DESC LIMIT :limit

-- desk_contact_save: somebody changed a contact
-- in: id i64, name text, relation text, note text, tags text, created_ms i64, seen_ms i64, folded text
UPDATE contact SET name = :name, relation = :relation, note = :note, tags = :tags, created_ms = :created_ms,
seen_ms = :seen_ms, folded = :folded WHERE id = :id

-- desk_contact_refold: the words a contact is found by
-- in: id i64, folded text
UPDATE contact SET folded = :folded WHERE id = :id

-- desk_contact_move_identities: two entries are one person
-- in: from_id i64, to_id i64
UPDATE identity SET contact_id = :to_id WHERE contact_id = :from_id

-- desk_contact_move_conversations: two entries are one person
-- in: from_id i64, to_id i64
UPDATE conversation SET contact_id = :to_id, version = version + 1 WHERE contact_id = :from_id

-- desk_contact_remove: the entry that was merged into another
-- in: id i64
DELETE FROM contact WHERE id = :id

-- desk_outbox_page: the way out, newest first
-- in: state text?, channel i64?, before_id i64?, limit i64
-- out: id i64
SELECT id FROM outbox WHERE 1 = 1
--? state: AND state = :state
--? channel: AND channel_id = :channel
--? before_id: AND id < :before_id
ORDER BY id DESC LIMIT :limit

-- desk_outbox_rows: everything a row of the outbox shows
-- in: ids text
-- out: id i64, conversation_id i64, channel_id i64, text text, state text, error_class text, error_code text
--      due_ms i64?, attempts i64, author_name text, created_ms i64, sent_ms i64?
SELECT o.id, o.conversation_id, o.channel_id, m.text, o.state, o.error_class, o.error_code,
o.due_ms, o.attempts, m.author_name, o.created_ms, o.sent_ms
FROM outbox AS o LEFT JOIN message AS m ON m.id = o.id
WHERE o.id IN @IDS(:ids)

-- desk_queue_walk: one page of the queue along an index; unresolved and unassigned are 0 or 1. state walks the index of
--   states; beside another filter narrow is used in its place: LIKE leaves the index to that one, and PostgreSQL still
--   knows how many rows to expect
-- in: state text?, narrow text?, unresolved i64?, unassigned i64?, assignee i64?, team i64?, teams text?, channel i64?
--     after_key i64, after_id i64, limit i64
-- out: id i64, queue_key i64
SELECT id, queue_key FROM conversation
WHERE (queue_key, id) > (:after_key, :after_id)
--? state: AND state = :state
--? narrow: AND state LIKE :narrow
--? unresolved: AND queue_key < 2305843009213693952
--? unassigned: AND assignee_id IS NULL
--? assignee: AND assignee_id = :assignee
--? team: AND team_id = :team
--? teams: AND +team_id IN @IDS(:teams)
--? channel: AND channel_id = :channel
ORDER BY queue_key, id LIMIT :limit

-- desk_queue_pick: the same out of a small set: what was found, has a tag, is of a contact
-- in: ids text?, tag text?, contact i64?, state text?, unresolved i64?, unassigned i64?, assignee i64?, team i64?
--     teams text?, channel i64?, after_key i64, after_id i64, limit i64
-- out: id i64, queue_key i64
SELECT id, queue_key FROM conversation
WHERE (+queue_key, +id) > (:after_key, :after_id)
--? ids: AND id IN @IDS(:ids)
--? tag: AND id IN (SELECT conversation_id FROM conversation_tag WHERE tag = :tag)
--? contact: AND contact_id = :contact
AND (:state IS NULL OR state = :state)
AND (:unresolved IS NULL OR state <> 'resolved')
AND (:unassigned IS NULL OR assignee_id IS NULL)
AND (:assignee IS NULL OR assignee_id = :assignee)
AND (:team IS NULL OR team_id = :team)
AND (:teams IS NULL OR team_id IN @IDS(:teams))
AND (:channel IS NULL OR channel_id = :channel)
ORDER BY +queue_key, +id LIMIT :limit

-- desk_conversation_rows: everything a row of the queue shows
-- in: ids text
-- out: id i64, channel_id i64, channel_kind text, brand_id i64, contact_id i64, contact_name text, relation text
--      handle text, followers i64, verified text, avatar_url text?, subject text, state text, team_id i64
--      assignee_id i64?, first_owner_id i64?, importance i64, category text, sentiment text, urgency i64, due_ms i64?
--      waiting_ms i64?, snoozed_until_ms i64?, last_text text, last_direction text, last_message_ms i64, last_inbound_ms i64
--      last_outbound_ms i64?, inbound_count i64, outbound_count i64, unread i64, tags text, version i64, created_ms i64
SELECT c.id, c.channel_id, h.kind, c.brand_id, c.contact_id, p.name, p.relation,
i.handle, i.followers, i.verified, i.avatar_url, c.subject, c.state, c.team_id,
c.assignee_id, c.first_owner_id, c.importance, c.category, c.sentiment, c.urgency, c.due_ms,
c.waiting_ms, c.snoozed_until_ms, c.last_text, c.last_direction, c.last_message_ms, c.last_inbound_ms,
c.last_outbound_ms, c.inbound_count, c.outbound_count, c.unread, c.tags, c.version, c.created_ms
FROM conversation AS c
LEFT JOIN channel AS h ON h.id = c.channel_id
LEFT JOIN contact AS p ON p.id = c.contact_id
LEFT JOIN identity AS i ON i.id = c.identity_id
WHERE c.id IN @IDS(:ids)

-- desk_queue_counts: the numbers on the tabs; open conversations only
-- in: person_id i64, teams text
-- out: mine i64, unassigned i64, team i64, total i64
SELECT coalesce(sum(CASE WHEN assignee_id = :person_id THEN 1 ELSE 0 END), 0),
coalesce(sum(CASE WHEN assignee_id IS NULL THEN 1 ELSE 0 END), 0),
coalesce(sum(CASE WHEN team_id IN @IDS(:teams) THEN 1 ELSE 0 END), 0), count(*)
FROM conversation WHERE state = 'open'

-- desk_mention_count: notes that name me and that I have not seen
-- in: person_id i64
-- out: count i64
SELECT count(*) FROM note_mention WHERE person_id = :person_id AND seen_ms IS NULL

-- desk_teams_of: the teams of a person
-- in: person_id i64
-- out: team_id i64
SELECT team_id FROM team_member WHERE person_id = :person_id ORDER BY team_id

-- desk_conversation: what the desk reads before it changes one
-- in: id i64
-- out: id i64, channel_id i64, contact_id i64, identity_id i64, thread_key text, subject text, state text, team_id i64
--      assignee_id i64?, first_owner_id i64?, category text, category_person_id i64?, due_ms i64?
--      waiting_ms i64?, snoozed_until_ms i64?, resolved_ms i64?, last_inbound_ms i64, last_outbound_ms i64?, last_message_ms i64
--      last_text text, last_direction text, outbound_count i64, unread i64, tags text, reopened_count i64, version i64
SELECT id, channel_id, contact_id, identity_id, thread_key, subject, state, team_id,
assignee_id, first_owner_id, category, category_person_id, due_ms,
waiting_ms, snoozed_until_ms, resolved_ms, last_inbound_ms, last_outbound_ms, last_message_ms,
last_text, last_direction, outbound_count, unread, tags, reopened_count, version
FROM conversation WHERE id = :id

-- desk_conversation_save: the desk changed one
-- in: id i64, subject text, state text, team_id i64, assignee_id i64?, first_owner_id i64?, category text
--     category_person_id i64?, due_ms i64?, waiting_ms i64?, snoozed_until_ms i64?, resolved_ms i64?, last_outbound_ms i64?
--     last_message_ms i64, last_text text, last_direction text, outbound_count i64, unread i64, tags text
--     reopened_count i64
UPDATE conversation SET subject = :subject, state = :state, team_id = :team_id, assignee_id = :assignee_id,
first_owner_id = :first_owner_id, category = :category, category_person_id = :category_person_id, due_ms = :due_ms,
waiting_ms = :waiting_ms, snoozed_until_ms = :snoozed_until_ms, resolved_ms = :resolved_ms, last_outbound_ms = :last_outbound_ms,
last_message_ms = :last_message_ms, last_text = :last_text, last_direction = :last_direction,
outbound_count = :outbound_count, unread = :unread, tags = :tags, reopened_count = :reopened_count,
version = version + 1
WHERE id = :id

-- desk_snooze_over: snoozed ones whose time has come
-- in: now_ms i64, limit i64
-- out: id i64
SELECT id FROM conversation WHERE snoozed_until_ms <= :now_ms ORDER BY snoozed_until_ms LIMIT :limit

-- desk_person: a colleague
-- in: id i64
-- out: name text, role text, active bool
SELECT name, role, active FROM person WHERE id = :id

-- desk_logins: whom a note may name
-- out: id i64, login text
SELECT id, login FROM person WHERE active = 1

-- desk_team: is there such a team, and is this person in it
-- in: id i64, person_id i64
-- out: member bool
SELECT CASE WHEN EXISTS (SELECT 1 FROM team_member WHERE team_id = :id AND person_id = :person_id) THEN 1 ELSE 0 END
FROM team WHERE id = :id

-- desk_tag_add: a conversation gets a tag
-- in: conversation_id i64, tag text
INSERT INTO conversation_tag (conversation_id, tag) VALUES (:conversation_id, :tag)
ON CONFLICT (conversation_id, tag) DO NOTHING

-- desk_tag_clear: a conversation loses its tags
-- in: conversation_id i64
DELETE FROM conversation_tag WHERE conversation_id = :conversation_id

-- desk_tag_page: tags in use, most used first
-- in: skip i64, limit i64
-- out: tag text
SELECT tag FROM conversation_tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT :limit OFFSET :skip

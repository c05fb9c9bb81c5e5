-- schema_version: the newest migration applied
-- out: version i64?
SELECT max(version) FROM schema_version

-- schema_record: a migration was applied
-- in: version i64, applied_ms i64
INSERT INTO schema_version (version, applied_ms) VALUES (:version, :applied_ms)

-- event_append: one change
-- in: at_ms i64, kind text, conversation_id i64?, subject_id i64?, person_id i64?, data text
INSERT INTO event (at_ms, kind, conversation_id, subject_id, person_id, data)
VALUES (:at_ms, :kind, :conversation_id, :subject_id, :person_id, :data)

-- event_last: the newest sequence number
-- out: seq i64?
SELECT max(seq) FROM event

-- event_page: what came after a cursor, in order
-- in: after_seq i64, limit i64
-- out: seq i64, at_ms i64, kind text, conversation_id i64?, subject_id i64?, person_id i64?, data text
SELECT seq, at_ms, kind, conversation_id, subject_id, person_id, data
FROM event WHERE seq > :after_seq ORDER BY seq LIMIT :limit

-- event_of_conversation: what happened to one conversation itself, newest first
-- in: conversation_id i64, before_seq i64?, limit i64
-- out: seq i64, at_ms i64, kind text, subject_id i64?, person_id i64?, data text
SELECT seq, at_ms, kind, subject_id, person_id, data
FROM event WHERE conversation_id = :conversation_id AND kind IN ('conversation.created', 'conversation.changed')
--? before_seq: AND seq < :before_seq
ORDER BY seq DESC LIMIT :limit

-- event_purge: events older than all cursors and the time kept; only the oldest are looked at
-- in: before_ms i64, limit i64
-- changes
DELETE FROM event WHERE seq IN (
SELECT o.seq FROM (SELECT seq, at_ms FROM event ORDER BY seq LIMIT :limit) AS o WHERE o.at_ms < :before_ms
AND o.seq <= (SELECT coalesce(min(seq), 0) FROM follower))

-- follower_seq: a follower's cursor
-- in: name text
-- out: seq i64
SELECT seq FROM follower WHERE name = :name

-- follower_save: a follower has worked up to here
-- in: name text, seq i64
INSERT INTO follower (name, seq) VALUES (:name, :seq)
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq

-- event_first: the oldest sequence number still kept
-- out: seq i64?
SELECT min(seq) FROM event

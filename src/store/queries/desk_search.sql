-- desk_search_tail: messages the index has not reached, newest first
-- in: after_seq i64, before_id i64, limit i64
-- out: id i64, text text
SELECT m.id, m.text FROM event AS e JOIN message AS m ON m.id = e.subject_id
WHERE e.seq > :after_seq AND e.kind IN ('message.received', 'message.queued', 'note.added')
AND m.id < :before_id
ORDER BY e.seq DESC LIMIT :limit

-- desk_search_filter: which of these are there, and whose they are
-- in: ids text, channel i64?
-- out: id i64, conversation_id i64, text text
SELECT id, conversation_id, text FROM message WHERE id IN @IDS(:ids)
--? channel: AND channel_id = :channel
ORDER BY id DESC

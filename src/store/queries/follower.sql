-- follower_channels: did a channel change since? and the end of the log
-- in: after_seq i64
-- out: last_seq i64, changes i64
SELECT coalesce((SELECT max(seq) FROM event), 0),
(SELECT count(*) FROM event WHERE seq > :after_seq AND kind = 'channel.changed')

-- follower_texts: messages by their ids
-- in: ids text
-- out: id i64, text text, outbox_id i64?
SELECT m.id, m.text, o.id FROM message m LEFT JOIN outbox o ON o.id = m.id WHERE m.id IN @IDS(:ids)

-- follower_messages: all messages, in pages
-- in: after_id i64, limit i64
-- out: id i64, text text
SELECT id, text FROM message WHERE id > :after_id ORDER BY id LIMIT :limit

-- chat_visitor: who a token stands for
-- in: channel_id i64, digest text
-- out: id i64, identity_id i64?, name text, email text, verified_user text, page text, last_seq i64
SELECT v.id, v.identity_id, v.name, v.email, v.verified_user, v.page,
(SELECT coalesce(max(l.seq), 0) FROM webchat_line l WHERE l.visitor_id = v.id)
FROM webchat_visitor v WHERE v.digest = :digest AND v.channel_id = :channel_id

-- chat_visitor_insert: somebody opens the widget for the first time
-- in: id i64, channel_id i64, digest text, name text, email text, verified_user text, page text, now_ms i64
INSERT INTO webchat_visitor (id, channel_id, digest, name, email, verified_user, page, created_ms, seen_ms)
VALUES (:id, :channel_id, :digest, :name, :email, :verified_user, :page, :now_ms, :now_ms)

-- chat_visitor_seen: a known visitor is here again
-- in: id i64, name text, email text, verified_user text, page text, now_ms i64
UPDATE webchat_visitor SET name = :name, email = :email, verified_user = :verified_user, page = :page, seen_ms = :now_ms
WHERE id = :id

-- chat_visitor_identity: the visitor wrote: whose account that is
-- in: id i64, message_id i64
UPDATE webchat_visitor SET identity_id = (SELECT m.author_identity_id FROM message m WHERE m.id = :message_id)
WHERE id = :id

-- chat_contact_note: what is noted of the contact behind a message
-- in: message_id i64
-- out: contact_id i64, note text
SELECT p.id, p.note FROM message m JOIN identity i ON i.id = m.author_identity_id JOIN contact p ON p.id = i.contact_id
WHERE m.id = :message_id

-- chat_contact_note_set: the address they left
-- in: contact_id i64, note text
UPDATE contact SET note = :note WHERE id = :contact_id

-- chat_lines: a visitor's lines after one, in order
-- in: visitor_id i64, after_seq i64, limit i64
-- out: visitor_id i64, seq i64, id i64, direction text, name text, text text, sent_ms i64
SELECT l.visitor_id, l.seq, m.id, m.direction, m.author_name, m.text, m.sent_ms
FROM webchat_line l JOIN message m ON m.id = l.message_id
WHERE l.visitor_id = :visitor_id AND l.seq > :after_seq ORDER BY l.seq LIMIT :limit

-- chat_line_of: the line that a message is
-- in: message_id i64
-- out: visitor_id i64, seq i64, id i64, direction text, name text, text text, sent_ms i64
SELECT l.visitor_id, l.seq, m.id, m.direction, m.author_name, m.text, m.sent_ms
FROM webchat_line l JOIN message m ON m.id = l.message_id WHERE l.message_id = :message_id

-- chat_news: lines that came with a stretch of the log
-- in: after_seq i64, upto_seq i64
-- out: visitor_id i64, seq i64, id i64, direction text, name text, text text, sent_ms i64
SELECT l.visitor_id, l.seq, m.id, m.direction, m.author_name, m.text, m.sent_ms
FROM event e JOIN webchat_line l ON l.message_id = e.subject_id JOIN message m ON m.id = l.message_id
WHERE e.seq > :after_seq AND e.seq <= :upto_seq AND e.kind IN ('message.sent', 'message.received')
ORDER BY e.seq

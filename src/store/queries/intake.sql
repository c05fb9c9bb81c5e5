-- intake_look: what is known about a post before it is taken in: its channel, itself, its author, their thread. Not IN
--   (a, b): SQLite would make a table of its own of the two each time
-- in: channel_id i64, native_id text, other_id text, scope text, author_id text, thread_key text
-- out: brand_id i64, team_id i64?, known_id i64?, aliased_id i64?, identity_id i64?, contact_id i64?, handle text?,
--      followers i64?, verified text?, avatar_url text?, profile_url text?, contact_name text?, relation text?,
--      folded text?, conversation_id i64?, state text?, importance i64?, category text?, category_person_id i64?,
--      sentiment text?, urgency i64?, due_ms i64?, last_inbound_ms i64?, last_message_ms i64?, resolved_ms i64?,
--      waiting_ms i64?, unanswered i64
SELECT c.brand_id, coalesce(c.team_id, (SELECT min(t.id) FROM team t WHERE t.is_default = 1)),
coalesce((SELECT m.id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :native_id),
(SELECT m.id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :other_id)),
coalesce((SELECT a.message_id FROM message_alias a WHERE a.channel_id = :channel_id AND a.native_id = :native_id),
(SELECT a.message_id FROM message_alias a WHERE a.channel_id = :channel_id AND a.native_id = :other_id)),
i.id, i.contact_id, i.handle, i.followers, i.verified, i.avatar_url, i.profile_url, p.name, p.relation,
p.folded, v.id, v.state, v.importance, v.category, v.category_person_id, v.sentiment, v.urgency, v.due_ms,
v.last_inbound_ms, v.last_message_ms, v.resolved_ms, v.waiting_ms,
CASE WHEN v.waiting_ms IS NULL THEN 0 ELSE (SELECT count(*) FROM (SELECT 1 FROM message u
WHERE u.conversation_id = v.id AND u.sent_ms >= v.waiting_ms AND u.direction = 'in' LIMIT 10) w) END
FROM channel c
LEFT JOIN identity i ON i.scope = :scope AND i.native_id = :author_id
LEFT JOIN contact p ON p.id = i.contact_id
LEFT JOIN conversation v ON v.id = (SELECT x.id FROM conversation x WHERE x.channel_id = c.id
AND x.contact_id = i.contact_id AND x.thread_key = :thread_key ORDER BY x.id DESC LIMIT 1)
WHERE c.id = :channel_id AND c.deleted_ms IS NULL

-- intake_look_own: the same for what our own account wrote: itself, and the conversation it answers in
-- in: channel_id i64, native_id text, other_id text, parent_id text, root_id text
-- out: brand_id i64, known_id i64?, aliased_id i64?, by_parent i64?, by_parent_alias i64?, by_root i64?
SELECT c.brand_id,
coalesce((SELECT m.id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :native_id),
(SELECT m.id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :other_id)),
coalesce((SELECT a.message_id FROM message_alias a WHERE a.channel_id = :channel_id AND a.native_id = :native_id),
(SELECT a.message_id FROM message_alias a WHERE a.channel_id = :channel_id AND a.native_id = :other_id)),
(SELECT m.conversation_id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :parent_id),
(SELECT m.conversation_id FROM message_alias a JOIN message m ON m.id = a.message_id
WHERE a.channel_id = :channel_id AND a.native_id = :parent_id),
(SELECT m.conversation_id FROM message m WHERE m.channel_id = :channel_id AND m.native_id = :root_id)
FROM channel c WHERE c.id = :channel_id AND c.deleted_ms IS NULL

-- intake_unsettled: replies of a conversation of which we do not know whether the platform has them
-- in: conversation_id i64, visibility text
-- out: id i64, text text, first_try_ms i64?
SELECT o.id, m.text, o.first_try_ms FROM outbox o JOIN message m ON m.id = o.id
WHERE o.conversation_id = :conversation_id AND m.visibility = :visibility
AND (o.state IN ('sending', 'ambiguous', 'retry') OR (o.state = 'failed' AND o.error_class = 'unconfirmed'))
ORDER BY o.id

-- intake_alias: another native id of a message we have
-- in: channel_id i64, native_id text, message_id i64
INSERT INTO message_alias (channel_id, native_id, message_id) VALUES (:channel_id, :native_id, :message_id)
ON CONFLICT (channel_id, native_id) DO NOTHING

-- intake_target: what it takes to answer a message that was pushed without it
-- in: id i64, target text, url text?
UPDATE message SET target = :target, url = coalesce(url, :url) WHERE id = :id AND target IS NULL

-- intake_contact: somebody new
-- in: id i64, name text, folded text, now_ms i64
INSERT INTO contact (id, name, folded, created_ms, seen_ms) VALUES (:id, :name, :folded, :now_ms, :now_ms)

-- intake_identity: their account on the platform
-- in: id i64, contact_id i64, scope text, native_id text, handle text, followers i64, verified text, avatar_url text?,
--     profile_url text?, now_ms i64
INSERT INTO identity (id, contact_id, scope, native_id, handle, followers, verified, avatar_url, profile_url,
created_ms, updated_ms)
VALUES (:id, :contact_id, :scope, :native_id, :handle, :followers, :verified, :avatar_url, :profile_url, :now_ms, :now_ms)

-- intake_identity_change: the platform tells something new about an account
-- in: id i64, handle text, followers i64, verified text, avatar_url text?, profile_url text?, now_ms i64
UPDATE identity SET handle = :handle, followers = :followers, verified = :verified, avatar_url = :avatar_url,
profile_url = :profile_url, updated_ms = :now_ms WHERE id = :id

-- intake_contact_seen: a known person wrote
-- in: id i64, now_ms i64
UPDATE contact SET seen_ms = :now_ms WHERE id = :id

-- intake_contact_change: a known person wrote under a new handle
-- in: id i64, name text, folded text, now_ms i64
UPDATE contact SET name = :name, folded = :folded, seen_ms = :now_ms WHERE id = :id

-- intake_author_named: the account that wrote these has a name now
-- in: contact_id i64, identity_id i64, old_name text, name text
UPDATE message SET author_name = :name WHERE conversation_id IN (SELECT id FROM conversation
WHERE contact_id = :contact_id) AND author_identity_id = :identity_id AND author_name = :old_name

-- intake_known: a message we have and nobody corrected, and what its conversation weighs
-- in: id i64
-- out: direction text, text text, conversation_id i64, importance i64
SELECT m.direction, m.text, m.conversation_id, v.importance
FROM message m JOIN conversation v ON v.id = m.conversation_id WHERE m.id = :id
AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.message_id = m.id)

-- intake_judged: its assessment, made anew
-- in: id i64, assessment text?
UPDATE message SET assessment = :assessment WHERE id = :id

-- intake_conversation_weight: one of its messages weighs more than we knew
-- in: id i64, importance i64
UPDATE conversation SET importance = :importance, version = version + 1 WHERE id = :id

-- intake_conversation: a new conversation, with its first message
-- in: id i64, channel_id i64, brand_id i64, contact_id i64, identity_id i64, thread_key text, subject text, team_id i64,
--     importance i64, category text, sentiment text, urgency i64, due_ms i64?, sent_ms i64, line text, now_ms i64
INSERT INTO conversation (id, channel_id, brand_id, contact_id, identity_id, thread_key, subject, state, team_id,
importance, category, sentiment, urgency, due_ms, waiting_ms, first_inbound_ms, last_inbound_ms, last_message_ms, last_text,
last_direction, inbound_count, unread, created_ms)
VALUES (:id, :channel_id, :brand_id, :contact_id, :identity_id, :thread_key, :subject, 'open', :team_id,
:importance, :category, :sentiment, :urgency, :due_ms, CASE WHEN :due_ms IS NULL THEN NULL ELSE :sent_ms END,
:sent_ms, :sent_ms, :sent_ms, :line, 'in', 1, 1, :now_ms)

-- intake_conversation_more: another message of the customer
-- in: id i64, reopened i64, importance i64, category text, sentiment text, urgency i64, due_ms i64?, inbound_ms i64,
--     message_ms i64, line text?
UPDATE conversation SET state = 'open', snoozed_until_ms = NULL, resolved_ms = NULL,
reopened_count = reopened_count + :reopened, importance = :importance, category = :category, sentiment = :sentiment,
urgency = :urgency, due_ms = :due_ms,
waiting_ms = CASE WHEN :due_ms IS NULL THEN waiting_ms ELSE coalesce(waiting_ms, :inbound_ms) END, last_inbound_ms = :inbound_ms, last_message_ms = :message_ms,
last_text = coalesce(:line, last_text), last_direction = CASE WHEN :line IS NULL THEN last_direction ELSE 'in' END,
inbound_count = inbound_count + 1, unread = unread + 1, version = version + 1
WHERE id = :id

-- intake_conversation_answered: our own account wrote there, past Huiyin
-- in: id i64, sent_ms i64, line text
UPDATE conversation SET outbound_count = outbound_count + 1,
last_outbound_ms = CASE WHEN last_outbound_ms IS NULL OR last_outbound_ms < :sent_ms THEN :sent_ms
ELSE last_outbound_ms END,
due_ms = CASE WHEN :sent_ms >= last_inbound_ms THEN NULL ELSE due_ms END,
waiting_ms = CASE WHEN :sent_ms >= last_inbound_ms THEN NULL ELSE waiting_ms END,
unread = CASE WHEN :sent_ms >= last_inbound_ms THEN 0 ELSE unread END,
last_text = CASE WHEN :sent_ms >= last_message_ms THEN :line ELSE last_text END,
last_direction = CASE WHEN :sent_ms >= last_message_ms THEN 'out' ELSE last_direction END,
last_message_ms = CASE WHEN :sent_ms >= last_message_ms THEN :sent_ms ELSE last_message_ms END,
version = version + 1
WHERE id = :id

-- intake_tags: those of a conversation
-- in: conversation_id i64
-- out: tag text
SELECT tag FROM conversation_tag WHERE conversation_id = :conversation_id ORDER BY tag

-- intake_conversation_tags: as JSON to show
-- in: id i64, tags text
UPDATE conversation SET tags = :tags, version = version + 1 WHERE id = :id

-- intake_message: one message as the platform told it
-- in: id i64, conversation_id i64, channel_id i64, native_id text, parent_native_id text?, root_native_id text?,
--     direction text, visibility text, kind text, text text, url text?, media text, counts text?, target text?,
--     author_identity_id i64?, author_name text, sent_ms i64, received_ms i64, assessment text?
INSERT INTO message (id, conversation_id, channel_id, native_id, parent_native_id, root_native_id, direction, visibility,
kind, text, url, media, counts, target, author_identity_id, author_name, sent_ms, received_ms, assessment)
VALUES (:id, :conversation_id, :channel_id, :native_id, :parent_native_id, :root_native_id, :direction, :visibility,
:kind, :text, :url, :media, :counts, :target, :author_identity_id, :author_name, :sent_ms, :received_ms, :assessment)

-- intake_payload: what the platform said, to the letter
-- in: message_id i64, received_ms i64, body blob
INSERT INTO payload (message_id, received_ms, body) VALUES (:message_id, :received_ms, :body)

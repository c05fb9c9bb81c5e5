-- outbox_insert: a reply joins the way out; its message has the same id
-- in: id i64, conversation_id i64, channel_id i64, answers_id i64?, agent_address text, now_ms i64
INSERT INTO outbox (id, conversation_id, channel_id, state, answers_id, agent_address, due_ms, created_ms, updated_ms)
VALUES (:id, :conversation_id, :channel_id, 'queued', :answers_id, :agent_address, :now_ms, :now_ms, :now_ms)

-- outbox_due: replies that may go now or must be asked about, the first of each conversation only
-- in: now_ms i64, limit i64
-- out: id i64, conversation_id i64, channel_id i64, state text, attempts i64, checks i64, first_try_ms i64?,
--      last_try_ms i64?, agent_address text, send_after_ms i64, deleted_ms i64?, kind text, visibility text, text text,
--      identity_id i64, recipient_id text, recipient_handle text, answers_native_id text?, answers_root_id text?,
--      answers_kind text?, answers_target text?, answers_ms i64?, error_class text, doubtful bool
SELECT o.id, o.conversation_id, o.channel_id, o.state, o.attempts, o.checks, o.first_try_ms, o.last_try_ms,
o.agent_address, c.send_after_ms, c.deleted_ms, c.kind, m.visibility, m.text,
v.identity_id, i.native_id, i.handle, a.native_id, a.root_native_id, a.kind, a.target, a.sent_ms, o.error_class,
o.doubtful
FROM outbox o
JOIN message m ON m.id = o.id
JOIN conversation v ON v.id = o.conversation_id
JOIN identity i ON i.id = v.identity_id
JOIN channel c ON c.id = o.channel_id
LEFT JOIN message a ON a.id = o.answers_id
WHERE ((o.due_ms IS NOT NULL AND o.due_ms <= :now_ms) OR (o.lease_until_ms IS NOT NULL AND o.lease_until_ms <= :now_ms))
AND (c.enabled = 1 OR c.deleted_ms IS NOT NULL) AND c.send_after_ms <= :now_ms
AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.id < o.id
AND e.state IN ('queued', 'sending', 'retry', 'ambiguous'))
ORDER BY coalesce(o.due_ms, o.lease_until_ms), o.id LIMIT :limit

-- outbox_next: when there will be something to do
-- out: at_ms i64?
SELECT min(CASE WHEN coalesce(o.due_ms, o.lease_until_ms) > c.send_after_ms THEN coalesce(o.due_ms, o.lease_until_ms)
ELSE c.send_after_ms END)
FROM outbox o JOIN channel c ON c.id = o.channel_id
WHERE (o.due_ms IS NOT NULL OR o.lease_until_ms IS NOT NULL) AND (c.enabled = 1 OR c.deleted_ms IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.id < o.id
AND e.state IN ('queued', 'sending', 'retry', 'ambiguous'))

-- outbox_state: one row
-- in: id i64
-- out: conversation_id i64, channel_id i64, state text, attempts i64, checks i64, first_try_ms i64?, native_id text,
--      error_class text, visibility text
SELECT o.conversation_id, o.channel_id, o.state, o.attempts, o.checks, o.first_try_ms, m.native_id, o.error_class,
m.visibility
FROM outbox o JOIN message m ON m.id = o.id WHERE o.id = :id

-- outbox_claim: a try begins
-- in: id i64, now_ms i64, lease_until_ms i64
UPDATE outbox SET state = 'sending', due_ms = NULL, lease_until_ms = :lease_until_ms, attempts = attempts + 1, checks = 0,
first_try_ms = coalesce(first_try_ms, :now_ms), last_try_ms = :now_ms, updated_ms = :now_ms
WHERE id = :id

-- outbox_claim_check: asking about its fate begins
-- in: id i64, now_ms i64, until_ms i64
UPDATE outbox SET state = 'ambiguous', due_ms = :until_ms, lease_until_ms = NULL, checks = checks + 1, updated_ms = :now_ms
WHERE id = :id

-- outbox_move: what became of a try; due_ms NULL = nothing more happens by itself
-- in: id i64, state text, due_ms i64?, error_class text, error_code text, sent_ms i64?, now_ms i64
UPDATE outbox SET state = :state, due_ms = :due_ms, lease_until_ms = NULL, error_class = :error_class,
error_code = :error_code, sent_ms = :sent_ms, updated_ms = :now_ms
WHERE id = :id

-- outbox_doubt: may a try that is over have reached the platform
-- in: id i64, doubtful bool
UPDATE outbox SET doubtful = :doubtful WHERE id = :id

-- outbox_interrupted: tries that nobody is at work on; their leases end now
-- in: now_ms i64
-- changes
UPDATE outbox SET lease_until_ms = :now_ms WHERE lease_until_ms > :now_ms

-- outbox_again: a person sends it once more
-- in: id i64, now_ms i64
UPDATE outbox SET state = 'queued', due_ms = :now_ms, lease_until_ms = NULL, attempts = 0, checks = 0, doubtful = 0,
first_try_ms = NULL, error_class = '', error_code = '', updated_ms = :now_ms
WHERE id = :id

-- outbox_channel_wait: the next send on a channel
-- in: id i64, until_ms i64
UPDATE channel SET send_after_ms = :until_ms WHERE id = :id AND send_after_ms < :until_ms

-- outbox_rename: the platform's name of a message we sent
-- in: id i64, native_id text
UPDATE message SET native_id = :native_id WHERE id = :id

-- outbox_copy: a message that came in under the name the platform gave ours
-- in: channel_id i64, native_id text, id i64
-- out: id i64, direction text, conversation_id i64
SELECT id, direction, conversation_id FROM message
WHERE channel_id = :channel_id AND native_id = :native_id AND id <> :id

-- outbox_copy_payload: the copy's payload goes
-- in: message_id i64
DELETE FROM payload WHERE message_id = :message_id

-- outbox_copy_alias: the copy's other names are ours
-- in: copy_id i64, id i64
UPDATE message_alias SET message_id = :id WHERE message_id = :copy_id

-- outbox_copy_drop: the copy itself
-- in: id i64
DELETE FROM message WHERE id = :id

-- outbox_copy_count: it was counted twice
-- in: conversation_id i64
UPDATE conversation SET outbound_count = outbound_count - 1, version = version + 1
WHERE id = :conversation_id AND outbound_count > 1

-- channel_health: how a channel does; changes nothing when it is known already
-- in: id i64, status text, status_text text, now_ms i64
-- changes
UPDATE channel SET status = :status, status_text = :status_text, status_ms = :now_ms
WHERE id = :id AND (status <> :status OR status_text <> :status_text)

-- channel_begin: the first sign of life
-- in: id i64, now_ms i64
-- changes
UPDATE channel SET status = 'ok', status_ms = :now_ms WHERE id = :id AND status = 'new'

-- channel_insert: a channel is connected
-- in: id i64, kind text, name text, brand_id i64, team_id i64?, settings text, secrets blob?, poll_due_ms i64?, created_ms i64
INSERT INTO channel (id, kind, name, brand_id, team_id, settings, secrets, poll_due_ms, created_ms)
VALUES (:id, :kind, :name, :brand_id, :team_id, :settings, :secrets, :poll_due_ms, :created_ms)

-- channel_find: one channel that was not removed
-- in: id i64
-- out: id i64, kind text, name text, brand_id i64, team_id i64?, settings text, secrets blob?, enabled bool, status text
--      , status_text text, status_ms i64?, created_ms i64
SELECT id, kind, name, brand_id, team_id, settings, secrets, enabled, status, status_text, status_ms, created_ms
FROM channel WHERE id = :id AND deleted_ms IS NULL

-- channel_page: channels in the order they were added
-- in: after_id i64?, limit i64
-- out: id i64
SELECT id FROM channel WHERE deleted_ms IS NULL
--? after_id: AND id > :after_id
ORDER BY id LIMIT :limit

-- channel_update: what was set
-- in: id i64, name text, brand_id i64, team_id i64?, settings text, secrets blob?, enabled bool, poll_due_ms i64?
UPDATE channel SET name = :name, brand_id = :brand_id, team_id = :team_id, settings = :settings, secrets = :secrets,
enabled = :enabled, poll_due_ms = :poll_due_ms WHERE id = :id

-- channel_remove: its messages stay, its secrets do not
-- in: id i64, now_ms i64
UPDATE channel SET deleted_ms = :now_ms, enabled = 0, secrets = NULL, poll_due_ms = NULL WHERE id = :id

-- hook_insert: an outgoing webhook
-- in: id i64, url text, kinds text, secret blob, created_ms i64
INSERT INTO hook (id, url, kinds, secret, created_ms) VALUES (:id, :url, :kinds, :secret, :created_ms)

-- hook_find: one outgoing webhook
-- in: id i64
-- out: id i64, url text, kinds text, enabled bool, failing_since_ms i64?, disabled_reason text, created_ms i64
SELECT id, url, kinds, enabled, failing_since_ms, disabled_reason, created_ms FROM hook WHERE id = :id

-- hook_page: outgoing webhooks in the order they were added
-- in: after_id i64?, limit i64
-- out: id i64
SELECT id FROM hook WHERE 1 = 1
--? after_id: AND id > :after_id
ORDER BY id LIMIT :limit

-- hook_update: what was set; a hook that is enabled again starts afresh
-- in: id i64, url text, kinds text, enabled bool, failing_since_ms i64?, disabled_reason text
UPDATE hook SET url = :url, kinds = :kinds, enabled = :enabled, failing_since_ms = :failing_since_ms,
disabled_reason = :disabled_reason WHERE id = :id

-- hook_remove_deliveries: its log goes first
-- in: hook_id i64
DELETE FROM delivery WHERE hook_id = :hook_id

-- hook_remove: an outgoing webhook goes
-- in: id i64
DELETE FROM hook WHERE id = :id

-- hook_deliveries: its log, newest first
-- in: hook_id i64, before_id i64?, limit i64
-- out: id i64, event_seq i64, state text, attempts i64, status i64, due_ms i64?, created_ms i64
SELECT id, event_seq, state, attempts, status, due_ms, created_ms FROM delivery WHERE hook_id = :hook_id
--? before_id: AND id < :before_id
ORDER BY id DESC LIMIT :limit

-- hook_delivery: one line of the log
-- in: id i64
-- out: id i64, event_seq i64, state text, attempts i64, status i64, due_ms i64?, created_ms i64
SELECT id, event_seq, state, attempts, status, due_ms, created_ms FROM delivery WHERE id = :id

-- hook_redeliver: once more; not while it is under way
-- in: id i64, now_ms i64
-- changes
UPDATE delivery SET state = 'waiting', due_ms = :now_ms, updated_ms = :now_ms
WHERE id = :id AND state IN ('sent', 'failed', 'waiting')

-- delivery_hooks: outgoing webhooks that are on
-- out: id i64, kinds text, created_ms i64
SELECT id, kinds, created_ms FROM hook WHERE enabled = 1 ORDER BY id

-- delivery_insert: one event for one hook
-- in: id i64, hook_id i64, event_seq i64, now_ms i64
INSERT INTO delivery (id, hook_id, event_seq, state, due_ms, created_ms, updated_ms)
VALUES (:id, :hook_id, :event_seq, 'waiting', :now_ms, :now_ms, :now_ms)
ON CONFLICT (hook_id, event_seq) DO NOTHING

-- delivery_due: what is to be told now
-- in: now_ms i64, limit i64
-- out: id i64, hook_id i64, attempts i64, url text, secret blob, event_seq i64, at_ms i64?, kind text?,
--      conversation_id i64?, subject_id i64?, person_id i64?, data text?
SELECT d.id, d.hook_id, d.attempts, h.url, h.secret, d.event_seq, e.at_ms, e.kind, e.conversation_id, e.subject_id,
e.person_id, e.data
FROM delivery d JOIN hook h ON h.id = d.hook_id LEFT JOIN event e ON e.seq = d.event_seq
WHERE h.enabled = 1 AND ((d.due_ms IS NOT NULL AND d.due_ms <= :now_ms)
OR (d.lease_until_ms IS NOT NULL AND d.lease_until_ms <= :now_ms))
ORDER BY d.id LIMIT :limit

-- delivery_next: when there will be something to tell
-- out: at_ms i64?
SELECT min(coalesce(d.due_ms, d.lease_until_ms)) FROM delivery d JOIN hook h ON h.id = d.hook_id
WHERE h.enabled = 1 AND (d.due_ms IS NOT NULL OR d.lease_until_ms IS NOT NULL)

-- delivery_claim: a try begins
-- in: id i64, lease_until_ms i64, now_ms i64
UPDATE delivery SET state = 'sending', due_ms = NULL, lease_until_ms = :lease_until_ms, attempts = attempts + 1,
updated_ms = :now_ms WHERE id = :id

-- delivery_interrupted: tries that nobody is at work on; their leases end now
-- in: now_ms i64
-- changes
UPDATE delivery SET lease_until_ms = :now_ms WHERE lease_until_ms > :now_ms

-- delivery_result: what came of it; by who made this try only
-- in: id i64, attempts i64, state text, due_ms i64?, status i64, now_ms i64
-- changes
UPDATE delivery SET state = :state, due_ms = :due_ms, lease_until_ms = NULL, status = :status, updated_ms = :now_ms
WHERE id = :id AND state = 'sending' AND attempts = :attempts

-- delivery_hook_fine: the hook answers
-- in: id i64
UPDATE hook SET failing_since_ms = NULL WHERE id = :id AND failing_since_ms IS NOT NULL

-- delivery_hook_failing: the hook does not answer as it should
-- in: id i64, now_ms i64
-- out: failing_since_ms i64
UPDATE hook SET failing_since_ms = coalesce(failing_since_ms, :now_ms) WHERE id = :id RETURNING failing_since_ms

-- delivery_hook_off: nothing is sent there any more
-- in: id i64, reason text
-- changes
UPDATE hook SET enabled = 0, disabled_reason = :reason WHERE id = :id AND enabled = 1

-- delivery_purge: what was told long ago, or waited so long that its event is gone; only the oldest are looked at
-- in: before_ms i64, limit i64
-- changes
DELETE FROM delivery WHERE id IN (
SELECT o.id FROM (SELECT id, updated_ms FROM delivery ORDER BY id LIMIT :limit) AS o WHERE o.updated_ms < :before_ms)

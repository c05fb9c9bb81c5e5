-- housekeeping_next_snoozed: when the next one comes back
-- out: at_ms i64?
SELECT min(snoozed_until_ms) FROM conversation WHERE snoozed_until_ms IS NOT NULL

-- housekeeping_newest_event: when something was written last
-- out: at_ms i64
SELECT at_ms FROM event ORDER BY seq DESC LIMIT 1

-- housekeeping_pull_outbox: nothing waits or is held for longer than until then
-- in: cap_ms i64
-- changes
UPDATE outbox SET due_ms = CASE WHEN due_ms > :cap_ms THEN :cap_ms ELSE due_ms END,
lease_until_ms = CASE WHEN lease_until_ms > :cap_ms THEN :cap_ms ELSE lease_until_ms END
WHERE due_ms > :cap_ms OR lease_until_ms > :cap_ms

-- housekeeping_pull_deliveries: the same
-- in: cap_ms i64
-- changes
UPDATE delivery SET due_ms = CASE WHEN due_ms > :cap_ms THEN :cap_ms ELSE due_ms END,
lease_until_ms = CASE WHEN lease_until_ms > :cap_ms THEN :cap_ms ELSE lease_until_ms END
WHERE due_ms > :cap_ms OR lease_until_ms > :cap_ms

-- housekeeping_pull_channels: the same, of polling and of pauses that platforms asked for
-- in: cap_ms i64
-- changes
UPDATE channel SET poll_due_ms = CASE WHEN poll_due_ms > :cap_ms THEN :cap_ms ELSE poll_due_ms END,
send_after_ms = CASE WHEN send_after_ms > :cap_ms THEN :cap_ms ELSE send_after_ms END
WHERE poll_due_ms > :cap_ms OR send_after_ms > :cap_ms

-- housekeeping_pull_presence: nobody was seen later than now
-- in: now_ms i64
-- changes
UPDATE presence SET seen_ms = :now_ms WHERE seen_ms > :now_ms

-- housekeeping_pull_failures: nobody is locked out, and no failure counts, for longer than from now on
-- in: now_ms i64, cap_ms i64
-- changes
UPDATE login_failure SET first_ms = CASE WHEN first_ms > :now_ms THEN :now_ms ELSE first_ms END,
blocked_until_ms = CASE WHEN blocked_until_ms > :cap_ms THEN :cap_ms ELSE blocked_until_ms END
WHERE first_ms > :now_ms OR blocked_until_ms > :cap_ms

-- housekeeping_payload_purge: native payloads older than they are kept
-- in: before_ms i64, limit i64
-- changes
DELETE FROM payload WHERE message_id IN (
SELECT message_id FROM payload WHERE received_ms < :before_ms ORDER BY received_ms LIMIT :limit)

-- housekeeping_visitor_purge: visitors of web chat who never wrote
-- in: before_ms i64, limit i64
-- changes
DELETE FROM webchat_visitor WHERE id IN (
SELECT id FROM webchat_visitor WHERE identity_id IS NULL AND seen_ms < :before_ms ORDER BY seen_ms LIMIT :limit)

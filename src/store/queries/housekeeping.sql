-- housekeeping_snoozed: conversations whose time to come back is there
-- in: now_ms i64, limit i64
-- out: id i64
SELECT id FROM conversation WHERE snoozed_until_ms IS NOT NULL AND snoozed_until_ms <= :now_ms
ORDER BY snoozed_until_ms LIMIT :limit

-- housekeeping_next_snoozed: when the next one comes back
-- out: at_ms i64?
SELECT min(snoozed_until_ms) FROM conversation WHERE snoozed_until_ms IS NOT NULL

-- housekeeping_wake: it is open again
-- in: id i64
UPDATE conversation SET state = 'open', snoozed_until_ms = NULL, version = version + 1 WHERE id = :id

-- housekeeping_payload_purge: native payloads older than they are kept
-- in: before_ms i64, limit i64
-- changes
DELETE FROM payload WHERE message_id IN (
SELECT message_id FROM payload WHERE received_ms < :before_ms ORDER BY received_ms LIMIT :limit)

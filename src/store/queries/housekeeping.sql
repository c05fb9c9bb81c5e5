-- housekeeping_next_snoozed: when the next one comes back
-- out: at_ms i64?
SELECT min(snoozed_until_ms) FROM conversation WHERE snoozed_until_ms IS NOT NULL

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

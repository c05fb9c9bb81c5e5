-- idempotency_find: the answer kept under a key
-- in: person_id i64, key text
-- out: request text, status i64, answer blob
SELECT request, status, answer FROM idempotency WHERE person_id = :person_id AND key = :key

-- idempotency_insert: an answer to keep
-- in: person_id i64, key text, request text, status i64, answer blob, created_ms i64
INSERT INTO idempotency (person_id, key, request, status, answer, created_ms)
VALUES (:person_id, :key, :request, :status, :answer, :created_ms)

-- idempotency_purge: old ones go
-- in: before_ms i64, limit i64
-- changes
DELETE FROM idempotency WHERE (person_id, key) IN (
SELECT person_id, key FROM idempotency WHERE created_ms < :before_ms ORDER BY created_ms LIMIT :limit)

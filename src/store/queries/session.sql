-- session_insert: somebody signed in
-- in: id i64, person_id i64, digest text, csrf text, now_ms i64, expires_ms i64, address text, agent text
INSERT INTO session (id, person_id, digest, csrf, created_ms, seen_ms, expires_ms, address, agent)
VALUES (:id, :person_id, :digest, :csrf, :now_ms, :now_ms, :expires_ms, :address, :agent)

-- session_find: whose cookie is this
-- in: digest text
-- out: id i64, person_id i64, csrf text, seen_ms i64, expires_ms i64, name text, role text, lang text?, active bool
SELECT s.id, s.person_id, s.csrf, s.seen_ms, s.expires_ms, p.name, p.role, p.lang, p.active
FROM session s JOIN person p ON p.id = s.person_id WHERE s.digest = :digest

-- session_touch: a sign of life
-- in: id i64, seen_ms i64
UPDATE session SET seen_ms = :seen_ms WHERE id = :id AND seen_ms < :seen_ms

-- session_delete: one session of a person ends
-- in: id i64, person_id i64
-- changes
DELETE FROM session WHERE id = :id AND person_id = :person_id

-- session_delete_all: all sessions of a person end, but one
-- in: person_id i64, except_id i64?
-- changes
DELETE FROM session WHERE person_id = :person_id
--? except_id: AND id <> :except_id

-- session_page: where a person is signed in, newest first
-- in: person_id i64, now_ms i64, idle_ms i64, before_id i64?, limit i64
-- out: id i64, address text, agent text, created_ms i64, seen_ms i64
SELECT id, address, agent, created_ms, seen_ms FROM session
WHERE person_id = :person_id AND expires_ms > :now_ms AND seen_ms > :idle_ms
--? before_id: AND id < :before_id
ORDER BY id DESC LIMIT :limit

-- session_purge: what nobody can use any more
-- in: now_ms i64, idle_ms i64, limit i64
-- changes
DELETE FROM session WHERE id IN (
SELECT id FROM session WHERE expires_ms <= :now_ms OR seen_ms <= :idle_ms LIMIT :limit)

-- token_insert: an API token
-- in: id i64, person_id i64, name text, digest text, scopes text, created_ms i64
INSERT INTO api_token (id, person_id, name, digest, scopes, created_ms)
VALUES (:id, :person_id, :name, :digest, :scopes, :created_ms)

-- token_find: whose token is this
-- in: digest text
-- out: id i64, person_id i64, scopes text, used_ms i64?, revoked_ms i64?, name text, role text, lang text?, active bool
SELECT t.id, t.person_id, t.scopes, t.used_ms, t.revoked_ms, p.name, p.role, p.lang, p.active
FROM api_token t JOIN person p ON p.id = t.person_id WHERE t.digest = :digest

-- token_touch: a sign of life
-- in: id i64, used_ms i64
UPDATE api_token SET used_ms = :used_ms WHERE id = :id

-- token_revoke: it stops working
-- in: id i64, person_id i64, revoked_ms i64
-- changes
UPDATE api_token SET revoked_ms = :revoked_ms WHERE id = :id AND person_id = :person_id AND revoked_ms IS NULL

-- token_page: a person's tokens that work, newest first
-- in: person_id i64, before_id i64?, limit i64
-- out: id i64, name text, scopes text, created_ms i64, used_ms i64?
SELECT id, name, scopes, created_ms, used_ms FROM api_token WHERE person_id = :person_id AND revoked_ms IS NULL
--? before_id: AND id < :before_id
ORDER BY id DESC LIMIT :limit

-- login_failure_find: how often somebody failed
-- in: subject text
-- out: failures i64, first_ms i64, blocked_until_ms i64
SELECT failures, first_ms, blocked_until_ms FROM login_failure WHERE subject = :subject

-- login_failure_save: failed once more
-- in: subject text, failures i64, first_ms i64, blocked_until_ms i64
INSERT INTO login_failure (subject, failures, first_ms, blocked_until_ms)
VALUES (:subject, :failures, :first_ms, :blocked_until_ms)
ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, first_ms = excluded.first_ms,
blocked_until_ms = excluded.blocked_until_ms

-- login_failure_delete: forgiven
-- in: subject text
DELETE FROM login_failure WHERE subject = :subject

-- login_failure_purge: long ago
-- in: before_ms i64, now_ms i64
-- changes
DELETE FROM login_failure WHERE first_ms < :before_ms AND blocked_until_ms < :now_ms

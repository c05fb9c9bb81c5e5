-- person_find: a user by id
-- in: id i64
-- out: id i64, login text, name text, role text, password_hash text?, lang text?, settings text, active bool, created_ms i64
SELECT id, login, name, role, password_hash, lang, settings, active, created_ms FROM person WHERE id = :id

-- person_by_login: a user by the name they sign in with
-- in: login text
-- out: id i64, password_hash text?, active bool
SELECT id, password_hash, active FROM person WHERE login = :login

-- person_page: users in the order they were added; active: 1 = active ones, 2 = others
-- in: active i64?, after_id i64?, limit i64
-- out: id i64, login text, name text, role text, lang text?, active bool, created_ms i64
SELECT id, login, name, role, lang, active, created_ms FROM person WHERE 1 = 1
--? active: AND active = 2 - :active
--? after_id: AND id > :after_id
ORDER BY id LIMIT :limit

-- person_insert: a user
-- in: id i64, login text, name text, role text, password_hash text?, lang text?, created_ms i64
INSERT INTO person (id, login, name, role, password_hash, lang, created_ms)
VALUES (:id, :login, :name, :role, :password_hash, :lang, :created_ms)

-- person_update: a user's plain fields
-- in: id i64, name text, role text, lang text?, active bool
UPDATE person SET name = :name, role = :role, lang = :lang, active = :active WHERE id = :id

-- person_set_password: a new password
-- in: id i64, password_hash text
UPDATE person SET password_hash = :password_hash WHERE id = :id

-- person_set_settings: what the console keeps
-- in: id i64, settings text
UPDATE person SET settings = :settings WHERE id = :id

-- person_other_admins: how many admins are left without this one
-- in: id i64
-- out: count i64
SELECT count(*) FROM person WHERE role = 'admin' AND active = 1 AND id <> :id

-- person_teams: the teams of some people
-- in: ids text
-- out: person_id i64, team_id i64
SELECT person_id, team_id FROM team_member WHERE person_id IN @IDS(:ids) ORDER BY person_id, team_id

-- person_unseen_mentions: notes that name somebody and were not seen yet
-- in: person_id i64
-- out: count i64
SELECT count(*) FROM note_mention WHERE person_id = :person_id AND seen_ms IS NULL

-- person_conversations: what somebody has on the desk
-- in: person_id i64
-- out: id i64
SELECT id FROM conversation WHERE assignee_id = :person_id AND state <> 'resolved' ORDER BY id

-- person_release: one of these goes back to the team
-- in: conversation_id i64
UPDATE conversation SET assignee_id = NULL, version = version + 1 WHERE id = :conversation_id

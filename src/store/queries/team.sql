-- team_find: a team by id
-- in: id i64
-- out: id i64, name text, is_default bool
SELECT id, name, is_default FROM team WHERE id = :id

-- team_by_name: is the name taken
-- in: name text
-- out: id i64
SELECT id FROM team WHERE name = :name

-- team_default: where a conversation lands without a rule
-- out: id i64
SELECT id FROM team WHERE is_default = 1

-- team_page: teams in the order they were added
-- in: after_id i64?, limit i64
-- out: id i64, name text, is_default bool
SELECT id, name, is_default FROM team WHERE 1 = 1
--? after_id: AND id > :after_id
ORDER BY id LIMIT :limit

-- team_insert: a team
-- in: id i64, name text, is_default bool, created_ms i64
INSERT INTO team (id, name, is_default, created_ms) VALUES (:id, :name, :is_default, :created_ms)

-- team_rename: another name
-- in: id i64, name text
UPDATE team SET name = :name WHERE id = :id

-- team_make_default: this one and no other
-- in: id i64
UPDATE team SET is_default = CASE WHEN id = :id THEN 1 ELSE 0 END

-- team_members: who is in some teams
-- in: ids text
-- out: team_id i64, person_id i64
SELECT team_id, person_id FROM team_member WHERE team_id IN @IDS(:ids) ORDER BY team_id, person_id

-- team_member_insert: somebody joins
-- in: team_id i64, person_id i64
INSERT INTO team_member (team_id, person_id) VALUES (:team_id, :person_id) ON CONFLICT DO NOTHING

-- team_members_clear: a team without members
-- in: team_id i64
DELETE FROM team_member WHERE team_id = :team_id

-- team_leave_all: a person without teams
-- in: person_id i64
DELETE FROM team_member WHERE person_id = :person_id

-- brand_find: a brand by id
-- in: id i64
-- out: id i64, name text
SELECT id, name FROM brand WHERE id = :id

-- brand_first: the one that is meant when none is named
-- out: id i64
SELECT id FROM brand ORDER BY id LIMIT 1

-- brand_page: brands in the order they were added
-- in: after_id i64?, limit i64
-- out: id i64, name text
SELECT id, name FROM brand WHERE 1 = 1
--? after_id: AND id > :after_id
ORDER BY id LIMIT :limit

-- brand_insert: a brand
-- in: id i64, name text, created_ms i64
INSERT INTO brand (id, name, created_ms) VALUES (:id, :name, :created_ms)

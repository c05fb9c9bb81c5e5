-- audit_insert: somebody did something
-- in: id i64, at_ms i64, person_id i64?, actor text, action text, subject text, detail text, address text
INSERT INTO audit (id, at_ms, person_id, actor, action, subject, detail, address)
VALUES (:id, :at_ms, :person_id, :actor, :action, :subject, :detail, :address)

-- audit_page: newest first
-- in: person_id i64?, subject text?, before_id i64?, limit i64
-- out: id i64, at_ms i64, person_id i64?, actor text, action text, subject text, detail text, address text
SELECT id, at_ms, person_id, actor, action, subject, detail, address FROM audit WHERE 1 = 1
--? person_id: AND person_id = :person_id
--? subject: AND subject = :subject
--? before_id: AND id < :before_id
ORDER BY id DESC LIMIT :limit

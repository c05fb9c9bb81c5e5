-- sandbox_items: posts, the comments below one, or a dialogue; newest first
-- in: channel_id i64, kind text, root_id i64?, peer text?, before_id i64?, limit i64
-- out: id i64, kind text, handle text, followers i64, verified text, is_brand bool, parent_id i64?, root_id i64?,
--      text text, reposts i64, likes i64, created_ms i64
SELECT i.id, i.kind, p.handle, p.followers, p.verified, p.is_brand, i.parent_id, i.root_id, i.text, i.reposts, i.likes,
i.created_ms
FROM sandbox_item i JOIN sandbox_person p ON p.id = i.person_id
WHERE i.channel_id = :channel_id AND i.kind = :kind
--? root_id: AND i.root_id = :root_id
--? peer: AND i.peer_id = (SELECT q.id FROM sandbox_person q WHERE q.channel_id = i.channel_id AND q.handle = :peer)
--? before_id: AND i.id < :before_id
ORDER BY i.id DESC LIMIT :limit

-- sandbox_item: one item, by its id or by what its writer's page called it
-- in: channel_id i64, id i64?, client_id text?
-- out: id i64, kind text, handle text, followers i64, verified text, is_brand bool, parent_id i64?, root_id i64?,
--      text text, reposts i64, likes i64, created_ms i64
SELECT i.id, i.kind, p.handle, p.followers, p.verified, p.is_brand, i.parent_id, i.root_id, i.text, i.reposts, i.likes,
i.created_ms
FROM sandbox_item i JOIN sandbox_person p ON p.id = i.person_id
WHERE i.channel_id = :channel_id
--? id: AND i.id = :id
--? client_id: AND i.client_id = :client_id
LIMIT 1

-- sandbox_item_client: what its writer's page calls an item
-- in: id i64, client_id text
UPDATE sandbox_item SET client_id = :client_id WHERE id = :id

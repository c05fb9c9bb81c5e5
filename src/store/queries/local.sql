-- sandbox_person_need: somebody on the sandbox, made when they are not there yet
-- in: id i64, channel_id i64, handle text, is_brand bool, now_ms i64
-- out: id i64, is_brand bool
INSERT INTO sandbox_person (id, channel_id, handle, is_brand, created_ms)
VALUES (:id, :channel_id, :handle, :is_brand, :now_ms)
ON CONFLICT (channel_id, handle) DO UPDATE SET is_brand = CASE WHEN :is_brand = 1 THEN 1 ELSE sandbox_person.is_brand END
RETURNING id, is_brand

-- sandbox_person_tell: what a writer says of themselves
-- in: id i64, followers i64, verified text
UPDATE sandbox_person SET followers = :followers, verified = :verified WHERE id = :id

-- sandbox_item_place: where an item stands
-- in: channel_id i64, id i64
-- out: id i64, root_id i64?, kind text
SELECT id, root_id, kind FROM sandbox_item WHERE id = :id AND channel_id = :channel_id AND kind <> 'dm'

-- sandbox_item_insert: a post, a comment or a private message
-- in: id i64, channel_id i64, person_id i64, parent_id i64?, root_id i64?, peer_id i64?, kind text, text text,
--     reposts i64, likes i64, outbox_id i64?, now_ms i64
INSERT INTO sandbox_item (id, channel_id, person_id, parent_id, root_id, peer_id, kind, text, reposts, likes, outbox_id,
created_ms)
VALUES (:id, :channel_id, :person_id, :parent_id, :root_id, :peer_id, :kind, :text, :reposts, :likes, :outbox_id, :now_ms)

-- webchat_visitor_of: who of an identity was here last
-- in: channel_id i64, identity_id i64
-- out: id i64
SELECT id FROM webchat_visitor WHERE channel_id = :channel_id AND identity_id = :identity_id
ORDER BY seen_ms DESC, id DESC LIMIT 1

-- webchat_line_append: a message becomes the visitor's next line
-- in: visitor_id i64, message_id i64
INSERT INTO webchat_line (visitor_id, seq, message_id)
SELECT :visitor_id, coalesce(max(seq), 0) + 1, :message_id FROM webchat_line WHERE visitor_id = :visitor_id

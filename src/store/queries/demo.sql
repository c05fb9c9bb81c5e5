-- demo_brand_items: what the brands wrote on the sandbox after an item, and to whom
-- in: after i64
-- out: id i64, channel_id i64, kind text, root_id i64?, to_handle text
SELECT item.id, item.channel_id, item.kind, item.root_id, reader.handle FROM sandbox_item item
JOIN sandbox_person writer ON writer.id = item.person_id AND writer.is_brand = 1
LEFT JOIN sandbox_item parent ON parent.id = item.parent_id
JOIN sandbox_person reader ON reader.id = coalesce(item.peer_id, parent.person_id)
WHERE item.id > :after ORDER BY item.id

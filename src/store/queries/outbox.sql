-- outbox_insert: a reply joins the way out; its message has the same id
-- in: id i64, conversation_id i64, channel_id i64, answers_id i64?, agent_address text, now_ms i64
INSERT INTO outbox (id, conversation_id, channel_id, state, answers_id, agent_address, due_ms, created_ms, updated_ms)
VALUES (:id, :conversation_id, :channel_id, 'queued', :answers_id, :agent_address, :now_ms, :now_ms, :now_ms)

-- poller_next: when a channel is to be asked next
-- out: at_ms i64?
SELECT min(poll_due_ms) FROM channel WHERE poll_due_ms IS NOT NULL AND enabled = 1 AND deleted_ms IS NULL

-- poller_due: channels whose time has come
-- in: now_ms i64, limit i64
-- out: id i64, cursor text
SELECT id, poll_cursor FROM channel
WHERE poll_due_ms IS NOT NULL AND poll_due_ms <= :now_ms AND enabled = 1 AND deleted_ms IS NULL
ORDER BY poll_due_ms LIMIT :limit

-- poller_claim: a round begins; nobody else begins one before it is over or its lease has run out
-- in: id i64, lease_ms i64
UPDATE channel SET poll_due_ms = :lease_ms WHERE id = :id

-- poller_save: a page was taken in, or the round is over; only by who holds the lease
-- in: id i64, held_ms i64, due_ms i64, cursor text
-- changes
UPDATE channel SET poll_cursor = :cursor, poll_due_ms = :due_ms WHERE id = :id AND poll_due_ms = :held_ms

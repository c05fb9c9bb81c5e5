-- account_all: every channel that was not removed, with what a connector needs
-- out: id i64, kind text, name text, brand_id i64, settings text, secrets blob?, enabled bool
SELECT id, kind, name, brand_id, settings, secrets, enabled FROM channel WHERE deleted_ms IS NULL ORDER BY id

-- teaching_message: a message and what is said of it
-- in: id i64
-- out: conversation_id i64, direction text, text text, assessment text?, original text?, labels text?,
--      category_before text?, category_person_before i64?, corrected_ms i64?
SELECT m.conversation_id, m.direction, m.text, m.assessment, c.original, c.labels, c.category_before,
c.category_person_before, c.corrected_ms
FROM message m LEFT JOIN correction c ON c.message_id = m.id WHERE m.id = :id

-- teaching_facts: who wrote it, and how it spread
-- in: id i64
-- out: visibility text, kind text, counts text?, followers i64?, verified text?, relation text?
SELECT m.visibility, m.kind, m.counts, i.followers, i.verified, p.relation
FROM message m LEFT JOIN identity i ON i.id = m.author_identity_id LEFT JOIN contact p ON p.id = i.contact_id
WHERE m.id = :id

-- teaching_assessment: another assessment for a message
-- in: id i64, assessment text?
UPDATE message SET assessment = :assessment WHERE id = :id

-- teaching_correction_save: somebody set an assessment right
-- in: message_id i64, conversation_id i64, original text?, labels text, category_before text,
--     category_person_before i64?, person_id i64?, person_name text, now_ms i64
INSERT INTO correction (message_id, conversation_id, original, labels, category_before, category_person_before, person_id,
person_name, corrected_ms)
VALUES (:message_id, :conversation_id, :original, :labels, :category_before, :category_person_before, :person_id,
:person_name, :now_ms)
ON CONFLICT (message_id) DO UPDATE SET labels = excluded.labels, person_id = excluded.person_id,
person_name = excluded.person_name, corrected_ms = excluded.corrected_ms

-- teaching_correction_remove: it is taken back
-- in: message_id i64
DELETE FROM correction WHERE message_id = :message_id

-- teaching_conversation: what its messages decide
-- in: id i64
-- out: state text, category text, category_person_id i64?, sentiment text, urgency i64, importance i64, due_ms i64?,
--      waiting_ms i64?, last_outbound_ms i64?
SELECT state, category, category_person_id, sentiment, urgency, importance, due_ms, waiting_ms, last_outbound_ms
FROM conversation WHERE id = :id

-- teaching_conversation_messages: what is said of the customer's messages, the newest first
-- in: conversation_id i64, limit i64
-- out: id i64, sent_ms i64, assessment text?, labels text?, corrected_ms i64?, person_id i64?
SELECT m.id, m.sent_ms, m.assessment, c.labels, c.corrected_ms, c.person_id
FROM message m LEFT JOIN correction c ON c.message_id = m.id
WHERE m.conversation_id = :conversation_id AND m.direction = 'in' ORDER BY m.sent_ms DESC, m.id DESC LIMIT :limit

-- teaching_conversation_judged: and decided
-- in: id i64, category text, category_person_id i64?, sentiment text, urgency i64, importance i64, due_ms i64?,
--     waiting_ms i64?
UPDATE conversation SET category = :category, category_person_id = :category_person_id, sentiment = :sentiment,
urgency = :urgency, importance = :importance, due_ms = :due_ms, waiting_ms = :waiting_ms, version = version + 1
WHERE id = :id

-- teaching_example_save: a label to learn from
-- in: id i64, task text, label text, message_id i64, text text, language text, person_id i64?, now_ms i64, held_back bool
INSERT INTO example (id, task, label, message_id, text, language, person_id, created_ms, held_back)
VALUES (:id, :task, :label, :message_id, :text, :language, :person_id, :now_ms, :held_back)
ON CONFLICT (message_id, task) DO UPDATE SET label = excluded.label, text = excluded.text, person_id = excluded.person_id,
created_ms = excluded.created_ms

-- teaching_example_drop: the labels of a message
-- in: message_id i64
DELETE FROM example WHERE message_id = :message_id

-- teaching_example_drop_task: one label of a message
-- in: message_id i64, task text
DELETE FROM example WHERE message_id = :message_id AND task = :task

-- teaching_example: one of them
-- in: id i64
-- out: message_id i64, task text, label text
SELECT message_id, task, label FROM example WHERE id = :id

-- teaching_example_remove: one of them goes
-- in: id i64
DELETE FROM example WHERE id = :id

-- teaching_example_page: newest first
-- in: task text?, label text?, language text?, before_id i64?, limit i64
-- out: id i64, task text, label text, message_id i64, conversation_id i64, text text, language text, person_id i64?,
--      person_name text?, created_ms i64, held_back bool
SELECT e.id, e.task, e.label, e.message_id, m.conversation_id, e.text, e.language, e.person_id, p.name, e.created_ms,
e.held_back
FROM example e JOIN message m ON m.id = e.message_id LEFT JOIN person p ON p.id = e.person_id
WHERE 1 = 1
--? task: AND e.task = :task
--? label: AND e.label = :label
--? language: AND e.language = :language
--? before_id: AND e.id < :before_id
ORDER BY e.id DESC LIMIT :limit

-- teaching_example_texts: those of a task, oldest first
-- in: task text, limit i64
-- out: id i64, message_id i64, label text, text text, held_back bool
SELECT id, message_id, label, text, held_back FROM (SELECT * FROM example WHERE task = :task ORDER BY id DESC LIMIT :limit)
AS newest ORDER BY id

-- teaching_example_counts: how many there are of each task
-- in: after_ms i64
-- out: task text, count i64, held_back i64, fresh i64
SELECT task, count(*), coalesce(sum(held_back), 0), coalesce(sum(CASE WHEN created_ms > :after_ms THEN 1 ELSE 0 END), 0)
FROM example GROUP BY task ORDER BY task

-- teaching_example_fresh: how many came or changed since
-- in: task text, after_ms i64
-- out: count i64
SELECT count(*) FROM example WHERE task = :task AND created_ms > :after_ms

-- teaching_unlabelled: recent messages of customers that nobody has labelled, newest first
-- in: since_ms i64, limit i64
-- out: id i64, conversation_id i64, text text, sent_ms i64
SELECT m.id, m.conversation_id, m.text, m.sent_ms FROM message m
WHERE m.id IN (SELECT id FROM message WHERE direction = 'in' AND text <> '' ORDER BY id DESC LIMIT :limit)
AND m.received_ms >= :since_ms AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.message_id = m.id)
ORDER BY m.id DESC

-- teaching_recent: the last messages of customers, newest first
-- in: limit i64
-- out: id i64, conversation_id i64, text text, sent_ms i64
SELECT id, conversation_id, text, sent_ms FROM message WHERE direction = 'in' AND text <> '' ORDER BY id DESC LIMIT :limit

-- teaching_topics: all of them
-- out: id i64, key text, parent text, name_zh text, name_en text, active bool, created_ms i64, examples i64
SELECT t.id, t.key, t.parent, t.name_zh, t.name_en, t.active, t.created_ms,
(SELECT count(*) FROM example e WHERE e.task = 'topic' AND e.label = t.key)
FROM topic t ORDER BY t.parent, t.id

-- teaching_topic: one
-- in: id i64
-- out: id i64, key text, parent text, name_zh text, name_en text, active bool
SELECT id, key, parent, name_zh, name_en, active FROM topic WHERE id = :id

-- teaching_topic_key: by what models call it
-- in: key text
-- out: id i64, parent text, active bool
SELECT id, parent, active FROM topic WHERE key = :key

-- teaching_topic_insert: a new one
-- in: id i64, key text, parent text, name_zh text, name_en text, now_ms i64
INSERT INTO topic (id, key, parent, name_zh, name_en, created_ms) VALUES (:id, :key, :parent, :name_zh, :name_en, :now_ms)

-- teaching_topic_change: another name or place
-- in: id i64, parent text, name_zh text, name_en text, active bool
UPDATE topic SET parent = :parent, name_zh = :name_zh, name_en = :name_en, active = :active WHERE id = :id

-- teaching_topic_remove: it goes
-- in: id i64
DELETE FROM topic WHERE id = :id

-- teaching_topic_count: how many there are
-- out: count i64
SELECT count(*) FROM topic

-- teaching_settings: all that were ever set
-- out: name text, value text
SELECT name, value FROM understanding_setting ORDER BY name

-- teaching_setting_save: one is set
-- in: name text, value text, person_id i64?, now_ms i64
INSERT INTO understanding_setting (name, value, person_id, changed_ms) VALUES (:name, :value, :person_id, :now_ms)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, person_id = excluded.person_id, changed_ms = excluded.changed_ms

-- teaching_rules: all of them, in their order
-- in: day i64
-- out: id i64, name text, rank i64, enabled bool, body text, person_name text?, created_ms i64, changed_ms i64, hits i64,
--      recent_hits i64, last_hit_ms i64?
SELECT r.id, r.name, r.rank, r.enabled, r.body, p.name, r.created_ms, r.changed_ms, r.hits,
(SELECT coalesce(sum(h.hits), 0) FROM rule_hit h WHERE h.rule_id = r.id AND h.day > :day), r.last_hit_ms
FROM rule r LEFT JOIN person p ON p.id = r.person_id ORDER BY r.rank, r.id

-- teaching_rule: one
-- in: id i64
-- out: id i64, name text, rank i64, enabled bool, body text
SELECT id, name, rank, enabled, body FROM rule WHERE id = :id

-- teaching_rule_name: who has this name
-- in: name text
-- out: id i64
SELECT id FROM rule WHERE name = :name

-- teaching_rule_insert: a new one, behind the others
-- in: id i64, name text, enabled bool, body text, person_id i64?, now_ms i64
INSERT INTO rule (id, name, rank, enabled, body, person_id, created_ms, changed_ms)
VALUES (:id, :name, (SELECT coalesce(max(rank), 0) + 1 FROM rule), :enabled, :body, :person_id, :now_ms, :now_ms)

-- teaching_rule_change: what it says
-- in: id i64, name text, enabled bool, body text, person_id i64?, now_ms i64
UPDATE rule SET name = :name, enabled = :enabled, body = :body, person_id = :person_id, changed_ms = :now_ms WHERE id = :id

-- teaching_rule_rank: its place
-- in: id i64, rank i64
-- changes
UPDATE rule SET rank = :rank WHERE id = :id

-- teaching_rule_remove: it goes
-- in: id i64
DELETE FROM rule WHERE id = :id

-- teaching_rule_forget: and what was counted
-- in: rule_id i64
DELETE FROM rule_hit WHERE rule_id = :rule_id

-- teaching_rule_count: how many there are
-- out: count i64
SELECT count(*) FROM rule

-- teaching_rule_hits: a rule hit that often since the last time
-- in: id i64, hits i64, now_ms i64
-- changes
UPDATE rule SET hits = hits + :hits, last_hit_ms = :now_ms WHERE id = :id

-- teaching_rule_day: the same by day
-- in: rule_id i64, day i64, hits i64
INSERT INTO rule_hit (rule_id, day, hits) VALUES (:rule_id, :day, :hits)
ON CONFLICT (rule_id, day) DO UPDATE SET hits = rule_hit.hits + excluded.hits

-- teaching_rule_days_purge: days nobody looks at any more
-- in: before_day i64
-- changes
DELETE FROM rule_hit WHERE day < :before_day

-- teaching_models: the versions of a task or of all, newest first, without their files
-- in: task text?
-- out: id i64, task text, version text, state text, person_name text?, created_ms i64, examples i64, own_examples i64,
--      held_back i64, accuracy real, macro_f1 real, compared_version text, compared_accuracy real, compared_macro_f1 real,
--      reason text, damage text, size i64
SELECT m.id, m.task, m.version, m.state, p.name, m.created_ms, m.examples, m.own_examples, m.held_back, m.accuracy,
m.macro_f1, m.compared_version, m.compared_accuracy, m.compared_macro_f1, m.reason, m.damage, m.size
FROM model m LEFT JOIN person p ON p.id = m.person_id
WHERE 1 = 1
--? task: AND m.task = :task
ORDER BY m.task, m.id DESC

-- teaching_model: one of them, with what it got wrong
-- in: id i64
-- out: id i64, task text, version text, state text, damage text, confusion text, wrong text, created_ms i64
SELECT id, task, version, state, damage, confusion, wrong, created_ms FROM model WHERE id = :id

-- teaching_models_active: the files in use
-- out: id i64, task text, version text, sha256 text, damage text, file blob
SELECT id, task, version, sha256, damage, file FROM model WHERE state = 'active' ORDER BY task

-- teaching_model_insert: something was learned
-- in: id i64, task text, version text, state text, person_id i64?, now_ms i64, examples i64, own_examples i64, held_back i64,
--     accuracy real, macro_f1 real, compared_version text, compared_accuracy real, compared_macro_f1 real, reason text,
--     confusion text, wrong text, size i64, sha256 text, file blob
INSERT INTO model (id, task, version, state, person_id, created_ms, examples, own_examples, held_back, accuracy, macro_f1,
compared_version, compared_accuracy, compared_macro_f1, reason, confusion, wrong, size, sha256, file)
VALUES (:id, :task, :version, :state, :person_id, :now_ms, :examples, :own_examples, :held_back, :accuracy, :macro_f1,
:compared_version, :compared_accuracy, :compared_macro_f1, :reason, :confusion, :wrong, :size, :sha256, :file)

-- teaching_model_retire: what is in use makes place
-- in: task text
-- changes
UPDATE model SET state = 'retired' WHERE task = :task AND state = 'active'

-- teaching_model_activate: and this one takes it
-- in: id i64, reason text
UPDATE model SET state = 'active', reason = :reason WHERE id = :id

-- teaching_model_damaged: its file cannot be used
-- in: id i64, damage text
-- changes
UPDATE model SET damage = :damage WHERE id = :id AND damage <> :damage

-- teaching_model_prune: all but the newest versions of a task go; never the one in use
-- in: task text, keep i64
-- changes
DELETE FROM model WHERE task = :task AND state <> 'active' AND id NOT IN
(SELECT id FROM (SELECT id FROM model WHERE task = :task ORDER BY id DESC LIMIT :keep) AS newest)

-- teaching_runs: how training goes
-- out: task text, wanted_ms i64?, person_id i64?, begun_ms i64?, progress i64, cancel bool, finished_ms i64?, result text,
--      detail text
SELECT task, wanted_ms, person_id, begun_ms, progress, cancel, finished_ms, result, detail FROM training_run ORDER BY task

-- teaching_run_want: train this task
-- in: task text, now_ms i64, person_id i64?
INSERT INTO training_run (task, wanted_ms, person_id) VALUES (:task, :now_ms, :person_id)
ON CONFLICT (task) DO UPDATE SET wanted_ms = coalesce(training_run.wanted_ms, excluded.wanted_ms),
person_id = excluded.person_id,
cancel = CASE WHEN training_run.begun_ms IS NULL THEN 0 ELSE training_run.cancel END

-- teaching_run_cancel: end it, or do not begin
-- in: task text?
-- changes
UPDATE training_run SET wanted_ms = NULL, cancel = CASE WHEN begun_ms IS NULL THEN 0 ELSE 1 END
WHERE (wanted_ms IS NOT NULL OR begun_ms IS NOT NULL)
--? task: AND task = :task

-- teaching_run_begin: it runs
-- in: task text, now_ms i64
UPDATE training_run SET wanted_ms = NULL, begun_ms = :now_ms, progress = 0, cancel = 0 WHERE task = :task

-- teaching_run_progress: so far
-- in: task text, progress i64
UPDATE training_run SET progress = :progress WHERE task = :task AND begun_ms IS NOT NULL

-- teaching_run_end: what became of it
-- in: task text, now_ms i64, result text, detail text
UPDATE training_run SET begun_ms = NULL, progress = 0, cancel = 0, finished_ms = :now_ms, result = :result,
detail = :detail
WHERE task = :task

-- teaching_run_interrupted: those that ran in a process that is no more
-- in: now_ms i64
-- changes
UPDATE training_run SET begun_ms = NULL, progress = 0, cancel = 0, finished_ms = :now_ms, result = 'interrupted',
detail = ''
WHERE begun_ms IS NOT NULL

-- teaching_run_next: what waits longest
-- out: task text, person_id i64?
SELECT task, person_id FROM training_run WHERE wanted_ms IS NOT NULL ORDER BY wanted_ms, task LIMIT 1

-- teaching_lease: who trains
-- out: holder text, lease_until_ms i64, night_ms i64
SELECT holder, lease_until_ms, night_ms FROM trainer WHERE id = 1

-- teaching_lease_take: I do
-- in: holder text, until_ms i64
UPDATE trainer SET holder = :holder, lease_until_ms = :until_ms WHERE id = 1

-- teaching_trainer_look: is there anything for the trainer
-- out: holder text, lease_until_ms i64, night_ms i64, waiting i64, running i64
SELECT holder, lease_until_ms, night_ms, (SELECT count(*) FROM training_run WHERE wanted_ms IS NOT NULL),
(SELECT count(*) FROM training_run WHERE begun_ms IS NOT NULL) FROM trainer WHERE id = 1

-- teaching_run_cancelled: does anybody want it ended
-- in: task text
-- out: cancel bool
SELECT cancel FROM training_run WHERE task = :task

-- teaching_fresh_tasks: tasks with examples that came after their newest version
-- out: task text
SELECT e.task FROM example e GROUP BY e.task
HAVING max(e.created_ms) > coalesce((SELECT max(m.created_ms) FROM model m WHERE m.task = e.task), 0)

-- teaching_night: a nightly round begins
-- in: now_ms i64
UPDATE trainer SET night_ms = :now_ms WHERE id = 1

-- teaching_changes: has anything changed that the set in use is made of
-- in: after_seq i64
-- out: last_seq i64, changes i64
SELECT coalesce((SELECT max(seq) FROM event), 0), (SELECT count(*) FROM event WHERE seq > :after_seq
AND kind = 'understanding.changed' AND data NOT LIKE '{"what":"training"%' AND data NOT LIKE '{"what":"examples"%')

-- 0002_understanding - what the team teaches: corrections, rules, topics, settings, and the models learned from them.
--
-- The same words as in 0001: @ID @I64 @BLOB; times in milliseconds UTC; truth values 0 and 1; lists as JSON text.

ALTER TABLE outbox ADD COLUMN doubtful @I64 NOT NULL DEFAULT 0; -- 1: a try that is over may have reached the platform

CREATE TABLE correction (                    -- a message whose assessment a person set right; one row a message
    message_id @I64 NOT NULL PRIMARY KEY REFERENCES message (id),
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    original TEXT,                           -- the assessment as understanding made it; NULL = there was none
    labels TEXT NOT NULL,                    -- JSON: task → label, as the person said
    category_before TEXT NOT NULL,           -- of the conversation, for taking the correction back
    category_person_before @I64,
    person_id @I64 REFERENCES person (id),   -- NULL = the command line
    person_name TEXT NOT NULL,
    corrected_ms @I64 NOT NULL
);
CREATE INDEX correction_conversation ON correction (conversation_id);

CREATE TABLE example (                       -- one label of one message, to learn from
    id @ID,
    task TEXT NOT NULL,                      -- a name in understanding/task.def
    label TEXT NOT NULL,
    message_id @I64 NOT NULL REFERENCES message (id),
    text TEXT NOT NULL,                      -- as it was when it was labelled
    language TEXT NOT NULL,                  -- zh-Hans zh-Hant en other
    person_id @I64 REFERENCES person (id),
    created_ms @I64 NOT NULL,
    held_back @I64 NOT NULL,                 -- 1: never learned from, models are compared on it
    UNIQUE (message_id, task)
);
CREATE INDEX example_task ON example (task, id);

CREATE TABLE model (                         -- what was learned, one row a version of a task
    id @ID,
    task TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,                     -- candidate active retired; no active one = the shipped model judges
    person_id @I64 REFERENCES person (id),   -- who asked for it; NULL = the nightly job
    created_ms @I64 NOT NULL,
    examples @I64 NOT NULL,                  -- learned from, shipped ones among them
    own_examples @I64 NOT NULL,              -- of them the brand's own
    held_back @I64 NOT NULL,                 -- compared on
    accuracy DOUBLE PRECISION NOT NULL,      -- on what was held back
    macro_f1 DOUBLE PRECISION NOT NULL,
    compared_version TEXT NOT NULL,          -- the one in use then
    compared_accuracy DOUBLE PRECISION NOT NULL,
    compared_macro_f1 DOUBLE PRECISION NOT NULL,
    reason TEXT NOT NULL,                    -- why it was taken into use or not: a name in teaching/reason.def
    confusion TEXT NOT NULL,                 -- JSON of shape ModelConfusion
    wrong TEXT NOT NULL,                     -- JSON list of shape ModelMistake
    damage TEXT NOT NULL DEFAULT '',         -- why the file cannot be used; '' = it can
    size @I64 NOT NULL,
    sha256 TEXT NOT NULL,                    -- hexadecimal, of the file
    file @BLOB NOT NULL
);
CREATE INDEX model_task ON model (task, id);
CREATE UNIQUE INDEX model_active ON model (task) WHERE state = 'active';

CREATE TABLE rule (                          -- an administrator's rule
    id @ID,
    name TEXT NOT NULL,
    rank @I64 NOT NULL,                      -- smaller = looked at first
    enabled @I64 NOT NULL,
    body TEXT NOT NULL,                      -- JSON as understanding/rule.h reads it
    person_id @I64 REFERENCES person (id),   -- changed by
    created_ms @I64 NOT NULL,
    changed_ms @I64 NOT NULL,
    hits @I64 NOT NULL DEFAULT 0,
    last_hit_ms @I64
);
CREATE INDEX rule_rank ON rule (rank, id);

CREATE TABLE rule_hit (                      -- how often a rule hit, by day
    rule_id @I64 NOT NULL REFERENCES rule (id),
    day @I64 NOT NULL,                       -- days since 1970, UTC
    hits @I64 NOT NULL,
    PRIMARY KEY (rule_id, day)
);

CREATE TABLE topic (                         -- the administrator's own category below one of the eight
    id @ID,
    key TEXT NOT NULL UNIQUE,                -- the label models learn
    parent TEXT NOT NULL,                    -- one of the eight
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    active @I64 NOT NULL DEFAULT 1,
    created_ms @I64 NOT NULL
);

CREATE TABLE understanding_setting (         -- one row a setting: weights products order_templates …
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,                     -- JSON
    person_id @I64 REFERENCES person (id),
    changed_ms @I64 NOT NULL
);

CREATE TABLE training_run (                  -- one row a task that was ever trained here
    task TEXT PRIMARY KEY,
    wanted_ms @I64,                          -- somebody asked; NULL = nothing waits
    person_id @I64,                          -- who; NULL = the nightly job
    begun_ms @I64,                           -- it runs; NULL = it does not
    progress @I64 NOT NULL DEFAULT 0,        -- 0 … 1000
    cancel @I64 NOT NULL DEFAULT 0,          -- 1: somebody wants it ended
    finished_ms @I64,
    result TEXT NOT NULL DEFAULT '',         -- of the last one: a name in teaching/reason.def
    detail TEXT NOT NULL DEFAULT ''          -- what the program says of a failure
);

CREATE TABLE trainer (                       -- the lease: of all processes on this database one trains
    id @ID,
    holder TEXT NOT NULL,
    lease_until_ms @I64 NOT NULL,
    night_ms @I64 NOT NULL                   -- when the last nightly round began
);
INSERT INTO trainer (id, holder, lease_until_ms, night_ms) VALUES (1, '', 0, 0);

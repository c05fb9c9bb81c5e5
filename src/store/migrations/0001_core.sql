-- 0001_core - everything the way of one message needs.
--
-- One text for SQLite and PostgreSQL. Written differently for each:
--   @ID    a primary key made by the program    @SEQ  a primary key the database counts up
--   @I64   a 64-bit integer                     @BLOB bytes
-- Times are milliseconds UTC; truth values 0 and 1; lists and records that are
-- never searched are JSON text. Text is UTF-8 without NUL.

-- ---- the company ----

CREATE TABLE brand (
    id @ID,
    name TEXT NOT NULL,
    created_ms @I64 NOT NULL
);

CREATE TABLE team (
    id @ID,
    name TEXT NOT NULL UNIQUE,
    is_default @I64 NOT NULL DEFAULT 0,      -- exactly one: where a conversation lands without a rule
    created_ms @I64 NOT NULL
);

CREATE TABLE person (                        -- a user of Huiyin ("user" is a reserved word)
    id @ID,
    login TEXT NOT NULL UNIQUE,              -- normalised (NFKC, case folded)
    name TEXT NOT NULL,                      -- as shown
    role TEXT NOT NULL,                      -- admin supervisor agent pr marketing viewer
    password_hash TEXT,                      -- Argon2id; NULL = cannot sign in with a password
    lang TEXT,                               -- zh en; NULL = from the browser
    settings TEXT NOT NULL DEFAULT '{}',     -- the console's own: theme, keys, column widths
    active @I64 NOT NULL DEFAULT 1,
    created_ms @I64 NOT NULL
);

CREATE TABLE team_member (
    team_id @I64 NOT NULL REFERENCES team (id),
    person_id @I64 NOT NULL REFERENCES person (id),
    PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_member_person ON team_member (person_id);

CREATE TABLE session (
    id @ID,
    person_id @I64 NOT NULL REFERENCES person (id),
    digest TEXT NOT NULL UNIQUE,             -- hex SHA-256 of the cookie
    csrf TEXT NOT NULL,
    created_ms @I64 NOT NULL,
    seen_ms @I64 NOT NULL,
    expires_ms @I64 NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL                      -- User-Agent, cut
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_ms);

CREATE TABLE api_token (
    id @ID,
    person_id @I64 NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,                    -- "all" or permission names separated by blanks
    created_ms @I64 NOT NULL,
    used_ms @I64,
    revoked_ms @I64
);
CREATE INDEX api_token_person ON api_token (person_id);

CREATE TABLE login_failure (                 -- one row a subject: "login:li" or "address:127.0.0.1"
    subject TEXT PRIMARY KEY,
    failures @I64 NOT NULL,
    first_ms @I64 NOT NULL,
    blocked_until_ms @I64 NOT NULL
);

CREATE TABLE audit (                         -- who did what; never changed
    id @ID,
    at_ms @I64 NOT NULL,
    person_id @I64,                          -- NULL: the program or the command line
    actor TEXT NOT NULL,                     -- the name at that time, "command line", "system"
    action TEXT NOT NULL,                    -- "channel.update"
    subject TEXT NOT NULL,                   -- "channel:123"
    detail TEXT NOT NULL DEFAULT '{}',       -- JSON without secrets
    address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_person ON audit (person_id, id);
CREATE INDEX audit_subject ON audit (subject, id);

-- ---- channels ----

CREATE TABLE channel (
    id @ID,
    kind TEXT NOT NULL,                      -- a name in channels/registry.c
    name TEXT NOT NULL,
    brand_id @I64 NOT NULL REFERENCES brand (id),
    team_id @I64 REFERENCES team (id),       -- NULL = the default team
    settings TEXT NOT NULL DEFAULT '{}',     -- JSON, without the secret ones
    secrets @BLOB,                           -- sealed JSON of the secret ones
    enabled @I64 NOT NULL DEFAULT 1,
    status TEXT NOT NULL DEFAULT 'new',      -- new ok trouble
    status_text TEXT NOT NULL DEFAULT '',    -- an error class, for the page
    status_ms @I64,
    poll_cursor TEXT NOT NULL DEFAULT '{}',  -- the connector's own JSON
    poll_due_ms @I64,                        -- NULL = the channel is not polled
    send_after_ms @I64 NOT NULL DEFAULT 0,   -- the platform asked us to wait
    created_ms @I64 NOT NULL,
    deleted_ms @I64
);
CREATE INDEX channel_poll ON channel (poll_due_ms) WHERE poll_due_ms IS NOT NULL;

-- ---- people who write to us ----

CREATE TABLE contact (
    id @ID,
    name TEXT NOT NULL,
    relation TEXT NOT NULL DEFAULT 'new',    -- potential new regular loyal at_risk
    note TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    folded TEXT NOT NULL DEFAULT '',         -- name and handles as base/fold.h makes them: what q looks through
    created_ms @I64 NOT NULL,
    seen_ms @I64 NOT NULL                    -- their last message
);
CREATE INDEX contact_seen ON contact (seen_ms, id, folded); -- looking through it touches no row that does not fit

CREATE TABLE identity (                      -- one platform account of a contact
    id @ID,
    contact_id @I64 NOT NULL REFERENCES contact (id),
    scope TEXT NOT NULL,                     -- "weibo", or "webchat:CHANNEL" where the platform's ids are per account
    native_id TEXT NOT NULL,
    handle TEXT NOT NULL,                    -- as shown on the platform
    followers @I64 NOT NULL DEFAULT 0,
    verified TEXT NOT NULL DEFAULT '',       -- '' person organisation media government
    avatar_url TEXT,
    profile_url TEXT,
    created_ms @I64 NOT NULL,
    updated_ms @I64 NOT NULL,
    UNIQUE (scope, native_id)
);
CREATE INDEX identity_contact ON identity (contact_id);

-- ---- conversations and messages ----

CREATE TABLE conversation (
    id @ID,
    channel_id @I64 NOT NULL REFERENCES channel (id),
    brand_id @I64 NOT NULL REFERENCES brand (id),
    contact_id @I64 NOT NULL REFERENCES contact (id),
    identity_id @I64 NOT NULL REFERENCES identity (id),
    thread_key TEXT NOT NULL,                -- "post:ID" or "private": about one thing
    subject TEXT NOT NULL,                   -- the first words, until somebody writes better ones
    state TEXT NOT NULL,                     -- open pending snoozed resolved
    team_id @I64 NOT NULL REFERENCES team (id),
    assignee_id @I64 REFERENCES person (id),
    first_owner_id @I64 REFERENCES person (id), -- first-asked responsibility
    importance @I64 NOT NULL DEFAULT 0,      -- 0 … 100, the highest of its messages
    category TEXT NOT NULL DEFAULT '',
    category_person_id @I64 REFERENCES person (id), -- who corrected it: later messages leave it alone; NULL = understanding
    sentiment TEXT NOT NULL DEFAULT '',
    urgency @I64 NOT NULL DEFAULT 0,         -- 0 none … 3 at once
    due_ms @I64,                             -- the next answer is due; NULL = nobody waits
    waiting_ms @I64,                         -- platform time of the first message without an answer; NULL = nobody waits
    snoozed_until_ms @I64,
    first_inbound_ms @I64 NOT NULL,          -- platform time
    last_inbound_ms @I64 NOT NULL,
    last_outbound_ms @I64,
    last_message_ms @I64 NOT NULL,
    last_text TEXT NOT NULL DEFAULT '',      -- one line of the last message
    last_direction TEXT NOT NULL DEFAULT 'in',
    inbound_count @I64 NOT NULL DEFAULT 0,
    outbound_count @I64 NOT NULL DEFAULT 0,
    unread @I64 NOT NULL DEFAULT 0,          -- inbound messages since the last answer or look of its owner
    tags TEXT NOT NULL DEFAULT '[]',         -- JSON of conversation_tag, so that a list needs no second look
    resolved_ms @I64,
    reopened_count @I64 NOT NULL DEFAULT 0,
    version @I64 NOT NULL DEFAULT 1,         -- raised by every change
    created_ms @I64 NOT NULL,
    -- The order of the queue as one rising number, so that every list is a walk along an index: due first, then what
    -- is due never by importance; resolved ones behind all others (2305843009213693952 and above), the latest first.
    queue_key @I64 NOT NULL GENERATED ALWAYS AS (CASE WHEN state = 'resolved'
        THEN 4611686018427387904 - coalesce(resolved_ms, 0)
        ELSE coalesce(due_ms, 8796093022207) * 128 + 100 - importance END) STORED
);
CREATE INDEX conversation_thread ON conversation (channel_id, contact_id, thread_key, id);
CREATE INDEX conversation_queue ON conversation (queue_key, id, team_id);
CREATE INDEX conversation_state ON conversation (state, queue_key, id, assignee_id, team_id);
CREATE INDEX conversation_unassigned ON conversation (queue_key, id, state, assignee_id) WHERE assignee_id IS NULL;
CREATE INDEX conversation_assignee ON conversation (assignee_id, queue_key, id, state) WHERE assignee_id IS NOT NULL;
CREATE INDEX conversation_team ON conversation (team_id, queue_key, id, state);
CREATE INDEX conversation_channel ON conversation (channel_id, queue_key, id, state);
CREATE INDEX conversation_contact ON conversation (contact_id, id);
CREATE INDEX conversation_snoozed ON conversation (snoozed_until_ms) WHERE snoozed_until_ms IS NOT NULL;

CREATE TABLE message (
    id @ID,
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    channel_id @I64 NOT NULL,
    native_id TEXT NOT NULL,                 -- the dedupe key within its channel; outbound: "out:ID" until the platform names it
    parent_native_id TEXT,                   -- what it answers, on the platform
    root_native_id TEXT,                     -- the public post it stands under
    direction TEXT NOT NULL,                 -- in out
    visibility TEXT NOT NULL,                -- public private internal
    kind TEXT NOT NULL,                      -- mention comment reply repost dm review mail chat note system
    text TEXT NOT NULL,
    url TEXT,
    media TEXT NOT NULL DEFAULT '[]',
    counts TEXT,                             -- JSON: reposts, comments, likes at the time
    target TEXT,                             -- inbound: JSON its connector wants back when it is answered
    author_identity_id @I64,                 -- inbound
    author_person_id @I64,                   -- outbound and notes; NULL = the program
    author_name TEXT NOT NULL,
    sent_ms @I64 NOT NULL,                   -- platform time
    received_ms @I64 NOT NULL,
    assessment TEXT,                         -- JSON of struct assessment
    UNIQUE (channel_id, native_id)
);
CREATE INDEX message_conversation ON message (conversation_id, sent_ms, id);

CREATE TABLE message_alias (                 -- other native ids of the same message (pushed and polled)
    channel_id @I64 NOT NULL,
    native_id TEXT NOT NULL,
    message_id @I64 NOT NULL REFERENCES message (id),
    PRIMARY KEY (channel_id, native_id)
);

CREATE TABLE payload (                       -- what the platform said, to the letter, cut at LIMIT_RAW_PAYLOAD
    message_id @I64 NOT NULL PRIMARY KEY REFERENCES message (id),
    received_ms @I64 NOT NULL,
    body @BLOB NOT NULL
);
CREATE INDEX payload_received ON payload (received_ms);

CREATE TABLE conversation_tag (
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (conversation_id, tag)
);
CREATE INDEX conversation_tag_tag ON conversation_tag (tag, conversation_id);

CREATE TABLE note_mention (
    message_id @I64 NOT NULL REFERENCES message (id),
    person_id @I64 NOT NULL REFERENCES person (id),
    seen_ms @I64,
    PRIMARY KEY (message_id, person_id)
);
CREATE INDEX note_mention_person ON note_mention (person_id, message_id);

CREATE TABLE draft (
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    person_id @I64 NOT NULL REFERENCES person (id),
    visibility TEXT NOT NULL,                -- public private internal
    text TEXT NOT NULL,
    updated_ms @I64 NOT NULL,
    PRIMARY KEY (conversation_id, person_id)
);

CREATE TABLE presence (                      -- who has a conversation open right now
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    person_id @I64 NOT NULL REFERENCES person (id),
    typing @I64 NOT NULL,
    seen_ms @I64 NOT NULL,                   -- said so last
    PRIMARY KEY (conversation_id, person_id)
);
CREATE INDEX presence_seen ON presence (seen_ms);

-- ---- the way out ----

CREATE TABLE outbox (
    id @ID,                                  -- the id of its message: one reply, one row
    conversation_id @I64 NOT NULL REFERENCES conversation (id),
    channel_id @I64 NOT NULL REFERENCES channel (id),
    state TEXT NOT NULL,                     -- queued sending retry ambiguous sent failed cancelled
    answers_id @I64,                         -- the inbound message it answers; NULL = the conversation as such
    agent_address TEXT NOT NULL DEFAULT '',  -- IP address of the agent, for platforms that ask
    attempts @I64 NOT NULL DEFAULT 0,        -- sends begun
    checks @I64 NOT NULL DEFAULT 0,          -- times its fate was asked about since it became ambiguous
    first_try_ms @I64,
    last_try_ms @I64,
    due_ms @I64,                             -- queued, retry, ambiguous: when to act next
    lease_until_ms @I64,                     -- sending: after this the try counts as interrupted
    error_class TEXT NOT NULL DEFAULT '',    -- a name in channels/outcome.def
    error_code TEXT NOT NULL DEFAULT '',     -- the platform's own
    sent_ms @I64,
    created_ms @I64 NOT NULL,
    updated_ms @I64 NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX outbox_lease ON outbox (lease_until_ms) WHERE lease_until_ms IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_conversation ON outbox (conversation_id, id);

-- ---- the spine ----

CREATE TABLE event (
    seq @SEQ,
    at_ms @I64 NOT NULL,
    kind TEXT NOT NULL,                      -- a name in store/event.def
    conversation_id @I64,
    subject_id @I64,                         -- the row it is about
    person_id @I64,                          -- who did it; NULL = the program or a customer
    data TEXT NOT NULL                       -- JSON, small
);
CREATE INDEX event_conversation ON event (conversation_id, seq);

CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    seq @I64 NOT NULL
);

CREATE TABLE idempotency (                   -- the answer to a POST, so that a second try gets the same
    person_id @I64 NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,                   -- hex SHA-256 of method, path and body
    status @I64 NOT NULL,
    answer @BLOB NOT NULL,                   -- sealed: it may hold a secret that is shown once
    created_ms @I64 NOT NULL,
    PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_created ON idempotency (created_ms);

-- ---- outgoing webhooks (Standard Webhooks) ----

CREATE TABLE hook (
    id @ID,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,                     -- event kinds separated by blanks, or "*"
    secret @BLOB NOT NULL,                   -- sealed
    enabled @I64 NOT NULL DEFAULT 1,
    failing_since_ms @I64,
    disabled_reason TEXT NOT NULL DEFAULT '',
    created_ms @I64 NOT NULL
);

CREATE TABLE delivery (                      -- one event to one hook
    id @ID,
    hook_id @I64 NOT NULL REFERENCES hook (id),
    event_seq @I64 NOT NULL,
    state TEXT NOT NULL,                     -- waiting sending sent failed
    attempts @I64 NOT NULL DEFAULT 0,
    due_ms @I64,
    lease_until_ms @I64,
    status @I64 NOT NULL DEFAULT 0,          -- of the last try
    created_ms @I64 NOT NULL,
    updated_ms @I64 NOT NULL,
    UNIQUE (hook_id, event_seq)
);
CREATE INDEX delivery_due ON delivery (due_ms) WHERE due_ms IS NOT NULL;

-- ---- the sandbox: a platform inside Huiyin ----

CREATE TABLE sandbox_person (
    id @ID,
    channel_id @I64 NOT NULL REFERENCES channel (id),
    handle TEXT NOT NULL,
    followers @I64 NOT NULL DEFAULT 0,
    verified TEXT NOT NULL DEFAULT '',
    is_brand @I64 NOT NULL DEFAULT 0,        -- our own account there
    created_ms @I64 NOT NULL,
    UNIQUE (channel_id, handle)
);

CREATE TABLE sandbox_item (                  -- a post, a comment or a private message
    id @ID,
    channel_id @I64 NOT NULL REFERENCES channel (id),
    person_id @I64 NOT NULL REFERENCES sandbox_person (id),
    parent_id @I64,                          -- what a comment answers
    root_id @I64,                            -- the post it stands under; its own id for a post
    peer_id @I64,                            -- private: the customer the dialogue is with
    kind TEXT NOT NULL,                      -- post comment dm
    text TEXT NOT NULL,
    reposts @I64 NOT NULL DEFAULT 0,
    likes @I64 NOT NULL DEFAULT 0,
    outbox_id @I64 UNIQUE,                   -- delivered by the outbox: once
    client_id TEXT,                          -- made by the writer's page: the same one is taken once
    created_ms @I64 NOT NULL,
    UNIQUE (channel_id, client_id)
);
CREATE INDEX sandbox_item_time ON sandbox_item (channel_id, kind, id);
CREATE INDEX sandbox_item_root ON sandbox_item (root_id, id);
CREATE INDEX sandbox_item_peer ON sandbox_item (channel_id, peer_id, id);

-- ---- web chat: what a visitor's browser resumes from ----

CREATE TABLE webchat_visitor (
    id @ID,
    channel_id @I64 NOT NULL REFERENCES channel (id),
    digest TEXT NOT NULL UNIQUE,             -- hex SHA-256 of the visitor's token
    identity_id @I64 REFERENCES identity (id),
    name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    verified_user TEXT NOT NULL DEFAULT '',  -- the site's own user id, once it was signed
    page TEXT NOT NULL DEFAULT '',
    created_ms @I64 NOT NULL,
    seen_ms @I64 NOT NULL
);
CREATE INDEX webchat_visitor_silent ON webchat_visitor (seen_ms) WHERE identity_id IS NULL;

CREATE TABLE webchat_line (                  -- the visitor's side of a conversation, counted for resuming
    visitor_id @I64 NOT NULL REFERENCES webchat_visitor (id),
    seq @I64 NOT NULL,
    message_id @I64 NOT NULL UNIQUE,
    PRIMARY KEY (visitor_id, seq)
);

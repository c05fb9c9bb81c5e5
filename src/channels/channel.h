/* channel.h - what a connector is.
 *
 *   platform ──push──▶ receive ─┐                       ┌─ send_build ──▶ platform
 *   platform ◀─poll──  poll_*  ─┴─▶ struct channel_post │  send_classify ◀──
 *                                   (inbox takes it in) └─ reconcile_* (was it sent?)
 *
 * A connector is pure: bytes in, structs out. It opens no socket, reads no clock,
 * touches no database and keeps no state; what it must remember between polls is
 * the cursor it hands back. Retries, rate limits, token storage and TLS live once,
 * in inbox/. So every connector is tested from fixtures and fuzzed without a network.
 * All functions may be called from any thread at once.
 *
 * To add one: copy the nearest file, fill a struct channel_kind, name it in
 * registry.c, write docs/channels/KIND.md and tests/unit/KIND_test.c. */
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "base/lang.h"

#include <stdint.h>

/* ---- an account on a platform: one row of table channel, opened ---- */

struct channel_account {
    int64_t id;
    const char *kind;
    const json_t *settings; /* object of strings: every setting of the kind, secret ones opened; absent = default */
};

/* A setting's value, or the default of the kind's table; "" when neither. Borrowed. */
const char *channel_setting(const struct channel_account *account, const char *key);

struct channel_setting_kind {
    const char *key;       /* "app_secret" */
    bool required, secret; /* secret: sealed at rest, never shown again */
    bool generated;        /* made by us when it is not given (shown once) */
    const char *fallback;  /* NULL: none */
    const char *label[LANG_COUNT];
    const char *help[LANG_COUNT];
    char *(*generate)(void); /* of generated ones: makes a value; g_free */
};

/* ---- what comes in ---- */

enum channel_visibility { CHANNEL_PUBLIC, CHANNEL_PRIVATE };

struct channel_author {
    char *native_id;      /* never NULL; on the platform, decimal text where it is a number */
    char *handle;         /* shown name; never NULL; "" = not told (a push): keep the known one, else show native_id */
    int64_t followers;    /* -1 = not told: keep what is known of followers and verified */
    const char *verified; /* "" person organisation media government; static */
    char *avatar_url, *profile_url; /* NULL when unknown */
};

/* One message as the platform told it. Strings are owned; free with channel_post_free. */
struct channel_post {
    char *native_id;        /* dedupe key within the channel; never NULL */
    char *alias_id;         /* another key of the same message, e.g. from a push; NULL when none */
    char *parent_native_id; /* what it answers; NULL = nothing */
    char *root_native_id;   /* the public post it stands under, itself for a post; NULL for private ones */
    const char *kind;       /* static: mention comment reply repost dm review mail chat */
    enum channel_visibility visibility;
    bool own; /* written by our own account: kept with its conversation, opens none */
    struct channel_author author;
    char *text;      /* UTF-8 without NUL; never NULL, may be "" when media is there */
    char *url;       /* of the message on the platform; NULL when none */
    char *media;     /* JSON array of {"type","url","name"}; NULL when none */
    char *counts;    /* JSON object reposts, comments, likes; NULL when unknown */
    char *target;    /* JSON the connector wants back in struct channel_outbound.source; NULL when nothing */
    int64_t sent_ms; /* platform time; 0 = unknown, the receiver's clock is used */
    GBytes *raw;     /* the native bytes this post came from, cut at LIMIT_RAW_PAYLOAD; NULL = the push's body */
};
struct channel_post *channel_post_new(void); /* zeroed, text "" */
void channel_post_free(struct channel_post *post);
typedef struct channel_post channel_post_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(channel_post_auto, channel_post_free)

/* A request that a platform made to us. Everything borrowed. */
struct channel_push {
    const char *method;                                           /* "GET" "POST" */
    const char *(*header)(const void *request, const char *name); /* NULL when absent; any case */
    const char *(*query)(const void *request, const char *name);  /* decoded; NULL when absent */
    const void *request;
    const void *body;
    size_t body_length;
};

/* What to answer, and what came in. channel_receipt_init: status 200, empty body, empty posts.
 * Whether posts were known already only the inbox can tell: when all of them were, it answers
 * duplicate_body instead of body where that is set. */
struct channel_receipt {
    int status;
    char *content_type;   /* NULL = text/plain */
    char *body;           /* g_free; NULL = empty */
    char *duplicate_body; /* g_free; NULL = answer duplicates with body */
    GPtrArray *posts;     /* of struct channel_post *, owned; the answer is given after they are committed */
};
void channel_receipt_init(struct channel_receipt *receipt);
void channel_receipt_clear(struct channel_receipt *receipt);
typedef struct channel_receipt channel_receipt_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(channel_receipt_auto, channel_receipt_clear)

/* ---- HTTP that somebody else does for the connector ---- */

struct channel_request {
    const char *method; /* static */
    char *url;
    GPtrArray *headers; /* of char * "Name: value" */
    GBytes *body;       /* NULL = none */
};
void channel_request_init(struct channel_request *request);
void channel_request_clear(struct channel_request *request);
typedef struct channel_request channel_request_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(channel_request_auto, channel_request_clear)

enum channel_failure {
    CHANNEL_ANSWERED,    /* status and body are there */
    CHANNEL_NOT_REACHED, /* nothing of the request left: refused, no route, name unknown, TLS refused */
    CHANNEL_BROKEN_OFF,  /* the request may have arrived; no whole answer came */
};
struct channel_response {
    enum channel_failure failure;
    int status;
    const char *(*header)(const void *response, const char *name);
    const void *response;
    const void *body; /* not terminated */
    size_t body_length;
};

/* ---- what goes out ---- */

struct channel_outbound {
    int64_t id; /* stable over retries: use it as the idempotency key */
    enum channel_visibility visibility;
    const char *kind; /* of the message it answers */
    const char *text;
    const char *recipient_id; /* native id of the customer */
    const char *recipient_handle;
    const char *parent_native_id; /* the message it answers */
    const char *root_native_id;   /* NULL for private ones */
    const char *source;           /* JSON target of the message it answers; NULL when none */
    const char *agent_address;    /* IP address of the agent, for platforms that ask; "" when unknown */
    int64_t first_try_ms;         /* when its first attempt began */
    int64_t last_try_ms;          /* when its latest attempt began; 0 = the first was the only one */
    int64_t now_ms;               /* when this call is made: for stamps, signatures and what has settled by now */
    int64_t answers_ms;           /* platform time of the message it answers */
    const char *look_from;        /* of reconcile_*: the look_on of the page before; NULL = the newest page */
};

enum channel_fate {
#define OUTCOME(name, ...) CHANNEL_##name,
#include "channels/outcome.def"
#undef OUTCOME
    CHANNEL_FATE_COUNT
};
enum channel_step { CHANNEL_STEP_SENT, CHANNEL_STEP_RETRY, CHANNEL_STEP_WAIT, CHANNEL_STEP_FAIL, CHANNEL_STEP_ASK };

struct channel_outcome {
    enum channel_fate fate;
    int64_t wait_ms;   /* RATE_LIMITED: for so long; 0 = unknown */
    char *native_id;   /* OK: what the platform calls it; NULL when it does not say */
    char *native_code; /* the platform's own error code; NULL when none */
    char *look_on;     /* reconcile_read, AMBIGUOUS: not among these, and older ones are listed from here; or NULL */
};
void channel_outcome_clear(struct channel_outcome *outcome);

const char *channel_fate_name(enum channel_fate fate);
enum channel_fate channel_fate_parse(const char *name); /* unknown names: CHANNEL_BAD_REQUEST */
enum channel_step channel_fate_step(enum channel_fate fate);
const char *channel_fate_text(enum channel_fate fate, enum lang lang);

/* How long a text is by the platform's own count. Halves count up. */
struct channel_length {
    int used, limit; /* limit 0 = none */
};

/* ---- the connector ---- */

enum channel_capability {
    CHANNEL_CAN_READ_PUBLIC = 1 << 0,
    CHANNEL_CAN_READ_PRIVATE = 1 << 1,
    CHANNEL_CAN_REPLY_PUBLIC = 1 << 2,
    CHANNEL_CAN_REPLY_PRIVATE = 1 << 3,
    CHANNEL_CAN_PUSH = 1 << 4, /* has POST /hooks/{id} */
    CHANNEL_CAN_POLL = 1 << 5,
    CHANNEL_IS_LOCAL = 1 << 6,   /* delivered inside Huiyin, in the outbox's own transaction: no send_build */
    CHANNEL_SCOPED_IDS = 1 << 7, /* people's ids hold for this one channel only */
};

struct channel_kind {
    const char *kind;
    const char *label[LANG_COUNT];
    unsigned capabilities;
    const struct channel_setting_kind *settings; /* ends with key NULL */

    /* Checks values that cannot be right (an empty secret, a URL that is none) before they are saved.
     * BAD_VALUE naming the key. NULL: nothing to check beyond "required". */
    bool (*check_settings)(const struct channel_account *account, GError **error);

    /* A platform's GET or POST: verify over the raw bytes, parse, fill the receipt. now_ms for stale stamps.
     * Errors: BAD_SIGNATURE, STALE (401); BAD_REQUEST, MISSING, BAD_VALUE, TOO_LONG (400, field named).
     * A true with no posts is fine (a handshake, an event nobody needs). NULL: not pushed. */
    bool (*receive)(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                    struct channel_receipt *receipt, GError **error);

    /* Polling. cursor is JSON, "{}" at first. poll_build fills the next request of this round, or returns
     * false without error when the round is over; then *wait_ms says when the next round begins. first: this
     * call begins a round, so a cursor that says "over" starts anew and one cut short goes on where it was.
     * poll_parse reads an answer, appends to posts and sets *next_cursor (g_free), which is saved in the
     * transaction that takes the posts in. An outcome other than OK in *outcome ends the round; *next_cursor
     * is saved then too, where it is set. */
    bool (*poll_build)(const struct channel_account *account, const char *cursor, bool first,
                       struct channel_request *request, int64_t *wait_ms, GError **error);
    bool (*poll_parse)(const struct channel_account *account, const char *cursor,
                       const struct channel_response *response, GPtrArray *posts, char **next_cursor,
                       struct channel_outcome *outcome, GError **error);

    /* The stricter of the platform's counters. NULL: no limit. */
    struct channel_length (*measure)(const struct channel_account *account, enum channel_visibility visibility,
                                     const char *text);
    const char *counter; /* how measure counts, for the composer: chars weibo bytes none; NULL = none */

    /* The key of a setting (no secret) that is empty and without which nothing can be sent; NULL = none. NULL: never.
     */
    const char *(*reply_gap)(const struct channel_account *account);

    /* When the reply window of a private (or mention) answer closes, in ms UTC; INT64_MAX = never. NULL: never. */
    int64_t (*window_ends_ms)(const struct channel_account *account, const char *kind,
                              enum channel_visibility visibility, int64_t last_inbound_ms);

    bool (*send_build)(const struct channel_account *account, const struct channel_outbound *outbound,
                       struct channel_request *request, GError **error);
    /* Never fails: what is not understood is TRANSIENT before the request left and AMBIGUOUS after it,
     * unless the kind's requests carry an idempotency key. outcome's strings are the caller's to clear. */
    void (*send_classify)(const struct channel_account *account, const struct channel_outbound *outbound,
                          const struct channel_response *response, struct channel_outcome *outcome);

    /* For fates that must be asked about: list our own messages and look for this one. Sets OK (found),
     * TRANSIENT (certainly not there: may be sent again), AMBIGUOUS (could not tell; asked again later, or at once
     * with look_on where the list goes on).
     * NULL, or reconcile_build failing with NOT_SUPPORTED: cannot be looked for; the outbox goes to UNCONFIRMED. */
    bool (*reconcile_build)(const struct channel_account *account, const struct channel_outbound *outbound,
                            struct channel_request *request, GError **error);
    void (*reconcile_read)(const struct channel_account *account, const struct channel_outbound *outbound,
                           const struct channel_response *response, struct channel_outcome *outcome);

    /* A harmless call that shows whether the credentials work ("channel test"). NULL: nothing to call. */
    bool (*probe_build)(const struct channel_account *account, int64_t now_ms, struct channel_request *request,
                        GError **error);
    void (*probe_read)(const struct channel_account *account, const struct channel_response *response,
                       struct channel_outcome *outcome);

    /* The least time between two sends on one channel, in ms; 0 = none. NULL: none. */
    int64_t (*send_interval_ms)(const struct channel_account *account);
};

/* registry.c: every kind, ends with NULL. */
extern const struct channel_kind *const CHANNEL_KINDS[];
const struct channel_kind *channel_kind_find(const char *kind); /* NULL when unknown */

/* Fills gaps with defaults and generated values, refuses unknown, missing and unusable ones
 * (UNKNOWN_FIELD, MISSING, BAD_VALUE naming the key). settings is changed in place. */
bool channel_settings_complete(const struct channel_kind *kind, json_t *settings, GError **error);

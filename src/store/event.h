/* event.h - the spine: every change appends an event in its own transaction.
 *
 * Whatever reacts to changes reads the log behind its own cursor. Sequence numbers rise in the order of
 * commits, on both databases (one writer), so "seq > cursor" misses nothing. */
#pragma once
#include "store/store.h"

enum event_kind {
#define EVENT(name, ...) EVENT_##name,
#include "store/event.def"
#undef EVENT
    EVENT_KIND_COUNT
};

const char *event_kind_name(enum event_kind kind); /* "message.received" */
bool event_kind_parse(const char *name, enum event_kind *kind);

struct event {
    int64_t seq; /* filled by reading */
    int64_t at_ms;
    enum event_kind kind;
    int64_t conversation_id, subject_id, person_id; /* 0 = none */
    const char *data;                               /* JSON object; NULL = {} */
};

/* The JSON of shape Event. g_free. */
char *event_format(const struct event *event);

/* Inside a writing transaction. */
bool event_append(struct tx *tx, const struct event *event, GError **error);

/* The seq of the last event; 0 when there is none. */
bool event_last_seq(struct tx *tx, int64_t *seq, GError **error);

/* The seq of the oldest event still kept; 0 when there is none. */
bool event_first_seq(struct tx *tx, int64_t *seq, GError **error);

/* Up to limit events after seq, in order; *out: GArray of struct event, data and array owned (g_array_unref), also
 * after a failure. Kinds that only a newer program knows are passed over: fewer than limit means that there are no
 * more. */
bool event_read(struct tx *tx, int64_t after_seq, int64_t limit, GArray **out, GError **error);

/* A follower's cursor: 0 when it has none yet. Saving inside the transaction that did the work = once, exactly. */
bool event_cursor_load(struct tx *tx, const char *follower, int64_t *seq, GError **error);
bool event_cursor_save(struct tx *tx, const char *follower, int64_t seq, GError **error);

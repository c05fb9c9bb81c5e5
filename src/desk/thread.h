/* thread.h - the messages of a conversation, in pages. */
#pragma once
#include "base/lang.h"
#include "base/writer.h"
#include "store/store.h"

/* Where a page ends: messages before this one. */
struct thread_place {
    int64_t sent_ms, id;
};

/* The newest messages before place (NULL = the newest of all), at most limit, in order of time, as objects of shape
 * Message into an open array. *more: there are older ones, and next is their place. NOT_FOUND. */
bool thread_list(struct tx *tx, int64_t conversation_id, const struct thread_place *place, int64_t limit,
                 enum lang lang, struct writer *out, struct thread_place *next, bool *more, GError **error);

/* What happened to a conversation beside its messages, newest first, as objects of shape Event into an open array: that
 * it began, and what colleagues made of it. Only changes that a person understands: no counters, no due times alone.
 * before_seq 0 = from the newest. *last_seq: where the next page begins, 0 = this was the last. NOT_FOUND. */
bool thread_events(struct tx *tx, int64_t conversation_id, int64_t before_seq, int64_t limit, struct writer *out,
                   int64_t *last_seq, GError **error);

/* The place of a message. BAD_VALUE naming before: it is none of this conversation. */
bool thread_place(struct tx *tx, int64_t conversation_id, int64_t message_id, struct thread_place *place,
                  GError **error);

/* What the platform said when it delivered a message, to the letter. NOT_FOUND: not kept, or not inbound. */
bool thread_payload(struct tx *tx, int64_t message_id, GBytes **body, GError **error);

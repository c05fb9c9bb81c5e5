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

/* The place of a message. BAD_VALUE naming before: it is none of this conversation. */
bool thread_place(struct tx *tx, int64_t conversation_id, int64_t message_id, struct thread_place *place,
                  GError **error);

/* What the platform said when it delivered a message, to the letter. NOT_FOUND: not kept, or not inbound. */
bool thread_payload(struct tx *tx, int64_t message_id, GBytes **body, GError **error);

/* draft.h - what somebody has begun to write in a conversation: one a person, kept on the server. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* Shape Draft, or null when there is none. */
bool draft_show(struct tx *tx, int64_t conversation_id, int64_t person_id, struct writer *out, GError **error);

/* Keeps the actor's draft; an empty text removes it. visibility: public private internal. NOT_FOUND, TOO_LONG naming
 * text, BAD_VALUE naming visibility. */
bool draft_save(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                const char *visibility, const char *text, GError **error);

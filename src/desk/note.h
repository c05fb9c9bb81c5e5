/* note.h - what colleagues tell each other inside a conversation; the customer never sees it.
 * A note is a message with visibility internal. Whom it names gets it in "mentions". */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* mentions: GArray of int64_t person ids, NULL = none; those written @login in the text are found as well.
 * *message_id: the note. NOT_FOUND; EMPTY, TOO_LONG naming text; BAD_VALUE naming mentions (nobody active of that id);
 * TOO_LONG naming mentions (more than LIMIT_MENTIONS in all). */
bool note_add(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id, const char *text,
              const GArray *mentions, int64_t *message_id, GError **error);

/* Objects of shape Mention into an open array, newest first, below before_id (0 = from the newest). *last_id: the last
 * one written when there are more, else 0. */
bool note_mentions(struct tx *tx, const struct actor *actor, int64_t before_id, int64_t limit, struct writer *out,
                   int64_t *last_id, GError **error);

/* The actor has seen them all. */
bool note_mentions_seen(struct tx *tx, const struct actor *actor, int64_t now_ms, GError **error);

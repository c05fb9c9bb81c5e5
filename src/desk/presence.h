/* presence.h - who has a conversation open and who is typing in it.
 *
 *   console, every 15 s ──presence_set──▶ table presence ──presence.changed (only when the set changes)──▶ live
 *   housekeeping ──presence_expire──▶ those who left without a word
 *
 * Somebody who has said nothing for PRESENCE_TIME_MS has left. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

#define PRESENCE_TIME_MS INT64_C(40000)

/* The actor has it open (and types), or closed it. NOT_FOUND. */
bool presence_set(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id, bool open,
                  bool typing, GError **error);

/* Forgets who left without a word, in at most limit conversations, and says so. *count: conversations. */
bool presence_expire(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *count, GError **error);

/* A list of shape Viewer, without one person (0 = with everybody). */
bool presence_show(struct tx *tx, int64_t conversation_id, int64_t now_ms, int64_t without_id, struct writer *out,
                   GError **error);

/* search.h - messages found by their words, newest first.
 *
 *   q ──search_query_parse──▶ the index (search_index_find) + what it has not reached yet (the log's tail) ──▶ a page
 *
 * The index is a file of its own that follows the log; between its place and the end of the log the messages are read
 * and looked through one by one, so that what came in a moment ago is found. While the index is being made anew only
 * the newest SEARCH_TAIL of them are.
 *
 * These run inside a reading transaction and look into the index from there: it takes no lock the store could wait
 * for. index may be NULL: then the tail is all there is. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/search_index.h"
#include "store/store.h"

#define SEARCH_TAIL 5000

/* Objects of shape SearchHit into an open array: at most limit, below before_id (0 = from the newest), of one channel
 * (0 = of any). *last_id: where to go on, 0 = that was all. EMPTY naming q: not a word in it; TOO_LONG naming q. */
bool search_messages(struct tx *tx, struct search_index *index, const struct actor *actor, const char *q,
                     int64_t channel_id, int64_t before_id, int64_t limit, struct writer *out, int64_t *last_id,
                     GError **error);

/* The conversations of the newest limit messages found, each once; *ids of int64_t, g_array_unref. For
 * conversation_filter.among. */
bool search_conversations(struct tx *tx, struct search_index *index, const char *q, int64_t limit, GArray **ids,
                          GError **error);

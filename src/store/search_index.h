/* search_index.h - the full-text index of messages: a file of its own beside the database.
 *
 *   event log ──follower, in batches──▶ search_index_add ──▶ DIR/search.db ◀── search_index_find ── desk
 *
 * It is derived data: whatever happens to it, it can be made again from the log. So the batch and the place in the
 * log it reaches (upto) are saved in one transaction, and a file that is missing, damaged or of another format is
 * replaced by an empty one with upto 0; the follower then starts again. What the index has not reached yet is the
 * caller's to scan with search_query_matches.
 *
 * FTS5 without content (ids only), tokens of tokenizer.h. Adding 10,000 posts takes about a second and may now and
 * then stall for a merge: it belongs on the follower's thread, never on an HTTP thread. Any number of threads may
 * find at once, while another adds. Errors: STORE_FULL, STORE_GONE, BUSY (once, when a damaged file was replaced). */
#pragma once
#include "base/error.h"
#include "store/search_query.h"

#include <stddef.h>
#include <stdint.h>

struct search_index;

/* Opens or makes the file at path. Fails only when no file can be made there. Free with search_index_close. */
struct search_index *search_index_open(const char *path, GError **error);
void search_index_close(struct search_index *index);
typedef struct search_index search_index_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(search_index_auto, search_index_close) /* g_autoptr(search_index_auto) */

struct search_document {
    int64_t id;       /* of the message; each is added once */
    const char *text; /* as it was written; folding is the index's business */
};

/* Adds documents and sets upto, both or neither. Ids of a batch in any order. count may be 0. */
bool search_index_add(struct search_index *index, const struct search_document *documents, size_t count, int64_t upto,
                      GError **error);

/* The place in the log that the index has reached; 0 for a new one. */
bool search_index_upto(struct search_index *index, int64_t *upto, GError **error);

/* Ids of messages that match, the newest (largest) first: at most limit of those below before_id (0 = from the
 * newest on). *upto, when not NULL, is what the index had reached in the very state that was searched: scan from
 * there on and nothing is missed or seen twice. *ids of int64_t, g_array_unref. */
bool search_index_find(struct search_index *index, const struct search_query *query, int64_t before_id, size_t limit,
                       GArray **ids, int64_t *upto, GError **error);

/* Messages that must never be found again (erasure). Their tokens stay in the file, unreadable as text, until the
 * index is made again. */
bool search_index_forget(struct search_index *index, const int64_t *ids, size_t count, GError **error);

/* Empties the index and sets upto to 0: the next batches make it again. Waits for searches that run. */
bool search_index_reset(struct search_index *index, GError **error);

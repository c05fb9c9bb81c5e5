/* follower.h - what walks behind the event log in every process: the opened channels and the search index.
 *
 *   event log ──channel.changed──▶ accounts_reload
 *             ──messages, notes──▶ search_index_add (its own file, its own place in the log)
 *
 * Both belong to the process, not to the database, so their places are not in table follower: the accounts are read
 * whole at the start, the index keeps its place in its own file. An index that is new, was
 * lost, or has a place that the log does not hold (a restored database, a purged log) is made from all messages in
 * one snapshot, then goes on with the log. */
#pragma once
#include "base/clock.h"
#include "inbox/account.h"
#include "store/search_index.h"

struct follower;

struct follower_options { /* all borrowed */
    struct store *store;
    struct accounts *accounts;
    struct search_index *search; /* NULL: none */
    const struct clock *clock;
};
struct follower *follower_new(const struct follower_options *options);
void follower_free(struct follower *follower); /* ends the threads */
void follower_start(struct follower *follower);
void follower_wake(void *follower); /* its type fits wake_add */

/* One round each, for tests; the threads run these. */
bool follower_accounts(void *follower, int64_t *next_ms, GError **error);
bool follower_search(void *follower, int64_t *next_ms, GError **error);

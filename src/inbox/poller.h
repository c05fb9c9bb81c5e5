/* poller.h - asks the platforms that do not push.
 *
 *   channel.poll_due_ms ──claim (lease)──▶ poll_build ──▶ platform ──▶ poll_parse ──▶ posts and cursor, one transaction
 *                                             ▲                                           │
 *                                             └───────────── next page of the round ──────┘
 *
 * The cursor moves in the transaction that takes the posts in: after a crash a page is asked for again, and what it
 * held is known. While a round runs, poll_due_ms is its lease; saving with another's lease in place fails, so two
 * processes never move one cursor. Trouble ends the round, is shown on the channel, and the next one waits: 30 s
 * doubling to 15 min, or as long as the platform asked for.
 *
 * Threads: a worker begins calls, answers arrive on the client's thread, pages are saved on the store's writer. */
#pragma once
#include "base/clock.h"
#include "inbox/account.h"
#include "inbox/exchange.h"
#include "understanding/assess_current.h"

struct poller;

struct poller_options { /* all borrowed for the life of the poller */
    struct store *store;
    struct accounts *accounts;
    struct assess_current *assess;
    const struct clock *clock;
    exchange_send send; /* client_send */
    struct client *client;
};
struct poller *poller_new(const struct poller_options *options);
void poller_start(struct poller *poller);
/* No more calls begin; those under way are cut short by freeing the client. */
void poller_stop(struct poller *poller);
/* Stops it when it still runs, and waits for what is under way. Nobody wakes it any more. */
void poller_free(struct poller *poller);
void poller_wake(void *poller); /* a channel may be due; its type fits wake_add */

/* One round of the thread, for tests. */
bool poller_step(void *poller, int64_t *next_ms, GError **error);

#define POLLER_LEASE_MS CLOCK_MINUTE_MS
#define POLLER_PAGES 100 /* of one round; then others have their turn */

/* outbox.h - the sender: rows of table outbox become calls to platforms, each reply at most once.
 *
 *   reply ──row──▶ outbox_step: claim (lease, committed) ──▶ send ──▶ classify ──▶ record (committed)
 *                                  ▲                                        │
 *                                  └── retry · ambiguous: asked about ──────┘
 *
 * The two places a crash can strike:
 *   claimed, not sent     the lease runs out; nobody can know that nothing left, so the try counts as broken off
 *   sent, not recorded    the same
 * What a broken-off try means the connector says (send_classify): a kind whose requests carry an idempotency key sends
 * again; of all others the platform is asked first (reconcile_*), with growing pauses, and when it cannot tell, a
 * person looks ("unconfirmed"). Nothing is ever sent again blindly. What a platform calls a repeat of an earlier text
 * is looked for as well; when it is not there, the same words are not tried again ("repeated_content"). After a day of
 * tries none of which can have arrived, the reply is "never_sent".
 *
 * Order within a conversation is kept: a later reply waits for an earlier one, a failed one does not hold it up.
 * Channels with CHANNEL_IS_LOCAL are delivered in the claiming transaction. Claims happen inside write transactions,
 * which all processes on a database take in turns, so two senders never hold the same row.
 *
 * Threads: one of its own (outbox_start); answers arrive on the client's, records on the store's writer. */
#pragma once
#include "base/clock.h"
#include "inbox/account.h"
#include "inbox/exchange.h"
#include "inbox/outbox_tx.h"

struct outbox;

struct outbox_options { /* all borrowed for the life of the sender */
    struct store *store;
    struct accounts *accounts;
    const struct clock *clock;
    exchange_send send; /* client_send */
    struct client *client;
};
struct outbox *outbox_new(const struct outbox_options *options);
/* No more calls begin. Those under way go on: freeing the client cuts them short. */
void outbox_stop(struct outbox *outbox);
/* Stops it when it still runs, and waits until every call has been answered and recorded. Nobody wakes it any more. */
void outbox_free(struct outbox *outbox);

/* Before outbox_start, and only where no other process can be at work on this database: what a process that is gone had
 * under way is asked about now rather than when its lease has run out. */
bool outbox_recover(struct outbox *outbox, GError **error);

void outbox_start(struct outbox *outbox);
/* Something may be due. Cheap, any thread; its type fits wake_add. */
void outbox_wake(void *outbox);

/* One round: claims what is due, begins the calls. *next_ms: when there is more to do (INT64_MAX = nothing waits).
 * The thread runs this; tests call it themselves. Errors: the store's. */
bool outbox_step(struct outbox *outbox, int64_t *next_ms, GError **error);

#define OUTBOX_LEASE_MS (60 * CLOCK_SECOND_MS)
#define OUTBOX_GIVE_UP_MS CLOCK_DAY_MS /* of retries, from the first try */
#define OUTBOX_CHECKS 6                /* times a platform is asked whether it has a reply */
#define OUTBOX_LOOK_PAGES 10           /* of a platform's list of our own messages, in one such question */

/* The pause after a number of tries: 1 s doubling to 10 min, each ± a fifth. */
int64_t outbox_pause_ms(int64_t attempts);
/* The pause before the next question after a number of them. */
int64_t outbox_check_pause_ms(int64_t checks);

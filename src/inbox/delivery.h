/* delivery.h - outgoing webhooks: the event log, told to the addresses that asked for it.
 *
 *   event log ──delivery_follow──▶ rows of table delivery (with the follower's cursor, one transaction)
 *             ──delivery_send────▶ POST, signed by Standard Webhooks ──▶ sent | again later | failed
 *
 * At least once, under the same webhook-id on every try. 2xx is success, a redirect is not. Tries are spread over
 * three days; 410 switches the hook off at once, five days of failure do as well. Addresses that are not public are
 * refused by the client's guard. What was made before a hook existed is not told to it.
 *
 * Threads: a worker; answers arrive on the client's thread, results are recorded on the store's writer. */
#pragma once
#include "base/clock.h"
#include "base/secret.h"
#include "inbox/exchange.h"
#include "store/store.h"

struct delivery;

struct delivery_options { /* all borrowed */
    struct store *store;
    const struct secret *secret;
    const struct clock *clock;
    exchange_send send; /* client_send */
    struct client *client;
};
struct delivery *delivery_new(const struct delivery_options *options);
/* As outbox_recover: what a process that is gone had under way is told again now, under the same id. */
bool delivery_recover(struct delivery *delivery, GError **error);
void delivery_start(struct delivery *delivery);
void delivery_stop(struct delivery *delivery); /* no more calls begin: then free the client */
void delivery_free(struct delivery *delivery); /* waits for what is under way; nobody wakes it any more */
void delivery_wake(void *delivery);            /* its type fits wake_add */

/* One round of the thread, for tests: follows the log, then begins what is due. */
bool delivery_step(void *delivery, int64_t *next_ms, GError **error);

#define DELIVERY_LEASE_MS CLOCK_MINUTE_MS
#define DELIVERY_TRIES 10
#define DELIVERY_OFF_MS (5 * CLOCK_DAY_MS) /* of failure: the hook is switched off */

/* The pause after a number of tries, without jitter. */
int64_t delivery_pause_ms(int64_t attempts);

/* housekeeping.h - what happens by the clock alone.
 *
 *   at its time        snoozed conversations come back
 *   every 20 s         who left without a word is no longer shown as present
 *   every few minutes  what is over goes: sessions and failed sign-ins, idempotency keys (7 days), raw payloads
 *                      (90 days), the log of deliveries (30 days), web chat visitors who never wrote (30 days),
 *                      events (30 days, and only what every follower has passed)
 *
 *   a step back        when the clock was set back by more than a minute, what was put off by the old time is pulled
 * in, so that nothing waits for hours that have been lived already
 *
 * Each step takes a few rows and one short transaction, and goes on at once while there is more. Several processes on
 * one database may do it side by side: what one has done the other finds done. Threads: a worker of its own. */
#pragma once
#include "base/clock.h"
#include "store/store.h"

struct housekeeping;

struct housekeeping *housekeeping_new(struct store *store, const struct clock *clock); /* both borrowed */
void housekeeping_free(struct housekeeping *keeping);
void housekeeping_start(struct housekeeping *keeping);
void housekeeping_wake(void *keeping); /* something may have been snoozed; its type fits wake_add */

/* One round of the thread, for tests. */
bool housekeeping_step(void *keeping, int64_t *next_ms, GError **error);

/* worker.h - a thread that works when it is woken, or when it is time.
 *
 *   wake_all ──▶ worker_wake ──▶ [thread: work(data)] ──▶ sleeps until woken, or until what work asked for
 *
 * The followers of the event log, the poller, the deliveries and the timers each are one. */
#pragma once
#include "base/clock.h"
#include "base/error.h"

struct worker;

/* Does what is due and says when there is more: INT64_MAX = when woken, a time that has passed = at once. After an
 * error, which is logged, it is called again in a second. */
typedef bool (*worker_job)(void *data, int64_t *next_ms, GError **error);

/* rest_ms: the least pause between two rounds, so that many wakings become one. name is static. */
struct worker *worker_new(const char *name, const struct clock *clock, int64_t rest_ms, worker_job job, void *data);
void worker_start(struct worker *worker);
void worker_wake(void *worker); /* cheap, any thread; its type fits wake_add */
/* From now on worker_is_stopping; does not wait. */
void worker_begin_stop(struct worker *worker);
/* Waits for the round under way. worker_wake may still be called. */
void worker_stop(struct worker *worker);
bool worker_is_stopping(struct worker *worker); /* for long rounds */
void worker_free(struct worker *worker);        /* stops it when it still runs */

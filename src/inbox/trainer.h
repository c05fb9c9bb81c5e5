/* trainer.h - learns again: every night what was labelled since, and at once what somebody asks for.
 *
 *   training_run (asked for, or the night) ──lease──▶ lesson_read ──▶ lesson_learn (minutes at most) ──▶ lesson_keep
 *                                                        progress, cancel: every two seconds
 *
 * Of all processes on a database one trains at a time: it has the lease of table trainer and renews it while it works.
 * One that was killed loses it after a minute; what it was at is then "interrupted". Whatever ends a training, the
 * model in use stays as it was: only lesson_keep's transaction changes it. Threads: a worker of its own, two while it
 * learns on machines that have them. */
#pragma once
#include "base/clock.h"
#include "store/store.h"

#include <glib.h>

struct trainer;

/* Borrowed. train_at: "03:30" by the machine's clock, "" = never by itself. */
struct trainer *trainer_new(struct store *store, const struct clock *clock, const char *train_at);
void trainer_free(struct trainer *trainer); /* cancels what it is at */
void trainer_start(struct trainer *trainer);
void trainer_wake(void *trainer); /* its type fits wake_add */

/* One round of the thread, for tests: at most one training. */
bool trainer_step(void *trainer, int64_t *next_ms, GError **error);

/* The last moment at or before now when the clock of that zone stood at minute (of the day). Pure. */
int64_t trainer_last_night(int64_t now_ms, int minute, GTimeZone *zone);

/* judge.h - keeps the set that judges messages (assess_current.h) the one the team taught.
 *
 *   event log ──understanding.changed──▶ parts_read ──▶ parts_assess (aside) ──▶ assess_current_swap
 *   rule hits of messages taken in ──rule_counts──▶ the store, every ten seconds
 *
 * Each process has one: whoever changed something, here or on another node, its set follows within half a second.
 * While a new set is made, and when it cannot be made, the one before goes on judging. Threads: a worker of its own. */
#pragma once
#include "base/clock.h"
#include "store/store.h"
#include "understanding/assess_current.h"
#include "understanding/model.h"

struct judge;

/* All borrowed. */
struct judge *judge_new(struct store *store, struct assess_current *current, const struct clock *clock);
void judge_free(struct judge *judge); /* ends the thread; keeps the hits that were counted last */

/* Reads what is there now and swaps it in, for the start of the program; blocks. */
bool judge_load(struct judge *judge, GError **error);
void judge_start(struct judge *judge);
void judge_wake(void *judge); /* its type fits wake_add */

/* The models in use; NULL before judge_load. model_set_unref. Any thread. */
struct model_set *judge_models(struct judge *judge);

/* One round of the thread, for tests. */
bool judge_step(void *judge, int64_t *next_ms, GError **error);

/* scenario.h - the demonstration's customers: they write on the sandbox over minutes, and react to what they are told.
 *
 *   data/demo ──▶ [one thread] ──POST /sandbox/ID/items──▶ the running server
 *                      ▲                                        │
 *                      └────── what the brands wrote ───────────┘
 *
 * Each line goes out under its own client_id, so a demonstration that is started again on the same data writes
 * nothing twice. */
#pragma once
#include "store/store.h"

struct scenario_stage {
    int64_t luma, norbay; /* their sandbox channels */
};

struct scenario;

/* Reads the lines; starts no thread. speed: 2 = twice as fast. */
struct scenario *scenario_new(const struct scenario_stage *stage, double speed, GError **error);
/* Begins; a failure is logged. store is borrowed until scenario_free, url is copied. */
void scenario_begin(struct scenario *scenario, struct store *store, const char *url);
/* Ends the thread, where there is one: within the time of one request. */
void scenario_free(struct scenario *scenario);

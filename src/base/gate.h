/* gate.h - so many at one time, a few more wait a little, the rest is told that we are busy.
 *
 * For work that is dear in memory or in time (checking passwords, calls that somebody waits for). Any thread. */
#pragma once
#include "base/error.h"

#include <stdint.h>

struct gate {
    GMutex lock;
    GCond left;
    const char *what; /* static, for the error: "passwords being checked" */
    unsigned most, most_waiting;
    unsigned inside, waiting;
};

void gate_init(struct gate *gate, const char *what, unsigned most, unsigned most_waiting);
void gate_clear(struct gate *gate);

/* Blocks up to wait_ms for room. BUSY: there was none, or too many wait already. Then gate_leave. */
bool gate_enter(struct gate *gate, int64_t wait_ms, GError **error);
void gate_leave(struct gate *gate);

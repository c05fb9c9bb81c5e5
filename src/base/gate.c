#include "base/gate.h"

void gate_init(struct gate *gate, const char *what, unsigned most, unsigned most_waiting)
{
    *gate = (struct gate){.what = what, .most = most, .most_waiting = most_waiting};
    g_mutex_init(&gate->lock);
    g_cond_init(&gate->left);
}

void gate_clear(struct gate *gate)
{
    g_mutex_clear(&gate->lock);
    g_cond_clear(&gate->left);
}

bool gate_enter(struct gate *gate, int64_t wait_ms, GError **error)
{
    int64_t until_us = g_get_monotonic_time() + wait_ms * 1000;
    g_mutex_lock(&gate->lock);
    if (gate->inside >= gate->most && gate->waiting < gate->most_waiting) {
        gate->waiting++;
        while (gate->inside >= gate->most && g_cond_wait_until(&gate->left, &gate->lock, until_us)) {
        }
        gate->waiting--;
    }
    bool room = gate->inside < gate->most;
    gate->inside += room;
    unsigned waiting = gate->waiting;
    g_mutex_unlock(&gate->lock);
    if (!room)
        error_set(error, HY_ERROR_BUSY, NULL, "%u %s, %u more wait", gate->most, gate->what, waiting);
    return room;
}

void gate_leave(struct gate *gate)
{
    g_mutex_lock(&gate->lock);
    gate->inside--;
    g_cond_signal(&gate->left);
    g_mutex_unlock(&gate->lock);
}

#include "inbox/worker.h"

#include "base/log.h"

#define LONGEST_MS (30 * CLOCK_SECOND_MS) /* other processes may have left something behind */

struct worker {
    const char *name;
    const struct clock *clock;
    int64_t rest_ms;
    worker_job job;
    void *data;
    GMutex lock;
    GCond changed;
    bool woken, stopping;
    GThread *thread;
};

struct worker *worker_new(const char *name, const struct clock *clock, int64_t rest_ms, worker_job job, void *data)
{
    struct worker *worker = g_new0(struct worker, 1);
    *worker = (struct worker){.name = name, .clock = clock, .rest_ms = rest_ms, .job = job, .data = data};
    g_mutex_init(&worker->lock);
    g_cond_init(&worker->changed);
    return worker;
}

/* Locked. Until the pause is over; when it may be cut short, until woken. */
static void pause_for(struct worker *worker, int64_t pause_ms, bool until_woken)
{
    int64_t until = g_get_monotonic_time() + pause_ms * 1000;
    while (!worker->stopping && !(until_woken && worker->woken) &&
           g_cond_wait_until(&worker->changed, &worker->lock, until)) {
    }
}

static int64_t one_round(struct worker *worker)
{
    g_autoptr(GError) error = NULL;
    int64_t next_ms = INT64_MAX;
    if (!worker->job(worker->data, &next_ms, &error)) {
        log_failure(worker->name, error);
        return CLOCK_SECOND_MS;
    }
    int64_t now_ms = clock_now_ms(worker->clock);
    return next_ms <= now_ms ? 0 : MIN(next_ms - now_ms, LONGEST_MS);
}

static void *worker_main(void *data)
{
    struct worker *worker = data;
    g_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        worker->woken = false;
        g_mutex_unlock(&worker->lock);
        int64_t pause_ms = one_round(worker);
        g_mutex_lock(&worker->lock);
        pause_for(worker, worker->rest_ms, false);
        if (pause_ms > worker->rest_ms)
            pause_for(worker, pause_ms - worker->rest_ms, true);
    }
    g_mutex_unlock(&worker->lock);
    return NULL;
}

void worker_start(struct worker *worker)
{
    worker->thread = g_thread_new(worker->name, worker_main, worker);
}

void worker_wake(void *data)
{
    struct worker *worker = data;
    g_mutex_lock(&worker->lock);
    worker->woken = true;
    g_cond_broadcast(&worker->changed);
    g_mutex_unlock(&worker->lock);
}

void worker_begin_stop(struct worker *worker)
{
    g_mutex_lock(&worker->lock);
    worker->stopping = true;
    g_cond_broadcast(&worker->changed);
    g_mutex_unlock(&worker->lock);
}

void worker_stop(struct worker *worker)
{
    worker_begin_stop(worker);
    if (worker->thread != NULL)
        g_thread_join(g_steal_pointer(&worker->thread));
}

bool worker_is_stopping(struct worker *worker)
{
    g_mutex_lock(&worker->lock);
    bool stopping = worker->stopping;
    g_mutex_unlock(&worker->lock);
    return stopping;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    worker_stop(worker);
    g_mutex_clear(&worker->lock);
    g_cond_clear(&worker->changed);
    g_free(worker);
}

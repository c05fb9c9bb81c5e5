#include "inbox/housekeeping.h"

#include "base/log.h"
#include "desk/conversation.h"
#include "desk/presence.h"
#include "desk/session.h"
#include "inbox/worker.h"
#include "store/queries.h"

#include <string.h>

#define ROWS 500 /* of one step */
#define REST_MS 200
#define BACK_MS CLOCK_MINUTE_MS /* a step back that is worth a look */
#define LOCKED_MS (15 * CLOCK_MINUTE_MS)

/* One kind of work: done = rows it changed; as many as ROWS means there may be more. */
typedef bool (*chore_work)(struct tx *tx, int64_t now_ms, int64_t *done, GError **error);

static bool wake_snoozed(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return conversation_wake(tx, now_ms, ROWS, done, error);
}

static bool expire_presence(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return presence_expire(tx, now_ms, ROWS, done, error);
}

static bool purge_sessions(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return session_purge(tx, now_ms, ROWS, done, error);
}

static bool purge_keys(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return q_idempotency_purge(tx, done, error, now_ms - 7 * CLOCK_DAY_MS, ROWS);
}

static bool purge_payloads(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return q_housekeeping_payload_purge(tx, done, error, now_ms - 90 * CLOCK_DAY_MS, ROWS);
}

static bool purge_deliveries(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return q_delivery_purge(tx, done, error, now_ms - 30 * CLOCK_DAY_MS, ROWS);
}

static bool purge_visitors(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return q_housekeeping_visitor_purge(tx, done, error, now_ms - 30 * CLOCK_DAY_MS, ROWS);
}

static bool purge_events(struct tx *tx, int64_t now_ms, int64_t *done, GError **error)
{
    return q_event_purge(tx, done, error, now_ms - 30 * CLOCK_DAY_MS, ROWS);
}

static const struct chore {
    const char *name;
    chore_work work;
    int64_t every_ms; /* 0: at the time of the next snoozed conversation */
} CHORES[] = {
    {"snoozed", wake_snoozed, 0},
    {"presence", expire_presence, 20 * CLOCK_SECOND_MS},
    {"sessions", purge_sessions, 5 * CLOCK_MINUTE_MS},
    {"keys", purge_keys, 10 * CLOCK_MINUTE_MS},
    {"payloads", purge_payloads, 10 * CLOCK_MINUTE_MS},
    {"deliveries", purge_deliveries, 10 * CLOCK_MINUTE_MS},
    {"visitors", purge_visitors, 10 * CLOCK_MINUTE_MS},
    {"events", purge_events, 10 * CLOCK_MINUTE_MS},
};

struct housekeeping {
    struct store *store;
    const struct clock *clock;
    struct worker *worker;
    int64_t seen_ms; /* the latest time there was; 0 = not looked yet */
    int64_t due_ms[G_N_ELEMENTS(CHORES)];
};

struct doing {
    const struct chore *chore;
    int64_t now_ms, done;
};

static bool do_chore(struct tx *tx, void *data, GError **error)
{
    struct doing *doing = data;
    doing->done = 0;
    return doing->chore->work(tx, doing->now_ms, &doing->done, error);
}

static bool next_snoozed(struct tx *tx, void *data, GError **error)
{
    int64_t *due_ms = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_housekeeping_next_snoozed row;
    if (!q_housekeeping_next_snoozed(tx, &rows, error))
        return false;
    *due_ms = q_housekeeping_next_snoozed_next(rows, &row) && row.at_ms != 0 ? row.at_ms : INT64_MAX;
    return true;
}

static bool run_chore(struct housekeeping *keeping, size_t number, int64_t now_ms, GError **error)
{
    const struct chore *chore = CHORES + number;
    struct doing doing = {.chore = chore, .now_ms = now_ms};
    if (!store_write(keeping->store, do_chore, &doing, error))
        return false;
    if (doing.done > 0)
        log_line(LOG_DEBUG, "housekeeping.done", "what=%s rows=%" G_GINT64_FORMAT, chore->name, doing.done);
    keeping->due_ms[number] = doing.done >= ROWS ? now_ms : now_ms + chore->every_ms;
    return true;
}

/* ---- a clock that was set back ---- */

static bool newest_event(struct tx *tx, void *data, GError **error)
{
    int64_t *at_ms = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_housekeeping_newest_event row;
    if (!q_housekeeping_newest_event(tx, &rows, error))
        return false;
    *at_ms = q_housekeeping_newest_event_next(rows, &row) ? row.at_ms : 0;
    return true;
}

/* What was to happen so and so long after a time that has not come yet: looked at again in a minute, which is as long
 * as a try may be held. Times that people have chosen stay. */
static bool pull_in(struct tx *tx, void *data, GError **error)
{
    int64_t now_ms = *(const int64_t *)data, cap_ms = now_ms + BACK_MS, rows = 0;
    return q_housekeeping_pull_outbox(tx, &rows, error, cap_ms) &&
           q_housekeeping_pull_deliveries(tx, &rows, error, cap_ms) &&
           q_housekeeping_pull_channels(tx, &rows, error, cap_ms) &&
           q_housekeeping_pull_presence(tx, &rows, error, now_ms) &&
           q_housekeeping_pull_failures(tx, &rows, error, now_ms, now_ms + LOCKED_MS);
}

static bool check_clock(struct housekeeping *keeping, int64_t now_ms, GError **error)
{
    if (keeping->seen_ms == 0 && !store_read(keeping->store, newest_event, &keeping->seen_ms, error))
        return false;
    if (now_ms < keeping->seen_ms - BACK_MS) {
        if (!store_write(keeping->store, pull_in, &now_ms, error))
            return false;
        log_line(LOG_WARN, "housekeeping.clock_back", "by_ms=%" G_GINT64_FORMAT, keeping->seen_ms - now_ms);
        memset(keeping->due_ms, 0, sizeof keeping->due_ms);
        keeping->seen_ms = now_ms;
    }
    keeping->seen_ms = MAX(keeping->seen_ms, now_ms);
    return true;
}

bool housekeeping_step(void *data, int64_t *next_ms, GError **error)
{
    struct housekeeping *keeping = data;
    int64_t now_ms = clock_now_ms(keeping->clock);
    *next_ms = INT64_MAX;
    if (!check_clock(keeping, now_ms, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(CHORES); i++) {
        bool timed = CHORES[i].every_ms == 0;
        if (timed && !store_read(keeping->store, next_snoozed, keeping->due_ms + i, error))
            return false;
        if (keeping->due_ms[i] <= now_ms && !run_chore(keeping, i, now_ms, error))
            return false;
        if (timed && !store_read(keeping->store, next_snoozed, keeping->due_ms + i, error))
            return false;
        *next_ms = MIN(*next_ms, keeping->due_ms[i]);
    }
    return true;
}

struct housekeeping *housekeeping_new(struct store *store, const struct clock *clock)
{
    struct housekeeping *keeping = g_new0(struct housekeeping, 1);
    keeping->store = store;
    keeping->clock = clock;
    keeping->worker = worker_new("housekeeping", clock, REST_MS, housekeeping_step, keeping);
    return keeping;
}

void housekeeping_start(struct housekeeping *keeping)
{
    worker_start(keeping->worker);
}

void housekeeping_wake(void *data)
{
    worker_wake(((struct housekeeping *)data)->worker);
}

void housekeeping_free(struct housekeeping *keeping)
{
    if (keeping == NULL)
        return;
    worker_free(keeping->worker);
    g_free(keeping);
}

#include "inbox/judge.h"

#include "base/log.h"
#include "inbox/worker.h"
#include "store/queries.h"
#include "teaching/parts.h"
#include "teaching/rule_book.h"
#include "understanding/rule_count.h"

#define REST_MS 100
#define COUNTS_MS (10 * CLOCK_SECOND_MS)

struct judge {
    struct store *store;
    struct assess_current *current;
    const struct clock *clock;
    struct worker *worker;
    GMutex lock;
    struct model_set *models; /* under lock */
    int64_t seen_seq;         /* of the event log: loaded up to here */
    int64_t counts_due_ms;
};

/* ---- the set ---- */

struct look {
    int64_t after_seq, last_seq, changes;
};

static bool look_for_changes(struct tx *tx, void *data, GError **error)
{
    struct look *look = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_changes row;
    if (!q_teaching_changes(tx, &rows, error, look->after_seq))
        return false;
    if (q_teaching_changes_next(rows, &row)) {
        look->last_seq = row.last_seq;
        look->changes = row.changes;
    }
    return true;
}

struct reading {
    struct parts parts;
    struct look look;
};

static bool read_all(struct tx *tx, void *data, GError **error)
{
    struct reading *reading = data;
    return look_for_changes(tx, &reading->look, error) && parts_read(tx, &reading->parts, error);
}

static bool swap(struct judge *judge, struct reading *reading, GError **error)
{
    struct model_set *models = NULL;
    struct assess *assess = parts_assess(&reading->parts, &models, error);
    if (assess == NULL)
        return false;
    assess_current_swap(judge->current, assess);
    g_mutex_lock(&judge->lock);
    struct model_set *before = judge->models;
    judge->models = models;
    g_mutex_unlock(&judge->lock);
    model_set_unref(before);
    judge->seen_seq = reading->look.last_seq;
    return !reading->parts.news || store_write(judge->store, parts_note, &reading->parts, error);
}

bool judge_load(struct judge *judge, GError **error)
{
    struct reading reading = {0};
    parts_init(&reading.parts);
    bool ok = store_read(judge->store, read_all, &reading, error) && swap(judge, &reading, error);
    if (ok)
        log_line(LOG_INFO, "judge.loaded", "rules=%u models=%u", reading.parts.rules->len, reading.parts.models->len);
    parts_clear(&reading.parts);
    return ok;
}

/* ---- counts ---- */

struct counting {
    GArray *counts;
    int64_t now_ms;
};

static bool keep_counts(struct tx *tx, void *data, GError **error)
{
    const struct counting *counting = data;
    return rule_book_count(tx, counting->now_ms, counting->counts, error);
}

static bool flush_counts(struct judge *judge, int64_t now_ms, GError **error)
{
    struct rule_counts *counts = assess_current_counts(judge->current);
    g_autoptr(GArray) taken = rule_counts_take(counts);
    struct counting counting = {taken, now_ms};
    judge->counts_due_ms = now_ms + COUNTS_MS;
    if (taken->len == 0 || store_write(judge->store, keep_counts, &counting, error))
        return true;
    rule_counts_give_back(counts, taken);
    return false;
}

/* ---- the thread ---- */

bool judge_step(void *data, int64_t *next_ms, GError **error)
{
    struct judge *judge = data;
    int64_t now_ms = clock_now_ms(judge->clock);
    struct look look = {.after_seq = judge->seen_seq};
    *next_ms = judge->counts_due_ms;
    if (!store_read(judge->store, look_for_changes, &look, error))
        return false;
    if (look.changes > 0 && !judge_load(judge, error))
        return false;
    judge->seen_seq = MAX(judge->seen_seq, look.last_seq);
    if (now_ms >= judge->counts_due_ms && !flush_counts(judge, now_ms, error))
        return false;
    *next_ms = judge->counts_due_ms;
    return true;
}

struct judge *judge_new(struct store *store, struct assess_current *current, const struct clock *clock)
{
    struct judge *judge = g_new0(struct judge, 1);
    judge->store = store;
    judge->current = current;
    judge->clock = clock;
    g_mutex_init(&judge->lock);
    judge->worker = worker_new("judge", clock, REST_MS, judge_step, judge);
    return judge;
}

void judge_start(struct judge *judge)
{
    worker_start(judge->worker);
}

void judge_wake(void *data)
{
    worker_wake(((struct judge *)data)->worker);
}

struct model_set *judge_models(struct judge *judge)
{
    g_mutex_lock(&judge->lock);
    struct model_set *models = judge->models != NULL ? model_set_ref(judge->models) : NULL;
    g_mutex_unlock(&judge->lock);
    return models;
}

void judge_free(struct judge *judge)
{
    g_autoptr(GError) error = NULL;
    if (judge == NULL)
        return;
    worker_free(judge->worker);
    if (!flush_counts(judge, clock_now_ms(judge->clock), &error))
        log_failure("judge.counts", error);
    model_set_unref(judge->models);
    g_mutex_clear(&judge->lock);
    g_free(judge);
}

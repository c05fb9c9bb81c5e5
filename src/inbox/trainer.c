#include "inbox/trainer.h"

#include "base/id.h"
#include "base/log.h"
#include "inbox/worker.h"
#include "store/queries.h"
#include "teaching/announce.h"
#include "teaching/lesson.h"

#include <stdio.h>
#include <string.h>

#define REST_MS 200
#define LEASE_MS CLOCK_MINUTE_MS
#define TELL_MS (2 * CLOCK_SECOND_MS)

struct trainer {
    struct store *store;
    const struct clock *clock;
    struct worker *worker;
    char *holder;
    int minute; /* of the day; -1 = never by itself */
    GTimeZone *zone;
    int cancel; /* atomic: the training under way is to end */
    bool lost;  /* somebody else has the lease */
    /* of the training under way; touched by its thread only */
    const char *task;
    int64_t told_ms;
};

/* ---- the night ---- */

int64_t trainer_last_night(int64_t now_ms, int minute, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autoptr(GDateTime) here = g_date_time_to_timezone(utc, zone);
    int64_t night_ms = 0;
    for (int days = 0; days <= 1; days++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(here, -days);
        g_autoptr(GDateTime) night = g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                                                     g_date_time_get_day_of_month(day), minute / 60, minute % 60, 0);
        night_ms = g_date_time_to_unix(night) * 1000;
        if (night_ms <= now_ms)
            break;
    }
    return night_ms;
}

static bool is_night(const struct trainer *trainer, int64_t now_ms, int64_t last_ms)
{
    return trainer->minute >= 0 && last_ms < trainer_last_night(now_ms, trainer->minute, trainer->zone);
}

/* ---- the lease ---- */

struct turn { /* what one round is about */
    struct trainer *trainer;
    int64_t now_ms;
    struct q_teaching_trainer_look look; /* its text is gone: */
    bool ours;                           /* nobody else has the lease */
    char *task;                          /* to train; NULL = nothing */
    int64_t person_id;
};

static bool look(struct tx *tx, void *data, GError **error)
{
    struct turn *turn = data;
    g_autoptr(rows_auto) rows = NULL;
    if (!q_teaching_trainer_look(tx, &rows, error))
        return false;
    if (!q_teaching_trainer_look_next(rows, &turn->look))
        turn->look = (struct q_teaching_trainer_look){0};
    turn->ours = turn->look.lease_until_ms <= turn->now_ms || g_strcmp0(turn->look.holder, turn->trainer->holder) == 0;
    turn->look.holder = NULL;
    return true;
}

static bool begin_night(struct tx *tx, const struct turn *turn, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_fresh_tasks row;
    if (!q_teaching_night(tx, error, turn->now_ms))
        return false;
    if (turn->look.night_ms == 0) /* the first start: there was no night before */
        return true;
    if (!q_teaching_fresh_tasks(tx, &rows, error))
        return false;
    while (q_teaching_fresh_tasks_next(rows, &row))
        if (!q_teaching_run_want(tx, error, row.task, turn->now_ms, 0))
            return false;
    return true;
}

static bool begin_run(struct tx *tx, struct turn *turn, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_run_next row;
    if (!q_teaching_run_next(tx, &rows, error))
        return false;
    if (!q_teaching_run_next_next(rows, &row))
        return true;
    turn->task = g_strdup(row.task);
    turn->person_id = row.person_id;
    return q_teaching_run_begin(tx, error, row.task, turn->now_ms) &&
           q_teaching_lease_take(tx, error, turn->trainer->holder, turn->now_ms + LEASE_MS) &&
           announce_change(tx, row.person_id, turn->now_ms, "training", row.task, error);
}

/* A work function: takes the lease and the run that waits longest. */
static bool claim(struct tx *tx, void *data, GError **error)
{
    struct turn *turn = data;
    int64_t changes = 0;
    g_clear_pointer(&turn->task, g_free);
    if (!look(tx, turn, error))
        return false;
    if (!turn->ours)
        return true;
    if (turn->look.running > 0 && !q_teaching_run_interrupted(tx, &changes, error, turn->now_ms))
        return false;
    if (changes > 0 && !announce_change(tx, 0, turn->now_ms, "training", NULL, error))
        return false;
    return (!is_night(turn->trainer, turn->now_ms, turn->look.night_ms) || begin_night(tx, turn, error)) &&
           begin_run(tx, turn, error);
}

/* ---- a training ---- */

struct telling {
    struct trainer *trainer;
    int64_t now_ms, progress;
    bool cancelled;
};

/* A work function: how far it is, that it goes on, and whether anybody wants it ended. */
static bool tell(struct tx *tx, void *data, GError **error)
{
    struct telling *telling = data;
    struct trainer *trainer = telling->trainer;
    g_autoptr(rows_auto) lease_rows = NULL;
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_lease lease;
    struct q_teaching_run_cancelled row;
    if (!q_teaching_lease(tx, &lease_rows, error) || !q_teaching_run_cancelled(tx, &rows, error, trainer->task))
        return false;
    trainer->lost = !q_teaching_lease_next(lease_rows, &lease) || strcmp(lease.holder, trainer->holder) != 0;
    telling->cancelled = trainer->lost || (q_teaching_run_cancelled_next(rows, &row) && row.cancel);
    return trainer->lost || (q_teaching_lease_take(tx, error, trainer->holder, telling->now_ms + LEASE_MS) &&
                             q_teaching_run_progress(tx, error, trainer->task, telling->progress) &&
                             announce_change(tx, 0, telling->now_ms, "training", trainer->task, error));
}

static void progress(void *data, double done)
{
    struct trainer *trainer = data;
    int64_t now_ms = clock_now_ms(trainer->clock);
    if (now_ms - trainer->told_ms < TELL_MS)
        return;
    struct telling telling = {.trainer = trainer, .now_ms = now_ms, .progress = (int64_t)(done * 1000)};
    g_autoptr(GError) error = NULL;
    trainer->told_ms = now_ms;
    if (!store_write(trainer->store, tell, &telling, &error))
        log_failure("trainer.progress", error); /* the database may be back before the end */
    else if (telling.cancelled)
        g_atomic_int_set(&trainer->cancel, 1);
}

struct ending {
    struct trainer *trainer;
    struct lesson *lesson;
    int64_t now_ms, model_id;
    enum reason reason;
    const char *detail;
};

/* A work function: the end of a run. Who lost the lease meanwhile changes nothing. */
static bool end(struct tx *tx, void *data, GError **error)
{
    struct ending *ending = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_lease lease;
    if (!q_teaching_lease(tx, &rows, error))
        return false;
    if (!q_teaching_lease_next(rows, &lease) || strcmp(lease.holder, ending->trainer->holder) != 0)
        return true;
    bool learned = ending->detail == NULL;
    return (!learned || lesson_keep(tx, ending->lesson, ending->now_ms, &ending->model_id, error)) &&
           q_teaching_run_end(tx, error, ending->lesson->task, ending->now_ms, reason_code(ending->reason),
                              learned ? "" : ending->detail) &&
           q_teaching_lease_take(tx, error, "", 0) &&
           announce_change(tx, ending->lesson->person_id, ending->now_ms, "training", ending->lesson->task, error);
}

static bool finish(struct trainer *trainer, struct lesson *lesson, const GError *why, GError **error)
{
    bool cancelled = g_error_matches(why, HY_ERROR, HY_ERROR_CANCELLED);
    bool stopping = cancelled && worker_is_stopping(trainer->worker);
    struct ending ending = {.trainer = trainer,
                            .lesson = lesson,
                            .now_ms = clock_now_ms(trainer->clock),
                            .reason = why == NULL ? lesson->reason
                                      : stopping  ? REASON_INTERRUPTED
                                      : cancelled ? REASON_CANCELLED
                                                  : REASON_FAILED,
                            .detail = why == NULL ? NULL
                                      : cancelled ? ""
                                                  : why->message};
    if (why != NULL && !cancelled)
        log_failure("trainer.failed", why);
    if (!store_write(trainer->store, end, &ending, error))
        return false;
    log_line(LOG_INFO, "trainer.done", "task=%s result=%s examples=%" G_GINT64_FORMAT " macro_f1=%.4f before=%.4f",
             lesson->task, reason_code(ending.reason), lesson->examples, lesson->macro_f1, lesson->used_macro_f1);
    return true;
}

static bool train(struct trainer *trainer, const struct turn *turn, GError **error)
{
    g_auto(lesson_auto) lesson;
    g_autoptr(GError) why = NULL;
    struct lesson_watch watch = {.progress = progress,
                                 .data = trainer,
                                 .cancel = &trainer->cancel,
                                 .threads = g_get_num_processors() > 1 ? 2 : 1};
    lesson_init(&lesson, turn->task, turn->person_id, turn->now_ms);
    trainer->task = turn->task;
    trainer->told_ms = turn->now_ms;
    g_atomic_int_set(&trainer->cancel, 0);
    if (worker_is_stopping(trainer->worker)) /* said before or after: it is heard */
        g_atomic_int_set(&trainer->cancel, 1);
    if (store_read(trainer->store, lesson_read, &lesson, &why))
        lesson_learn(&lesson, &watch, &why);
    bool ok = finish(trainer, &lesson, why, error);
    trainer->task = NULL;
    return ok;
}

/* ---- the thread ---- */

bool trainer_step(void *data, int64_t *next_ms, GError **error)
{
    struct trainer *trainer = data;
    struct turn turn = {.trainer = trainer, .now_ms = clock_now_ms(trainer->clock)};
    *next_ms = turn.now_ms + CLOCK_MINUTE_MS;
    if (!store_read(trainer->store, look, &turn, error))
        return false;
    bool due = turn.look.waiting > 0 || turn.look.running > 0 || is_night(trainer, turn.now_ms, turn.look.night_ms);
    if (!due)
        return true;
    if (!turn.ours) {
        *next_ms = turn.look.lease_until_ms;
        return true;
    }
    bool ok = store_write(trainer->store, claim, &turn, error);
    if (ok && turn.task != NULL) {
        ok = train(trainer, &turn, error);
        *next_ms = 0; /* another one may wait */
    }
    g_free(turn.task);
    return ok;
}

static int minute_of(const char *train_at)
{
    if (strlen(train_at) != strlen("03:30")) /* base/config.c has looked at it */
        return -1;
    int hour = g_ascii_digit_value(train_at[0]) * 10 + g_ascii_digit_value(train_at[1]);
    return hour * 60 + g_ascii_digit_value(train_at[3]) * 10 + g_ascii_digit_value(train_at[4]);
}

struct trainer *trainer_new(struct store *store, const struct clock *clock, const char *train_at)
{
    struct trainer *trainer = g_new0(struct trainer, 1);
    trainer->store = store;
    trainer->clock = clock;
    trainer->minute = minute_of(train_at);
    trainer->zone = g_time_zone_new_local();
    trainer->holder = g_strdup_printf("%" G_GINT64_FORMAT, id_new(clock_now_ms(clock)));
    trainer->worker = worker_new("trainer", clock, REST_MS, trainer_step, trainer);
    return trainer;
}

void trainer_start(struct trainer *trainer)
{
    worker_start(trainer->worker);
}

void trainer_wake(void *data)
{
    worker_wake(((struct trainer *)data)->worker);
}

void trainer_free(struct trainer *trainer)
{
    if (trainer == NULL)
        return;
    worker_begin_stop(trainer->worker);
    g_atomic_int_set(&trainer->cancel, 1);
    worker_free(trainer->worker);
    g_time_zone_unref(trainer->zone);
    g_free(trainer->holder);
    g_free(trainer);
}

#include "teaching/model_store.h"

#include "base/error.h"
#include "base/limit.h"
#include "desk/audit.h"
#include "store/queries.h"
#include "teaching/announce.h"
#include "teaching/reason.h"
#include "understanding/shipped.h"
#include "understanding/task.h"

#include <string.h>

static void put_real(struct writer *out, const char *key, double value)
{
    writer_key(out, key);
    writer_real(out, value);
}

/* ---- runs ---- */

static void write_run(const struct q_teaching_runs *row, enum lang lang, struct writer *out)
{
    writer_begin_object(out);
    writer_put_text(out, "task", row->task);
    writer_put_text(out, "state", row->begun_ms != 0 ? "running" : row->wanted_ms != 0 ? "waiting" : "idle");
    put_real(out, "progress", (double)row->progress / 1000);
    writer_put_bool(out, "cancelling", row->cancel);
    writer_put_time(out, "wanted_at", row->wanted_ms);
    writer_put_time(out, "begun_at", row->begun_ms);
    writer_put_time(out, "finished_at", row->finished_ms);
    writer_put_text(out, "result", row->result);
    writer_put_text(out, "result_text", reason_text(row->result, lang));
    writer_put_text(out, "detail", row->detail);
    writer_end_object(out);
}

bool model_store_runs(struct tx *tx, enum lang lang, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_runs row;
    if (!q_teaching_runs(tx, &rows, error))
        return false;
    while (q_teaching_runs_next(rows, &row))
        write_run(&row, lang, out);
    return true;
}

static bool write_run_of(struct tx *tx, const char *task, enum lang lang, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_runs row;
    if (!q_teaching_runs(tx, &rows, error))
        return false;
    while (q_teaching_runs_next(rows, &row)) {
        if (strcmp(row.task, task) == 0) {
            write_run(&row, lang, out);
            return true;
        }
    }
    writer_null(out);
    return true;
}

/* ---- the list ---- */

static void write_version(const struct q_teaching_models *row, enum lang lang, struct writer *out)
{
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_text(out, "version", row->version);
    writer_put_text(out, "state", row->state);
    writer_put_text(out, "user_name", row->person_name);
    writer_put_time(out, "created_at", row->created_ms);
    writer_put_i64(out, "examples", row->examples);
    writer_put_i64(out, "own_examples", row->own_examples);
    writer_put_i64(out, "held_back", row->held_back);
    put_real(out, "accuracy", row->accuracy);
    put_real(out, "macro_f1", row->macro_f1);
    writer_put_text(out, "compared_version", row->compared_version);
    put_real(out, "compared_accuracy", row->compared_accuracy);
    put_real(out, "compared_macro_f1", row->compared_macro_f1);
    writer_put_text(out, "reason", row->reason);
    writer_put_text(out, "reason_text", reason_text(row->reason, lang));
    writer_put_text(out, "damage", row->damage);
    writer_put_i64(out, "size", row->size);
    writer_end_object(out);
}

struct found { /* of one task */
    int64_t active_id, newest_ms, count, held_back, fresh;
    char damage[LIMIT_NAME * 2];
};

static bool write_versions(struct tx *tx, const char *task, enum lang lang, struct writer *out, struct found *found,
                           GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_models row;
    if (!q_teaching_models(tx, &rows, error, task))
        return false;
    writer_key(out, "versions");
    writer_begin_array(out);
    while (q_teaching_models_next(rows, &row)) {
        if (strcmp(row.state, "active") == 0) {
            found->active_id = row.id;
            g_strlcpy(found->damage, row.damage, sizeof found->damage);
        }
        found->newest_ms = MAX(found->newest_ms, row.created_ms);
        write_version(&row, lang, out);
    }
    writer_end_array(out);
    return true;
}

static bool count_examples(struct tx *tx, const char *task, struct found *found, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_example_counts row;
    if (!q_teaching_example_counts(tx, &rows, error, found->newest_ms))
        return false;
    while (q_teaching_example_counts_next(rows, &row)) {
        if (strcmp(row.task, task) != 0)
            continue;
        found->count = row.count;
        found->held_back = row.held_back;
        found->fresh = row.fresh;
    }
    return true;
}

static const char *version_in_use(const struct model_set *set, const char *task)
{
    size_t place = set != NULL ? model_set_find(set, task) : SIZE_MAX;
    return place != SIZE_MAX ? model_set_version(set, place) : "";
}

static void write_shipped(const struct model *shipped, const char *task, struct writer *out)
{
    const struct model_task *known = shipped != NULL ? model_task(shipped, task) : NULL;
    writer_key(out, "shipped");
    if (known == NULL) {
        writer_null(out);
        return;
    }
    writer_begin_object(out);
    writer_put_text(out, "version", model_version(shipped));
    writer_put_i64(out, "examples", known->figures.rows);
    put_real(out, "accuracy", known->figures.accuracy);
    put_real(out, "macro_f1", known->figures.macro_f1);
    writer_end_object(out);
}

static bool write_task(struct tx *tx, enum task task, const struct model_set *in_use, const struct model *shipped,
                       enum lang lang, struct writer *out, GError **error)
{
    struct found found = {0};
    const char *name = task_name(task);
    writer_begin_object(out);
    writer_put_text(out, "task", name);
    writer_put_text(out, "text", task_text(task, lang));
    writer_put_text(out, "version", version_in_use(in_use, name));
    write_shipped(shipped, name, out);
    if (!write_versions(tx, name, lang, out, &found, error) || !count_examples(tx, name, &found, error))
        return false;
    writer_put_id(out, "active_id", found.active_id);
    writer_put_text(out, "trouble", found.damage);
    writer_put_i64(out, "own_examples", found.count);
    writer_put_i64(out, "held_back", found.held_back);
    writer_put_i64(out, "new_examples", found.fresh);
    writer_key(out, "run");
    if (!write_run_of(tx, name, lang, out, error))
        return false;
    writer_end_object(out);
    return true;
}

bool model_store_list(struct tx *tx, const struct model_set *in_use, enum lang lang, struct writer *out, GError **error)
{
    g_autoptr(model_auto) shipped = shipped_model(NULL);
    for (int task = 0; task < TASK_COUNT; task++)
        if (!write_task(tx, (enum task)task, in_use, shipped, lang, out, error))
            return false;
    return true;
}

/* ---- one version ---- */

static bool find(struct tx *tx, int64_t id, const char *field, struct rows **rows, struct q_teaching_model *row,
                 GError **error)
{
    if (!q_teaching_model(tx, rows, error, id))
        return false;
    if (q_teaching_model_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, field, "no model %" G_GINT64_FORMAT, id);
    return false;
}

static bool check_task(const char *task, GError **error)
{
    if (task_find(task) != TASK_COUNT)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "task", "no such task");
    return false;
}

static bool audit(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *action, const char *task,
                  int64_t id, GError **error)
{
    g_autofree char *detail = g_strdup_printf("{\"task\":\"%s\"}", task != NULL ? task : "");
    return audit_write(tx, actor, now_ms, action, "model", id, detail, error);
}

static bool check_version(struct tx *tx, const char *task, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_model row;
    if (id == 0)
        return true;
    if (!find(tx, id, "model_id", &rows, &row, error))
        return false;
    if (strcmp(row.task, task) != 0) {
        error_set(error, HY_ERROR_NOT_FOUND, "model_id", "a model of %s", row.task);
        return false;
    }
    return true;
}

bool model_store_use(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, int64_t id,
                     GError **error)
{
    int64_t changes = 0;
    return check_task(task, error) && check_version(tx, task, id, error) &&
           q_teaching_model_retire(tx, &changes, error, task) &&
           (id == 0 || q_teaching_model_activate(tx, error, id, reason_code(REASON_CHOSEN))) &&
           audit(tx, actor, now_ms, "model.use", task, id, error) &&
           announce_change(tx, actor->person_id, now_ms, "models", task, error);
}

bool model_store_confusion(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_model row;
    if (!find(tx, id, NULL, &rows, &row, error))
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", row.id);
    writer_put_text(out, "task", row.task);
    writer_put_text(out, "version", row.version);
    writer_put_raw(out, "confusion", row.confusion);
    writer_end_object(out);
    return true;
}

bool model_store_mistakes(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_model row;
    if (!find(tx, id, NULL, &rows, &row, error))
        return false;
    writer_begin_object(out);
    writer_put_raw(out, "items", row.wrong);
    writer_put_raw(out, "next_cursor", NULL);
    writer_end_object(out);
    return true;
}

/* ---- asking for a training ---- */

bool model_store_want(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_example_counts row;
    int wanted = 0;
    if ((task != NULL && !check_task(task, error)) || !q_teaching_example_counts(tx, &rows, error, 0))
        return false;
    while (q_teaching_example_counts_next(rows, &row)) {
        if (task != NULL && strcmp(row.task, task) != 0)
            continue;
        wanted++;
        if (!q_teaching_run_want(tx, error, row.task, now_ms, actor->person_id))
            return false;
    }
    if (wanted == 0) {
        error_set(error, HY_ERROR_EMPTY, "examples", "nobody has labelled anything");
        return false;
    }
    return audit(tx, actor, now_ms, "model.train", task, 0, error) &&
           announce_change(tx, actor->person_id, now_ms, "training", task, error);
}

bool model_store_cancel(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, GError **error)
{
    int64_t changes = 0;
    if (!q_teaching_run_cancel(tx, &changes, error, task) || changes == 0)
        return changes == 0 && (error == NULL || *error == NULL);
    return audit(tx, actor, now_ms, "model.cancel", task, 0, error) &&
           announce_change(tx, actor->person_id, now_ms, "training", task, error);
}

/* models.c - versions of what was learned, training, and what to label next. */
#include "api/call.h"
#include "inbox/judge.h"
#include "teaching/model_store.h"
#include "teaching/suggest.h"

struct job {
    struct call *call;
    struct model_set *models;
};

static bool read_with_models(struct call *call, store_work work, GError **error)
{
    g_autoptr(model_set_auto) models = call->app->judge != NULL ? judge_models(call->app->judge) : NULL;
    struct job job = {call, models};
    return call_read(call, work, &job, error);
}

static bool list_models(struct tx *tx, void *data, GError **error)
{
    const struct job *job = data;
    call_list_begin(job->call);
    if (!model_store_list(tx, job->models, job->call->lang, &job->call->out, error))
        return false;
    call_list_end(job->call, NULL, 1);
    return true;
}

bool api_model_list(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && read_with_models(call, list_models, error);
}

/* ---- training ---- */

static bool list_runs(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    call_list_begin(call);
    if (!model_store_runs(tx, call->lang, &call->out, error))
        return false;
    call_list_end(call, NULL, 1);
    return true;
}

bool api_training_list(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && call_read(call, list_runs, call, error);
}

static bool want(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return model_store_want(tx, call->actor, call->now_ms, call_text(call, "task"), error) &&
           list_runs(tx, data, error);
}

bool api_model_train(struct call *call, GError **error)
{
    return call_write(call, want, call, error);
}

static bool cancel(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return model_store_cancel(tx, call->actor, call->now_ms, call_text(call, "task"), error) &&
           list_runs(tx, data, error);
}

bool api_training_cancel(struct call *call, GError **error)
{
    return call_write(call, cancel, call, error);
}

/* ---- one version ---- */

static bool use(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!model_store_use(tx, call->actor, call->now_ms, call_text(call, "task"), call_body_id(call, "model_id"), error))
        return false;
    call_done(call);
    return true;
}

bool api_model_use(struct call *call, GError **error)
{
    return call_write(call, use, call, error);
}

static bool confusion(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return model_store_confusion(tx, call_id(call), &call->out, error);
}

bool api_model_confusion(struct call *call, GError **error)
{
    return call_read(call, confusion, call, error);
}

static bool mistakes(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return model_store_mistakes(tx, call_id(call), &call->out, error);
}

bool api_model_wrong(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && call_read(call, mistakes, call, error);
}

/* ---- suggestions ---- */

static bool suggest(struct tx *tx, void *data, GError **error)
{
    const struct job *job = data;
    call_list_begin(job->call);
    if (!suggest_list(tx, job->models, job->call->now_ms, &job->call->out, error))
        return false;
    call_list_end(job->call, NULL, 1);
    return true;
}

bool api_suggestion_list(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && read_with_models(call, suggest, error);
}

/* desk.c - what belongs to the desk and to no single conversation: tags, mentions, raw payloads, the outbox, search. */
#include "api/call.h"
#include "desk/note.h"
#include "desk/outbox_list.h"
#include "desk/search.h"
#include "desk/tag.h"
#include "desk/thread.h"
#include "desk/view.h"
#include "inbox/outbox_tx.h"

struct list_job {
    struct call *call;
    struct call_page page;
};

/* ---- tags ---- */

static bool tags_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    int64_t skip = job->page.keys[0];
    bool more = false;
    call_list_begin(job->call);
    if (!tag_list(tx, skip, job->page.limit, &job->call->out, &more, error))
        return false;
    const int64_t last[] = {skip + job->page.limit};
    call_list_end(job->call, more ? last : NULL, 1);
    return true;
}

bool api_tag_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    return call_page(call, 1, &job.page, error) && call_read(call, tags_work, &job, error);
}

/* ---- mentions ---- */

static bool mentions_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    int64_t last_id = 0;
    call_list_begin(job->call);
    if (!note_mentions(tx, job->call->actor, job->page.keys[0], job->page.limit, &job->call->out, &last_id, error))
        return false;
    call_list_end(job->call, last_id != 0 ? &last_id : NULL, 1);
    return true;
}

bool api_mention_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    return call_page(call, 1, &job.page, error) && call_read(call, mentions_work, &job, error);
}

static bool mentions_seen_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return note_mentions_seen(tx, call->actor, call->now_ms, error);
}

bool api_mention_seen(struct call *call, GError **error)
{
    if (!call_write(call, mentions_seen_work, call, error))
        return false;
    call_done(call);
    return true;
}

/* ---- what the platform said ---- */

struct payload_job {
    int64_t id;
    GBytes *body;
};

static bool payload_work(struct tx *tx, void *data, GError **error)
{
    struct payload_job *job = data;
    g_clear_pointer(&job->body, g_bytes_unref);
    return thread_payload(tx, job->id, &job->body, error);
}

/* Somebody else's bytes: shown as text or saved, never run by a browser. */
bool api_message_payload(struct call *call, GError **error)
{
    struct payload_job job = {.id = call_id(call)};
    bool ok = call_read(call, payload_work, &job, error);
    if (ok) {
        http_add_header(call->request, "Content-Disposition", "attachment; filename=\"payload.txt\"");
        http_add_header(call->request, "Content-Security-Policy", "sandbox; default-src 'none'");
        http_answer(call->request, 200, "text/plain; charset=utf-8", job.body);
    }
    if (job.body != NULL)
        g_bytes_unref(job.body);
    return ok;
}

/* ---- search ---- */

static bool search_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    struct call *call = job->call;
    int64_t last_id = 0;
    call_list_begin(call);
    if (!search_messages(tx, call->app->search, call->actor, call_query(call, "q"), call_query_id(call, "channel"),
                         job->page.keys[0], job->page.limit, &call->out, &last_id, error))
        return false;
    call_list_end(call, last_id != 0 ? &last_id : NULL, 1);
    return true;
}

bool api_search_messages(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    if (call_query(call, "q") == NULL) {
        error_set(error, HY_ERROR_MISSING, "q", "nothing to look for");
        return false;
    }
    return call_page(call, 1, &job.page, error) && call_read(call, search_work, &job, error);
}

/* ---- outbox ---- */

static bool outbox_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    struct call *call = job->call;
    int64_t last_id = 0;
    call_list_begin(call);
    if (!outbox_list(tx, call_query(call, "state"), call_query_id(call, "channel"), job->page.keys[0], job->page.limit,
                     call->lang, &call->out, &last_id, error))
        return false;
    call_list_end(call, last_id != 0 ? &last_id : NULL, 1);
    return true;
}

bool api_outbox_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    return call_page(call, 1, &job.page, error) && call_read(call, outbox_work, &job, error);
}

static bool resend_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return outbox_resend(tx, call->actor->person_id, call->now_ms, call_id(call), error) &&
           view_outbox_item(tx, call_id(call), call->lang, &call->out, error);
}

bool api_outbox_resend(struct call *call, GError **error)
{
    return call_write(call, resend_work, call, error);
}

static bool cancel_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return outbox_cancel(tx, call->actor->person_id, call->now_ms, call_id(call), error) &&
           view_outbox_item(tx, call_id(call), call->lang, &call->out, error);
}

bool api_outbox_cancel(struct call *call, GError **error)
{
    return call_write(call, cancel_work, call, error);
}

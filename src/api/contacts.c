/* contacts.c - /contacts. */
#include "api/call.h"
#include "desk/contact.h"

struct list_job {
    struct call *call;
    struct call_page page;
};

static bool list_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    struct contact_place place = {job->page.keys[0], job->page.keys[1]};
    struct contact_place next = {0};
    bool more = false;
    call_list_begin(job->call);
    if (!contact_list(tx, call_query(job->call, "q"), job->page.first ? NULL : &place, job->page.limit, &job->call->out,
                      &next, &more, error))
        return false;
    const int64_t last[] = {next.seen_ms, next.id};
    call_list_end(job->call, more ? last : NULL, 2);
    return true;
}

bool api_contact_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    return call_page(call, 2, &job.page, error) && call_read(call, list_work, &job, error);
}

static bool show_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return contact_show(tx, call_id(call), &call->out, error);
}

bool api_contact_show(struct call *call, GError **error)
{
    return call_read(call, show_work, call, error);
}

static bool change_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autofree const char **tags = call_texts(call, "tags");
    struct contact_edit edit = {call_text(call, "name"), call_text(call, "relation"), call_text(call, "note"), tags};
    return contact_edit(tx, call->actor, call->now_ms, call_id(call), &edit, error) &&
           contact_show(tx, call_id(call), &call->out, error);
}

bool api_contact_change(struct call *call, GError **error)
{
    return call_write(call, change_work, call, error);
}

static bool merge_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return contact_merge(tx, call->actor, call->now_ms, call_id(call), call_body_id(call, "other_id"), error) &&
           contact_show(tx, call_id(call), &call->out, error);
}

bool api_contact_merge(struct call *call, GError **error)
{
    return call_write(call, merge_work, call, error);
}

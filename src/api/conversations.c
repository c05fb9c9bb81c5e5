/* conversations.c - /conversations and what hangs on one: the thread, replies, notes, drafts, presence. */
#include "api/call.h"
#include "base/limit.h"
#include "desk/conversation.h"
#include "desk/draft.h"
#include "desk/note.h"
#include "desk/presence.h"
#include "desk/reply.h"
#include "desk/search.h"
#include "desk/thread.h"
#include "desk/view.h"

#include <string.h>

/* So many of the newest messages found stand behind a queue narrowed by words. */
#define FOUND_MESSAGES 2000

/* ---- lists ---- */

struct list_job {
    struct call *call;
    struct call_page page;
    struct conversation_filter filter;
};

static bool read_filter(struct call *call, struct conversation_filter *filter, GError **error)
{
    const char *assignee = call_query(call, "assignee");
    const char *team = call_query(call, "team");
    *filter = (struct conversation_filter){.state = call_query(call, "state"),
                                           .channel_id = call_query_id(call, "channel"),
                                           .contact_id = call_query_id(call, "contact"),
                                           .tag = call_query(call, "tag")};
    if (g_strcmp0(assignee, "me") == 0)
        filter->assignee_id = call->actor->person_id;
    else if (g_strcmp0(assignee, "none") == 0)
        filter->unassigned = true;
    else if (assignee != NULL && (filter->assignee_id = call_query_id(call, "assignee")) == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "assignee", "not a user id, me or none");
        return false;
    }
    if (g_strcmp0(team, "mine") == 0)
        filter->teams_of = call->actor->person_id;
    else if (team != NULL && (filter->team_id = call_query_id(call, "team")) == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "team", "not a team id or mine");
        return false;
    }
    return true;
}

static bool list_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    const int64_t *keys = job->page.keys;
    struct conversation_filter filter = job->filter;
    struct conversation_place place = {keys[0], keys[1]};
    struct conversation_place next = {0};
    g_autoptr(GArray) among = NULL;
    bool more = false;
    const char *q = call_query(job->call, "q");
    if (q != NULL && !search_conversations(tx, job->call->app->search, q, FOUND_MESSAGES, &among, error))
        return false;
    filter.among = among;
    call_list_begin(job->call);
    if (!conversation_list(tx, &filter, job->page.first ? NULL : &place, job->page.limit, &job->call->out, &next, &more,
                           error))
        return false;
    const int64_t last[] = {next.queue_key, next.id};
    call_list_end(job->call, more ? last : NULL, 2);
    return true;
}

bool api_conversation_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    bool own = g_strcmp0(call_query(call, "assignee"), "me") == 0 || g_strcmp0(call_query(call, "team"), "mine") == 0;
    if (call_query(call, "q") == NULL) /* the search index follows in its own time */
        call_keep(call, own ? CALL_KEEP_FOR_CALLER : CALL_KEEP_FOR_ALL);
    return read_filter(call, &job.filter, error) && call_page(call, 2, &job.page, error) &&
           call_read(call, list_work, &job, error);
}

static bool counts_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_counts(tx, call->actor->person_id, &call->out, error);
}

bool api_conversation_counts(struct call *call, GError **error)
{
    call_keep(call, CALL_KEEP_FOR_CALLER);
    return call_read(call, counts_work, call, error);
}

static bool thread_work(struct tx *tx, void *data, GError **error)
{
    struct list_job *job = data;
    struct call *call = job->call;
    struct thread_place place = {job->page.keys[0], job->page.keys[1]};
    struct thread_place next = {0};
    int64_t before_id = call_query_id(call, "before");
    bool more = false;
    bool placed = !job->page.first || before_id != 0;
    if (job->page.first && before_id != 0 && !thread_place(tx, call_id(call), before_id, &place, error))
        return false;
    call_list_begin(call);
    if (!thread_list(tx, call_id(call), placed ? &place : NULL, job->page.limit, call->lang, &call->out, &next, &more,
                     error))
        return false;
    const int64_t last[] = {next.sent_ms, next.id};
    call_list_end(call, more ? last : NULL, 2);
    return true;
}

bool api_message_list(struct call *call, GError **error)
{
    struct list_job job = {.call = call};
    call_keep(call, CALL_KEEP_FOR_ALL);
    return call_page(call, 2, &job.page, error) && call_read(call, thread_work, &job, error);
}

static bool events_work(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return thread_events(tx, call_id(call), page->keys[0], page->limit, &call->out, last, error);
}

bool api_conversation_events(struct call *call, GError **error)
{
    call_keep(call, CALL_KEEP_FOR_ALL);
    return call_list(call, events_work, error);
}

/* ---- one ---- */

static bool show_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_show(tx, call->actor, call->now_ms, call_id(call), &call->out, error);
}

bool api_conversation_show(struct call *call, GError **error)
{
    return call_read(call, show_work, call, error);
}

static bool change_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autofree const char **tags = call_texts(call, "tags");
    struct conversation_edit edit = {call_text(call, "subject"), call_text(call, "category"), tags};
    return conversation_edit(tx, call->actor, call->now_ms, call_id(call), &edit, error) &&
           view_conversation(tx, call_id(call), &call->out, error);
}

bool api_conversation_change(struct call *call, GError **error)
{
    return call_write(call, change_work, call, error);
}

static bool assign_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct conversation_assignment assignment = {
        .has_user = json_object_get(call->body, "user_id") != NULL,
        .user_id = call_body_id(call, "user_id"),
        .team_id = call_body_id(call, "team_id"),
        .version = json_integer_value(json_object_get(call->body, "version")),
    };
    return conversation_assign(tx, call->actor, call->now_ms, call_id(call), &assignment, error) &&
           view_conversation(tx, call_id(call), &call->out, error);
}

bool api_conversation_assign(struct call *call, GError **error)
{
    return call_write(call, assign_work, call, error);
}

static bool resolve_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_resolve(tx, call->actor, call->now_ms, call_id(call), error) &&
           view_conversation(tx, call_id(call), &call->out, error);
}

bool api_conversation_resolve(struct call *call, GError **error)
{
    return call_write(call, resolve_work, call, error);
}

static bool reopen_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_reopen(tx, call->actor, call->now_ms, call_id(call), error) &&
           view_conversation(tx, call_id(call), &call->out, error);
}

bool api_conversation_reopen(struct call *call, GError **error)
{
    return call_write(call, reopen_work, call, error);
}

static bool snooze_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_snooze(tx, call->actor, call->now_ms, call_id(call), call_time(call, "until"), error) &&
           view_conversation(tx, call_id(call), &call->out, error);
}

bool api_conversation_snooze(struct call *call, GError **error)
{
    return call_write(call, snooze_work, call, error);
}

static bool read_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return conversation_read(tx, call->actor, call->now_ms, call_id(call), call_body_id(call, "message_id"), error);
}

bool api_conversation_read(struct call *call, GError **error)
{
    if (!call_write(call, read_work, call, error))
        return false;
    call_done(call);
    return true;
}

static bool presence_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return presence_set(tx, call->actor, call->now_ms, call_id(call), call_flag(call, "open"),
                        call_flag(call, "typing"), error);
}

bool api_conversation_presence(struct call *call, GError **error)
{
    if (!call_write(call, presence_work, call, error))
        return false;
    call_done(call);
    return true;
}

/* ---- writing ---- */

static bool reply_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct reply reply = {.visibility = call_text(call, "visibility"),
                          .text = call_text(call, "text"),
                          .in_reply_to = call_body_id(call, "in_reply_to"),
                          .seen_message_id = call_body_id(call, "seen_message_id"),
                          .resolve = call_flag(call, "resolve")};
    int64_t id = 0;
    return reply_send(tx, call->actor, call->now_ms, call_id(call), &reply, &id, error) &&
           view_message(tx, id, call->lang, &call->out, error);
}

bool api_conversation_reply(struct call *call, GError **error)
{
    return call_write(call, reply_work, call, error);
}

static bool note_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autoptr(GArray) mentions = call_ids(call, "mentions");
    int64_t id = 0;
    return note_add(tx, call->actor, call->now_ms, call_id(call), call_text(call, "text"), mentions, &id, error) &&
           view_message(tx, id, call->lang, &call->out, error);
}

bool api_conversation_note(struct call *call, GError **error)
{
    return call_write(call, note_work, call, error);
}

static bool draft_work(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return draft_save(tx, call->actor, call->now_ms, call_id(call), call_text(call, "visibility"),
                      call_text(call, "text"), error);
}

bool api_draft_save(struct call *call, GError **error)
{
    if (!call_write(call, draft_work, call, error))
        return false;
    call_done(call);
    return true;
}

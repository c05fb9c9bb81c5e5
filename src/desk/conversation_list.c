/* conversation_list.c - the reading half of conversation.h: lists, counts, one conversation with its surroundings. */
#include "desk/conversation.h"
#include "desk/draft.h"
#include "desk/presence.h"
#include "desk/reply.h"
#include "desk/view.h"

#include <string.h>

static bool check_state(const char *state, GError **error)
{
    static const char *const STATES[] = {"open", "pending", "snoozed", "resolved", "unresolved", NULL};
    if (state == NULL || g_strv_contains(STATES, state))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "state", "no such state");
    return false;
}

static bool teams_of(struct tx *tx, int64_t person_id, char **json, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_teams_of row;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!q_desk_teams_of(tx, &rows, error, person_id))
        return false;
    while (q_desk_teams_of_next(rows, &row))
        g_array_append_val(ids, row.team_id);
    *json = view_ids(ids);
    return true;
}

/* The ids of a page and one more, in order; the keys beside them. */
struct page {
    GArray *ids, *keys;
};

static void page_add(struct page *page, int64_t id, int64_t key)
{
    g_array_append_val(page->ids, id);
    g_array_append_val(page->keys, key);
}

static bool walk(struct tx *tx, const struct conversation_filter *filter, const char *teams,
                 const struct conversation_place *after, int64_t limit, struct page *page, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_queue_walk row;
    bool unresolved = filter->state != NULL && strcmp(filter->state, "resolved") != 0;
    const char *state = g_strcmp0(filter->state, "unresolved") == 0 ? NULL : filter->state;
    bool narrowed = filter->unassigned || filter->assignee_id != 0 || filter->team_id != 0 || filter->channel_id != 0;
    if (!q_desk_queue_walk(tx, &rows, error, narrowed ? NULL : state, narrowed ? state : NULL, unresolved,
                           filter->unassigned, filter->assignee_id, filter->team_id, teams, filter->channel_id,
                           after->queue_key, after->id, limit))
        return false;
    while (q_desk_queue_walk_next(rows, &row))
        page_add(page, row.id, row.queue_key);
    return true;
}

static bool pick(struct tx *tx, const struct conversation_filter *filter, const char *teams,
                 const struct conversation_place *after, int64_t limit, struct page *page, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_queue_pick row;
    g_autofree char *among = filter->among ? view_ids(filter->among) : NULL;
    bool unresolved = g_strcmp0(filter->state, "unresolved") == 0;
    if (!q_desk_queue_pick(tx, &rows, error, among, filter->tag, filter->contact_id, unresolved ? NULL : filter->state,
                           unresolved, filter->unassigned, filter->assignee_id, filter->team_id, teams,
                           filter->channel_id, after->queue_key, after->id, limit))
        return false;
    while (q_desk_queue_pick_next(rows, &row))
        page_add(page, row.id, row.queue_key);
    return true;
}

static bool write_page(struct tx *tx, const struct page *page, guint count, struct writer *out, GError **error)
{
    g_autoptr(view_auto) view = NULL;
    g_array_set_size(page->ids, count);
    if (!view_conversations(tx, page->ids, &view, error))
        return false;
    for (guint i = 0; i < count; i++)
        view_write_conversation(view, g_array_index(page->ids, int64_t, i), out);
    return true;
}

/* Where the first page of a state begins: not before there can be any (column queue_key). */
static struct conversation_place top_of(const char *state)
{
    static const int64_t NEVER_DUE = INT64_C(8796093022207) * 128 - 1;
    static const int64_t RESOLVED = INT64_C(2305843009213693951);
    if (g_strcmp0(state, "resolved") == 0)
        return (struct conversation_place){.queue_key = RESOLVED};
    return (struct conversation_place){.queue_key = g_strcmp0(state, "snoozed") == 0 ? NEVER_DUE : INT64_MIN};
}

bool conversation_list(struct tx *tx, const struct conversation_filter *filter, const struct conversation_place *place,
                       int64_t limit, struct writer *out, struct conversation_place *next, bool *more, GError **error)
{
    struct conversation_place top = top_of(filter->state);
    g_autofree char *teams = NULL;
    if (!check_state(filter->state, error) || (filter->teams_of != 0 && !teams_of(tx, filter->teams_of, &teams, error)))
        return false;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct page page = {ids, keys};
    bool small = filter->among != NULL || filter->tag != NULL || filter->contact_id != 0;
    if (!(small ? pick : walk)(tx, filter, teams, place ? place : &top, limit + 1, &page, error))
        return false;
    *more = ids->len > limit;
    guint count = *more ? (guint)limit : ids->len;
    if (*more)
        *next = (struct conversation_place){g_array_index(keys, int64_t, count - 1),
                                            g_array_index(ids, int64_t, count - 1)};
    return write_page(tx, &page, count, out, error);
}

static bool count_mentions(struct tx *tx, int64_t person_id, int64_t *count, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_mention_count row;
    if (!q_desk_mention_count(tx, &rows, error, person_id))
        return false;
    *count = q_desk_mention_count_next(rows, &row) ? row.count : 0;
    return true;
}

bool conversation_counts(struct tx *tx, int64_t person_id, struct writer *out, GError **error)
{
    g_autofree char *teams = NULL;
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_queue_counts row = {0};
    int64_t mentions = 0;
    if (!teams_of(tx, person_id, &teams, error) || !q_desk_queue_counts(tx, &rows, error, person_id, teams) ||
        !count_mentions(tx, person_id, &mentions, error))
        return false;
    q_desk_queue_counts_next(rows, &row);
    writer_begin_object(out);
    writer_put_i64(out, "mine", row.mine);
    writer_put_i64(out, "unassigned", row.unassigned);
    writer_put_i64(out, "team", row.team);
    writer_put_i64(out, "all", row.total);
    writer_put_i64(out, "mentions", mentions);
    writer_end_object(out);
    return true;
}

/* ---- one conversation ---- */

static bool write_origin(struct tx *tx, const struct q_desk_conversation *row, enum lang lang, struct writer *out,
                         GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_message_native origin = {0};
    if (g_str_has_prefix(row->thread_key, "post:") &&
        !q_desk_message_native(tx, &rows, error, row->channel_id, row->thread_key + strlen("post:")))
        return false;
    writer_key(out, "origin");
    if (rows != NULL && q_desk_message_native_next(rows, &origin))
        return view_message(tx, origin.id, lang, out, error);
    writer_null(out);
    return true;
}

bool conversation_show(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, struct writer *out,
                       GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation row;
    if (!conversation_load(tx, id, &rows, &row, error))
        return false;
    writer_begin_object(out);
    writer_key(out, "conversation");
    if (!view_conversation(tx, id, out, error) || !write_origin(tx, &row, actor->lang, out, error))
        return false;
    writer_key(out, "reply_limits");
    if (!reply_limits(tx, &row, actor->lang, now_ms, out, error))
        return false;
    writer_key(out, "draft");
    if (!draft_show(tx, id, actor->person_id, out, error))
        return false;
    writer_key(out, "viewers");
    if (!presence_show(tx, id, now_ms, actor->person_id, out, error))
        return false;
    writer_end_object(out);
    return true;
}

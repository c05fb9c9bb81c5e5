#include "desk/thread.h"

#include "base/json.h"
#include "desk/conversation.h"
#include "desk/view.h"
#include "store/event.h"

#include <string.h>

bool thread_list(struct tx *tx, int64_t conversation_id, const struct thread_place *place, int64_t limit,
                 enum lang lang, struct writer *out, struct thread_place *next, bool *more, GError **error)
{
    static const struct thread_place NEWEST = {INT64_MAX, INT64_MAX};
    g_autoptr(rows_auto) conversation_rows = NULL;
    struct q_desk_conversation conversation;
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(view_auto) view = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct q_desk_thread_page row;
    const struct thread_place *from = place ? place : &NEWEST;
    if (!conversation_load(tx, conversation_id, &conversation_rows, &conversation, error) ||
        !q_desk_thread_page(tx, &rows, error, conversation_id, from->sent_ms, from->id, limit + 1))
        return false;
    *more = rows_count(rows) > limit;
    for (int64_t n = 0; n < limit && q_desk_thread_page_next(rows, &row); n++) {
        g_array_append_val(ids, row.id);
        *next = (struct thread_place){row.sent_ms, row.id};
    }
    if (!view_messages(tx, ids, &view, error))
        return false;
    for (guint i = ids->len; i > 0; i--)
        view_write_message(view, g_array_index(ids, int64_t, i - 1), lang, out);
    return true;
}

static bool is_told(const char *kind, const char *data)
{
    static const char *const KEYS[] = {"state", "assignee_id", "team_id", "category", "subject", "tags"};
    if (strcmp(kind, event_kind_name(EVENT_CONVERSATION_CHANGED)) != 0)
        return true;
    json_auto_t *changed = json_parse(data, strlen(data), NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++)
        if (json_object_get(changed, KEYS[i]) != NULL)
            return true;
    return false;
}

static void write_event(int64_t conversation_id, const struct q_event_of_conversation *row, struct writer *out)
{
    struct event event = {.seq = row->seq,
                          .at_ms = row->at_ms,
                          .conversation_id = conversation_id,
                          .subject_id = row->subject_id,
                          .person_id = row->person_id,
                          .data = row->data};
    if (!is_told(row->kind, row->data) || !event_kind_parse(row->kind, &event.kind))
        return;
    g_autofree char *text = event_format(&event);
    writer_raw(out, text);
}

bool thread_events(struct tx *tx, int64_t conversation_id, int64_t before_seq, int64_t limit, struct writer *out,
                   int64_t *last_seq, GError **error)
{
    g_autoptr(rows_auto) conversation_rows = NULL;
    struct q_desk_conversation conversation;
    g_autoptr(rows_auto) rows = NULL;
    struct q_event_of_conversation row;
    *last_seq = 0;
    if (!conversation_load(tx, conversation_id, &conversation_rows, &conversation, error) ||
        !q_event_of_conversation(tx, &rows, error, conversation_id, before_seq, limit + 1))
        return false;
    bool more = rows_count(rows) > limit;
    for (int64_t n = 0; n < limit && q_event_of_conversation_next(rows, &row); n++) {
        write_event(conversation_id, &row, out);
        if (more)
            *last_seq = row.seq;
    }
    return true;
}

bool thread_place(struct tx *tx, int64_t conversation_id, int64_t message_id, struct thread_place *place,
                  GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_message row;
    if (!q_desk_message(tx, &rows, error, message_id))
        return false;
    if (q_desk_message_next(rows, &row) && row.conversation_id == conversation_id) {
        *place = (struct thread_place){row.sent_ms, message_id};
        return true;
    }
    error_set(error, HY_ERROR_BAD_VALUE, "before", "no message of this conversation");
    return false;
}

bool thread_payload(struct tx *tx, int64_t message_id, GBytes **body, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_payload row;
    if (!q_desk_payload(tx, &rows, error, message_id))
        return false;
    if (q_desk_payload_next(rows, &row)) {
        *body = g_bytes_new(row.body, row.body_length);
        return true;
    }
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no payload of message %" G_GINT64_FORMAT, message_id);
    return false;
}

#include "desk/presence.h"

#include "desk/conversation.h"
#include "store/event.h"

#include <string.h>

bool presence_show(struct tx *tx, int64_t conversation_id, int64_t now_ms, int64_t without_id, struct writer *out,
                   GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_presence row;
    if (!q_desk_presence(tx, &rows, error, conversation_id, now_ms - PRESENCE_TIME_MS))
        return false;
    writer_begin_array(out);
    while (q_desk_presence_next(rows, &row)) {
        if (row.person_id == without_id)
            continue;
        writer_begin_object(out);
        writer_put_id(out, "user_id", row.person_id);
        writer_put_bool(out, "typing", row.typing);
        writer_end_object(out);
    }
    writer_end_array(out);
    return true;
}

/* The set as it stands in the table, whoever is overdue included: what was told last. */
static bool viewers(struct tx *tx, int64_t conversation_id, char **json, GError **error)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_object(&out);
    writer_key(&out, "viewers");
    if (!presence_show(tx, conversation_id, PRESENCE_TIME_MS, 0, &out, error))
        return false;
    writer_end_object(&out);
    *json = writer_steal(&out, NULL);
    return true;
}

static bool tell(struct tx *tx, int64_t now_ms, int64_t conversation_id, const char *before, GError **error)
{
    g_autofree char *after = NULL;
    if (!viewers(tx, conversation_id, &after, error))
        return false;
    struct event event = {
        .at_ms = now_ms, .kind = EVENT_PRESENCE_CHANGED, .conversation_id = conversation_id, .data = after};
    return strcmp(before, after) == 0 || event_append(tx, &event, error);
}

bool presence_set(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id, bool open,
                  bool typing, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation conversation;
    g_autofree char *before = NULL;
    if (!conversation_load(tx, conversation_id, &rows, &conversation, error) ||
        !viewers(tx, conversation_id, &before, error) ||
        !q_desk_presence_prune(tx, error, conversation_id, now_ms - PRESENCE_TIME_MS))
        return false;
    bool ok = open ? q_desk_presence_set(tx, error, conversation_id, actor->person_id, typing, now_ms)
                   : q_desk_presence_leave(tx, error, conversation_id, actor->person_id);
    return ok && tell(tx, now_ms, conversation_id, before, error);
}

bool presence_expire(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *count, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_presence_over row;
    *count = 0;
    if (!q_desk_presence_over(tx, &rows, error, now_ms - PRESENCE_TIME_MS, limit))
        return false;
    for (; q_desk_presence_over_next(rows, &row); ++*count) {
        g_autofree char *before = NULL;
        if (!viewers(tx, row.conversation_id, &before, error) ||
            !q_desk_presence_prune(tx, error, row.conversation_id, now_ms - PRESENCE_TIME_MS) ||
            !tell(tx, now_ms, row.conversation_id, before, error))
            return false;
    }
    return true;
}

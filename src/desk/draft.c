#include "desk/draft.h"

#include "base/limit.h"
#include "desk/conversation.h"

#include <string.h>

bool draft_show(struct tx *tx, int64_t conversation_id, int64_t person_id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_draft row;
    if (!q_desk_draft(tx, &rows, error, conversation_id, person_id))
        return false;
    if (!q_desk_draft_next(rows, &row)) {
        writer_null(out);
        return true;
    }
    writer_begin_object(out);
    writer_put_text(out, "visibility", row.visibility);
    writer_put_text(out, "text", row.text);
    writer_put_time(out, "updated_at", row.updated_ms);
    writer_end_object(out);
    return true;
}

bool draft_save(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                const char *visibility, const char *text, GError **error)
{
    static const char *const VISIBILITIES[] = {"public", "private", "internal", NULL};
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation conversation;
    if (!g_strv_contains(VISIBILITIES, visibility)) {
        error_set(error, HY_ERROR_BAD_VALUE, "visibility", "public, private or internal");
        return false;
    }
    if (strlen(text) > LIMIT_REPLY_TEXT) {
        error_set(error, HY_ERROR_TOO_LONG, "text", "more than %d bytes", LIMIT_REPLY_TEXT);
        return false;
    }
    if (!conversation_load(tx, conversation_id, &rows, &conversation, error))
        return false;
    if (*text == '\0')
        return q_desk_draft_remove(tx, error, conversation_id, actor->person_id);
    return q_desk_draft_save(tx, error, conversation_id, actor->person_id, visibility, text, now_ms);
}

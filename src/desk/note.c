#include "desk/note.h"

#include "base/fold.h"
#include "base/id.h"
#include "base/limit.h"
#include "desk/conversation.h"
#include "desk/view.h"
#include "store/event.h"

#include <string.h>

static void add_once(GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return;
    g_array_append_val(ids, id);
}

/* Whether text begins with login and a login could end there: "@li" is not in "@lisa", but in "@li请看". */
static bool names(const char *text, const char *login)
{
    gsize length = strlen(login);
    if (length == 0 || strncmp(text, login, length) != 0)
        return false;
    return !g_ascii_isalnum(text[length]) || !g_ascii_isalnum(login[length - 1]);
}

struct login {
    int64_t id;
    const char *text; /* folded, as table person keeps it */
};

static const struct login *find_login(const GArray *logins, const char *text)
{
    const struct login *best = NULL;
    for (guint i = 0; i < logins->len; i++) {
        const struct login *login = &g_array_index(logins, struct login, i);
        if (names(text, login->text) && (best == NULL || strlen(login->text) > strlen(best->text)))
            best = login;
    }
    return best;
}

static bool known(const GArray *logins, int64_t id)
{
    for (guint i = 0; i < logins->len; i++)
        if (g_array_index(logins, struct login, i).id == id)
            return true;
    return false;
}

static bool collect(const GArray *logins, const char *text, const GArray *mentions, GArray *ids, GError **error)
{
    for (guint i = 0; mentions != NULL && i < mentions->len; i++) {
        int64_t id = g_array_index(mentions, int64_t, i);
        if (!known(logins, id)) {
            error_set(error, HY_ERROR_BAD_VALUE, "mentions", "nobody active has the id %" G_GINT64_FORMAT, id);
            return false;
        }
        add_once(ids, id);
    }
    g_autofree char *folded = fold_string(text);
    for (const char *at = strchr(folded, '@'); at != NULL; at = strchr(at + 1, '@')) {
        const struct login *login = find_login(logins, at + 1);
        if (login != NULL)
            add_once(ids, login->id);
    }
    if (ids->len > LIMIT_MENTIONS) {
        error_set(error, HY_ERROR_TOO_LONG, "mentions", "more than %d people", LIMIT_MENTIONS);
        return false;
    }
    return true;
}

static bool find_mentions(struct tx *tx, const char *text, const GArray *mentions, GArray *ids, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_logins row;
    g_autoptr(GArray) logins = g_array_new(FALSE, FALSE, sizeof(struct login));
    if (mentions == NULL && strstr(text, "@") == NULL && strstr(text, "＠") == NULL)
        return true;
    if (!q_desk_logins(tx, &rows, error))
        return false;
    while (q_desk_logins_next(rows, &row)) {
        struct login login = {row.id, row.login};
        g_array_append_val(logins, login);
    }
    return collect(logins, text, mentions, ids, error);
}

static bool check_text(const char *text, GError **error)
{
    gsize length = strlen(text);
    bool empty = strspn(text, " \t\r\n") == length;
    if (!empty && length <= LIMIT_NOTE_TEXT)
        return true;
    error_set(error, empty ? HY_ERROR_EMPTY : HY_ERROR_TOO_LONG, "text", "a note of %zu bytes", length);
    return false;
}

static bool tell(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id, int64_t id,
                 const GArray *ids, GError **error)
{
    g_auto(writer_auto) data;
    writer_init(&data);
    writer_begin_object(&data);
    writer_key(&data, "mentions");
    writer_begin_array(&data);
    for (guint i = 0; i < ids->len; i++)
        writer_id(&data, g_array_index(ids, int64_t, i));
    writer_end_array(&data);
    writer_end_object(&data);
    struct event event = {.at_ms = now_ms,
                          .kind = EVENT_NOTE_ADDED,
                          .conversation_id = conversation_id,
                          .subject_id = id,
                          .person_id = actor->person_id,
                          .data = data.text->str};
    return event_append(tx, &event, error);
}

/* The actor's own draft goes with the note when it was one. */
static bool drop_draft(struct tx *tx, int64_t conversation_id, int64_t person_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_draft draft;
    if (!q_desk_draft(tx, &rows, error, conversation_id, person_id))
        return false;
    return !q_desk_draft_next(rows, &draft) || strcmp(draft.visibility, "internal") != 0 ||
           q_desk_draft_remove(tx, error, conversation_id, person_id);
}

bool note_add(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id, const char *text,
              const GArray *mentions, int64_t *message_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation conversation;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!check_text(text, error) || !conversation_load(tx, conversation_id, &rows, &conversation, error) ||
        !find_mentions(tx, text, mentions, ids, error))
        return false;
    *message_id = id_new(now_ms);
    g_autofree char *native_id = g_strdup_printf("note:%" G_GINT64_FORMAT, *message_id);
    bool ok = q_desk_message_insert(tx, error, *message_id, conversation_id, conversation.channel_id, native_id, NULL,
                                    NULL, "internal", "note", text, actor->person_id, actor->name, now_ms);
    for (guint i = 0; ok && i < ids->len; i++)
        ok = q_desk_mention_add(tx, error, *message_id, g_array_index(ids, int64_t, i));
    return ok && drop_draft(tx, conversation_id, actor->person_id, error) &&
           tell(tx, actor, now_ms, conversation_id, *message_id, ids, error);
}

/* ---- mentions ---- */

bool note_mentions(struct tx *tx, const struct actor *actor, int64_t before_id, int64_t limit, struct writer *out,
                   int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(view_auto) view = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct q_desk_mention_page row;
    if (!q_desk_mention_page(tx, &rows, error, actor->person_id, before_id, limit + 1))
        return false;
    bool more = rows_count(rows) > limit;
    for (int64_t n = 0; n < limit && q_desk_mention_page_next(rows, &row); n++) {
        g_array_append_val(ids, row.message_id);
        g_array_append_val(seen, row.seen_ms);
    }
    *last_id = more ? g_array_index(ids, int64_t, ids->len - 1) : 0;
    if (!view_messages(tx, ids, &view, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        writer_begin_object(out);
        writer_key(out, "message");
        view_write_message(view, g_array_index(ids, int64_t, i), actor->lang, out);
        writer_put_time(out, "seen_at", g_array_index(seen, int64_t, i));
        writer_end_object(out);
    }
    return true;
}

bool note_mentions_seen(struct tx *tx, const struct actor *actor, int64_t now_ms, GError **error)
{
    return q_desk_mention_seen(tx, error, actor->person_id, 0, now_ms);
}

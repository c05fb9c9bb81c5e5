#include "desk/view.h"

#include "channels/channel.h"
#include "store/queries.h"

#include <string.h>

/* The structs of the rows stand in items as they came; id is the first member of each. */
struct view {
    struct rows *rows;
    GArray *items;
};

void view_free(struct view *view)
{
    if (view == NULL)
        return;
    rows_free(view->rows);
    g_array_unref(view->items);
    g_free(view);
}

char *view_ids(const GArray *ids)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_array(&out);
    for (guint i = 0; i < ids->len; i++)
        writer_i64(&out, g_array_index(ids, int64_t, i));
    writer_end_array(&out);
    return writer_steal(&out, NULL);
}

static struct view *view_new(struct rows *rows, guint item_size)
{
    struct view *view = g_new0(struct view, 1);
    view->rows = rows;
    view->items = g_array_sized_new(FALSE, FALSE, item_size, rows_count(rows));
    return view;
}

/* A page is short, so looking along it is cheaper than a table. */
static const void *find(const struct view *view, int64_t id)
{
    gsize size = g_array_get_element_size(view->items);
    for (guint i = 0; i < view->items->len; i++) {
        const void *item = view->items->data + i * size;
        if (*(const int64_t *)item == id)
            return item;
    }
    return NULL;
}

static bool missing(const char *what, int64_t id, GError **error)
{
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no %s %" G_GINT64_FORMAT, what, id);
    return false;
}

static GArray *one_id(int64_t id)
{
    GArray *ids = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), 1);
    g_array_append_val(ids, id);
    return ids;
}

/* bool view_NAMEs(tx, ids, &view, error): the rows of these ids, as query finds them. */
#define LOADER(function, query)                                                                                        \
    bool function(struct tx *tx, const GArray *ids, struct view **view, GError **error)                                \
    {                                                                                                                  \
        g_autofree char *list = view_ids(ids);                                                                         \
        struct rows *rows = NULL;                                                                                      \
        struct query row;                                                                                              \
        if (!query(tx, &rows, error, list))                                                                            \
            return false;                                                                                              \
        *view = view_new(rows, sizeof row);                                                                            \
        while (query##_next(rows, &row))                                                                               \
            g_array_append_val((*view)->items, row);                                                                   \
        return true;                                                                                                   \
    }

LOADER(view_conversations, q_desk_conversation_rows)
LOADER(view_messages, q_desk_message_rows)
LOADER(view_contacts, q_desk_contact_rows)
LOADER(view_outbox, q_desk_outbox_rows)

/* ---- conversations ---- */

static void write_contact(struct writer *out, int64_t id, const char *name, const char *handle, const char *relation,
                          int64_t followers, const char *verified, const char *avatar_url)
{
    writer_begin_object(out);
    writer_put_id(out, "id", id);
    writer_put_text(out, "name", name);
    writer_put_text(out, "handle", handle);
    writer_put_text(out, "relation", relation);
    writer_put_i64(out, "followers", followers);
    writer_put_text(out, "verified", verified);
    writer_put_text(out, "avatar_url", avatar_url);
    writer_end_object(out);
}

bool view_write_conversation(const struct view *view, int64_t id, struct writer *out)
{
    const struct q_desk_conversation_rows *row = find(view, id);
    if (row == NULL)
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_id(out, "channel_id", row->channel_id);
    writer_put_text(out, "channel_kind", row->channel_kind);
    writer_put_id(out, "brand_id", row->brand_id);
    writer_key(out, "contact");
    write_contact(out, row->contact_id, row->contact_name, row->handle, row->relation, row->followers, row->verified,
                  row->avatar_url);
    writer_put_text(out, "subject", row->subject);
    writer_put_text(out, "state", row->state);
    writer_put_id(out, "team_id", row->team_id);
    writer_put_id(out, "assignee_id", row->assignee_id);
    writer_put_id(out, "first_owner_id", row->first_owner_id);
    writer_put_i64(out, "importance", row->importance);
    writer_put_text(out, "category", row->category);
    writer_put_text(out, "sentiment", row->sentiment);
    writer_put_i64(out, "urgency", row->urgency);
    writer_put_time(out, "due_at", row->due_ms);
    writer_put_time(out, "waiting_since", row->waiting_ms);
    writer_put_time(out, "snoozed_until", row->snoozed_until_ms);
    writer_put_text(out, "last_text", row->last_text);
    writer_put_text(out, "last_direction", row->last_direction);
    writer_put_time(out, "last_message_at", row->last_message_ms);
    writer_put_time(out, "last_inbound_at", row->last_inbound_ms);
    writer_put_time(out, "last_outbound_at", row->last_outbound_ms);
    writer_put_i64(out, "inbound_count", row->inbound_count);
    writer_put_i64(out, "outbound_count", row->outbound_count);
    writer_put_i64(out, "unread", row->unread);
    writer_put_raw(out, "tags", row->tags);
    writer_put_i64(out, "version", row->version);
    writer_put_time(out, "created_at", row->created_ms);
    writer_end_object(out);
    return true;
}

bool view_conversation(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(GArray) ids = one_id(id);
    g_autoptr(view_auto) view = NULL;
    return view_conversations(tx, ids, &view, error) &&
           (view_write_conversation(view, id, out) || missing("conversation", id, error));
}

/* ---- messages ---- */

static void write_delivery(const char *state, const char *error_class, const char *error_code, int64_t due_ms,
                           enum lang lang, struct writer *out)
{
    bool settled = strcmp(state, "sent") == 0 || strcmp(state, "cancelled") == 0;
    const char *text = "";
    if (*error_class != '\0' && !settled)
        text = channel_fate_text(channel_fate_parse(error_class), lang);
    else if (strcmp(state, "ambiguous") == 0)
        text = channel_fate_text(CHANNEL_AMBIGUOUS, lang);
    writer_begin_object(out);
    writer_put_text(out, "state", state);
    writer_put_text(out, "error_class", error_class);
    writer_put_text(out, "error_code", error_code);
    writer_put_text(out, "text", text);
    writer_put_time(out, "due_at", due_ms);
    writer_end_object(out);
}

static void write_author(const struct q_desk_message_rows *row, struct writer *out)
{
    bool customer = strcmp(row->direction, "in") == 0;
    writer_begin_object(out);
    writer_put_text(out, "type", customer ? "customer" : row->author_person_id != 0 ? "user" : "system");
    writer_put_id(out, "id", customer ? row->author_identity_id : row->author_person_id);
    writer_put_text(out, "name", row->author_name);
    writer_key(out, "followers");
    if (row->verified != NULL)
        writer_i64(out, row->followers);
    else
        writer_null(out);
    writer_put_text(out, "verified", row->verified);
    writer_put_text(out, "avatar_url", row->avatar_url);
    writer_end_object(out);
}

static void write_correction(const struct q_desk_message_rows *row, struct writer *out)
{
    if (row->labels == NULL) {
        writer_null(out);
        return;
    }
    writer_begin_object(out);
    writer_put_id(out, "user_id", row->corrector_id);
    writer_put_text(out, "user_name", row->corrector_name);
    writer_put_time(out, "at", row->corrected_ms);
    writer_put_raw(out, "labels", row->labels);
    writer_end_object(out);
}

bool view_write_message(const struct view *view, int64_t id, enum lang lang, struct writer *out)
{
    const struct q_desk_message_rows *row = find(view, id);
    if (row == NULL)
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_id(out, "conversation_id", row->conversation_id);
    writer_put_id(out, "channel_id", row->channel_id);
    writer_put_text(out, "native_id", row->native_id);
    writer_put_text(out, "parent_native_id", row->parent_native_id);
    writer_put_text(out, "direction", row->direction);
    writer_put_text(out, "visibility", row->visibility);
    writer_put_text(out, "kind", row->kind);
    writer_put_text(out, "text", row->text);
    writer_put_text(out, "url", row->url);
    writer_put_raw(out, "media", row->media);
    writer_put_raw(out, "counts", row->counts);
    writer_key(out, "author");
    write_author(row, out);
    writer_put_time(out, "sent_at", row->sent_ms);
    writer_put_time(out, "received_at", row->received_ms);
    writer_put_raw(out, "assessment", row->assessment);
    writer_key(out, "correction");
    write_correction(row, out);
    writer_key(out, "delivery");
    if (row->state != NULL)
        write_delivery(row->state, row->error_class, row->error_code, row->due_ms, lang, out);
    else
        writer_null(out);
    writer_end_object(out);
    return true;
}

const char *view_message_text(const struct view *view, int64_t id)
{
    const struct q_desk_message_rows *row = find(view, id);
    return row ? row->text : "";
}

bool view_message(struct tx *tx, int64_t id, enum lang lang, struct writer *out, GError **error)
{
    g_autoptr(GArray) ids = one_id(id);
    g_autoptr(view_auto) view = NULL;
    return view_messages(tx, ids, &view, error) &&
           (view_write_message(view, id, lang, out) || missing("message", id, error));
}

/* ---- contacts ---- */

bool view_write_contact(const struct view *view, int64_t id, struct writer *out)
{
    const struct q_desk_contact_rows *row = find(view, id);
    if (row == NULL)
        return false;
    write_contact(out, row->id, row->name, row->handle ? row->handle : row->name, row->relation, row->followers,
                  row->verified ? row->verified : "", row->avatar_url);
    return true;
}

/* ---- outbox ---- */

bool view_write_outbox(const struct view *view, int64_t id, enum lang lang, struct writer *out)
{
    const struct q_desk_outbox_rows *row = find(view, id);
    if (row == NULL)
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_id(out, "conversation_id", row->conversation_id);
    writer_put_id(out, "channel_id", row->channel_id);
    writer_put_text(out, "text", row->text);
    writer_key(out, "delivery");
    write_delivery(row->state, row->error_class, row->error_code, row->due_ms, lang, out);
    writer_put_i64(out, "attempts", row->attempts);
    writer_put_text(out, "author_name", row->author_name);
    writer_put_time(out, "created_at", row->created_ms);
    writer_put_time(out, "sent_at", row->sent_ms);
    writer_end_object(out);
    return true;
}

bool view_outbox_item(struct tx *tx, int64_t id, enum lang lang, struct writer *out, GError **error)
{
    g_autoptr(GArray) ids = one_id(id);
    g_autoptr(view_auto) view = NULL;
    return view_outbox(tx, ids, &view, error) &&
           (view_write_outbox(view, id, lang, out) || missing("outbox item", id, error));
}

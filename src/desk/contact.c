#include "desk/contact.h"

#include "base/fold.h"
#include "base/limit.h"
#include "desk/tag.h"
#include "desk/view.h"
#include "store/event.h"
#include "store/queries.h"

#include <jansson.h>
#include <string.h>

enum { LATEST = 20 };

/* ---- lists ---- */

/* "%word%word%": LIKE over folded text. Folded text has no capitals, so SQLite and PostgreSQL agree on it. */
static char *pattern_of(const char *q)
{
    g_autofree char *folded = fold_string(q);
    GString *pattern = g_string_new("%");
    for (const char *at = folded; *at != '\0'; at++) {
        if (strchr("%_\\", *at) != NULL)
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *at == ' ' ? '%' : *at);
    }
    g_string_append_c(pattern, '%');
    return g_string_free(pattern, FALSE);
}

bool contact_list(struct tx *tx, const char *q, const struct contact_place *place, int64_t limit, struct writer *out,
                  struct contact_place *next, bool *more, GError **error)
{
    static const struct contact_place TOP = {INT64_MAX, INT64_MAX};
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(view_auto) view = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct q_desk_contact_page row;
    if (q != NULL && strlen(q) > LIMIT_QUERY) {
        error_set(error, HY_ERROR_TOO_LONG, "q", "more than %d bytes", LIMIT_QUERY);
        return false;
    }
    g_autofree char *like = q != NULL ? pattern_of(q) : NULL;
    const struct contact_place *from = place ? place : &TOP;
    if (!q_desk_contact_page(tx, &rows, error, from->seen_ms, from->id, like, limit + 1))
        return false;
    *more = rows_count(rows) > limit;
    for (int64_t n = 0; n < limit && q_desk_contact_page_next(rows, &row); n++) {
        g_array_append_val(ids, row.id);
        *next = (struct contact_place){row.seen_ms, row.id};
    }
    if (!view_contacts(tx, ids, &view, error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        view_write_contact(view, g_array_index(ids, int64_t, i), out);
    return true;
}

/* ---- one ---- */

static bool load(struct tx *tx, int64_t id, const char *field, struct rows **rows, struct q_desk_contact *row,
                 GError **error)
{
    if (!q_desk_contact(tx, rows, error, id))
        return false;
    if (q_desk_contact_next(*rows, row))
        return true;
    rows_free(g_steal_pointer(rows));
    error_set(error, field ? HY_ERROR_BAD_VALUE : HY_ERROR_NOT_FOUND, field, "no contact %" G_GINT64_FORMAT, id);
    return false;
}

static bool write_identities(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_contact_identities row;
    if (!q_desk_contact_identities(tx, &rows, error, id))
        return false;
    writer_begin_array(out);
    while (q_desk_contact_identities_next(rows, &row)) {
        writer_begin_object(out);
        writer_put_id(out, "id", row.id);
        writer_put_text(out, "scope", row.scope);
        writer_put_text(out, "native_id", row.native_id);
        writer_put_text(out, "handle", row.handle);
        writer_put_i64(out, "followers", row.followers);
        writer_put_text(out, "verified", row.verified);
        writer_put_text(out, "avatar_url", row.avatar_url);
        writer_put_text(out, "profile_url", row.profile_url);
        writer_end_object(out);
    }
    writer_end_array(out);
    return true;
}

static bool write_conversations(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(view_auto) view = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct q_desk_contact_conversations row;
    if (!q_desk_contact_conversations(tx, &rows, error, id, LATEST))
        return false;
    while (q_desk_contact_conversations_next(rows, &row))
        g_array_append_val(ids, row.id);
    if (!view_conversations(tx, ids, &view, error))
        return false;
    writer_begin_array(out);
    for (guint i = 0; i < ids->len; i++)
        view_write_conversation(view, g_array_index(ids, int64_t, i), out);
    writer_end_array(out);
    return true;
}

bool contact_show(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_contact row;
    if (!load(tx, id, NULL, &rows, &row, error))
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", id);
    writer_put_text(out, "name", row.name);
    writer_put_text(out, "relation", row.relation);
    writer_put_text(out, "note", row.note);
    writer_put_raw(out, "tags", row.tags);
    writer_key(out, "identities");
    if (!write_identities(tx, id, out, error))
        return false;
    writer_key(out, "conversations");
    if (!write_conversations(tx, id, out, error))
        return false;
    writer_put_time(out, "created_at", row.created_ms);
    writer_put_time(out, "seen_at", row.seen_ms);
    writer_end_object(out);
    return true;
}

/* ---- changing ---- */

static bool folded_of(struct tx *tx, int64_t id, const char *name, char **folded, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_contact_identities row;
    g_autoptr(GString) text = g_string_new(name);
    if (!q_desk_contact_identities(tx, &rows, error, id))
        return false;
    while (q_desk_contact_identities_next(rows, &row)) {
        g_string_append_c(text, ' ');
        g_string_append(text, row.handle);
    }
    *folded = fold_string(text->str);
    return true;
}

static void note_text(struct writer *data, const char *key, const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        writer_put_text(data, key, after);
}

/* What others see of the change; NULL when nothing changed. */
static char *differences(const struct q_desk_contact *before, const struct q_desk_contact *after)
{
    g_auto(writer_auto) data;
    writer_init(&data);
    writer_begin_object(&data);
    note_text(&data, "name", before->name, after->name);
    note_text(&data, "relation", before->relation, after->relation);
    if (strcmp(before->note, after->note) != 0) /* the text itself is long and for contact.read only */
        writer_put_bool(&data, "note", true);
    if (strcmp(before->tags, after->tags) != 0)
        writer_put_raw(&data, "tags", after->tags);
    bool nothing = !data.comma;
    writer_end_object(&data);
    return nothing ? NULL : writer_steal(&data, NULL);
}

static bool save(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                 const struct q_desk_contact *after, const char *data, GError **error)
{
    g_autofree char *folded = NULL;
    struct event event = {
        .at_ms = now_ms, .kind = EVENT_CONTACT_CHANGED, .subject_id = id, .person_id = actor->person_id, .data = data};
    return folded_of(tx, id, after->name, &folded, error) &&
           q_desk_contact_save(tx, error, id, after->name, after->relation, after->note, after->tags, after->created_ms,
                               after->seen_ms, folded) &&
           event_append(tx, &event, error);
}

static bool check_edit(const struct contact_edit *edit, GError **error)
{
    static const char *const RELATIONS[] = {"potential", "new", "regular", "loyal", "at_risk", NULL};
    if (edit->name != NULL && strspn(edit->name, " \t\r\n") == strlen(edit->name)) {
        error_set(error, HY_ERROR_EMPTY, "name", "a name without a letter");
        return false;
    }
    if (edit->relation != NULL && !g_strv_contains(RELATIONS, edit->relation)) {
        error_set(error, HY_ERROR_BAD_VALUE, "relation", "no such relation");
        return false;
    }
    return true;
}

bool contact_edit(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const struct contact_edit *edit,
                  GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_contact before;
    g_autofree char *tags = NULL;
    if (!check_edit(edit, error) || !load(tx, id, NULL, &rows, &before, error) ||
        (edit->tags != NULL && !tag_clean(edit->tags, NULL, &tags, error)))
        return false;
    struct q_desk_contact after = before;
    if (edit->name != NULL)
        after.name = edit->name;
    if (edit->relation != NULL)
        after.relation = edit->relation;
    if (edit->note != NULL)
        after.note = edit->note;
    if (tags != NULL)
        after.tags = tags;
    g_autofree char *data = differences(&before, &after);
    return data == NULL || save(tx, actor, now_ms, id, &after, data, error);
}

/* ---- merging ---- */

static void add_tags(GPtrArray *all, const char *json)
{
    json_t *list = json_loads(json, 0, NULL);
    size_t index = 0;
    json_t *tag = NULL;
    json_array_foreach (list, index, tag)
        if (json_is_string(tag) && !g_ptr_array_find_with_equal_func(all, json_string_value(tag), g_str_equal, NULL))
            g_ptr_array_add(all, g_strdup(json_string_value(tag)));
    json_decref(list);
}

/* Both lists, at most as many as one may have. */
static bool unite_tags(const char *first, const char *second, char **json, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    add_tags(all, first);
    add_tags(all, second);
    if (all->len > LIMIT_TAGS)
        g_ptr_array_set_size(all, LIMIT_TAGS);
    g_ptr_array_add(all, NULL);
    return tag_clean((const char *const *)all->pdata, NULL, json, error);
}

static char *join_notes(const char *first, const char *second)
{
    if (*first == '\0' || *second == '\0')
        return g_strdup(*first == '\0' ? second : first);
    return g_strconcat(first, "\n\n", second, NULL);
}

bool contact_merge(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t other_id,
                   GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(rows_auto) other_rows = NULL;
    struct q_desk_contact contact;
    struct q_desk_contact other;
    g_autofree char *tags = NULL;
    if (id == other_id) {
        error_set(error, HY_ERROR_BAD_VALUE, "other_id", "the same contact");
        return false;
    }
    if (!load(tx, id, NULL, &rows, &contact, error) || !load(tx, other_id, "other_id", &other_rows, &other, error) ||
        !unite_tags(contact.tags, other.tags, &tags, error) ||
        !q_desk_contact_move_identities(tx, error, other_id, id) ||
        !q_desk_contact_move_conversations(tx, error, other_id, id) || !q_desk_contact_remove(tx, error, other_id))
        return false;
    g_autofree char *note = join_notes(contact.note, other.note);
    g_autofree char *data = g_strdup_printf("{\"merged\":\"%" G_GINT64_FORMAT "\"}", other_id);
    contact.tags = tags;
    contact.note = note;
    contact.created_ms = MIN(contact.created_ms, other.created_ms);
    contact.seen_ms = MAX(contact.seen_ms, other.seen_ms);
    return save(tx, actor, now_ms, id, &contact, data, error);
}

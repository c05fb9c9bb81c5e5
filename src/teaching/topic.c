#include "teaching/topic.h"

#include "base/error.h"
#include "base/id.h"
#include "base/limit.h"
#include "desk/audit.h"
#include "store/queries.h"
#include "teaching/announce.h"
#include "teaching/correction.h"
#include "understanding/task.h"

#include <string.h>

static bool no_such(int64_t id, GError **error)
{
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no topic %" G_GINT64_FORMAT, id);
    return false;
}

static bool check_name(const char *name, const char *field, GError **error)
{
    if (*name != '\0' && strlen(name) <= LIMIT_NAME)
        return true;
    error_set(error, *name == '\0' ? HY_ERROR_EMPTY : HY_ERROR_TOO_LONG, field, "1 to %d bytes", LIMIT_NAME);
    return false;
}

static bool check_parent(const char *parent, GError **error)
{
    for (size_t i = 0; i < task_label_count(TASK_category); i++)
        if (strcmp(task_label(TASK_category, i), parent) == 0)
            return true;
    error_set(error, HY_ERROR_BAD_VALUE, "parent", "none of the eight categories");
    return false;
}

static bool check_key(struct tx *tx, const char *key, GError **error)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topic_key row;
    size_t length = strlen(key);
    if (length == 0 || length > TASK_NAME_MAX || key[strspn(key, LETTERS)] != '\0' ||
        strcmp(key, TASK_TOPIC_NONE) == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "key", "1 to %d of a-z 0-9 _ - and not %s", TASK_NAME_MAX,
                  TASK_TOPIC_NONE);
        return false;
    }
    if (!q_teaching_topic_key(tx, &rows, error, key))
        return false;
    if (!q_teaching_topic_key_next(rows, &row))
        return true;
    error_set(error, HY_ERROR_TAKEN, "key", "there is a topic of this key");
    return false;
}

/* Words of the English name when it has any, and a number that is new. g_free. */
static char *make_key(const char *name, int64_t id)
{
    g_autoptr(GString) key = g_string_new(NULL);
    for (const char *at = name; *at != '\0' && key->len < 40; at++) {
        if (g_ascii_isalnum(*at))
            g_string_append_c(key, g_ascii_tolower(*at));
        else if (key->len > 0 && key->str[key->len - 1] != '-')
            g_string_append_c(key, '-');
    }
    g_string_append_printf(key, "%s%" G_GINT64_FORMAT, key->len > 0 && key->str[key->len - 1] != '-' ? "-" : "",
                           id % 1000000);
    return g_string_free(g_steal_pointer(&key), FALSE);
}

static bool check_room(struct tx *tx, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topic_count row;
    if (!q_teaching_topic_count(tx, &rows, error))
        return false;
    if (!q_teaching_topic_count_next(rows, &row) || row.count < TOPICS_MAX)
        return true;
    error_set(error, HY_ERROR_TOO_LONG, "topics", "more than %d topics", TOPICS_MAX);
    return false;
}

static bool changed(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *action, int64_t id,
                    GError **error)
{
    return audit_write(tx, actor, now_ms, action, "topic", id, NULL, error) &&
           announce_change(tx, actor->person_id, now_ms, "topics", NULL, error);
}

bool topic_create(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *key,
                  const struct topic_edit *edit, int64_t *id, GError **error)
{
    const char *zh = edit->name_zh != NULL ? edit->name_zh : edit->name_en != NULL ? edit->name_en : "";
    const char *en = edit->name_en != NULL ? edit->name_en : zh;
    *id = id_new(now_ms);
    g_autofree char *own = key != NULL ? g_strdup(key) : make_key(en, *id);
    return check_name(zh, "name_zh", error) && check_name(en, "name_en", error) &&
           check_parent(edit->parent != NULL ? edit->parent : "", error) && check_key(tx, own, error) &&
           check_room(tx, error) && q_teaching_topic_insert(tx, error, *id, own, edit->parent, zh, en, now_ms) &&
           changed(tx, actor, now_ms, "topic.create", *id, error);
}

bool topic_change(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const struct topic_edit *edit,
                  GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topic row;
    if (!q_teaching_topic(tx, &rows, error, id))
        return false;
    if (!q_teaching_topic_next(rows, &row))
        return no_such(id, error);
    const char *parent = edit->parent != NULL ? edit->parent : row.parent;
    const char *zh = edit->name_zh != NULL ? edit->name_zh : row.name_zh;
    const char *en = edit->name_en != NULL ? edit->name_en : row.name_en;
    return check_name(zh, "name_zh", error) && check_name(en, "name_en", error) && check_parent(parent, error) &&
           q_teaching_topic_change(tx, error, id, parent, zh, en, edit->active != NULL ? *edit->active : row.active) &&
           changed(tx, actor, now_ms, "topic.update", id, error);
}

bool topic_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topics row;
    if (!q_teaching_topics(tx, &rows, error))
        return false;
    while (q_teaching_topics_next(rows, &row)) {
        if (row.id != id)
            continue;
        if (row.examples > 0) {
            error_set(error, HY_ERROR_CONFLICT, "examples", "messages were labelled with it");
            return false;
        }
        return q_teaching_topic_remove(tx, error, id) && changed(tx, actor, now_ms, "topic.delete", id, error);
    }
    return no_such(id, error);
}

bool topic_list(struct tx *tx, int64_t only_id, struct writer *out, int *found, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topics row;
    *found = 0;
    if (!q_teaching_topics(tx, &rows, error))
        return false;
    while (q_teaching_topics_next(rows, &row)) {
        if (only_id != 0 && row.id != only_id)
            continue;
        writer_begin_object(out);
        writer_put_id(out, "id", row.id);
        writer_put_text(out, "key", row.key);
        writer_put_text(out, "parent", row.parent);
        writer_put_text(out, "name_zh", row.name_zh);
        writer_put_text(out, "name_en", row.name_en);
        writer_put_bool(out, "active", row.active);
        writer_put_i64(out, "examples", row.examples);
        writer_put_time(out, "created_at", row.created_ms);
        writer_end_object(out);
        (*found)++;
    }
    return true;
}

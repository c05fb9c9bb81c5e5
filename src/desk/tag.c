#include "desk/tag.h"

#include "base/limit.h"
#include "store/queries.h"

#include <string.h>

static bool check_one(const char *tag, GError **error)
{
    if (*tag != '\0' && strlen(tag) <= LIMIT_NAME)
        return true;
    error_set(error, *tag == '\0' ? HY_ERROR_EMPTY : HY_ERROR_TOO_LONG, "tags", "a tag of %zu bytes", strlen(tag));
    return false;
}

static char *format(const GPtrArray *tags)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_array(&out);
    for (guint i = 0; i < tags->len; i++)
        writer_text(&out, g_ptr_array_index(tags, i));
    writer_end_array(&out);
    return writer_steal(&out, NULL);
}

bool tag_clean(const char *const *tags, char ***clean, char **json, GError **error)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    for (; *tags != NULL; tags++) {
        char *tag = g_strstrip(g_strdup(*tags));
        if (!check_one(tag, error)) {
            g_free(tag);
            return false;
        }
        if (g_ptr_array_find_with_equal_func(kept, tag, g_str_equal, NULL))
            g_free(tag);
        else
            g_ptr_array_add(kept, tag);
    }
    if (kept->len > LIMIT_TAGS) {
        error_set(error, HY_ERROR_TOO_LONG, "tags", "more than %d tags", LIMIT_TAGS);
        return false;
    }
    *json = format(kept);
    if (clean != NULL) {
        g_ptr_array_add(kept, NULL);
        *clean = (char **)g_ptr_array_free(g_steal_pointer(&kept), FALSE);
    }
    return true;
}

bool tag_save(struct tx *tx, int64_t conversation_id, const char *const *tags, char **json, GError **error)
{
    g_auto(GStrv) clean = NULL;
    if (!tag_clean(tags, &clean, json, error))
        return false;
    bool ok = q_desk_tag_clear(tx, error, conversation_id);
    for (char **tag = clean; ok && *tag != NULL; tag++)
        ok = q_desk_tag_add(tx, error, conversation_id, *tag);
    if (!ok)
        g_clear_pointer(json, g_free);
    return ok;
}

bool tag_list(struct tx *tx, int64_t skip, int64_t limit, struct writer *out, bool *more, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_tag_page row;
    if (!q_desk_tag_page(tx, &rows, error, skip, limit + 1))
        return false;
    *more = rows_count(rows) > limit;
    for (int64_t n = 0; n < limit && q_desk_tag_page_next(rows, &row); n++)
        writer_text(out, row.tag);
    return true;
}

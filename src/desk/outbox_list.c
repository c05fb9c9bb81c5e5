#include "desk/outbox_list.h"

#include "desk/view.h"
#include "store/queries.h"

static int descending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static bool add_page(struct tx *tx, const char *state, int64_t channel_id, int64_t before_id, int64_t limit,
                     GArray *ids, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_outbox_page row;
    if (!q_desk_outbox_page(tx, &rows, error, state, channel_id, before_id, limit))
        return false;
    while (q_desk_outbox_page_next(rows, &row))
        g_array_append_val(ids, row.id);
    return true;
}

/* One walk along the index a state, then the newest of all: no state is scanned for another's sake. */
static bool collect(struct tx *tx, const char *states, int64_t channel_id, int64_t before_id, int64_t limit,
                    GArray *ids, GError **error)
{
    static const char *const STATES[] = {"queued", "sending", "retry",     "ambiguous",
                                         "sent",   "failed",  "cancelled", NULL};
    if (states == NULL)
        return add_page(tx, NULL, channel_id, before_id, limit, ids, error);
    g_auto(GStrv) names = g_strsplit(states, ",", -1);
    for (char **name = names; *name != NULL; name++) {
        if (!g_strv_contains(STATES, *name)) {
            error_set(error, HY_ERROR_BAD_VALUE, "state", "no such state");
            return false;
        }
        bool again = false;
        for (char **earlier = names; earlier != name; earlier++)
            again |= g_str_equal(*earlier, *name);
        if (!again && !add_page(tx, *name, channel_id, before_id, limit, ids, error))
            return false;
    }
    g_array_sort(ids, descending);
    return true;
}

bool outbox_list(struct tx *tx, const char *states, int64_t channel_id, int64_t before_id, int64_t limit,
                 enum lang lang, struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(view_auto) view = NULL;
    if (!collect(tx, states, channel_id, before_id, limit + 1, ids, error))
        return false;
    *last_id = ids->len > limit ? g_array_index(ids, int64_t, limit - 1) : 0;
    g_array_set_size(ids, (guint)MIN(ids->len, limit));
    if (!view_outbox(tx, ids, &view, error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        view_write_outbox(view, g_array_index(ids, int64_t, i), lang, out);
    return true;
}

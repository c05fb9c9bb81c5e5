#include "desk/search.h"

#include "desk/view.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

enum {
    CHUNK = 400, /* ids taken from the index at once */
    ROUNDS = 25, /* chunks looked through for one page: with a channel that is rarely hit the page may stay short */
};

static int descending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Matching messages behind the index's place, newest (largest id) first. */
static bool find_tail(struct tx *tx, const struct search_query *query, int64_t upto, int64_t before_id, GArray **ids,
                      GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_search_tail row;
    if (!q_desk_search_tail(tx, &rows, error, upto, before_id, SEARCH_TAIL))
        return false;
    *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    while (q_desk_search_tail_next(rows, &row))
        if (search_query_matches(query, row.text))
            g_array_append_val(*ids, row.id);
    g_array_sort(*ids, descending);
    return true;
}

static bool parse(const char *q, struct search_query **query, GError **error)
{
    *query = search_query_parse(q, error);
    if (*query == NULL)
        return false;
    if (!search_query_is_empty(*query))
        return true;
    search_query_free(g_steal_pointer(query));
    error_set(error, HY_ERROR_EMPTY, "q", "there is no word in it");
    return false;
}

/* ---- ids, newest first, out of both sources ---- */

struct finder {
    struct search_index *index;
    const struct search_query *query;
    GArray *tail;
    guint tail_at;
    int64_t before_id;
    bool index_over;
};

static bool finder_start(struct finder *finder, struct tx *tx, struct search_index *index,
                         const struct search_query *query, int64_t before_id, GError **error)
{
    int64_t upto = 0;
    *finder = (struct finder){.index = index, .query = query, .before_id = before_id ? before_id : INT64_MAX};
    finder->index_over = index == NULL;
    if (index != NULL && !search_index_upto(index, &upto, error))
        return false;
    return find_tail(tx, query, upto, finder->before_id, &finder->tail, error);
}

static void finder_clear(struct finder *finder)
{
    if (finder->tail != NULL)
        g_array_unref(finder->tail);
}
typedef struct finder finder_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(finder_auto, finder_clear)

/* The next ids, at most CHUNK, each once; none: that was all. g_array_unref. */
static bool finder_next(struct finder *finder, GArray **ids, GError **error)
{
    g_autoptr(GArray) found = NULL;
    *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!finder->index_over) {
        if (!search_index_find(finder->index, finder->query, finder->before_id, CHUNK, &found, NULL, error)) {
            g_clear_pointer(ids, g_array_unref);
            return false;
        }
        finder->index_over = found->len < CHUNK;
    }
    /* Down to the last id of the index's chunk, or to the end when the index has no more. */
    int64_t floor = finder->index_over ? 0 : g_array_index(found, int64_t, found->len - 1);
    guint at = 0;
    while ((found != NULL && at < found->len) || finder->tail_at < finder->tail->len) {
        int64_t indexed = found != NULL && at < found->len ? g_array_index(found, int64_t, at) : 0;
        int64_t tailed =
            finder->tail_at < finder->tail->len ? g_array_index(finder->tail, int64_t, finder->tail_at) : 0;
        int64_t id = MAX(indexed, tailed);
        if (id < floor)
            break;
        at += id == indexed;
        finder->tail_at += id == tailed;
        g_array_append_val(*ids, id);
        finder->before_id = id;
    }
    return true;
}

/* ---- a page of hits ---- */

struct hits {
    GArray *messages, *conversations; /* of int64_t, side by side */
};

static bool keep_fitting(struct tx *tx, const GArray *ids, int64_t channel_id, struct hits *hits, GError **error)
{
    g_autofree char *list = view_ids(ids);
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_search_filter row;
    if (!q_desk_search_filter(tx, &rows, error, list, channel_id))
        return false;
    while (q_desk_search_filter_next(rows, &row)) {
        g_array_append_val(hits->messages, row.id);
        g_array_append_val(hits->conversations, row.conversation_id);
    }
    return true;
}

static void write_highlights(const struct search_query *query, const char *text, struct writer *out)
{
    g_autoptr(GArray) ranges = search_query_highlight(query, text);
    writer_begin_array(out);
    for (guint i = 0; i < ranges->len; i++) {
        const struct search_range *range = &g_array_index(ranges, struct search_range, i);
        writer_begin_object(out);
        writer_put_i64(out, "begin", range->begin);
        writer_put_i64(out, "end", range->end);
        writer_end_object(out);
    }
    writer_end_array(out);
}

static bool write_hits(struct tx *tx, const struct actor *actor, const struct search_query *query,
                       const struct hits *hits, guint count, struct writer *out, GError **error)
{
    g_autoptr(view_auto) messages = NULL;
    g_autoptr(view_auto) conversations = NULL;
    g_array_set_size(hits->messages, count);
    g_array_set_size(hits->conversations, count);
    if (!view_messages(tx, hits->messages, &messages, error) ||
        !view_conversations(tx, hits->conversations, &conversations, error))
        return false;
    for (guint i = 0; i < count; i++) {
        int64_t id = g_array_index(hits->messages, int64_t, i);
        writer_begin_object(out);
        writer_key(out, "message");
        view_write_message(messages, id, actor->lang, out);
        writer_key(out, "conversation");
        view_write_conversation(conversations, g_array_index(hits->conversations, int64_t, i), out);
        writer_key(out, "highlights");
        write_highlights(query, view_message_text(messages, id), out);
        writer_end_object(out);
    }
    return true;
}

/* Ids that fit, until there are more than limit of them or no more; *over: there are no more. */
static bool gather(struct tx *tx, struct finder *finder, int64_t channel_id, int64_t limit, struct hits *hits,
                   bool *over, GError **error)
{
    *over = false;
    for (int round = 0; round < ROUNDS && hits->messages->len <= limit && !*over; round++) {
        g_autoptr(GArray) ids = NULL;
        if (!finder_next(finder, &ids, error))
            return false;
        *over = ids->len == 0;
        if (!*over && !keep_fitting(tx, ids, channel_id, hits, error))
            return false;
    }
    return true;
}

bool search_messages(struct tx *tx, struct search_index *index, const struct actor *actor, const char *q,
                     int64_t channel_id, int64_t before_id, int64_t limit, struct writer *out, int64_t *last_id,
                     GError **error)
{
    g_autoptr(search_query_auto) query = NULL;
    g_auto(finder_auto) finder = {0};
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) conversations = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct hits hits = {messages, conversations};
    bool over = false;
    if (!parse(q, &query, error) || !finder_start(&finder, tx, index, query, before_id, error) ||
        !gather(tx, &finder, channel_id, limit, &hits, &over, error))
        return false;
    bool more = messages->len > limit;
    *last_id = more ? g_array_index(messages, int64_t, limit - 1) : over ? 0 : finder.before_id;
    return write_hits(tx, actor, query, &hits, (guint)MIN(messages->len, limit), out, error);
}

bool search_conversations(struct tx *tx, struct search_index *index, const char *q, int64_t limit, GArray **ids,
                          GError **error)
{
    g_autoptr(search_query_auto) query = NULL;
    g_auto(finder_auto) finder = {0};
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) conversations = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct hits hits = {messages, conversations};
    bool over = false;
    if (!parse(q, &query, error) || !finder_start(&finder, tx, index, query, 0, error) ||
        !gather(tx, &finder, 0, limit, &hits, &over, error))
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < conversations->len && i < limit; i++)
        if (g_hash_table_add(seen, &g_array_index(conversations, int64_t, i)))
            g_array_append_val(*ids, g_array_index(conversations, int64_t, i));
    return true;
}

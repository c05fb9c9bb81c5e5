#include "api/chat_live.h"

#include "inbox/worker.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

#define REST_MS 20
#define REPLAY 500           /* lines read at one time for one stream */
#define STREAMS_OF_VISITOR 8 /* open windows */

struct listener {
    struct chat_live *live;
    struct http_stream *stream; /* owned; NULL until it started */
    int64_t visitor_id;
    int64_t last_seq; /* sent; only the thread touches it */
    bool fresh;       /* waits for the lines it has not seen */
    bool gone;
    int references; /* the table's, the server's, the thread's; under the lock */
};

struct chat_live {
    struct store *store;
    struct worker *worker;
    GMutex lock;
    GHashTable *visitors; /* int64 id → GPtrArray of struct listener * */
    unsigned fresh;       /* listeners that wait for their first lines */
    int64_t seq;          /* of the log, worked through */
    bool started;
};

void chat_line_write(struct writer *out, const struct chat_line *line)
{
    bool visitor = strcmp(line->direction, "in") == 0;
    writer_begin_object(out);
    writer_put_i64(out, "seq", line->seq);
    writer_put_id(out, "id", line->id);
    writer_put_text(out, "from", visitor ? "visitor" : "agent");
    writer_put_text(out, "name", line->name);
    writer_put_text(out, "text", line->text);
    writer_put_time(out, "at", line->sent_ms);
    writer_end_object(out);
}

static GBytes *frame_of(const struct chat_line *line)
{
    g_auto(writer_auto) out = {0};
    char id[32];
    writer_init(&out);
    chat_line_write(&out, line);
    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, line->seq);
    return http_stream_frame(id, NULL, out.text->str, out.text->len);
}

/* ---- listeners ---- */

/* Locked. */
static void listener_unref(struct listener *listener)
{
    if (--listener->references > 0)
        return;
    if (listener->stream != NULL)
        http_stream_unref(listener->stream);
    g_free(listener);
}

static void listener_gone(struct http_stream *stream, void *data)
{
    struct listener *listener = data;
    struct chat_live *live = listener->live;
    (void)stream;
    g_mutex_lock(&live->lock);
    listener->gone = true;
    GPtrArray *list = g_hash_table_lookup(live->visitors, &listener->visitor_id);
    if (list != NULL && g_ptr_array_remove_fast(list, listener))
        listener_unref(listener);
    if (list != NULL && list->len == 0)
        g_hash_table_remove(live->visitors, &listener->visitor_id);
    listener_unref(listener);
    g_mutex_unlock(&live->lock);
}

bool chat_live_listen(struct chat_live *live, struct http_request *request, int64_t visitor_id, int64_t after_seq,
                      GError **error)
{
    struct listener *listener = g_new0(struct listener, 1);
    *listener = (struct listener){.live = live,
                                  .visitor_id = visitor_id,
                                  .last_seq = after_seq,
                                  .fresh = true,
                                  .references = 3}; /* the table's, the server's, ours until it has started */
    g_mutex_lock(&live->lock);
    GPtrArray *list = g_hash_table_lookup(live->visitors, &visitor_id);
    if (list != NULL && list->len >= STREAMS_OF_VISITOR) {
        g_mutex_unlock(&live->lock);
        g_free(listener);
        error_set(error, HY_ERROR_THROTTLED, NULL, "too many windows of one visitor");
        return false;
    }
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(live->visitors, g_memdup2(&visitor_id, sizeof visitor_id), list);
    }
    g_ptr_array_add(list, listener);
    g_mutex_unlock(&live->lock);

    struct http_stream_watch watch = {.gone = listener_gone, .data = listener};
    struct http_stream *stream = http_stream_start(request, &watch, NULL);
    g_mutex_lock(&live->lock);
    listener->stream = stream;
    live->fresh++;
    listener_unref(listener);
    g_mutex_unlock(&live->lock);
    worker_wake(live->worker);
    return true;
}

/* ---- the thread ---- */

struct news {
    struct chat_live *live;
    struct listener *listener; /* fresh: whose lines are read */
    int64_t after_seq, upto_seq;
    struct rows *rows;
};

static bool read_news(struct tx *tx, void *data, GError **error)
{
    struct news *news = data;
    g_clear_pointer(&news->rows, rows_free);
    if (!event_last_seq(tx, &news->upto_seq, error))
        return false;
    return news->upto_seq == news->after_seq || q_chat_news(tx, &news->rows, error, news->after_seq, news->upto_seq);
}

static bool read_replay(struct tx *tx, void *data, GError **error)
{
    struct news *news = data;
    g_clear_pointer(&news->rows, rows_free);
    return q_chat_lines(tx, &news->rows, error, news->listener->visitor_id, news->listener->last_seq, REPLAY);
}

/* A listener that waits for its first lines, with a reference; NULL = none. */
static struct listener *next_fresh(struct chat_live *live)
{
    struct listener *found = NULL;
    g_mutex_lock(&live->lock);
    GHashTableIter iter;
    gpointer list = NULL;
    g_hash_table_iter_init(&iter, live->visitors);
    while (live->fresh > 0 && found == NULL && g_hash_table_iter_next(&iter, NULL, &list)) {
        for (guint i = 0; i < ((GPtrArray *)list)->len && found == NULL; i++) {
            struct listener *listener = g_ptr_array_index((GPtrArray *)list, i);
            if (listener->fresh && listener->stream != NULL)
                found = listener;
        }
    }
    if (found != NULL) {
        found->fresh = false;
        found->references++;
        live->fresh--;
    } else {
        live->fresh = 0; /* those that left before their turn */
    }
    g_mutex_unlock(&live->lock);
    return found;
}

static void send_line(struct listener *listener, const struct chat_line *line)
{
    if (line->seq <= listener->last_seq)
        return;
    g_autoptr(GBytes) frame = frame_of(line);
    if (http_stream_send(listener->stream, frame))
        listener->last_seq = line->seq;
}

static bool replay(struct chat_live *live, struct listener *listener, GError **error)
{
    struct news news = {.live = live, .listener = listener};
    struct q_chat_lines row;
    bool ok = true;
    unsigned count = REPLAY;
    while (ok && count == REPLAY) {
        ok = store_read(live->store, read_replay, &news, error);
        count = ok ? rows_count(news.rows) : 0;
        int64_t before_seq = listener->last_seq;
        while (ok && q_chat_lines_next(news.rows, &row)) {
            struct chat_line line = CHAT_LINE(row);
            send_line(listener, &line);
        }
        if (listener->last_seq == before_seq)
            break; /* nothing new, or the browser went away */
    }
    g_clear_pointer(&news.rows, rows_free);
    return ok;
}

static void spread(struct chat_live *live, struct rows *rows)
{
    struct q_chat_news row;
    while (q_chat_news_next(rows, &row)) {
        struct chat_line line = CHAT_LINE(row);
        g_autoptr(GPtrArray) listeners = g_ptr_array_new();
        g_mutex_lock(&live->lock);
        GPtrArray *list = g_hash_table_lookup(live->visitors, &row.visitor_id);
        for (guint i = 0; list != NULL && i < list->len; i++) {
            struct listener *listener = g_ptr_array_index(list, i);
            if (listener->fresh || listener->stream == NULL)
                continue; /* gets it with its first lines */
            listener->references++;
            g_ptr_array_add(listeners, listener);
        }
        g_mutex_unlock(&live->lock);
        for (guint i = 0; i < listeners->len; i++)
            send_line(g_ptr_array_index(listeners, i), &line);
        g_mutex_lock(&live->lock);
        for (guint i = 0; i < listeners->len; i++)
            listener_unref(g_ptr_array_index(listeners, i));
        g_mutex_unlock(&live->lock);
    }
}

static bool work(void *data, int64_t *next_ms, GError **error)
{
    struct chat_live *live = data;
    struct news news = {.live = live, .after_seq = live->seq};
    *next_ms = INT64_MAX;
    if (!live->started) { /* what is older, a stream begins with */
        news.after_seq = INT64_MAX;
        live->started = true;
    }
    bool ok = store_read(live->store, read_news, &news, error);
    if (ok) {
        live->seq = news.upto_seq;
        if (news.rows != NULL)
            spread(live, news.rows);
    }
    g_clear_pointer(&news.rows, rows_free);
    for (struct listener *listener = NULL; ok && (listener = next_fresh(live)) != NULL;) {
        ok = replay(live, listener, error);
        g_mutex_lock(&live->lock);
        if (!ok) {
            listener->fresh = true;
            live->fresh++;
        }
        listener_unref(listener);
        g_mutex_unlock(&live->lock);
    }
    return ok;
}

static void free_list(gpointer list)
{
    g_ptr_array_unref(list);
}

struct chat_live *chat_live_new(struct store *store, const struct clock *clock)
{
    struct chat_live *live = g_new0(struct chat_live, 1);
    live->store = store;
    live->visitors = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_list);
    live->worker = worker_new("chat.live", clock, REST_MS, work, live);
    g_mutex_init(&live->lock);
    return live;
}

void chat_live_start(struct chat_live *live)
{
    worker_start(live->worker);
}

void chat_live_wake(void *data)
{
    worker_wake(((struct chat_live *)data)->worker);
}

void chat_live_free(struct chat_live *live)
{
    if (live == NULL)
        return;
    worker_free(live->worker);
    g_hash_table_unref(live->visitors);
    g_mutex_clear(&live->lock);
    g_free(live);
}

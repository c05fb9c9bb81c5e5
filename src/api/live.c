#include "api/live.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/writer.h"
#include "store/event.h"

#include <string.h>

enum {
    GATHER_MS = 50,        /* what follows the first change is collected for so long */
    PAGE = 500,            /* events read at once */
    REPLAY_MAX = 10000,    /* more than that behind: fetch everything again */
    CHECK_MS = 15000,      /* how often sessions are looked at for their end */
    RETRY_MS = 500,        /* after the store failed */
    QUEUE_MAX = 64 * 1024, /* of a stream that catches up: no more is read for it until that is out */
};

static const enum permission SEEN_BY[EVENT_KIND_COUNT] = {
#define EVENT(kind, name, permission, ...) [EVENT_##kind] = PERMISSION_##permission,
#include "store/event.def"
#undef EVENT
};

/* One stream. Owned by the stream's watch (until gone) and by whoever holds a reference. */
struct listener {
    gatomicrefcount references;
    struct live *live;
    struct http_stream *stream; /* ours */
    struct live_listener who;
    uint64_t sees;    /* permissions that matter for events */
    bool behind;      /* still catching up; live thread only, once registered */
    int64_t seq;      /* sent up to here; live thread only, once registered */
    bool must_reload; /* its past cannot be replayed */
    bool gone;        /* under live->lock */
};

struct live {
    struct store *store;
    struct guard *guard;
    GThread *thread;
    GMutex lock;
    GCond changed;
    bool stopping, woken, drained;
    GPtrArray *listeners; /* of struct listener *, each with a reference */
    GHashTable *online;   /* person_id → number of streams */
    struct live_figures figures;
};

static struct listener *listener_ref(struct listener *listener)
{
    g_atomic_ref_count_inc(&listener->references);
    return listener;
}

static void listener_unref(void *data)
{
    struct listener *listener = data;
    if (!g_atomic_ref_count_dec(&listener->references))
        return;
    if (listener->stream != NULL)
        http_stream_unref(listener->stream);
    g_free(listener);
}

/* ---- who is there ---- */

static void count_online(struct live *live, int64_t person_id, int by)
{
    int number = GPOINTER_TO_INT(g_hash_table_lookup(live->online, &person_id)) + by;
    if (number == 0)
        g_hash_table_remove(live->online, &person_id);
    else
        g_hash_table_insert(live->online, g_memdup2(&person_id, sizeof person_id), GINT_TO_POINTER(number));
}

bool live_is_online(void *data, int64_t person_id)
{
    struct live *live = data;
    g_mutex_lock(&live->lock);
    bool there = g_hash_table_contains(live->online, &person_id);
    g_mutex_unlock(&live->lock);
    return there;
}

void live_figures(struct live *live, struct live_figures *out)
{
    g_mutex_lock(&live->lock);
    *out = live->figures;
    out->streams = live->listeners->len;
    g_mutex_unlock(&live->lock);
}

static void poke(struct live *live, bool *flag)
{
    g_mutex_lock(&live->lock);
    *flag = true;
    g_cond_signal(&live->changed);
    g_mutex_unlock(&live->lock);
}

void live_wake(struct live *live)
{
    poke(live, &live->woken);
}

/* ---- frames ---- */

static GBytes *seq_frame(const char *name, int64_t seq)
{
    g_autofree char *data = g_strdup_printf("{\"seq\":%" G_GINT64_FORMAT "}", seq);
    return http_stream_frame(NULL, name, data, strlen(data));
}

/* A run of the log, formatted once, and the frames made of it so far. */
struct batch {
    GArray *events;   /* of struct event */
    GPtrArray *texts; /* of char *, same order */
    int64_t last_seq;
    unsigned frames;                 /* made */
    GHashTable *changes, *presences; /* permissions → GBytes; NULL value: nothing to see */
};

static void unref_bytes(void *data)
{
    if (data != NULL)
        g_bytes_unref(data);
}

static void batch_init(struct batch *batch, GArray *events)
{
    batch->events = events;
    batch->texts = g_ptr_array_new_with_free_func(g_free);
    batch->changes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unref_bytes);
    batch->presences = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unref_bytes);
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = &g_array_index(events, struct event, i);
        g_ptr_array_add(batch->texts, event_format(event));
        batch->last_seq = event->seq;
    }
}

static void batch_clear(struct batch *batch)
{
    g_array_unref(batch->events);
    g_ptr_array_unref(batch->texts);
    g_hash_table_unref(batch->changes);
    g_hash_table_unref(batch->presences);
}

static bool is_presence(const struct event *event)
{
    return event->kind == EVENT_PRESENCE_CHANGED;
}

/* NULL when there is nothing that sees may see after after_seq. g_bytes_unref. */
static GBytes *make_frame(const struct batch *batch, uint64_t sees, int64_t after_seq, bool presence)
{
    g_autoptr(GString) data = g_string_new("[");
    for (guint i = 0; i < batch->events->len; i++) {
        const struct event *event = &g_array_index(batch->events, struct event, i);
        if (is_presence(event) != presence || event->seq <= after_seq || !(sees & PERMISSION_BIT(SEEN_BY[event->kind])))
            continue;
        if (data->len > 1)
            g_string_append_c(data, ',');
        g_string_append(data, g_ptr_array_index(batch->texts, i));
    }
    if (data->len == 1)
        return NULL;
    g_string_append_c(data, ']');
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, batch->last_seq);
    return http_stream_frame(presence ? NULL : id, presence ? "presence" : "change", data->str, data->len);
}

static GBytes *shared_frame(GHashTable *made, struct batch *batch, uint64_t sees, bool presence)
{
    void *found = NULL;
    if (!g_hash_table_lookup_extended(made, &sees, NULL, &found)) {
        found = make_frame(batch, sees, 0, presence);
        batch->frames += found != NULL;
        g_hash_table_insert(made, g_memdup2(&sees, sizeof sees), found);
    }
    return found;
}

static void send_batch(struct batch *batch, struct listener *listener, int64_t before_seq)
{
    if (listener->seq > before_seq) { /* it came from a process that was further on */
        g_autoptr(GBytes) own = make_frame(batch, listener->sees, listener->seq, false);
        if (own != NULL)
            http_stream_send(listener->stream, own);
    } else {
        GBytes *change = shared_frame(batch->changes, batch, listener->sees, false);
        GBytes *presence = shared_frame(batch->presences, batch, listener->sees, true);
        if (change != NULL)
            http_stream_send(listener->stream, change);
        if (presence != NULL)
            http_stream_send(listener->stream, presence);
    }
    listener->seq = MAX(listener->seq, batch->last_seq);
}

/* ---- reading the log ---- */

struct page {
    int64_t after_seq;
    GArray *events;
};

static bool read_page(struct tx *tx, void *data, GError **error)
{
    struct page *page = data;
    g_clear_pointer(&page->events, g_array_unref);
    return event_read(tx, page->after_seq, PAGE, &page->events, error);
}

struct bounds {
    int64_t first, last;
};

static bool read_bounds(struct tx *tx, void *data, GError **error)
{
    struct bounds *bounds = data;
    return event_first_seq(tx, &bounds->first, error) && event_last_seq(tx, &bounds->last, error);
}

/* ---- the thread ---- */

static bool ends_with(const struct listener *listener, const struct event *event)
{
    const struct live_listener *who = &listener->who;
    if (event->kind == EVENT_USER_CHANGED) /* what they may see may have changed: they come back at once */
        return event->subject_id == who->person_id;
    if (event->kind != EVENT_SESSION_ENDED || event->person_id != who->person_id)
        return false;
    return event->subject_id == 0 || event->subject_id == who->session_id || event->subject_id == who->token_id;
}

static bool is_about_people(const struct event *event)
{
    return event->kind == EVENT_USER_CHANGED || event->kind == EVENT_SESSION_ENDED;
}

static void close_ended(struct live *live, const struct batch *batch, const GPtrArray *listeners)
{
    bool people = false;
    for (guint i = 0; i < batch->events->len; i++) {
        const struct event *event = &g_array_index(batch->events, struct event, i);
        if (!is_about_people(event))
            continue;
        people = true;
        for (guint j = 0; j < listeners->len; j++) {
            struct listener *listener = g_ptr_array_index(listeners, j);
            if (ends_with(listener, event))
                http_stream_close(listener->stream);
        }
    }
    if (people && live->guard != NULL)
        guard_forget(live->guard);
}

static GPtrArray *snapshot(struct live *live)
{
    GPtrArray *all = g_ptr_array_new_full(live->listeners->len, listener_unref);
    for (guint i = 0; i < live->listeners->len; i++)
        g_ptr_array_add(all, listener_ref(g_ptr_array_index(live->listeners, i)));
    return all;
}

/* Sends one page of the log to all who are up to date. *more: there is another. */
static bool distribute(struct live *live, bool *more, GError **error)
{
    struct page page = {.after_seq = live->figures.seq};
    *more = false;
    if (!store_read(live->store, read_page, &page, error)) {
        g_clear_pointer(&page.events, g_array_unref);
        return false;
    }
    if (page.events->len == 0) {
        g_array_unref(page.events);
        return true;
    }
    struct batch batch = {0};
    batch_init(&batch, page.events);
    *more = page.events->len == PAGE;
    /* Whoever registers from here on starts behind this page; whoever was there before gets it. */
    g_mutex_lock(&live->lock);
    g_autoptr(GPtrArray) listeners = snapshot(live);
    live->figures.seq = batch.last_seq;
    live->figures.rounds++;
    live->figures.events += page.events->len;
    g_mutex_unlock(&live->lock);
    for (guint i = 0; i < listeners->len; i++) {
        struct listener *listener = g_ptr_array_index(listeners, i);
        if (!listener->behind)
            send_batch(&batch, listener, page.after_seq);
    }
    close_ended(live, &batch, listeners);
    g_mutex_lock(&live->lock);
    live->figures.frames += batch.frames;
    g_mutex_unlock(&live->lock);
    batch_clear(&batch);
    return true;
}

/* A page for one that is behind. */
static bool catch_up(struct live *live, struct listener *listener, GError **error)
{
    struct page page = {.after_seq = listener->seq};
    if (listener->must_reload) {
        g_autoptr(GBytes) frame = seq_frame("reload", live->figures.seq);
        g_mutex_lock(&live->lock);
        live->figures.reloads++;
        g_mutex_unlock(&live->lock);
        http_stream_send(listener->stream, frame);
        listener->seq = live->figures.seq;
        listener->behind = false;
        return true;
    }
    if (!store_read(live->store, read_page, &page, error)) {
        g_clear_pointer(&page.events, g_array_unref);
        return false;
    }
    while (page.events->len > 0 &&
           g_array_index(page.events, struct event, page.events->len - 1).seq > live->figures.seq)
        g_array_set_size(page.events, page.events->len - 1); /* those come with the others */
    struct batch batch = {0};
    batch_init(&batch, page.events);
    if (page.events->len > 0) {
        g_autoptr(GBytes) frame = make_frame(&batch, listener->sees, listener->seq, false);
        if (frame != NULL)
            http_stream_send(listener->stream, frame);
        listener->seq = batch.last_seq;
    }
    listener->behind = page.events->len > 0;
    if (!listener->behind)
        listener->seq = MAX(listener->seq, live->figures.seq);
    batch_clear(&batch);
    return true;
}

/* *more: somebody is still behind and has room for more. */
static bool catch_up_all(struct live *live, bool *more, GError **error)
{
    g_mutex_lock(&live->lock);
    live->drained = false;
    g_autoptr(GPtrArray) listeners = snapshot(live);
    g_mutex_unlock(&live->lock);
    *more = false;
    for (guint i = 0; i < listeners->len; i++) {
        struct listener *listener = g_ptr_array_index(listeners, i);
        if (!listener->behind || http_stream_queued(listener->stream) > QUEUE_MAX)
            continue;
        if (!catch_up(live, listener, error))
            return false;
        *more |= listener->behind;
    }
    return true;
}

static void close_expired(struct live *live)
{
    int64_t now_ms = clock_now_ms(store_clock(live->store));
    g_mutex_lock(&live->lock);
    g_autoptr(GPtrArray) listeners = snapshot(live);
    g_mutex_unlock(&live->lock);
    for (guint i = 0; i < listeners->len; i++) {
        struct listener *listener = g_ptr_array_index(listeners, i);
        if (listener->who.ends_ms <= now_ms)
            http_stream_close(listener->stream);
    }
}

/* Waits for something to do, but at most until until_us. False: the end. */
static bool wait_for_work(struct live *live, bool more, int64_t until_us)
{
    g_mutex_lock(&live->lock);
    while (!live->stopping && !live->woken && !live->drained && !more) {
        if (!g_cond_wait_until(&live->changed, &live->lock, until_us))
            break;
    }
    live->woken = false;
    bool goes_on = !live->stopping;
    g_mutex_unlock(&live->lock);
    return goes_on;
}

/* Lets changes gather, until the end at most. */
static void rest(struct live *live, int64_t until_us)
{
    g_mutex_lock(&live->lock);
    while (!live->stopping && g_cond_wait_until(&live->changed, &live->lock, until_us))
        ;
    g_mutex_unlock(&live->lock);
}

static void *live_main(void *data)
{
    struct live *live = data;
    int64_t check_us = g_get_monotonic_time() + CHECK_MS * 1000;
    bool more = false;
    while (wait_for_work(live, more, check_us)) {
        bool more_news = false, more_past = false;
        g_autoptr(GError) error = NULL;
        int64_t begun_us = g_get_monotonic_time();
        if (begun_us >= check_us) {
            close_expired(live);
            check_us = begun_us + CHECK_MS * 1000;
        }
        int64_t before_seq = live->figures.seq;
        if (!distribute(live, &more_news, &error) || !catch_up_all(live, &more_past, &error)) {
            log_failure("live.read", error);
            more = true;
            rest(live, begun_us + RETRY_MS * 1000);
            continue;
        }
        more = more_news || more_past;
        if (live->figures.seq != before_seq && !more)
            rest(live, begun_us + GATHER_MS * 1000);
    }
    return NULL;
}

/* ---- streams ---- */

static void stream_gone(struct http_stream *stream, void *data)
{
    struct listener *listener = data;
    struct live *live = listener->live;
    (void)stream;
    g_mutex_lock(&live->lock);
    listener->gone = true;
    bool registered = g_ptr_array_remove_fast(live->listeners, listener);
    if (registered)
        count_online(live, listener->who.person_id, -1);
    g_mutex_unlock(&live->lock);
    listener_unref(listener);
}

static void stream_drained(struct http_stream *stream, void *data)
{
    struct listener *listener = data;
    (void)stream;
    poke(listener->live, &listener->live->drained);
}

/* Can what came after last_seq be sent again? */
static bool must_reload(struct live *live, int64_t last_seq)
{
    struct bounds bounds = {0};
    if (last_seq < 0 || !store_read(live->store, read_bounds, &bounds, NULL))
        return last_seq >= 0;
    bool purged = bounds.first > last_seq + 1;
    return purged || last_seq > bounds.last || bounds.last - last_seq > REPLAY_MAX;
}

void live_listen(struct live *live, struct http_request *request, const struct live_listener *who, int64_t last_seq)
{
    struct listener *listener = g_new0(struct listener, 1);
    struct http_stream_watch watch = {stream_gone, stream_drained, listener};
    g_atomic_ref_count_init(&listener->references);
    listener->live = live;
    listener->who = *who;
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        listener->sees |= who->permissions & PERMISSION_BIT(SEEN_BY[i]);
    listener->must_reload = must_reload(live, last_seq);
    listener_ref(listener); /* ours, until it is registered */
    /* Not under the lock: of a browser that has left already, gone runs in here. */
    listener->stream = http_stream_start(request, &watch, NULL);
    g_mutex_lock(&live->lock);
    listener->seq = last_seq < 0 ? live->figures.seq : last_seq;
    listener->behind = listener->must_reload || listener->seq < live->figures.seq;
    g_autoptr(GBytes) hello = seq_frame("hello", listener->seq);
    http_stream_send(listener->stream, hello);
    if (!listener->gone) {
        g_ptr_array_add(live->listeners, listener_ref(listener));
        count_online(live, who->person_id, 1);
    }
    if (listener->behind)
        live->drained = true;
    g_cond_signal(&live->changed);
    g_mutex_unlock(&live->lock);
    listener_unref(listener);
}

struct live *live_new(struct store *store, struct guard *guard, GError **error)
{
    struct bounds bounds = {0};
    if (!store_read(store, read_bounds, &bounds, error))
        return NULL;
    struct live *live = g_new0(struct live, 1);
    live->store = store;
    live->guard = guard;
    live->figures.seq = bounds.last;
    live->listeners = g_ptr_array_new_with_free_func(listener_unref);
    live->online = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_mutex_init(&live->lock);
    g_cond_init(&live->changed);
    live->thread = g_thread_new("live", live_main, live);
    return live;
}

void live_free(struct live *live)
{
    if (live == NULL)
        return;
    poke(live, &live->stopping);
    g_thread_join(live->thread);
    g_ptr_array_unref(live->listeners);
    g_hash_table_unref(live->online);
    g_mutex_clear(&live->lock);
    g_cond_clear(&live->changed);
    g_free(live);
}

#include "store/store.h"

#include "base/limit.h"
#include "base/log.h"
#include "store/backend.h"

#include <string.h>

struct job {
    store_work work;
    void *data;
    store_done done; /* NULL: a caller waits on finished */
    GError *error;
    bool ok, finished;
};

struct store {
    const struct backend *backend;
    char *data_dir, *url;
    struct store_options options;

    GMutex lock;
    GCond waiting;  /* for the writer: a job came, or the end */
    GCond finished; /* for callers that wait */
    GQueue jobs;    /* of struct job * */
    bool stopping;
    GThread *writer, *watcher;

    GAsyncQueue *readers; /* of struct connection * that nobody uses */

    void (*changed)(void *data);
    void *changed_data;
    struct store_figures figures;
    uint64_t generation; /* atomic; see store_generation */

    struct clock clock;
    int64_t clock_offset_us; /* from monotonic time to the database's; atomic */
    int64_t clock_ahead_ms;  /* atomic */
};

/* ---- rows ---- */

struct rows *rows_new(unsigned width)
{
    struct rows *rows = g_new0(struct rows, 1);
    rows->width = width;
    return rows;
}

void rows_free(struct rows *rows)
{
    if (rows == NULL)
        return;
    if (rows->text != NULL)
        g_string_chunk_free(rows->text);
    if (rows->native != NULL)
        rows->native_free(rows->native);
    g_free(rows->cells);
    g_free(rows);
}

unsigned rows_count(const struct rows *rows)
{
    return rows->count;
}

/* ---- queries ---- */

static bool has_value(const struct value *value)
{
    return value->type != VALUE_NULL && !(value->type == VALUE_I64 && value->i64 == 0);
}

unsigned query_mask(const struct query_kind *query, const struct value *values)
{
    unsigned mask = 0;
    unsigned optional = 0;
    for (unsigned i = 0; i < query->piece_count; i++) {
        int param = query->pieces[i].param;
        if (param >= 0)
            mask |= (unsigned)has_value(values + param) << optional++;
    }
    return mask;
}

char *query_text(const struct query_kind *query, enum dialect dialect, unsigned mask)
{
    GString *text = g_string_new(NULL);
    unsigned optional = 0;
    for (unsigned i = 0; i < query->piece_count; i++) {
        const struct query_piece *piece = query->pieces + i;
        if (piece->param < 0 || (mask >> optional++ & 1) != 0)
            g_string_append(text, piece->sql[dialect]);
    }
    return g_string_free(text, FALSE);
}

bool tx_run(struct tx *tx, unsigned query, const struct value *values, struct rows **rows, int64_t *changes,
            GError **error)
{
    if (rows != NULL)
        *rows = NULL;
    return tx->backend->run(tx->connection, QUERIES + query, query, values, rows, changes, error);
}

/* ---- the writer ---- */

static void job_settle(struct store *store, struct job *job, const GError *error)
{
    if (error != NULL && job->error == NULL)
        job->error = g_error_copy(error);
    job->ok = job->error == NULL;
    if (job->done != NULL) {
        job->done(job->data, job->error);
        g_clear_error(&job->error);
        g_free(job);
        return;
    }
    g_mutex_lock(&store->lock);
    job->finished = true;
    g_cond_broadcast(&store->finished);
    g_mutex_unlock(&store->lock);
}

static struct job *next_job(struct store *store, bool wait)
{
    g_mutex_lock(&store->lock);
    while (wait && store->jobs.length == 0 && !store->stopping)
        g_cond_wait(&store->waiting, &store->lock);
    struct job *job = g_queue_pop_head(&store->jobs);
    g_mutex_unlock(&store->lock);
    return job;
}

/* False with job->error: what it has done so far is still there. */
static bool run_bare(struct store *store, struct connection *connection, struct job *job, bool *has_events)
{
    struct tx tx = {store, store->backend, connection, true, false};
    bool ok = job->work(&tx, job->data, &job->error);
    if (ok && tx.has_events && !*has_events)
        ok = store->backend->announce(connection, &job->error);
    if (ok)
        *has_events |= tx.has_events;
    else if (job->error == NULL)
        error_set(&job->error, HY_ERROR_INTERNAL, NULL, "a work function failed without an error");
    return ok;
}

/* One job in its savepoint. False: the connection is lost or the transaction is gone, nothing of the batch holds. */
static bool run_apart(struct store *store, struct connection *connection, struct job *job, bool *has_events,
                      GError **fatal)
{
    const struct backend *backend = store->backend;
    bool announced = *has_events;
    if (!backend->savepoint(connection, fatal))
        return false;
    if (run_bare(store, connection, job, &announced) && backend->release(connection, &job->error)) {
        *has_events = announced;
        return true;
    }
    if (backend->undo(connection, fatal))
        return true;
    if (fatal != NULL && *fatal == NULL)
        *fatal = g_error_copy(job->error);
    return false;
}

static struct connection *reconnect(struct store *store, bool writes, GError **error)
{
    return store->backend->open(&store->options, writes, error);
}

/* Begins, on a new connection when there is none or the old one turns out to be dead. */
static bool begin_batch(struct store *store, struct connection **connection, GError **error)
{
    if (*connection != NULL && store->backend->begin(*connection, NULL))
        return true;
    if (*connection != NULL)
        store->backend->close(*connection);
    *connection = reconnect(store, true, error);
    return *connection != NULL && store->backend->begin(*connection, error);
}

struct batch {
    struct job *jobs[LIMIT_BATCH_JOBS];
    unsigned count;
    bool has_events;
};

/* One of the jobs failed. Everything is undone and done again, each job in a savepoint of its own, so that it takes
 * nothing else with it. Savepoints cost a fifth of the writing: nearly all batches do without. */
static bool run_again(struct store *store, struct connection *connection, struct batch *batch, GError **fatal)
{
    store->backend->rollback(connection);
    batch->has_events = false;
    for (unsigned i = 0; i < batch->count; i++)
        g_clear_error(&batch->jobs[i]->error);
    bool alive = store->backend->begin(connection, fatal);
    for (unsigned i = 0; i < batch->count && alive; i++)
        alive = run_apart(store, connection, batch->jobs[i], &batch->has_events, fatal);
    return alive;
}

/* Takes waiting jobs until the batch is full, commits once, then answers everybody. */
static void run_batch(struct store *store, struct connection **link, struct job *first)
{
    struct batch batch = {.count = 0};
    g_autoptr(GError) fatal = NULL;

    bool alive = begin_batch(store, link, &fatal);
    struct connection *connection = *link;
    bool clean = true;
    for (struct job *job = first; job != NULL;) {
        batch.jobs[batch.count++] = job;
        clean = alive && run_bare(store, connection, job, &batch.has_events);
        job = clean && batch.count < LIMIT_BATCH_JOBS ? next_job(store, false) : NULL;
    }
    if (alive && clean) /* a statement that nobody waited for may have failed: which job's, run_again finds out */
        clean = store->backend->settle(connection, NULL);
    if (alive && !clean)
        alive = run_again(store, connection, &batch, &fatal);
    if (alive)
        alive = store->backend->commit(connection, &fatal);
    if (!alive) {
        if (connection != NULL)
            store->backend->rollback(connection);
        log_failure("store.commit", fatal);
    }

    /* The change can be seen; nobody has been told yet. A commit whose fate is unknown counts as well. */
    __atomic_add_fetch(&store->generation, 1, __ATOMIC_SEQ_CST);
    unsigned failed = 0;
    for (unsigned i = 0; i < batch.count; i++)
        failed += !alive || batch.jobs[i]->error != NULL;
    g_mutex_lock(&store->lock);
    store->figures.commits += alive;
    store->figures.jobs += batch.count;
    store->figures.failed_jobs += failed;
    g_mutex_unlock(&store->lock);

    for (unsigned i = 0; i < batch.count; i++)
        job_settle(store, batch.jobs[i], alive ? NULL : fatal);
    if (alive && batch.has_events && store->changed != NULL)
        store->changed(store->changed_data);
}

static void *writer_main(void *data)
{
    struct store *store = data;
    struct connection *connection = NULL;
    for (struct job *job = NULL; (job = next_job(store, true)) != NULL;) {
        run_batch(store, &connection, job);
        if (connection != NULL && store->backend->broken(connection)) {
            store->backend->close(connection);
            connection = NULL;
        }
    }
    if (connection != NULL)
        store->backend->close(connection);
    return NULL;
}

static bool enqueue(struct store *store, struct job *job)
{
    g_mutex_lock(&store->lock);
    bool room = store->jobs.length < LIMIT_WRITE_QUEUE && !store->stopping;
    if (room) {
        g_queue_push_tail(&store->jobs, job);
        g_cond_signal(&store->waiting);
    }
    g_mutex_unlock(&store->lock);
    if (!room)
        error_set(&job->error, HY_ERROR_BUSY, NULL, "more than %d writes are waiting", LIMIT_WRITE_QUEUE);
    return room;
}

bool store_write(struct store *store, store_work work, void *data, GError **error)
{
    struct job job = {.work = work, .data = data};
    if (enqueue(store, &job)) {
        g_mutex_lock(&store->lock);
        while (!job.finished)
            g_cond_wait(&store->finished, &store->lock);
        g_mutex_unlock(&store->lock);
    }
    if (job.error == NULL)
        return true;
    g_propagate_error(error, job.error);
    return false;
}

void store_write_async(struct store *store, store_work work, void *data, store_done done)
{
    struct job *job = g_new0(struct job, 1);
    job->work = work;
    job->data = data;
    job->done = done;
    if (!enqueue(store, job)) {
        done(data, job->error);
        g_clear_error(&job->error);
        g_free(job);
    }
}

uint64_t store_generation(const struct store *store)
{
    return store_is_postgres(store) ? 0 : __atomic_load_n(&store->generation, __ATOMIC_SEQ_CST) + 1;
}

/* ---- readers ---- */

static bool read_once(struct store *store, struct connection *connection, store_work work, void *data, GError **error)
{
    struct tx tx = {store, store->backend, connection, false, false};
    if (!store->backend->begin(connection, error))
        return false;
    bool ok = work(&tx, data, error) && store->backend->commit(connection, error);
    if (!ok)
        store->backend->rollback(connection);
    return ok;
}

bool store_read(struct store *store, store_work work, void *data, GError **error)
{
    const struct backend *backend = store->backend;
    struct connection *connection = g_async_queue_pop(store->readers);
    g_autoptr(GError) why = NULL;
    bool ok = !backend->broken(connection) && read_once(store, connection, work, data, &why);
    if (!ok &&
        backend->broken(connection)) { /* the database went away and may be back: once more on a new connection */
        g_clear_error(&why);
        struct connection *fresh = reconnect(store, false, &why);
        if (fresh != NULL) {
            backend->close(connection);
            connection = fresh;
            ok = read_once(store, connection, work, data, &why);
        }
    }
    g_async_queue_push(store->readers, connection);
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&why));
    return ok;
}

/* ---- time ---- */

enum {
    CLOCK_ROUND_TRIP_US = 2 * 1000 * 1000, /* a slower answer tells nothing */
    CLOCK_EVERY_US = 60 * 1000 * 1000,
};

static int64_t shared_now_ms(void *data)
{
    const struct store *store = data;
    return (g_get_monotonic_time() + __atomic_load_n(&store->clock_offset_us, __ATOMIC_RELAXED)) / 1000;
}

/* What the server said is true for the middle of the round trip. */
static bool measure_clock(struct store *store, struct connection *connection, GError **error)
{
    int64_t now_us = 0, begin_us = g_get_monotonic_time();
    if (!store->backend->now_us(connection, &now_us, error))
        return false;
    int64_t end_us = g_get_monotonic_time();
    if (end_us - begin_us > CLOCK_ROUND_TRIP_US) {
        error_set(error, HY_ERROR_BUSY, "clock", "the database took too long to tell the time");
        return false;
    }
    now_us += (end_us - begin_us) / 2;
    int64_t ahead_ms = (g_get_real_time() - now_us) / 1000;
    __atomic_store_n(&store->clock_offset_us, now_us - end_us, __ATOMIC_RELAXED);
    __atomic_store_n(&store->clock_ahead_ms, ahead_ms, __ATOMIC_RELAXED);
    if (ABS(ahead_ms) > STORE_CLOCK_APART_MS)
        log_line(LOG_WARN, "store.clocks_apart", "ahead_ms=%" G_GINT64_FORMAT, ahead_ms);
    return true;
}

static bool open_clock(struct store *store, GError **error)
{
    store->clock = *clock_system();
    if (store->backend->now_us == NULL)
        return true;
    struct connection *connection = reconnect(store, false, error);
    bool ok = connection != NULL && measure_clock(store, connection, error);
    if (connection != NULL)
        store->backend->close(connection);
    store->clock = (struct clock){shared_now_ms, store};
    return ok;
}

static void measure_again(struct store *store, int64_t *due_us)
{
    if (store->backend->now_us == NULL || g_get_monotonic_time() < *due_us)
        return;
    *due_us = g_get_monotonic_time() + CLOCK_EVERY_US;
    struct connection *connection = reconnect(store, false, NULL);
    if (connection == NULL)
        return;
    measure_clock(store, connection, NULL);
    store->backend->close(connection);
}

const struct clock *store_clock(const struct store *store)
{
    return &store->clock;
}

int64_t store_clock_ahead_ms(const struct store *store)
{
    return __atomic_load_n(&store->clock_ahead_ms, __ATOMIC_RELAXED);
}

/* ---- changes by others ---- */

static void *watcher_main(void *data)
{
    enum { ROUND_MS = 300 };
    struct store *store = data;
    struct connection *connection = NULL;
    int64_t measure_us = g_get_monotonic_time() + CLOCK_EVERY_US;
    for (;;) {
        g_mutex_lock(&store->lock);
        bool stopping = store->stopping;
        g_mutex_unlock(&store->lock);
        if (stopping)
            break;
        if (connection != NULL && store->backend->broken(connection)) {
            store->backend->close(connection);
            connection = NULL;
        }
        if (connection == NULL)
            connection = reconnect(store, false, NULL);
        if (connection == NULL) {
            g_usleep(ROUND_MS * 1000);
            continue;
        }
        measure_again(store, &measure_us);
        if (store->backend->await_change(connection, ROUND_MS))
            store->changed(store->changed_data);
    }
    if (connection != NULL)
        store->backend->close(connection);
    return NULL;
}

void store_watch(struct store *store, void (*changed)(void *data), void *data)
{
    g_assert(store->watcher == NULL);
    store->changed = changed;
    store->changed_data = data;
    store->watcher = g_thread_new("store-watcher", watcher_main, store);
}

/* ---- opening and closing ---- */

static bool open_schema(struct store *store, GError **error)
{
    struct connection *connection = reconnect(store, store->options.migrate, error);
    if (connection == NULL)
        return false;
    bool ok = migrate_schema(store->backend, connection, &store->options, error);
    store->backend->close(connection);
    return ok;
}

static bool open_readers(struct store *store, GError **error)
{
    for (unsigned i = 0; i < store->options.readers; i++) {
        struct connection *connection = reconnect(store, false, error);
        if (connection == NULL)
            return false;
        g_async_queue_push(store->readers, connection);
    }
    return true;
}

struct store *store_open(const struct store_options *options, GError **error)
{
    struct store *store = g_new0(struct store, 1);
    store->backend = options->url != NULL && *options->url != '\0' ? &POSTGRES_BACKEND : &SQLITE_BACKEND;
    store->options = *options;
    store->options.data_dir = store->data_dir = g_strdup(options->data_dir);
    store->options.url = store->url = g_strdup(options->url);
    if (store->options.readers == 0)
        store->options.readers = 4;
    g_mutex_init(&store->lock);
    g_cond_init(&store->waiting);
    g_cond_init(&store->finished);
    g_queue_init(&store->jobs);
    store->readers = g_async_queue_new();
    if (!open_schema(store, error) || !open_readers(store, error) || !open_clock(store, error)) {
        store_free(store);
        return NULL;
    }
    store->writer = g_thread_new("store-writer", writer_main, store);
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    g_mutex_lock(&store->lock);
    store->stopping = true;
    g_cond_broadcast(&store->waiting);
    g_mutex_unlock(&store->lock);
    if (store->writer != NULL)
        g_thread_join(store->writer);
    if (store->watcher != NULL)
        g_thread_join(store->watcher);
    for (struct connection *reader = NULL; (reader = g_async_queue_try_pop(store->readers)) != NULL;)
        store->backend->close(reader);
    g_async_queue_unref(store->readers);
    g_mutex_clear(&store->lock);
    g_cond_clear(&store->waiting);
    g_cond_clear(&store->finished);
    g_free(store->data_dir);
    g_free(store->url);
    g_free(store);
}

/* ---- for operators ---- */

bool store_is_postgres(const struct store *store)
{
    return store->backend->dialect == DIALECT_POSTGRES;
}

/* Runs one call on a connection of its own. */
static bool with_connection(struct store *store, bool (*call)(struct store *, struct connection *, void *, GError **),
                            void *data, GError **error)
{
    struct connection *connection = reconnect(store, false, error);
    if (connection == NULL)
        return false;
    bool ok = call(store, connection, data, error);
    store->backend->close(connection);
    return ok;
}

static bool call_backup(struct store *store, struct connection *connection, void *data, GError **error)
{
    return store->backend->backup(connection, data, error);
}

bool store_backup(struct store *store, const char *file, GError **error)
{
    if (store->backend->backup == NULL) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "backup", "on PostgreSQL use pg_dump");
        return false;
    }
    return with_connection(store, call_backup, (void *)file, error);
}

static bool call_check(struct store *store, struct connection *connection, void *data, GError **error)
{
    (void)data;
    return store->backend->check(connection, error);
}

bool store_check(struct store *store, GError **error)
{
    return with_connection(store, call_check, NULL, error);
}

static bool call_durable(struct store *store, struct connection *connection, void *data, GError **error)
{
    (void)data;
    return store->backend->durable == NULL || store->backend->durable(connection, error);
}

bool store_check_durable(struct store *store, GError **error)
{
    return with_connection(store, call_durable, NULL, error);
}

static bool call_version(struct store *store, struct connection *connection, void *data, GError **error)
{
    return migrate_version(store->backend, connection, data, error);
}

bool store_schema_read(struct store *store, int64_t *version, GError **error)
{
    return with_connection(store, call_version, version, error);
}

int store_schema_version(void)
{
    int version = 0;
    while (MIGRATIONS[version] != NULL)
        version++;
    return version;
}

void store_figures(struct store *store, struct store_figures *out)
{
    g_mutex_lock(&store->lock);
    *out = store->figures;
    out->queued = store->jobs.length;
    g_mutex_unlock(&store->lock);
}

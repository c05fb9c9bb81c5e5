/* store_test.c - one writer, group commit, savepoints, the event log; every query on both databases. */
#include "database.h"
#include "store/backend.h"
#include "store/event.h"
#include "store/queries.h"

#include <sqlite3.h>

/* ---- every statement, in every variant, is prepared ---- */

static unsigned optional_pieces(const struct query_kind *query)
{
    unsigned count = 0;
    for (unsigned i = 0; i < query->piece_count; i++)
        count += query->pieces[i].param >= 0;
    return count;
}

static struct value sample(enum value_type type)
{
    switch (type) {
    case VALUE_I64:
        return (struct value){.type = VALUE_I64, .i64 = 1};
    case VALUE_REAL:
        return (struct value){.type = VALUE_REAL, .real = 1};
    default:
        return (struct value){.type = type, .bytes = {"[]", 2}};
    }
}

/* Values that choose exactly this variant. */
static void choose(const struct query_kind *query, unsigned mask, struct value *values)
{
    for (unsigned i = 0; i < query->param_count; i++)
        values[i] = sample(query->params[i]);
    unsigned optional = 0;
    for (unsigned i = 0; i < query->piece_count; i++) {
        int param = query->pieces[i].param;
        if (param >= 0 && (mask >> optional++ & 1) == 0)
            values[param] = (struct value){.type = VALUE_NULL};
    }
}

static bool run_undone(struct tx *tx, void *data, GError **error)
{
    const struct {
        unsigned number, mask;
    } *which = data;
    const struct query_kind *query = QUERIES + which->number;
    struct value values[QUERY_MAX_PARAMS];
    choose(query, which->mask, values);
    struct rows *rows = NULL;
    g_autoptr(GError) why = NULL;
    tx_run(tx, which->number, values, query->column_count > 0 ? &rows : NULL, NULL, &why);
    rows_free(rows);
    /* A row that is not there to refer to is the data's fault; anything else is the statement's. */
    if (why != NULL && error_code(why) != HY_ERROR_CONFLICT)
        g_test_message("%s", why->message);
    g_assert_true(why == NULL || error_code(why) == HY_ERROR_CONFLICT);
    error_set(error, HY_ERROR_CONFLICT, NULL, "undone on purpose");
    return false;
}

static void test_queries(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    for (unsigned number = 0; number < QUERY_COUNT; number++) {
        unsigned optional = optional_pieces(QUERIES + number);
        g_assert_cmpuint(optional, <=, QUERY_MAX_OPTIONAL);
        for (unsigned mask = 0; mask < 1u << optional; mask++) {
            struct {
                unsigned number, mask;
            } which = {number, mask};
            g_autoptr(GError) error = NULL;
            g_assert_false(store_write(store, run_undone, &which, &error));
            g_assert_error(error, HY_ERROR, HY_ERROR_CONFLICT);
        }
    }
}

/* ---- jobs ---- */

static bool append(struct tx *tx, void *data, GError **error)
{
    int64_t subject = *(int64_t *)data;
    struct event event = {
        .at_ms = 1, .kind = EVENT_MESSAGE_RECEIVED, .subject_id = subject, .data = "{\"a\":\"中文\"}"};
    if (!event_append(tx, &event, error))
        return false;
    if (subject % 10 == 7) {
        error_set(error, HY_ERROR_BAD_VALUE, "subject", "sevens are refused");
        return false;
    }
    return true;
}

static bool count_events(struct tx *tx, void *data, GError **error)
{
    GArray **out = data;
    return event_read(tx, 0, 1000000, out, error);
}

struct worker {
    struct store *store;
    int64_t first;
    unsigned refused;
};

static void *write_many(void *data)
{
    struct worker *worker = data;
    for (int64_t i = 0; i < 200; i++) {
        int64_t subject = worker->first + i;
        g_autoptr(GError) error = NULL;
        if (!store_write(worker->store, append, &subject, &error)) {
            g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
            worker->refused++;
        }
    }
    return NULL;
}

/* Many threads, two processes' worth of stores: every good job is there, every refused one is not, in one order. */
static void test_jobs(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    g_autoptr(store_auto) other = database_open(database);
    enum { THREADS = 6 };
    struct worker workers[THREADS];
    GThread *threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){i % 2 ? other : store, i * 1000, 0};
        threads[i] = g_thread_new("writer", write_many, workers + i);
    }
    for (int i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        g_assert_cmpuint(workers[i].refused, ==, 20);
    }
    g_autoptr(GArray) events = NULL;
    g_assert_true(store_read(store, count_events, &events, NULL));
    g_assert_cmpuint(events->len, ==, THREADS * 180);
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = &g_array_index(events, struct event, i);
        g_assert_cmpint(event->subject_id % 10, !=, 7);
        g_assert_cmpstr(event->data, ==, "{\"a\":\"中文\"}");
        if (i > 0)
            g_assert_cmpint(event->seq, >, (event - 1)->seq);
    }
    struct store_figures figures;
    store_figures(store, &figures);
    g_assert_cmpuint(figures.jobs, ==, 600);
    g_assert_cmpuint(figures.failed_jobs, ==, 60);
    g_assert_cmpuint(figures.queued, ==, 0);
}

/* ---- an error the database finds late undoes its own job only ---- */

static bool clash(struct tx *tx, void *data, GError **error)
{
    (void)data;
    return q_schema_record(tx, error, 1, 1); /* version 1 is there already */
}

static bool cursor_one(struct tx *tx, void *data, GError **error)
{
    return event_cursor_save(tx, "test", *(int64_t *)data, error);
}

static bool cursor_read(struct tx *tx, void *data, GError **error)
{
    return event_cursor_load(tx, "test", data, error);
}

static void test_undo(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    int64_t seq = 5;
    g_assert_true(store_write(store, cursor_one, &seq, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(store_write(store, clash, NULL, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_CONFLICT);
    seq = 6;
    g_assert_true(store_write(store, cursor_one, &seq, NULL));
    seq = 0;
    g_assert_true(store_read(store, cursor_read, &seq, NULL));
    g_assert_cmpint(seq, ==, 6);
    g_clear_error(&error);
    g_assert_false(store_read(store, cursor_one, &seq, &error)); /* a reader cannot write */
    g_assert_nonnull(error);
    g_assert_true(store_read(store, cursor_read, &seq, NULL));
}

/* ---- changes by another process are noticed ---- */

static void note_change(void *data)
{
    g_atomic_int_inc((int *)data);
}

static void wait_for(const int *count, int more_than)
{
    gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    while (g_atomic_int_get(count) <= more_than && g_get_monotonic_time() < end)
        g_usleep(2000);
    g_assert_cmpint(g_atomic_int_get(count), >, more_than);
}

static bool refuse(struct tx *tx, void *data, GError **error)
{
    if (!event_last_seq(tx, data, error))
        return false;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "what was looked for is not there");
    return false;
}

static bool append_one(struct tx *tx, void *data, GError **error)
{
    (void)data;
    return event_append(tx, &(struct event){.at_ms = 1, .kind = EVENT_USER_CHANGED}, error);
}

static bool last_seq(struct tx *tx, void *data, GError **error)
{
    return event_last_seq(tx, data, error);
}

/* A reader whose work failed must let go of its snapshot: what is written afterwards is seen by all of them. */
static void test_failed_read(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    g_autoptr(GError) error = NULL;
    int64_t seq = 0;
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < 4; i++)
            g_assert_false(store_read(store, refuse, &seq, NULL));
        g_assert_true(store_write(store, append_one, NULL, &error));
        for (int i = 0; i < 4; i++) {
            g_assert_true(store_read(store, last_seq, &seq, &error));
            g_assert_no_error(error);
            g_assert_cmpint(seq, ==, round);
        }
    }
}

static void test_watch(struct database *database)
{
    int changes = 0; /* stands before the store: its watcher counts until the store is closed */
    g_autoptr(store_auto) store = database_open(database);
    g_autoptr(store_auto) other = database_open(database);
    store_watch(store, note_change, &changes);
    wait_for(&changes, 0); /* the first look */
    int before = g_atomic_int_get(&changes);
    int64_t subject = 1;
    g_assert_true(store_write(other, append, &subject, NULL));
    wait_for(&changes, before);
    before = g_atomic_int_get(&changes);
    g_assert_true(store_write(store, append, &subject, NULL));
    wait_for(&changes, before);
}

/* ---- opening again, backup ---- */

static void test_reopen(struct database *database)
{
    struct store *store = database_open(database);
    int64_t version = 0;
    g_assert_true(store_schema_read(store, &version, NULL));
    g_assert_cmpint(version, ==, store_schema_version());
    int64_t subject = 1;
    g_assert_true(store_write(store, append, &subject, NULL));
    g_assert_true(store_check(store, NULL));
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(database->dir, "copy.db", NULL);
    if (store_is_postgres(store)) {
        g_assert_false(store_backup(store, file, &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_NOT_SUPPORTED);
    } else {
        g_assert_true(store_backup(store, file, &error));
        sqlite3 *copy = NULL;
        sqlite3_stmt *statement = NULL;
        g_assert_cmpint(sqlite3_open(file, &copy), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_prepare_v2(copy, "SELECT count(*) FROM event", -1, &statement, NULL), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
        g_assert_cmpint(sqlite3_column_int(statement, 0), ==, 1);
        sqlite3_finalize(statement);
        sqlite3_close(copy);
    }
    store_free(store);
    store = database_open(database);
    g_autoptr(GArray) events = NULL;
    g_assert_true(store_read(store, count_events, &events, NULL));
    g_assert_cmpuint(events->len, ==, 1);
    store_free(store);
}

static bool record_newer(struct tx *tx, void *data, GError **error)
{
    (void)data;
    return q_schema_record(tx, error, 1000, 1);
}

static void test_newer_schema(struct database *database)
{
    struct store *store = database_open(database);
    g_assert_true(store_write(store, record_newer, NULL, NULL));
    store_free(store);
    struct store_options options = database_options(database);
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(&options, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_SCHEMA_NEWER);
    options.any_schema = true; /* to copy it, and to say what is wrong */
    store = store_open(&options, NULL);
    int64_t version = 0;
    g_assert_true(store_schema_read(store, &version, NULL));
    g_assert_cmpint(version, ==, 1000);
    store_free(store);
}

static bool run_sql(struct tx *tx, void *data, GError **error)
{
    return tx->backend->script(tx->connection, data, error);
}

/* Looking brings nothing up to date and makes nothing. */
static void test_older_schema(struct database *database)
{
    struct store_options options = database_options(database);
    g_autoptr(GError) error = NULL;
    options.migrate = false;
    g_assert_null(store_open(&options, &error)); /* nothing there at all */
    g_assert_true(g_error_matches(error, HY_ERROR, HY_ERROR_SCHEMA_OLDER) ||
                  g_error_matches(error, HY_ERROR, HY_ERROR_STORE_GONE));
    g_autofree char *file = g_build_filename(database->dir, "huiyin.db", NULL);
    g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));

    struct store *store = database_open(database);
    g_assert_true(store_write(store, run_sql, (void *)"DELETE FROM schema_version", NULL));
    store_free(store);
    g_clear_error(&error);
    g_assert_null(store_open(&options, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_SCHEMA_OLDER);
    options.any_schema = true;
    store = store_open(&options, NULL);
    int64_t version = -1;
    g_assert_true(store_schema_read(store, &version, NULL));
    g_assert_cmpint(version, ==, 0);
    store_free(store);
}

/* ---- the clock ---- */

static void test_clock(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    int64_t ours_ms = clock_now_ms(clock_system()), theirs_ms = clock_now_ms(store_clock(store));
    g_assert_cmpint(ABS(ours_ms - theirs_ms), <, 1000); /* one machine here */
    g_assert_cmpint(ABS(store_clock_ahead_ms(store)), <, 1000);
    if (!store_is_postgres(store))
        g_assert_true(store_clock(store)->now_ms == clock_system()->now_ms);
    g_assert_true(store_check_durable(store, NULL));
}

/* A server that may lose what it has committed is told of. */
static void test_durable(struct database *database)
{
    struct store *store = database_open(database);
    g_autoptr(GError) error = NULL;
    if (store_is_postgres(store)) {
        g_autofree char *sql = g_strdup_printf("ALTER DATABASE %s SET synchronous_commit = off", database->name);
        g_assert_true(store_write(store, run_sql, sql, NULL));
        g_assert_false(store_check_durable(store, &error));
        g_assert_cmpstr(error_field(error), ==, "synchronous_commit");
    }
    store_free(store);
}

/* ---- events of a newer program ---- */

struct future {
    int64_t count;
    bool known;
};

static bool append_future(struct tx *tx, void *data, GError **error)
{
    const struct future *future = data;
    for (int64_t i = 0; i < future->count; i++)
        if (!q_event_append(tx, error, 1, future->known ? "user.changed" : "future.kind", 0, 7, 0, "{}"))
            return false;
    return true;
}

struct few {
    int64_t after_seq;
    GArray *events;
};

static bool read_few(struct tx *tx, void *data, GError **error)
{
    struct few *few = data;
    return event_read(tx, few->after_seq, 3, &few->events, error);
}

/* However many there are, they are passed over; a follower that reads a few at a time gets to what comes behind. */
static void test_future_events(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    static struct future steps[] = {{2, true}, {10, false}, {2, true}, {4, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        g_assert_true(store_write(store, append_future, steps + i, NULL));
    struct few few = {0};
    g_assert_true(store_read(store, read_few, &few, NULL));
    g_assert_cmpuint(few.events->len, ==, 3);
    few.after_seq = g_array_index(few.events, struct event, 2).seq;
    g_assert_cmpint(few.after_seq, ==, 13);
    g_array_unref(few.events);
    g_assert_true(store_read(store, read_few, &few, NULL));
    g_assert_cmpuint(few.events->len, ==, 1);
    g_assert_cmpint(g_array_index(few.events, struct event, 0).seq, ==, 14);
    few.after_seq = 14;
    g_array_unref(few.events);
    g_assert_true(store_read(store, read_few, &few, NULL));
    g_assert_cmpuint(few.events->len, ==, 0);
    g_array_unref(few.events);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/store/queries", test_queries);
    database_test("/store/jobs", test_jobs);
    database_test("/store/undo", test_undo);
    database_test("/store/failed-read", test_failed_read);
    database_test("/store/watch", test_watch);
    database_test("/store/reopen", test_reopen);
    database_test("/store/newer", test_newer_schema);
    database_test("/store/older", test_older_schema);
    database_test("/store/clock", test_clock);
    database_test("/store/durable", test_durable);
    database_test("/store/future-events", test_future_events);
    return g_test_run();
}

#include "store/search_index.h"

#include "base/log.h"
#include "store/tokenizer.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#define SEARCH_FORMAT 2 /* raise it when tokens change: older files are then made again */
#define IDLE_READERS 8
#define BUSY_WAIT_MS 5000

/* hashsize: a batch becomes one segment instead of many small ones. columnsize=0: only ranking would need it.
 * prefix: the newest hits of one character (which begins a token wherever it stands) are read off a list instead of
 * being put together from all tokens that begin with it; over 100,000 posts 0.3 ms instead of 9 (CPU, p99), for a file
 * that is 1.6 times as large. */
static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL;"
    "BEGIN IMMEDIATE;"
    "CREATE VIRTUAL TABLE post USING fts5 (text, content = '', columnsize = 0, prefix = '1', tokenize = 'huiyin');"
    "INSERT INTO post (post, rank) VALUES ('hashsize', 33554432);"
    "CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), upto INTEGER NOT NULL);"
    "INSERT INTO progress (id, upto) VALUES (1, 0);"
    "CREATE TABLE forgotten (id INTEGER PRIMARY KEY);"
    "PRAGMA user_version = " G_STRINGIFY(SEARCH_FORMAT) ";"
                                                        "COMMIT;";

static const char FIND[] = "SELECT rowid FROM post WHERE post MATCH ?1 AND rowid < ?2"
                           " AND NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.id = post.rowid)"
                           " ORDER BY rowid DESC LIMIT ?3";

struct reader {
    sqlite3 *db;
    sqlite3_stmt *find, *upto;
};

struct search_index {
    char *path;
    GMutex writing;   /* held through a batch */
    sqlite3 *db;      /* the writer's */
    GRWLock file;     /* read: somebody uses the file; write: it is being replaced */
    GMutex pool_lock; /* guards idle */
    GPtrArray *idle;  /* of struct reader * */
    gint damaged;     /* a reader or the writer met damage: replace the file; atomic */
};

static void close_reader(void *data)
{
    struct reader *reader = data;
    sqlite3_finalize(reader->find);
    sqlite3_finalize(reader->upto);
    sqlite3_close(reader->db);
    g_free(reader);
}

static bool is_damage(int result)
{
    int code = result & 0xFF;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT;
}

/* Sets error from what SQLite said last; damage is remembered, so that the next writer replaces the file. */
static bool fail(struct search_index *index, sqlite3 *db, const char *doing, GError **error)
{
    int result = db == NULL ? SQLITE_NOMEM : sqlite3_extended_errcode(db);
    enum hy_error code = HY_ERROR_INTERNAL;
    switch (result & 0xFF) {
    case SQLITE_FULL:
        code = HY_ERROR_STORE_FULL;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        code = HY_ERROR_BUSY;
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        code = HY_ERROR_STORE_GONE;
        break;
    }
    if (is_damage(result)) {
        g_atomic_int_set(&index->damaged, 1);
        code = HY_ERROR_BUSY;
    }
    error_set(error, code, NULL, "search index, %s: %s", doing, db == NULL ? "out of memory" : sqlite3_errmsg(db));
    return false;
}

static bool run(struct search_index *index, sqlite3 *db, const char *sql, const char *doing, GError **error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(index, db, doing, error);
}

static sqlite3 *connect_file(struct search_index *index, int flags, GError **error)
{
    sqlite3 *db = NULL;
    int result = sqlite3_open_v2(index->path, &db, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK || sqlite3_busy_timeout(db, BUSY_WAIT_MS) != SQLITE_OK) {
        fail(index, db, "open", error);
        sqlite3_close(db);
        return NULL;
    }
    if (!tokenizer_register(db, error)) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

static bool read_number(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    bool there =
        sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (there)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return there;
}

/* Whether an opened file is ours, whole as far as a look can tell, and of this format. */
static bool is_usable(sqlite3 *db)
{
    int64_t number = 0;
    if (!read_number(db, "PRAGMA user_version", &number) || number != SEARCH_FORMAT)
        return false;
    if (!read_number(db, "SELECT upto FROM progress", &number) ||
        !read_number(db, "SELECT count(*) FROM (SELECT 1 FROM forgotten LIMIT 1)", &number))
        return false;
    return read_number(db, "SELECT count(*) FROM (SELECT 1 FROM post WHERE post MATCH 'a' LIMIT 1)", &number);
}

static void remove_files(const struct search_index *index)
{
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        g_autofree char *path = g_strconcat(index->path, ENDINGS[i], NULL);
        (void)g_unlink(path);
    }
}

/* An empty index in place of whatever is there. The file lock is held for writing, or nobody knows index yet. */
static bool replace_file(struct search_index *index, GError **error)
{
    g_ptr_array_set_size(index->idle, 0);
    sqlite3_close(g_steal_pointer(&index->db));
    remove_files(index);
    index->db = connect_file(index, SQLITE_OPEN_CREATE, error);
    if (index->db == NULL)
        return false;
    if (!run(index, index->db, SCHEMA, "create", error) ||
        !run(index, index->db, "PRAGMA synchronous = NORMAL", "create", error)) {
        sqlite3_close(g_steal_pointer(&index->db));
        return false;
    }
    g_atomic_int_set(&index->damaged, 0);
    return true;
}

struct search_index *search_index_open(const char *path, GError **error)
{
    struct search_index *index = g_new0(struct search_index, 1);
    index->path = g_strdup(path);
    g_mutex_init(&index->writing);
    g_mutex_init(&index->pool_lock);
    g_rw_lock_init(&index->file);
    index->idle = g_ptr_array_new_with_free_func(close_reader);
    bool there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (there)
        index->db = connect_file(index, 0, NULL);
    if (index->db != NULL && is_usable(index->db) &&
        run(index, index->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", "open", NULL))
        return index;
    if (there)
        log_line(LOG_WARN, "search.replaced", "reason=unusable");
    if (!replace_file(index, error)) {
        search_index_close(index);
        return NULL;
    }
    return index;
}

void search_index_close(struct search_index *index)
{
    if (index == NULL)
        return;
    g_ptr_array_unref(index->idle);
    sqlite3_close(index->db);
    g_rw_lock_clear(&index->file);
    g_mutex_clear(&index->pool_lock);
    g_mutex_clear(&index->writing);
    g_free(index->path);
    g_free(index);
}

/* ---- the writer ---- */

bool search_index_reset(struct search_index *index, GError **error)
{
    g_autoptr(GMutexLocker) writing = g_mutex_locker_new(&index->writing);
    g_autoptr(GRWLockWriterLocker) alone = g_rw_lock_writer_locker_new(&index->file);
    return replace_file(index, error);
}

/* Replaces a file that was found damaged (and says BUSY once, so that the follower asks for upto again), or one
 * that could not be made the last time. The writing lock is held. */
static bool writer_ready(struct search_index *index, GError **error)
{
    bool damaged = g_atomic_int_get(&index->damaged) != 0;
    if (!damaged && index->db != NULL)
        return true;
    g_autoptr(GRWLockWriterLocker) alone = g_rw_lock_writer_locker_new(&index->file);
    if (!replace_file(index, error))
        return false;
    log_line(LOG_WARN, "search.replaced", "reason=damaged");
    error_set(error, HY_ERROR_BUSY, NULL, "search index: a damaged file was replaced by an empty one");
    return false;
}

static bool insert(struct search_index *index, const struct search_document *const *documents, size_t count,
                   GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(index->db, "INSERT INTO post (rowid, text) VALUES (?1, ?2)", -1, &statement, NULL) !=
        SQLITE_OK)
        return fail(index, index->db, "add", error);
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        sqlite3_bind_int64(statement, 1, documents[i]->id);
        sqlite3_bind_text(statement, 2, documents[i]->text, -1, SQLITE_STATIC);
        done = sqlite3_step(statement) == SQLITE_DONE || fail(index, index->db, "add", error);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return done;
}

static bool set_number(struct search_index *index, const char *sql, int64_t number, GError **error)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(index->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_bind_int64(statement, 1, number) == SQLITE_OK && sqlite3_step(statement) == SQLITE_DONE;
    if (!done)
        fail(index, index->db, "write", error);
    sqlite3_finalize(statement);
    return done;
}

/* Ends the transaction one way or the other; the error is that of the work when there is one. */
static bool finish(struct search_index *index, bool done, GError **error)
{
    done = done && run(index, index->db, "COMMIT", "commit", error);
    if (!done && sqlite3_get_autocommit(index->db) == 0)
        (void)sqlite3_exec(index->db, "ROLLBACK", NULL, NULL, NULL);
    return done;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = (*(const struct search_document *const *)a)->id;
    int64_t y = (*(const struct search_document *const *)b)->id;
    return (x > y) - (x < y);
}

bool search_index_add(struct search_index *index, const struct search_document *documents, size_t count, int64_t upto,
                      GError **error)
{
    g_autoptr(GMutexLocker) writing = g_mutex_locker_new(&index->writing);
    if (!writer_ready(index, error))
        return false;
    /* FTS5 begins a new segment whenever an id is not above the last. */
    g_autofree const struct search_document **sorted = g_new(const struct search_document *, count + 1);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &documents[i];
    qsort(sorted, count, sizeof *sorted, by_id);
    if (!run(index, index->db, "BEGIN IMMEDIATE", "begin", error))
        return false;
    bool done = insert(index, sorted, count, error) &&
                set_number(index, "UPDATE progress SET upto = ?1 WHERE id = 1", upto, error);
    return finish(index, done, error);
}

bool search_index_forget(struct search_index *index, const int64_t *ids, size_t count, GError **error)
{
    g_autoptr(GMutexLocker) writing = g_mutex_locker_new(&index->writing);
    if (!writer_ready(index, error) || !run(index, index->db, "BEGIN IMMEDIATE", "begin", error))
        return false;
    bool done = true;
    for (size_t i = 0; i < count && done; i++)
        done = set_number(index, "INSERT OR IGNORE INTO forgotten (id) VALUES (?1)", ids[i], error);
    return finish(index, done, error);
}

/* ---- readers ---- */

static struct reader *open_reader(struct search_index *index, GError **error)
{
    struct reader *reader = g_new0(struct reader, 1);
    reader->db = connect_file(index, 0, error);
    if (reader->db != NULL && run(index, reader->db, "PRAGMA query_only = 1", "open", error)) {
        if (sqlite3_prepare_v3(reader->db, FIND, -1, SQLITE_PREPARE_PERSISTENT, &reader->find, NULL) == SQLITE_OK &&
            sqlite3_prepare_v3(reader->db, "SELECT upto FROM progress", -1, SQLITE_PREPARE_PERSISTENT, &reader->upto,
                               NULL) == SQLITE_OK)
            return reader;
        fail(index, reader->db, "open", error);
    }
    close_reader(reader);
    return NULL;
}

static struct reader *take_reader(struct search_index *index, GError **error)
{
    g_mutex_lock(&index->pool_lock);
    struct reader *reader = index->idle->len == 0 ? NULL : g_ptr_array_steal_index(index->idle, index->idle->len - 1);
    g_mutex_unlock(&index->pool_lock);
    return reader != NULL ? reader : open_reader(index, error);
}

static void give_back(struct search_index *index, struct reader *reader)
{
    g_mutex_lock(&index->pool_lock);
    bool keep = index->idle->len < IDLE_READERS && g_atomic_int_get(&index->damaged) == 0;
    if (keep)
        g_ptr_array_add(index->idle, reader);
    g_mutex_unlock(&index->pool_lock);
    if (!keep)
        close_reader(reader);
}

/* Through a reader: a batch that is being added holds nobody up. A damaged file is replaced first. */
bool search_index_upto(struct search_index *index, int64_t *upto, GError **error)
{
    if (g_atomic_int_get(&index->damaged) != 0) {
        g_autoptr(GMutexLocker) writing = g_mutex_locker_new(&index->writing);
        g_autoptr(GError) replaced = NULL;
        if (!writer_ready(index, &replaced) && index->db == NULL) {
            g_propagate_error(error, g_steal_pointer(&replaced));
            return false;
        }
    }
    g_autoptr(GRWLockReaderLocker) file = g_rw_lock_reader_locker_new(&index->file);
    struct reader *reader = take_reader(index, error);
    if (reader == NULL)
        return false;
    bool done = sqlite3_step(reader->upto) == SQLITE_ROW;
    if (done)
        *upto = sqlite3_column_int64(reader->upto, 0);
    else
        fail(index, reader->db, "upto", error);
    sqlite3_reset(reader->upto);
    give_back(index, reader);
    return done;
}

/* Both reads inside one transaction: one state of the file. */
static bool find(struct search_index *index, struct reader *reader, GArray *ids, int64_t *upto, GError **error)
{
    if (!run(index, reader->db, "BEGIN", "find", error))
        return false;
    bool done = sqlite3_step(reader->upto) == SQLITE_ROW;
    if (done && upto != NULL)
        *upto = sqlite3_column_int64(reader->upto, 0);
    int result = done ? SQLITE_ROW : SQLITE_ERROR;
    while (done && (result = sqlite3_step(reader->find)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(reader->find, 0);
        g_array_append_val(ids, id);
    }
    done = done && result == SQLITE_DONE;
    if (!done)
        fail(index, reader->db, "find", error);
    sqlite3_reset(reader->find);
    sqlite3_reset(reader->upto);
    (void)sqlite3_exec(reader->db, "ROLLBACK", NULL, NULL, NULL);
    return done;
}

bool search_index_find(struct search_index *index, const struct search_query *query, int64_t before_id, size_t limit,
                       GArray **ids, int64_t *upto, GError **error)
{
    g_autoptr(GRWLockReaderLocker) file = g_rw_lock_reader_locker_new(&index->file);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct reader *reader = take_reader(index, error);
    if (reader == NULL)
        return false;
    /* An empty MATCH is FTS5's syntax error; LIMIT 0 still reads how far the index is. */
    bool empty = search_query_is_empty(query);
    sqlite3_bind_text(reader->find, 1, empty ? "\"\"" : search_query_expression(query), -1, SQLITE_STATIC);
    sqlite3_bind_int64(reader->find, 2, before_id > 0 ? before_id : INT64_MAX);
    sqlite3_bind_int64(reader->find, 3, empty ? 0 : (int64_t)MIN(limit, (size_t)INT32_MAX));
    bool done = find(index, reader, found, upto, error);
    sqlite3_clear_bindings(reader->find);
    give_back(index, reader);
    if (done)
        *ids = g_steal_pointer(&found);
    return done;
}

/* sqlite.c - the store on SQLite: WAL, one writer, synchronous FULL. */
#include "base/log.h"
#include "store/backend.h"

#include <sqlite3.h>
#include <string.h>

struct connection {
    sqlite3 *db;
    bool writes, broken;
    GHashTable *statements; /* (query number, mask) → sqlite3_stmt * */
    sqlite3_stmt *begin, *commit, *savepoint, *release;
    int64_t data_version; /* what await_change saw last */
};

static enum hy_error code_of(int status)
{
    switch (status & 0xff) {
    case SQLITE_FULL:
        return HY_ERROR_STORE_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return HY_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
        return HY_ERROR_CONFLICT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return HY_ERROR_STORE_GONE;
    default:
        return HY_ERROR_INTERNAL;
    }
}

static bool fail(struct connection *connection, const char *doing, GError **error)
{
    int status = sqlite3_extended_errcode(connection->db);
    int system = sqlite3_system_errno(connection->db);
    bool full = (status & 0xff) == SQLITE_FULL || ((status & 0xff) == SQLITE_IOERR && system == ENOSPC);
    if ((status & 0xff) == SQLITE_IOERR || (status & 0xff) == SQLITE_CORRUPT || (status & 0xff) == SQLITE_NOTADB)
        connection->broken = true;
    error_set(error, full ? HY_ERROR_STORE_FULL : code_of(status), NULL, "sqlite %s: %s (%d)", doing,
              sqlite3_errmsg(connection->db), status);
    return false;
}

static void close_connection(struct connection *connection)
{
    sqlite3_finalize(connection->begin);
    sqlite3_finalize(connection->commit);
    sqlite3_finalize(connection->savepoint);
    sqlite3_finalize(connection->release);
    g_hash_table_unref(connection->statements);
    sqlite3_close(connection->db);
    g_free(connection);
}

static bool run_script(struct connection *connection, const char *sql, GError **error)
{
    return sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(connection, "script", error);
}

static bool prepare(struct connection *connection, const char *sql, sqlite3_stmt **statement, GError **error)
{
    return sqlite3_prepare_v3(connection->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK ||
           fail(connection, "prepare", error);
}

static bool set_up(struct connection *connection, GError **error)
{
    /* A command line process may write while the server does: they wait for each other.
     * FULL: a commit is on the disk before anybody is told so. */
    sqlite3_busy_timeout(connection->db, 10000);
    const char *pragmas = connection->writes ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                               "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;"
                                               "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;"
                                               "PRAGMA temp_store = MEMORY;"
                                             : "PRAGMA query_only = ON; PRAGMA cache_size = -2000;"
                                               "PRAGMA temp_store = MEMORY;";
    return run_script(connection, pragmas, error) &&
           prepare(connection, connection->writes ? "BEGIN IMMEDIATE" : "BEGIN", &connection->begin, error) &&
           prepare(connection, "COMMIT", &connection->commit, error) &&
           prepare(connection, "SAVEPOINT job", &connection->savepoint, error) &&
           prepare(connection, "RELEASE job", &connection->release, error);
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

/* SQLite's count of its own memory is behind a lock that every thread's every allocation takes; nobody reads it. */
static void without_statistics(void)
{
    static gsize done;
    if (g_once_init_enter(&done)) {
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        g_once_init_leave(&done, 1);
    }
}

static struct connection *open_connection(const struct store_options *options, bool writes, GError **error)
{
    without_statistics();
    g_autofree char *path = g_build_filename(options->data_dir, "huiyin.db", NULL);
    struct connection *connection = g_new0(struct connection, 1);
    connection->writes = writes;
    connection->statements = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, finalize);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writes && options->migrate ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &connection->db, flags, NULL) != SQLITE_OK) {
        fail(connection, "open", error);
    } else {
        sqlite3_extended_result_codes(connection->db, 1);
        if (writes) /* statements with thirty parameters need more small memory than a desk program's */
            sqlite3_db_config(connection->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1024, 512);
        if (set_up(connection, error))
            return connection;
    }
    close_connection(connection);
    return NULL;
}

static bool is_broken(const struct connection *connection)
{
    return connection->broken;
}

static bool step_once(struct connection *connection, sqlite3_stmt *statement, const char *doing, GError **error)
{
    int status = sqlite3_step(statement);
    bool ok = status == SQLITE_DONE || status == SQLITE_ROW || fail(connection, doing, error);
    sqlite3_reset(statement);
    return ok;
}

static bool begin(struct connection *connection, GError **error)
{
    return step_once(connection, connection->begin, "begin", error);
}

static bool commit(struct connection *connection, GError **error)
{
    return step_once(connection, connection->commit, "commit", error);
}

static void rollback(struct connection *connection)
{
    if (!sqlite3_get_autocommit(connection->db))
        sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Every statement has been waited for already. */
static bool settle(struct connection *connection, GError **error)
{
    (void)connection, (void)error;
    return true;
}

static bool savepoint(struct connection *connection, GError **error)
{
    return step_once(connection, connection->savepoint, "savepoint", error);
}

static bool release(struct connection *connection, GError **error)
{
    return step_once(connection, connection->release, "release", error);
}

static bool undo(struct connection *connection, GError **error)
{
    if (sqlite3_get_autocommit(connection->db)) { /* a full disk or an I/O error has ended the whole transaction */
        if (error != NULL && *error == NULL)
            fail(connection, "transaction", error);
        return false;
    }
    return run_script(connection, "ROLLBACK TO job; RELEASE job", error);
}

static sqlite3_stmt *statement_of(struct connection *connection, const struct query_kind *query, unsigned number,
                                  const struct value *values, GError **error)
{
    unsigned mask = query_mask(query, values);
    gint64 key = (gint64)number << QUERY_MAX_OPTIONAL | mask;
    sqlite3_stmt *statement = g_hash_table_lookup(connection->statements, &key);
    if (statement != NULL)
        return statement;
    g_autofree char *sql = query_text(query, DIALECT_SQLITE, mask);
    if (!prepare(connection, sql, &statement, error)) {
        g_prefix_error(error, "%s: ", query->name);
        return NULL;
    }
    g_hash_table_insert(connection->statements, g_memdup2(&key, sizeof key), statement);
    return statement;
}

static void bind(sqlite3_stmt *statement, const struct query_kind *query, const struct value *values)
{
    /* A variant without its optional pieces may have fewer parameters; binding past them is refused and harmless. */
    for (unsigned i = 0; i < query->param_count; i++) {
        const struct value *value = values + i;
        int at = (int)i + 1;
        switch (value->type) {
        case VALUE_NULL:
            sqlite3_bind_null(statement, at);
            break;
        case VALUE_I64:
            sqlite3_bind_int64(statement, at, value->i64);
            break;
        case VALUE_REAL:
            sqlite3_bind_double(statement, at, value->real);
            break;
        case VALUE_TEXT:
            sqlite3_bind_text64(statement, at, value->bytes.data, value->bytes.length, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case VALUE_BLOB:
            sqlite3_bind_blob64(statement, at, value->bytes.data, value->bytes.length, SQLITE_STATIC);
            break;
        }
    }
}

static void read_cell(sqlite3_stmt *statement, int column, enum value_type type, struct rows *rows, struct value *cell)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        cell->type = VALUE_NULL;
        return;
    }
    cell->type = type;
    if (type == VALUE_I64) {
        cell->i64 = sqlite3_column_int64(statement, column);
    } else if (type == VALUE_REAL) {
        cell->real = sqlite3_column_double(statement, column);
    } else {
        const char *data = type == VALUE_TEXT ? (const char *)sqlite3_column_text(statement, column)
                                              : sqlite3_column_blob(statement, column);
        cell->bytes.length = (gsize)sqlite3_column_bytes(statement, column);
        if (rows->text == NULL)
            rows->text = g_string_chunk_new(4096);
        cell->bytes.data = g_string_chunk_insert_len(rows->text, data ? data : "", (gssize)cell->bytes.length);
    }
}

static int collect(sqlite3_stmt *statement, const struct query_kind *query, struct rows *rows)
{
    unsigned room = 0;
    int status = 0;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        if (rows->count == room) {
            room = room == 0 ? 8 : room * 2;
            rows->cells = g_renew(struct value, rows->cells, (gsize)room * MAX(1, rows->width));
        }
        struct value *cell = rows->cells + (gsize)rows->count++ * rows->width;
        for (unsigned i = 0; i < rows->width; i++)
            read_cell(statement, (int)i, query->columns[i], rows, cell + i);
    }
    return status;
}

static bool run(struct connection *connection, const struct query_kind *query, unsigned number,
                const struct value *values, struct rows **rows, int64_t *changes, GError **error)
{
    sqlite3_stmt *statement = statement_of(connection, query, number, values, error);
    if (statement == NULL)
        return false;
    bind(statement, query, values);
    struct rows *found = rows != NULL ? rows_new(query->column_count) : NULL;
    int status = 0;
    if (found != NULL)
        status = collect(statement, query, found);
    else
        while ((status = sqlite3_step(statement)) == SQLITE_ROW)
            continue;
    bool ok = status == SQLITE_DONE || fail(connection, query->name, error);
    if (ok && changes != NULL)
        *changes = sqlite3_changes64(connection->db);
    sqlite3_reset(statement);
    if (!ok) {
        rows_free(found);
        return false;
    }
    if (rows != NULL)
        *rows = found;
    return true;
}

static bool announce(struct connection *connection, GError **error)
{
    (void)connection;
    (void)error;
    return true; /* other processes look at data_version */
}

static bool await_change(struct connection *connection, int timeout_ms)
{
    g_usleep((gulong)timeout_ms * 1000);
    sqlite3_stmt *statement = NULL;
    int64_t version = connection->data_version;
    if (!prepare(connection, "PRAGMA data_version", &statement, NULL)) {
        connection->broken = true;
        return false;
    }
    if (sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    bool changed = version != connection->data_version;
    connection->data_version = version;
    return changed;
}

static bool backup(struct connection *connection, const char *file, GError **error)
{
    sqlite3 *copy = NULL;
    int status = sqlite3_open(file, &copy);
    sqlite3_backup *work = status == SQLITE_OK ? sqlite3_backup_init(copy, "main", connection->db, "main") : NULL;
    if (work != NULL) {
        do
            status = sqlite3_backup_step(work, -1);
        while (status == SQLITE_BUSY || status == SQLITE_LOCKED);
        sqlite3_backup_finish(work);
        status = sqlite3_errcode(copy);
        if (status == SQLITE_OK) /* the copy stands alone: one file, no journal beside it */
            status = sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    bool ok = work != NULL && status == SQLITE_OK;
    if (!ok)
        error_set(error, code_of(sqlite3_errcode(copy)), NULL, "backup to %s: %s", file, sqlite3_errmsg(copy));
    sqlite3_close(copy);
    return ok;
}

static bool check_one(struct connection *connection, const char *sql, const char *good, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (!prepare(connection, sql, &statement, error))
        return false;
    bool ok = true;
    int status = 0;
    while (ok && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        ok = good != NULL && g_strcmp0(text, good) == 0;
        if (!ok)
            error_set(error, HY_ERROR_INTERNAL, NULL, "%s: %s", sql, text);
    }
    if (ok && status != SQLITE_DONE)
        ok = fail(connection, sql, error);
    sqlite3_finalize(statement);
    return ok;
}

static bool check(struct connection *connection, GError **error)
{
    return check_one(connection, "PRAGMA integrity_check", "ok", error) &&
           check_one(connection, "PRAGMA foreign_key_check", NULL, error);
}

const struct backend SQLITE_BACKEND = {
    .dialect = DIALECT_SQLITE,
    .open = open_connection,
    .close = close_connection,
    .broken = is_broken,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .settle = settle,
    .savepoint = savepoint,
    .release = release,
    .undo = undo,
    .run = run,
    .script = run_script,
    .announce = announce,
    .await_change = await_change,
    .backup = backup,
    .check = check,
};

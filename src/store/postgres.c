/* postgres.c - the store on PostgreSQL: libpq in pipeline mode, one writer for all processes.
 *
 * Statements whose result nobody waits for are only queued; the next one that is waited for, or the end of
 * the job, sends them all at once and reads all answers. A failed statement makes the server skip what
 * follows up to a sync, so an error found late still undoes exactly its own job. */
#include "base/log.h"
#include "store/backend.h"

#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

enum {
    MAX_PENDING = 64
}; /* queued statements before their answers are read, so that neither side blocks on a full socket */

enum { OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, OID_BYTEA = 17 };

struct connection {
    PGconn *pg;
    bool writes, broken, listening;
    GHashTable *prepared; /* set of (query number, mask) */
    unsigned pending;     /* queued statements whose answer was not read */
};

static enum hy_error code_of(const char *state)
{
    static const struct {
        const char *prefix;
        enum hy_error code;
    } CODES[] = {
        {"23", HY_ERROR_CONFLICT},      {"53100", HY_ERROR_STORE_FULL}, {"53", HY_ERROR_BUSY},
        {"40", HY_ERROR_BUSY},          {"55P03", HY_ERROR_BUSY},       {"57P", HY_ERROR_STORE_GONE},
        {"08", HY_ERROR_STORE_GONE},    {"25006", HY_ERROR_STORE_GONE}, {"58030", HY_ERROR_STORE_GONE},
        {"25P03", HY_ERROR_STORE_GONE},
    };
    for (gsize i = 0; state != NULL && i < G_N_ELEMENTS(CODES); i++)
        if (g_str_has_prefix(state, CODES[i].prefix))
            return CODES[i].code;
    return state == NULL ? HY_ERROR_STORE_GONE : HY_ERROR_INTERNAL;
}

static bool lost(struct connection *connection, const char *doing, GError **error)
{
    connection->broken = true;
    g_autofree char *why = g_strstrip(g_strdup(PQerrorMessage(connection->pg)));
    error_set(error, HY_ERROR_STORE_GONE, NULL, "postgres %s: %s", doing, why);
    return false;
}

static bool refused(struct connection *connection, const PGresult *result, const char *doing, GError **error)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    enum hy_error code = code_of(state);
    if (code == HY_ERROR_STORE_GONE || PQstatus(connection->pg) == CONNECTION_BAD)
        connection->broken = true;
    g_autofree char *why = g_strstrip(g_strdup(PQresultErrorMessage(result)));
    error_set(error, code, NULL, "postgres %s: %s (%s)", doing, why, state ? state : "no state");
    return false;
}

/* ---- the pipeline ---- */

/* After an error the server skips everything up to a sync. */
static bool resync(struct connection *connection)
{
    if (PQpipelineSync(connection->pg) != 1)
        return lost(connection, "sync", NULL);
    for (;;) {
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL && PQstatus(connection->pg) == CONNECTION_BAD)
            return lost(connection, "sync", NULL);
        bool synced = result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        if (synced)
            return true;
    }
}

/* Reads the answers of everything queued. *last (may be NULL) gets the last one's, free with PQclear. */
static bool settle(struct connection *connection, PGresult **last, const char *doing, GError **error)
{
    g_autoptr(GError) first = NULL;
    if (connection->pending > 0 && (PQsendFlushRequest(connection->pg) != 1 || PQflush(connection->pg) < 0)) {
        connection->pending = 0;
        return lost(connection, doing, error);
    }
    for (; connection->pending > 0; connection->pending--) {
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL || PQstatus(connection->pg) == CONNECTION_BAD) {
            PQclear(result);
            connection->pending = 0;
            return lost(connection, doing, error);
        }
        ExecStatusType status = PQresultStatus(result);
        bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        if (!good && status != PGRES_PIPELINE_ABORTED && first == NULL)
            refused(connection, result, doing, &first);
        if (good && connection->pending == 1 && last != NULL)
            *last = result;
        else
            PQclear(result);
        PQclear(PQgetResult(connection->pg)); /* the end of this statement */
    }
    if (first == NULL)
        return true;
    if (last != NULL)
        g_clear_pointer(last, PQclear);
    if (!connection->broken)
        resync(connection);
    g_propagate_error(error, g_steal_pointer(&first));
    return false;
}

static bool queued(struct connection *connection, int sent, const char *doing, GError **error)
{
    if (sent != 1)
        return lost(connection, doing, error);
    connection->pending++;
    return connection->pending < MAX_PENDING || settle(connection, NULL, doing, error);
}

static bool queue_plain(struct connection *connection, const char *sql, GError **error)
{
    return queued(connection, PQsendQueryParams(connection->pg, sql, 0, NULL, NULL, NULL, NULL, 0), sql, error);
}

/* ---- opening ---- */

static void close_connection(struct connection *connection)
{
    PQfinish(connection->pg);
    g_hash_table_unref(connection->prepared);
    g_free(connection);
}

static void drop_notice(void *data, const PGresult *result)
{
    (void)data;
    (void)result;
}

static struct connection *open_connection(const struct store_options *options, bool writes, GError **error)
{
    static const char *const KEYS[] = {
        "dbname",          "connect_timeout",     "client_encoding",  "application_name", "tcp_user_timeout",
        "keepalives_idle", "keepalives_interval", "keepalives_count", "options",          NULL};
    /* A database machine that vanishes is noticed within half a minute, also by the connection that only listens; a
     * process that hangs inside a transaction must not keep the others from writing for ever. */
    const char *const values[] = {options->url, "5",     "UTF8",
                                  "huiyin",     "15000", "15",
                                  "5",          "3",     "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
                                  NULL};
    struct connection *connection = g_new0(struct connection, 1);
    connection->writes = writes;
    connection->prepared = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    connection->pg = PQconnectdbParams(KEYS, values, 1);
    PQsetNoticeReceiver(connection->pg, drop_notice, NULL);
    PQsetErrorVerbosity(connection->pg, PQERRORS_TERSE); /* the details of an error may quote a message; it is logged */
    if (PQstatus(connection->pg) == CONNECTION_OK && PQenterPipelineMode(connection->pg) == 1)
        return connection;
    lost(connection, "connect", error);
    close_connection(connection);
    return NULL;
}

static bool is_broken(const struct connection *connection)
{
    return connection->broken;
}

/* ---- transactions ---- */

static bool begin(struct connection *connection, GError **error)
{
    if (!connection->writes)
        return queue_plain(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    /* The number is the word "huiyin" in ASCII: one writer among all processes on this database. */
    return queue_plain(connection, "BEGIN", error) &&
           queue_plain(connection, "SELECT pg_advisory_xact_lock(114842310338926)", error) &&
           settle(connection, NULL, "begin", error);
}

static bool commit(struct connection *connection, GError **error)
{
    PGresult *result = NULL;
    if (!queue_plain(connection, "COMMIT", error) || !settle(connection, &result, "commit", error))
        return false;
    bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0; /* a failed transaction answers ROLLBACK */
    PQclear(result);
    if (!committed)
        error_set(error, HY_ERROR_INTERNAL, NULL, "postgres rolled a transaction back instead of committing it");
    return committed;
}

static void rollback(struct connection *connection)
{
    if (connection->broken)
        return;
    if (!settle(connection, NULL, "rollback", NULL) && connection->broken)
        return;
    /* libpq learns at a sync, and only there, whether a transaction is open. */
    if (resync(connection) && PQtransactionStatus(connection->pg) != PQTRANS_IDLE)
        (void)(queue_plain(connection, "ROLLBACK", NULL) && settle(connection, NULL, "rollback", NULL));
}

static bool settle_all(struct connection *connection, GError **error)
{
    return settle(connection, NULL, "batch", error);
}

static bool savepoint(struct connection *connection, GError **error)
{
    return queue_plain(connection, "SAVEPOINT job", error);
}

static bool release(struct connection *connection, GError **error)
{
    return settle(connection, NULL, "job", error) && queue_plain(connection, "RELEASE SAVEPOINT job", error);
}

static bool undo(struct connection *connection, GError **error)
{
    if (connection->broken)
        return false;
    if (!settle(connection, NULL, "job", NULL) && connection->broken)
        return false;
    return queue_plain(connection, "ROLLBACK TO SAVEPOINT job", error) &&
           queue_plain(connection, "RELEASE SAVEPOINT job", error) && settle(connection, NULL, "undo", error);
}

/* ---- statements ---- */

static Oid oid_of(enum value_type type)
{
    switch (type) {
    case VALUE_I64:
        return OID_INT8;
    case VALUE_REAL:
        return OID_FLOAT8;
    case VALUE_BLOB:
        return OID_BYTEA;
    default:
        return OID_TEXT;
    }
}

static bool prepare(struct connection *connection, const struct query_kind *query, unsigned number, unsigned mask,
                    const char *name, GError **error)
{
    gint64 key = (gint64)number << QUERY_MAX_OPTIONAL | mask;
    if (g_hash_table_contains(connection->prepared, &key))
        return true;
    Oid types[QUERY_MAX_PARAMS];
    for (unsigned i = 0; i < query->param_count; i++)
        types[i] = oid_of(query->params[i]);
    g_autofree char *sql = query_text(query, DIALECT_POSTGRES, mask);
    /* Waited for, so that the set only holds what the server knows even when a job is undone. */
    if (!queued(connection, PQsendPrepare(connection->pg, name, sql, (int)query->param_count, types), query->name,
                error) ||
        !settle(connection, NULL, query->name, error))
        return false;
    g_hash_table_add(connection->prepared, g_memdup2(&key, sizeof key));
    return true;
}

struct arguments {
    const char *values[QUERY_MAX_PARAMS];
    int lengths[QUERY_MAX_PARAMS], formats[QUERY_MAX_PARAMS];
    char numbers[QUERY_MAX_PARAMS][32];
};

static void fill(struct arguments *arguments, const struct query_kind *query, const struct value *values)
{
    for (unsigned i = 0; i < query->param_count; i++) {
        const struct value *value = values + i;
        arguments->values[i] = arguments->numbers[i];
        arguments->formats[i] = value->type == VALUE_BLOB;
        arguments->lengths[i] = 0;
        switch (value->type) {
        case VALUE_NULL:
            arguments->values[i] = NULL;
            break;
        case VALUE_I64:
            g_snprintf(arguments->numbers[i], sizeof arguments->numbers[i], "%" G_GINT64_FORMAT, value->i64);
            break;
        case VALUE_REAL:
            g_ascii_dtostr(arguments->numbers[i], sizeof arguments->numbers[i], value->real);
            break;
        case VALUE_TEXT:
        case VALUE_BLOB:
            arguments->values[i] = value->bytes.data ? value->bytes.data : "";
            arguments->lengths[i] = (int)value->bytes.length;
            break;
        }
    }
}

static void free_result(void *result)
{
    PQclear(result);
}

static void read_cell(const PGresult *result, int row, int column, enum value_type type, struct rows *rows,
                      struct value *cell)
{
    if (PQgetisnull(result, row, column)) {
        cell->type = VALUE_NULL;
        return;
    }
    char *text = PQgetvalue(result, row, column);
    cell->type = type;
    if (type == VALUE_I64) {
        cell->i64 = g_ascii_strtoll(text, NULL, 10);
    } else if (type == VALUE_REAL) {
        cell->real = g_ascii_strtod(text, NULL);
    } else if (type == VALUE_TEXT) {
        cell->bytes.data = text;
        cell->bytes.length = (gsize)PQgetlength(result, row, column);
    } else {
        size_t length = 0;
        unsigned char *bytes = PQunescapeBytea((const unsigned char *)text, &length);
        if (rows->text == NULL)
            rows->text = g_string_chunk_new(4096);
        cell->bytes.data = g_string_chunk_insert_len(rows->text, (const char *)bytes, (gssize)length);
        cell->bytes.length = length;
        PQfreemem(bytes);
    }
}

static struct rows *take_rows(PGresult *result, const struct query_kind *query)
{
    struct rows *rows = rows_new(query->column_count);
    rows->native = result;
    rows->native_free = free_result;
    rows->count = (unsigned)PQntuples(result);
    rows->cells = g_new0(struct value, (gsize)rows->count * MAX(1, rows->width));
    for (unsigned row = 0; row < rows->count; row++)
        for (unsigned column = 0; column < rows->width; column++)
            read_cell(result, (int)row, (int)column, query->columns[column], rows,
                      rows->cells + (gsize)row * rows->width + column);
    return rows;
}

static bool run(struct connection *connection, const struct query_kind *query, unsigned number,
                const struct value *values, struct rows **rows, int64_t *changes, GError **error)
{
    char name[32];
    unsigned mask = query_mask(query, values);
    g_snprintf(name, sizeof name, "q%u_%u", number, mask);
    if (!prepare(connection, query, number, mask, name, error))
        return false;
    struct arguments arguments;
    fill(&arguments, query, values);
    int sent = PQsendQueryPrepared(connection->pg, name, (int)query->param_count, arguments.values, arguments.lengths,
                                   arguments.formats, 0);
    if (rows == NULL && changes == NULL)
        return queued(connection, sent, query->name, error);
    if (sent != 1)
        return lost(connection, query->name, error);
    connection->pending++;
    PGresult *result = NULL;
    if (!settle(connection, &result, query->name, error))
        return false;
    if (changes != NULL)
        *changes = g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
    if (rows != NULL)
        *rows = take_rows(result, query);
    else
        PQclear(result);
    return true;
}

static bool run_script(struct connection *connection, const char *sql, GError **error)
{
    if (!settle(connection, NULL, "script", error))
        return false;
    /* Several statements in one text are not for the pipeline; leaving it asks for a sync first. */
    if (!resync(connection) || PQexitPipelineMode(connection->pg) != 1)
        return lost(connection, "script", error);
    PGresult *result = PQexec(connection->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || refused(connection, result, "script", error);
    PQclear(result);
    if (PQenterPipelineMode(connection->pg) != 1)
        return lost(connection, "script", ok ? error : NULL);
    return ok;
}

/* ---- other processes ---- */

static bool announce(struct connection *connection, GError **error)
{
    return queue_plain(connection, "SELECT pg_notify('huiyin', '')", error);
}

static bool take_notices(struct connection *connection)
{
    if (PQconsumeInput(connection->pg) != 1)
        return lost(connection, "listen", NULL);
    bool any = false;
    for (PGnotify *notice = NULL; (notice = PQnotifies(connection->pg)) != NULL;) {
        any = true;
        PQfreemem(notice);
    }
    return any;
}

static bool await_change(struct connection *connection, int timeout_ms)
{
    if (!connection->listening) {
        if (!run_script(connection, "LISTEN huiyin", NULL) || !resync(connection) ||
            PQexitPipelineMode(connection->pg) != 1) {
            connection->broken = true;
            return false;
        }
        connection->listening = true;
        return true; /* something may have happened before we listened */
    }
    if (take_notices(connection))
        return true;
    struct pollfd socket = {.fd = PQsocket(connection->pg), .events = POLLIN};
    if (poll(&socket, 1, timeout_ms) <= 0)
        return false;
    return take_notices(connection);
}

static bool check(struct connection *connection, GError **error)
{
    return run_script(connection, "SELECT count(*) FROM schema_version", error);
}

/* ---- what the server says of itself ---- */

static bool ask(struct connection *connection, const char *sql, PGresult **result, GError **error)
{
    *result = NULL;
    return queue_plain(connection, sql, error) && settle(connection, result, "ask", error);
}

static bool now_us(struct connection *connection, int64_t *now_us, GError **error)
{
    PGresult *result;
    if (!ask(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &result, error))
        return false;
    *now_us = g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return true;
}

static bool durable(struct connection *connection, GError **error)
{
    PGresult *result;
    if (!ask(connection,
             "SELECT name FROM pg_settings WHERE setting = 'off'"
             " AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name LIMIT 1",
             &result, error))
        return false;
    bool keeps = PQntuples(result) == 0;
    if (!keeps)
        error_set(error, HY_ERROR_INTERNAL, PQgetvalue(result, 0, 0), "%s is off: a crash may lose what was committed",
                  PQgetvalue(result, 0, 0));
    PQclear(result);
    return keeps;
}

const struct backend POSTGRES_BACKEND = {
    .dialect = DIALECT_POSTGRES,
    .open = open_connection,
    .close = close_connection,
    .broken = is_broken,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .settle = settle_all,
    .savepoint = savepoint,
    .release = release,
    .undo = undo,
    .run = run,
    .script = run_script,
    .announce = announce,
    .await_change = await_change,
    .now_us = now_us,
    .durable = durable,
    .check = check,
};

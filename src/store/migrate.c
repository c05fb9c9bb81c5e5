/* migrate.c - bringing the schema up to date, forward only. */
#include "base/clock.h"
#include "base/log.h"
#include "store/backend.h"
#include "store/queries.h"

char *migrate_text(const char *text, enum dialect dialect)
{
    static const struct {
        const char *macro, *sql[DIALECT_COUNT];
    } MACROS[] = {
        {"@ID", {"INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"}},
        {"@SEQ", {"INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}},
        {"@I64", {"INTEGER", "BIGINT"}},
        {"@BLOB", {"BLOB", "BYTEA"}},
    };
    GString *out = g_string_new(text);
    for (gsize i = 0; i < G_N_ELEMENTS(MACROS); i++)
        g_string_replace(out, MACROS[i].macro, MACROS[i].sql[dialect], 0);
    return g_string_free(out, FALSE);
}

static bool run_version(struct tx *tx, int64_t *version, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_schema_version row;
    if (!q_schema_version(tx, &rows, error))
        return false;
    *version = q_schema_version_next(rows, &row) ? row.version : 0;
    return true;
}

bool migrate_version(const struct backend *backend, struct connection *connection, int64_t *version, GError **error)
{
    struct tx tx = {NULL, backend, connection, false, false};
    return run_version(&tx, version, error);
}

static bool migrate_from(const struct backend *backend, struct connection *connection, int64_t version, GError **error)
{
    struct tx tx = {NULL, backend, connection, true, false};
    for (; MIGRATIONS[version] != NULL; version++) {
        g_autofree char *sql = migrate_text(MIGRATIONS[version], backend->dialect);
        if (!backend->script(connection, sql, error) ||
            !q_schema_record(&tx, error, version + 1, clock_now_ms(clock_system()))) {
            g_prefix_error(error, "migration %d: ", (int)version + 1);
            return false;
        }
        log_line(LOG_INFO, "store.migrated", "version=%d", (int)version + 1);
    }
    return true;
}

static bool refuse(enum hy_error code, int64_t version, GError **error)
{
    error_set(error, code, "schema", "the database has schema %d, this program %d", (int)version,
              store_schema_version());
    return false;
}

/* A database nobody has served yet has no table that tells its version. */
static bool read_version(const struct backend *backend, struct connection *connection, int64_t *version, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (migrate_version(backend, connection, version, &why))
        return true;
    if (error_code(why) == HY_ERROR_INTERNAL)
        return refuse(HY_ERROR_SCHEMA_OLDER, 0, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool migrate_locked(const struct backend *backend, struct connection *connection,
                           const struct store_options *options, GError **error)
{
    int64_t version = 0;
    if (options->migrate && !backend->script(connection,
                                             "CREATE TABLE IF NOT EXISTS schema_version"
                                             " (version BIGINT NOT NULL PRIMARY KEY, applied_ms BIGINT NOT NULL)",
                                             error))
        return false;
    if (!read_version(backend, connection, &version, error))
        return false;
    if (options->any_schema)
        return true;
    if (version > store_schema_version())
        return refuse(HY_ERROR_SCHEMA_NEWER, version, error);
    if (version < store_schema_version() && !options->migrate)
        return refuse(HY_ERROR_SCHEMA_OLDER, version, error);
    return migrate_from(backend, connection, version, error);
}

bool migrate_schema(const struct backend *backend, struct connection *connection, const struct store_options *options,
                    GError **error)
{
    if (!backend->begin(connection, error))
        return false;
    if (migrate_locked(backend, connection, options, error) && backend->commit(connection, error))
        return true;
    backend->rollback(connection);
    return false;
}

/* backend.h - what store.c asks of a database; sqlite.c and postgres.c answer. Inside store/ only. */
#pragma once
#include "store/store.h"

enum value_type { VALUE_NULL, VALUE_I64, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_type type;
    union {
        int64_t i64;
        double real;
        struct {
            const char *data; /* borrowed; of text a terminated string */
            gsize length;
        } bytes;
    };
};

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES, DIALECT_COUNT };

/* A piece of a statement. param ≥ 0: taken in only when that parameter has a value. */
struct query_piece {
    int param;
    const char *sql[DIALECT_COUNT];
};
struct query_kind {
    const char *name;
    unsigned param_count;
    const enum value_type *params; /* the declared types */
    unsigned column_count;
    const enum value_type *columns;
    unsigned piece_count;
    const struct query_piece *pieces;
};
#define QUERY_MAX_PARAMS 64
/* The optional pieces of a query number at most this, so that a mask names a variant. */
#define QUERY_MAX_OPTIONAL 8

/* Which optional pieces these values take in: bit n = the n-th optional piece. */
unsigned query_mask(const struct query_kind *query, const struct value *values);
/* The text of one variant. g_free. */
char *query_text(const struct query_kind *query, enum dialect dialect, unsigned mask);

struct rows {
    unsigned count, width, next;
    struct value *cells; /* count × width, row by row */
    GStringChunk *text;  /* where SQLite's texts live; NULL */
    void *native;        /* PGresult * */
    void (*native_free)(void *);
};
struct rows *rows_new(unsigned width);

struct connection; /* of one backend; one thread at a time */

struct backend {
    enum dialect dialect;
    /* A connection for reading or for writing. */
    struct connection *(*open)(const struct store_options *options, bool writes, GError **error);
    void (*close)(struct connection *connection);
    /* The connection cannot be used any more: store.c closes it and opens another. */
    bool (*broken)(const struct connection *connection);

    /* begin takes the one-writer lock when the connection writes. Errors may be reported by the next call that waits.
     */
    bool (*begin)(struct connection *connection, GError **error);
    bool (*commit)(struct connection *connection, GError **error);
    void (*rollback)(struct connection *connection);
    bool (*settle)(struct connection *connection, GError **error); /* waits for what run did not wait for */
    bool (*savepoint)(struct connection *connection, GError **error);
    bool (*release)(struct connection *connection, GError **error); /* waits for everything before it */
    bool (*undo)(struct connection *connection, GError **error);    /* back to the savepoint, which stays released */

    /* rows and changes may be NULL; when both are, the statement need not be waited for. */
    bool (*run)(struct connection *connection, const struct query_kind *query, unsigned number,
                const struct value *values, struct rows **rows, int64_t *changes, GError **error);
    bool (*script)(struct connection *connection, const char *sql, GError **error);

    /* Tells other processes, inside the transaction, that events were appended. */
    bool (*announce)(struct connection *connection, GError **error);
    /* Blocks up to timeout_ms for a change by another process; true = there may be one. Own connection. */
    bool (*await_change)(struct connection *connection, int timeout_ms);

    /* The server's clock, and whether it keeps what it commits. NULL: the clock is ours, and it does. */
    bool (*now_us)(struct connection *connection, int64_t *now_us, GError **error);
    bool (*durable)(struct connection *connection, GError **error);

    bool (*backup)(struct connection *connection, const char *file, GError **error); /* NULL: not supported */
    bool (*check)(struct connection *connection, GError **error);
};
extern const struct backend SQLITE_BACKEND, POSTGRES_BACKEND;

/* Inside a transaction */
struct tx {
    struct store *store;
    const struct backend *backend;
    struct connection *connection;
    bool writes;
    bool has_events; /* events were appended by this transaction */
};
bool tx_run(struct tx *tx, unsigned query, const struct value *values, struct rows **rows, int64_t *changes,
            GError **error);

/* made by the build from queries/ and migrations/ */
extern const struct query_kind QUERIES[];
extern const unsigned QUERY_COUNT;
extern const char *const MIGRATIONS[]; /* version 1 first; ends with NULL */

/* migrate.c */
bool migrate_schema(const struct backend *backend, struct connection *connection, const struct store_options *options,
                    GError **error);
char *migrate_text(const char *text, enum dialect dialect); /* @ID … written out; g_free */
bool migrate_version(const struct backend *backend, struct connection *connection, int64_t *version, GError **error);

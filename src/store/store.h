/* store.h - the only way to the database.
 *
 *   domain ──q_*() inside a work function──▶ store ──▶ sqlite.c | postgres.c
 *                                              └─ group commit, then everybody's answer
 *
 * SQL stands in queries/ with names and typed parameters; the build makes one C function of each
 * (queries.h, q_NAME). They take a struct tx, which only exists inside a work function:
 *
 *     static bool rename_team(struct tx *tx, void *data, GError **error)
 *     {
 *         const struct rename *job = data;
 *         return q_team_rename(tx, error, job->id, job->name)
 *             && event_append(tx, EVENT_…, …, error);
 *     }
 *     …
 *     if (!store_write(store, rename_team, &job, error)) …
 *
 * One writer: on both databases at most one write transaction is under way, so a work function sees
 * nothing change beneath it and events are numbered in the order they are committed. Up to
 * LIMIT_BATCH_JOBS waiting jobs share one commit; when one of them fails all are undone and run again,
 * each in a savepoint of its own, so it takes nothing else with it. On PostgreSQL an advisory lock makes the processes
 * take turns.
 *
 * A work function that returns false is undone whole. It may touch nothing but the tx and its own data,
 * and must not assume it runs once: write its results as if for the first time.
 *
 * Threads: any, except that a work function must not call the store again. */
#pragma once
#include "base/clock.h"
#include "base/error.h"

#include <stdint.h>

struct store;
struct tx;

struct store_options {
    const char *data_dir; /* SQLite: DIR/huiyin.db; must exist */
    const char *url;      /* "postgres://…" or NULL for SQLite */
    unsigned readers;     /* connections for reading; 0 = 4 */
    bool migrate;         /* bring the schema up to date, from nothing as well; otherwise an older one is refused … */
    bool any_schema;      /* … unless this: only to look at it as a whole (backup, doctor) */
};

/* Opens, migrates, starts the writer. STORE_GONE, STORE_FULL; SCHEMA_NEWER, SCHEMA_OLDER than the program's. */
struct store *store_open(const struct store_options *options, GError **error);

/* Finishes what is queued, then closes. No call may be under way. */
void store_free(struct store *store);
typedef struct store store_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_auto, store_free)

typedef bool (*store_work)(struct tx *tx, void *data, GError **error);
/* error is borrowed; NULL = committed, and durable. Runs on the writer thread: hand over and return. */
typedef void (*store_done)(void *data, const GError *error);

/* Blocks until the work is committed (or undone). The errors of the work function, or BUSY (queue full),
 * STORE_GONE, STORE_FULL. After STORE_GONE the fate of the commit may be unknown: what calls again must
 * be idempotent. */
bool store_write(struct store *store, store_work work, void *data, GError **error);

/* The same without waiting: done is called exactly once, perhaps before this returns. */
void store_write_async(struct store *store, store_work work, void *data, store_done done);

/* A consistent snapshot. Blocks for a free reader. Work functions that write fail with INTERNAL. */
bool store_read(struct store *store, store_work work, void *data, GError **error);

/* A number that rises with every commit of this process, before anybody is told of it: what was read after asking for
 * it still holds while it is the same, as far as this process goes (others on the same SQLite file are not counted).
 * 0 on PostgreSQL, where other nodes write as well. Any thread. */
uint64_t store_generation(const struct store *store);

/* called after every commit that appended events, here or in another process on the same database
 * (within 0.5 s); any thread; must not block and must not call the store. Set once, before use. */
void store_watch(struct store *store, void (*changed)(void *data), void *data);

/* ---- time ---- */

/* The clock of this database: what is due and until when a row is held means the same to every process on it. On
 * PostgreSQL it is the server's, measured at opening and once a minute while store_watch runs, and carried on in
 * between by time elapsed, so that neither a wrong clock of this machine nor its being set matters. On SQLite it is
 * this machine's. Lives as long as the store; any thread. */
const struct clock *store_clock(const struct store *store);
/* How far this machine's clock was ahead of the database's when it was last measured; 0 on SQLite. */
int64_t store_clock_ahead_ms(const struct store *store);
#define STORE_CLOCK_APART_MS (5 * CLOCK_SECOND_MS) /* more is worth a complaint */

/* ---- for operators ---- */
/* Is what was committed on the disk? SQLite: yes, by our own settings. PostgreSQL: INTERNAL naming the setting of the
 * server that says no (fsync, full_page_writes, synchronous_commit). */
bool store_check_durable(struct store *store, GError **error);
bool store_is_postgres(const struct store *store);
/* SQLite: a consistent copy while the program works. NOT_SUPPORTED on PostgreSQL (use pg_dump). */
bool store_backup(struct store *store, const char *file, GError **error);
/* SQLite: PRAGMA integrity_check and foreign_key_check; PostgreSQL: a round trip. INTERNAL with what is wrong. */
bool store_check(struct store *store, GError **error);
int store_schema_version(void);                                                /* of this program */
bool store_schema_read(struct store *store, int64_t *version, GError **error); /* of the database */

struct store_figures {
    uint64_t commits, jobs, failed_jobs, queued; /* since the start; queued = now */
};
void store_figures(struct store *store, struct store_figures *out);

/* ---- rows: what a query found; all of them are here when it has returned ---- */
struct rows;
void rows_free(struct rows *rows);
typedef struct rows rows_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rows_auto, rows_free)
unsigned rows_count(const struct rows *rows);

/* database.h - a fresh database for a test, on SQLite or on PostgreSQL.
 *
 * PostgreSQL is the one in HUIYIN_TEST_POSTGRES (tests/with_postgres.sh); each test gets a database of its own. */
#pragma once
#include "store/store.h"

struct database {
    char *dir;  /* a data directory */
    char *url;  /* NULL = SQLite */
    char *name; /* of the PostgreSQL database */
};

/* Runs test once per database as /NAME/sqlite and /NAME/postgres. */
void database_test(const char *name, void (*test)(struct database *database));

/* A store on it; asserts that it opens. Free with store_free. */
struct store *database_open(const struct database *database);

/* A second address of the same database for another "process". */
struct store_options database_options(const struct database *database);

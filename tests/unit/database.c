#include "database.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <unistd.h>

struct entry {
    void (*test)(struct database *database);
    bool postgres;
};

static void command(const char *sql)
{
    PGconn *admin = PQconnectdb(g_getenv("HUIYIN_TEST_POSTGRES"));
    g_assert_cmpint(PQstatus(admin), ==, CONNECTION_OK);
    PGresult *result = PQexec(admin, sql);
    g_assert_cmpint(PQresultStatus(result), ==, PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(admin);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = NULL; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        remove_all(file);
    }
    g_remove(path);
}

static void run(const void *data)
{
    const struct entry *entry = data;
    static unsigned number;
    struct database database = {.dir = g_dir_make_tmp("huiyin-XXXXXX", NULL)};
    if (entry->postgres) {
        const char *server = g_getenv("HUIYIN_TEST_POSTGRES");
        if (server == NULL) {
            g_test_skip("no PostgreSQL: run through tests/with_postgres.sh");
            remove_all(database.dir);
            g_free(database.dir);
            return;
        }
        database.name = g_strdup_printf("t%d_%u_%u", (int)getpid(), ++number, g_random_int());
        g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s", database.name);
        command(sql);
        const char *slash = strrchr(server, '/');
        database.url = g_strdup_printf("%.*s/%s", (int)(slash - server), server, database.name);
    }
    entry->test(&database);
    if (entry->postgres) {
        g_autofree char *sql = g_strdup_printf("DROP DATABASE %s WITH (FORCE)", database.name);
        command(sql);
    }
    remove_all(database.dir);
    g_free(database.dir);
    g_free(database.url);
    g_free(database.name);
}

void database_test(const char *name, void (*test)(struct database *database))
{
    for (int postgres = 0; postgres < 2; postgres++) {
        struct entry *entry = g_new(struct entry, 1);
        *entry = (struct entry){test, postgres != 0};
        g_autofree char *path = g_strdup_printf("%s/%s", name, postgres ? "postgres" : "sqlite");
        g_test_add_data_func_full(path, entry, run, g_free);
    }
}

struct store_options database_options(const struct database *database)
{
    return (struct store_options){.data_dir = database->dir, .url = database->url, .readers = 2, .migrate = true};
}

struct store *database_open(const struct database *database)
{
    struct store_options options = database_options(database);
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, &error);
    g_assert_no_error(error);
    return store;
}

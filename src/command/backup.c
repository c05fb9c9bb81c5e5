/* backup.c - huiyin backup FILE, huiyin restore FILE: the database of a data directory and its key (SQLite).
 *
 * A backup is FILE, a whole SQLite database, and FILE.key, the key that opens the channels' secrets in it. The search
 * index is not part of it: it is made again. */
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool refuse_postgres(const struct config *config, GError **error)
{
    if (*config->db == '\0')
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "db",
              "the data are in PostgreSQL: back up with  pg_dump --format=custom --file=FILE URL  and restore with  "
              "pg_restore --clean --if-exists --dbname=URL FILE ; keep %s/secret.key with it",
              config->data);
    return false;
}

static bool failed(const char *what, const char *path, GError **error)
{
    error_set(error, errno == ENOSPC ? HY_ERROR_STORE_FULL : HY_ERROR_INTERNAL, NULL, "%s %s: %s", what, path,
              g_strerror(errno));
    return false;
}

/* Makes the name of a file last through a loss of power. */
static void sync_directory_of(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    int fd = g_open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static bool sync_file(const char *path, GError **error)
{
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok || failed("cannot write", path, error);
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* Whole under another name first. Only its owner may read the copy. */
static bool copy_file(const char *from, const char *to, GError **error)
{
    enum { PIECE = 1 << 20 };
    g_autofree char *fresh = g_strconcat(to, ".new", NULL);
    g_autofree char *buffer = g_malloc(PIECE);
    int in = g_open(from, O_RDONLY | O_CLOEXEC, 0);
    if (in < 0)
        return failed("cannot read", from, error);
    int out = g_open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = out >= 0;
    for (ssize_t got = 1; ok && got > 0;) {
        got = read(in, buffer, PIECE);
        ok = got >= 0 && write_all(out, buffer, (size_t)got);
    }
    ok = ok && fsync(out) == 0 && fchmod(out, 0600) == 0;
    if (out >= 0)
        ok &= close(out) == 0;
    close(in);
    if (!ok || g_rename(fresh, to) != 0) {
        failed("cannot write", to, error);
        g_unlink(fresh);
        return false;
    }
    sync_directory_of(to);
    return true;
}

/* A copy is made of any schema: the one before an update above all. */
static void tell_schema(struct store *store)
{
    int64_t version = 0;
    if (store_schema_read(store, &version, NULL) && version != store_schema_version())
        fprintf(stderr, "%s %d, %s %d\n", command_say("注意：数据库结构", "note: the database has schema"),
                (int)version, command_say("程序", "this program"), store_schema_version());
}

static bool make_backup(const struct config *config, const char *file, GError **error)
{
    g_auto(command_data_auto) data = {0};
    g_autofree char *key = g_build_filename(config->data, "secret.key", NULL);
    g_autofree char *key_copy = g_strconcat(file, ".key", NULL);
    g_autofree char *fresh = g_strconcat(file, ".new", NULL);
    if (!refuse_postgres(config, error))
        return false;
    g_unlink(fresh);
    if (!command_open(config, COMMAND_COPIES, &data, error) || !store_backup(data.store, fresh, error) ||
        !sync_file(fresh, error))
        return false;
    tell_schema(data.store);
    if (g_chmod(fresh, 0600) != 0 || g_rename(fresh, file) != 0)
        return failed("cannot write", file, error);
    sync_directory_of(file);
    return copy_file(key, key_copy, error);
}

int command_backup(int argc, char **argv)
{
    static const char USAGE[] = "backup FILE";
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, USAGE, NULL, &config))
        return 2;
    if (argc != 2)
        return command_usage(USAGE);
    if (!make_backup(config, argv[1], &error))
        return command_fail(error);
    printf("%s %s\n%s %s.key\n", command_say("数据库：", "database:"), argv[1],
           command_say("密钥（请妥善保管）：", "key, keep it safe:"), argv[1]);
    return 0;
}

/* ---- restoring ---- */

static bool check_backup(const char *file, const char *key, GError **error)
{
    static const char MAGIC[] = "SQLite format 3";
    char head[sizeof MAGIC] = "";
    FILE *in = g_fopen(file, "rbe");
    if (in == NULL)
        return failed("cannot read", file, error);
    size_t got = fread(head, 1, sizeof head, in);
    fclose(in);
    if (got != sizeof head || memcmp(head, MAGIC, sizeof MAGIC) != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "file", "%s is not a backup of Huiyin", file);
        return false;
    }
    if (!g_file_test(key, G_FILE_TEST_EXISTS)) {
        error_set(error, HY_ERROR_MISSING, "key", "%s is not there: without it no channel could be opened", key);
        return false;
    }
    return true;
}

/* What stands beside a database and belongs to the old one. */
static void remove_leftovers(const char *data)
{
    static const char *const NAMES[] = {"huiyin.db-wal", "huiyin.db-shm", "search.db", "search.db-wal",
                                        "search.db-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(data, NAMES[i], NULL);
        g_unlink(path);
    }
}

/* Both are copied whole before anything that is there goes: a disk that is full leaves the old database as it was. */
static bool replace(const char *data, const char *file, const char *file_key, const char *database, const char *key,
                    GError **error)
{
    g_autofree char *fresh = g_strconcat(database, ".restored", NULL);
    g_autofree char *fresh_key = g_strconcat(key, ".restored", NULL);
    bool ok = copy_file(file_key, fresh_key, error) && copy_file(file, fresh, error);
    if (ok) {
        remove_leftovers(data);
        ok = (g_rename(fresh_key, key) == 0 && g_rename(fresh, database) == 0) ||
             failed("cannot write", database, error);
        sync_directory_of(database);
    }
    g_unlink(fresh);
    g_unlink(fresh_key);
    return ok;
}

static bool check_restored(const struct config *config, GError **error)
{
    g_auto(command_data_auto) data = {0};
    return command_open(config, COMMAND_WRITES, &data, error) && store_check(data.store, error);
}

static bool restore(const struct config *config, const char *file, bool force, GError **error)
{
    int lock = -1;
    g_autofree char *database = g_build_filename(config->data, "huiyin.db", NULL);
    g_autofree char *key = g_build_filename(config->data, "secret.key", NULL);
    g_autofree char *key_copy = g_strconcat(file, ".key", NULL);
    if (!refuse_postgres(config, error) || !check_backup(file, key_copy, error) || !command_lock(config, &lock, error))
        return false;
    bool ok = force || !g_file_test(database, G_FILE_TEST_EXISTS);
    if (!ok)
        error_set(error, HY_ERROR_CONFLICT, "data", "%s is there; --force replaces it", database);
    if (ok)
        ok = replace(config->data, file, key_copy, database, key, error) && check_restored(config, error);
    close(lock);
    return ok;
}

int command_restore(int argc, char **argv)
{
    static const char USAGE[] = "restore FILE [--force]";
    gboolean force = FALSE;
    const GOptionEntry entries[] = {{"force", 0, 0, G_OPTION_ARG_NONE, &force,
                                     command_say("替换已有的数据库", "replace the database that is there"), NULL},
                                    {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    if (argc != 2)
        return command_usage(USAGE);
    if (!restore(config, argv[1], force, &error))
        return command_fail(error);
    printf("%s %s\n", command_say("已恢复到", "restored to"), config->data);
    return 0;
}

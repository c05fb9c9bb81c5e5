#include "api/idempotency.h"

#include "base/clock.h"
#include "base/limit.h"
#include "store/queries.h"

#include <string.h>

enum { KEEP_DAYS = 7 };

bool idempotency_find(struct tx *tx, const struct secret *secret, int64_t person_id, const char *key,
                      const char *request, bool *found, int *status, char **answer, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    *found = false;
    if (!q_idempotency_find(tx, &rows, error, person_id, key))
        return false;
    struct q_idempotency_find row;
    if (!q_idempotency_find_next(rows, &row))
        return true;
    if (strcmp(row.request, request) != 0) {
        error_set(error, HY_ERROR_KEY_REUSED, "Idempotency-Key", "the key stood for another request");
        return false;
    }
    g_autoptr(GBytes) sealed = g_bytes_new(row.answer, row.answer_length);
    *answer = secret_open(secret, sealed, error);
    *status = (int)row.status;
    *found = *answer != NULL;
    return *found;
}

bool idempotency_save(struct tx *tx, const struct secret *secret, int64_t person_id, const char *key,
                      const char *request, int status, const char *answer, int64_t now_ms, GError **error)
{
    g_autoptr(GBytes) sealed = secret_seal(secret, answer);
    return q_idempotency_insert(tx, error, person_id, key, request, status, sealed, now_ms);
}

bool idempotency_purge(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *gone, GError **error)
{
    return q_idempotency_purge(tx, gone, error, now_ms - KEEP_DAYS * CLOCK_DAY_MS, limit);
}

char *idempotency_request(const char *method, const char *path, const void *body, size_t length)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)method, (gssize)strlen(method) + 1);
    g_checksum_update(sum, (const guchar *)path, (gssize)strlen(path) + 1);
    g_checksum_update(sum, body, (gssize)length);
    return g_strdup(g_checksum_get_string(sum));
}

bool idempotency_check_key(const char *key, GError **error)
{
    size_t length = strlen(key);
    if (length > LIMIT_IDEMPOTENCY_KEY) {
        error_set(error, HY_ERROR_TOO_LONG, "Idempotency-Key", "%zu characters", length);
        return false;
    }
    bool visible = length > 0;
    for (size_t i = 0; i < length; i++)
        visible = visible && g_ascii_isgraph(key[i]);
    if (!visible)
        error_set(error, HY_ERROR_BAD_VALUE, "Idempotency-Key", "not visible ASCII");
    return visible;
}

struct running_keys {
    GMutex lock;
    GHashTable *keys;
};

struct running_keys *running_keys_new(void)
{
    struct running_keys *keys = g_new0(struct running_keys, 1);
    g_mutex_init(&keys->lock);
    keys->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return keys;
}

void running_keys_free(struct running_keys *keys)
{
    if (keys == NULL)
        return;
    g_hash_table_unref(keys->keys);
    g_mutex_clear(&keys->lock);
    g_free(keys);
}

static char *name_of(int64_t person_id, const char *key)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%s", person_id, key);
}

bool running_keys_enter(struct running_keys *keys, int64_t person_id, const char *key)
{
    g_autofree char *name = name_of(person_id, key);
    g_mutex_lock(&keys->lock);
    bool fresh = !g_hash_table_contains(keys->keys, name);
    if (fresh)
        g_hash_table_add(keys->keys, g_steal_pointer(&name));
    g_mutex_unlock(&keys->lock);
    return fresh;
}

void running_keys_leave(struct running_keys *keys, int64_t person_id, const char *key)
{
    g_autofree char *name = name_of(person_id, key);
    g_mutex_lock(&keys->lock);
    g_hash_table_remove(keys->keys, name);
    g_mutex_unlock(&keys->lock);
}

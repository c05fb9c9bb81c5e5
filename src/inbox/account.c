#include "inbox/account.h"

#include "base/log.h"
#include "store/queries.h"

#include <string.h>

#define MISS_MS 50 /* between two reloads for ids that nobody knows */

struct snapshot { /* what account_ref hands out, with what it was made of */
    struct account account;
    gatomicrefcount references;
    int shown; /* account_first_sign was asked; atomic */
    json_t *settings;
    char *kind_name, *row_settings;
    GBytes *row_secrets; /* NULL = none */
};

struct accounts {
    struct store *store;
    const struct secret *secret;
    const struct channel_kind *(*find)(const char *kind);
    GMutex lock;
    GMutex missing;       /* held over a reload for a miss: who misses the same one waits for it */
    GHashTable *accounts; /* int64 id → struct account *, owned */
    int64_t missed_ms;    /* the last reload for a miss */
};

/* ---- one account ---- */

static struct snapshot *snapshot_of(struct account *account)
{
    return (struct snapshot *)account; /* its first member */
}

struct account *account_ref(struct account *account)
{
    g_atomic_ref_count_inc(&snapshot_of(account)->references);
    return account;
}

void account_unref(struct account *account)
{
    struct snapshot *snapshot = snapshot_of(account);
    if (account == NULL || !g_atomic_ref_count_dec(&snapshot->references))
        return;
    json_decref(snapshot->settings);
    g_free(snapshot->kind_name);
    g_free(snapshot->row_settings);
    g_clear_pointer(&snapshot->row_secrets, g_bytes_unref);
    g_free(account->name);
    g_free(account->trouble);
    g_free(snapshot);
}

static void unref_account(gpointer account)
{
    account_unref(account);
}

/* Adds the sealed settings to the open ones. */
static bool open_secrets(const struct secret *secret, GBytes *sealed, json_t *settings, GError **error)
{
    if (sealed == NULL || g_bytes_get_size(sealed) == 0)
        return true;
    g_autofree char *text = secret_open(secret, sealed, error);
    if (text == NULL)
        return false;
    json_auto_t *secrets = json_parse(text, strlen(text), error);
    if (secrets == NULL)
        return false;
    json_object_update(settings, secrets);
    return true;
}

static struct account *account_open(const struct accounts *cache, const struct q_account_all *row)
{
    struct snapshot *snapshot = g_new0(struct snapshot, 1);
    g_atomic_ref_count_init(&snapshot->references);
    snapshot->kind_name = g_strdup(row->kind);
    snapshot->row_settings = g_strdup(row->settings);
    snapshot->row_secrets = row->secrets != NULL ? g_bytes_new(row->secrets, row->secrets_length) : NULL;
    g_autoptr(GError) error = NULL;
    snapshot->settings = json_parse(row->settings, strlen(row->settings), &error);
    if (snapshot->settings == NULL)
        snapshot->settings = json_object();
    else
        open_secrets(cache->secret, snapshot->row_secrets, snapshot->settings, &error);
    if (error != NULL) {
        log_line(LOG_ERROR, "account.open", "channel=%" G_GINT64_FORMAT " error=%s", row->id,
                 error_name(error_code(error)));
        snapshot->account.trouble = g_strdup(error_name(error_code(error)));
    }
    snapshot->account.channel =
        (struct channel_account){.id = row->id, .kind = snapshot->kind_name, .settings = snapshot->settings};
    snapshot->account.kind = cache->find(row->kind);
    snapshot->account.name = g_strdup(row->name);
    snapshot->account.brand_id = row->brand_id;
    snapshot->account.enabled = row->enabled;
    return &snapshot->account;
}

static bool same(const struct snapshot *snapshot, const struct q_account_all *row)
{
    gsize length = 0;
    const void *secrets = snapshot->row_secrets ? g_bytes_get_data(snapshot->row_secrets, &length) : NULL;
    return strcmp(snapshot->row_settings, row->settings) == 0 && strcmp(snapshot->account.name, row->name) == 0 &&
           strcmp(snapshot->kind_name, row->kind) == 0 && snapshot->account.brand_id == row->brand_id &&
           snapshot->account.enabled == row->enabled && length == (row->secrets ? row->secrets_length : 0) &&
           (length == 0 || memcmp(secrets, row->secrets, length) == 0);
}

/* ---- the cache ---- */

static GHashTable *new_table(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, unref_account);
}

struct accounts *accounts_new(struct store *store, const struct secret *secret,
                              const struct channel_kind *(*find)(const char *kind))
{
    struct accounts *cache = g_new0(struct accounts, 1);
    cache->store = store;
    cache->secret = secret;
    cache->find = find;
    cache->accounts = new_table();
    g_mutex_init(&cache->lock);
    g_mutex_init(&cache->missing);
    return cache;
}

void accounts_free(struct accounts *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->accounts);
    g_mutex_clear(&cache->lock);
    g_mutex_clear(&cache->missing);
    g_free(cache);
}

struct reload {
    struct accounts *cache;
    GHashTable *accounts;
};

static bool read_accounts(struct tx *tx, void *data, GError **error)
{
    struct reload *reload = data;
    g_autoptr(rows_auto) rows = NULL;
    if (!q_account_all(tx, &rows, error))
        return false;
    struct q_account_all row;
    while (q_account_all_next(rows, &row)) {
        g_autoptr(account_auto) account = account_find(reload->cache, row.id);
        if (account == NULL || !same(snapshot_of(account), &row)) {
            g_clear_pointer(&account, account_unref);
            account = account_open(reload->cache, &row);
        }
        if (account->kind == NULL) { /* written by a newer program on the same database */
            log_line(LOG_WARN, "account.kind", "channel=%" G_GINT64_FORMAT " kind=%s", row.id, row.kind);
            continue;
        }
        g_hash_table_replace(reload->accounts, &account->channel.id, account_ref(account));
    }
    return true;
}

bool accounts_reload(struct accounts *cache, GError **error)
{
    struct reload reload = {cache, new_table()};
    bool ok = store_read(cache->store, read_accounts, &reload, error);
    if (ok) {
        g_mutex_lock(&cache->lock);
        GHashTable *old = cache->accounts;
        cache->accounts = reload.accounts;
        reload.accounts = old;
        g_mutex_unlock(&cache->lock);
    }
    g_hash_table_unref(reload.accounts);
    return ok;
}

struct account *account_find(struct accounts *cache, int64_t id)
{
    g_mutex_lock(&cache->lock);
    struct account *account = g_hash_table_lookup(cache->accounts, &id);
    if (account != NULL)
        account_ref(account);
    g_mutex_unlock(&cache->lock);
    return account;
}

struct account *account_find_fresh(struct accounts *cache, int64_t id, int64_t now_ms)
{
    struct account *account = account_find(cache, id);
    if (account != NULL)
        return account;
    g_autoptr(GError) error = NULL;
    g_mutex_lock(&cache->missing);
    account = account_find(cache, id); /* somebody may have brought it while we waited */
    if (account == NULL && ABS(now_ms - cache->missed_ms) >= MISS_MS) {
        cache->missed_ms = now_ms;
        if (!accounts_reload(cache, &error))
            log_failure("account.reload", error);
        account = account_find(cache, id);
    }
    g_mutex_unlock(&cache->missing);
    return account;
}

bool account_first_sign(struct account *account)
{
    return g_atomic_int_compare_and_exchange(&snapshot_of(account)->shown, 0, 1);
}

GPtrArray *accounts_list(struct accounts *cache)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(unref_account);
    g_mutex_lock(&cache->lock);
    GHashTableIter iter;
    gpointer account = NULL;
    g_hash_table_iter_init(&iter, cache->accounts);
    while (g_hash_table_iter_next(&iter, NULL, &account))
        g_ptr_array_add(list, account_ref(account));
    g_mutex_unlock(&cache->lock);
    return list;
}

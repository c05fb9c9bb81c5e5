#include "api/guard.h"

#include "base/gate.h"
#include "base/log.h"

#include <string.h>

enum {
    REMEMBER_MS = 5000,
    REMEMBER_MAX = 20000,
    TOUCH_MS = 60000,
    PASSWORDS_MAX = 4, /* at one time: 64 MB each */
    PASSWORDS_WAITING = 64,
    PASSWORDS_WAIT_MS = 3000,
};

struct entry {
    struct session_holder holder;
    int64_t read_ms;
};

struct guard {
    GMutex lock;
    GHashTable *entries; /* digest → struct entry */
    unsigned epoch;      /* raised by guard_forget: what was read before it is not remembered */
    struct gate passwords;
    GMutex decoy_lock;
    char *decoy; /* a hash for names that do not exist */
};

static void entry_free(void *data)
{
    struct entry *entry = data;
    session_holder_clear(&entry->holder);
    g_free(entry);
}

struct guard *guard_new(void)
{
    struct guard *guard = g_new0(struct guard, 1);
    g_mutex_init(&guard->lock);
    g_mutex_init(&guard->decoy_lock);
    gate_init(&guard->passwords, "passwords are being checked", PASSWORDS_MAX, PASSWORDS_WAITING);
    guard->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return guard;
}

void guard_free(struct guard *guard)
{
    if (guard == NULL)
        return;
    g_hash_table_unref(guard->entries);
    g_mutex_clear(&guard->lock);
    g_mutex_clear(&guard->decoy_lock);
    gate_clear(&guard->passwords);
    g_free(guard->decoy);
    g_free(guard);
}

void guard_forget(struct guard *guard)
{
    g_mutex_lock(&guard->lock);
    guard->epoch++;
    g_hash_table_remove_all(guard->entries);
    g_mutex_unlock(&guard->lock);
}

static void copy_holder(struct session_holder *to, const struct session_holder *from)
{
    *to = *from;
    to->name = g_strdup(from->name);
    to->csrf = g_strdup(from->csrf);
}

static bool recall(struct guard *guard, const char *digest, int64_t now_ms, struct session_holder *out, unsigned *epoch)
{
    g_mutex_lock(&guard->lock);
    *epoch = guard->epoch;
    const struct entry *entry = g_hash_table_lookup(guard->entries, digest);
    bool fresh = entry != NULL && now_ms < entry->read_ms + REMEMBER_MS && now_ms < entry->holder.ends_ms;
    if (fresh)
        copy_holder(out, &entry->holder);
    g_mutex_unlock(&guard->lock);
    return fresh;
}

static void remember(struct guard *guard, const char *digest, const struct session_holder *holder, int64_t now_ms,
                     unsigned epoch)
{
    struct entry *entry = g_new0(struct entry, 1);
    copy_holder(&entry->holder, holder);
    entry->read_ms = now_ms;
    g_mutex_lock(&guard->lock);
    if (g_hash_table_size(guard->entries) >= REMEMBER_MAX)
        g_hash_table_remove_all(guard->entries);
    if (epoch == guard->epoch)
        g_hash_table_insert(guard->entries, g_strdup(digest), g_steal_pointer(&entry));
    g_mutex_unlock(&guard->lock);
    if (entry != NULL)
        entry_free(entry);
}

struct lookup {
    const char *digest;
    bool is_token;
    int64_t now_ms;
    struct session_holder *out;
};

static bool look_up(struct tx *tx, void *data, GError **error)
{
    const struct lookup *lookup = data;
    return lookup->is_token ? session_find_token(tx, lookup->digest, lookup->now_ms, lookup->out, error)
                            : session_find(tx, lookup->digest, lookup->now_ms, lookup->out, error);
}

struct touch {
    struct session_holder holder;
    int64_t now_ms;
};

static bool write_touch(struct tx *tx, void *data, GError **error)
{
    const struct touch *touch = data;
    return session_touch(tx, &touch->holder, touch->now_ms, error);
}

static void touch_done(void *data, const GError *error)
{
    if (error != NULL)
        log_failure("session.touch", error);
    g_free(data);
}

/* A sign of life, at most once a minute, waited for by nobody. */
static void touch_later(struct store *store, const struct session_holder *holder, int64_t now_ms)
{
    if (now_ms < holder->seen_ms + TOUCH_MS)
        return;
    struct touch *touch = g_new0(struct touch, 1);
    touch->holder = *holder;
    touch->holder.name = touch->holder.csrf = NULL;
    touch->now_ms = now_ms;
    store_write_async(store, write_touch, touch, touch_done);
}

static char *shown_token(struct http_request *request, bool *is_token)
{
    static const char BEARER[] = "Bearer ";
    const char *header = http_header(request, "Authorization");
    *is_token = header != NULL && g_ascii_strncasecmp(header, BEARER, strlen(BEARER)) == 0;
    return g_strdup(*is_token ? header + strlen(BEARER) : http_cookie(request, GUARD_COOKIE));
}

bool guard_identify(const struct app *app, struct http_request *request, int64_t now_ms, struct session_holder *out,
                    GError **error)
{
    bool is_token;
    unsigned epoch;
    g_autofree char *token = shown_token(request, &is_token);
    if (token == NULL || *token == '\0') {
        error_set(error, HY_ERROR_UNAUTHENTICATED, NULL, "neither cookie nor token");
        return false;
    }
    g_autofree char *digest = secret_token_digest(token);
    if (recall(app->guard, digest, now_ms, out, &epoch))
        return true;
    struct lookup lookup = {digest, is_token, now_ms, out};
    if (!store_read(app->store, look_up, &lookup, error))
        return false;
    touch_later(app->store, out, now_ms);
    if (now_ms >= out->seen_ms + TOUCH_MS)
        out->seen_ms = now_ms;
    remember(app->guard, digest, out, now_ms, epoch);
    return true;
}

bool guard_recall(const struct app *app, struct http_request *request, int64_t now_ms, struct session_holder *out)
{
    bool is_token;
    unsigned epoch;
    g_autofree char *token = shown_token(request, &is_token);
    if (token == NULL || *token == '\0')
        return false;
    g_autofree char *digest = secret_token_digest(token);
    return recall(app->guard, digest, now_ms, out, &epoch);
}

static bool make_decoy(struct guard *guard, GError **error)
{
    g_mutex_lock(&guard->decoy_lock);
    if (guard->decoy == NULL)
        guard->decoy = secret_hash_password("nobody has this password", error);
    bool ok = guard->decoy != NULL;
    g_mutex_unlock(&guard->decoy_lock);
    return ok;
}

bool guard_check_password(struct guard *guard, const char *hash, const char *password, bool *right, GError **error)
{
    if (!make_decoy(guard, error) || !gate_enter(&guard->passwords, PASSWORDS_WAIT_MS, error))
        return false;
    bool same = secret_check_password(hash != NULL ? hash : guard->decoy, password);
    *right = same && hash != NULL;
    gate_leave(&guard->passwords);
    return true;
}

char *guard_hash_password(struct guard *guard, const char *password, GError **error)
{
    if (!gate_enter(&guard->passwords, PASSWORDS_WAIT_MS, error))
        return NULL;
    char *hash = secret_hash_password(password, error);
    gate_leave(&guard->passwords);
    return hash;
}

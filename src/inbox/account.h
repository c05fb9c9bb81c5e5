/* account.h - the channels, opened: settings with their secrets in the clear, ready for a connector.
 *
 *   table channel ──accounts_reload──▶ [cache] ──account_find──▶ hooks, sender, poller
 *
 * An account is an immutable snapshot that its users share; saving a channel makes a new one. All channels are kept,
 * so that finding one touches no database: the follower reloads on every channel.changed event, which reaches this
 * process within half a second, whoever wrote it. Any thread. */
#pragma once
#include "base/secret.h"
#include "channels/channel.h"
#include "store/store.h"

struct account {
    struct channel_account channel; /* for the connector */
    const struct channel_kind *kind;
    char *name;
    int64_t brand_id;
    bool enabled;
    char *trouble; /* why its secrets cannot be opened; NULL = they are */
};

struct account *account_ref(struct account *account);
void account_unref(struct account *account);
typedef struct account account_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(account_auto, account_unref)

struct accounts;

/* Empty: accounts_reload fills it. find: channel_kind_find, or a test's own. Everything is borrowed. */
struct accounts *accounts_new(struct store *store, const struct secret *secret,
                              const struct channel_kind *(*find)(const char *kind));
void accounts_free(struct accounts *cache);

/* Reads every channel afresh. Those whose row did not change keep their snapshot. Blocks on the database. */
bool accounts_reload(struct accounts *cache, GError **error);

/* A reference, or NULL when there is no such channel (removed, of an unknown kind, or not loaded yet). Never blocks. */
struct account *account_find(struct accounts *cache, int64_t id);

/* The same; when it is not there, the cache is reloaded first, at most 20 times a second. May block. */
struct account *account_find_fresh(struct accounts *cache, int64_t id, int64_t now_ms);

/* True once for each snapshot: to note that the channel shows signs of life, without asking the database each time. */
bool account_first_sign(struct account *account);

/* All of them, of struct account *, each a reference; g_ptr_array_unref. */
GPtrArray *accounts_list(struct accounts *cache);

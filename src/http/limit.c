#include "http/limit.h"

#include "base/net.h"

#include <string.h>

struct bucket {
    GList link;      /* in the order of use; data = the bucket */
    char *key;       /* owned by the table */
    int64_t full_ms; /* when all tokens will be back: the whole state in one number */
};

struct limit {
    GMutex lock;
    unsigned burst;
    int64_t interval_ms;
    size_t max_keys;
    GHashTable *buckets; /* key → struct bucket */
    GQueue order;        /* least recently used first */
};

struct limit *limit_new(unsigned burst, int64_t interval_ms, size_t max_keys)
{
    struct limit *limit = g_new0(struct limit, 1);
    g_mutex_init(&limit->lock);
    limit->burst = MAX(burst, 1);
    limit->interval_ms = MAX(interval_ms, 1);
    limit->max_keys = MAX(max_keys, 1);
    limit->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init(&limit->order);
    return limit;
}

void limit_free(struct limit *limit)
{
    if (limit == NULL)
        return;
    g_hash_table_unref(limit->buckets); /* the links lie inside the buckets */
    g_mutex_clear(&limit->lock);
    g_free(limit);
}

static void drop(struct limit *limit, struct bucket *bucket)
{
    g_queue_unlink(&limit->order, &bucket->link);
    g_hash_table_remove(limit->buckets, bucket->key);
}

static struct bucket *bucket_of(struct limit *limit, const char *key)
{
    struct bucket *bucket = g_hash_table_lookup(limit->buckets, key);
    if (bucket != NULL) {
        g_queue_unlink(&limit->order, &bucket->link);
    } else {
        if (g_hash_table_size(limit->buckets) >= limit->max_keys)
            drop(limit, limit->order.head->data);
        bucket = g_new0(struct bucket, 1);
        bucket->key = g_strdup(key);
        bucket->link.data = bucket;
        g_hash_table_insert(limit->buckets, bucket->key, bucket);
    }
    g_queue_push_tail_link(&limit->order, &bucket->link);
    return bucket;
}

/* A token taken moves full_ms one interval away; there is one as long as that stays within burst intervals. A clock
 * that was set back is not held against anybody. */
static bool has_token(const struct limit *limit, int64_t full_ms, int64_t now_ms, int64_t *next_ms, int64_t *wait_ms)
{
    const int64_t span = limit->interval_ms * limit->burst;
    int64_t from = CLAMP(full_ms, now_ms, now_ms + span);
    *next_ms = from + limit->interval_ms;
    int64_t wait = *next_ms - now_ms - span;
    if (wait_ms != NULL)
        *wait_ms = MAX(wait, 0);
    return wait <= 0;
}

bool limit_take(struct limit *limit, const char *key, int64_t now_ms, int64_t *wait_ms)
{
    int64_t next_ms;
    g_mutex_lock(&limit->lock);
    struct bucket *bucket = bucket_of(limit, key);
    bucket->full_ms = MIN(bucket->full_ms, now_ms + limit->interval_ms * limit->burst);
    bool taken = has_token(limit, bucket->full_ms, now_ms, &next_ms, wait_ms);
    if (taken)
        bucket->full_ms = next_ms;
    g_mutex_unlock(&limit->lock);
    return taken;
}

bool limit_check(struct limit *limit, const char *key, int64_t now_ms, int64_t *wait_ms)
{
    int64_t next_ms;
    g_mutex_lock(&limit->lock);
    const struct bucket *bucket = g_hash_table_lookup(limit->buckets, key);
    bool there = has_token(limit, bucket ? bucket->full_ms : now_ms, now_ms, &next_ms, wait_ms);
    g_mutex_unlock(&limit->lock);
    return there;
}

void limit_forget(struct limit *limit, const char *key)
{
    g_mutex_lock(&limit->lock);
    struct bucket *bucket = g_hash_table_lookup(limit->buckets, key);
    if (bucket != NULL)
        drop(limit, bucket);
    g_mutex_unlock(&limit->lock);
}

const char *limit_address_key(const char *address, char *buffer, size_t size)
{
    struct net_address parsed;
    char text[NET_TEXT];
    if (!net_parse(address, &parsed) || strchr(net_format(&parsed, text), ':') == NULL) {
        g_strlcpy(buffer, address, size);
        return buffer;
    }
    memset(parsed.bytes + 8, 0, 8);
    g_snprintf(buffer, size, "%s/64", net_format(&parsed, text));
    return buffer;
}

#include "api/answers.h"

#include "base/limit.h"

#include <stdbool.h>
#include <string.h>

enum { FRESH_MS = 1000 };

struct entry {
    GBytes *body;
    int64_t kept_ms;
};

struct answers {
    GMutex lock;
    GHashTable *entries; /* key → struct entry, all of one generation */
    uint64_t generation;
    size_t bytes;
};

static void entry_free(void *data)
{
    struct entry *entry = data;
    g_bytes_unref(entry->body);
    g_free(entry);
}

struct answers *answers_new(void)
{
    struct answers *answers = g_new0(struct answers, 1);
    g_mutex_init(&answers->lock);
    answers->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return answers;
}

void answers_free(struct answers *answers)
{
    if (answers == NULL)
        return;
    g_hash_table_unref(answers->entries);
    g_mutex_clear(&answers->lock);
    g_free(answers);
}

GBytes *answers_find(struct answers *answers, uint64_t generation, int64_t now_ms, const char *key)
{
    if (answers == NULL || generation == 0)
        return NULL;
    g_mutex_lock(&answers->lock);
    const struct entry *entry = answers->generation == generation ? g_hash_table_lookup(answers->entries, key) : NULL;
    bool fresh = entry != NULL && now_ms >= entry->kept_ms && now_ms < entry->kept_ms + FRESH_MS;
    GBytes *body = fresh ? g_bytes_ref(entry->body) : NULL;
    g_mutex_unlock(&answers->lock);
    return body;
}

void answers_keep(struct answers *answers, uint64_t generation, int64_t now_ms, char *key, GBytes *body)
{
    g_autofree char *owned = key;
    if (answers == NULL || generation == 0)
        return;
    size_t size = g_bytes_get_size(body) + strlen(key) + sizeof(struct entry);
    g_mutex_lock(&answers->lock);
    /* Older than what is kept: the database has changed while it was being read. */
    bool useful = generation >= answers->generation && size <= LIMIT_KEPT_ANSWERS / 8;
    if (useful && (generation > answers->generation || answers->bytes + size > LIMIT_KEPT_ANSWERS)) {
        g_hash_table_remove_all(answers->entries);
        answers->bytes = 0;
        answers->generation = generation;
    }
    if (useful) {
        struct entry *entry = g_new0(struct entry, 1);
        entry->body = g_bytes_ref(body);
        entry->kept_ms = now_ms;
        answers->bytes += size; /* one that replaces another counts twice: emptied a little sooner */
        g_hash_table_replace(answers->entries, g_steal_pointer(&owned), entry);
    }
    g_mutex_unlock(&answers->lock);
}

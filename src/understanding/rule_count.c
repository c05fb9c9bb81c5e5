#include "understanding/rule_count.h"

struct rule_counts {
    GMutex lock;
    GHashTable *hits; /* int64_t * → its hits, in the same block */
};

struct rule_counts *rule_counts_new(void)
{
    struct rule_counts *counts = g_new0(struct rule_counts, 1);
    g_mutex_init(&counts->lock);
    counts->hits = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return counts;
}

void rule_counts_free(struct rule_counts *counts)
{
    if (counts == NULL)
        return;
    g_hash_table_unref(counts->hits);
    g_mutex_clear(&counts->lock);
    g_free(counts);
}

static void add(struct rule_counts *counts, int64_t id, int64_t hits)
{
    struct rule_count *count = g_hash_table_lookup(counts->hits, &id);
    if (count == NULL) {
        count = g_new0(struct rule_count, 1);
        count->id = id;
        g_hash_table_insert(counts->hits, &count->id, count);
    }
    count->hits += hits;
}

void rule_counts_add(struct rule_counts *counts, int64_t id)
{
    if (id == 0)
        return;
    g_mutex_lock(&counts->lock);
    add(counts, id, 1);
    g_mutex_unlock(&counts->lock);
}

static int by_id(const void *a, const void *b)
{
    const struct rule_count *x = a;
    const struct rule_count *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

GArray *rule_counts_take(struct rule_counts *counts)
{
    GArray *taken = g_array_new(FALSE, FALSE, sizeof(struct rule_count));
    GHashTableIter iter;
    void *value = NULL;
    g_mutex_lock(&counts->lock);
    g_hash_table_iter_init(&iter, counts->hits);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct rule_count *count = value;
        g_array_append_val(taken, *count);
    }
    g_hash_table_remove_all(counts->hits);
    g_mutex_unlock(&counts->lock);
    g_array_sort(taken, by_id);
    return taken;
}

void rule_counts_give_back(struct rule_counts *counts, const GArray *taken)
{
    g_mutex_lock(&counts->lock);
    for (guint i = 0; i < taken->len; i++) {
        const struct rule_count *count = &g_array_index(taken, struct rule_count, i);
        add(counts, count->id, count->hits);
    }
    g_mutex_unlock(&counts->lock);
}

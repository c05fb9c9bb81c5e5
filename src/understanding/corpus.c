#include "understanding/corpus.h"

#include "base/fold.h"
#include "base/limit.h"
#include "understanding/feature.h"
#include "understanding/model_table.h"

#include <math.h>
#include <string.h>

#define KNOWN 0.1F /* spread of each output of what was known before, beside features that weigh 1 together */
#define SMALL 2000 /* rows: below, features that stand once count */
#define AHEAD 16   /* keys */
#define PARTS 2    /* whatever the number of threads: the result must not depend on it */

/* The features of a range of rows, as keys. */
struct reading {
    const struct example *examples;
    struct corpus *corpus;
    const struct model_set *prior;
    size_t from, to;
    GArray *keys; /* of uint32_t */
};

static void *read_rows(void *data)
{
    struct reading *reading = data;
    g_auto(fold_auto) fold = {0};
    struct features features;
    fold_init(&fold);
    features_init(&features);
    g_autoptr(model_scratch_auto) scratch = reading->prior != NULL ? model_scratch_new(reading->prior) : NULL;
    for (size_t row = reading->from; row < reading->to; row++) {
        fold_text(&fold, reading->examples[row].text, reading->examples[row].length);
        features_read(&features, fold.text->str, fold.text->len);
        guint before = reading->keys->len;
        g_array_set_size(reading->keys, before + (guint)features.count);
        uint32_t *keys = &g_array_index(reading->keys, uint32_t, before);
        for (size_t i = 0; i < features.count; i++)
            keys[i] = features.items[i].key;
        reading->corpus->begins[row + 1] = features.count;
        reading->corpus->norms[row] = features.norm;
        if (scratch != NULL)
            model_set_sum(reading->prior, scratch, &features, reading->corpus->sums + row * reading->corpus->known);
    }
    features_clear(&features);
    return NULL;
}

/* How often each key of one half of all keys occurs: open addressing, never more than half full. */
struct counting {
    const struct reading *readings;
    uint32_t half; /* the lowest bit of its keys */
    struct counted {
        uint32_t key, count;
    } * table;
    uint32_t mask, used;
};

static struct counted *counted_at(const struct counting *counting, uint32_t key)
{
    uint32_t at = (key >> 1) & counting->mask;
    while (counting->table[at].key != key && counting->table[at].key != 0)
        at = (at + 1) & counting->mask;
    return &counting->table[at];
}

/* The tables are larger than the cache: what will be looked up is fetched while something else is done. */
static void ask_ahead(const struct counting *counting, uint32_t key)
{
    __builtin_prefetch(&counting->table[(key >> 1) & counting->mask]);
}

static void grow(struct counting *counting)
{
    g_autofree struct counted *old = counting->table;
    uint32_t size = counting->mask + 1;
    counting->mask = counting->mask * 4 + 3;
    counting->table = g_new0(struct counted, (size_t)counting->mask + 1);
    for (uint32_t i = 0; i < size; i++)
        if (old[i].key != 0)
            *counted_at(counting, old[i].key) = old[i];
}

static void *count_keys(void *data)
{
    struct counting *counting = data;
    counting->mask = (1 << 16) - 1;
    counting->table = g_new0(struct counted, (size_t)counting->mask + 1);
    for (int part = 0; part < PARTS; part++) {
        const GArray *keys = counting->readings[part].keys;
        for (guint i = 0; i < keys->len; i++) {
            uint32_t key = g_array_index(keys, uint32_t, i);
            if (i + AHEAD < keys->len)
                ask_ahead(counting, g_array_index(keys, uint32_t, i + AHEAD));
            if ((key & 1) != counting->half)
                continue;
            struct counted *counted = counted_at(counting, key);
            if (counted->key == 0) {
                *counted = (struct counted){key, 0};
                if (++counting->used > counting->mask / 2) {
                    grow(counting);
                    counted = counted_at(counting, key);
                }
            }
            counted->count++;
        }
    }
    return NULL;
}

/* Numbers features, the frequent ones first; a count becomes the feature's number + 1, or 0 = left out. */
static void number_features(struct corpus *corpus, struct counting *countings)
{
    enum { MOST = 4096 };
    uint32_t least = corpus->rows < SMALL ? 1 : 2;
    g_autofree uint32_t *places = g_new0(uint32_t, MOST + 2); /* by count, the highest first */
    for (int half = 0; half < PARTS; half++)
        for (uint32_t i = 0; i <= countings[half].mask; i++)
            if (countings[half].table[i].count >= least)
                places[MOST - MIN(countings[half].table[i].count, MOST) + 1]++;
    for (int i = 1; i <= MOST + 1; i++)
        places[i] += places[i - 1];
    corpus->features = places[MOST + 1];
    corpus->keys = g_new(uint32_t, (size_t)corpus->features + 1);
    for (int half = 0; half < PARTS; half++) {
        for (uint32_t i = 0; i <= countings[half].mask; i++) {
            struct counted *counted = &countings[half].table[i];
            if (counted->count < least) {
                counted->count = 0;
                continue;
            }
            uint32_t id = places[MOST - MIN(counted->count, MOST)]++;
            corpus->keys[id] = counted->key;
            counted->count = id + 1;
        }
    }
}

/* Keys become numbers in place; rows close up over what is left out. */
struct renumbering {
    const struct counting *countings;
    struct reading *reading;
};

static void *renumber(void *data)
{
    struct renumbering *renumbering = data;
    struct reading *reading = renumbering->reading;
    size_t *lengths = reading->corpus->begins + 1;
    uint32_t *keys = (uint32_t *)(void *)reading->keys->data;
    size_t from = 0;
    size_t to = 0;
    for (size_t row = reading->from; row < reading->to; row++) {
        size_t begin = to;
        for (size_t end = from + lengths[row]; from < end; from++) {
            if (from + AHEAD < reading->keys->len)
                ask_ahead(&renumbering->countings[keys[from + AHEAD] & 1], keys[from + AHEAD]);
            uint32_t number = counted_at(&renumbering->countings[keys[from] & 1], keys[from])->count;
            if (number > 0)
                keys[to++] = number - 1;
        }
        lengths[row] = to - begin;
    }
    g_array_set_size(reading->keys, (guint)to);
    return NULL;
}

/* Both of `jobs`, size bytes each, one on a thread of its own if there may be one. */
static void run_both(GThreadFunc run, void *jobs, size_t size, int threads)
{
    GThread *other = threads > 1 ? g_thread_new("learn", run, (char *)jobs + size) : NULL;
    run(jobs);
    if (other != NULL)
        g_thread_join(other);
    else
        run((char *)jobs + size);
}

static void read_features(struct corpus *corpus, const struct example *examples, const struct model_set *prior,
                          int threads)
{
    struct reading readings[PARTS];
    struct counting countings[PARTS];
    struct renumbering renumberings[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        readings[i] = (struct reading){examples,
                                       corpus,
                                       prior,
                                       corpus->rows * i / PARTS,
                                       corpus->rows * (i + 1) / PARTS,
                                       g_array_new(FALSE, FALSE, sizeof(uint32_t))};
        countings[i] = (struct counting){.readings = readings, .half = (uint32_t)i};
        renumberings[i] = (struct renumbering){countings, &readings[i]};
    }
    run_both(read_rows, readings, sizeof readings[0], threads);
    run_both(count_keys, countings, sizeof countings[0], threads);
    number_features(corpus, countings);
    run_both(renumber, renumberings, sizeof renumberings[0], threads);
    size_t first = readings[0].keys->len;
    corpus->ids = g_new0(uint32_t, first + readings[1].keys->len + CORPUS_AHEAD);
    for (size_t i = 0; i < PARTS; i++) {
        if (readings[i].keys->len > 0)
            memcpy(corpus->ids + i * first, readings[i].keys->data, readings[i].keys->len * sizeof(uint32_t));
        g_array_unref(readings[i].keys);
        g_free(countings[i].table);
    }
    corpus->begins[0] = 0;
    for (size_t row = 0; row < corpus->rows; row++)
        corpus->begins[row + 1] += corpus->begins[row];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_labels(struct corpus *corpus, const struct example *examples, GError **error)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t row = 0; row < corpus->rows; row++)
        if (g_hash_table_add(places, (void *)(uintptr_t)examples[row].label))
            g_ptr_array_add(corpus->names, g_strdup(examples[row].label));
    if (corpus->names->len > LIMIT_LABELS) {
        error_set(error, HY_ERROR_BAD_VALUE, "data", "%u different labels; a task has at most %d", corpus->names->len,
                  LIMIT_LABELS);
        return false;
    }
    g_ptr_array_sort(corpus->names, by_name);
    g_hash_table_remove_all(places);
    for (guint i = 0; i < corpus->names->len; i++)
        g_hash_table_insert(places, corpus->names->pdata[i], GUINT_TO_POINTER(i));
    for (size_t row = 0; row < corpus->rows; row++)
        corpus->labels[row] = (uint16_t)GPOINTER_TO_UINT(g_hash_table_lookup(places, examples[row].label));
    return true;
}

/* Each output's sums get the same spread, whatever its task. */
static void level_sums(struct corpus *corpus)
{
    for (uint32_t k = 0; k < corpus->known; k++) {
        double sum = 0;
        double square = 0;
        for (size_t row = 0; row < corpus->rows; row++) {
            double value = corpus->sums[row * corpus->known + k];
            sum += value;
            square += value * value;
        }
        double mean = sum / (double)corpus->rows;
        double spread = sqrt(MAX(square / (double)corpus->rows - mean * mean, 0));
        corpus->factors[k] = spread > 1e-6 ? (float)(KNOWN / spread) : 0;
        for (size_t row = 0; row < corpus->rows; row++)
            corpus->sums[row * corpus->known + k] *= corpus->factors[k];
    }
}

bool corpus_init(struct corpus *corpus, const struct example *examples, size_t count, const struct model_set *prior,
                 int threads, GError **error)
{
    *corpus = (struct corpus){.rows = count, .names = g_ptr_array_new_with_free_func(g_free)};
    if (count == 0) {
        error_set(error, HY_ERROR_EMPTY, "data", "no examples to learn from");
        return false;
    }
    corpus->begins = g_new0(size_t, count + 1);
    corpus->norms = g_new(float, count);
    corpus->weights = g_new(float, count);
    corpus->labels = g_new(uint16_t, count);
    corpus->groups = g_new(uint32_t, count);
    for (size_t row = 0; row < count; row++) {
        corpus->weights[row] = examples[row].weight;
        corpus->groups[row] = examples[row].group;
    }
    if (!read_labels(corpus, examples, error))
        return false;
    corpus->known = prior != NULL ? (uint32_t)model_set_sums(prior) : 0;
    corpus->sums = g_new0(float, count * corpus->known + 1);
    corpus->factors = g_new0(float, corpus->known + 1);
    read_features(corpus, examples, prior, threads);
    level_sums(corpus);
    return true;
}

void corpus_clear(struct corpus *corpus)
{
    g_clear_pointer(&corpus->begins, g_free);
    g_clear_pointer(&corpus->ids, g_free);
    g_clear_pointer(&corpus->norms, g_free);
    g_clear_pointer(&corpus->weights, g_free);
    g_clear_pointer(&corpus->labels, g_free);
    g_clear_pointer(&corpus->groups, g_free);
    g_clear_pointer(&corpus->names, g_ptr_array_unref);
    g_clear_pointer(&corpus->keys, g_free);
    g_clear_pointer(&corpus->sums, g_free);
    g_clear_pointer(&corpus->factors, g_free);
}

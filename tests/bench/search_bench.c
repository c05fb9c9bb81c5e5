/* search_bench.c - how fast the newest 50 hits of a two-character word are found.
 *
 *   search_bench [POSTS [QUERIES]]        1,000,000 posts, 2,000 queries
 *
 * Posts are made of words drawn by Zipf's law from a fixed seed, 10 to 60 characters each, added in batches of
 * 10,000. Queries are words of all frequencies alike, so common ones (half of all posts), rare ones and ones that
 * stand nowhere are all among them. Prints one line each for adding, the three kinds of query and the file. */
#include "store/search_index.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORDS = 20000, BATCH = 10000, PAGE = 50 };

struct corpus {
    char words[WORDS][8]; /* two characters of three bytes */
    double reach[WORDS];  /* cumulated Zipf weights */
    GRand *random;
};

static void corpus_init(struct corpus *corpus)
{
    static const gunichar FIRST = 0x4E00;
    corpus->random = g_rand_new_with_seed(20260105);
    double sum = 0;
    for (int i = 0; i < WORDS; i++) {
        int length = 0;
        for (int k = 0; k < 2; k++) {
            gunichar c = FIRST + (gunichar)g_rand_int_range(corpus->random, 0, 3000);
            length += g_unichar_to_utf8(c, corpus->words[i] + length);
        }
        corpus->words[i][length] = '\0';
        sum += 1.0 / (i + 1);
        corpus->reach[i] = sum;
    }
}

static const char *draw(struct corpus *corpus)
{
    double at = g_rand_double(corpus->random) * corpus->reach[WORDS - 1];
    int low = 0;
    int high = WORDS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (corpus->reach[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return corpus->words[low];
}

static char *make_post(struct corpus *corpus)
{
    GString *post = g_string_sized_new(200);
    int words = g_rand_int_range(corpus->random, 5, 31);
    for (int i = 0; i < words; i++) {
        g_string_append(post, draw(corpus));
        if (g_rand_int_range(corpus->random, 0, 6) == 0)
            g_string_append(post, "，");
    }
    return g_string_free(post, FALSE);
}

static void stop_at(bool done, GError *error)
{
    if (done)
        return;
    fprintf(stderr, "search_bench: %s\n", error->message);
    exit(1);
}

static double fill(struct search_index *index, struct corpus *corpus, int posts)
{
    gint64 spent = 0;
    g_autofree struct search_document *documents = g_new(struct search_document, BATCH);
    for (int from = 0; from < posts; from += BATCH) {
        int count = MIN(BATCH, posts - from);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        for (int i = 0; i < count; i++) {
            g_ptr_array_add(texts, make_post(corpus));
            documents[i] = (struct search_document){from + i + 1, texts->pdata[i]};
        }
        GError *error = NULL;
        gint64 begin = g_get_monotonic_time();
        stop_at(search_index_add(index, documents, (size_t)count, from + count, &error), error);
        spent += g_get_monotonic_time() - begin;
    }
    return (double)spent / 1e6;
}

/* Of this thread, in ms: what stays when the machine has other things to do. */
static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* word_of(corpus, i): the text of query i. Prints the times of the whole call, parsing included. */
static void measure(struct search_index *index, struct corpus *corpus, const char *name, int posts, int queries,
                    char *(*word_of)(struct corpus *corpus))
{
    g_autofree double *times = g_new(double, queries);
    g_autofree double *cpu = g_new(double, queries);
    int64_t hits = 0;
    for (int i = 0; i < queries; i++) {
        g_autofree char *text = word_of(corpus);
        GError *error = NULL;
        GArray *ids = NULL;
        double cpu_begin = cpu_ms();
        gint64 begin = g_get_monotonic_time();
        g_autoptr(search_query_auto) query = search_query_parse(text, &error);
        stop_at(query != NULL && search_index_find(index, query, 0, PAGE, &ids, NULL, &error), error);
        times[i] = (double)(g_get_monotonic_time() - begin) / 1000;
        cpu[i] = cpu_ms() - cpu_begin;
        hits += ids->len;
        g_array_unref(ids);
    }
    qsort(times, (size_t)queries, sizeof *times, by_value);
    qsort(cpu, (size_t)queries, sizeof *cpu, by_value);
    printf("%s, newest %d of %d posts: p50 %.3f ms, p99 %.3f ms (CPU p50 %.3f ms, p99 %.3f ms), %.1f hits a query\n",
           name, PAGE, posts, times[queries / 2], times[queries * 99 / 100], cpu[queries / 2], cpu[queries * 99 / 100],
           (double)hits / queries);
}

static char *two_characters(struct corpus *corpus)
{
    /* Ranks evenly over the logarithm: as many common words as rare ones. */
    int rank = (int)exp(g_rand_double(corpus->random) * log(WORDS)) - 1;
    return g_strdup(corpus->words[CLAMP(rank, 0, WORDS - 1)]);
}

static char *two_words(struct corpus *corpus)
{
    g_autofree char *one = two_characters(corpus);
    g_autofree char *other = two_characters(corpus);
    return g_strdup_printf("%s %s", one, other);
}

static char *one_character(struct corpus *corpus)
{
    char *word = two_characters(corpus);
    *g_utf8_next_char(word) = '\0';
    return word;
}

static double megabytes(const char *path)
{
    GStatBuf info;
    return g_stat(path, &info) == 0 ? (double)info.st_size / 1048576 : 0;
}

int main(int argc, char **argv)
{
    int posts = argc > 1 ? atoi(argv[1]) : 1000000;
    int queries = argc > 2 ? atoi(argv[2]) : 2000;
    if (posts < 1 || queries < 1) {
        fprintf(stderr, "usage: %s [POSTS [QUERIES]]\n", argv[0]);
        return 2;
    }
    g_autofree char *directory = g_dir_make_tmp("huiyin-search-bench-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "search.db", NULL);
    g_autofree struct corpus *corpus = g_new0(struct corpus, 1);
    corpus_init(corpus);
    GError *error = NULL;
    struct search_index *index = search_index_open(path, &error);
    stop_at(index != NULL, error);
    double seconds = fill(index, corpus, posts);
    printf("search index: %d posts added in batches of %d, %.0f posts/s\n", posts, BATCH, posts / seconds);
    measure(index, corpus, "two characters", posts, queries, two_characters);
    measure(index, corpus, "two words", posts, queries, two_words);
    measure(index, corpus, "one character", posts, MAX(1, queries / 20), one_character);
    search_index_close(index);
    printf("search index: %.1f MB\n", megabytes(path));
    (void)g_unlink(path);
    (void)g_rmdir(directory);
    g_rand_free(corpus->random);
    return 0;
}

/* similar_test.c - which messages say nearly the same, and whether the index finds them all. */
#include "understanding/similar.h"

#include "golden.h"

#include <string.h>

static uint64_t fingerprint(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, length);
    return similar_fingerprint(&normalized);
}

static struct {
    int near[65], far[65]; /* pairs at a distance */
} measured;

/* first ¦ second → near or far */
static char *judge(const char *text, size_t length)
{
    const char *bar = strstr(text, " ¦ ");
    g_assert_nonnull(bar);
    const char *second = bar + strlen(" ¦ ");
    uint64_t a = fingerprint(text, (size_t)(bar - text));
    uint64_t b = fingerprint(second, length - (size_t)(second - text));
    if (a == 0 || b == 0)
        return g_strdup("short");
    int distance = similar_distance(a, b);
    bool near = distance <= SIMILAR_NEAR;
    (near ? measured.near : measured.far)[distance]++;
    return g_strdup(near ? "near" : "far");
}

static void test_pairs(void)
{
    golden_check("similar.tsv", judge, 60);
    for (int distance = 0; distance <= 64; distance++)
        if (measured.near[distance] + measured.far[distance] > 0)
            g_test_message("distance %2d: near %2d, far %2d", distance, measured.near[distance],
                           measured.far[distance]);
}

static uint64_t flipped(uint64_t fingerprint, int bits, GRand *random)
{
    for (; bits > 0; bits--)
        fingerprint ^= (uint64_t)1 << g_rand_int_range(random, 0, 64);
    return fingerprint;
}

static uint64_t any(GRand *random)
{
    return (uint64_t)g_rand_int(random) << 32 | g_rand_int(random) | 1;
}

/* The index against a walk over all. */
static void test_finds_all(void)
{
    enum { CAPACITY = 3000, ADDED = 5000 };
    GRand *random = g_rand_new_with_seed(3);
    g_autoptr(similar_index_auto) index = similar_index_new(CAPACITY);
    g_autofree uint64_t *all = g_new0(uint64_t, ADDED);
    for (int i = 0; i < ADDED; i++) {
        all[i] = i % 5 == 0 || i < 10 ? any(random) : flipped(all[i - 1], g_rand_int_range(random, 0, 5), random);
        similar_index_add(index, i, all[i], i * 10);
    }
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct similar_hit));
    guint found = 0;
    for (int i = 0; i < ADDED; i += 7) {
        int distance = i % (SIMILAR_FIND + 1);
        int since = i % 3 == 0 ? 30000 : 0;
        guint expected = 0;
        for (int k = ADDED - CAPACITY; k < ADDED; k++)
            expected += k * 10 >= since && similar_distance(all[k], all[i]) <= distance;
        similar_index_find(index, all[i], distance, since, ADDED, hits);
        g_assert_cmpuint(hits->len, ==, expected);
        found += hits->len;
        for (guint k = 0; k < hits->len; k++) {
            const struct similar_hit *hit = &g_array_index(hits, struct similar_hit, k);
            g_assert_cmpint(hit->distance, ==, similar_distance(all[hit->id], all[i]));
            g_assert_cmpint(hit->at_ms, ==, hit->id * 10);
            g_assert_true(k == 0 || hit->distance >= hit[-1].distance);
        }
    }
    g_assert_cmpuint(found, >, 1000);
    g_rand_free(random);
}

static void test_limits(void)
{
    g_autoptr(similar_index_auto) index = similar_index_new(4);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct similar_hit));
    similar_index_find(index, 7, SIMILAR_FIND, 0, 10, hits);
    g_assert_cmpuint(hits->len, ==, 0);
    similar_index_add(index, 1, 0, 1);
    for (int i = 2; i < 9; i++)
        similar_index_add(index, i, 7, i);
    similar_index_find(index, 7, SIMILAR_FIND, 0, 10, hits);
    g_assert_cmpuint(hits->len, ==, 4); /* the oldest went */
    g_assert_cmpint(g_array_index(hits, struct similar_hit, 0).id, ==, 8);
    g_assert_cmpint(g_array_index(hits, struct similar_hit, 3).id, ==, 5);
    similar_index_find(index, 7, SIMILAR_FIND, 0, 2, hits);
    g_assert_cmpuint(hits->len, ==, 2);
    similar_index_find(index, 0, SIMILAR_FIND, 0, 2, hits);
    g_assert_cmpuint(hits->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/similar/pairs", test_pairs);
    g_test_add_func("/similar/finds_all", test_finds_all);
    g_test_add_func("/similar/limits", test_limits);
    return g_test_run();
}

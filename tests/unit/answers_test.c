/* Answers are given again while nothing has changed, and never after. */
#include "api/answers.h"

#include "base/limit.h"

#include <string.h>

static GBytes *text(const char *value)
{
    return g_bytes_new(value, strlen(value));
}

static void keep(struct answers *answers, uint64_t generation, int64_t now_ms, const char *key, const char *value)
{
    g_autoptr(GBytes) body = text(value);
    answers_keep(answers, generation, now_ms, g_strdup(key), body);
}

static bool gives(struct answers *answers, uint64_t generation, int64_t now_ms, const char *key, const char *value)
{
    g_autoptr(GBytes) found = answers_find(answers, generation, now_ms, key);
    if (found == NULL || value == NULL)
        return found == NULL && value == NULL;
    g_autoptr(GBytes) wanted = text(value);
    return g_bytes_equal(found, wanted);
}

static void test_same_generation(void)
{
    struct answers *answers = answers_new();
    keep(answers, 7, 1000, "a", "one");
    keep(answers, 7, 1000, "b", "two");
    g_assert_true(gives(answers, 7, 1999, "a", "one"));
    g_assert_true(gives(answers, 7, 1000, "b", "two"));
    g_assert_true(gives(answers, 7, 1000, "c", NULL));
    g_assert_true(gives(answers, 8, 1000, "a", NULL)); /* something was committed */
    g_assert_true(gives(answers, 7, 2000, "a", NULL)); /* too old */
    g_assert_true(gives(answers, 7, 999, "a", NULL));  /* the clock was set back */
    answers_free(answers);
}

static void test_late_reader(void)
{
    struct answers *answers = answers_new();
    keep(answers, 8, 1000, "a", "new");
    keep(answers, 7, 1000, "a", "old"); /* read before the commit, written down after it */
    g_assert_true(gives(answers, 8, 1000, "a", "new"));
    g_assert_true(gives(answers, 7, 1000, "a", NULL));
    keep(answers, 9, 1000, "b", "newer");
    g_assert_true(gives(answers, 9, 1000, "a", NULL));
    answers_free(answers);
}

static void test_nothing_is_kept(void)
{
    struct answers *answers = answers_new();
    keep(answers, 0, 1000, "a", "one"); /* PostgreSQL */
    g_assert_true(gives(answers, 0, 1000, "a", NULL));
    keep(NULL, 1, 1000, "a", "one");
    g_assert_true(gives(NULL, 1, 1000, "a", NULL));
    g_autofree char *huge = g_strnfill(LIMIT_KEPT_ANSWERS / 8 + 1, 'x');
    keep(answers, 1, 1000, "a", huge);
    g_assert_true(gives(answers, 1, 1000, "a", NULL));
    answers_free(answers);
}

static void test_room(void)
{
    struct answers *answers = answers_new();
    g_autofree char *large = g_strnfill(LIMIT_KEPT_ANSWERS / 16, 'x');
    for (int i = 0; i < 40; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        keep(answers, 1, 1000, key, large);
        g_assert_true(gives(answers, 1, 1000, key, large));
    }
    int there = 0;
    for (int i = 0; i < 40; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        there += gives(answers, 1, 1000, key, large);
    }
    g_assert_cmpint(there, >, 0);
    g_assert_cmpint(there, <=, 16);
    answers_free(answers);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answers/same-generation", test_same_generation);
    g_test_add_func("/answers/late-reader", test_late_reader);
    g_test_add_func("/answers/nothing-is-kept", test_nothing_is_kept);
    g_test_add_func("/answers/room", test_room);
    return g_test_run();
}

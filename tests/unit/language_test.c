/* language_test.c - the language of short texts. */
#include "understanding/language.h"

#include "golden.h"

static char *guess(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, length);
    return g_strdup(language_format(language_guess(&normalized)));
}

static void test_table(void)
{
    golden_check("language.tsv", guess, 120);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/language/table", test_table);
    return g_test_run();
}

/* negation_test.c - tests/golden/negation.tsv: what "not" and "very" around a word do to it. */
#include "golden.h"
#include "understanding/evidence.h"
#include "understanding/negation.h"

#include <string.h>

static struct evidence_lexicon *lexicon;
static struct evidence_scratch *scratch;

static char *sentiment_of(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    struct evidence evidence;
    normalized_init(&normalized);
    normalize_text(&normalized, text, length);
    evidence_read(lexicon, scratch, &normalized, &evidence);
    int strength = evidence_strength(&evidence);
    return g_strdup(strength <= -15 ? "negative" : strength >= 15 ? "positive" : "neutral");
}

/* The word in braces, and what stands around it without them. */
static char *run(const char *text, size_t length)
{
    const char *open = memchr(text, '{', length);
    if (open == NULL)
        return sentiment_of(text, length);
    g_auto(GStrv) pieces = g_strsplit_set(text, "{}", 3);
    g_assert_cmpuint(g_strv_length(pieces), ==, 3);
    g_autofree char *whole = g_strconcat(pieces[0], pieces[1], pieces[2], NULL);
    size_t begin = strlen(pieces[0]);
    struct negation found = negation_of(whole, begin, begin + strlen(pieces[1]));
    g_assert_cmpuint(found.begin, <=, begin);
    if (found.negated)
        return g_strdup("yes");
    return g_strdup(found.degree > 1 ? "more" : found.degree < 1 ? "less" : "no");
}

static void test_golden(void)
{
    golden_check("negation.tsv", run, 150);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    GError *error = NULL;
    lexicon = evidence_lexicon_new(&error);
    g_assert_no_error(error);
    scratch = evidence_scratch_new(lexicon);
    g_test_add_func("/negation/golden", test_golden);
    int result = g_test_run();
    evidence_scratch_free(scratch);
    evidence_lexicon_free(lexicon);
    return result;
}

/* Rules from any JSON, over any text. The first line is the rules, the rest the text. What is refused says which field;
 * what is taken can be written and read again, compiled, and run without going outside the text. */
#include "understanding/rule_set.h"

#include <string.h>

static void check_hits(const struct rule_set *set, const char *text)
{
    struct rule_scratch *scratch = rule_scratch_new(set);
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, strlen(text));
    size_t first = 0;
    for (int round = 0; round < 2; round++) { /* a scratch used again says the same */
        size_t count = 0;
        const struct rule_hit *hits = rule_set_run(set, scratch, &normalized, ASSESS_ZH_HANS, &count);
        g_assert_true(round == 0 || count == first);
        first = count;
        for (size_t i = 0; i < count; i++) {
            const struct rule_mark *marks = rule_marks(scratch, hits + i);
            g_assert_cmpuint(hits[i].mark_count, <=, RULE_MARKS);
            for (uint32_t k = 0; k < hits[i].mark_count; k++)
                g_assert_true(marks[k].begin < marks[k].end && marks[k].end <= strlen(text) &&
                              (k == 0 || marks[k - 1].begin <= marks[k].begin));
        }
    }
    rule_scratch_free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    size_t length = line != NULL ? (size_t)(line - data) : size;
    json_auto_t *json = json_parse(data, length, NULL);
    if (json == NULL)
        return 0;
    g_autofree char *text = line != NULL ? g_strndup((const char *)line + 1, size - length - 1) : g_strdup("退款");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rules = rule_parse_list(json, &error);
    if (rules == NULL) {
        g_assert_nonnull(error_field(error));
        return 0;
    }
    for (guint i = 0; i < rules->len; i++) {
        json_auto_t *written = rule_format(rules->pdata[i]);
        g_assert_nonnull(written);
        g_autoptr(rule_auto) again = rule_parse(written, &error);
        g_assert_no_error(error);
    }
    g_autoptr(rule_set_auto) set = rule_set_new(rules, &error);
    g_assert_no_error(error);
    check_hits(set, text);
    g_autofree char *answer = rule_check(rules, text, &error);
    g_assert_no_error(error);
    json_auto_t *parsed = json_parse(answer, strlen(answer), &error);
    g_assert_no_error(error);
    return 0;
}

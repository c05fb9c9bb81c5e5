/* The first assessment over any text. First byte: who wrote it, how; the rest = the text. The parts make the
 * importance, matches lie inside the text in order, the JSON is JSON, and judging twice is judging once. */
#include "understanding/assess.h"

#include "base/json.h"

#include <string.h>

static const struct assess *compiled(void)
{
    static struct assess *assess;
    if (assess == NULL) {
        g_autoptr(GError) error = NULL;
        assess = assess_new(NULL, &error);
        g_assert_no_error(error);
    }
    return assess;
}

static void check_sum(const struct assessment *out)
{
    int sum = 0;
    g_assert_true(out->part_count >= 0 && out->part_count <= ASSESS_PARTS);
    for (int i = 0; i < out->part_count; i++)
        sum += out->parts[i].amount;
    g_assert_cmpint(CLAMP(sum, 0, 100), ==, out->importance);
    g_assert_true(out->importance >= 0 && out->importance <= 100);
    g_assert_true(out->urgency >= 0 && out->urgency <= 3);
    g_assert_true(out->confidence >= 0 && out->confidence <= 1);
}

static void check_matches(const struct assessment *out, const char *text)
{
    int last = 0;
    g_assert_true(out->match_count >= 0 && out->match_count <= ASSESS_MATCHES);
    for (int i = 0; i < out->match_count; i++) {
        const struct assess_match *match = &out->matches[i];
        g_assert_true(match->begin >= last && match->end > match->begin && match->end <= (int)strlen(text));
        last = match->begin;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const VERIFIED[] = {"", "person", "organisation", "media", "government", "?", NULL};
    static const char *const RELATIONS[] = {"new", "regular", "loyal", "at_risk", "?", NULL};
    if (size == 0)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
    struct assess_facts facts = {.text = text,
                                 .kind = "mention",
                                 .is_public = (data[0] & 1) != 0,
                                 .followers = (int64_t)1 << (data[0] % 63),
                                 .verified = VERIFIED[data[0] % G_N_ELEMENTS(VERIFIED)],
                                 .reposts = (int64_t)data[0] * data[0],
                                 .relation = RELATIONS[data[0] % G_N_ELEMENTS(RELATIONS)]};
    struct assessment once;
    struct assessment twice;
    assess_message(compiled(), &facts, &once);
    assess_message(compiled(), &facts, &twice);
    check_sum(&once);
    check_matches(&once, text);
    g_autofree char *json = assess_format(&once, text);
    g_autofree char *again = assess_format(&twice, text);
    g_assert_cmpstr(json, ==, again);
    json_t *parsed = json_parse(json, strlen(json), NULL);
    g_assert_nonnull(parsed);
    json_decref(parsed);
    return 0;
}

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

/* Reasons and entities lie inside the text; what models say are probabilities. */
static void check_reasons(const struct assessment *out, const char *text)
{
    int length = (int)strlen(text);
    g_assert_true(out->because_count >= 0 && out->because_count <= ASSESS_BECAUSE);
    for (int i = 0; i < out->because_count; i++) {
        const struct assess_because *because = &out->because[i];
        g_assert_true(because->word_count > 0 && because->word_count <= ASSESS_WORDS);
        for (int k = 0; k < because->word_count; k++)
            g_assert_true(because->words[k].begin >= 0 && because->words[k].begin < because->words[k].end &&
                          because->words[k].end <= length);
    }
    for (int i = 0; i < out->entity_count; i++)
        g_assert_true(out->entities[i].begin < out->entities[i].end && out->entities[i].end <= length &&
                      g_utf8_validate(out->entities[i].value, -1, NULL));
    const double PROBABILITIES[] = {out->spam.probability, out->abuse.probability, out->churn.probability,
                                    out->needs_answer_probability};
    for (size_t i = 0; i < G_N_ELEMENTS(PROBABILITIES); i++)
        g_assert_true(PROBABILITIES[i] >= 0 && PROBABILITIES[i] <= 1);
    g_assert_true(out->strength >= -100 && out->strength <= 100);
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
                                 .age_ms = (int64_t)data[0] << 20,
                                 .unanswered = data[0] % 8,
                                 .waiting_ms = (int64_t)data[0] << 24,
                                 .relation = RELATIONS[data[0] % G_N_ELEMENTS(RELATIONS)]};
    struct assessment once;
    struct assessment twice;
    assess_message(compiled(), &facts, &once);
    assess_message(compiled(), &facts, &twice);
    check_sum(&once);
    check_matches(&once, text);
    check_reasons(&once, text);
    g_autofree char *json = assess_format(&once, text);
    g_autofree char *again = assess_format(&twice, text);
    g_assert_cmpstr(json, ==, again);
    json_t *parsed = json_parse(json, strlen(json), NULL);
    g_assert_nonnull(parsed);
    json_decref(parsed);
    return 0;
}

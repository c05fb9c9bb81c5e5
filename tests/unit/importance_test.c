/* importance_test.c - the readable sum: tests/golden/importance.tsv, its weights as JSON. */
#include "understanding/importance.h"

#include "golden.h"

#include <string.h>

#define MINUTE_MS 60000

struct given {
    struct assess_facts facts;
    struct importance_basis basis;
    struct assessment out;
};

static void read_value(struct given *given, const char *key, const char *value)
{
    int64_t number = g_ascii_strtoll(value, NULL, 10);
    if (strcmp(key, "category") == 0)
        g_assert_true(lexicon_category_parse(value, &given->basis.category));
    else if (strcmp(key, "strength") == 0)
        given->out.strength = (int)number;
    else if (strcmp(key, "urgency") == 0)
        given->basis.urgency = (int)number;
    else if (strcmp(key, "followers") == 0)
        given->facts.followers = number;
    else if (strcmp(key, "verified") == 0)
        given->facts.verified = value;
    else if (strcmp(key, "private") == 0)
        given->facts.is_public = number == 0;
    else if (strcmp(key, "reposts") == 0)
        given->facts.reposts = number;
    else if (strcmp(key, "minutes") == 0)
        given->facts.age_ms = number * MINUTE_MS;
    else if (strcmp(key, "relation") == 0)
        given->facts.relation = value;
    else if (strcmp(key, "waiting") == 0)
        given->facts.waiting_ms = number * MINUTE_MS;
    else if (strcmp(key, "churn") == 0)
        given->out.churn = (struct assess_flag){(double)number / 100, number >= 50};
    else if (strcmp(key, "gravity") == 0)
        given->basis.gravity = lexicon_topic_parse(value);
    else if (strcmp(key, "weight") == 0)
        given->basis.gravity_weight = (double)number;
    else if (strcmp(key, "points") == 0)
        given->basis.rule_points = (int)number;
    else
        g_assert_not_reached();
}

static char *run(const char *text, size_t length)
{
    g_autofree char *line = g_strndup(text, length);
    g_auto(GStrv) pairs = g_strsplit(line, " ", -1);
    g_autofree struct given *given = g_new0(struct given, 1);
    given->facts = (struct assess_facts){.text = "", .is_public = true};
    for (char **pair = pairs; *pair != NULL; pair++) {
        char *value = strchr(*pair, '=');
        g_assert_nonnull(value);
        *value++ = '\0';
        read_value(given, *pair, value);
    }
    given->out.sentiment = given->out.strength < 0 ? "negative" : given->out.strength > 0 ? "positive" : "neutral";
    struct importance_weights weights = importance_defaults();
    importance_sum(&weights, &given->basis, &given->facts, &given->out);
    GString *told = g_string_new(NULL);
    for (int i = 0; i < given->out.part_count; i++) {
        const struct assess_part *part = given->out.parts + i;
        g_string_append_printf(told, "%s%s%s%s %d", i > 0 ? " + " : "", part->name, *part->value != '\0' ? " " : "",
                               part->value, part->amount);
    }
    g_string_append_printf(told, "%s= %d", told->len > 0 ? " " : "", given->out.importance);
    return g_string_free(told, FALSE);
}

static void test_golden(void)
{
    golden_check("importance.tsv", run, 50);
}

static void test_waiting(void)
{
    struct importance_weights weights = importance_defaults();
    int last = 0;
    for (int64_t minutes = 0; minutes < 1000; minutes += 10) {
        int points = importance_waiting_points(&weights, minutes * MINUTE_MS);
        g_assert_cmpint(points, >=, last);
        last = points;
    }
    g_assert_cmpint(last, ==, weights.waiting);
    g_assert_cmpint(importance_waiting_points(&weights, -1), ==, 0);
    g_assert_cmpint(importance_waiting_points(&weights, INT64_MAX), ==, weights.waiting);
}

static void check_refused(const char *text, const char *field)
{
    struct importance_weights weights;
    g_autoptr(GError) error = NULL;
    json_auto_t *json = json_parse(text, strlen(text), NULL);
    g_assert_false(importance_parse(json, &weights, &error));
    g_assert_cmpstr(error_field(error), ==, field);
}

static void test_weights(void)
{
    static const char TEXT[] = "{\"category\":{\"complaint\":30},\"churn\":0,\"urgency\":{\"3\":50}}";
    struct importance_weights weights;
    struct importance_weights again;
    g_autoptr(GError) error = NULL;
    json_auto_t *json = json_parse(TEXT, strlen(TEXT), NULL);
    g_assert_true(importance_parse(json, &weights, &error));
    g_assert_cmpint(weights.category[LEXICON_COMPLAINT], ==, 30);
    g_assert_cmpint(weights.category[LEXICON_PRAISE], ==, 5); /* as it was */
    g_assert_cmpint(weights.churn, ==, 0);
    g_assert_cmpint(weights.urgency[3], ==, 50);
    json_auto_t *written = importance_format(&weights);
    g_assert_true(importance_parse(written, &again, &error));
    g_assert_cmpmem(&weights, sizeof weights, &again, sizeof again);
    check_refused("7", "weights");
    check_refused("{\"colour\":1}", "colour");
    check_refused("{\"category\":5}", "category");
    check_refused("{\"category\":{\"gossip\":5}}", "category.gossip");
    check_refused("{\"category\":{\"complaint\":101}}", "category.complaint");
    check_refused("{\"gravity\":-1}", "gravity");
    check_refused("{\"gravity\":2.5}", "gravity");
    check_refused("{\"urgency\":{\"0\":1}}", "urgency.0");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/importance/golden", test_golden);
    g_test_add_func("/importance/waiting", test_waiting);
    g_test_add_func("/importance/weights", test_weights);
    return g_test_run();
}

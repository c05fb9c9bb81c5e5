#include "teaching/assessment_edit.h"

#include <string.h>

#define USUAL_STRENGTH 50 /* of a sentiment that a person gave */
#define MINUTE_MS 60000

static void set_label(json_t *assessment, const char *task, const char *label)
{
    if (strcmp(task, "urgency") == 0)
        json_object_set_new(assessment, task, json_integer(g_ascii_strtoll(label, NULL, 10)));
    else if (strcmp(label, "yes") == 0 || strcmp(label, "no") == 0)
        json_object_set_new(assessment, task, json_boolean(*label == 'y'));
    else
        json_object_set_new(assessment, task, json_string(label));
}

static void set_strength(json_t *assessment, const char *sentiment)
{
    json_int_t strength = json_integer_value(json_object_get(assessment, "strength"));
    if (strcmp(sentiment, "neutral") == 0)
        strength = 0;
    else if (strcmp(sentiment, "negative") == 0)
        strength = strength < 0 ? strength : -USUAL_STRENGTH;
    else
        strength = strength > 0 ? strength : USUAL_STRENGTH;
    json_object_set_new(assessment, "strength", json_integer(strength));
}

static void set_labels(json_t *assessment, const json_t *labels)
{
    const char *task = NULL;
    json_t *label = NULL;
    json_object_foreach ((json_t *)labels, task, label)
        set_label(assessment, task, json_string_value(label));
    const char *sentiment = json_string_value(json_object_get(labels, "sentiment"));
    if (sentiment != NULL)
        set_strength(assessment, sentiment);
    if (json_object_get(labels, "category") != NULL)
        json_object_set_new(assessment, "confidence", json_real(1));
}

/* ---- importance ---- */

static const json_t *part_of(const json_t *assessment, const char *name)
{
    size_t i = 0;
    json_t *part = NULL;
    json_array_foreach (json_object_get(assessment, "parts"), i, part)
        if (g_strcmp0(json_string_value(json_object_get(part, "name")), name) == 0)
            return part;
    return NULL;
}

static int64_t number_of(const json_t *part, const char *field)
{
    return json_integer_value(json_object_get(part, field));
}

static enum lexicon_category category_of(const json_t *assessment)
{
    const char *name = json_string_value(json_object_get(assessment, "category"));
    for (int i = 0; i < LEXICON_CATEGORIES; i++)
        if (g_strcmp0(lexicon_category_format((enum lexicon_category)i), name) == 0)
            return (enum lexicon_category)i;
    return LEXICON_IRRELEVANT;
}

static struct importance_basis basis_of(const json_t *assessment, const struct importance_weights *weights)
{
    const json_t *gravity = part_of(assessment, "gravity");
    int64_t urgency = number_of(assessment, "urgency");
    return (struct importance_basis){
        .category = category_of(assessment),
        .gravity = json_string_value(json_object_get(gravity, "value")),
        .gravity_weight = weights->gravity > 0 ? 3.0 * (double)number_of(gravity, "amount") / weights->gravity : 0,
        .rule_points = (int)number_of(part_of(assessment, "rules"), "amount"),
        .urgency = (int)CLAMP(urgency, 0, 3)};
}

static void weigh_what_is_kept(const json_t *assessment, struct assess_facts *facts)
{
    const json_t *spread = part_of(assessment, "spread");
    int64_t speed = number_of(spread, "number");
    if (g_strcmp0(json_string_value(json_object_get(spread, "value")), "reposts_per_minute") == 0 && speed > 0)
        facts->age_ms = facts->reposts * MINUTE_MS / speed;
    facts->waiting_ms = number_of(part_of(assessment, "waiting"), "number") * MINUTE_MS;
}

static json_t *format_parts(const struct assessment *sum)
{
    json_t *parts = json_array();
    for (int i = 0; i < sum->part_count; i++) {
        const struct assess_part *part = sum->parts + i;
        json_array_append_new(parts, json_pack("{s:s, s:s, s:o, s:i}", "name", part->name, "value", part->value,
                                               "number", part->number ? json_integer(part->number) : json_null(),
                                               "amount", part->amount));
    }
    return parts;
}

static void weigh(json_t *assessment, const struct importance_weights *weights, struct assess_facts facts)
{
    double churn = json_number_value(json_object_get(json_object_get(assessment, "probabilities"), "churn"));
    struct assessment sum = {.strength = (int)number_of(assessment, "strength")};
    sum.sentiment = json_string_value(json_object_get(assessment, "sentiment"));
    if (sum.sentiment == NULL)
        sum.sentiment = "neutral";
    sum.churn.is = json_is_true(json_object_get(assessment, "churn"));
    sum.churn.probability = sum.churn.is && churn < 0.5 ? 1 : churn;
    struct importance_basis basis = basis_of(assessment, weights);
    weigh_what_is_kept(assessment, &facts);
    importance_sum(weights, &basis, &facts, &sum);
    json_t *parts = format_parts(&sum); /* before what its texts are borrowed from goes */
    json_object_set_new(assessment, "parts", parts);
    json_object_set_new(assessment, "importance", json_integer(sum.importance));
}

void assessment_edit(json_t *assessment, const json_t *labels, const struct importance_weights *weights,
                     struct assess_facts facts)
{
    set_labels(assessment, labels);
    weigh(assessment, weights, facts);
}

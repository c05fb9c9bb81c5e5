#include "understanding/importance.h"

#include <math.h>
#include <string.h>

#define MINUTE_MS 60000
#define WAITING_FULL_MS (8.0 * 60 * MINUTE_MS)
#define SPREAD_REPOSTS 1000.0 /* that many, or */
#define SPREAD_SPEED 100.0    /* that many a minute, have all the points */

struct importance_weights importance_defaults(void)
{
    return (struct importance_weights){
        .category = {[LEXICON_COMPLAINT] = 18,
                     [LEXICON_AFTER_SALES] = 14,
                     [LEXICON_ORDER] = 12,
                     [LEXICON_COOPERATION] = 12,
                     [LEXICON_CONSULTATION] = 10,
                     [LEXICON_SUGGESTION] = 8,
                     [LEXICON_PRAISE] = 5,
                     [LEXICON_IRRELEVANT] = 0},
        .sentiment = 12,
        .urgency = {0, 4, 9, 14},
        .followers = 14,
        .verified_person = 3,
        .verified_organisation = 4,
        .verified_media = 6,
        .verified_government = 6,
        .relation_regular = 2,
        .relation_loyal = 4,
        .relation_at_risk = 6,
        .spread = 10,
        .gravity = 20,
        .churn = 8,
        .waiting = 10,
    };
}

static void add_part(struct assessment *out, const char *name, const char *value, int64_t number, int amount)
{
    if (amount == 0)
        return;
    g_assert(out->part_count < ASSESS_PARTS);
    out->parts[out->part_count++] = (struct assess_part){name, value, number, amount};
    out->importance += amount;
}

static int share(int points, double of)
{
    return (int)lround(points * CLAMP(of, 0, 1));
}

static void add_influence(const struct importance_weights *weights, const struct assess_facts *facts, bool about_us,
                          struct assessment *out)
{
    const struct {
        const char *verified;
        int points;
    } VERIFIED[] = {{"person", weights->verified_person},
                    {"organisation", weights->verified_organisation},
                    {"government", weights->verified_government},
                    {"media", weights->verified_media}};
    int points = facts->followers > 100 ? share(weights->followers, (log10((double)facts->followers) - 2) / 4) : 0;
    const char *value = points > 0 ? "followers" : "";
    for (size_t i = 0; facts->verified != NULL && i < G_N_ELEMENTS(VERIFIED); i++) {
        if (strcmp(facts->verified, VERIFIED[i].verified) == 0) {
            points += VERIFIED[i].points;
            value = VERIFIED[i].verified;
        }
    }
    add_part(out, "influence", value, MAX(0, facts->followers), about_us ? points : points / 4);
}

/* The faster of two ways to see it: a thousand reposts of last year are no storm, three in a minute are not one yet. */
static void add_spread(const struct importance_weights *weights, const struct assess_facts *facts, bool about_us,
                       struct assessment *out)
{
    if (facts->reposts <= 0)
        return;
    double reposts = (double)facts->reposts;
    double speed = facts->age_ms > 0 ? reposts / MAX(1, (double)facts->age_ms / MINUTE_MS) : 0;
    int points = facts->age_ms > 0 ? share(weights->spread, log10(1 + speed) / log10(1 + SPREAD_SPEED))
                                   : share(weights->spread, log10(1 + reposts) / log10(1 + SPREAD_REPOSTS));
    bool by_speed = speed >= 1;
    add_part(out, "spread", by_speed ? "reposts_per_minute" : "reposts", by_speed ? llround(speed) : facts->reposts,
             about_us ? points : points / 4);
}

static void add_relation(const struct importance_weights *weights, const struct assess_facts *facts,
                         struct assessment *out)
{
    const char *relation = facts->relation != NULL ? facts->relation : "";
    if (strcmp(relation, "at_risk") == 0)
        add_part(out, "relation", "at_risk", 0, weights->relation_at_risk);
    else if (strcmp(relation, "loyal") == 0)
        add_part(out, "relation", "loyal", 0, weights->relation_loyal);
    else if (strcmp(relation, "regular") == 0)
        add_part(out, "relation", "regular", 0, weights->relation_regular);
}

int importance_waiting_points(const struct importance_weights *weights, int64_t waiting_ms)
{
    return waiting_ms > 0 ? share(weights->waiting, sqrt((double)waiting_ms / WAITING_FULL_MS)) : 0;
}

void importance_sum(const struct importance_weights *weights, const struct importance_basis *basis,
                    const struct assess_facts *facts, struct assessment *out)
{
    static const char *const URGENCY_VALUES[] = {"", "1", "2", "3"};
    bool about_us = basis->category != LEXICON_IRRELEVANT || basis->gravity != NULL;
    out->importance = 0;
    out->part_count = 0;
    add_part(out, "category", lexicon_category_format(basis->category), 0, weights->category[basis->category]);
    add_part(out, "sentiment", out->sentiment, out->strength,
             strcmp(out->sentiment, "negative") == 0 ? share(weights->sentiment, -out->strength / 100.0) : 0);
    add_part(out, "urgency", URGENCY_VALUES[basis->urgency], basis->urgency, weights->urgency[basis->urgency]);
    if (facts->is_public) {
        add_influence(weights, facts, about_us, out);
        add_spread(weights, facts, about_us, out);
    }
    if (about_us) {
        add_relation(weights, facts, out);
        add_part(out, "waiting", "minutes", facts->waiting_ms / MINUTE_MS,
                 importance_waiting_points(weights, facts->waiting_ms));
        if (out->churn.is)
            add_part(out, "churn", "", 0, share(weights->churn, out->churn.probability));
    }
    if (basis->gravity != NULL)
        add_part(out, "gravity", basis->gravity, 0, share(weights->gravity, basis->gravity_weight / 3));
    add_part(out, "rules", "", 0, basis->rule_points);
    out->importance = CLAMP(out->importance, 0, 100);
}

/* ---- JSON ---- */

/* Every weight by its name; "group.name" stands in an object of its own. */
static const struct {
    const char *group, *name; /* group "" = none */
    size_t offset;
} WEIGHTS[] = {
#define WEIGHT(group, name, member)                                                                                    \
    {                                                                                                                  \
        group, name, offsetof(struct importance_weights, member)                                                       \
    }
    WEIGHT("category", "complaint", category[LEXICON_COMPLAINT]),
    WEIGHT("category", "after_sales", category[LEXICON_AFTER_SALES]),
    WEIGHT("category", "order", category[LEXICON_ORDER]),
    WEIGHT("category", "consultation", category[LEXICON_CONSULTATION]),
    WEIGHT("category", "cooperation", category[LEXICON_COOPERATION]),
    WEIGHT("category", "suggestion", category[LEXICON_SUGGESTION]),
    WEIGHT("category", "praise", category[LEXICON_PRAISE]),
    WEIGHT("category", "irrelevant", category[LEXICON_IRRELEVANT]),
    WEIGHT("", "sentiment", sentiment),
    WEIGHT("urgency", "1", urgency[1]),
    WEIGHT("urgency", "2", urgency[2]),
    WEIGHT("urgency", "3", urgency[3]),
    WEIGHT("", "followers", followers),
    WEIGHT("verified", "person", verified_person),
    WEIGHT("verified", "organisation", verified_organisation),
    WEIGHT("verified", "media", verified_media),
    WEIGHT("verified", "government", verified_government),
    WEIGHT("relation", "regular", relation_regular),
    WEIGHT("relation", "loyal", relation_loyal),
    WEIGHT("relation", "at_risk", relation_at_risk),
    WEIGHT("", "spread", spread),
    WEIGHT("", "gravity", gravity),
    WEIGHT("", "churn", churn),
    WEIGHT("", "waiting", waiting),
#undef WEIGHT
};

static int *weight_at(struct importance_weights *weights, size_t i)
{
    return (int *)(void *)((char *)weights + WEIGHTS[i].offset);
}

static int find_weight(const char *group, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(WEIGHTS); i++)
        if (strcmp(WEIGHTS[i].group, group) == 0 && strcmp(WEIGHTS[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool is_group(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(WEIGHTS); i++)
        if (*name != '\0' && strcmp(WEIGHTS[i].group, name) == 0)
            return true;
    return false;
}

static bool parse_group(const json_t *object, const char *group, struct importance_weights *out, GError **error)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach ((json_t *)object, key, value) {
        g_autofree char *path = *group == '\0' ? g_strdup(key) : g_strdup_printf("%s.%s", group, key);
        if (*group == '\0' && is_group(key) && json_is_object(value)) {
            if (!parse_group(value, key, out, error))
                return false;
            continue;
        }
        int weight = find_weight(group, key);
        if (weight < 0) {
            error_set(error, is_group(path) ? HY_ERROR_BAD_VALUE : HY_ERROR_UNKNOWN_FIELD, path, "%s is no weight",
                      path);
            return false;
        }
        json_int_t points = json_integer_value(value);
        if (!json_is_integer(value) || points < 0 || points > IMPORTANCE_MOST) {
            error_set(error, HY_ERROR_BAD_VALUE, path, "%s is not a whole number from 0 to %d", path, IMPORTANCE_MOST);
            return false;
        }
        *weight_at(out, (size_t)weight) = (int)points;
    }
    return true;
}

bool importance_parse(const json_t *object, struct importance_weights *out, GError **error)
{
    *out = importance_defaults();
    if (json_is_object(object))
        return parse_group(object, "", out, error);
    error_set(error, HY_ERROR_BAD_VALUE, "weights", "weights is not an object");
    return false;
}

json_t *importance_format(const struct importance_weights *weights)
{
    struct importance_weights copy = *weights;
    json_t *object = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(WEIGHTS); i++) {
        json_t *group = object;
        if (*WEIGHTS[i].group != '\0') {
            group = json_object_get(object, WEIGHTS[i].group);
            if (group == NULL) {
                group = json_object();
                json_object_set_new(object, WEIGHTS[i].group, group);
            }
        }
        json_object_set_new(group, WEIGHTS[i].name, json_integer(*weight_at(&copy, i)));
    }
    return object;
}

#include "understanding/importance.h"

#include <math.h>
#include <string.h>

static void add_part(struct assessment *out, const char *name, const char *value, int amount)
{
    if (amount <= 0)
        return;
    g_assert(out->part_count < ASSESS_PARTS);
    out->parts[out->part_count++] = (struct assess_part){name, value, amount};
    out->importance += amount;
}

static int category_points(enum lexicon_category category)
{
    static const int POINTS[LEXICON_CATEGORIES] = {
        [LEXICON_COMPLAINT] = 18,    [LEXICON_AFTER_SALES] = 14, [LEXICON_ORDER] = 12, [LEXICON_COOPERATION] = 12,
        [LEXICON_CONSULTATION] = 10, [LEXICON_SUGGESTION] = 8,   [LEXICON_PRAISE] = 5, [LEXICON_IRRELEVANT] = 0};
    return POINTS[category];
}

static int sentiment_points(double sentiment)
{
    if (sentiment >= -0.5)
        return 0;
    return CLAMP((int)lround(4 - 2 * sentiment), 0, 12);
}

/* 1,000 followers: 4; 10,000: 7; 100,000: 11; a million: 14. */
static int influence_points(const struct assess_facts *facts, const char **value)
{
    static const struct {
        const char *verified;
        int points;
    } VERIFIED[] = {{"person", 3}, {"organisation", 4}, {"government", 6}, {"media", 6}};
    int points = 0;
    if (facts->followers > 100)
        points = CLAMP((int)lround((log10((double)facts->followers) - 2) * 3.5), 0, 14);
    *value = points > 0 ? "followers" : "";
    for (size_t i = 0; facts->verified != NULL && i < G_N_ELEMENTS(VERIFIED); i++) {
        if (strcmp(facts->verified, VERIFIED[i].verified) == 0) {
            points += VERIFIED[i].points;
            *value = VERIFIED[i].verified;
        }
    }
    return points;
}

/* 10 reposts: 3; 100: 7; 1,000: 10. */
static int spread_points(int64_t reposts)
{
    return reposts <= 0 ? 0 : CLAMP((int)lround(log10((double)reposts) * 3.4), 1, 10);
}

static int relation_points(const char *relation, const char **value)
{
    *value = "";
    if (relation == NULL)
        return 0;
    if (strcmp(relation, "at_risk") == 0) {
        *value = "at_risk";
        return 6;
    }
    if (strcmp(relation, "loyal") == 0) {
        *value = "loyal";
        return 4;
    }
    if (strcmp(relation, "regular") == 0) {
        *value = "regular";
        return 2;
    }
    return 0;
}

void importance_sum(const struct importance_basis *basis, const struct assess_facts *facts, struct assessment *out)
{
    static const int URGENCY[] = {0, 4, 9, 14};
    static const char *const URGENCY_VALUES[] = {"", "1", "2", "3"};
    out->importance = 0;
    out->part_count = 0;
    add_part(out, "category", lexicon_category_format(basis->category), category_points(basis->category));
    add_part(out, "sentiment", out->sentiment, sentiment_points(basis->sentiment));
    add_part(out, "urgency", URGENCY_VALUES[basis->urgency], URGENCY[basis->urgency]);
    bool about_us = basis->category != LEXICON_IRRELEVANT || basis->gravity != NULL;
    if (facts->is_public) {
        const char *value = "";
        int points = influence_points(facts, &value);
        add_part(out, "influence", value, about_us ? points : points / 4);
        points = spread_points(facts->reposts);
        add_part(out, "spread", "reposts", about_us ? points : points / 4);
    }
    const char *value = "";
    int relation = relation_points(facts->relation, &value);
    add_part(out, "relation", value, about_us ? relation : 0);
    if (basis->gravity != NULL)
        add_part(out, "gravity", basis->gravity, CLAMP((int)lround(basis->gravity_weight * 6.5), 0, 20));
}

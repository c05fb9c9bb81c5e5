/* importance.h - how much a message matters, as a sum that a person can read and an administrator can weigh.
 *
 *   "complaint +18, negative +12, urgent +9, 1.2 M followers +14, reposted 40×/min +8 … = 61"
 *
 * Every term has a name, what it was about, and whole points; the importance is their sum, held between 0 and 100.
 * The largest values the shipped weights give: category 18 · sentiment 12 · urgency 14 · influence 20 · spread 10 ·
 * relation 6 · gravity 20 · churn 8 · waiting 10, and whatever the administrator's rules add or take away.
 *
 *   influence   followers by their logarithm (1,000: 4; a million: 14), and what the platform verified
 *   spread      reposts a minute by their logarithm when the age is known, else reposts so far by theirs
 *   waiting     how long somebody has been waiting for a first answer
 * Influence and spread count in public only, and a quarter for what is not about us.
 *
 * Waiting time goes on after a message has been judged: what is stored with the message counts the wait up to it.
 * Whoever shows or sorts a queue adds importance_waiting_points for the wait since then to what is stored. */
#pragma once
#include "base/json.h"
#include "understanding/assess.h"
#include "understanding/lexicon.h"

struct importance_weights {
    int category[LEXICON_CATEGORIES];
    int sentiment;  /* at strength -100 */
    int urgency[4]; /* urgency[0] is 0 */
    int followers;  /* at 1,000,000; by the logarithm from 100 on, at most this */
    int verified_person, verified_organisation, verified_media, verified_government;
    int relation_regular, relation_loyal, relation_at_risk;
    int spread;  /* at 1,000 reposts, or at 100 a minute */
    int gravity; /* of the gravest words */
    int churn;   /* at probability 1, from 0.5 on */
    int waiting; /* after eight hours; by the square root, so the first hour counts most */
};

#define IMPORTANCE_MOST 100 /* of any weight */

/* From a JSON object with any of the fields importance_format writes; what is not there keeps its default. BAD_VALUE,
 * UNKNOWN_FIELD naming the field ("category.complaint"): weights are whole numbers, 0 … IMPORTANCE_MOST. */
bool importance_parse(const json_t *object, struct importance_weights *out, GError **error);
/* {"category": {"complaint": 18, …}, "sentiment": 12, "urgency": {"1": 4, …}, …}; json_decref. */
json_t *importance_format(const struct importance_weights *weights);

/* What is judged; the facts and out->sentiment, strength and churn say the rest. */
struct importance_basis {
    enum lexicon_category category;
    const char *gravity;   /* the gravest topic; NULL when there is none */
    double gravity_weight; /* 0 … 3 */
    int rule_points;       /* what rules add or take away */
    int urgency;           /* 0 … 3 */
};

struct importance_weights importance_defaults(void);

/* Sets out->importance, parts and part_count; parts of 0 points are left out. Any thread. */
void importance_sum(const struct importance_weights *weights, const struct importance_basis *basis,
                    const struct assess_facts *facts, struct assessment *out);

/* Points for having waited so long. */
int importance_waiting_points(const struct importance_weights *weights, int64_t waiting_ms);

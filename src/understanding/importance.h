/* importance.h - how much a message matters, as a sum that a person can read.
 *
 *   category 18 · sentiment 12 · urgency 14 · influence 20 · spread 10 · relation 6 · gravity 20 = 100 at most
 *
 * No term is negative and their largest values make 100, so the parts always add up to the importance exactly.
 * Influence counts followers by their logarithm and what the platform verified; spread counts reposts so far, by
 * their logarithm too. Both count in public only, and little for what is not about us. */
#pragma once
#include "understanding/assess.h"
#include "understanding/lexicon.h"

struct importance_basis {
    enum lexicon_category category;
    double sentiment;    /* the lexicon's sum: below 0 is bad */
    int urgency;         /* 0 … 3 */
    const char *gravity; /* the gravest topic; NULL when there is none */
    double gravity_weight;
};

/* Sets out->importance, parts and part_count; parts of 0 points are left out. Any thread. */
void importance_sum(const struct importance_basis *basis, const struct assess_facts *facts, struct assessment *out);

/* learned.h - the answers of the models, with the words of the lexicons beside them.
 *
 *   original ─ fold ─ features ─ model_set_predict ─▶ probabilities ─┬─▶ labels, in the assessment
 *                                   evidence (lexicons) ─────────────┘
 *
 * A model's probability and the words' weight are added as log-odds. How much the words weigh was chosen on seed
 * examples held back frame by frame (learned.c has the table); where they made nothing better they weigh nothing. A
 * task that no model knows keeps the answer of the words. */
#pragma once
#include "understanding/assess.h"
#include "understanding/evidence.h"
#include "understanding/importance.h"
#include "understanding/model.h"

struct learned;                                     /* immutable, any thread */
struct learned *learned_new(struct model_set *set); /* keeps a reference */
void learned_free(struct learned *learned);         /* NULL is fine */

struct learned_scratch; /* one thread's at a time */
struct learned_scratch *learned_scratch_new(const struct learned *learned);
void learned_scratch_free(struct learned_scratch *scratch);

/* Overwrites in out and basis what the models know better than the words did: category, confidence, topic, sentiment,
 * strength, emotion, urgency, needs_answer's probability, spam, abuse, churn. */
void learned_judge(const struct learned *learned, struct learned_scratch *scratch, const char *text,
                   const struct evidence *evidence, struct importance_basis *basis, struct assessment *out);

/* For the labels in out the stretches of the text that pulled most; of tasks the models do not know, none. After
 * learned_judge of the same text. */
void learned_explain(const struct learned *learned, struct learned_scratch *scratch, struct assessment *out);

/* "shipped-1.3fa2b604" or, of tasks from several models, each once, parted by blanks. g_free. */
char *learned_version(const struct learned *learned);

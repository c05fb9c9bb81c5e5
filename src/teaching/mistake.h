/* mistake.h - where a model went wrong on what was held back: the table of confusions, and the worst ones by name. */
#pragma once
#include "understanding/evaluation.h"

struct mistake_example { /* one of the team's own */
    int64_t id, message_id;
    char *label, *text;
    bool held_back;
};
GArray *mistake_examples_new(void); /* of struct mistake_example, which own their texts; g_array_unref */

/* Unlike evaluation_run it is strict: a label that nobody gave to any of held is wrong, for corrections are often all
 * of one label. Macro-F1 is over the labels that people gave. The set knows the task; evaluation_clear. */
void mistake_evaluate(struct evaluation *evaluation, const struct model_set *set, const char *task, const GArray *held);

/* Shape ModelConfusion's labels, rows and classes as JSON. g_free. */
char *mistake_confusion(const struct evaluation *evaluation);

/* JSON list of shape ModelMistake: the fifty the model was surest of and wrong. held: of struct mistake_example.
 * g_free. */
char *mistake_list(const struct model_set *set, const char *task, const GArray *held);

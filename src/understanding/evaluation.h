/* evaluation.h - how often a model is right on labelled texts: for `huiyin eval`, for the comparison before a new
 * model is taken into use, and for the console's table of confusions.
 *
 * The labels are those of the data. A predicted label is matched to them by task.h's table of aliases; a label that
 * the data do not know counts as "other" when the data have that one (probabilities that come to the same label of the
 * data are added up), otherwise the likeliest label that they do know is taken. Macro-F1 is the mean of F1 over the
 * labels of the data. */
#pragma once
#include "understanding/model.h"
#include "understanding/tsv.h"

struct evaluation {
    size_t rows;
    size_t label_count;
    char **labels;     /* label_count, of the data, in order of strcmp */
    size_t *confusion; /* label_count × (label_count + 1): [is][judged]; the last: none of the data's labels */
    double accuracy, macro_f1;
    double seconds; /* CPU time of reading and judging all texts */
};
struct evaluation_label {
    double precision, recall, f1; /* 0 where nothing was judged or there */
};

/* judged: place of the label in the evaluation for every row, label_count = none of them; or NULL. EMPTY without
 * examples, NOT_FOUND when the set does not know the task, BAD_VALUE for too many labels. evaluation_clear after
 * either outcome. Any thread. */
bool evaluation_run(struct evaluation *evaluation, const struct model_set *set, const char *task,
                    const struct example *examples, size_t count, uint16_t *judged, GError **error);
void evaluation_clear(struct evaluation *evaluation);
struct evaluation_label evaluation_label(const struct evaluation *evaluation, size_t label);
typedef struct evaluation evaluation_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(evaluation_auto, evaluation_clear)

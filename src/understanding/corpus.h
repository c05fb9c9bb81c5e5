/* corpus.h - examples as the solver reads them: rows of feature numbers. Private to learning (training.c).
 *
 * Texts are folded and read on two threads; a feature that stands in fewer than two texts is left out (in a small
 * corpus even a single one counts); frequent features get low numbers, so that what is touched often lies together. */
#pragma once
#include "understanding/model.h"
#include "understanding/tsv.h"

#define CORPUS_AHEAD 12 /* ids that may be read ahead, to fetch what will be needed */

struct corpus {
    size_t rows;
    size_t *begins;   /* rows + 1: where a row's features begin in ids */
    uint32_t *ids;    /* numbers of features, of all rows; behind them CORPUS_AHEAD zeros */
    float *norms;     /* of a row: what one feature of it weighs */
    float *weights;   /* of a row */
    uint16_t *labels; /* of a row: place in names */
    uint32_t *groups;
    GPtrArray *names; /* of char *, in order of strcmp */
    uint32_t features;
    uint32_t *keys; /* of a feature number */
    /* What was known before says of a row: the sums of its outputs, each brought to the same spread by its factor. */
    uint32_t known; /* outputs; 0: nothing was known */
    float *sums;    /* rows × known */
    float *factors; /* known */
};

/* prior: what was known before, or NULL. EMPTY, BAD_VALUE for too many labels. corpus_clear after either outcome. */
bool corpus_init(struct corpus *corpus, const struct example *examples, size_t count, const struct model_set *prior,
                 int threads, GError **error);
void corpus_clear(struct corpus *corpus);
typedef struct corpus corpus_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(corpus_auto, corpus_clear)

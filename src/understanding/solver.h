/* solver.h - linear outputs for the labels of a corpus: dual coordinate descent on one-against-the-rest machines.
 *
 * For every output k:  min  |v|²/2 + Σ c_i max(0, 1 − y_i m_i)²,  m_i = Σ_j x_ij r_jk v_j + b
 * where r_jk is how much more often feature j stands in texts of label k than in others (log ratio of the smoothed
 * shares, after Wang & Manning 2012, "Baselines and bigrams"), and c_i leans towards rare labels (half of the way to
 * balance). The dual is walked row by row for all outputs at once (Hsieh et al. 2008, "A dual coordinate descent
 * method for large-scale linear SVM"): a row's features are then touched twice, whatever the number of labels.
 * Two labels are one output. Private to learning; a solver is used by one thread. */
#pragma once
#include "understanding/corpus.h"

struct solver_settings {
    uint64_t seed;
    int epochs;
    float cost;
    const int *cancel;        /* as in training.h */
    void (*tick)(void *data); /* after every epoch; NULL */
    void *data;
};

struct linear {
    uint32_t outputs; /* 1 for two labels: > 0 is the second */
    uint32_t stride;  /* floats from feature to feature */
    float *weights;   /* features × stride; of a feature the outputs' weights, then what the solver needs */
    float *bias;      /* outputs */
    float *known;     /* corpus->known × outputs: weights of what was known before */
};

uint32_t solver_outputs(const struct corpus *corpus);
/* All 0. */
void linear_init(struct linear *linear, const struct corpus *corpus);

/* Learns from the given rows. False when it was cancelled. linear_clear after either outcome. */
bool solver_run(struct linear *linear, const struct corpus *corpus, const uint32_t *rows, size_t count,
                const struct solver_settings *settings);
void linear_clear(struct linear *linear);

/* linear becomes share · linear + other_share · other. */
void linear_blend(struct linear *linear, float share, const struct linear *other, float other_share,
                  const struct corpus *corpus);

/* outputs margins of one row. */
void linear_margins(const struct linear *linear, const struct corpus *corpus, size_t row, float *margins);

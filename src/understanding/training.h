/* training.h - learns a task from labelled texts.
 *
 *   tsv, corrections, data/examples ──▶ struct example[] ──training_run──▶ GBytes (a model file, see model.h)
 *
 * One recipe for every task and every set of labels (training.c says which). The same examples with the same seed give
 * the same model, byte for byte, on any number of threads. Two threads do not need more than a gigabyte for the largest
 * input allowed. */
#pragma once
#include "understanding/model.h"
#include "understanding/tsv.h"

struct training {
    const char *task; /* its name (task.h) */
    uint64_t seed;    /* 0 is a seed like any other */
    int threads;      /* 1 or 2 */
    /* What is known before the first example: its answers to every task lend themselves to the new one, the more the
     * fewer examples there are. NULL: nothing. It may go when training is done. */
    struct model_set *prior;
    void (*progress)(void *data, double done); /* 0 … 1, from the calling thread; NULL: nobody looks */
    void *data;
    const int *cancel; /* looked at with g_atomic_int_get: not 0 ends training with CANCELLED; NULL: never */
};

/* A model of one task; g_bytes_unref. EMPTY without examples, BAD_VALUE for more than LIMIT_LABELS labels or a bad
 * name, CANCELLED. One label only is learned as well: it is always the answer. */
GBytes *training_run(const struct training *training, const struct example *examples, size_t count, GError **error);

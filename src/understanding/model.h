/* model.h - what was learned, as a file and as one table that answers every task in a single pass.
 *
 *   training ──GBytes──▶ FILE.model, a blob of the database, the shipped file inside the program
 *                              │ model_open: name, sizes and checksum are looked at, nothing is copied
 *                              ▼
 *   struct model (one file, one or more tasks) ──model_set_new──▶ struct model_set ──model_set_predict──▶ probabilities
 *
 * A model is a table of rows, one a feature (feature.h), one int16 an output: the weights of every label of every
 * task, side by side, so that a text's features are looked up once for all tasks (a row is a cache line or two).
 * After the sum each task has a small second stage that makes its outputs into calibrated probabilities.
 * A set takes tasks from several models into one table: the shipped ones, and those the brand taught.
 *
 * Both are immutable and reference-counted: any thread. Errors name the file: BAD_VALUE about model for a foreign,
 * truncated or damaged file (the checksum is looked at first), TOO_LARGE beyond LIMIT_MODEL. */
#pragma once
#include "base/error.h"
#include "understanding/feature.h"

struct model;
/* name stands in errors. bytes is referenced, not copied. model_unref. */
struct model *model_open(GBytes *bytes, const char *name, GError **error);
struct model *model_open_file(const char *path, GError **error); /* NOT_FOUND, too; mapped */
struct model *model_ref(struct model *model);
void model_unref(struct model *model);
typedef struct model model_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(model_auto, model_unref) /* g_autoptr(model_auto) */

/* What it says of itself; borrowed. */
const char *model_version(const struct model *model); /* "linear-1.3fa2b604": recipe and the begin of the checksum */
size_t model_task_count(const struct model *model);

struct model_figures {
    int64_t rows;              /* learned from */
    double accuracy, macro_f1; /* on examples held back while learning; 0 when there were too few to tell */
};
struct model_task {
    const char *name;
    const char *const *labels; /* label_count, and NULL */
    size_t label_count;
    struct model_figures figures;
};
/* NULL when the model does not know it; borrowed. */
const struct model_task *model_task(const struct model *model, const char *name);
const struct model_task *model_task_at(const struct model *model, size_t task);

struct model_set;
/* The tasks of all the models; of a task that several know, the last model's. At least one model. */
struct model_set *model_set_new(struct model *const *models, size_t count);
struct model_set *model_set_ref(struct model_set *set);
void model_set_unref(struct model_set *set);
typedef struct model_set model_set_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(model_set_auto, model_set_unref)

size_t model_set_task_count(const struct model_set *set);
const struct model_task *model_set_task(const struct model_set *set, size_t task);
const char *model_set_version(const struct model_set *set, size_t task); /* of the model the task came from */
/* SIZE_MAX when none of the models knows it. */
size_t model_set_find(const struct model_set *set, const char *task);
/* Probabilities of all labels of all tasks: how many, and where a task's begin. */
size_t model_set_outputs(const struct model_set *set);
size_t model_set_offset(const struct model_set *set, size_t task);

/* What predicting needs beside the text: one thread's at a time. */
struct model_scratch;
struct model_scratch *model_scratch_new(const struct model_set *set);
void model_scratch_free(struct model_scratch *scratch);
typedef struct model_scratch model_scratch_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(model_scratch_auto, model_scratch_free)

/* probabilities: model_set_outputs, each task's sum to 1. */
void model_set_predict(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                       float *probabilities);
/* The label to go by: the likeliest, with rare labels given the weight that serves the balance between labels best.
 * probabilities: all, as model_set_predict wrote them. */
size_t model_set_label(const struct model_set *set, size_t task, const float *probabilities);

/* A stretch of the text that speaks for a label. */
struct model_pull {
    uint32_t begin, end; /* bytes of the folded text; whole characters, whole words where words have blanks */
    float weight;        /* > 0; of all pulls together 1 */
};
/* The strongest stretches for label (against the other labels) of the text that features were read from, strongest
 * first, apart from each other; at most `most`. How many. After model_set_predict of the same features with this
 * scratch. */
size_t model_explain(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                     const char *folded, size_t length, size_t task, size_t label, struct model_pull *pulls,
                     size_t most);

#include "understanding/training.h"

#include "base/limit.h"
#include "understanding/calibration.h"
#include "understanding/corpus.h"
#include "understanding/model_table.h"
#include "understanding/model_writer.h"
#include "understanding/random.h"
#include "understanding/softmax.h"
#include "understanding/task.h"

#include <string.h>

#define RECIPE "linear-2"
#define COST 0.5F
#define FOLDS 5
#define FOLDS_FEWER 3
/* More rows than this, or more feature numbers in all of them, are a large corpus: a tenth is held back once, which
 * then is not learned from, fewer rounds do, and what was known before costs more time than it helps. */
#define LARGE_ROWS 30000
#define LARGE_WORK 12000000
#define MIDDLE_WORK 3000000 /* from here on fewer folds */
#define LARGE_PART 10

/* Two ways to learn the same; their sum is the model. */
enum way { SOLVER, SOFTMAX, WAYS };
static const int EPOCHS[WAYS] = {[SOLVER] = 8, [SOFTMAX] = 4};
static const int EPOCHS_LARGE[WAYS] = {[SOLVER] = 4, [SOFTMAX] = 2};

/* One thing to learn: on the rows outside a fold, or on all. */
struct job {
    int fold; /* -1: all rows */
    enum way way;
    const GArray *rows;
    struct linear linear;
};

struct learning {
    const struct training *training;
    struct corpus corpus;
    uint8_t *fold_of;  /* of a row */
    int folds;         /* that are held back in turn */
    const int *epochs; /* of a way */
    GArray *rows[FOLDS + 1];
    struct job jobs[(FOLDS + 1) * WAYS]; /* way by way; the first ones are the model */
    int job_count;
    int next;  /* job that nobody has taken; atomic */
    int ticks; /* epochs done by all; atomic */
    bool ended[(FOLDS + 1) * WAYS];
};

static bool is_cancelled(const struct training *training)
{
    return training->cancel != NULL && g_atomic_int_get(training->cancel) != 0;
}

/* ---- folds ---- */

/* Label by label, so that each fold has its share; variants of one example go together. */
static void deal_folds(struct learning *learning, int parts)
{
    const struct corpus *corpus = &learning->corpus;
    g_autofree uint32_t *order = g_new(uint32_t, corpus->rows);
    g_autofree uint32_t *dealt = g_new0(uint32_t, corpus->names->len);
    g_autoptr(GHashTable) of_group = g_hash_table_new(NULL, NULL);
    uint64_t state = learning->training->seed ^ 0x5EED;
    for (size_t i = 0; i < corpus->rows; i++)
        order[i] = (uint32_t)i;
    random_shuffle(&state, order, corpus->rows);
    learning->fold_of = g_new(uint8_t, corpus->rows);
    for (size_t i = 0; i < corpus->rows; i++) {
        uint32_t row = order[i];
        void *group = GUINT_TO_POINTER(corpus->groups[row]);
        void *fold = NULL;
        if (group == NULL || !g_hash_table_lookup_extended(of_group, group, NULL, &fold)) {
            fold = GUINT_TO_POINTER(dealt[corpus->labels[row]]++ % (uint32_t)parts);
            if (group != NULL)
                g_hash_table_insert(of_group, group, fold);
        }
        learning->fold_of[row] = (uint8_t)GPOINTER_TO_UINT(fold);
    }
}

static void add_jobs(struct learning *learning, int fold)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t row = 0; row < learning->corpus.rows; row++)
        if (learning->fold_of[row] != fold)
            g_array_append_val(rows, row);
    learning->rows[learning->job_count / WAYS] = rows;
    for (int way = 0; way < WAYS; way++)
        learning->jobs[learning->job_count++] = (struct job){.fold = fold, .way = (enum way)way, .rows = rows};
}

static void plan(struct learning *learning)
{
    const struct corpus *corpus = &learning->corpus;
    size_t work = corpus->begins[corpus->rows];
    bool large = corpus->rows > LARGE_ROWS || work > LARGE_WORK;
    int parts = large ? LARGE_PART : work > MIDDLE_WORK ? FOLDS_FEWER : FOLDS;
    learning->epochs = large ? EPOCHS_LARGE : EPOCHS;
    learning->folds = large ? 1 : parts;
    if (corpus->rows < 10 || corpus->names->len < 2)
        learning->folds = 0;
    deal_folds(learning, parts);
    if (!large || learning->folds == 0)
        add_jobs(learning, -1);
    for (int fold = 0; fold < learning->folds; fold++)
        add_jobs(learning, fold);
}

/* ---- the jobs, on one or two threads ---- */

static void tick(void *data)
{
    struct learning *learning = data;
    g_atomic_int_inc(&learning->ticks);
}

static void tell(struct learning *learning)
{
    const struct training *training = learning->training;
    double all = (double)(learning->epochs[SOLVER] + learning->epochs[SOFTMAX]) * (double)learning->job_count / WAYS;
    if (training->progress != NULL)
        training->progress(training->data, 0.15 + 0.8 * g_atomic_int_get(&learning->ticks) / all);
}

static void tick_and_tell(void *data)
{
    tick(data);
    tell(data);
}

static void work(struct learning *learning, void (*ticker)(void *))
{
    for (;;) {
        int next = g_atomic_int_add(&learning->next, 1);
        if (next >= learning->job_count)
            return;
        struct job *job = &learning->jobs[next];
        struct solver_settings settings = {.seed = learning->training->seed + (uint64_t)next,
                                           .epochs = learning->epochs[job->way],
                                           .cost = COST,
                                           .cancel = learning->training->cancel,
                                           .tick = ticker,
                                           .data = learning};
        bool (*learn)(struct linear *, const struct corpus *, const uint32_t *, size_t,
                      const struct solver_settings *) = job->way == SOLVER ? solver_run : softmax_run;
        learning->ended[next] = learn(&job->linear, &learning->corpus, (const uint32_t *)(void *)job->rows->data,
                                      job->rows->len, &settings);
    }
}

static void *work_beside(void *data)
{
    work(data, tick);
    return NULL;
}

static bool run_jobs(struct learning *learning)
{
    GThread *other = learning->training->threads > 1 ? g_thread_new("learn", work_beside, learning) : NULL;
    work(learning, tick_and_tell);
    if (other != NULL)
        g_thread_join(other);
    bool all = true;
    for (int i = 0; i < learning->job_count; i++)
        all = all && learning->ended[i];
    return all;
}

/* ---- what comes of it ---- */

/* Margins of the examples held back, as labels' logits (model_set.c does the same with one output for two labels), by
 * one way or, with their shares, by both. How many rows. */
static size_t hold_margins(const struct learning *learning, const float shares[WAYS], float *margins, uint16_t *truth)
{
    const struct corpus *corpus = &learning->corpus;
    size_t labels = corpus->names->len;
    size_t rows = 0;
    float one[LIMIT_LABELS];
    for (int i = 0; i < learning->job_count; i += WAYS) {
        const struct job *jobs = &learning->jobs[i];
        for (size_t row = 0; jobs->fold >= 0 && row < corpus->rows; row++) {
            if (learning->fold_of[row] != jobs->fold)
                continue;
            float *of = margins + rows * labels;
            memset(of, 0, labels * sizeof *of);
            for (int way = 0; way < WAYS; way++) {
                linear_margins(&jobs[way].linear, corpus, row, one);
                for (uint32_t k = 0; k < jobs->linear.outputs; k++)
                    of[k] += shares[way] * one[k];
            }
            if (labels == 2) {
                of[1] = of[0] / 2;
                of[0] = -of[1];
            }
            truth[rows++] = corpus->labels[row];
        }
    }
    return rows;
}

/* Each way's share is what makes its margins probabilities; then the sum is calibrated. */
static void calibrate(const struct learning *learning, struct calibration *calibration, float shares[WAYS])
{
    size_t labels = learning->corpus.names->len;
    g_autofree float *margins = g_new(float, learning->corpus.rows *labels + 1);
    g_autofree uint16_t *truth = g_new(uint16_t, learning->corpus.rows);
    for (int way = 0; way < WAYS; way++) {
        float only[WAYS] = {0};
        struct calibration single;
        only[way] = 1;
        calibration_init(&single, labels);
        size_t rows = hold_margins(learning, only, margins, truth);
        calibration_scale(&single, margins, truth, rows);
        shares[way] = single.slope / WAYS;
        calibration_clear(&single);
    }
    size_t rows = hold_margins(learning, shares, margins, truth);
    calibration_fit(calibration, margins, truth, rows);
}

/* Takes what was known before into the model's own rows: it is a sum over the same features, so its share of an output
 * is so much more weight on each. */
static void take_in(struct learning *learning, struct linear *linear, GArray *keys)
{
    const struct corpus *corpus = &learning->corpus;
    const struct model_table *table = model_set_table(learning->training->prior);
    uint32_t features = corpus->features;
    g_autofree float *units = g_new(float, corpus->known);
    uint32_t mask = model_table_slots(features + table->rows) - 1;
    g_autofree struct model_file_slot *slots = g_new0(struct model_file_slot, (size_t)mask + 1);
    model_set_units(learning->training->prior, units);
    for (uint32_t j = 0; j < features; j++)
        *model_table_slot(slots, mask, corpus->keys[j]) = (struct model_file_slot){corpus->keys[j], j};
    linear->weights = g_renew(float, linear->weights, ((size_t)features + table->rows) * linear->stride + 1);
    for (uint32_t at = 0; at <= table->mask; at++) {
        if (table->slots[at].key == 0)
            continue;
        struct model_file_slot *slot = model_table_slot(slots, mask, table->slots[at].key);
        if (slot->key == 0) {
            *slot = (struct model_file_slot){table->slots[at].key, keys->len};
            memset(linear->weights + (size_t)slot->row * linear->stride, 0, linear->stride * sizeof(float));
            g_array_append_val(keys, slot->key);
        }
        const int16_t *row = table->weights + (size_t)table->slots[at].row * table->stride;
        float *own = linear->weights + (size_t)slot->row * linear->stride;
        for (uint32_t d = 0; d < corpus->known; d++)
            for (uint32_t k = 0; k < linear->outputs; k++)
                own[k] += (float)row[d] * units[d] * corpus->factors[d] * linear->known[d * linear->outputs + k];
    }
}

static GBytes *finish(struct learning *learning, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_vals(keys, learning->corpus.keys, learning->corpus.features);
    struct linear *linear = &learning->jobs[SOLVER].linear;
    float shares[WAYS] = {0.5F, 0.5F};
    struct calibration calibration;
    calibration_init(&calibration, learning->corpus.names->len);
    if (learning->folds > 0)
        calibrate(learning, &calibration, shares);
    linear_blend(linear, shares[SOLVER], &learning->jobs[SOFTMAX].linear, shares[SOFTMAX], &learning->corpus);
    if (learning->corpus.known > 0)
        take_in(learning, linear, keys);
    struct learned learned = {.task = learning->training->task,
                              .labels = learning->corpus.names,
                              .rows = learning->corpus.rows,
                              .linear = linear,
                              .calibration = &calibration};
    GBytes *bytes = model_write(RECIPE, &learned, 1, (const uint32_t *)(void *)keys->data, keys->len, error);
    calibration_clear(&calibration);
    return bytes;
}

static void learning_clear(struct learning *learning)
{
    for (int i = 0; i < learning->job_count; i++)
        linear_clear(&learning->jobs[i].linear);
    for (int i = 0; i * WAYS < learning->job_count; i++)
        g_array_unref(learning->rows[i]);
    corpus_clear(&learning->corpus);
    g_free(learning->fold_of);
}
typedef struct learning learning_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(learning_auto, learning_clear)

GBytes *training_run(const struct training *training, const struct example *examples, size_t count, GError **error)
{
    g_auto(learning_auto) learning = {.training = training};
    const struct model_set *prior = count <= LARGE_ROWS ? training->prior : NULL;
    if (!task_name_check(training->task, error) ||
        !corpus_init(&learning.corpus, examples, count, prior, training->threads, error))
        return NULL;
    if (training->progress != NULL)
        training->progress(training->data, 0.15);
    plan(&learning);
    if (is_cancelled(training) || !run_jobs(&learning)) {
        error_set(error, HY_ERROR_CANCELLED, NULL, "training %s was ended before its time", training->task);
        return NULL;
    }
    g_autoptr(GBytes) bytes = finish(&learning, error);
    if (bytes != NULL && training->progress != NULL)
        training->progress(training->data, 1);
    return g_steal_pointer(&bytes);
}

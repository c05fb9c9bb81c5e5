#include "understanding/softmax.h"

#include "base/limit.h"
#include "understanding/random.h"

#include <math.h>
#include <string.h>

#define KEPT 0.7F /* of a row's features, each time */
#define STEP 0.3F /* of AdaGrad, falling to 0 */
#define BIAS_STEP 0.05F
#define SMOOTH 0.05F /* of the truth is spread over all labels */

/* Of a feature: INPUT, SPENT, then a weight for each label. */
enum { INPUT, SPENT, WEIGHTS };

struct soften {
    const struct corpus *corpus;
    const uint32_t *rows;
    size_t count;
    const struct solver_settings *settings;
    uint32_t labels, stride;
    float *table; /* features × stride */
    float cost[LIMIT_LABELS];
    float bias[LIMIT_LABELS], bias_spent[LIMIT_LABELS];
    uint32_t *kept; /* of the row at hand */
};

/* How often each label is there, in rows and with each feature; the latter where the weights will be. */
static void count_features(struct soften *soften, float *there)
{
    for (size_t i = 0; i < soften->count; i++) {
        size_t row = soften->rows[i];
        uint32_t label = soften->corpus->labels[row];
        there[label] += soften->corpus->weights[row];
        for (size_t j = soften->corpus->begins[row]; j < soften->corpus->begins[row + 1]; j++)
            soften->table[(size_t)soften->corpus->ids[j] * soften->stride + WEIGHTS + label] +=
                soften->corpus->weights[row];
    }
}

/* The highest log ratio of a feature over the labels; squares and counts for their mean over all occurrences. */
static void weigh_features(struct soften *soften)
{
    float there[LIMIT_LABELS] = {0};
    float all = 0;
    double squares = 0;
    double occurrences = 0;
    count_features(soften, there);
    for (uint32_t k = 0; k < soften->labels; k++)
        all += there[k];
    for (size_t j = 0; j < soften->corpus->features; j++) {
        float *of = soften->table + j * soften->stride;
        float sum = 0;
        for (uint32_t k = 0; k < soften->labels; k++)
            sum += of[WEIGHTS + k];
        for (uint32_t k = 0; k < soften->labels; k++) {
            float ratio =
                logf((1 + of[WEIGHTS + k]) / (1 + there[k])) - logf((1 + sum - of[WEIGHTS + k]) / (1 + all - there[k]));
            of[INPUT] = MAX(of[INPUT], fabsf(ratio));
            of[WEIGHTS + k] = 0;
        }
        if (sum == 0)
            of[INPUT] = 0;
        squares += (double)sum * of[INPUT] * of[INPUT];
        occurrences += sum;
    }
    for (uint32_t k = 0; k < soften->labels; k++)
        soften->cost[k] = there[k] > 0 ? sqrtf(all / ((float)soften->labels * there[k])) : 1;
    float level = squares > 0 ? (float)sqrt(occurrences / squares) : 1;
    for (size_t j = 0; j < soften->corpus->features; j++)
        soften->table[j * soften->stride + INPUT] *= level;
}

/* Chooses what is kept of a row and sums it: logits. How many are kept. */
static size_t sum_row(struct soften *soften, size_t row, uint64_t *state, float *logits)
{
    const struct corpus *corpus = soften->corpus;
    size_t kept = 0;
    uint64_t bits = 0;
    float sums[LIMIT_LABELS + 2] = {0};
    size_t place = 0;
    for (size_t j = corpus->begins[row]; j < corpus->begins[row + 1]; j++, place++) {
        __builtin_prefetch(soften->table + (size_t)corpus->ids[j + CORPUS_AHEAD] * soften->stride, 1);
        if (place % 4 == 0)
            bits = random_next(state);
        bool keep = (bits & 0xFFFF) < (uint32_t)(KEPT * 65536);
        bits >>= 16;
        if (!keep)
            continue;
        const float *of = soften->table + (size_t)corpus->ids[j] * soften->stride;
        soften->kept[kept++] = corpus->ids[j];
        for (uint32_t k = 0; k < soften->stride - WEIGHTS; k++)
            sums[k] += of[INPUT] * of[WEIGHTS + k];
    }
    float scale = corpus->norms[row] / sqrtf(KEPT);
    for (uint32_t k = 0; k < soften->labels; k++)
        logits[k] = sums[k] * scale + soften->bias[k];
    return kept;
}

/* Logits become the slope of the loss; the mean of its squares. */
static float slope_of(const struct soften *soften, size_t row, float *logits)
{
    uint32_t label = soften->corpus->labels[row];
    float most = logits[0];
    float sum = 0;
    float squares = 0;
    for (uint32_t k = 1; k < soften->labels; k++)
        most = MAX(most, logits[k]);
    for (uint32_t k = 0; k < soften->labels; k++)
        sum += logits[k] = expf(logits[k] - most);
    for (uint32_t k = 0; k < soften->labels; k++) {
        float truth = SMOOTH / (float)soften->labels + (k == label ? 1 - SMOOTH : 0);
        logits[k] = (logits[k] / sum - truth) * soften->cost[label] * soften->corpus->weights[row];
        squares += logits[k] * logits[k];
    }
    return squares / (float)soften->labels;
}

static void visit(struct soften *soften, size_t row, float share, uint64_t *state)
{
    float slope[LIMIT_LABELS + 2] = {0};
    size_t kept = sum_row(soften, row, state, slope);
    float squares = slope_of(soften, row, slope);
    float scale = soften->corpus->norms[row] / sqrtf(KEPT);
    for (uint32_t k = 0; k < soften->labels; k++) {
        soften->bias_spent[k] += slope[k] * slope[k];
        soften->bias[k] -= BIAS_STEP * share * slope[k] / sqrtf(soften->bias_spent[k] + 1e-6F);
    }
    for (size_t j = 0; j < kept; j++) {
        float *of = soften->table + (size_t)soften->kept[j] * soften->stride;
        float input = of[INPUT] * scale;
        of[SPENT] += squares * input * input;
        float step = STEP * share * input / sqrtf(of[SPENT] + 1e-8F);
        for (uint32_t k = 0; k < soften->stride - WEIGHTS; k++)
            of[WEIGHTS + k] -= step * slope[k];
    }
}

static bool walk(struct soften *soften)
{
    uint64_t state = soften->settings->seed ^ 0xD40;
    g_autofree uint32_t *order = g_memdup2(soften->rows, soften->count * sizeof *order);
    float all = (float)soften->count * (float)soften->settings->epochs;
    size_t done = 0;
    for (int epoch = 0; epoch < soften->settings->epochs; epoch++) {
        if (soften->settings->cancel != NULL && g_atomic_int_get(soften->settings->cancel) != 0)
            return false;
        random_shuffle(&state, order, soften->count);
        for (size_t i = 0; i < soften->count; i++)
            visit(soften, order[i], 1 - (float)done++ / all, &state);
        if (soften->settings->tick != NULL)
            soften->settings->tick(soften->settings->data);
    }
    return true;
}

/* What a feature is worth when nothing is hidden; of two labels the difference. */
static void take(struct linear *linear, const struct soften *soften)
{
    float scale = sqrtf(KEPT);
    for (size_t j = 0; j < soften->corpus->features; j++) {
        const float *of = soften->table + j * soften->stride;
        float *weights = linear->weights + j * linear->stride;
        if (linear->outputs == 1 && soften->labels == 2)
            weights[0] = scale * of[INPUT] * (of[WEIGHTS + 1] - of[WEIGHTS]);
        for (uint32_t k = 0; linear->outputs > 1 && k < linear->outputs; k++)
            weights[k] = scale * of[INPUT] * of[WEIGHTS + k];
    }
    for (uint32_t k = 0; k < linear->outputs; k++)
        linear->bias[k] =
            linear->outputs == 1 && soften->labels == 2 ? soften->bias[1] - soften->bias[0] : soften->bias[k];
}

bool softmax_run(struct linear *linear, const struct corpus *corpus, const uint32_t *rows, size_t count,
                 const struct solver_settings *settings)
{
    linear_init(linear, corpus);
    size_t longest = 0;
    for (size_t row = 0; row < corpus->rows; row++)
        longest = MAX(longest, corpus->begins[row + 1] - corpus->begins[row]);
    struct soften soften = {
        .corpus = corpus, .rows = rows, .count = count, .settings = settings, .labels = corpus->names->len};
    soften.stride = (soften.labels + WEIGHTS + 3) / 4 * 4;
    g_autofree float *table = g_new0(float, (size_t)corpus->features *soften.stride + 1);
    g_autofree uint32_t *kept = g_new(uint32_t, longest + 1);
    soften.table = table;
    soften.kept = kept;
    weigh_features(&soften);
    bool done = walk(&soften);
    if (done)
        take(linear, &soften);
    return done;
}

#include "understanding/solver.h"

#include "understanding/random.h"

#include <math.h>
#include <string.h>

#define BLOCK 16 /* outputs solved together */
#define SMOOTH 1.0F
#define CALM 0.01F        /* a row that moves its margins less has found its place … */
#define REST 2            /* … and is left alone for so many rounds */
#define RATIO_LEAST 0.05F /* a feature that is equally frequent everywhere can still learn a little */

uint32_t solver_outputs(const struct corpus *corpus)
{
    return corpus->names->len == 2 ? 1 : corpus->names->len;
}

struct solve {
    struct linear *linear;
    const struct corpus *corpus;
    const uint32_t *rows;
    size_t count;
    const struct solver_settings *settings;
    uint32_t from, width; /* outputs of this block; weights of a feature lie width apart from its squared ratios */
    float *table;         /* features × 2 width: weights, squared ratios */
    float *dual, *curve;  /* count × width */
    uint8_t *rest;        /* of a row: rounds it is left alone */
    float cost[2][BLOCK]; /* of rows outside, inside of an output */
    float bias[BLOCK];
    float *known; /* corpus->known × width */
};

static bool inside(const struct solve *solve, size_t row, uint32_t output)
{
    uint32_t label = solve->corpus->labels[row];
    return label == (solve->linear->outputs == 1 ? 1 : solve->from + output);
}

static const uint32_t *ids_of(const struct corpus *corpus, size_t row, size_t *count)
{
    *count = corpus->begins[row + 1] - corpus->begins[row];
    return corpus->ids + corpus->begins[row];
}

/* Fills the squared ratios; what the table held is overwritten. */
static void weigh_features(struct solve *solve)
{
    uint32_t width = solve->width;
    float inside_sum[BLOCK] = {0};
    float all = 0;
    g_autofree float *shares = g_new0(float, solve->corpus->features); /* of all rows of the block */
    for (size_t i = 0; i < solve->count; i++) {
        size_t count = 0;
        size_t row = solve->rows[i];
        const uint32_t *ids = ids_of(solve->corpus, row, &count);
        float weight = solve->corpus->weights[row];
        all += weight;
        for (size_t j = 0; j < count; j++)
            shares[ids[j]] += weight;
        for (uint32_t k = 0; k < width; k++) {
            if (!inside(solve, row, k))
                continue;
            inside_sum[k] += weight;
            for (size_t j = 0; j < count; j++)
                solve->table[(size_t)ids[j] * 2 * width + width + k] += weight;
        }
    }
    for (size_t j = 0; j < solve->corpus->features; j++) {
        float *of = solve->table + j * 2 * width + width;
        for (uint32_t k = 0; k < width; k++) {
            float ratio = logf((SMOOTH + of[k]) / (SMOOTH + inside_sum[k])) -
                          logf((SMOOTH + shares[j] - of[k]) / (SMOOTH + all - inside_sum[k]));
            ratio = fabsf(ratio) + RATIO_LEAST;
            of[k] = ratio * ratio;
        }
    }
    for (uint32_t k = 0; k < width; k++) {
        float in = MAX(inside_sum[k], 1);
        float out = MAX(all - inside_sum[k], 1);
        solve->cost[1][k] = solve->settings->cost * sqrtf(all / 2 / in);
        solve->cost[0][k] = solve->settings->cost * sqrtf(all / 2 / out);
    }
}

/* Sums of one row over weights (or, behind them, squared ratios); width is a constant where this is inlined. */
static inline void sum_row(const float *table, const uint32_t *ids, size_t count, uint32_t width, float *sums)
{
    for (uint32_t k = 0; k < width; k++)
        sums[k] = 0;
    for (size_t j = 0; j < count; j++) {
        const float *of = table + (size_t)ids[j] * 2 * width;
        __builtin_prefetch(table + (size_t)ids[j + CORPUS_AHEAD] * 2 * width);
        for (uint32_t k = 0; k < width; k++)
            sums[k] += of[k];
    }
}

static inline void add_row(float *table, const uint32_t *ids, size_t count, uint32_t width, const float *steps)
{
    for (size_t j = 0; j < count; j++) {
        float *of = table + (size_t)ids[j] * 2 * width;
        for (uint32_t k = 0; k < width; k++)
            of[k] += steps[k] * of[width + k];
    }
}

static inline void sum_known(const struct solve *solve, const float *row, uint32_t width, float *sums)
{
    for (uint32_t d = 0; d < solve->corpus->known; d++)
        for (uint32_t k = 0; k < width; k++)
            sums[k] += row[d] * solve->known[d * width + k];
}

static inline void add_known(const struct solve *solve, const float *row, uint32_t width, const float *steps)
{
    for (uint32_t d = 0; d < solve->corpus->known; d++)
        for (uint32_t k = 0; k < width; k++)
            solve->known[d * width + k] += row[d] * steps[k];
}

static inline void visit(struct solve *solve, size_t i, uint32_t width)
{
    size_t count = 0;
    size_t row = solve->rows[i];
    const uint32_t *ids = ids_of(solve->corpus, row, &count);
    float norm = solve->corpus->norms[row];
    float sums[BLOCK];
    float steps[BLOCK];
    float most = 0; /* that a margin moved */
    const float *known = solve->corpus->sums + row * solve->corpus->known;
    sum_row(solve->table, ids, count, width, sums);
    for (uint32_t k = 0; k < width; k++)
        sums[k] = sums[k] * norm + solve->bias[k];
    sum_known(solve, known, width, sums);
    for (uint32_t k = 0; k < width; k++) {
        bool in = inside(solve, row, k);
        float y = in ? 1 : -1;
        float margin = sums[k];
        float *dual = &solve->dual[i * width + k];
        float ridge = 0.5F / (solve->cost[in][k] * solve->corpus->weights[row]);
        float slope = y * margin - 1 + *dual * ridge;
        float next = MAX(*dual - slope / (solve->curve[i * width + k] + ridge), 0);
        float step = (next - *dual) * y;
        *dual = next;
        solve->bias[k] += step;
        steps[k] = step;
        most = MAX(most, fabsf(step) * solve->curve[i * width + k]);
    }
    if (most < CALM)
        solve->rest[i] = REST;
    if (most < 1e-6F)
        return;
    add_known(solve, known, width, steps);
    for (uint32_t k = 0; k < width; k++)
        steps[k] *= norm;
    add_row(solve->table, ids, count, width, steps);
}

static inline void walk(struct solve *solve, const uint32_t *order, uint32_t width)
{
    for (size_t i = 0; i < solve->count; i++) {
        if (solve->rest[order[i]] > 0)
            solve->rest[order[i]]--;
        else
            visit(solve, order[i], width);
    }
}

/* The usual widths as constants: the loops over outputs become a few vector instructions. */
static void walk_once(struct solve *solve, const uint32_t *order)
{
    switch (solve->width) {
    case 1:
        walk(solve, order, 1);
        break;
    case 4:
        walk(solve, order, 4);
        break;
    case 8:
        walk(solve, order, 8);
        break;
    case 12:
        walk(solve, order, 12);
        break;
    default:
        walk(solve, order, BLOCK);
    }
}

static void measure_rows(struct solve *solve)
{
    for (size_t i = 0; i < solve->count; i++) {
        size_t count = 0;
        size_t row = solve->rows[i];
        const uint32_t *ids = ids_of(solve->corpus, row, &count);
        float *curve = solve->curve + i * solve->width;
        sum_row(solve->table + solve->width, ids, count, solve->width, curve);
        float rest = 1; /* the bias */
        for (uint32_t d = 0; d < solve->corpus->known; d++)
            rest += solve->corpus->sums[row * solve->corpus->known + d] *
                    solve->corpus->sums[row * solve->corpus->known + d];
        for (uint32_t k = 0; k < solve->width; k++)
            curve[k] = curve[k] * solve->corpus->norms[row] * solve->corpus->norms[row] + rest;
    }
}

static bool solve_block(struct solve *solve)
{
    g_autofree uint32_t *order = g_new0(uint32_t, solve->count + 1);
    uint64_t state = solve->settings->seed;
    weigh_features(solve);
    measure_rows(solve);
    for (size_t i = 0; i < solve->count; i++)
        order[i] = (uint32_t)i;
    for (int epoch = 0; epoch < solve->settings->epochs; epoch++) {
        if (solve->settings->cancel != NULL && g_atomic_int_get(solve->settings->cancel) != 0)
            return false;
        random_shuffle(&state, order, solve->count);
        walk_once(solve, order);
        if (solve->settings->tick != NULL)
            solve->settings->tick(solve->settings->data);
    }
    return true;
}

static void take_block(struct linear *linear, const struct solve *solve, uint32_t outputs)
{
    for (size_t j = 0; j < solve->corpus->features; j++)
        memcpy(linear->weights + j * linear->stride + solve->from, solve->table + j * 2 * solve->width,
               outputs * sizeof(float));
    memcpy(linear->bias + solve->from, solve->bias, outputs * sizeof(float));
    for (uint32_t d = 0; d < solve->corpus->known; d++)
        memcpy(linear->known + (size_t)d * linear->outputs + solve->from, solve->known + (size_t)d * solve->width,
               outputs * sizeof(float));
}

void linear_init(struct linear *linear, const struct corpus *corpus)
{
    uint32_t outputs = solver_outputs(corpus);
    *linear = (struct linear){.outputs = outputs, .stride = outputs};
    linear->weights = g_new0(float, (size_t)corpus->features *outputs + 1);
    linear->bias = g_new0(float, outputs);
    linear->known = g_new0(float, corpus->known *outputs + 1);
}

static void blend(float *to, float share, const float *other, float other_share, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = share * to[i] + other_share * other[i];
}

void linear_blend(struct linear *linear, float share, const struct linear *other, float other_share,
                  const struct corpus *corpus)
{
    blend(linear->weights, share, other->weights, other_share, (size_t)corpus->features * linear->stride);
    blend(linear->bias, share, other->bias, other_share, linear->outputs);
    blend(linear->known, share, other->known, other_share, (size_t)corpus->known * linear->outputs);
}

bool solver_run(struct linear *linear, const struct corpus *corpus, const uint32_t *rows, size_t count,
                const struct solver_settings *settings)
{
    linear_init(linear, corpus);
    uint32_t outputs = linear->outputs;
    bool done = true;
    for (uint32_t from = 0; done && from < outputs; from += BLOCK) {
        uint32_t here = MIN(outputs - from, BLOCK);
        uint32_t width = here == 1 ? 1 : (here + 3) / 4 * 4;
        g_autofree float *table = g_new0(float, (size_t)corpus->features * 2 * width + 1);
        g_autofree float *dual = g_new0(float, count *width + 1);
        g_autofree float *curve = g_new0(float, count *width + 1);
        g_autofree float *known = g_new0(float, (size_t)corpus->known *width + 1);
        g_autofree uint8_t *rest = g_new0(uint8_t, count + 1);
        struct solve solve = {.linear = linear,
                              .corpus = corpus,
                              .rows = rows,
                              .count = count,
                              .settings = settings,
                              .from = from,
                              .width = width,
                              .table = table,
                              .dual = dual,
                              .curve = curve,
                              .rest = rest,
                              .known = known};
        done = solve_block(&solve);
        if (done)
            take_block(linear, &solve, here);
    }
    return done;
}

void linear_clear(struct linear *linear)
{
    g_clear_pointer(&linear->weights, g_free);
    g_clear_pointer(&linear->bias, g_free);
    g_clear_pointer(&linear->known, g_free);
}

void linear_margins(const struct linear *linear, const struct corpus *corpus, size_t row, float *margins)
{
    size_t count = 0;
    const uint32_t *ids = ids_of(corpus, row, &count);
    for (uint32_t k = 0; k < linear->outputs; k++)
        margins[k] = 0;
    for (size_t j = 0; j < count; j++)
        for (uint32_t k = 0; k < linear->outputs; k++)
            margins[k] += linear->weights[(size_t)ids[j] * linear->stride + k];
    for (uint32_t k = 0; k < linear->outputs; k++)
        margins[k] = margins[k] * corpus->norms[row] + linear->bias[k];
    for (uint32_t d = 0; d < corpus->known; d++)
        for (uint32_t k = 0; k < linear->outputs; k++)
            margins[k] += corpus->sums[row * corpus->known + d] * linear->known[d * linear->outputs + k];
}

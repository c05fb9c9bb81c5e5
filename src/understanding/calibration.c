#include "understanding/calibration.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define ROUNDS 40
#define RIDGE 1.0 /* on shifts and on the slope's distance from 1: as if that many rows spoke for 0 */
#define SLOPE_LEAST 0.02
#define SLOPE_MOST 50.0
#define BALANCE_MOST 12 /* steps to either side */
#define BALANCE_STEP 0.1F
#define BALANCE_PRICE 0.0004 /* macro-F1 a step must bring, times labels */

void calibration_init(struct calibration *calibration, size_t labels)
{
    *calibration = (struct calibration){
        .labels = labels, .slope = 1, .shift = g_new0(float, labels), .balance = g_new0(float, labels)};
}

void calibration_clear(struct calibration *calibration)
{
    g_clear_pointer(&calibration->shift, g_free);
    g_clear_pointer(&calibration->balance, g_free);
}

/* Replaces out by the probabilities of one row. */
static void probabilities(const struct calibration *calibration, const float *margins, float *out)
{
    float most = -INFINITY;
    float sum = 0;
    for (size_t k = 0; k < calibration->labels; k++) {
        out[k] = calibration->slope * margins[k] + calibration->shift[k];
        most = MAX(most, out[k]);
    }
    for (size_t k = 0; k < calibration->labels; k++)
        sum += out[k] = expf(out[k] - most);
    for (size_t k = 0; k < calibration->labels; k++)
        out[k] /= sum;
}

/* The loss, and where Newton's method with the diagonal of the curvature would go: a step for each shift, then one for
 * the slope. */
static double measure(const struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows,
                      double *steps)
{
    size_t count = calibration->labels;
    g_autofree float *p = g_new(float, count);
    g_autofree double *curve = g_new0(double, count + 1);
    double loss = RIDGE / 2 * pow(calibration->slope - 1, 2);
    memset(steps, 0, (count + 1) * sizeof *steps);
    for (size_t i = 0; i < rows; i++) {
        const float *m = margins + i * count;
        double mean = 0;
        double square = 0;
        probabilities(calibration, m, p);
        loss -= log(MAX((double)p[labels[i]], 1e-30));
        for (size_t k = 0; k < count; k++) {
            double miss = p[k] - (labels[i] == k);
            steps[k] += miss;
            curve[k] += p[k] * (1 - p[k]);
            steps[count] += miss * m[k];
            mean += p[k] * m[k];
            square += p[k] * m[k] * m[k];
        }
        curve[count] += square - mean * mean;
    }
    for (size_t k = 0; k < count; k++) {
        loss += RIDGE / 2 * calibration->shift[k] * calibration->shift[k];
        steps[k] = (steps[k] + RIDGE * calibration->shift[k]) / (curve[k] + RIDGE);
    }
    steps[count] = (steps[count] + RIDGE * (calibration->slope - 1)) / (curve[count] + RIDGE);
    return loss;
}

/* From where it was, so much of the steps. */
static void move(struct calibration *calibration, float slope, const float *shift, const double *steps, double share)
{
    size_t count = calibration->labels;
    for (size_t k = 0; k < count; k++)
        calibration->shift[k] = (float)(shift[k] - share * steps[k]);
    calibration->slope = (float)CLAMP(slope - share * steps[count], SLOPE_LEAST, SLOPE_MOST);
}

/* Counts of a choice: of label k chosen rightly, chosen, there. */
struct counts {
    size_t *right, *said, *there;
    size_t rows, labels, present;
};

static double macro_f1(const struct counts *counts)
{
    double sum = 0;
    for (size_t k = 0; k < counts->labels; k++)
        if (counts->there[k] > 0)
            sum += 2.0 * (double)counts->right[k] / (double)(counts->said[k] + counts->there[k]);
    return counts->present == 0 ? 0 : sum / (double)counts->present;
}

static void count(struct counts *counts, const float *logits, const float *balance, const uint16_t *labels)
{
    memset(counts->right, 0, counts->labels * sizeof(size_t));
    memset(counts->said, 0, counts->labels * sizeof(size_t));
    for (size_t i = 0; i < counts->rows; i++) {
        const float *of = logits + i * counts->labels;
        size_t best = 0;
        for (size_t k = 1; k < counts->labels; k++)
            if (of[k] + balance[k] > of[best] + balance[best])
                best = k;
        counts->said[best]++;
        counts->right[best] += best == labels[i];
    }
}

/* The best place of one label's balance, the others staying. True when it moved. */
static bool balance_label(struct calibration *calibration, size_t k, struct counts *counts, const float *logits,
                          const uint16_t *labels)
{
    float before = calibration->balance[k];
    float best = before;
    double most = -INFINITY;
    double price = BALANCE_PRICE / (double)MAX(counts->labels, 2) * 2;
    for (int step = -BALANCE_MOST; step <= BALANCE_MOST; step++) {
        calibration->balance[k] = (float)step * BALANCE_STEP;
        count(counts, logits, calibration->balance, labels);
        double value = macro_f1(counts) - price * abs(step);
        if (value > most + 1e-9) {
            most = value;
            best = calibration->balance[k];
        }
    }
    calibration->balance[k] = best;
    return best != before;
}

static void balance(struct calibration *calibration, struct counts *counts, const float *logits, const uint16_t *labels)
{
    bool moved = counts->present > 1;
    for (int round = 0; round < 3 && moved; round++) {
        moved = false;
        for (size_t k = 0; k < calibration->labels; k++)
            moved = balance_label(calibration, k, counts, logits, labels) || moved;
    }
}

void calibration_scale(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows)
{
    size_t count = calibration->labels;
    float slope = calibration->slope;
    double share = 0.5;
    double least = INFINITY;
    g_autofree float *shift = g_memdup2(calibration->shift, count * sizeof *shift);
    g_autofree double *steps = g_new0(double, count + 1); /* from slope and shift, the best so far */
    g_autofree double *here = g_new(double, count + 1);
    for (int round = 0; round < ROUNDS; round++) {
        double loss = measure(calibration, margins, labels, rows, here);
        if (loss <= least) {
            least = loss;
            slope = calibration->slope;
            memcpy(shift, calibration->shift, count * sizeof *shift);
            memcpy(steps, here, (count + 1) * sizeof *steps);
            share = MIN(share * 1.5, 1);
        } else { /* too far: the diagonal is not all of the curvature */
            share /= 3;
        }
        move(calibration, slope, shift, steps, share);
    }
    move(calibration, slope, shift, steps, 0);
}

void calibration_fit(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows)
{
    size_t many = calibration->labels;
    g_autofree float *logits = g_new0(float, rows *many + 1);
    g_autofree size_t *sums = g_new0(size_t, 3 * many);
    struct counts counts = {sums, sums + many, sums + 2 * many, rows, many, 0};
    calibration_scale(calibration, margins, labels, rows);
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < many; k++)
            logits[i * many + k] = calibration->slope * margins[i * many + k] + calibration->shift[k];
        counts.there[labels[i]]++;
    }
    for (size_t k = 0; k < many; k++)
        counts.present += counts.there[k] > 0;
    balance(calibration, &counts, logits, labels);
    count(&counts, logits, calibration->balance, labels);
    size_t right = 0;
    for (size_t k = 0; k < many; k++)
        right += counts.right[k];
    calibration->accuracy = rows == 0 ? 0 : (double)right / (double)rows;
    calibration->macro_f1 = macro_f1(&counts);
}

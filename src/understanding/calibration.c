#include "understanding/calibration.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define ROUNDS 40
#define RIDGE 1.0       /* on shifts and on the slope's distance from 1: as if that many rows spoke for 0 */
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

/* One step of Newton's method with the diagonal of the curvature. */
static void improve(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows)
{
    size_t count = calibration->labels;
    g_autofree float *p = g_new(float, count);
    g_autofree double *down = g_new0(double, count);
    g_autofree double *curve = g_new0(double, count);
    double slope_down = RIDGE * (calibration->slope - 1);
    double slope_curve = RIDGE;
    for (size_t i = 0; i < rows; i++) {
        const float *m = margins + i * count;
        double mean = 0;
        double square = 0;
        probabilities(calibration, m, p);
        for (size_t k = 0; k < count; k++) {
            double miss = p[k] - (labels[i] == k);
            down[k] += miss;
            curve[k] += p[k] * (1 - p[k]);
            slope_down += miss * m[k];
            mean += p[k] * m[k];
            square += p[k] * m[k] * m[k];
        }
        slope_curve += square - mean * mean;
    }
    for (size_t k = 0; k < count; k++)
        calibration->shift[k] -= (float)(0.5 * (down[k] + RIDGE * calibration->shift[k]) / (curve[k] + RIDGE));
    calibration->slope -= (float)(0.5 * slope_down / slope_curve);
    calibration->slope = CLAMP(calibration->slope, 0.1F, 20);
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

void calibration_fit(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows)
{
    size_t many = calibration->labels;
    g_autofree float *logits = g_new(float, rows *many + 1);
    g_autofree size_t *sums = g_new0(size_t, 3 * many);
    struct counts counts = {sums, sums + many, sums + 2 * many, rows, many, 0};
    for (int round = 0; round < ROUNDS; round++)
        improve(calibration, margins, labels, rows);
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

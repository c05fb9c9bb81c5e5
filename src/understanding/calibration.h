/* calibration.h - from margins to probabilities that mean what they say, and to the choice that balances the labels.
 *
 * Both are fitted to the margins of examples that were held back when the margins' model was learned. Private to
 * learning; any thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct calibration {
    size_t labels;
    float slope;               /* probabilities = softmax(slope · margin + shift) */
    float *shift;              /* labels */
    float *balance;            /* labels: added to the logarithm of the probabilities before the highest is chosen */
    double accuracy, macro_f1; /* of that choice on the examples it was fitted to */
};
/* Slope 1, all else 0. */
void calibration_init(struct calibration *calibration, size_t labels);
void calibration_clear(struct calibration *calibration);

/* Slope and shift alone, as calibration_fit finds them. */
void calibration_scale(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows);

/* margins: rows × labels. Slope and shift by Newton's method on the likelihood (Platt's scaling for many labels), then
 * balance for the macro-F1, each step of it paid for, so that little evidence moves little. */
void calibration_fit(struct calibration *calibration, const float *margins, const uint16_t *labels, size_t rows);

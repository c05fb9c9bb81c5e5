/* softmax.h - a second opinion on the labels of a corpus: a softmax that learns with a third of each text hidden.
 *
 * It walks the rows a few times (AdaGrad; Duchi et al. 2011); each time every feature is left out with probability 0.3
 * (dropout; Srivastava et al. 2014), so no feature leans on another; a feature's input is how much it tells the labels
 * apart (solver.h's log ratios, the highest over the labels). Its errors are other errors than the solver's: their sum
 * is better than either. Linear as well, so the sum is one table. Private to learning; used by one thread. */
#pragma once
#include "understanding/solver.h"

/* Learns from the given rows: settings' epochs; cost is not used. False when it was cancelled. linear_clear after
 * either outcome. */
bool softmax_run(struct linear *linear, const struct corpus *corpus, const uint32_t *rows, size_t count,
                 const struct solver_settings *settings);

/* model_writer.h - puts what was learned into a model file. Private to learning. */
#pragma once
#include "understanding/calibration.h"
#include "understanding/solver.h"

/* One task as learned. */
struct learned {
    const char *task;
    const GPtrArray *labels; /* of char * */
    size_t rows;
    const struct linear *linear;
    const struct calibration *calibration;
};

/* A model of these tasks, whose outputs are all over the same features; features without weight are left out.
 * keys: of a feature. TOO_LARGE beyond LIMIT_MODEL. g_bytes_unref. */
GBytes *model_write(const char *recipe, const struct learned *tasks, size_t count, const uint32_t *keys,
                    uint32_t features, GError **error);

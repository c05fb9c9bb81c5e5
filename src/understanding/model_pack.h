/* model_pack.h - several models in one file, small enough to be carried about: for the model inside the program.
 * Private to learning. */
#pragma once
#include "understanding/model.h"

/* All tasks of all models over one table, in their order; of the features only the `most` that weigh most. Features
 * that are left out weigh nothing from then on. g_bytes_unref; TOO_LARGE beyond LIMIT_MODEL. */
GBytes *model_pack(struct model *const *models, size_t count, const char *recipe, uint32_t most, GError **error);

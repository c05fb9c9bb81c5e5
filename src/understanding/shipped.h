/* shipped.h - the model inside the program: what a fresh install knows, learned from data/examples when the program was
 * built (make_shipped.c), all tasks of task.def but topic in one file. */
#pragma once
#include "understanding/model.h"

/* model_unref. The bytes are the program's own, nothing is copied. INTERNAL when they are not what was built in: then
 * the program itself is damaged. */
struct model *shipped_model(GError **error);

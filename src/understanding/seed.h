/* seed.h - the shipped examples as one task sees them: lines of tools/examples.py --out with a label each.
 *
 *   data/examples ──examples.py──▶ examples.tsv ─┬─▶ make_shipped: the shipped model
 *                                                └─▶ inside the program: beside the brand's own when it learns again
 *
 * A line: category, sentiment, emotion, urgency, flags, language, frame, text, parted by tabs. Any thread. */
#pragma once
#include "understanding/task.h"
#include "understanding/tsv.h"

struct seeds {
    GPtrArray *lines; /* of char **: the columns */
};

/* BAD_VALUE naming "examples" for a line that is none. seeds_clear after either outcome. */
bool seeds_parse(struct seeds *seeds, const char *bytes, size_t length, GError **error);
/* Those inside the program. */
bool seeds_shipped(struct seeds *seeds, GError **error);
void seeds_clear(struct seeds *seeds);
typedef struct seeds seeds_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(seeds_auto, seeds_clear)

/* Of a task that the seeds have labels for, all but topic: of struct example, borrowed from seeds; g_array_unref. */
GArray *seeds_examples(const struct seeds *seeds, enum task task);

/* example.h - the labelled messages: the list people look through, and taking one out. Made by correction.h. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

struct example_filter { /* NULL = any */
    const char *task, *label, *language;
};

/* Objects of shape Example into an array that is open, newest first; before_id 0: from the newest. *last_id: where the
 * next page begins, 0 = this was the last. */
bool example_list(struct tx *tx, const struct example_filter *filter, int64_t before_id, int64_t limit,
                  struct writer *out, int64_t *last_id, GError **error);

/* The message stays as it was corrected. NOT_FOUND. Audited. */
bool example_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error);

/* outbox_list.h - what waits to go out, or went, for people to look at. What moves it is inbox/outbox.h. */
#pragma once
#include "base/lang.h"
#include "base/writer.h"
#include "store/store.h"

/* Objects of shape OutboxItem into an open array, newest first, below before_id (0 = from the newest). states: names
 * separated by commas, NULL = all; channel_id 0 = all. *last_id: the last one written when there are more, else 0.
 * BAD_VALUE naming state. */
bool outbox_list(struct tx *tx, const char *states, int64_t channel_id, int64_t before_id, int64_t limit,
                 enum lang lang, struct writer *out, int64_t *last_id, GError **error);

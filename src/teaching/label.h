/* label.h - what a person may say of a message: one label a task. */
#pragma once
#include "base/json.h"
#include "store/store.h"

/* said: an object of tasks, each a text, a number or a truth value; null = not said. *labels: a new object task → label
 * text, json_decref; a topic has brought its category along. EMPTY naming "labels", BAD_VALUE naming the task. */
bool label_read(struct tx *tx, const json_t *said, json_t **labels, GError **error);

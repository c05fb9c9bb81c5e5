/* task.h - the questions understanding asks of a message and their answers (task.def), and what else people call them.
 *
 * A task is known by its name, a label by its word: models carry both as text, so that an administrator's own topics
 * and the labels of a foreign file go the same way as ours. All strings here are static. Any thread. */
#pragma once
#include "base/error.h"
#include "base/lang.h"

#include <stddef.h>

enum task {
#define TASK(name, ...) TASK_##name,
#define LABEL(...)
#include "understanding/task.def"
#undef TASK
#undef LABEL
    TASK_COUNT
};
#define TASK_NAME_MAX 64
#define TASK_TOPIC_NONE "none" /* the label of messages that belong to no topic */

const char *task_name(enum task task); /* "needs_answer" */
const char *task_text(enum task task, enum lang lang);
/* TASK_COUNT when it is none of ours. */
enum task task_find(const char *name);

size_t task_label_count(enum task task); /* 0: topic, whose labels only its model knows */
const char *task_label(enum task task, size_t label);
/* What a person reads; the label itself when it is none of ours. */
const char *task_label_text(enum task task, const char *label, enum lang lang);

/* [a-z0-9_-]{1,64}, ours or not; BAD_VALUE about task. */
bool task_name_check(const char *name, GError **error);

/* Do two labels of a task mean the same: equal, or both in one line of the table of aliases (pos, positive; ham, no of
 * spam; fear, afraid)? */
bool task_label_same(const char *task, const char *a, const char *b);

/* Should a predicted label count as another one the data have: complaint counts after_sales, too, where the data only
 * part complaints from the rest. */
bool task_label_within(const char *label, const char *of);

/* model_store.h - the versions of what was learned: which is in use, which were, and asking for another training.
 *
 * A task without an active version is judged by the shipped model. Any version, and the shipped one, may be taken into
 * use by hand. Inside a transaction; changes append understanding.changed and are audited. */
#pragma once
#include "base/lang.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"
#include "understanding/model.h"

/* Objects of shape ModelTask into an array that is open, in the order of task.def. in_use: what judges in this process
 * now. */
bool model_store_list(struct tx *tx, const struct model_set *in_use, enum lang lang, struct writer *out,
                      GError **error);

/* id 0: the shipped one. NOT_FOUND naming "model_id" when there is no such version of the task; BAD_VALUE naming
 * "task". */
bool model_store_use(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, int64_t id,
                     GError **error);

/* Shapes ModelConfusion and ModelMistakeList. NOT_FOUND. */
bool model_store_confusion(struct tx *tx, int64_t id, struct writer *out, GError **error);
bool model_store_mistakes(struct tx *tx, int64_t id, struct writer *out, GError **error);

/* Asks for a training of the task; NULL: of all that have examples of the team's own. BAD_VALUE naming "task";
 * EMPTY naming "examples" when there are none. */
bool model_store_want(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, GError **error);
/* Ends what waits or runs; NULL: all of it. Nothing when nothing does. */
bool model_store_cancel(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *task, GError **error);
/* Shape TrainingList's items into an array that is open. */
bool model_store_runs(struct tx *tx, enum lang lang, struct writer *out, GError **error);

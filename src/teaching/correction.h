/* correction.h - a person says what a message really is: understanding is set right there and then, and learns later.
 *
 *   correction_save ──▶ row of table correction (what was said before, what the person says)
 *                   ──▶ one example a task (what models learn from, or are compared on)
 *                   ──▶ message.assessment, with importance weighed anew; the conversation follows its messages
 *                   ──▶ events message.assessed and conversation.changed
 *
 * A label that confirms what was judged is an example as well. The assessment that a person set right is never judged
 * again by the program. Taking a correction back restores what stood there before and forgets the examples.
 *
 * Inside a writing transaction. Errors: NOT_FOUND for an unknown message, NOT_SUPPORTED naming "message" when no
 * customer wrote it, CONFLICT naming "assessment" when it was never judged; then what each function names. */
#pragma once
#include "base/json.h"
#include "desk/actor.h"
#include "store/store.h"
#include "understanding/importance.h"

/* labels: an object of tasks (task.def), each a text, a number (urgency) or a truth value; null = not said; topic "" =
 * none of them. A topic brings its category along. EMPTY naming "labels" when nothing was said; BAD_VALUE naming the
 * task. weights: those in use. */
bool correction_save(struct tx *tx, const struct actor *actor, const struct importance_weights *weights, int64_t now_ms,
                     int64_t message_id, const json_t *labels, GError **error);

/* Takes everything back that was said of the message; nothing when there is nothing. */
bool correction_withdraw(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t message_id, GError **error);

/* 1 in 5, and always the same for texts that differ in capitals or width only: so near copies are on the same side. */
bool correction_held_back(const char *text);

/* suggest.h - which messages to label next: those the model is least sure of, one of each kind.
 *
 *   last 30 days, not labelled ──▶ probabilities of the categories ──▶ margin of the top two, smallest first
 *                              ──▶ of near copies one ──▶ in turns from every judged category and language
 *
 * A label of such a message teaches more than one of a message the model is sure of. Inside a transaction; looks at
 * 5,000 messages at most, some 10 us each. */
#pragma once
#include "base/writer.h"
#include "store/store.h"
#include "understanding/model.h"

#define SUGGEST_COUNT 50

/* Objects of shape Suggestion into an array that is open. NOT_FOUND naming "category" when no model knows that task. */
bool suggest_list(struct tx *tx, const struct model_set *models, int64_t now_ms, struct writer *out, GError **error);

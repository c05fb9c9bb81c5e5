/* reason.h - saying why: from words that pull and rules that hit to places in the original.
 *
 *   evidence pulls, rule marks ─▶ matches (highlights of the thread), because (the words of each label)
 *
 * Belongs to one thread at a time and is used again for the next message. */
#pragma once
#include "understanding/evidence.h"
#include "understanding/rule_set.h"

struct reasons;
struct reasons *reasons_new(void);
void reasons_free(struct reasons *reasons); /* NULL is fine */

/* normalized and pulls (of struct evidence_pull, gets sorted) are borrowed until the next reasons_begin. */
void reasons_begin(struct reasons *reasons, const struct normalized *normalized, GArray *pulls);
void reasons_add_rule(struct reasons *reasons, const struct rule_mark *marks, uint32_t count);

/* For the labels in out that nothing has been said of yet: the words of the lexicons that speak for them, the strongest
 * first. */
void reasons_tell_words(struct reasons *reasons, struct assessment *out);

/* The strongest words and what rules marked, in order of their place. */
void reasons_tell_matches(struct reasons *reasons, enum lexicon_category category, struct assessment *out);

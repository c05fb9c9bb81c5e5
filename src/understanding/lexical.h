/* lexical.h - what the lexicons (data/lexicon) make of a text, as features for the learned models.
 *
 * A word that was in no example still counts when the lexicons know it: how good and how bad the words are in sum, how
 * many there are of either kind, which comes first and last, the strongest; words of each category, emotion and flag,
 * of urgency, of what is grave; what emoji and emoticon codes mean. Negations before a word turn it (negation.h).
 * Private to feature.c; one thread's at a time. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define LEXICAL_MOST 64

struct lexical;
struct lexical *lexical_new(void); /* the lexicons inside the program, compiled at the first call */
void lexical_free(struct lexical *lexical);

/* Hashes of the features of a folded text that ends in NUL; how many. About a microsecond a post. */
size_t lexical_read(struct lexical *lexical, const char *folded, size_t length, uint32_t hashes[LEXICAL_MOST]);

/* pattern.h - regular expressions of rules: thousands in one pass, in linear time whatever the text (Vectorscan).
 *
 * The syntax is PCRE's without what cannot be done in linear time: no back references, no look-ahead and look-behind,
 * no atomic groups; such a pattern is refused with a message that says so, and one that would match nothing at all, or
 * that is too large, too. Texts are folded (base/fold.h), so a pattern is: traditional characters in it become
 * simplified, full width becomes half, and capitals do not matter. \w, \d and \b know a to z and digits, so that
 * \brefund\b is found between Chinese characters; \p{Han} and \p{L} know the rest.
 *
 * Compiled patterns are immutable and shared by all threads; a scratch is one thread's at a time. */
#pragma once
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct pattern_set;
struct pattern_scratch;

struct pattern_hit {
    uint32_t begin, end; /* bytes of the folded text */
    uint32_t pattern;    /* its place in the list that was compiled */
};
#define PATTERN_HITS 16 /* of one pattern in one text; what comes after is not told */

/* Can it be compiled? BAD_VALUE or TOO_LONG about "pattern", in words. Some 0.1 ms. */
bool pattern_check(const char *pattern, GError **error);

/* BAD_VALUE about "pattern" when one cannot be compiled, with its place in *wrong; TOO_LARGE when they are too much
 * together. Some 0.1 ms a pattern. pattern_set_free. */
struct pattern_set *pattern_set_new(const char *const *patterns, size_t count, size_t *wrong, GError **error);
void pattern_set_free(struct pattern_set *set);

struct pattern_scratch *pattern_scratch_new(const struct pattern_set *set);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* Adds to hits (of struct pattern_hit) what is found, of stretches that begin at the same place the longest. */
void pattern_run(const struct pattern_set *set, struct pattern_scratch *scratch, const char *text, size_t length,
                 GArray *hits);

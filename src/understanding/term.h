/* term.h - which entry of a list stands at a place of a text: the longest one. For entities and obfuscation.
 *
 * Entries are folded, at least three bytes, and come before the first search. An entry that begins or ends in a letter
 * or digit of a script with blanks is found only where a word begins or ends. Immutable after term_set_finish, then
 * any thread. Unlike match.h it is asked place by place, by who walks over a text anyway: some 3 ns a place. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct term_set;
struct term_set *term_set_new(void);
void term_set_free(struct term_set *set);

/* Folds text. An entry that is there already keeps its first value; one shorter than three bytes is left out. */
void term_set_add(struct term_set *set, const char *text, int32_t value);
void term_set_finish(struct term_set *set);

/* The value of the longest entry at byte `at` and *end behind it; -1 when there is none. text ends in NUL. */
int32_t term_find(const struct term_set *set, const char *text, size_t at, size_t *end);

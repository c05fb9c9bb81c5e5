/* match.h - finds tens of thousands of keywords in one pass over a text: a tree of their bytes.
 *
 * Keywords and text are folded before they come here. A keyword that begins or ends in a letter or digit of a
 * script with blanks is found only as a whole word ("ai" is not in "email"); one of Chinese is found anywhere.
 * Compiled keywords are immutable and shared by all threads; a scratch is one thread's at a time. */
#pragma once
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct match;
struct match_scratch;

struct match_keyword {
    const char *text; /* folded, not empty, at most MATCH_KEYWORD bytes */
    bool stem;        /* its end is open: disappoint finds disappointed */
    bool anywhere;    /* inside words, too: pen finds open */
};
#define MATCH_KEYWORD 128

struct match_hit {
    uint32_t begin, end; /* bytes of the folded text */
    uint32_t keyword;    /* its place in the list that was compiled */
};

/* Takes some 20 ms for 20,000 keywords; they may stand in the list twice. INTERNAL when one is empty or too long. Free
 * with match_free. */
struct match *match_new(const struct match_keyword *keywords, size_t count, GError **error);
void match_free(struct match *match);

struct match_scratch *match_scratch_new(const struct match *match);
void match_scratch_free(struct match_scratch *scratch);

/* Replaces hits (of struct match_hit) by all that is found, overlapping ones too: by begin, longer ones first.
 * text is valid UTF-8 and ends in NUL. A few microseconds a post. */
void match_run(const struct match *match, struct match_scratch *scratch, const char *text, size_t length, GArray *hits);

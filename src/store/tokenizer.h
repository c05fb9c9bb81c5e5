/* tokenizer.h - text → the tokens that the search index holds, for FTS5 and for our own scan alike.
 *
 *   folded text ──tokenizer_run──▶ tokens ──▶ FTS5 (documents), search_query.c (queries, highlights, scan)
 *
 * Scripts written without blanks give overlapping pairs and the last character by itself, so that any two
 * characters that stand side by side are one token and every character begins one: 退款中 → 退款 款中 中.
 * Letters and digits give words (cut at TOKENIZER_WORD bytes), an emoji is a word, all else parts.
 * FTS5's own trigram tokenizer finds nothing for a word of two characters and says nothing about it. */
#pragma once
#include "base/error.h"

#include <sqlite3.h>
#include <stddef.h>

#define TOKENIZER_WORD 64 /* longer words are kept by their begin */

struct token {
    const char *text; /* not terminated; lies in the folded text */
    size_t length;
    size_t begin, end; /* what it covers of the folded text: a cut word counts whole */
    bool cjk;
    bool tail; /* the last single character of a CJK run */
    bool lone; /* … of a run of one */
};

/* Calls take for each token of folded text, in order; stops when it returns non-zero and returns that. */
int tokenizer_run(const char *folded, size_t length, int (*take)(void *data, const struct token *token), void *data);

/* Makes tokenize='huiyin' known to a connection. Documents are folded and cut as above; the text of a MATCH
 * must be tokens already, parted by one blank, as search_query.c writes them. */
bool tokenizer_register(sqlite3 *db, GError **error);

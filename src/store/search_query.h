/* search_query.h - what a person typed into the search box, understood once.
 *
 *   typed text ──search_query_parse──▶ query ──▶ search_index_find (the index)
 *                                            ├─▶ search_query_matches (a message not yet indexed)
 *                                            └─▶ search_query_highlight (what to paint)
 *
 * Words stand for themselves and must all be there; a run of Chinese is found where its characters stand side by
 * side; "…" (also “…”, 「…」) is found word after word; word* is a begin of words. One Chinese character
 * finds every text that has it. Capitals, full width, traditional or simplified make no difference. Whatever else
 * is typed (quotes left open, AND, -, brackets) is text or nothing, never an error.
 * The three ways of looking agree with one another. A query is immutable: any thread. */
#pragma once
#include "base/error.h"

struct search_query;

/* TOO_LONG naming "q" above LIMIT_QUERY bytes; nothing else fails. Free with search_query_free. */
struct search_query *search_query_parse(const char *text, GError **error);
void search_query_free(struct search_query *query);
typedef struct search_query search_query_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(search_query_auto, search_query_free) /* g_autoptr(search_query_auto) */

/* True when there is no word in it: it finds nothing. */
bool search_query_is_empty(const struct search_query *query);

/* The FTS5 expression, for tables with tokenize='huiyin'. Borrowed; "" for an empty query. */
const char *search_query_expression(const struct search_query *query);

/* Whether a text would be found. O(text). */
bool search_query_matches(const struct search_query *query, const char *text);

struct search_range {
    int begin, end; /* UTF-16 units of the original text */
};
#define SEARCH_QUERY_RANGES 100 /* at most so many in one text: the first ones */

/* Where the words of the query stand in a text, in order, without overlap. Of struct search_range; g_array_unref. */
GArray *search_query_highlight(const struct search_query *query, const char *text);

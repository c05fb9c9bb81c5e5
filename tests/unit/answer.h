/* answer.h - is an answer exactly what shapes.def promises: every declared field there and of its type, nothing else.
 */
#pragma once
#include "base/json.h"

/* Asserts; free with json_decref. text is one JSON value. */
json_t *answer_expect(const char *shape, const char *text);
/* The same for a list of them, as the items of a page. */
json_t *answer_expect_list(const char *shape, const char *text);

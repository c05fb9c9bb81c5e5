/* query.h - the text of a request taken apart: escapes, query strings, cookies.
 * Pure functions over bytes from the network (tests/fuzz/http_query.c). Any thread. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/* "%E4%BD%A0+x" → "你 x" (plus: + is a blank). NULL when an escape is broken or the result holds a NUL or is not
 * UTF-8. g_free. */
char *query_decode(const char *text, size_t length, bool plus);

/* The first value of name in "a=1&b=2", decoded; NULL when absent or not decodable. g_free. */
char *query_get(const char *query, const char *name);

/* Every value of name that can be decoded, in order, NULL-terminated. g_strfreev. */
char **query_get_all(const char *query, const char *name);

/* A cookie's value out of a Cookie header, without quotes around it, undecoded; NULL when absent. g_free. */
char *query_cookie(const char *header, const char *name);

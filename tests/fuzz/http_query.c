/* Escapes, query strings and cookies taken apart: what is decoded is UTF-8 without NUL, and encoding it again and
 * decoding that gives the same. */
#include "http/query.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *decoded = query_decode((const char *)data, size, true);
    if (decoded != NULL) {
        g_assert_true(g_utf8_validate(decoded, -1, NULL));
        g_autofree char *encoded = g_uri_escape_string(decoded, NULL, false);
        g_autofree char *again = query_decode(encoded, strlen(encoded), true);
        g_assert_cmpstr(again, ==, decoded);
    }
    g_autofree char *value = query_get(text, "a");
    g_auto(GStrv) values = query_get_all(text, "a");
    if (value != NULL)
        g_assert_cmpstr(values[0], ==, value);
    g_autofree char *cookie = query_cookie(text, "huiyin");
    g_assert_true(cookie == NULL || strlen(cookie) <= size);
    return 0;
}

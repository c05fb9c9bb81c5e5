/* cursor.h - where a page of a list begins, as text that nobody outside should look into. Pure; any thread. */
#pragma once
#include "base/error.h"

#include <stdint.h>

/* base64url of the list's name and the keys. g_free. */
char *cursor_format(const char *list, const int64_t *keys, unsigned count);

/* BAD_CURSOR when it is not one of this list with that many keys. */
bool cursor_parse(const char *list, const char *cursor, int64_t *keys, unsigned count, GError **error);

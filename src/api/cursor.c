#include "api/cursor.h"

#include <string.h>

char *cursor_format(const char *list, const int64_t *keys, unsigned count)
{
    GString *text = g_string_new(list);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, ":%" G_GINT64_FORMAT, keys[i]);
    char *cursor = g_base64_encode((const guchar *)text->str, text->len);
    g_string_free(text, TRUE);
    g_strdelimit(cursor, "+", '-');
    g_strdelimit(cursor, "/", '_');
    cursor[strcspn(cursor, "=")] = '\0';
    return cursor;
}

static char *decode(const char *cursor)
{
    enum { MOST = 400 };
    gsize length;
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (strlen(cursor) > MOST || cursor[strspn(cursor, LETTERS)] != '\0')
        return NULL;
    GString *text = g_string_new(cursor);
    g_strdelimit(text->str, "-", '+');
    g_strdelimit(text->str, "_", '/');
    while (text->len % 4 != 0)
        g_string_append_c(text, '=');
    g_autofree guchar *bytes = g_base64_decode(text->str, &length);
    g_string_free(text, TRUE);
    return memchr(bytes, '\0', length) == NULL ? g_strndup((const char *)bytes, length) : NULL;
}

bool cursor_parse(const char *list, const char *cursor, int64_t *keys, unsigned count, GError **error)
{
    g_autofree char *text = decode(cursor);
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ":", -1);
    bool ok = g_strv_length(parts) == count + 1 && strcmp(parts[0], list) == 0;
    for (unsigned i = 0; ok && i < count; i++)
        ok = g_ascii_string_to_signed(parts[i + 1], 10, G_MININT64, G_MAXINT64, keys + i, NULL);
    if (!ok)
        error_set(error, HY_ERROR_BAD_CURSOR, "cursor", "not a cursor of %s", list);
    return ok;
}

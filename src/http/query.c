#include "http/query.h"

#include <string.h>

char *query_decode(const char *text, size_t length, bool plus)
{
    g_autofree char *out = g_malloc(length + 1);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            if (length - i < 3 || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                return NULL;
            c = (char)(g_ascii_xdigit_value(text[i + 1]) << 4 | g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return NULL;
        out[n++] = c;
    }
    out[n] = '\0';
    return g_utf8_validate_len(out, n, NULL) ? g_steal_pointer(&out) : NULL;
}

/* The next "name=value" from *at on. False at the end. */
static bool next_pair(const char **at, const char **name, size_t *name_length, const char **value, size_t *value_length)
{
    while (**at == '&')
        ++*at;
    if (**at == '\0')
        return false;
    size_t length = strcspn(*at, "&");
    const char *equals = memchr(*at, '=', length);
    *name = *at;
    *name_length = equals ? (size_t)(equals - *at) : length;
    *value = equals ? equals + 1 : *at + length;
    *value_length = length - (size_t)(*value - *at);
    *at += length;
    return true;
}

static bool is_named(const char *text, size_t length, const char *name)
{
    if (length == strlen(name) && memcmp(text, name, length) == 0)
        return true;
    if (memchr(text, '%', length) == NULL && memchr(text, '+', length) == NULL)
        return false;
    g_autofree char *decoded = query_decode(text, length, true);
    return g_strcmp0(decoded, name) == 0;
}

char *query_get(const char *query, const char *name)
{
    const char *key, *value;
    size_t key_length, value_length;
    while (next_pair(&query, &key, &key_length, &value, &value_length))
        if (is_named(key, key_length, name))
            return query_decode(value, value_length, true);
    return NULL;
}

char **query_get_all(const char *query, const char *name)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    const char *key, *value;
    size_t key_length, value_length;
    while (next_pair(&query, &key, &key_length, &value, &value_length)) {
        if (!is_named(key, key_length, name))
            continue;
        g_autofree char *decoded = query_decode(value, value_length, true);
        if (decoded != NULL)
            g_strv_builder_add(all, decoded);
    }
    return g_strv_builder_end(all);
}

char *query_cookie(const char *header, const char *name)
{
    size_t wanted = strlen(name);
    for (const char *at = header; *at != '\0';) {
        at += strspn(at, " \t;");
        size_t length = strcspn(at, ";");
        if (length > wanted && at[wanted] == '=' && memcmp(at, name, wanted) == 0) {
            const char *value = at + wanted + 1;
            size_t left = length - wanted - 1;
            while (left > 0 && (value[left - 1] == ' ' || value[left - 1] == '\t'))
                left--;
            if (left >= 2 && value[0] == '"' && value[left - 1] == '"')
                return g_strndup(value + 1, left - 2);
            return g_strndup(value, left);
        }
        at += length;
    }
    return NULL;
}

#include "inbox/bounded.h"

#include "base/json.h"
#include "base/limit.h"

#include <string.h>

static bool is_character_start(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

size_t bounded_cut(const char *text, size_t length, size_t max)
{
    if (length <= max)
        return length;
    while (max > 0 && !is_character_start(text[max]))
        max--;
    return max;
}

char *bounded_text(const char *text, size_t max, const char *mark)
{
    if (text == NULL)
        return NULL;
    size_t length = strlen(text);
    size_t kept = bounded_cut(text, length, max);
    g_autofree char *whole = kept < length ? g_strdup_printf("%.*s%s", (int)kept, text, mark) : g_strdup(text);
    if (g_utf8_validate(whole, -1, NULL))
        return g_steal_pointer(&whole);
    return g_utf8_make_valid(whole, -1);
}

char *bounded_id(const char *id)
{
    if (id == NULL || *id == '\0')
        return NULL;
    if (strlen(id) <= LIMIT_NATIVE_ID && g_utf8_validate(id, -1, NULL))
        return g_strdup(id);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
    return g_strconcat("sha256:", digest, NULL);
}

char *bounded_json(const char *json)
{
    return json != NULL && strlen(json) <= LIMIT_RAW_PAYLOAD && g_utf8_validate(json, -1, NULL) ? g_strdup(json) : NULL;
}

char *bounded_media(const char *media)
{
    g_autofree char *json = bounded_json(media);
    if (json == NULL)
        return g_strdup("[]");
    if (strlen(json) < 2048)
        return g_steal_pointer(&json);
    json_auto_t *list = json_parse(json, strlen(json), NULL);
    while (json_array_size(list) > LIMIT_MEDIA)
        json_array_remove(list, json_array_size(list) - 1);
    return json_is_array(list) ? json_format(list) : g_strdup("[]");
}

GBytes *bounded_raw(GBytes *raw)
{
    if (raw == NULL || g_bytes_get_size(raw) == 0)
        return NULL;
    if (g_bytes_get_size(raw) <= LIMIT_RAW_PAYLOAD)
        return g_bytes_ref(raw);
    return g_bytes_new(g_bytes_get_data(raw, NULL), LIMIT_RAW_PAYLOAD);
}

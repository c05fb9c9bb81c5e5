/* Fingerprints of any lines, and an index of them: each is near itself, and what the index finds is what a walk over
 * the newest finds. First byte: how large the index is; second: how far it looks. */
#include "understanding/similar.h"

#include <string.h>

#define LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint32_t capacity = 1 + data[0] % 32;
    int distance = data[1] % (SIMILAR_FIND + 1);
    g_autofree char *all = g_strndup((const char *)data + 2, size - 2);
    g_auto(GStrv) lines = g_strsplit(all, "\n", LINES);
    uint64_t fingerprints[LINES];
    guint count = 0;
    g_autoptr(similar_index_auto) index = similar_index_new(capacity);
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    for (guint i = 0; lines[i] != NULL; i++) {
        normalize_text(&normalized, lines[i], strlen(lines[i]));
        uint64_t fingerprint = similar_fingerprint(&normalized);
        if (fingerprint == 0)
            continue;
        g_assert_cmpint(similar_distance(fingerprint, fingerprint), ==, 0);
        similar_index_add(index, (int64_t)count, fingerprint, (int64_t)count);
        fingerprints[count++] = fingerprint;
    }
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct similar_hit));
    guint oldest = count > capacity ? count - capacity : 0;
    for (guint i = 0; i < count; i++) {
        guint expected = 0;
        for (guint k = oldest; k < count; k++)
            expected += similar_distance(fingerprints[k], fingerprints[i]) <= distance;
        similar_index_find(index, fingerprints[i], distance, 0, LINES, hits);
        g_assert_cmpuint(hits->len, ==, expected);
    }
    return 0;
}

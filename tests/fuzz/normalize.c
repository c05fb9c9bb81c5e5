/* Both views of any bytes: valid UTF-8 without NUL; every place of them leads back into the original, in order; spans
 * lie inside; own words end at a character; entities, the fingerprint and the language are found without harm, and
 * twice the same. */
#include "understanding/entity.h"
#include "understanding/language.h"
#include "understanding/similar.h"

#include <string.h>

static void check_view(const struct normalized *normalized, enum normalize_view view, size_t length)
{
    const GString *text = normalized_text(normalized, view);
    g_assert_true(g_utf8_validate(text->str, (gssize)text->len, NULL));
    g_assert_true(strlen(text->str) == text->len);
    size_t last_begin = 0;
    for (size_t at = 0; at < text->len;) {
        size_t begin = at;
        fold_next(text->str, &at);
        size_t end = at;
        normalized_source(normalized, view, &begin, &end);
        g_assert_true(begin < end && end <= length);
        g_assert_true(begin >= last_begin);
        last_begin = begin;
    }
    if (text->len > 0) {
        size_t begin = 0;
        size_t end = text->len;
        normalized_source(normalized, view, &begin, &end);
        g_assert_true(begin < end && end <= length);
    }
}

static void check_spans(const struct normalized *normalized, size_t length)
{
    const GString *text = normalized->fold.text;
    int kinds[NORMALIZE_KINDS] = {0};
    uint32_t last = 0;
    for (guint i = 0; i < normalized->spans->len; i++) {
        const struct normalize_span *span = &g_array_index(normalized->spans, struct normalize_span, i);
        g_assert_true(span->begin <= span->end && span->end <= text->len);
        g_assert_true(span->begin >= last && span->from < span->to && span->to <= length);
        g_assert_true(g_utf8_validate(text->str + span->begin, (gssize)(span->end - span->begin), NULL));
        last = span->begin;
        kinds[span->kind]++;
    }
    g_assert_cmpint(memcmp(kinds, normalized->kinds, sizeof kinds), ==, 0);
    g_assert_true(normalized->own_end <= text->len);
    g_assert_true(g_utf8_validate(text->str, (gssize)normalized->own_end, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(normalized_auto) once = {0};
    g_auto(normalized_auto) twice = {0};
    normalized_init(&once);
    normalized_init(&twice);
    normalize_text(&twice, "rt @a: sc@m 垃j //@b: x", 20); /* nothing of it may be left */
    normalize_text(&once, (const char *)data, size);
    normalize_text(&twice, (const char *)data, size);
    check_view(&once, NORMALIZE_PLAIN, size);
    check_view(&once, NORMALIZE_BARE, size);
    check_spans(&once, size);
    g_assert_cmpstr(once.fold.text->str, ==, twice.fold.text->str);
    g_assert_cmpstr(normalized_text(&once, NORMALIZE_BARE)->str, ==, normalized_text(&twice, NORMALIZE_BARE)->str);
    g_assert_cmpint(once.spans->len, ==, twice.spans->len);
    g_assert_cmpint(language_guess(&once), ==, language_guess(&twice));
    g_assert_cmpuint(similar_fingerprint(&once), ==, similar_fingerprint(&twice));
    return 0;
}

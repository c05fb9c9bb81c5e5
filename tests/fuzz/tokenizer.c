/* Folding, tokens, queries and highlights over any bytes: first line = what is typed, the rest = a text. Folding
 * twice is folding once; tokens lie inside the text; what is highlighted lies inside it; what matches, and only
 * that, has something to highlight. */
#include "store/tokenizer.h"
#include "base/fold.h"
#include "store/search_query.h"

#include <string.h>

static int check_token(void *data, const struct token *token)
{
    const GString *text = data;
    g_assert_true(token->length > 0 && token->length <= TOKENIZER_WORD);
    g_assert_true(token->begin < token->end && token->end <= text->len);
    return 0;
}

static void check_query(const char *typed, const char *text)
{
    g_autoptr(search_query_auto) query = search_query_parse(typed, NULL);
    if (query == NULL)
        return;
    bool matches = search_query_matches(query, text);
    g_assert_false(matches && search_query_is_empty(query));
    g_autoptr(GArray) ranges = search_query_highlight(query, text);
    int at = 0;
    int length = (int)fold_utf16_length(text, 0, strlen(text));
    for (guint i = 0; i < ranges->len; i++) {
        const struct search_range *range = &g_array_index(ranges, struct search_range, i);
        g_assert_true(range->begin >= at && range->end > range->begin && range->end <= length);
        at = range->end;
    }
    g_assert_true(!matches || ranges->len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *all = g_strndup((const char *)data, size);
    char *text = strchr(all, '\n');
    if (text != NULL)
        *text++ = '\0';
    g_auto(fold_auto) once;
    fold_init(&once);
    fold_text(&once, (const char *)data, size);
    g_assert_true(g_utf8_validate(once.text->str, (gssize)once.text->len, NULL));
    g_autofree char *twice = fold_string(once.text->str);
    g_autofree char *thrice = fold_string(twice);
    g_assert_cmpstr(twice, ==, thrice);
    tokenizer_run(once.text->str, once.text->len, check_token, once.text);
    check_query(all, text != NULL ? text : all);
    return 0;
}

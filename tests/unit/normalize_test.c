/* normalize_test.c - both views of a message, what was told apart, and the way back to the original. */
#include "understanding/normalize.h"

#include "golden.h"
#include "understanding/emoji.h"

#include <string.h>

static const char *const KINDS[NORMALIZE_KINDS] = {"name", "topic", "emoji", "repost", "reply", "url", "filler", "x"};

/* The plain view, ¦ before what others wrote; then the spans: kind:original, with the meaning of an emoticon or the
 * number of a repetition. */
static char *plain(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, length);
    g_autoptr(GString) out = g_string_new(normalized.fold.text->str);
    if (normalized.own_end < out->len)
        g_string_insert(out, (gssize)normalized.own_end, "¦");
    g_string_append_c(out, '\t');
    for (guint i = 0; i < normalized.spans->len; i++) {
        const struct normalize_span *span = &g_array_index(normalized.spans, struct normalize_span, i);
        g_string_append_printf(out, "%s%s:", i == 0 ? "" : " ", KINDS[span->kind]);
        g_string_append_len(out, text + span->from, span->to - span->from);
        if (span->kind == NORMALIZE_EMOJI)
            g_string_append_printf(out, "=%s", emoji_get(span->value)->en);
        if (span->kind == NORMALIZE_REPEAT)
            g_string_append_printf(out, "=%d", span->value);
    }
    if (normalized.spans->len == 0)
        g_string_append_c(out, '-');
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void test_plain(void)
{
    golden_check("normalize.tsv", plain, 120);
}

/* The bare view, or - when it is the plain one. */
static char *bare(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, length);
    return g_strdup(normalized.obfuscated ? normalized_text(&normalized, NORMALIZE_BARE)->str : "-");
}

static void test_bare(void)
{
    golden_check("obfuscation.tsv", bare, 100);
}

/* word stands in the plain view; original is what stands there in the text. */
static void check_source(const char *text, const char *word, const char *original)
{
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    normalize_text(&normalized, text, strlen(text));
    const char *found = strstr(normalized.fold.text->str, word);
    g_assert_nonnull(found);
    size_t begin = (size_t)(found - normalized.fold.text->str);
    size_t end = begin + strlen(word);
    normalized_source(&normalized, NORMALIZE_PLAIN, &begin, &end);
    g_autofree char *piece = g_strndup(text + begin, end - begin);
    g_assert_cmpstr(piece, ==, original);
}

static void test_way_back(void)
{
    check_source("看 http://t.cn/A6x 退款！！！！不要换", "不要换", "不要换");
    check_source("@客服 　哈哈哈哈哈 請退款", "退款", "退款");
    check_source("sooooo baaaad 退款", "bad", "baaaad");
    check_source("a@b.com 回复@小王:好的//@小李:不好", "不好", "不好");
    check_source("it&amp;s &lt;3 ok", "ok", "ok");
    check_source("☺️😡😡😡😡 钱呢", "钱呢", "钱呢");
}

static void test_emoji(void)
{
    g_assert_cmpint(emoji_count(), >=, 250);
    g_assert_null(emoji_get(-1));
    g_assert_null(emoji_get(emoji_count()));
    for (int row = 0; row < emoji_count(); row++) { /* every code is found where it stands alone */
        const struct emoji *emoji = emoji_get(row);
        g_autofree char *folded = fold_string(emoji->code);
        size_t end = 0;
        int found = emoji_find(folded, 0, &end);
        if (found != row)
            g_test_message("%s is taken for %s", emoji->code, found < 0 ? "nothing" : emoji_get(found)->code);
        g_assert_cmpint(found, ==, row);
        g_assert_cmpuint(end, ==, strlen(folded));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/normalize/plain", test_plain);
    g_test_add_func("/normalize/bare", test_bare);
    g_test_add_func("/normalize/way_back", test_way_back);
    g_test_add_func("/normalize/emoji", test_emoji);
    return g_test_run();
}

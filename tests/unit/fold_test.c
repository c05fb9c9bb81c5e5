/* fold_test.c - text made comparable, and the way back to the original. */
#include "base/fold.h"

#include <string.h>

static void test_folded(void)
{
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"  \t\n ", ""},
        {" a \r\n\t b ", "a b"},
        {"ＡＢＣ１２３", "abc123"},
        {"iPhone１５　Ｐｒｏ", "iphone15 pro"},
        {"退款！！什麼時候發貨？", "退款!!什么时候发货?"},
        {"體驗與後續", "体验与后续"},
        {"Straße CAFÉ cafe\xCC\x81", "strasse café café"},
        {"ﬁne ㈱ ½", "fine (株) 1⁄2"},
        {"a\xE2\x80\x8B"
         "b\xEF\xBB\xBF"
         "c\xC2\xAD"
         "d",
         "abcd"},
        {"👍🏽👨‍👩‍👧 ❤️", "👍🏽👨👩👧 ❤"},
        {"a\xFF"
         "b\xE4\xBD",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"ｶﾞｷﾞ", "ガギ"},
        {"한국", "한국"},
        {"……", "......"},
        {"\xCC\x81", "\xCC\x81"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folded = fold_string(cases[i].text);
        g_assert_cmpstr(folded, ==, cases[i].folded);
        g_autofree char *again = fold_string(folded);
        g_assert_cmpstr(again, ==, folded);
    }
}

/* word is found in the folded text; original is what stands there in the text itself. */
static void check_source(const char *text, const char *word, const char *original)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    fold_text(&fold, text, strlen(text));
    const char *found = strstr(fold.text->str, word);
    g_assert_nonnull(found);
    size_t at = (size_t)(found - fold.text->str);
    size_t begin = fold_source_begin(&fold, at);
    size_t end = fold_source_end(&fold, at + strlen(word));
    g_autofree char *piece = g_strndup(text + begin, end - begin);
    g_assert_cmpstr(piece, ==, original);
}

static void test_way_back(void)
{
    check_source("  我要退款！", "退款", "退款");
    check_source("請問什麼時候發貨", "发货", "發貨");
    check_source("ＡＢ\n\n ＣＤ", "b c", "Ｂ\n\n Ｃ");
    check_source("x ㈱ y", "株", "㈱");
    check_source("x\xFFy退款", "退款", "退款");
    check_source("re\xE2\x80\x8B"
                 "fund!",
                 "refund",
                 "re\xE2\x80\x8B"
                 "fund");
    check_source("👍🏽好", "好", "好");
    check_source("CAFE\xCC\x81 x", "café", "CAFE\xCC\x81");
}

/* Stretches go; what is left leads back, blanks stay single. */
static void test_cut(void)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    const char *text = "ＡＢ  http xx 退貨 end";
    fold_text(&fold, text, strlen(text));
    g_assert_cmpstr(fold.text->str, ==, "ab http xx 退货 end");
    struct fold_cut cuts[] = {{3, 7, ' ', 0}, {8, 10, 0, 0}, {11, 14, '!', 0}};
    fold_cut(&fold, cuts, G_N_ELEMENTS(cuts));
    g_assert_cmpstr(fold.text->str, ==, "ab !货 end");
    const char *found = strstr(fold.text->str, "货");
    size_t at = (size_t)(found - fold.text->str);
    size_t begin = fold_source_begin(&fold, at);
    g_assert_true(g_str_has_prefix(text + begin, "貨"));
    g_assert_cmpuint(fold_source_end(&fold, at + strlen("货")), ==, begin + strlen("貨"));
    g_assert_true(g_str_has_prefix(text + fold_source_begin(&fold, at - 1), "退"));
    g_assert_cmpint(14 + cuts[2].shift, ==, (int)at);
    struct fold_cut all = {0, (uint32_t)fold.text->len, ' ', 0};
    fold_cut(&fold, &all, 1);
    g_assert_cmpstr(fold.text->str, ==, "");
}

/* A view that somebody else makes. */
static void test_put(void)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    fold_text(&fold, "old", 3);
    fold_start(&fold);
    fold_put(&fold, "abc", 3, 0, 3, true);
    fold_put(&fold, "xyz!", 4, 3, 5, false);
    fold_put(&fold, "", 0, 5, 7, false);
    fold_put(&fold, "de", 2, 7, 9, true);
    g_assert_cmpstr(fold.text->str, ==, "abcxyz!de");
    g_assert_cmpuint(fold_source_begin(&fold, 1), ==, 1);
    g_assert_cmpuint(fold_source_begin(&fold, 5), ==, 3);
    g_assert_cmpuint(fold_source_end(&fold, 6), ==, 5);
    g_assert_cmpuint(fold_source_begin(&fold, 8), ==, 8);
}

static void test_script(void)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    const char *hant = "這個產品壞了";
    fold_text(&fold, hant, strlen(hant));
    g_assert_cmpint(fold.traditional, ==, 4);
    g_assert_cmpint(fold.simplified, ==, 0);
    const char *hans = "这个产品坏了";
    fold_text(&fold, hans, strlen(hans));
    g_assert_cmpint(fold.traditional, ==, 0);
    g_assert_cmpint(fold.simplified, >=, 3);
}

static void test_class(void)
{
    g_assert_cmpint(fold_class('a'), ==, FOLD_WORD);
    g_assert_cmpint(fold_class('7'), ==, FOLD_WORD);
    g_assert_cmpint(fold_class(0xE9), ==, FOLD_WORD);
    g_assert_cmpint(fold_class(0x4E2D), ==, FOLD_CJK);
    g_assert_cmpint(fold_class(0x30AB), ==, FOLD_CJK);
    g_assert_cmpint(fold_class(0x20000), ==, FOLD_CJK);
    g_assert_cmpint(fold_class(0xD55C), ==, FOLD_CJK);
    g_assert_cmpint(fold_class(0x1F44D), ==, FOLD_EMOJI);
    g_assert_cmpint(fold_class(0x2764), ==, FOLD_EMOJI);
    g_assert_cmpint(fold_class(0x3002), ==, FOLD_MARK);
    g_assert_cmpint(fold_class('_'), ==, FOLD_MARK);
    g_assert_cmpint(fold_class(' '), ==, FOLD_BLANK);
}

static void test_utf16(void)
{
    const char *text = "a👍好\xFF!";
    g_assert_cmpuint(fold_utf16_length(text, 0, strlen(text)), ==, 6);
    g_assert_cmpuint(fold_utf16_length(text, 1, 5), ==, 2);
}

/* Every character alone: valid UTF-8 comes out, and folding it twice is folding it once. */
static void test_every_character(void)
{
    g_auto(fold_auto) once = {0};
    g_auto(fold_auto) twice = {0};
    fold_init(&once);
    fold_init(&twice);
    for (gunichar c = 1; c <= 0x2FFFF; c++) {
        char utf8[6];
        if (c >= 0xD800 && c < 0xE000)
            continue;
        int length = g_unichar_to_utf8(c, utf8);
        fold_text(&once, utf8, (size_t)length);
        g_assert_true(g_utf8_validate(once.text->str, (gssize)once.text->len, NULL));
        fold_text(&twice, once.text->str, once.text->len);
        g_assert_cmpstr(twice.text->str, ==, once.text->str);
    }
}

static void test_cost(void)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    g_autoptr(GString) post = g_string_new(NULL);
    while (post->len < 420)
        g_string_append(post, "這款手機用了三天就壞了，客服一直不回覆！Order 12345 怎麼辦？");
    fold_text(&fold, post->str, post->len);
    gint64 begin = g_get_monotonic_time();
    for (int i = 0; i < 2000; i++)
        fold_text(&fold, post->str, post->len);
    double each = (double)(g_get_monotonic_time() - begin) / 2000;
    g_test_message("folding a post of %zu bytes: %.2f us", post->len, each);
    g_assert_cmpfloat(each, <, 200); /* only a blunder is that slow, even under sanitizers */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fold/folded", test_folded);
    g_test_add_func("/fold/way-back", test_way_back);
    g_test_add_func("/fold/cut", test_cut);
    g_test_add_func("/fold/put", test_put);
    g_test_add_func("/fold/script", test_script);
    g_test_add_func("/fold/class", test_class);
    g_test_add_func("/fold/utf16", test_utf16);
    g_test_add_func("/fold/every-character", test_every_character);
    g_test_add_func("/fold/cost", test_cost);
    return g_test_run();
}

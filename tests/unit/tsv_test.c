/* What is read from a file of labelled texts, and what is said about one that is not well-formed. */
#include "understanding/tsv.h"

#include "base/limit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

static const struct example *at(const struct tsv *tsv, guint i)
{
    return &g_array_index(tsv->examples, struct example, i);
}

static void test_lines(void)
{
    static const char TEXT[] = "\xEF\xBB\xBFpos\t好吃\r\n\nCan't Tell\t\n动力\tone\ttwo\nneg\tno end";
    g_auto(tsv_auto) tsv = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(tsv_parse(&tsv, TEXT, sizeof TEXT - 1, "here", &error));
    g_assert_no_error(error);
    g_assert_cmpuint(tsv.examples->len, ==, 4);
    g_assert_cmpstr(at(&tsv, 0)->label, ==, "pos");
    g_assert_cmpstr(at(&tsv, 0)->text, ==, "好吃");
    g_assert_cmpuint(at(&tsv, 0)->length, ==, 6);
    g_assert_cmpstr(at(&tsv, 1)->label, ==, "Can't Tell");
    g_assert_cmpuint(at(&tsv, 1)->length, ==, 0);
    g_assert_cmpstr(at(&tsv, 2)->label, ==, "动力");
    g_assert_cmpstr(at(&tsv, 2)->text, ==, "one\ttwo");
    g_assert_cmpstr(at(&tsv, 3)->text, ==, "no end");
}

static void test_nul_in_a_text(void)
{
    static const char TEXT[] = "a\tb\0c\nd\te\n";
    g_auto(tsv_auto) tsv = {0};
    g_assert_true(tsv_parse(&tsv, TEXT, sizeof TEXT - 1, "here", NULL));
    g_assert_cmpuint(tsv.examples->len, ==, 2);
    g_assert_cmpuint(at(&tsv, 0)->length, ==, 3);
}

/* Each is refused with the line in the message. */
static void test_refused(void)
{
    g_autofree char *long_label = g_strnfill(LIMIT_LABEL + 1, 'x');
    g_autofree char *too_long = g_strconcat("a\tb\n", long_label, "\tc\n", NULL);
    const struct {
        const char *text;
        enum hy_error code;
        const char *says;
    } CASES[] = {
        {"a\tb\nno tab\n", HY_ERROR_BAD_VALUE, "line 2"},
        {"a\tb\n\n\tno label\n", HY_ERROR_BAD_VALUE, "line 3"},
        {"\xFF\xFE\tb\n", HY_ERROR_BAD_VALUE, "line 1"},
        {too_long, HY_ERROR_TOO_LONG, "line 2"},
        {"", HY_ERROR_EMPTY, "here"},
        {"\n\r\n", HY_ERROR_EMPTY, "here"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(tsv_auto) tsv = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(tsv_parse(&tsv, CASES[i].text, strlen(CASES[i].text), "here", &error));
        g_assert_error(error, HY_ERROR, (int)CASES[i].code);
        g_assert_cmpstr(error_field(error), ==, "data");
        g_assert_nonnull(strstr(error->message, CASES[i].says));
    }
}

static char *write_gzip(const char *text, size_t cut)
{
    char *path = NULL;
    int fd = g_file_open_tmp("tsv-XXXXXX.gz", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    gzFile file = gzdopen(fd, "wb");
    g_assert_cmpint(gzwrite(file, text, (unsigned)strlen(text)), ==, (int)strlen(text));
    g_assert_cmpint(gzclose(file), ==, Z_OK);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_true(g_file_set_contents(path, bytes, (gssize)(length - cut), NULL));
    return path;
}

static void test_gzip(void)
{
    g_autofree char *path = write_gzip("neg\t难吃\npos\t好吃\n", 0);
    g_auto(tsv_auto) tsv = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(tsv_read(&tsv, path, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(tsv.examples->len, ==, 2);
    g_assert_cmpstr(at(&tsv, 1)->text, ==, "好吃");
    g_unlink(path);
}

static void test_gzip_cut_off(void)
{
    for (size_t cut = 1; cut < 30; cut += 4) {
        g_autofree char *path = write_gzip("neg\t难吃\npos\t好吃\n", cut);
        g_auto(tsv_auto) tsv = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(tsv_read(&tsv, path, &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        g_assert_nonnull(strstr(error->message, path));
        g_unlink(path);
    }
}

static void test_no_file(void)
{
    g_auto(tsv_auto) tsv = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(tsv_read(&tsv, "/nonexistent/file.tsv", &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tsv/lines", test_lines);
    g_test_add_func("/tsv/nul_in_a_text", test_nul_in_a_text);
    g_test_add_func("/tsv/refused", test_refused);
    g_test_add_func("/tsv/gzip", test_gzip);
    g_test_add_func("/tsv/gzip_cut_off", test_gzip_cut_off);
    g_test_add_func("/tsv/no_file", test_no_file);
    return g_test_run();
}

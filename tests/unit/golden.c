#include "golden.h"

#include <stdio.h>
#include <string.h>

static GString *unescape(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '\\') {
            g_string_append_c(out, *p);
            continue;
        }
        p++;
        if (*p == 'x' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
            p += 2;
        } else {
            g_string_append_c(out, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p);
        }
    }
    return out;
}

/* One line; true when it comes out as it must. */
static bool check_line(const char *name, int number, char *line, golden_run *run)
{
    char *expected = strchr(line, '\t');
    if (expected == NULL)
        g_error("%s:%d: a line has a tab", name, number);
    *expected++ = '\0';
    g_autoptr(GString) text = unescape(line);
    g_autofree char *actual = run(text->str, text->len);
    if (strcmp(actual, expected) == 0)
        return true;
    printf("# %s:%d: %s\n#   expected  %s\n#   actual    %s\n", name, number, line, expected, actual);
    return false;
}

void golden_check(const char *name, golden_run *run, guint least)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "golden", name, NULL);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &content, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
    guint checked = 0;
    guint wrong = 0;
    for (int i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] == '\0' || g_str_has_prefix(lines[i], "# "))
            continue;
        checked++;
        wrong += !check_line(name, i + 1, lines[i], run);
    }
    if (wrong > 0)
        g_error("%s: %u of %u lines differ", name, wrong, checked);
    g_assert_cmpuint(checked, >=, least);
}

/* rule_test.c - the administrator's rules: JSON and back, what hits and where, what is refused. */
#include "understanding/rule_set.h"

#include "base/limit.h"
#include "understanding/language.h"
#include "understanding/pattern.h"
#include "understanding/rule_count.h"

#include <string.h>

/* Every line of a golden table that says something, its columns parted. */
static GPtrArray *read_table(const char *name, guint columns)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "golden", name, NULL);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &content, NULL, &error);
    g_assert_no_error(error);
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))g_strfreev);
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0' || g_str_has_prefix(*line, "# "))
            continue;
        char **row = g_strsplit(*line, "\t", (int)columns);
        g_assert_cmpuint(g_strv_length(row), ==, columns);
        g_ptr_array_add(rows, row);
    }
    return rows;
}

static struct rule *parse(const char *text, GError **error)
{
    json_auto_t *json = json_parse(text, strlen(text), NULL);
    g_assert_nonnull(json);
    return rule_parse(json, error);
}

static void free_rule(void *rule)
{
    rule_free(rule);
}

/* rules: JSON objects without their names. */
static GPtrArray *rules_of(const char *const *rules, size_t count)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(free_rule);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *named =
            g_strdup_printf("{\"id\":\"%zu\",\"name\":\"rule %zu\",%s", i + 1, i + 1, rules[i] + 1);
        g_autoptr(GError) error = NULL;
        struct rule *rule = parse(named, &error);
        g_assert_no_error(error);
        g_ptr_array_add(list, rule);
    }
    return list;
}

static char *piece_of(const char *text, json_t *mark)
{
    glong begin = (glong)json_integer_value(json_object_get(mark, "begin"));
    glong end = (glong)json_integer_value(json_object_get(mark, "end"));
    g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, NULL, NULL);
    return g_utf16_to_utf8(units + begin, end - begin, NULL, NULL, NULL);
}

static char *pieces_of(const char *text, json_t *marks)
{
    GString *all = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(marks); i++) {
        g_autofree char *piece = piece_of(text, json_array_get(marks, i));
        g_string_append_printf(all, "%s%s", i > 0 ? "|" : "", piece);
    }
    return g_string_free(all, FALSE);
}

static bool check_row(char **row)
{
    const char *rule = row[3];
    g_autoptr(GPtrArray) rules = rules_of(&rule, 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = rule_check(rules, row[2], &error);
    g_assert_no_error(error);
    json_auto_t *json = json_parse(answer, strlen(answer), NULL);
    json_t *first = json_array_get(json_object_get(json, "rules"), 0);
    const char *missing = json_string_value(json_object_get(first, "missing"));
    g_autofree char *pieces = pieces_of(row[2], json_object_get(first, "marks"));
    bool hit = json_is_true(json_object_get(first, "hit"));
    bool right = strcmp(row[0], hit ? "hit" : missing) == 0 && strcmp(row[1], pieces) == 0;
    if (!right)
        g_test_message("%s over %s: %s %s, not %s %s", rule, row[2], hit ? "hit" : missing, pieces, row[0], row[1]);
    return right;
}

static void test_golden(void)
{
    g_autoptr(GPtrArray) rows = read_table("rules.tsv", 4);
    g_assert_cmpuint(rows->len, >=, 80);
    guint right = 0;
    for (guint i = 0; i < rows->len; i++)
        right += check_row(rows->pdata[i]);
    g_assert_cmpuint(right, ==, rows->len);
}

/* All rules of the table in one set say of every text what each alone says. */
static void test_together(void)
{
    g_autoptr(GPtrArray) rows = read_table("rules.tsv", 4);
    g_autofree const char **texts = g_new(const char *, rows->len);
    for (guint i = 0; i < rows->len; i++)
        texts[i] = ((char **)rows->pdata[i])[3];
    g_autoptr(GPtrArray) rules = rules_of(texts, rows->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(rule_set_auto) set = rule_set_new(rules, &error);
    g_assert_no_error(error);
    struct rule_scratch *scratch = rule_scratch_new(set);
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    for (guint i = 0; i < rows->len; i++) {
        char **row = rows->pdata[i];
        size_t count = 0;
        bool found = false;
        normalize_text(&normalized, row[2], strlen(row[2]));
        const struct rule_hit *hits = rule_set_run(set, scratch, &normalized, language_guess(&normalized), &count);
        for (size_t k = 0; k < count; k++) {
            g_assert_true(k == 0 || hits[k - 1].rule->id < hits[k].rule->id);
            found |= hits[k].rule->id == i + 1;
        }
        g_assert_cmpint(found, ==, strcmp(row[0], "hit") == 0);
    }
    rule_scratch_free(scratch);
}

static void test_refused(void)
{
    g_autoptr(GPtrArray) rows = read_table("rule_errors.tsv", 3);
    guint right = 0;
    for (guint i = 0; i < rows->len; i++) {
        char **row = rows->pdata[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(rule_auto) rule = parse(row[2], &error);
        const char *code = rule == NULL ? error_name(error_code(error)) : "taken";
        const char *field = rule == NULL ? error_field(error) : "";
        if (strcmp(code, row[1]) == 0 && g_strcmp0(field, row[0]) == 0)
            right++;
        else
            g_test_message("%s: %s about %s (%s)", row[2], code, field, error != NULL ? error->message : "");
    }
    g_assert_cmpuint(right, ==, rows->len);
}

static void test_json(void)
{
    static const char FULL[] =
        "{\"id\":\"7\",\"name\":\" late \",\"enabled\":true,\"any\":[\"late*\"],\"all\":[\"x\",\"y\"],\"none\":[\"z\"],"
        "\"near\":[{\"first\":[\"a\"],\"second\":[\"b\",\"c\"],\"within\":3,\"unit\":\"words\",\"ordered\":true}],"
        "\"pattern\":\"a+b\",\"skip_negated\":true,\"scope\":\"all\",\"language\":\"en\",\"whole_words\":false,"
        "\"obfuscated\":true,\"then\":{\"category\":\"complaint\",\"topic\":\"late\",\"tag\":\"t\",\"gravity\":"
        "\"fraud\","
        "\"urgency\":2,\"points\":-10,\"spam\":true,\"abuse\":true,\"churn\":true}}";
    g_autoptr(GError) error = NULL;
    g_autoptr(rule_auto) rule = parse(FULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(rule->name, ==, "late");
    g_assert_cmpint(rule->id, ==, 7);
    json_auto_t *json = rule_format(rule);
    g_autofree char *once = json_format(json);
    g_autoptr(rule_auto) again = parse(once, &error);
    g_assert_no_error(error);
    json_auto_t *json_again = rule_format(again);
    g_assert_true(json_equal(json, json_again));
    json_auto_t *wanted = json_parse(FULL, strlen(FULL), NULL);
    json_object_set_new(wanted, "name", json_string("late"));
    g_assert_true(json_equal(json, wanted));
    g_autoptr(rule_auto) least = parse("{\"name\":\"r\",\"any\":\"a\"}", &error); /* the defaults */
    g_assert_no_error(error);
    g_assert_true(least->enabled && least->whole_words && !least->obfuscated && !least->skip_negated);
    g_assert_cmpint(least->scope, ==, RULE_OWN);
    g_assert_cmpint(least->language, ==, RULE_ANY);
    g_assert_null(least->then.category);
}

static void test_list(void)
{
    g_autoptr(GError) error = NULL;
    json_auto_t *good = json_pack("{s:[{s:s,s:s}]}", "rules", "name", "a", "any", "x");
    g_autoptr(GPtrArray) rules = rule_parse_list(good, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rules->len, ==, 1);
    json_auto_t *bad = json_pack("[{s:s,s:s},{s:s,s:s}]", "name", "a", "any", "x", "name", "b", "pattern", "(");
    g_assert_null(rule_parse_list(bad, &error));
    g_assert_cmpstr(error_field(error), ==, "rules[1].pattern");
    g_clear_error(&error);
    json_auto_t *none = json_string("rules");
    g_assert_null(rule_parse_list(none, &error));
    g_assert_cmpstr(error_field(error), ==, "rules");
    g_autofree char *text = error_text(error, LANG_ZH);
    g_assert_nonnull(strstr(text, "rules"));
}

/* Rules that hide nothing from a reader of another script, and texts that are not well-formed. */
static void test_odd_texts(void)
{
    static const char *const RULES[] = {"{\"any\":[\"退款\"],\"obfuscated\":true}", "{\"pattern\":\"退.{0,3}款\"}",
                                        "{\"near\":[{\"first\":\"退\",\"second\":\"款\",\"within\":3}]}"};
    g_autoptr(GPtrArray) rules = rules_of(RULES, G_N_ELEMENTS(RULES));
    g_autoptr(GString) text = g_string_new("\xFF\xFE");
    while (text->len + 32 < LIMIT_MESSAGE_TEXT)
        g_string_append(text, "退款\xE9 不退 👍款 ");
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = rule_check(rules, text->str, &error);
    g_assert_no_error(error);
    json_auto_t *json = json_parse(answer, strlen(answer), &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(RULES); i++) {
        json_t *rule = json_array_get(json_object_get(json, "rules"), i);
        g_assert_true(json_is_true(json_object_get(rule, "hit")));
        size_t marks = json_array_size(json_object_get(rule, "marks"));
        g_assert_cmpuint(marks, >, 1);
        g_assert_cmpuint(marks, <=, RULE_MARKS);
    }
    g_autofree char *nothing = rule_check(rules, "", &error);
    g_assert_no_error(error);
    g_assert_null(strstr(nothing, "\"hit\":true"));
}

/* A pattern that is well-formed alone may still be too much together with others; then the rule is named. */
static void test_set_refused(void)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
    for (int i = 0; i <= LIMIT_RULE_PATTERNS; i++) {
        g_autofree char *json = g_strdup_printf("{\"name\":\"r\",\"pattern\":\"a%d\"}", i);
        g_ptr_array_add(rules, parse(json, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(rule_set_new(rules, &error));
    g_assert_cmpint(error_code(error), ==, HY_ERROR_PATTERN_TOO_LARGE);
    g_assert_true(g_str_has_prefix(error_field(error), "rules["));
}

static void test_counts(void)
{
    struct rule_counts *counts = rule_counts_new();
    rule_counts_add(counts, 9);
    rule_counts_add(counts, 3);
    rule_counts_add(counts, 9);
    rule_counts_add(counts, 0);
    g_autoptr(GArray) taken = rule_counts_take(counts);
    g_assert_cmpuint(taken->len, ==, 2);
    g_assert_cmpint(g_array_index(taken, struct rule_count, 0).id, ==, 3);
    g_assert_cmpint(g_array_index(taken, struct rule_count, 1).hits, ==, 2);
    g_autoptr(GArray) none = rule_counts_take(counts);
    g_assert_cmpuint(none->len, ==, 0);
    rule_counts_add(counts, 9);
    rule_counts_give_back(counts, taken);
    g_autoptr(GArray) again = rule_counts_take(counts);
    g_assert_cmpint(g_array_index(again, struct rule_count, 1).hits, ==, 3);
    rule_counts_free(counts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule/golden", test_golden);
    g_test_add_func("/rule/together", test_together);
    g_test_add_func("/rule/refused", test_refused);
    g_test_add_func("/rule/json", test_json);
    g_test_add_func("/rule/list", test_list);
    g_test_add_func("/rule/odd-texts", test_odd_texts);
    g_test_add_func("/rule/set-refused", test_set_refused);
    g_test_add_func("/rule/counts", test_counts);
    return g_test_run();
}

/* entity_test.c - order numbers, phones, money, dates … and what looks like them. */
#include "understanding/entity.h"

#include "base/limit.h"
#include "golden.h"

#include <string.h>

static struct entity_brand *brand; /* of an invented maker of phones */

static void make_brand(void)
{
    static const char *const TEMPLATES[] = {"XS#########", "LM-####-????"};
    static const char *const CLOUD[] = {"云帆手机", "yunfan phone", "云帆", NULL};
    static const char *const BUDS[] = {"云耳", "cloudbuds", NULL};
    static const char *const TABLET[] = {"云帆15", "yunfan15", NULL};
    static const struct entity_product PRODUCTS[] = {
        {"Yunfan", CLOUD}, {"CloudBuds Pro", BUDS}, {"Yunfan 15", TABLET}, {"Lumina", NULL}};
    g_autoptr(GError) error = NULL;
    brand = entity_brand_new(TEMPLATES, G_N_ELEMENTS(TEMPLATES), PRODUCTS, G_N_ELEMENTS(PRODUCTS), &error);
    g_assert_no_error(error);
}

/* kind:what stands there, * when it is personal, =value when that is written otherwise; parted by |. */
static char *find(const char *text, size_t length)
{
    g_auto(normalized_auto) normalized = {0};
    g_auto(entities_auto) entities = {0};
    normalized_init(&normalized);
    entities_init(&entities);
    normalize_text(&normalized, text, length);
    entity_find(brand, &normalized, text, &entities);
    g_autoptr(GString) out = g_string_new(entities.found->len == 0 ? "-" : NULL);
    for (guint i = 0; i < entities.found->len; i++) {
        const struct entity *entity = &g_array_index(entities.found, struct entity, i);
        g_autofree char *original = g_strndup(text + entity->begin, entity->end - entity->begin);
        g_autofree char *folded = fold_string(original);
        const char *value = entity_value(&entities, entity);
        g_string_append_printf(out, "%s%s:%s%s", i == 0 ? "" : " | ", entity_kind_format(entity->kind),
                               entity->personal ? "*" : "", original);
        if (strcmp(value, folded) != 0 && strcmp(value, original) != 0)
            g_string_append_printf(out, "=%s", value);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void test_table(void)
{
    golden_check("entity.tsv", find, 200);
}

static void check_refused(const char *template, const char *product, enum hy_error code, const char *field)
{
    const struct entity_product products[] = {{product, NULL}};
    const char *const templates[] = {template};
    g_autoptr(GError) error = NULL;
    g_assert_null(entity_brand_new(templates, template != NULL, products, product != NULL, &error));
    g_assert_error(error, HY_ERROR, (int)code);
    g_assert_cmpstr(error_field(error), ==, field);
}

static void test_refused(void)
{
    g_autofree char *long_template = g_strnfill(LIMIT_NAME + 1, '#');
    check_refused("AB##", NULL, HY_ERROR_BAD_VALUE, "templates");
    check_refused(long_template, NULL, HY_ERROR_TOO_LONG, "templates");
    check_refused(NULL, " ", HY_ERROR_EMPTY, "products");
    check_refused(NULL, long_template, HY_ERROR_TOO_LONG, "products");
}

/* Many are found, up to the limit, in the time a walk takes. */
static void test_many(void)
{
    static const char *const PIECES[] = {"138-1234-5678 ", "1-1-1-1-1-", "a@b.co ",     "路1号", "3点", "¥1 ",
                                         "order 1234567 ", "一百",       "12 a b c d ", "$",     "@",   "+1 ",
                                         "ca 123 "};
    for (gsize i = 0; i < G_N_ELEMENTS(PIECES); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < LIMIT_MESSAGE_TEXT)
            g_string_append(text, PIECES[i]);
        gint64 begin = g_get_monotonic_time();
        g_autofree char *found = find(text->str, text->len);
        gint64 took = g_get_monotonic_time() - begin;
        g_test_message("%s: %.1f ms", PIECES[i], (double)took / 1000);
        g_assert_cmpint(took, <, 2 * G_USEC_PER_SEC);
        g_assert_nonnull(found);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    make_brand();
    g_test_add_func("/entity/table", test_table);
    g_test_add_func("/entity/refused", test_refused);
    g_test_add_func("/entity/many", test_many);
    int result = g_test_run();
    entity_brand_free(brand);
    return result;
}

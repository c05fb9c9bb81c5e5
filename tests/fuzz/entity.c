/* Entities of any bytes, with a brand made of the first two lines (a template, a product): they lie inside the text in
 * order, do not overlap, have a value, and are the same when looked for again. */
#include "understanding/entity.h"

#include <string.h>

static void check(const struct entities *entities, size_t length)
{
    uint32_t last = 0;
    g_assert_cmpuint(entities->found->len, <=, ENTITY_LIMIT);
    for (guint i = 0; i < entities->found->len; i++) {
        const struct entity *entity = &g_array_index(entities->found, struct entity, i);
        const char *value = entity_value(entities, entity);
        g_assert_true(entity->begin < entity->end && entity->end <= length);
        g_assert_true(entity->begin >= last);
        g_assert_true(entity->kind < ENTITY_KINDS && value[0] != '\0');
        g_assert_true(g_utf8_validate(value, -1, NULL));
        last = entity->begin;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *all = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(all, "\n", 3);
    guint count = g_strv_length(lines);
    const char *text = count > 0 ? lines[count - 1] : "";
    const char *const templates[] = {count > 2 ? lines[0] : ""};
    const struct entity_product product = {count > 2 ? lines[1] : "", NULL};
    struct entity_brand *brand = entity_brand_new(templates, count > 2, &product, count > 2, NULL);
    g_auto(normalized_auto) normalized = {0};
    g_auto(entities_auto) once = {0};
    g_auto(entities_auto) twice = {0};
    normalized_init(&normalized);
    entities_init(&once);
    entities_init(&twice);
    normalize_text(&normalized, text, strlen(text));
    entity_find(brand, &normalized, text, &once);
    entity_find(brand, &normalized, text, &twice);
    check(&once, strlen(text));
    g_assert_cmpuint(once.found->len, ==, twice.found->len);
    entity_brand_free(brand);
    return 0;
}

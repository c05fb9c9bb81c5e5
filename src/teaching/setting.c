#include "teaching/setting.h"

#include "desk/audit.h"
#include "store/queries.h"
#include "teaching/announce.h"

#include <string.h>

#define WEIGHT_MAX 100
#define PRODUCTS_MAX 2000
#define ALIASES_MAX 20
#define TEMPLATES_MAX 20
#define MIN_HELD_BACK 10
#define HELD_BACK_MAX 100000

/* ---- weights ---- */

static const struct weight {
    const char *name;
    size_t offset;
} WEIGHTS[] = {
#define WEIGHT(name)                                                                                                   \
    {                                                                                                                  \
#name, offsetof(struct importance_weights, name)                                                               \
    }
    WEIGHT(sentiment),      WEIGHT(followers), WEIGHT(verified_person),     WEIGHT(verified_organisation),
    WEIGHT(verified_media), WEIGHT(spread),    WEIGHT(verified_government), WEIGHT(relation_regular),
    WEIGHT(relation_loyal), WEIGHT(gravity),   WEIGHT(relation_at_risk),    WEIGHT(churn),
    WEIGHT(waiting),
#undef WEIGHT
};

static int *weight_of(struct importance_weights *weights, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(WEIGHTS); i++)
        if (strcmp(WEIGHTS[i].name, name) == 0)
            return (int *)(void *)((char *)weights + WEIGHTS[i].offset);
    return NULL;
}

json_t *setting_format_weights(const struct importance_weights *weights)
{
    json_t *object = json_object();
    json_t *category = json_object();
    json_t *urgency = json_array();
    for (int i = 0; i < LEXICON_CATEGORIES; i++)
        json_object_set_new(category, lexicon_category_format((enum lexicon_category)i),
                            json_integer(weights->category[i]));
    for (size_t i = 1; i < G_N_ELEMENTS(weights->urgency); i++)
        json_array_append_new(urgency, json_integer(weights->urgency[i]));
    json_object_set_new(object, "category", category);
    json_object_set_new(object, "urgency", urgency);
    for (size_t i = 0; i < G_N_ELEMENTS(WEIGHTS); i++) {
        const void *at = (const char *)weights + WEIGHTS[i].offset;
        json_object_set_new(object, WEIGHTS[i].name, json_integer(*(const int *)at));
    }
    return object;
}

static bool unknown(const char *path, GError **error)
{
    error_set(error, HY_ERROR_UNKNOWN_FIELD, path, "a field nobody knows");
    return false;
}

static bool wrong(const char *path, const char *why, GError **error)
{
    error_set(error, HY_ERROR_BAD_VALUE, path, "%s", why);
    return false;
}

static bool parse_points(const json_t *value, const char *path, int *points, GError **error)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > WEIGHT_MAX)
        return wrong(path, "points are whole numbers from 0 to 100", error);
    *points = (int)json_integer_value(value);
    return true;
}

static bool parse_categories(const json_t *object, struct importance_weights *weights, GError **error)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object))
        return wrong("weights.category", "an object of categories", error);
    json_object_foreach ((json_t *)object, name, value) {
        g_autofree char *path = g_strconcat("weights.category.", name, NULL);
        int i = 0;
        while (i < LEXICON_CATEGORIES && strcmp(lexicon_category_format((enum lexicon_category)i), name) != 0)
            i++;
        if (i == LEXICON_CATEGORIES)
            return unknown(path, error);
        if (!parse_points(value, path, weights->category + i, error))
            return false;
    }
    return true;
}

static bool parse_urgency(const json_t *list, struct importance_weights *weights, GError **error)
{
    enum { LEVELS = G_N_ELEMENTS(weights->urgency) - 1 };
    if (json_array_size(list) != LEVELS)
        return wrong("weights.urgency", "points for the urgencies 1, 2 and 3", error);
    for (size_t i = 0; i < LEVELS; i++) {
        g_autofree char *path = g_strdup_printf("weights.urgency[%zu]", i);
        if (!parse_points(json_array_get(list, i), path, weights->urgency + i + 1, error))
            return false;
    }
    return true;
}

bool setting_parse_weights(const json_t *object, struct importance_weights *weights, GError **error)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object))
        return wrong("weights", "an object of points", error);
    json_object_foreach ((json_t *)object, name, value) {
        g_autofree char *path = g_strconcat("weights.", name, NULL);
        int *points = weight_of(weights, name);
        bool ok = strcmp(name, "category") == 0  ? parse_categories(value, weights, error)
                  : strcmp(name, "urgency") == 0 ? parse_urgency(value, weights, error)
                  : points != NULL               ? parse_points(value, path, points, error)
                                                 : unknown(path, error);
        if (!ok)
            return false;
    }
    return true;
}

/* ---- products, templates ---- */

static bool check_name(const json_t *value, const char *path, GError **error)
{
    const char *text = json_string_value(value);
    if (text == NULL || *text == '\0') {
        error_set(error, text == NULL ? HY_ERROR_BAD_VALUE : HY_ERROR_EMPTY, path, "a text is wanted");
        return false;
    }
    if (strlen(text) > LIMIT_NAME) {
        error_set(error, HY_ERROR_TOO_LONG, path, "more than %d bytes", LIMIT_NAME);
        return false;
    }
    return true;
}

static bool check_names(const json_t *list, const char *path, size_t most, GError **error)
{
    if (!json_is_array(list))
        return wrong(path, "a list is wanted", error);
    if (json_array_size(list) > most) {
        error_set(error, HY_ERROR_TOO_LONG, path, "more than %zu", most);
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        g_autofree char *at = g_strdup_printf("%s[%zu]", path, i);
        if (!check_name(json_array_get(list, i), at, error))
            return false;
    }
    return true;
}

static bool check_product(const json_t *product, size_t number, GError **error)
{
    g_autofree char *path = g_strdup_printf("products[%zu]", number);
    g_autofree char *name = g_strconcat(path, ".name", NULL);
    g_autofree char *aliases = g_strconcat(path, ".aliases", NULL);
    const char *key = NULL;
    json_t *unused = NULL;
    if (!json_is_object(product))
        return wrong(path, "an object with name and aliases", error);
    json_object_foreach ((json_t *)product, key, unused) {
        g_autofree char *at = g_strconcat(path, ".", key, NULL);
        if (strcmp(key, "name") != 0 && strcmp(key, "aliases") != 0)
            return unknown(at, error);
    }
    const json_t *list = json_object_get(product, "aliases");
    return check_name(json_object_get(product, "name"), name, error) &&
           (list == NULL || json_is_null(list) || check_names(list, aliases, ALIASES_MAX, error));
}

static bool check_products(const json_t *list, GError **error)
{
    if (!json_is_array(list))
        return wrong("products", "a list is wanted", error);
    if (json_array_size(list) > PRODUCTS_MAX) {
        error_set(error, HY_ERROR_TOO_LONG, "products", "more than %d", PRODUCTS_MAX);
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!check_product(json_array_get(list, i), i, error))
            return false;
    return true;
}

/* Every product with a list of aliases, be it empty. A new reference. */
static json_t *complete_products(const json_t *products)
{
    json_t *list = json_array();
    size_t i = 0;
    json_t *product = NULL;
    json_array_foreach ((json_t *)products, i, product) {
        json_t *aliases = json_object_get(product, "aliases");
        json_array_append_new(list, json_pack("{s:O, s:o}", "name", json_object_get(product, "name"), "aliases",
                                              json_is_array(aliases) ? json_incref(aliases) : json_array()));
    }
    return list;
}

static bool check_templates(const json_t *list, GError **error)
{
    return check_names(list, "order_templates", TEMPLATES_MAX, error);
}

static bool check_held_back(const json_t *value, GError **error)
{
    if (json_is_integer(value) && json_integer_value(value) >= 1 && json_integer_value(value) <= HELD_BACK_MAX)
        return true;
    return wrong("min_held_back", "a number from 1 to 100,000", error);
}

/* ---- all of them ---- */

void setting_init(struct setting *setting)
{
    *setting = (struct setting){.weights = importance_defaults(),
                                .products = json_array(),
                                .order_templates = json_array(),
                                .min_held_back = MIN_HELD_BACK};
}

void setting_clear(struct setting *setting)
{
    g_clear_pointer(&setting->products, json_decref);
    g_clear_pointer(&setting->order_templates, json_decref);
}

static void take(struct setting *setting, const char *name, json_t *value)
{
    if (strcmp(name, "weights") == 0) {
        struct importance_weights weights = setting->weights;
        if (setting_parse_weights(value, &weights, NULL))
            setting->weights = weights;
    } else if (strcmp(name, "products") == 0 && check_products(value, NULL)) {
        json_decref(setting->products);
        setting->products = json_incref(value);
    } else if (strcmp(name, "order_templates") == 0 && check_templates(value, NULL)) {
        json_decref(setting->order_templates);
        setting->order_templates = json_incref(value);
    } else if (strcmp(name, "min_held_back") == 0 && check_held_back(value, NULL)) {
        setting->min_held_back = (int)json_integer_value(value);
    }
}

bool setting_load(struct tx *tx, struct setting *setting, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_settings row;
    if (!q_teaching_settings(tx, &rows, error))
        return false;
    while (q_teaching_settings_next(rows, &row)) {
        json_auto_t *value = json_parse(row.value, strlen(row.value), NULL);
        if (value != NULL)
            take(setting, row.name, value);
    }
    return true;
}

static const char **texts_of(const json_t *list)
{
    size_t count = json_array_size(list);
    const char **texts = g_new0(const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(list, i));
    return texts;
}

struct entity_brand *setting_brand(const struct setting *setting, GError **error)
{
    size_t count = json_array_size(setting->products);
    g_autofree const char **templates = texts_of(setting->order_templates);
    g_autofree struct entity_product *products = g_new0(struct entity_product, MAX(1, count));
    g_autoptr(GError) why = NULL;
    for (size_t i = 0; i < count; i++) {
        const json_t *product = json_array_get(setting->products, i);
        products[i].name = json_string_value(json_object_get(product, "name"));
        products[i].aliases = texts_of(json_object_get(product, "aliases"));
    }
    struct entity_brand *brand =
        entity_brand_new(templates, json_array_size(setting->order_templates), products, count, &why);
    for (size_t i = 0; i < count; i++)
        g_free((void *)products[i].aliases);
    if (brand == NULL) {
        bool template = g_strcmp0(error_field(why), "templates") == 0;
        error_set(error, (enum hy_error)why->code, template ? "order_templates" : "products", "%s", why->message);
    }
    return brand;
}

/* What is kept under name after the change: of weights all of them. NULL and error, or a new reference. */
static json_t *kept(const struct setting *now, const char *name, json_t *value, GError **error)
{
    struct setting fresh;
    setting_init(&fresh);
    struct importance_weights weights = json_is_null(value) ? fresh.weights : now->weights;
    json_t *answer = NULL;
    if (strcmp(name, "weights") == 0) {
        if (json_is_null(value) || setting_parse_weights(value, &weights, error))
            answer = setting_format_weights(&weights);
    } else if (json_is_null(value)) {
        bool number = strcmp(name, "min_held_back") == 0;
        answer = number ? json_integer(fresh.min_held_back) : json_array();
    } else if (strcmp(name, "products") == 0) {
        answer = check_products(value, error) ? complete_products(value) : NULL;
    } else if (strcmp(name, "min_held_back") == 0 ? check_held_back(value, error) : check_templates(value, error)) {
        answer = json_incref(value);
    }
    setting_clear(&fresh);
    return answer;
}

bool setting_save(struct tx *tx, const struct actor *actor, int64_t now_ms, const json_t *change, GError **error)
{
    static const char *const NAMES[] = {"weights", "products", "order_templates", "min_held_back", NULL};
    g_auto(setting_auto) setting;
    setting_init(&setting);
    const char *name = NULL;
    json_t *value = NULL;
    if (!setting_load(tx, &setting, error))
        return false;
    json_object_foreach ((json_t *)change, name, value) {
        if (!g_strv_contains(NAMES, name))
            return unknown(name, error);
        json_auto_t *after = kept(&setting, name, value, error);
        if (after == NULL)
            return false;
        take(&setting, name, after);
        g_autofree char *text = json_format(after);
        g_autofree char *detail = g_strdup_printf("{\"name\":\"%s\"}", name);
        if (!q_teaching_setting_save(tx, error, name, text, actor->person_id, now_ms) ||
            !audit_write(tx, actor, now_ms, "understanding.set", "understanding", 0, detail, error))
            return false;
    }
    struct entity_brand *brand = setting_brand(&setting, error);
    if (brand == NULL)
        return false;
    entity_brand_free(brand);
    return json_object_size(change) == 0 || announce_change(tx, actor->person_id, now_ms, "settings", NULL, error);
}

static void put_json(struct writer *out, const char *key, const json_t *value)
{
    g_autofree char *text = json_format(value);
    writer_put_raw(out, key, text);
}

void setting_write(const struct setting *setting, struct writer *out)
{
    const struct importance_weights defaults = importance_defaults();
    json_auto_t *weights = setting_format_weights(&setting->weights);
    json_auto_t *default_weights = setting_format_weights(&defaults);
    writer_begin_object(out);
    put_json(out, "weights", weights);
    put_json(out, "default_weights", default_weights);
    put_json(out, "products", setting->products);
    put_json(out, "order_templates", setting->order_templates);
    writer_put_i64(out, "min_held_back", setting->min_held_back);
    writer_end_object(out);
}

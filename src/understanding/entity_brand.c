#include "understanding/entity_brand.h"

#include "base/limit.h"
#include "understanding/term.h"

#include <string.h>

#define NEAR_BYTES 5 /* shorter names are found as they are written only */
#define NEAR_WRONG 6 /* … with a wrong letter */
#define NEAR_LONGEST 24
#define TEMPLATE_LEAST 3 /* of # ? * */

struct entity_brand {
    GPtrArray *templates; /* folded, NULL at the end */
    GPtrArray *names;     /* of products, as given */
    struct term_set *products;
    GPtrArray *aliases;  /* folded words that may be misspelt */
    GArray *alias_names; /* of int32_t: whose */
    GHashTable *near;    /* hash of an alias without one letter, or whole → place + 1 in aliases */
};

const char *const *entity_brand_templates(const struct entity_brand *brand)
{
    return brand == NULL ? NULL : (const char *const *)brand->templates->pdata;
}

/* ---- near spelling: words that are the same after leaving out a letter each are candidates ---- */

static uint32_t hash_without(const char *word, size_t length, size_t out)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        if (i != out)
            hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    return hash;
}

static void add_near(struct entity_brand *brand, const char *alias, int32_t name)
{
    size_t length = strlen(alias);
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum(alias[i]))
            return;
    if (length < NEAR_BYTES || length > NEAR_LONGEST)
        return;
    g_ptr_array_add(brand->aliases, g_strdup(alias));
    g_array_append_val(brand->alias_names, name);
    for (size_t out = 1; out <= length; out++)
        g_hash_table_insert(brand->near, GUINT_TO_POINTER(hash_without(alias, length, out)),
                            GUINT_TO_POINTER(brand->aliases->len));
}

/* One letter more, fewer, other, or two in the wrong order; both words are at least NEAR_BYTES - 1 long. */
static bool is_near(const char *alias, const char *word, size_t length)
{
    size_t known = strlen(alias);
    size_t head = 0;
    size_t tail = 0;
    size_t least = MIN(known, length);
    while (head < least && alias[head] == word[head])
        head++;
    while (tail < least - head && alias[known - 1 - tail] == word[length - 1 - tail])
        tail++;
    size_t in_alias = known - head - tail;
    size_t in_word = length - head - tail;
    for (size_t i = head; i < head + MAX(in_alias, in_word); i++)
        if ((i < head + in_alias && g_ascii_isdigit(alias[i])) || (i < head + in_word && g_ascii_isdigit(word[i])))
            return false;
    if (head == 0)
        return false;
    if (in_alias == 2 && in_word == 2)
        return alias[head] == word[head + 1] && alias[head + 1] == word[head];
    if (in_alias == 1 && in_word == 1)
        return known >= NEAR_WRONG;
    return in_alias + in_word == 1;
}

static const char *find_near(const struct entity_brand *brand, const char *text, size_t at, size_t *end)
{
    size_t last = at;
    while (g_ascii_isalnum(text[last]))
        last++;
    size_t length = last - at;
    if (length < NEAR_BYTES - 1 || length > NEAR_LONGEST + 1)
        return NULL;
    for (size_t out = 1; out <= length; out++) {
        uint32_t hash = hash_without(text + at, length, out);
        guint found = GPOINTER_TO_UINT(g_hash_table_lookup(brand->near, GUINT_TO_POINTER(hash)));
        if (found > 0 && is_near(g_ptr_array_index(brand->aliases, found - 1), text + at, length)) {
            *end = last;
            return g_ptr_array_index(brand->names, (guint)g_array_index(brand->alias_names, int32_t, found - 1));
        }
    }
    return NULL;
}

const char *entity_brand_product(const struct entity_brand *brand, const char *text, size_t at, size_t *end)
{
    if (brand == NULL || brand->names->len == 0)
        return NULL;
    int32_t name = term_find(brand->products, text, at, end);
    if (name >= 0)
        return g_ptr_array_index(brand->names, (guint)name);
    return brand->aliases->len > 0 && g_ascii_isalpha(text[at]) ? find_near(brand, text, at, end) : NULL;
}

/* ---- making ---- */

static bool add_template(struct entity_brand *brand, const char *template, GError **error)
{
    int open = 0;
    for (const char *p = template; *p != '\0'; p++)
        open += strchr("#?*", *p) != NULL;
    if (strlen(template) > LIMIT_NAME) {
        error_set(error, HY_ERROR_TOO_LONG, "templates", "%zu bytes", strlen(template));
        return false;
    }
    if (open < TEMPLATE_LEAST) {
        error_set(error, HY_ERROR_BAD_VALUE, "templates", "fewer than %d of # ? *: %s", TEMPLATE_LEAST, template);
        return false;
    }
    g_ptr_array_add(brand->templates, fold_string(template));
    return true;
}

static bool add_alias(struct entity_brand *brand, const char *alias, int32_t name, GError **error)
{
    g_autofree char *folded = fold_string(alias);
    if (folded[0] == '\0') {
        error_set(error, HY_ERROR_EMPTY, "products", "a name without text");
        return false;
    }
    if (strlen(alias) > LIMIT_NAME) {
        error_set(error, HY_ERROR_TOO_LONG, "products", "%zu bytes", strlen(alias));
        return false;
    }
    term_set_add(brand->products, folded, name);
    add_near(brand, folded, name);
    return true;
}

static bool add_product(struct entity_brand *brand, const struct entity_product *product, GError **error)
{
    int32_t name = (int32_t)brand->names->len;
    g_ptr_array_add(brand->names, g_strdup(product->name));
    if (!add_alias(brand, product->name, name, error))
        return false;
    for (const char *const *alias = product->aliases; alias != NULL && *alias != NULL; alias++)
        if (!add_alias(brand, *alias, name, error))
            return false;
    return true;
}

struct entity_brand *entity_brand_new(const char *const *templates, size_t template_count,
                                      const struct entity_product *products, size_t product_count, GError **error)
{
    struct entity_brand *brand = g_new0(struct entity_brand, 1);
    brand->templates = g_ptr_array_new_with_free_func(g_free);
    brand->names = g_ptr_array_new_with_free_func(g_free);
    brand->aliases = g_ptr_array_new_with_free_func(g_free);
    brand->alias_names = g_array_new(FALSE, FALSE, sizeof(int32_t));
    brand->near = g_hash_table_new(NULL, NULL);
    brand->products = term_set_new();
    bool good = true;
    for (size_t i = 0; good && i < template_count; i++)
        good = add_template(brand, templates[i], error);
    for (size_t i = 0; good && i < product_count; i++)
        good = add_product(brand, &products[i], error);
    if (!good) {
        entity_brand_free(brand);
        return NULL;
    }
    g_ptr_array_add(brand->templates, NULL);
    term_set_finish(brand->products);
    return brand;
}

void entity_brand_free(struct entity_brand *brand)
{
    if (brand == NULL)
        return;
    g_ptr_array_unref(brand->templates);
    g_ptr_array_unref(brand->names);
    g_ptr_array_unref(brand->aliases);
    g_array_unref(brand->alias_names);
    g_hash_table_unref(brand->near);
    term_set_free(brand->products);
    g_free(brand);
}

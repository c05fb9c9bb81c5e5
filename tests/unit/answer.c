#include "answer.h"

#include "api/route.h"
#include "api/shape.h"
#include "base/id.h"

#include <string.h>

static void check_object(const struct shape *shape, const json_t *value, const char *where);

static void check_item(const char *detail, const json_t *item, const char *where)
{
    int64_t id = 0;
    if (strcmp(detail, "TEXT") == 0) {
        g_assert_true(json_is_string(item));
    } else if (strcmp(detail, "ID") == 0) {
        g_assert_true(json_is_string(item) && id_parse(json_string_value(item), &id));
    } else {
        const struct shape *shape = shape_find(detail);
        g_assert_nonnull(shape);
        check_object(shape, item, where);
    }
}

static bool is_one_of(const char *words, const char *word)
{
    g_auto(GStrv) all = g_strsplit(words, "|", -1);
    return g_strv_contains((const char *const *)all, word);
}

static bool fits(const struct field *field, const json_t *value)
{
    int64_t number = 0;
    switch (field->type) {
    case FIELD_TEXT:
        return json_is_string(value);
    case FIELD_ID:
        return json_is_string(value) && id_parse(json_string_value(value), &number);
    case FIELD_INT:
        return json_is_integer(value) && (field->max == 0 || json_integer_value(value) <= field->max);
    case FIELD_REAL:
        return json_is_number(value);
    case FIELD_BOOL:
        return json_is_boolean(value);
    case FIELD_TIME:
        return json_is_string(value) && shape_parse_time(json_string_value(value), &number);
    case FIELD_ENUM:
        return json_is_string(value) && is_one_of(field->detail, json_string_value(value));
    case FIELD_OBJECT:
        return json_is_object(value);
    case FIELD_LIST:
        return json_is_array(value);
    case FIELD_JSON:
        return true;
    }
    return false;
}

static void check_field(const struct field *field, const json_t *value, const char *where)
{
    g_autofree char *path = g_strdup_printf("%s.%s", where, field->name);
    if (value == NULL)
        g_error("%s is not there", path);
    if (json_is_null(value)) {
        if (field->must)
            g_error("%s is null", path);
        return;
    }
    if (!fits(field, value)) {
        g_autofree char *text = json_format(value);
        g_error("%s is %s", path, text);
    }
    if (field->type == FIELD_OBJECT)
        check_object(shape_find(field->detail), value, path);
    size_t index = 0;
    json_t *item = NULL;
    if (field->type == FIELD_LIST)
        json_array_foreach (value, index, item)
            check_item(field->detail, item, path);
}

static void check_object(const struct shape *shape, const json_t *value, const char *where)
{
    size_t declared = 0;
    if (!json_is_object(value))
        g_error("%s is no object", where);
    for (const struct field *field = shape->fields; field->name != NULL; field++, declared++)
        check_field(field, json_object_get(value, field->name), where);
    if (declared != json_object_size(value)) {
        g_autofree char *text = json_format(value);
        g_error("%s has fields nobody declared: %s", where, text);
    }
}

static json_t *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *value = json_parse(text, strlen(text), &error);
    if (error != NULL)
        g_error("%s: %s", error->message, text);
    return value;
}

json_t *answer_expect(const char *shape, const char *text)
{
    json_t *value = parse(text);
    g_assert_nonnull(shape_find(shape));
    check_object(shape_find(shape), value, shape);
    return value;
}

json_t *answer_expect_list(const char *shape, const char *text)
{
    json_t *list = parse(text);
    g_assert_true(json_is_array(list));
    size_t index = 0;
    json_t *item = NULL;
    json_array_foreach (list, index, item)
        check_item(shape, item, shape);
    return list;
}

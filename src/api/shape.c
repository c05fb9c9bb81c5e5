#include "api/shape.h"

#include "base/id.h"

#include <string.h>

bool shape_parse_time(const char *text, int64_t *ms)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return false;
    *ms = g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
    return *ms > 0;
}

static bool is_word_of(const char *words, const char *text)
{
    size_t length = strlen(text);
    for (const char *at = words; at != NULL && length > 0 && strchr(text, '|') == NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, text, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

bool shape_check_text(enum field_type type, const char *detail, const char *text)
{
    int64_t number;
    switch (type) {
    case FIELD_ID:
        return id_parse(text, &number);
    case FIELD_INT: {
        guint64 unused;
        return g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &unused, NULL);
    }
    case FIELD_TIME:
        return shape_parse_time(text, &number);
    case FIELD_ENUM:
        return is_word_of(detail, text);
    default:
        return true;
    }
}

static bool is_id(const json_t *value)
{
    return json_is_string(value) ? shape_check_text(FIELD_ID, NULL, json_string_value(value))
                                 : json_is_integer(value) && json_integer_value(value) > 0;
}

static bool wrong(const char *path, GError **error)
{
    error_set(error, HY_ERROR_BAD_VALUE, path, "%s is of another type or not one of the values", path);
    return false;
}

static bool too_long(const char *path, int64_t max, GError **error)
{
    error_set(error, HY_ERROR_TOO_LONG, path, "%s is longer than %" G_GINT64_FORMAT, path, max);
    return false;
}

static bool check_object(const struct shape *shape, const json_t *value, const char *path, GError **error);

static bool check_text(const char *path, const json_t *value, int64_t max, GError **error)
{
    if (!json_is_string(value))
        return wrong(path, error);
    return max == 0 || (int64_t)json_string_length(value) <= max || too_long(path, max, error);
}

static bool check_list(const struct field *field, const char *path, const json_t *value, GError **error)
{
    if (!json_is_array(value))
        return wrong(path, error);
    if (field->max != 0 && (int64_t)json_array_size(value) > field->max)
        return too_long(path, field->max, error);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        g_autofree char *at = g_strdup_printf("%s[%zu]", path, i);
        bool ok = strcmp(field->detail, "ID") == 0     ? is_id(item) || wrong(at, error)
                  : strcmp(field->detail, "TEXT") == 0 ? check_text(at, item, LIMIT_NAME, error)
                                                       : check_object(shape_find(field->detail), item, at, error);
        if (!ok)
            return false;
    }
    return true;
}

static bool check_json(const struct field *field, const char *path, const json_t *value, GError **error)
{
    if (field->max == 0)
        return true;
    g_autofree char *text = json_format(value);
    return (int64_t)strlen(text) <= field->max || too_long(path, field->max, error);
}

static bool check_field(const struct field *field, const char *path, const json_t *value, GError **error)
{
    bool right = true;
    switch (field->type) {
    case FIELD_TEXT:
        return check_text(path, value, field->max, error);
    case FIELD_LIST:
        return check_list(field, path, value, error);
    case FIELD_JSON:
        return check_json(field, path, value, error);
    case FIELD_OBJECT:
        return check_object(shape_find(field->detail), value, path, error);
    case FIELD_ID:
        right = is_id(value);
        break;
    case FIELD_INT:
        right = json_is_integer(value) && json_integer_value(value) >= 0 &&
                (field->max == 0 || json_integer_value(value) <= field->max);
        break;
    case FIELD_REAL:
        right = json_is_number(value);
        break;
    case FIELD_BOOL:
        right = json_is_boolean(value);
        break;
    case FIELD_TIME:
    case FIELD_ENUM:
        right = json_is_string(value) && shape_check_text(field->type, field->detail, json_string_value(value));
        break;
    }
    return right || wrong(path, error);
}

static char *path_of(const char *parent, const char *name)
{
    return *parent == '\0' ? g_strdup(name) : g_strconcat(parent, ".", name, NULL);
}

static const struct field *field_find(const struct shape *shape, const char *name)
{
    for (const struct field *field = shape->fields; field->name != NULL; field++) {
        if (strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

static bool check_object(const struct shape *shape, const json_t *value, const char *path, GError **error)
{
    if (!json_is_object(value)) {
        if (*path != '\0')
            return wrong(path, error);
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "the body is not a JSON object");
        return false;
    }
    const char *name = NULL;
    json_t *unused = NULL;
    json_object_foreach ((json_t *)value, name, unused) {
        if (field_find(shape, name) != NULL)
            continue;
        g_autofree char *at = path_of(path, name);
        if (strlen(at) > LIMIT_NAME)
            at[g_utf8_find_prev_char(at, at + LIMIT_NAME) - at] = '\0';
        error_set(error, HY_ERROR_UNKNOWN_FIELD, at, "a field nobody knows");
        return false;
    }
    for (const struct field *field = shape->fields; field->name != NULL; field++) {
        const json_t *given = json_object_get(value, field->name);
        g_autofree char *at = path_of(path, field->name);
        if (given == NULL || json_is_null(given)) {
            if (!field->must)
                continue;
            error_set(error, HY_ERROR_MISSING, at, "%s is missing", at);
            return false;
        }
        if (!check_field(field, at, given, error))
            return false;
    }
    return true;
}

bool shape_check(const struct shape *shape, const json_t *value, GError **error)
{
    return check_object(shape, value, "", error);
}

#include "base/json.h"

#include "base/id.h"
#include "base/limit.h"

#include <string.h>

static bool depth_within(const json_t *value, int levels)
{
    if (!json_is_object(value) && !json_is_array(value))
        return true;
    if (levels == 0)
        return false;
    const char *key = NULL;
    json_t *child = NULL;
    size_t index = 0;
    json_object_foreach ((json_t *)value, key, child)
        if (!depth_within(child, levels - 1))
            return false;
    json_array_foreach (value, index, child)
        if (!depth_within(child, levels - 1))
            return false;
    return true;
}

json_t *json_parse(const void *data, size_t length, GError **error)
{
    json_error_t why;
    json_t *value = json_loadb(data, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (value == NULL) {
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "not JSON at byte %d: %s", why.position, why.text);
        return NULL;
    }
    if (!depth_within(value, LIMIT_JSON_DEPTH)) {
        json_decref(value);
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "nested deeper than %d levels", LIMIT_JSON_DEPTH);
        return NULL;
    }
    return value;
}

static const json_t *optional(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);
    return json_is_null(value) ? NULL : value;
}

bool json_opt_text(const json_t *object, const char *field, size_t max_bytes, const char **out, GError **error)
{
    const json_t *value = optional(object, field);
    *out = NULL;
    if (value == NULL)
        return true;
    if (!json_is_string(value)) {
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s is not a string", field);
        return false;
    }
    if (json_string_length(value) > max_bytes) {
        error_set(error, HY_ERROR_TOO_LONG, field, "%s has more than %zu bytes", field, max_bytes);
        return false;
    }
    *out = json_string_value(value);
    return true;
}

static bool required(bool present, const char *field, GError **error)
{
    if (!present)
        error_set(error, HY_ERROR_MISSING, field, "%s is missing", field);
    return present;
}

bool json_get_text(const json_t *object, const char *field, size_t max_bytes, const char **out, GError **error)
{
    return json_opt_text(object, field, max_bytes, out, error) && required(*out != NULL, field, error);
}

bool json_opt_id(const json_t *object, const char *field, int64_t *out, GError **error)
{
    const json_t *value = optional(object, field);
    *out = 0;
    if (value == NULL)
        return true;
    if (json_is_integer(value) && json_integer_value(value) > 0) {
        *out = json_integer_value(value);
        return true;
    }
    if (json_is_string(value) && id_parse(json_string_value(value), out))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, field, "%s is not an id", field);
    return false;
}

bool json_get_id(const json_t *object, const char *field, int64_t *out, GError **error)
{
    return json_opt_id(object, field, out, error) && required(*out != 0, field, error);
}

bool json_opt_i64(const json_t *object, const char *field, int64_t min, int64_t max, int64_t fallback, int64_t *out,
                  GError **error)
{
    const json_t *value = optional(object, field);
    *out = fallback;
    if (value == NULL)
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) {
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s is not a whole number in its range", field);
        return false;
    }
    *out = json_integer_value(value);
    return true;
}

bool json_opt_bool(const json_t *object, const char *field, bool fallback, bool *out, GError **error)
{
    const json_t *value = optional(object, field);
    *out = fallback;
    if (value == NULL)
        return true;
    if (!json_is_boolean(value)) {
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s is not true or false", field);
        return false;
    }
    *out = json_is_true(value);
    return true;
}

char *json_id_text(const json_t *value)
{
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return NULL;
}

char *json_format(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *copy = g_strdup(text);
    free(text);
    return copy;
}

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
    json_object_foreach((json_t *)value, key, child)
        if (!depth_within(child, levels - 1))
            return false;
    json_array_foreach(value, index, child)
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

/* ---- the writer ---- */

void json_writer_init(struct json_writer *writer)
{
    writer->text = g_string_sized_new(1024);
    writer->comma = false;
}

char *json_writer_steal(struct json_writer *writer, gsize *length)
{
    if (length != NULL)
        *length = writer->text->len;
    GString *text = g_steal_pointer(&writer->text);
    return g_string_free(text, FALSE);
}

void json_writer_clear(struct json_writer *writer)
{
    if (writer->text != NULL)
        g_string_free(g_steal_pointer(&writer->text), TRUE);
}

static void separate(struct json_writer *writer)
{
    if (writer->comma)
        g_string_append_c(writer->text, ',');
    writer->comma = true;
}

static void begin(struct json_writer *writer, char bracket)
{
    separate(writer);
    g_string_append_c(writer->text, bracket);
    writer->comma = false;
}

static void end(struct json_writer *writer, char bracket)
{
    g_string_append_c(writer->text, bracket);
    writer->comma = true;
}

void json_begin_object(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end(writer, ']');
}

static void quote(GString *out, const char *text)
{
    static const char HEX[] = "0123456789abcdef";
    g_string_append_c(out, '"');
    const char *run = text;
    const char *at = text;
    for (; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        g_string_append_len(out, run, at - run);
        run = at + 1;
        switch (byte) {
        case '"':
            g_string_append(out, "\\\"");
            break;
        case '\\':
            g_string_append(out, "\\\\");
            break;
        case '\n':
            g_string_append(out, "\\n");
            break;
        default: {
            const char escape[6] = {'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]};
            g_string_append_len(out, escape, sizeof escape);
        }
        }
    }
    g_string_append_len(out, run, at - run);
    g_string_append_c(out, '"');
}

void json_key(struct json_writer *writer, const char *key)
{
    separate(writer);
    g_string_append_c(writer->text, '"');
    g_string_append(writer->text, key);
    g_string_append(writer->text, "\":");
    writer->comma = false;
}

void json_text(struct json_writer *writer, const char *value)
{
    if (value == NULL) {
        json_null(writer);
        return;
    }
    separate(writer);
    if (g_utf8_validate(value, -1, NULL)) {
        quote(writer->text, value);
        return;
    }
    g_autofree char *repaired = g_utf8_make_valid(value, -1);
    quote(writer->text, repaired);
}

void json_i64(struct json_writer *writer, int64_t value)
{
    separate(writer);
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (value < 0)
        *--at = '-';
    g_string_append_len(writer->text, at, digits + sizeof digits - at);
}

void json_real(struct json_writer *writer, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    separate(writer);
    g_string_append(writer->text, g_ascii_formatd(digits, sizeof digits, "%.6g", value));
}

void json_bool(struct json_writer *writer, bool value)
{
    separate(writer);
    g_string_append(writer->text, value ? "true" : "false");
}

void json_null(struct json_writer *writer)
{
    separate(writer);
    g_string_append(writer->text, "null");
}

void json_id(struct json_writer *writer, int64_t id)
{
    if (id == 0) {
        json_null(writer);
        return;
    }
    separate(writer);
    g_string_append_c(writer->text, '"');
    writer->comma = false;
    json_i64(writer, id);
    g_string_append_c(writer->text, '"');
}

void json_raw(struct json_writer *writer, const char *json)
{
    separate(writer);
    g_string_append(writer->text, json ? json : "null");
}

/* Days since 1970 to a date in the proleptic Gregorian calendar: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
static void civil_date(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

static char *two(char *at, unsigned value)
{
    *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

void json_time(struct json_writer *writer, int64_t ms)
{
    if (ms == 0) {
        json_null(writer);
        return;
    }
    int64_t seconds = ms / 1000 - (ms % 1000 < 0);
    unsigned fraction = (unsigned)(ms - seconds * 1000);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned in_day = (unsigned)(seconds - days * 86400);
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    civil_date(days, &year, &month, &day);
    year = CLAMP(year, 0, 9999);

    char text[32];
    char *at = text;
    *at++ = '"';
    at = two(at, (unsigned)year / 100);
    at = two(at, (unsigned)year % 100);
    *at++ = '-';
    at = two(at, month);
    *at++ = '-';
    at = two(at, day);
    *at++ = 'T';
    at = two(at, in_day / 3600);
    *at++ = ':';
    at = two(at, in_day / 60 % 60);
    *at++ = ':';
    at = two(at, in_day % 60);
    *at++ = '.';
    *at++ = (char)('0' + fraction / 100);
    at = two(at, fraction % 100);
    *at++ = 'Z';
    *at++ = '"';
    separate(writer);
    g_string_append_len(writer->text, text, at - text);
}

void json_put_text(struct json_writer *writer, const char *key, const char *value)
{
    json_key(writer, key);
    json_text(writer, value);
}

void json_put_i64(struct json_writer *writer, const char *key, int64_t value)
{
    json_key(writer, key);
    json_i64(writer, value);
}

void json_put_bool(struct json_writer *writer, const char *key, bool value)
{
    json_key(writer, key);
    json_bool(writer, value);
}

void json_put_id(struct json_writer *writer, const char *key, int64_t id)
{
    json_key(writer, key);
    json_id(writer, id);
}

void json_put_time(struct json_writer *writer, const char *key, int64_t ms)
{
    json_key(writer, key);
    json_time(writer, ms);
}

void json_put_raw(struct json_writer *writer, const char *key, const char *json)
{
    json_key(writer, key);
    json_raw(writer, json);
}

/* json.h - reading JSON with jansson (writing: writer.h).
 *
 * Strict: UTF-8 checked, no duplicate keys, no NUL inside a string, 64-bit
 * integers exact.
 *
 * The readers take a field's name and say in the error which field was wrong. */
#pragma once
#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

/* Parses one JSON value of at most LIMIT_JSON_DEPTH levels. NULL and error otherwise. Free with json_decref. */
json_t *json_parse(const void *data, size_t length, GError **error);

/* Each sets *out and returns true, or sets error (MISSING, BAD_VALUE, TOO_LONG naming the field).
 * An optional field that is absent or null gives NULL / fallback. Strings are borrowed from the object. */
bool json_get_text(const json_t *object, const char *field, size_t max_bytes, const char **out, GError **error);
bool json_opt_text(const json_t *object, const char *field, size_t max_bytes, const char **out, GError **error);
bool json_get_id(const json_t *object, const char *field, int64_t *out, GError **error); /* "123" or 123 */
bool json_opt_id(const json_t *object, const char *field, int64_t *out, GError **error); /* 0 when absent */
bool json_opt_i64(const json_t *object, const char *field, int64_t min, int64_t max, int64_t fallback, int64_t *out,
                  GError **error);
bool json_opt_bool(const json_t *object, const char *field, bool fallback, bool *out, GError **error);

/* A number or a string of digits as text, for ids that platforms write either way. NULL when neither. g_free. */
char *json_id_text(const json_t *value);

/* Compact text of a value. Free with g_free. */
char *json_format(const json_t *value);

/* json.h - reading JSON with jansson, writing it with a small writer.
 *
 * Reading: jansson, strict (UTF-8 checked, no duplicate keys, no NUL inside a
 * string, 64-bit integers exact). Writing: responses are written front to back
 * into a GString, which costs a tenth of building a tree first.
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

/* ---- the writer ----
 * Commas are its business: begin, keys and values, end. Text that is not valid
 * UTF-8 is written with U+FFFD in place of the bad bytes. */
struct json_writer {
    GString *text;
    bool comma; /* a value stands before the next one */
};

void json_writer_init(struct json_writer *writer);              /* owns a new GString */
char *json_writer_steal(struct json_writer *writer, gsize *length); /* g_free; the writer is cleared */
void json_writer_clear(struct json_writer *writer);
typedef struct json_writer json_writer;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(json_writer, json_writer_clear) /* g_auto(json_writer) */

void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key); /* plain ASCII keys of ours */
void json_text(struct json_writer *writer, const char *value); /* NULL writes null */
void json_i64(struct json_writer *writer, int64_t value);
void json_real(struct json_writer *writer, double value);
void json_bool(struct json_writer *writer, bool value);
void json_null(struct json_writer *writer);
void json_id(struct json_writer *writer, int64_t id); /* as a string; 0 writes null */
void json_raw(struct json_writer *writer, const char *json); /* a value that is JSON already; NULL writes null */
void json_time(struct json_writer *writer, int64_t ms); /* "2026-01-02T03:04:05.678Z"; 0 writes null */

/* key and value in one call */
void json_put_text(struct json_writer *writer, const char *key, const char *value);
void json_put_i64(struct json_writer *writer, const char *key, int64_t value);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_id(struct json_writer *writer, const char *key, int64_t id);
void json_put_time(struct json_writer *writer, const char *key, int64_t ms);
void json_put_raw(struct json_writer *writer, const char *key, const char *json);

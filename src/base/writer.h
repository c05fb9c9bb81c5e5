/* writer.h - JSON written front to back into one string.
 *
 * Answers are written this way: it costs a tenth of building a tree first.
 * Commas are its business: begin, keys and values, end. Text that is not valid
 * UTF-8 is written with U+FFFD in place of the bad bytes. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct writer {
    GString *text;
    bool comma; /* a value stands before the next one */
};

void writer_init(struct writer *writer);                  /* owns a new GString */
char *writer_steal(struct writer *writer, gsize *length); /* g_free; the writer is cleared */
void writer_clear(struct writer *writer);
typedef struct writer writer_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(writer_auto, writer_clear) /* g_auto(writer_auto) */

void writer_begin_object(struct writer *writer);
void writer_end_object(struct writer *writer);
void writer_begin_array(struct writer *writer);
void writer_end_array(struct writer *writer);
void writer_key(struct writer *writer, const char *key);    /* plain ASCII keys of ours */
void writer_text(struct writer *writer, const char *value); /* NULL writes null */
void writer_i64(struct writer *writer, int64_t value);
void writer_real(struct writer *writer, double value);
void writer_bool(struct writer *writer, bool value);
void writer_null(struct writer *writer);
void writer_id(struct writer *writer, int64_t id);        /* as a string; 0 writes null */
void writer_raw(struct writer *writer, const char *json); /* a value that is JSON already; NULL writes null */
void writer_time(struct writer *writer, int64_t ms);      /* "2026-01-02T03:04:05.678Z"; 0 writes null */

/* key and value in one call */
void writer_put_text(struct writer *writer, const char *key, const char *value);
void writer_put_i64(struct writer *writer, const char *key, int64_t value);
void writer_put_bool(struct writer *writer, const char *key, bool value);
void writer_put_id(struct writer *writer, const char *key, int64_t id);
void writer_put_time(struct writer *writer, const char *key, int64_t ms);
void writer_put_raw(struct writer *writer, const char *key, const char *json);

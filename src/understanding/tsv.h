/* tsv.h - labelled texts from a file: label<tab>text a line, UTF-8, plain or compressed by gzip.
 *
 * A line's end may be CR LF; a byte order mark before the first line and lines without anything are passed over; a
 * text may be empty, hold further tabs and bad bytes (normalising repairs them). The file is read whole. Any thread. */
#pragma once
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct example {
    const char *label; /* not empty, valid UTF-8, ends in NUL */
    const char *text;  /* length bytes and a NUL */
    size_t length;
    float weight;   /* 1 = an example like any other */
    uint32_t group; /* 0, or examples that are variants of one another: they are held back together */
};

struct tsv {
    GArray *examples; /* of struct example, into bytes */
    char *bytes;
};

/* BAD_VALUE naming file and line, TOO_LARGE beyond the caps (LIMIT_EXAMPLES…),
 * NOT_FOUND when it cannot be opened, EMPTY without a single example. tsv_clear after either outcome. */
bool tsv_read(struct tsv *tsv, const char *path, GError **error);

/* The same from memory, plain only; bytes are copied. name stands in errors. */
bool tsv_parse(struct tsv *tsv, const char *bytes, size_t length, const char *name, GError **error);
void tsv_clear(struct tsv *tsv);
typedef struct tsv tsv_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(tsv_auto, tsv_clear)

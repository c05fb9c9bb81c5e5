/* bounded.h - what a platform says, cut to the sizes of base/limit.h before it comes near the database.
 *
 * Pure; any thread. Texts come back as valid UTF-8 and are freed with g_free. NULL in, NULL out. */
#pragma once
#include <glib.h>

/* The most bytes of text, up to max, that end at a character. */
size_t bounded_cut(const char *text, size_t length, size_t max);

/* At most max bytes; mark is put behind what was cut. */
char *bounded_text(const char *text, size_t max, const char *mark);

/* Ids that are longer than any platform's are named by their hash: still the same one twice. NULL for an empty one. */
char *bounded_id(const char *id);

/* JSON that is too large or no UTF-8 is left out (NULL) rather than cut. */
char *bounded_json(const char *json);

/* A list of at most LIMIT_MEDIA attachments; "[]" when there is none. */
char *bounded_media(const char *media);

/* The first LIMIT_RAW_PAYLOAD bytes; NULL for nothing. */
GBytes *bounded_raw(GBytes *raw);

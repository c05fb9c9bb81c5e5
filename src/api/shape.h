/* shape.h - is this JSON what shapes.def says? Pure; any thread (tests/fuzz/json_shape.c). */
#pragma once
#include "api/route.h"
#include "base/json.h"

/* The first thing wrong is named: "settings", "author.name", "mentions[2]". UNKNOWN_FIELD, MISSING, BAD_VALUE,
 * TOO_LONG; BAD_REQUEST when value is not an object. A field that is null counts as not given. */
bool shape_check(const struct shape *shape, const json_t *value, GError **error);

/* A single value, as in a query: ID, INT (not negative), TIME, ENUM (words separated by |). TEXT is always right. */
bool shape_check_text(enum field_type type, const char *detail, const char *text);

/* "2026-01-02T03:04:05.678Z", any offset, as milliseconds; false when it is no time after 1970. */
bool shape_parse_time(const char *text, int64_t *ms);

/* error.h - one error domain for the whole program.
 *
 * A function that can fail returns bool and takes GError **error last. The
 * codes are the closed list of error.def; the message is the detail for the
 * log, in English and without personal data; what a person reads comes from the
 * table in their own language (error_text). Any thread. */
#pragma once
#include "base/lang.h"

#include <glib.h>
#include <stdbool.h>

#define HY_ERROR (hy_error_quark())

enum hy_error {
#define ERROR(name, ...) HY_ERROR_##name,
#include "base/error.def"
#undef ERROR
    HY_ERROR_COUNT
};

GQuark hy_error_quark(void);

/* Sets *error to code, about field (NULL when it is about no field). */
void error_set(GError **error, enum hy_error code, const char *field, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The field an error is about; NULL when none or when it is not of HY_ERROR. Borrowed. */
const char *error_field(const GError *error);

/* The code of any GError; a foreign domain counts as HY_ERROR_INTERNAL. */
enum hy_error error_code(const GError *error);

const char *error_name(enum hy_error code); /* "bad_request" */
int error_http_status(enum hy_error code);  /* 400 … 507 */
bool error_may_retry(enum hy_error code);

/* What the person reads, with the field filled in. Free with g_free. */
char *error_text(const GError *error, enum lang lang);

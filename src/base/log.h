/* log.h - one line a matter: "2026-01-02T03:04:05.678Z level=warn what=outbox.retry key=value …" on stderr.
 *
 * The caller that ends a matter logs once. Never message text, never a secret,
 * never personal data: ids and counts. Values with blanks are quoted. Any thread. */
#pragma once
#include <glib.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);

/* what: "outbox.retry"; format: "id=%" … of key=value pairs, may be empty. */
void log_line(enum log_level level, const char *what, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same for an error that ends here: adds error=code detail="…". */
void log_failure(const char *what, const GError *error);

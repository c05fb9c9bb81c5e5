#include "base/log.h"

#include "base/error.h"

#include <stdio.h>
#include <unistd.h>

static enum log_level least_level = LOG_INFO;

void log_set_level(enum log_level least)
{
    __atomic_store_n(&least_level, least, __ATOMIC_RELAXED);
}

void log_line(enum log_level level, const char *what, const char *format, ...)
{
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    if (level < __atomic_load_n(&least_level, __ATOMIC_RELAXED))
        return;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *when = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "%s.%03dZ level=%s what=%s ", when, g_date_time_get_microsecond(now) / 1000, NAMES[level],
                    what);
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(line, format, args);
    va_end(args);
    for (gsize i = 0; i < line->len; i++) /* one matter, one line */
        if ((unsigned char)line->str[i] < 0x20)
            line->str[i] = ' ';
    g_string_append_c(line, '\n');
    ssize_t written = write(STDERR_FILENO, line->str, line->len); /* one call, so that lines of threads do not mix */
    (void)written;
}

void log_failure(const char *what, const GError *error)
{
    g_autofree char *quoted = g_strescape(error->message, NULL);
    log_line(LOG_ERROR, what, "error=%s detail=\"%s\"", error_name(error_code(error)), quoted);
}

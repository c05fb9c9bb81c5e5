#include "base/error.h"

#include <string.h>

typedef struct {
    char *field;
} HyErrorPrivate;

static void hy_error_private_init(HyErrorPrivate *self)
{
    self->field = NULL;
}

static void hy_error_private_copy(const HyErrorPrivate *from, HyErrorPrivate *to)
{
    to->field = g_strdup(from->field);
}

static void hy_error_private_clear(HyErrorPrivate *self)
{
    g_clear_pointer(&self->field, g_free);
}

G_DEFINE_EXTENDED_ERROR(HyError, hy_error)

static const struct {
    const char *name;
    int http_status;
    bool may_retry;
    const char *text[LANG_COUNT];
} ERRORS[HY_ERROR_COUNT] = {
#define ERROR(id, name, status, retry, zh, en)                                                                         \
    [HY_ERROR_##id] = {name, status, retry, {[LANG_ZH] = zh, [LANG_EN] = en}},
#include "base/error.def"
#undef ERROR
};

void error_set(GError **error, enum hy_error code, const char *field, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *detail = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, HY_ERROR, (int)code, detail);
    hy_error_get_private(*error)->field = g_strdup(field);
}

const char *error_field(const GError *error)
{
    return error->domain == HY_ERROR ? hy_error_get_private(error)->field : NULL;
}

enum hy_error error_code(const GError *error)
{
    return error->domain == HY_ERROR ? (enum hy_error)error->code : HY_ERROR_INTERNAL;
}

const char *error_name(enum hy_error code)
{
    return ERRORS[code].name;
}

int error_http_status(enum hy_error code)
{
    return ERRORS[code].http_status;
}

bool error_may_retry(enum hy_error code)
{
    return ERRORS[code].may_retry;
}

char *error_text(const GError *error, enum lang lang)
{
    const char *field = error_field(error);
    GString *text = g_string_new(ERRORS[error_code(error)].text[lang]);
    g_string_replace(text, "{field}", field ? field : "?", 0);
    return g_string_free(text, FALSE);
}

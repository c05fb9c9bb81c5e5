#include "channels/kit.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"

#include <curl/curl.h>
#include <string.h>

static bool whole_number(const char *text, int64_t *value)
{
    char *end = NULL;
    *value = g_ascii_strtoll(text, &end, 10);
    return *text != '\0' && strlen(text) <= 18 && *end == '\0' && !g_ascii_isspace(*text) && *text != '+';
}

int64_t kit_setting_i64(const struct channel_account *account, const char *key)
{
    int64_t value = 0;
    if (whole_number(channel_setting(account, key), &value))
        return value;
    struct channel_account defaults = {.kind = account->kind};
    return whole_number(channel_setting(&defaults, key), &value) ? value : 0;
}

bool kit_setting_yes(const struct channel_account *account, const char *key)
{
    return strcmp(channel_setting(account, key), "yes") == 0;
}

bool kit_check_url(const struct channel_account *account, const char *key, GError **error)
{
    const char *value = channel_setting(account, key);
    if (*value == '\0' || kit_is_url(value))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, key, "%s is not an http or https address", key);
    return false;
}

bool kit_check_range(const struct channel_account *account, const char *key, int64_t min, int64_t max, GError **error)
{
    int64_t value = 0;
    if (whole_number(channel_setting(account, key), &value) && value >= min && value <= max)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, key, "%s is not a whole number from %" PRId64 " to %" PRId64, key, min, max);
    return false;
}

bool kit_check_yes_no(const struct channel_account *account, const char *key, GError **error)
{
    const char *value = channel_setting(account, key);
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, key, "%s is neither yes nor no", key);
    return false;
}

bool kit_check_id(const struct channel_account *account, const char *key, GError **error)
{
    const char *value = channel_setting(account, key);
    int64_t id = 0;
    if (*value == '\0' || id_parse(value, &id))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, key, "%s is not a number", key);
    return false;
}

/* ---- reading ---- */

static bool is_escape(const char *at, const char *end, unsigned *code)
{
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return false;
    *code = 0;
    for (int i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return false;
        *code = *code * 16 + (unsigned)digit;
    }
    return true;
}

/* How many bytes of escapes at this place are fine as they stand; 0 = the escape must go. */
static size_t sound_escape(const char *at, const char *end, unsigned code)
{
    unsigned second = 0;
    if (code >= 0xD800 && code <= 0xDBFF)
        return is_escape(at + 6, end, &second) && second >= 0xDC00 && second <= 0xDFFF ? 12 : 0;
    return code == 0 || (code >= 0xDC00 && code <= 0xDFFF) ? 0 : 6;
}

static char *mend(const char *data, size_t length)
{
    g_autofree char *valid = g_utf8_make_valid(data, (gssize)length);
    const char *end = valid + strlen(valid);
    GString *mended = g_string_sized_new(length + 16);
    for (const char *at = valid; at < end;) {
        unsigned code = 0;
        size_t taken = *at == '\\' && at + 1 < end ? 2 : 1;
        if (is_escape(at, end, &code) && (taken = sound_escape(at, end, code)) == 0) {
            g_string_append(mended, "\\ufffd");
            at += 6;
            continue;
        }
        g_string_append_len(mended, at, (gssize)taken);
        at += taken;
    }
    return g_string_free(mended, FALSE);
}

json_t *kit_parse(const void *data, size_t length, GError **error)
{
    json_t *value = length > 0 ? json_parse(data, length, NULL) : NULL;
    if (value != NULL)
        return value;
    if (length == 0) {
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "the body is empty");
        return NULL;
    }
    g_autofree char *mended = mend(data, length);
    return json_parse(mended, strlen(mended), error);
}

/* The error of a reader that knows the key only, told again with the whole name. */
static bool renamed(bool fine, GError *inner, const char *path, const char *key, GError **error)
{
    if (fine)
        return true;
    g_autofree char *name = path ? g_strconcat(path, ".", key, NULL) : g_strdup(key);
    error_set(error, error_code(inner), name, "%s: %s", name, inner->message);
    g_error_free(inner);
    return false;
}

bool kit_get_text(const json_t *object, const char *path, const char *key, size_t max_bytes, const char **out,
                  GError **error)
{
    GError *inner = NULL;
    bool fine = json_get_text(object, key, max_bytes, out, &inner);
    if (fine && **out == '\0') {
        error_set(&inner, HY_ERROR_EMPTY, key, "empty");
        fine = false;
    }
    return renamed(fine, inner, path, key, error);
}

bool kit_opt_text(const json_t *object, const char *path, const char *key, size_t max_bytes, const char **out,
                  GError **error)
{
    GError *inner = NULL;
    bool fine = json_opt_text(object, key, max_bytes, out, &inner);
    return renamed(fine, inner, path, key, error);
}

bool kit_opt_url(const json_t *object, const char *path, const char *key, const char **out, GError **error)
{
    if (!kit_opt_text(object, path, key, LIMIT_URL, out, error))
        return false;
    if (*out != NULL && **out == '\0')
        *out = NULL;
    GError *inner = NULL;
    if (*out != NULL && !kit_is_url(*out))
        error_set(&inner, HY_ERROR_BAD_VALUE, key, "not an http or https address");
    return renamed(inner == NULL, inner, path, key, error);
}

bool kit_get_object(const json_t *object, const char *path, const char *key, const json_t **out, GError **error)
{
    GError *inner = NULL;
    *out = json_object_get(object, key);
    if (*out == NULL || json_is_null(*out))
        error_set(&inner, HY_ERROR_MISSING, key, "missing");
    else if (!json_is_object(*out))
        error_set(&inner, HY_ERROR_BAD_VALUE, key, "not an object");
    return renamed(inner == NULL, inner, path, key, error);
}

bool kit_is_url(const char *text)
{
    const char *host = g_str_has_prefix(text, "https://")  ? text + 8
                       : g_str_has_prefix(text, "http://") ? text + 7
                                                           : NULL;
    if (host == NULL || strlen(text) > LIMIT_URL || *host == '\0' || *host == '/' || *host == '?' || *host == '#')
        return false;
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f || strchr("\"<>\\^`{|}", *at) != NULL)
            return false;
    return true;
}

bool kit_parse_time(const char *text, int64_t *ms)
{
    if (strlen(text) > 40)
        return false;
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return false;
    *ms = g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
    return true;
}

/* ---- writing ---- */

char *kit_cut_text(const char *text)
{
    static const char MARK[] = "…";
    size_t length = strlen(text);
    if (length <= LIMIT_MESSAGE_TEXT)
        return g_strdup(text);
    const char *end = g_utf8_find_prev_char(text, text + LIMIT_MESSAGE_TEXT - sizeof MARK + 2);
    GString *cut = g_string_new_len(text, end ? end - text : 0);
    g_string_append(cut, MARK);
    return g_string_free(cut, FALSE);
}

GBytes *kit_raw(const json_t *item)
{
    char *text = json_format(item);
    size_t length = strlen(text);
    return g_bytes_new_take(text, MIN(length, (size_t)LIMIT_RAW_PAYLOAD));
}

void kit_form_add(GString *form, const char *key, const char *value)
{
    if (form->len > 0)
        g_string_append_c(form, '&');
    g_string_append(form, key);
    g_string_append_c(form, '=');
    g_string_append_uri_escaped(form, value, NULL, FALSE);
}

void kit_header(struct channel_request *request, const char *name, const char *value)
{
    g_ptr_array_add(request->headers, g_strconcat(name, ": ", value, NULL));
}

/* ---- answers ---- */

int64_t kit_retry_after_ms(const struct channel_response *response, int64_t now_ms)
{
    const char *value = response->header ? response->header(response->response, "Retry-After") : NULL;
    if (value == NULL || strlen(value) > 64)
        return 0;
    int64_t seconds = 0;
    int64_t wait_ms = 0;
    if (whole_number(value, &seconds)) {
        wait_ms = CLAMP(seconds, 0, CLOCK_DAY_MS / 1000) * 1000;
    } else {
        int64_t at_s = (int64_t)curl_getdate(value, NULL);
        if (at_s < 0)
            return 0;
        wait_ms = at_s * 1000 - now_ms;
    }
    return CLAMP(wait_ms, CLOCK_SECOND_MS, CLOCK_DAY_MS);
}

void kit_outcome(struct channel_outcome *outcome, enum channel_fate fate, int64_t wait_ms, const char *native_code)
{
    channel_outcome_clear(outcome);
    outcome->fate = fate;
    outcome->wait_ms = wait_ms;
    outcome->native_code = g_strdup(native_code);
}

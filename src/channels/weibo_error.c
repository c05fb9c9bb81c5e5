/* weibo_error.c - an answer's error code, or its bare status, becomes a fate. */
#include "channels/weibo.h"

#include "base/clock.h"
#include "channels/kit.h"

#include <string.h>

enum pause { PAUSE_NONE, PAUSE_MINUTE, PAUSE_HOUR };

static const struct {
    int first, last;
    enum channel_fate fate;
    enum pause pause;
} ERRORS[] = {
#define WEIBO_ERROR(first, last, fate, pause) {first, last, CHANNEL_##fate, PAUSE_##pause},
#include "channels/weibo_error.def"
#undef WEIBO_ERROR
};

/* A code that is in no table. Its first digit says whose fault it is: 1 the system's, 2 the request's; 213xx is OAuth.
 */
static enum channel_fate unknown_fate(int64_t code)
{
    if (code >= 21300 && code < 21400)
        return CHANNEL_AUTH_EXPIRED;
    return code >= 10000 && code < 20000 ? CHANNEL_TRANSIENT : CHANNEL_BAD_REQUEST;
}

static enum channel_fate lookup(int64_t code, enum pause *pause)
{
    *pause = PAUSE_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(ERRORS); i++) {
        if (code >= ERRORS[i].first && code <= ERRORS[i].last) {
            *pause = ERRORS[i].pause;
            return ERRORS[i].fate;
        }
    }
    return unknown_fate(code);
}

enum channel_fate weibo_error_fate(int64_t code)
{
    enum pause pause;
    return lookup(code, &pause);
}

/* The platform counts by the clock's hour; without a clock a whole hour is safe. */
static int64_t pause_ms(enum pause pause, int64_t now_ms)
{
    if (pause == PAUSE_HOUR)
        return CLOCK_HOUR_MS - now_ms % CLOCK_HOUR_MS;
    return pause == PAUSE_MINUTE ? CLOCK_MINUTE_MS : 0;
}

/* error_code as number or as string; "0" is success. */
static bool read_code(const json_t *answer, int64_t *code, char **text)
{
    *text = json_id_text(json_object_get(answer, "error_code"));
    if (*text == NULL || **text == '\0')
        return false;
    char *end = NULL;
    *code = g_ascii_strtoll(*text, &end, 10);
    return *end != '\0' || *code != 0;
}

static void from_status(const struct channel_response *response, int64_t now_ms, struct channel_outcome *outcome)
{
    g_autofree char *code = g_strdup_printf("http_%d", response->status);
    int64_t wait_ms = kit_retry_after_ms(response, now_ms);
    switch (response->status) {
    case 401:
        kit_outcome(outcome, CHANNEL_AUTH_EXPIRED, 0, code);
        return;
    case 403:
        kit_outcome(outcome, CHANNEL_PERMISSION, 0, code);
        return;
    case 413:
    case 414:
        kit_outcome(outcome, CHANNEL_TOO_LONG, 0, code);
        return;
    case 429:
        kit_outcome(outcome, CHANNEL_RATE_LIMITED, wait_ms, code);
        return;
    case 503: /* the front refused it: nothing was done */
        kit_outcome(outcome, wait_ms > 0 ? CHANNEL_RATE_LIMITED : CHANNEL_TRANSIENT, wait_ms, code);
        return;
    default: /* 5xx may have taken effect before it failed */
        kit_outcome(outcome, response->status >= 500 ? CHANNEL_AMBIGUOUS : CHANNEL_BAD_REQUEST, 0, code);
    }
}

bool weibo_error_read(const struct channel_response *response, const json_t *answer, int64_t now_ms,
                      struct channel_outcome *outcome)
{
    g_autofree char *text = NULL;
    int64_t code = 0;
    if (read_code(answer, &code, &text)) {
        enum pause pause;
        enum channel_fate fate = lookup(code, &pause);
        kit_outcome(outcome, fate, pause_ms(pause, now_ms), strlen(text) <= 32 ? text : "error_code");
        return true;
    }
    if (response->status >= 200 && response->status < 300)
        return false;
    from_status(response, now_ms, outcome);
    return true;
}

#include "channels/webhook.h"

#include "base/limit.h"
#include "base/writer.h"
#include "channels/kit.h"

#include <string.h>

static const struct channel_setting_kind SETTINGS[] = {
    {.key = "secret",
     .required = true,
     .secret = true,
     .generated = true,
     .generate = standard_webhook_secret,
     .label = {"签名密钥", "Signing secret"},
     .help = {"Standard Webhooks 密钥 whsec_…；留空则自动生成，只显示一次。收发都用它签名。",
              "Standard Webhooks secret whsec_…; made for you when left empty and shown once. Signs both directions."}},
    {.key = "secret_previous",
     .secret = true,
     .label = {"旧密钥", "Previous secret"},
     .help = {"更换密钥期间仍接受的旧密钥；换完后清空。",
              "Still accepted while you change secrets; clear it afterwards."}},
    {.key = "reply_url",
     .label = {"回复地址", "Reply address"},
     .help = {"回复以 Standard Webhooks 发到这个地址；留空则只能接收。",
              "Replies are posted here as Standard Webhooks; without it the channel only receives."}},
    {.key = "tolerance_s",
     .fallback = "300",
     .label = {"时间戳容差（秒）", "Time stamp tolerance (seconds)"},
     .help = {"webhook-timestamp 与本机时钟相差超过它就拒绝。",
              "A webhook-timestamp further than this from our clock is refused."}},
    {.key = NULL},
};

bool webhook_keys_load(const struct channel_account *account, struct webhook_keys *keys, GError **error)
{
    const char *previous = channel_setting(account, "secret_previous");
    keys->count = 1;
    if (!standard_webhook_key_parse(channel_setting(account, "secret"), "secret", &keys->key[0], error))
        return false;
    if (*previous == '\0')
        return true;
    keys->count = 2;
    return standard_webhook_key_parse(previous, "secret_previous", &keys->key[1], error);
}

static bool check_settings(const struct channel_account *account, GError **error)
{
    struct webhook_keys keys;
    return webhook_keys_load(account, &keys, error) && kit_check_url(account, "reply_url", error) &&
           kit_check_range(account, "tolerance_s", 1, 86400, error);
}

/* ---- out ---- */

static const char *from_target(const json_t *target, const char *key, const char *fallback)
{
    const char *value = json_string_value(json_object_get(target, key));
    return value ? value : fallback;
}

/* The same bytes on every try: nothing in it depends on now. */
static char *reply_format(const struct channel_outbound *outbound, const char *id, gsize *length)
{
    json_auto_t *target = outbound->source ? json_parse(outbound->source, strlen(outbound->source), NULL) : NULL;
    g_auto(writer_auto) w = {0};
    writer_init(&w);
    writer_begin_object(&w);
    writer_put_text(&w, "type", "reply.created");
    writer_put_time(&w, "timestamp", outbound->first_try_ms);
    writer_key(&w, "data");
    writer_begin_object(&w);
    writer_put_text(&w, "id", id);
    writer_put_text(&w, "channel", from_target(target, "channel", NULL));
    writer_key(&w, "recipient");
    writer_begin_object(&w);
    writer_put_text(&w, "id", from_target(target, "author_id", outbound->recipient_id));
    writer_put_text(&w, "name", outbound->recipient_handle);
    writer_end_object(&w);
    writer_put_text(&w, "kind", outbound->kind);
    writer_put_text(&w, "in_reply_to", outbound->parent_native_id);
    writer_put_text(&w, "thread_id", from_target(target, "thread_id", outbound->root_native_id));
    writer_put_text(&w, "visibility", outbound->visibility == CHANNEL_PUBLIC ? "public" : "private");
    writer_put_text(&w, "text", outbound->text);
    writer_end_object(&w);
    writer_end_object(&w);
    return writer_steal(&w, length);
}

static const char *reply_gap(const struct channel_account *account)
{
    return *channel_setting(account, "reply_url") == '\0' ? "reply_url" : NULL;
}

static bool build(const struct channel_account *account, const char *id, int64_t now_ms, char *body, gsize length,
                  struct channel_request *request, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(body, length);
    const char *url = channel_setting(account, "reply_url");
    struct webhook_keys keys;
    if (*url == '\0') {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "reply_url", "no reply_url is set, so this channel only receives");
        return false;
    }
    if (!webhook_keys_load(account, &keys, error))
        return false;
    g_autofree char *stamp = g_strdup_printf("%" PRId64, now_ms / 1000);
    g_autofree char *signature = standard_webhook_sign(keys.key, keys.count, id, now_ms / 1000, body, length);
    request->method = "POST";
    request->url = g_strdup(url);
    request->body = g_steal_pointer(&bytes);
    kit_header(request, "Content-Type", "application/json");
    kit_header(request, "User-Agent", "Huiyin/" HUIYIN_VERSION);
    kit_header(request, "webhook-id", id);
    kit_header(request, "webhook-timestamp", stamp);
    kit_header(request, "webhook-signature", signature);
    return true;
}

static bool send_build(const struct channel_account *account, const struct channel_outbound *outbound,
                       struct channel_request *request, GError **error)
{
    g_autofree char *id = g_strdup_printf("msg_%" PRId64, outbound->id);
    gsize length = 0;
    char *body = reply_format(outbound, id, &length);
    return build(account, id, outbound->now_ms, body, length, request, error);
}

/* What a status means when the receiver says no more. 3xx is never followed: a signed body goes where it was told. */
static enum channel_fate fate_of(int status)
{
    switch (status) {
    case 401:
        return CHANNEL_AUTH_EXPIRED;
    case 403:
        return CHANNEL_PERMISSION;
    case 408:
    case 425:
        return CHANNEL_TRANSIENT;
    case 410:
        return CHANNEL_AUTH_REVOKED;
    case 413:
        return CHANNEL_TOO_LONG;
    case 429:
        return CHANNEL_RATE_LIMITED;
    default:
        return status >= 300 && status < 500 ? CHANNEL_BAD_REQUEST : CHANNEL_TRANSIENT;
    }
}

static const char *text_of(const json_t *answer, const char *key, size_t max)
{
    const json_t *value = json_object_get(answer, key);
    size_t length = json_string_length(value);
    return length > 0 && length <= max ? json_string_value(value) : NULL;
}

/* 2xx may name the reply on the platform ("external_id"); 4xx may say which class of refusal it is ("error_class"). */
static void read_answer(const struct channel_outbound *outbound, const struct channel_response *response,
                        struct channel_outcome *outcome)
{
    g_autofree char *code = g_strdup_printf("%d", response->status);
    bool has_body = response->body_length > 0 && response->body_length <= LIMIT_BODY_DEFAULT;
    json_auto_t *answer = has_body ? json_parse(response->body, response->body_length, NULL) : NULL;
    if (response->status >= 200 && response->status < 300) {
        kit_outcome(outcome, CHANNEL_OK, 0, NULL);
        outcome->native_id = g_strdup(text_of(answer, "external_id", LIMIT_NATIVE_ID));
        return;
    }
    int64_t wait_ms = kit_retry_after_ms(response, outbound ? outbound->now_ms : 0);
    const char *named = text_of(answer, "error_class", 64);
    enum channel_fate fate = fate_of(response->status);
    if (fate == CHANNEL_TRANSIENT && wait_ms > 0)
        fate = CHANNEL_RATE_LIMITED;
    else if (fate == CHANNEL_BAD_REQUEST && named != NULL &&
             channel_fate_step(channel_fate_parse(named)) == CHANNEL_STEP_FAIL)
        fate = channel_fate_parse(named);
    kit_outcome(outcome, fate, fate == CHANNEL_RATE_LIMITED ? wait_ms : 0, code);
}

static void send_classify(const struct channel_account *account, const struct channel_outbound *outbound,
                          const struct channel_response *response, struct channel_outcome *outcome)
{
    (void)account;
    if (response->failure == CHANNEL_ANSWERED)
        read_answer(outbound, response, outcome);
    else /* also when it may have arrived: the same id makes a second one harmless */
        kit_outcome(outcome, CHANNEL_TRANSIENT, 0, NULL);
}

/* ---- probe: a signed event that a receiver acknowledges and forgets ---- */

static bool probe_build(const struct channel_account *account, int64_t now_ms, struct channel_request *request,
                        GError **error)
{
    static const char BODY[] = "{\"type\":\"huiyin.ping\",\"data\":{}}";
    g_autofree char *id = g_strdup_printf("ping_%" PRId64, now_ms);
    return build(account, id, now_ms, g_strdup(BODY), strlen(BODY), request, error);
}

static void probe_read(const struct channel_account *account, const struct channel_response *response,
                       struct channel_outcome *outcome)
{
    send_classify(account, NULL, response, outcome);
}

const struct channel_kind WEBHOOK_KIND = {
    .kind = "webhook",
    .label = {"Webhook（签名）", "Webhook (signed)"},
    .capabilities = CHANNEL_CAN_READ_PUBLIC | CHANNEL_CAN_READ_PRIVATE | CHANNEL_CAN_REPLY_PUBLIC |
                    CHANNEL_CAN_REPLY_PRIVATE | CHANNEL_CAN_PUSH | CHANNEL_SCOPED_IDS,
    .settings = SETTINGS,
    .check_settings = check_settings,
    .reply_gap = reply_gap,
    .receive = webhook_receive,
    .counter = "none",
    .send_build = send_build,
    .send_classify = send_classify,
    .probe_build = probe_build,
    .probe_read = probe_read,
};

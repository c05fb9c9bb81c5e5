/* standard_webhook.c - three header lines (id, timestamp, signature), then a body.
 * As given it must never verify; signed by us it must, and then either be taken or name a field. */
#include "channels/webhook.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define NOW_MS INT64_C(1614265330000)

struct request {
    const char *id, *timestamp, *signature;
};

static const char *header(const void *request, const char *name)
{
    const struct request *one = request;
    return strcmp(name, "webhook-id") == 0          ? one->id
           : strcmp(name, "webhook-timestamp") == 0 ? one->timestamp
           : strcmp(name, "webhook-signature") == 0 ? one->signature
                                                    : NULL;
}

static const char *no_query(const void *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

static char *line(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *newline = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    const uint8_t *stop = newline ? newline : end;
    char *text = g_strndup((const char *)*at, (size_t)(stop - *at));
    *at = newline ? newline + 1 : end;
    return text;
}

static bool receive(const struct request *request, const void *body, size_t length)
{
    json_auto_t *settings = json_pack("{s:s}", "secret", SECRET);
    struct channel_account account = {.kind = "webhook", .settings = settings};
    struct channel_push push = {"POST", header, no_query, request, body, length};
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    channel_receipt_init(&receipt);
    bool taken = WEBHOOK_KIND.receive(&account, &push, NOW_MS, &receipt, &error);
    if (taken != (error == NULL) || (!taken && (receipt.posts->len > 0 || error_field(error) == NULL)) ||
        (taken && receipt.status != 202))
        abort();
    for (guint i = 0; i < receipt.posts->len; i++) {
        const struct channel_post *post = g_ptr_array_index(receipt.posts, i);
        if (post->native_id == NULL || *post->native_id == '\0' || post->author.native_id == NULL ||
            post->text == NULL || (*post->text == '\0' && post->media == NULL))
            abort();
    }
    return taken || error_http_status(error_code(error)) == 400;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *at = data;
    g_autofree char *id = line(&at, data + size);
    g_autofree char *timestamp = line(&at, data + size);
    g_autofree char *signature = line(&at, data + size);
    size_t length = (size_t)(data + size - at);
    struct request given = {id, timestamp, signature};
    struct standard_webhook_key key;
    bool known = strstr(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=") != NULL; /* the published one */
    if (receive(&given, at, length) && !known)
        abort();
    if (!standard_webhook_key_parse(SECRET, "secret", &key, NULL))
        abort();
    g_autofree char *fitting = standard_webhook_sign(&key, 1, "fuzz", NOW_MS / 1000, at, length);
    struct request sealed = {"fuzz", "1614265330", fitting};
    if (!receive(&sealed, at, length))
        abort();
    standard_webhook_key_parse(signature, "secret", &key, NULL);
    return 0;
}

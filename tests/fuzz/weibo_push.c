/* weibo_push.c - whatever is posted to a Weibo channel's address after a signature that fits.
 * Whatever it is: a post that keeps the contract of channel.h, or an error that names a field. */
#include "channels/weibo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *no_header(const void *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

/* The platform's published signature: xyz123xyz, 1397022061823, 57155157. */
static const char *query(const void *request, const char *name)
{
    (void)request;
    return strcmp(name, "signature") == 0   ? "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1"
           : strcmp(name, "timestamp") == 0 ? "1397022061823"
           : strcmp(name, "nonce") == 0     ? "57155157"
                                            : NULL;
}

static void check(const struct channel_post *post)
{
    if (post->native_id == NULL || post->author.native_id == NULL || post->author.handle == NULL ||
        post->text == NULL || !g_utf8_validate(post->text, -1, NULL) ||
        (post->visibility == CHANNEL_PRIVATE) != (post->root_native_id == NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_auto_t *settings = json_pack("{s:s,s:s}", "app_secret", "xyz123xyz", "uid", "1900000001");
    struct channel_account account = {.kind = "weibo", .settings = settings};
    struct channel_push push = {"POST", no_header, query, NULL, data, size};
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    channel_receipt_init(&receipt);
    bool taken = WEIBO_KIND.receive(&account, &push, INT64_C(1397022061823), &receipt, &error);
    if (taken != (error == NULL) || (!taken && (receipt.posts->len > 0 || error_field(error) == NULL)))
        abort();
    for (guint i = 0; i < receipt.posts->len; i++)
        check(g_ptr_array_index(receipt.posts, i));
    return 0;
}

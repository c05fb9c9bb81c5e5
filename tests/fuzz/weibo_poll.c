/* weibo_poll.c - cursor, a zero byte, then what Weibo answers to a list, to a send and to a reconciling look.
 * A walk must always go on or arrive: the cursor it hands back is one that asks for something else. */
#include "channels/weibo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *no_header(const void *response, const char *name)
{
    (void)response, (void)name;
    return NULL;
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

static char *url_of(const struct channel_account *account, const char *cursor)
{
    g_auto(channel_request_auto) request = {0};
    int64_t wait_ms = 0;
    channel_request_init(&request);
    return WEIBO_KIND.poll_build(account, cursor, true, &request, &wait_ms, NULL) ? g_strdup(request.url) : NULL;
}

static void poll(const struct channel_account *account, const char *cursor, const struct channel_response *response)
{
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    g_autofree char *next = NULL;
    struct channel_outcome outcome = {0};
    if (!WEIBO_KIND.poll_parse(account, cursor, response, posts, &next, &outcome, NULL))
        abort();
    g_autofree char *before = url_of(account, cursor);
    g_autofree char *after = next ? url_of(account, next) : NULL;
    if (outcome.fate == CHANNEL_OK && posts->len > 0 && (after == NULL || strcmp(before, after) == 0))
        abort();
    for (guint i = 0; i < posts->len; i++) {
        const struct channel_post *post = g_ptr_array_index(posts, i);
        if (post->native_id == NULL || post->author.native_id == NULL || post->author.handle == NULL ||
            post->raw == NULL || post->root_native_id == NULL || !g_utf8_validate(post->text, -1, NULL))
            abort();
    }
    channel_outcome_clear(&outcome);
}

static void send_and_look(const struct channel_account *account, const struct channel_response *response)
{
    static const enum channel_visibility BOTH[] = {CHANNEL_PUBLIC, CHANNEL_PRIVATE};
    for (size_t i = 0; i < G_N_ELEMENTS(BOTH); i++) {
        struct channel_outbound outbound = {.visibility = BOTH[i],
                                            .text = "好 https://a.test",
                                            .recipient_id = "1",
                                            .source = "{\"status\":\"50\",\"comment\":\"51\"}",
                                            .first_try_ms = INT64_C(1767323045000),
                                            .now_ms = INT64_C(1767333045000)};
        struct channel_outcome outcome = {0};
        WEIBO_KIND.send_classify(account, &outbound, response, &outcome);
        WEIBO_KIND.reconcile_read(account, &outbound, response, &outcome);
        WEIBO_KIND.probe_read(account, response, &outcome);
        channel_outcome_clear(&outcome);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    if (zero == NULL)
        return 0;
    json_auto_t *settings = json_pack("{s:s,s:s,s:s}", "app_secret", "s", "uid", "1900000001", "access_token", "T");
    struct channel_account account = {.kind = "weibo", .settings = settings};
    g_autofree char *cursor = g_strndup((const char *)data, (size_t)(zero - data));
    struct channel_response response = {
        .status = 200, .header = no_header, .body = zero + 1, .body_length = size - (size_t)(zero + 1 - data)};
    poll(&account, cursor, &response);
    send_and_look(&account, &response);
    return 0;
}

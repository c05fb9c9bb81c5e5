#include "inbox/exchange.h"

bool exchange_begin(exchange_send send, struct client *client, const struct channel_request *request, bool may_repeat,
                    client_callback callback, void *data, GError **error)
{
    return exchange_begin_within(send, client, request, may_repeat, EXCHANGE_TIMEOUT_MS, callback, data, error);
}

bool exchange_begin_within(exchange_send send, struct client *client, const struct channel_request *request,
                           bool may_repeat, int timeout_ms, client_callback callback, void *data, GError **error)
{
    g_autofree const char **headers = g_new0(const char *, request->headers->len + 1);
    for (guint i = 0; i < request->headers->len; i++)
        headers[i] = g_ptr_array_index(request->headers, i);
    struct client_request call = {.method = request->method,
                                  .url = request->url,
                                  .headers = headers,
                                  .body = request->body,
                                  .timeout_ms = timeout_ms,
                                  .may_repeat = may_repeat};
    return send(client, &call, callback, data, error);
}

static const char *response_header(const void *response, const char *name)
{
    return client_response_header(response, name);
}

static const char *no_header(const void *response, const char *name)
{
    (void)response;
    (void)name;
    return NULL;
}

void exchange_read(const struct client_response *response, struct channel_response *out)
{
    static const enum channel_failure FAILURES[] = {[CLIENT_ANSWERED] = CHANNEL_ANSWERED,
                                                    [CLIENT_NOT_REACHED] = CHANNEL_NOT_REACHED,
                                                    [CLIENT_BROKEN_OFF] = CHANNEL_BROKEN_OFF};
    *out = (struct channel_response){.failure = FAILURES[response->fate],
                                     .status = response->status,
                                     .header = response_header,
                                     .response = response,
                                     .body = response->body,
                                     .body_length = response->body_length};
}

void exchange_not_reached(struct channel_response *out)
{
    *out = (struct channel_response){.failure = CHANNEL_NOT_REACHED, .header = no_header, .body = ""};
}

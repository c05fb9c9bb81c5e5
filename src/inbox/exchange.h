/* exchange.h - one HTTP call of a connector: struct channel_request out, struct channel_response back.
 *
 * Sender and poller reach the network through a function of client_send's type, so that tests put their own platform
 * in its place. */
#pragma once
#include "base/client.h"
#include "channels/channel.h"

typedef bool (*exchange_send)(struct client *client, const struct client_request *request, client_callback callback,
                              void *data, GError **error);

#define EXCHANGE_TIMEOUT_MS 20000

/* As client_send. may_repeat: doing it twice does no harm. */
bool exchange_begin(exchange_send send, struct client *client, const struct channel_request *request, bool may_repeat,
                    client_callback callback, void *data, GError **error);
/* The same with a time of its own, for calls that somebody watches. */
bool exchange_begin_within(exchange_send send, struct client *client, const struct channel_request *request,
                           bool may_repeat, int timeout_ms, client_callback callback, void *data, GError **error);

/* What came back, for the connector; borrows from response. */
void exchange_read(const struct client_response *response, struct channel_response *out);

/* A call that never began. */
void exchange_not_reached(struct channel_response *out);

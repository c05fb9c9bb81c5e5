/* webhook.h - anything that can speak Standard Webhooks, in both directions.
 *
 *   bridge ──signed event──▶ webhook_receive ──▶ struct channel_post
 *   bridge ◀─signed reply─── webhook.c send_build (POST to reply_url)
 *
 * For platforms without an API of their own kind here: a bridge, a script, a
 * form. The body is described in docs/channels/webhook.md. A reply carries the
 * id msg_<outbox id> on every try, so the receiver can drop a repeated one and
 * a try that broke off may simply be made again. */
#pragma once
#include "channels/channel.h"
#include "channels/standard_webhook.h"

extern const struct channel_kind WEBHOOK_KIND;

struct webhook_keys {
    struct standard_webhook_key key[2]; /* secret, secret_previous */
    size_t count;
};

/* The keys of an account. BAD_VALUE naming the setting. */
bool webhook_keys_load(const struct channel_account *account, struct webhook_keys *keys, GError **error);

/* channel_kind.receive (webhook_in.c). */
bool webhook_receive(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                     struct channel_receipt *receipt, GError **error);

/* standard_webhook.h - signing and checking by Standard Webhooks 1.0.0, HMAC only ("v1").
 *
 *   webhook-id . webhook-timestamp . raw body ──HMAC-SHA256──▶ webhook-signature: v1,<base64>
 *
 * Used by the webhook channel in both directions and by outgoing hooks. The
 * time is passed in. Any thread. */
#pragma once
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define STANDARD_WEBHOOK_KEY_MIN 24
#define STANDARD_WEBHOOK_KEY_MAX 64
#define STANDARD_WEBHOOK_ID_MAX 256         /* bytes of webhook-id */
#define STANDARD_WEBHOOK_SIGNATURE_MAX 4096 /* bytes of the whole webhook-signature header */

struct standard_webhook_key {
    uint8_t bytes[STANDARD_WEBHOOK_KEY_MAX];
    size_t length;
};

/* Reads "whsec_" + base64, or the base64 alone. BAD_VALUE naming field for an empty or bare one, for one that is
 * not base64 of 24 to 64 bytes and for the ed25519 keys of the standard ("whsk_", "whpk_"). */
bool standard_webhook_key_parse(const char *secret, const char *field, struct standard_webhook_key *key,
                                GError **error);

/* A new "whsec_…" of 32 random bytes. g_free. */
char *standard_webhook_secret(void);

/* The value of webhook-signature: one "v1,…" a key, separated by blanks (two keys = rotation). g_free. */
char *standard_webhook_sign(const struct standard_webhook_key *keys, size_t key_count, const char *id,
                            int64_t timestamp_s, const void *body, size_t length);

/* What a request carries; NULL where the header is absent. */
struct standard_webhook_headers {
    const char *id, *timestamp, *signature;
};

/* True when any v1 entry fits any of the keys, compared in constant time. Otherwise BAD_SIGNATURE, or STALE when the
 * stamp is further than tolerance_s from now; the field is the header that is missing or wrong. */
bool standard_webhook_verify(const struct standard_webhook_key *keys, size_t key_count,
                             const struct standard_webhook_headers *headers, const void *body, size_t length,
                             int64_t now_ms, int64_t tolerance_s, GError **error);

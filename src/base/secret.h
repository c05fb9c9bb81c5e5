/* secret.h - keys, hashes, seals. libsodium and OpenSSL do the work.
 *
 * A data directory has one key file (secret.key, 32 random bytes, mode 0600);
 * it seals channel credentials in the database. Losing it means entering the
 * credentials again; it is part of a backup. Any thread after secret_load. */
#pragma once
#include "base/error.h"

#include <stdint.h>

struct secret; /* the loaded key */

/* Reads DIR/secret.key, making it when it is not there. Free with secret_free. */
struct secret *secret_load(const char *data_dir, GError **error);
void secret_free(struct secret *secret);
typedef struct secret secret_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(secret_auto, secret_free) /* g_autoptr(secret_auto) */

/* XSalsa20-Poly1305 (crypto_secretbox) with a random nonce in front. g_bytes_unref. */
GBytes *secret_seal(const struct secret *secret, const char *text);
char *secret_open(const struct secret *secret, GBytes *sealed, GError **error); /* g_free */

/* Argon2id, libsodium's interactive limits. ~60 ms and 64 MiB: never on an HTTP thread. */
char *secret_hash_password(const char *password, GError **error); /* g_free */
bool secret_check_password(const char *hash, const char *password);

/* "hy_" and 32 random bytes in base64url: session and API tokens. g_free. */
char *secret_token(void);
/* What the database keeps of a token: hex SHA-256. g_free. */
char *secret_token_digest(const char *token);

/* Compares in constant time; false when the lengths differ. */
bool secret_equal(const void *a, size_t a_length, const void *b, size_t b_length);

/* RFC 2104 with SHA-256. */
void secret_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t digest[32]);

#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

struct secret {
    uint8_t key[crypto_secretbox_KEYBYTES];
};

static bool read_key(const char *path, uint8_t *key, GError **error)
{
    g_autofree char *content = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &content, &length, error))
        return false;
    bool whole = length == crypto_secretbox_KEYBYTES;
    if (whole)
        memcpy(key, content, length);
    else
        error_set(error, HY_ERROR_INTERNAL, NULL, "%s has %zu bytes instead of %d", path, length,
                  crypto_secretbox_KEYBYTES);
    sodium_memzero(content, length);
    return whole;
}

/* Made whole under another name first, then linked, so that two starts at once agree on one key. */
static bool make_key(const char *path, GError **error)
{
    g_autofree char *fresh = g_strdup_printf("%s.%d", path, (int)getpid());
    uint8_t key[crypto_secretbox_KEYBYTES];
    crypto_secretbox_keygen(key);
    int fd = g_open(fresh, O_WRONLY | O_CREAT | O_EXCL, 0600);
    bool written = fd >= 0 && write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    if (fd >= 0)
        close(fd);
    bool linked = written && (link(fresh, path) == 0 || errno == EEXIST);
    if (!linked)
        error_set(error, HY_ERROR_INTERNAL, NULL, "cannot write %s: %s", path, g_strerror(errno));
    g_unlink(fresh);
    return linked;
}

struct secret *secret_load(const char *data_dir, GError **error)
{
    if (sodium_init() < 0) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "libsodium did not start");
        return NULL;
    }
    g_autofree char *path = g_build_filename(data_dir, "secret.key", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(path, error))
        return NULL;
    struct secret *secret = sodium_malloc(sizeof *secret);
    if (!read_key(path, secret->key, error)) {
        secret_free(secret);
        return NULL;
    }
    return secret;
}

void secret_free(struct secret *secret)
{
    sodium_free(secret);
}

GBytes *secret_seal(const struct secret *secret, const char *text)
{
    size_t length = strlen(text);
    size_t whole = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + length;
    uint8_t *sealed = g_malloc(whole);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)text, length, sealed, secret->key);
    return g_bytes_new_take(sealed, whole);
}

char *secret_open(const struct secret *secret, GBytes *sealed, GError **error)
{
    gsize whole = 0;
    const uint8_t *data = g_bytes_get_data(sealed, &whole);
    const size_t head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (whole >= head) {
        char *text = g_malloc0(whole - head + 1);
        if (crypto_secretbox_open_easy((uint8_t *)text, data + crypto_secretbox_NONCEBYTES,
                                       whole - crypto_secretbox_NONCEBYTES, data, secret->key) == 0)
            return text;
        g_free(text);
    }
    error_set(error, HY_ERROR_INTERNAL, NULL, "a sealed value does not open with this secret.key");
    return NULL;
}

char *secret_hash_password(const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    if (sodium_init() < 0 || crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                               crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        error_set(error, HY_ERROR_BUSY, NULL, "not enough memory to hash a password");
        return NULL;
    }
    return g_strdup(hash);
}

bool secret_check_password(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

char *secret_token(void)
{
    uint8_t random[32];
    char text[sodium_base64_ENCODED_LEN(sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(text, sizeof text, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strconcat("hy_", text, NULL);
}

char *secret_token_digest(const char *token)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
}

bool secret_equal(const void *a, size_t a_length, const void *b, size_t b_length)
{
    return a_length == b_length && sodium_memcmp(a, b, a_length) == 0;
}

void secret_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t digest[32])
{
    unsigned written = 32;
    HMAC(EVP_sha256(), key, (int)key_length, data, length, digest, &written);
}

#include "channels/standard_webhook.h"

#include "base/secret.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define PREFIX "whsec_"
#define DIGEST_TEXT_SIZE sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL)

static bool decode(const char *text, struct standard_webhook_key *key)
{
    static const int VARIANTS[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING};
    for (gsize i = 0; i < G_N_ELEMENTS(VARIANTS); i++)
        if (sodium_base642bin(key->bytes, sizeof key->bytes, text, strlen(text), NULL, &key->length, NULL,
                              VARIANTS[i]) == 0)
            return true;
    key->length = 0;
    return false;
}

bool standard_webhook_key_parse(const char *secret, const char *field, struct standard_webhook_key *key, GError **error)
{
    const char *text = g_str_has_prefix(secret, PREFIX) ? secret + strlen(PREFIX) : secret;
    const char *wrong = NULL;
    if (*text == '\0')
        wrong = "is empty";
    else if (g_str_has_prefix(secret, "whsk_") || g_str_has_prefix(secret, "whpk_"))
        wrong = "is an ed25519 key; only HMAC secrets (whsec_…) are supported";
    else if (!decode(text, key) || key->length < STANDARD_WEBHOOK_KEY_MIN)
        wrong = "is not whsec_ and the base64 of 24 to 64 bytes";
    if (wrong != NULL)
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s %s", field, wrong);
    return wrong == NULL;
}

char *standard_webhook_secret(void)
{
    uint8_t random[32];
    char text[DIGEST_TEXT_SIZE];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(text, sizeof text, random, sizeof random, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(random, sizeof random);
    return g_strconcat(PREFIX, text, NULL);
}

/* The base64 of the HMAC over id.timestamp.body. */
static void digest(const struct standard_webhook_key *key, const GString *content, char text[DIGEST_TEXT_SIZE])
{
    uint8_t hmac[32];
    secret_hmac_sha256(key->bytes, key->length, content->str, content->len, hmac);
    sodium_bin2base64(text, DIGEST_TEXT_SIZE, hmac, sizeof hmac, sodium_base64_VARIANT_ORIGINAL);
}

static GString *signed_content(const char *id, const char *timestamp, const void *body, size_t length)
{
    GString *content = g_string_sized_new(length + strlen(id) + 32);
    g_string_append_printf(content, "%s.%s.", id, timestamp);
    return g_string_append_len(content, body ? body : "", (gssize)length);
}

char *standard_webhook_sign(const struct standard_webhook_key *keys, size_t key_count, const char *id,
                            int64_t timestamp_s, const void *body, size_t length)
{
    g_autofree char *timestamp = g_strdup_printf("%" PRId64, timestamp_s);
    g_autoptr(GString) content = signed_content(id, timestamp, body, length);
    GString *signatures = g_string_new(NULL);
    for (size_t i = 0; i < key_count; i++) {
        char text[DIGEST_TEXT_SIZE];
        digest(&keys[i], content, text);
        g_string_append_printf(signatures, "%sv1,%s", i > 0 ? " " : "", text);
    }
    return g_string_free(signatures, FALSE);
}

/* Every entry is looked at, whichever fits, so that the time taken tells nothing. */
static bool any_fits(const char *entries, const char *expected)
{
    bool fits = false;
    g_auto(GStrv) list = g_strsplit(entries, " ", -1);
    for (char **entry = list; *entry != NULL; entry++)
        if (g_str_has_prefix(*entry, "v1,"))
            fits |= secret_equal(*entry + 3, strlen(*entry + 3), expected, strlen(expected));
    return fits;
}

static bool headers_there(const struct standard_webhook_headers *headers, GError **error)
{
    const struct {
        const char *name, *value;
        size_t max;
    } needed[] = {{"webhook-id", headers->id, STANDARD_WEBHOOK_ID_MAX},
                  {"webhook-timestamp", headers->timestamp, 20},
                  {"webhook-signature", headers->signature, STANDARD_WEBHOOK_SIGNATURE_MAX}};
    for (gsize i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (needed[i].value == NULL || *needed[i].value == '\0' || strlen(needed[i].value) > needed[i].max) {
            error_set(error, HY_ERROR_BAD_SIGNATURE, needed[i].name, "header %s is missing, empty or too long",
                      needed[i].name);
            return false;
        }
    }
    if (strchr(headers->id, '.') != NULL) {
        error_set(error, HY_ERROR_BAD_SIGNATURE, "webhook-id", "webhook-id must not contain a dot");
        return false;
    }
    return true;
}

static bool stamp_fresh(const char *timestamp, int64_t now_ms, int64_t tolerance_s, GError **error)
{
    for (const char *at = timestamp; *at; at++) {
        if (!g_ascii_isdigit(*at) || at - timestamp >= 15) {
            error_set(error, HY_ERROR_BAD_SIGNATURE, "webhook-timestamp", "webhook-timestamp is not unix seconds");
            return false;
        }
    }
    int64_t off_ms = g_ascii_strtoll(timestamp, NULL, 10) * 1000 - now_ms / 1000 * 1000;
    if (ABS(off_ms) > tolerance_s * 1000) {
        error_set(error, HY_ERROR_STALE, "webhook-timestamp", "webhook-timestamp is %" PRId64 " s off", off_ms / 1000);
        return false;
    }
    return true;
}

bool standard_webhook_verify(const struct standard_webhook_key *keys, size_t key_count,
                             const struct standard_webhook_headers *headers, const void *body, size_t length,
                             int64_t now_ms, int64_t tolerance_s, GError **error)
{
    if (!headers_there(headers, error) || !stamp_fresh(headers->timestamp, now_ms, tolerance_s, error))
        return false;
    g_autoptr(GString) content = signed_content(headers->id, headers->timestamp, body, length);
    bool fits = false;
    for (size_t i = 0; i < key_count; i++) {
        char expected[DIGEST_TEXT_SIZE];
        digest(&keys[i], content, expected);
        fits |= any_fits(headers->signature, expected);
    }
    if (!fits)
        error_set(error, HY_ERROR_BAD_SIGNATURE, "webhook-signature", "no v1 signature fits");
    return fits;
}

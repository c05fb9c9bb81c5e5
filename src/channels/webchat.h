/* webchat.h - our own chat widget on the company's site.
 *
 *   visitor's browser ──api (POST /chat/…)──▶ webchat_post_new ──▶ inbox
 *   outbox ──webchat_line──▶ SSE ──▶ visitor's browser (CHANNEL_IS_LOCAL)
 *
 * The api keeps visitors and their lines; this module holds what can be said
 * without a database: who may embed the widget, whether the site really signed
 * a visitor's identity, what a visitor's line means as a message, the texts. */
#pragma once
#include "channels/channel.h"

extern const struct channel_kind WEBCHAT_KIND;

#define WEBCHAT_IDENTITY_MAX_AGE_MS (10 * INT64_C(60000)) /* how far in the future "exp" may lie */

/* Who the site says the visitor is. Strings owned; "" where the site says nothing. */
struct webchat_identity {
    char *user_id; /* never "" once verified */
    char *name, *email, *tier;
};
void webchat_identity_clear(struct webchat_identity *identity);
typedef struct webchat_identity webchat_identity_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(webchat_identity_auto, webchat_identity_clear)

/* Checks base64url(json) "." base64url(HMAC-SHA256(site_secret, json)), json {"id","exp",name,email,tier}: exp in
 * unix seconds, later than now and at most ten minutes away. The key is the setting site_secret, byte for byte.
 * BAD_SIGNATURE or STALE naming "identity"; MISSING, BAD_VALUE, TOO_LONG naming "identity.id" and so on. */
bool webchat_identity_verify(const struct channel_account *account, const char *token, int64_t now_ms,
                             struct webchat_identity *identity, GError **error);

/* May a page of this origin ("https://shop.example") embed the widget? NULL (no Origin header) and "null" may not,
 * except under the setting "*". Exact match, the host's case aside. */
bool webchat_origin_allowed(const struct channel_account *account, const char *origin);

/* A visitor's line as it came in. Borrowed. */
struct webchat_input {
    int64_t visitor_id;
    const char *client_msg_id; /* made by the browser: the same one is the same line */
    const char *verified_user; /* the site's own user id once it was signed; "" otherwise */
    const char *name;          /* shown name; "" = none */
    const char *text;
    const char *page; /* where the widget stands; "" = unknown */
    int64_t now_ms;
};

/* The line as a message; channel_post_free. MISSING, EMPTY, BAD_VALUE, TOO_LONG naming "client_msg_id" or "text". */
struct channel_post *webchat_post_new(const struct webchat_input *input, GError **error);

/* "user:ID" for a signed visitor, "visitor:ID" otherwise: the person's native id on this channel. g_free. */
char *webchat_author_id(int64_t visitor_id, const char *verified_user);

/* Texts of the widget in the visitor's language; borrowed. */
const char *webchat_greeting(const struct channel_account *account, enum lang lang);
const char *webchat_offline_text(const struct channel_account *account, enum lang lang);
const char *webchat_brand_name(const struct channel_account *account);

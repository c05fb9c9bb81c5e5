#include "channels/webchat.h"

#include "base/limit.h"
#include "base/secret.h"
#include "base/writer.h"
#include "channels/kit.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_MAX 4096
#define SECRET_MIN 16
#define CLIENT_ID_MAX 100

static const struct channel_setting_kind SETTINGS[] = {
    {.key = "brand_name",
     .fallback = "在线客服",
     .label = {"品牌名", "Brand name"},
     .help = {"显示在聊天窗口顶部。", "Shown at the top of the chat window."}},
    {.key = "allowed_origins",
     .fallback = "*",
     .label = {"允许嵌入的网站", "Sites that may embed it"},
     .help = {"完整来源，用空格分开，如 https://shop.example；* 表示任何网站。",
              "Whole origins separated by blanks, such as https://shop.example; * is any site."}},
    {.key = "site_secret",
     .required = true,
     .secret = true,
     .generated = true,
     .generate = secret_token,
     .label = {"网站密钥", "Site secret"},
     .help = {"网站服务器用它为已登录的访客签名（有效期最长 10 分钟）；留空自动生成，只显示一次。",
              "Your site's server signs who a signed-in visitor is with it (valid for ten minutes at most); made for "
              "you when left empty and shown once."}},
    {.key = "greeting_zh",
     .fallback = "您好，请问有什么可以帮您？",
     .label = {"中文问候语", "Greeting in Chinese"},
     .help = {"打开窗口时显示。", "Shown when the window opens."}},
    {.key = "greeting_en",
     .fallback = "Hello, how can we help?",
     .label = {"英文问候语", "Greeting in English"},
     .help = {"打开窗口时显示。", "Shown when the window opens."}},
    {.key = "offline_zh",
     .fallback = "我们暂时不在线。请留言并留下邮箱，我们会尽快回复您。",
     .label = {"中文离线提示", "Offline text in Chinese"},
     .help = {"没有坐席在线时显示。", "Shown while no agent is there."}},
    {.key = "offline_en",
     .fallback = "We are away at the moment. Leave a message and your e-mail address and we will write back.",
     .label = {"英文离线提示", "Offline text in English"},
     .help = {"没有坐席在线时显示。", "Shown while no agent is there."}},
    {.key = NULL},
};

/* ---- origins ---- */

static bool is_origin(const char *text)
{
    const char *host = strstr(text, "://");
    return kit_is_url(text) && host != NULL && strpbrk(host + 3, "/?#@*") == NULL;
}

static bool check_settings(const struct channel_account *account, GError **error)
{
    g_auto(GStrv) origins = g_strsplit_set(channel_setting(account, "allowed_origins"), " \t\r\n", -1);
    for (char **origin = origins; *origin != NULL; origin++) {
        if (**origin != '\0' && strcmp(*origin, "*") != 0 && !is_origin(*origin)) {
            error_set(error, HY_ERROR_BAD_VALUE, "allowed_origins", "an origin is scheme://host[:port] without a path");
            return false;
        }
    }
    if (strlen(channel_setting(account, "site_secret")) < SECRET_MIN) {
        error_set(error, HY_ERROR_BAD_VALUE, "site_secret", "site_secret has fewer than %d bytes", SECRET_MIN);
        return false;
    }
    return true;
}

bool webchat_origin_allowed(const struct channel_account *account, const char *origin)
{
    g_auto(GStrv) origins = g_strsplit_set(channel_setting(account, "allowed_origins"), " \t\r\n", -1);
    for (char **allowed = origins; *allowed != NULL; allowed++)
        if (strcmp(*allowed, "*") == 0 || (origin != NULL && **allowed && g_ascii_strcasecmp(*allowed, origin) == 0))
            return true;
    return false;
}

/* ---- signed identity ---- */

void webchat_identity_clear(struct webchat_identity *identity)
{
    g_free(identity->user_id);
    g_free(identity->name);
    g_free(identity->email);
    g_free(identity->tier);
    *identity = (struct webchat_identity){NULL};
}

/* base64url, padded or not. *length = 0 for what is not. g_free. */
static uint8_t *decode(const char *text, size_t text_length, size_t *length)
{
    while (text_length > 0 && text[text_length - 1] == '=')
        text_length--;
    uint8_t *bytes = g_malloc(text_length + 1);
    if (sodium_base642bin(bytes, text_length + 1, text, text_length, NULL, length, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        *length = 0;
    return bytes;
}

/* The signed JSON, or NULL with BAD_SIGNATURE. */
static json_t *open_token(const struct channel_account *account, const char *token, GError **error)
{
    const char *secret = channel_setting(account, "site_secret");
    const char *dot = strlen(token) <= TOKEN_MAX ? strchr(token, '.') : NULL;
    size_t json_length = 0, given_length = 0;
    g_autofree uint8_t *text = dot ? decode(token, (size_t)(dot - token), &json_length) : NULL;
    g_autofree uint8_t *given = dot ? decode(dot + 1, strlen(dot + 1), &given_length) : NULL;
    uint8_t expected[32];
    if (json_length == 0 || *secret == '\0') {
        error_set(error, HY_ERROR_BAD_SIGNATURE, "identity", "identity is not base64url(json).base64url(hmac)");
        return NULL;
    }
    secret_hmac_sha256(secret, strlen(secret), text, json_length, expected);
    if (!secret_equal(given, given_length, expected, sizeof expected)) {
        error_set(error, HY_ERROR_BAD_SIGNATURE, "identity", "identity is not signed with this site_secret");
        return NULL;
    }
    json_t *json = json_parse(text, json_length, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        error_set(error, HY_ERROR_BAD_VALUE, "identity", "identity does not hold a JSON object");
        return NULL;
    }
    return json;
}

static bool check_expiry(const json_t *json, int64_t now_ms, GError **error)
{
    const json_t *exp = json_object_get(json, "exp");
    if (exp == NULL || !json_is_integer(exp)) {
        error_set(error, exp ? HY_ERROR_BAD_VALUE : HY_ERROR_MISSING, "identity.exp", "exp must be unix seconds");
        return false;
    }
    int64_t left_s = CLAMP(json_integer_value(exp), 0, INT64_C(1) << 40) - now_ms / 1000;
    if (left_s <= 0 || left_s > WEBCHAT_IDENTITY_MAX_AGE_MS / 1000) {
        error_set(error, HY_ERROR_STALE, "identity", "exp is %s", left_s <= 0 ? "over" : "more than ten minutes away");
        return false;
    }
    return true;
}

bool webchat_identity_verify(const struct channel_account *account, const char *token, int64_t now_ms,
                             struct webchat_identity *identity, GError **error)
{
    const char *id = NULL, *name = NULL, *email = NULL, *tier = NULL;
    json_auto_t *json = open_token(account, token, error);
    if (json == NULL || !check_expiry(json, now_ms, error) ||
        !kit_get_text(json, "identity", "id", LIMIT_NAME, &id, error) ||
        !kit_opt_text(json, "identity", "name", LIMIT_NAME, &name, error) ||
        !kit_opt_text(json, "identity", "email", 254, &email, error) ||
        !kit_opt_text(json, "identity", "tier", LIMIT_NAME, &tier, error))
        return false;
    *identity = (struct webchat_identity){g_strdup(id), g_strdup(name ? name : ""), g_strdup(email ? email : ""),
                                          g_strdup(tier ? tier : "")};
    return true;
}

/* ---- a visitor's line ---- */

char *webchat_author_id(int64_t visitor_id, const char *verified_user)
{
    return verified_user != NULL && *verified_user != '\0' ? g_strconcat("user:", verified_user, NULL)
                                                           : g_strdup_printf("visitor:%" PRId64, visitor_id);
}

static bool client_id_fine(const char *id, GError **error)
{
    if (id == NULL || *id == '\0') {
        error_set(error, HY_ERROR_MISSING, "client_msg_id", "client_msg_id is missing");
        return false;
    }
    if (strlen(id) > CLIENT_ID_MAX) {
        error_set(error, HY_ERROR_TOO_LONG, "client_msg_id", "more than %d bytes", CLIENT_ID_MAX);
        return false;
    }
    for (const char *at = id; *at; at++) {
        if (!g_ascii_isalnum(*at) && strchr("-_.:", *at) == NULL) {
            error_set(error, HY_ERROR_BAD_VALUE, "client_msg_id", "letters, digits and -_.: only");
            return false;
        }
    }
    return true;
}

static bool text_fine(const char *text, GError **error)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text ? text : ""));
    if (*stripped == '\0')
        error_set(error, HY_ERROR_EMPTY, "text", "text is empty");
    else if (strlen(text) > LIMIT_REPLY_TEXT)
        error_set(error, HY_ERROR_TOO_LONG, "text", "more than %d bytes", LIMIT_REPLY_TEXT);
    else
        return true;
    return false;
}

struct channel_post *webchat_post_new(const struct webchat_input *input, GError **error)
{
    if (!client_id_fine(input->client_msg_id, error) || !text_fine(input->text, error))
        return NULL;
    struct channel_post *post = channel_post_new();
    post->kind = "chat";
    post->visibility = CHANNEL_PRIVATE;
    /* The browser makes client_msg_id, so it names a line only together with its visitor. */
    post->native_id = g_strdup_printf("%" PRId64 ":%s", input->visitor_id, input->client_msg_id);
    post->author.native_id = webchat_author_id(input->visitor_id, input->verified_user);
    post->author.handle = g_strdup(input->name ? input->name : "");
    post->author.followers = -1;
    g_free(post->text);
    post->text = g_strdup(input->text);
    if (input->page != NULL && kit_is_url(input->page))
        post->url = g_strdup(input->page);
    post->target = g_strdup_printf("{\"visitor\":\"%" PRId64 "\"}", input->visitor_id);
    post->sent_ms = input->now_ms;
    return post;
}

/* ---- texts ---- */

const char *webchat_greeting(const struct channel_account *account, enum lang lang)
{
    return channel_setting(account, lang == LANG_ZH ? "greeting_zh" : "greeting_en");
}

const char *webchat_offline_text(const struct channel_account *account, enum lang lang)
{
    return channel_setting(account, lang == LANG_ZH ? "offline_zh" : "offline_en");
}

const char *webchat_brand_name(const struct channel_account *account)
{
    return channel_setting(account, "brand_name");
}

const struct channel_kind WEBCHAT_KIND = {
    .kind = "webchat",
    .label = {"网页聊天", "Web chat"},
    .capabilities = CHANNEL_CAN_READ_PRIVATE | CHANNEL_CAN_REPLY_PRIVATE | CHANNEL_IS_LOCAL | CHANNEL_SCOPED_IDS,
    .settings = SETTINGS,
    .check_settings = check_settings,
    .counter = "none",
};

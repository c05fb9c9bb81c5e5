/* channel_test.c - the registry, fates, web chat and sandbox. */
#include "base/limit.h"
#include "base/secret.h"
#include "channels/kit.h"
#include "channels/sandbox.h"
#include "channels/webchat.h"

#include "channel_fixture.h"

#include <sodium.h>

#define NOW_MS INT64_C(1767323045000)
#define SITE_SECRET "0123456789abcdef0123456789abcdef"

/* ---- registry and fates ---- */

static void test_kinds(void)
{
    for (const struct channel_kind *const *one = CHANNEL_KINDS; *one != NULL; one++) {
        const struct channel_kind *kind = *one;
        g_assert_true(channel_kind_find(kind->kind) == kind);
        bool pushed = kind->capabilities & CHANNEL_CAN_PUSH, polled = kind->capabilities & CHANNEL_CAN_POLL,
             local = kind->capabilities & CHANNEL_IS_LOCAL;
        g_assert_true(pushed == (kind->receive != NULL));
        g_assert_true(polled == (kind->poll_build != NULL && kind->poll_parse != NULL));
        g_assert_true(local == (kind->send_build == NULL && kind->send_classify == NULL));
        for (const struct channel_setting_kind *setting = kind->settings; setting->key; setting++) {
            for (int lang = 0; lang < LANG_COUNT; lang++)
                g_assert_true(setting->label[lang] && *setting->label[lang] && setting->help[lang] &&
                              *setting->help[lang]);
            g_assert_true(setting->generated == (setting->generate != NULL));
            g_assert_false(setting->secret && setting->fallback);
        }
    }
    g_assert_null(channel_kind_find("fax"));
    g_assert_null(channel_kind_find(NULL));
}

static void test_fates(void)
{
    for (int fate = 0; fate < CHANNEL_FATE_COUNT; fate++) {
        g_assert_cmpint(channel_fate_parse(channel_fate_name((enum channel_fate)fate)), ==, fate);
        g_assert_cmpstr(channel_fate_text((enum channel_fate)fate, LANG_ZH), !=,
                        channel_fate_text((enum channel_fate)fate, LANG_EN));
    }
    g_assert_cmpint(channel_fate_parse("no such thing"), ==, CHANNEL_BAD_REQUEST);
    g_assert_cmpint(channel_fate_step(CHANNEL_OK), ==, CHANNEL_STEP_SENT);
    g_assert_cmpint(channel_fate_step(CHANNEL_AMBIGUOUS), ==, CHANNEL_STEP_ASK);
    g_assert_cmpint(channel_fate_step(CHANNEL_DUPLICATE_CONTENT), ==, CHANNEL_STEP_ASK);
    g_assert_cmpint(channel_fate_step(CHANNEL_UNCONFIRMED), ==, CHANNEL_STEP_FAIL);
}

static void test_defaults(void)
{
    struct channel_account bare = {.kind = "webchat", .settings = NULL};
    g_assert_cmpstr(channel_setting(&bare, "greeting_en"), ==, "Hello, how can we help?");
    g_assert_cmpstr(channel_setting(&bare, "site_secret"), ==, "");
    g_assert_cmpstr(channel_setting(&bare, "nothing"), ==, "");
}

static void test_times(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } GOOD[] = {{"2026-01-02T03:04:05Z", NOW_MS},
                {"2026-01-02T11:04:05.678+08:00", NOW_MS + 678},
                {"2026-01-02T03:04:05.000Z", NOW_MS}};
    static const char *const BAD[] = {"",           "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z",
                                      "1767323045", "now"};
    int64_t ms = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        g_assert_true(kit_parse_time(GOOD[i].text, &ms));
        g_assert_cmpint(ms, ==, GOOD[i].ms);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
        g_assert_false(kit_parse_time(BAD[i], &ms));
}

static void test_urls(void)
{
    static const char *const GOOD[] = {"https://a.test", "http://127.0.0.1:8080/x?y=1#z", "https://例子.test/路"};
    static const char *const BAD[] = {"",
                                      "a.test",
                                      "javascript:alert(1)",
                                      "https://",
                                      "https:///x",
                                      "https://a b",
                                      "https://a\"onclick=x",
                                      "file:///etc/passwd",
                                      "//a.test",
                                      "https://a\n.x",
                                      "HTTPS"};
    for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++)
        g_assert_true(kit_is_url(GOOD[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
        g_assert_false(kit_is_url(BAD[i]));
}

static void test_cut(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len <= LIMIT_MESSAGE_TEXT)
        g_string_append(text, "长");
    g_autofree char *cut = kit_cut_text(text->str);
    g_assert_cmpuint(strlen(cut), <=, LIMIT_MESSAGE_TEXT);
    g_assert_cmpuint(strlen(cut), >, LIMIT_MESSAGE_TEXT - 4);
    g_assert_true(g_utf8_validate(cut, -1, NULL));
    g_assert_true(g_str_has_suffix(cut, "长…"));
}

/* ---- web chat ---- */

static char *base64url(const void *data, size_t length)
{
    char *text = g_malloc(length * 2 + 8);
    sodium_bin2base64(text, length * 2 + 8, data, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text;
}

static char *token(const char *secret, const char *json)
{
    uint8_t hmac[32];
    secret_hmac_sha256(secret, strlen(secret), json, strlen(json), hmac);
    g_autofree char *head = base64url(json, strlen(json));
    g_autofree char *tail = base64url(hmac, sizeof hmac);
    return g_strconcat(head, ".", tail, NULL);
}

static json_t *webchat_init(struct channel_account *account, const char *more)
{
    g_autofree char *json = g_strdup_printf("{\"site_secret\":\"" SITE_SECRET "\"%s}", more);
    json_t *settings = fixture_settings(&WEBCHAT_KIND, json);
    *account = (struct channel_account){.kind = "webchat", .settings = settings};
    return settings;
}

/* Made with another program: node -e 'crypto.createHmac("sha256", secret)…'. */
static void test_identity_vector(void)
{
    struct channel_account account;
    json_auto_t *settings = webchat_init(&account, "");
    g_auto(webchat_identity_auto) identity = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *vector = g_strstrip(fixture_read("webchat_identity.txt"));
    g_assert_true(webchat_identity_verify(&account, vector, NOW_MS, &identity, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(identity.user_id, ==, "u-42");
    g_assert_cmpstr(identity.name, ==, "小麦");
    g_assert_cmpstr(identity.tier, ==, "gold");
    g_assert_cmpstr(identity.email, ==, "");
}

static void test_identity(void)
{
    static const struct {
        const char *json;
        enum hy_error code;
        const char *field; /* NULL: fine */
    } CASES[] = {
        {"{\"id\":\"u\",\"exp\":1767323645}", 0, NULL}, /* in ten minutes exactly */
        {"{\"id\":\"u\",\"exp\":1767323046}", 0, NULL},
        {"{\"id\":\"u\",\"exp\":1767323646}", HY_ERROR_STALE, "identity"},
        {"{\"id\":\"u\",\"exp\":1767323045}", HY_ERROR_STALE, "identity"},
        {"{\"id\":\"u\",\"exp\":-9223372036854775807}", HY_ERROR_STALE, "identity"},
        {"{\"id\":\"u\",\"exp\":9223372036854775807}", HY_ERROR_STALE, "identity"},
        {"{\"id\":\"u\",\"exp\":\"1767323645\"}", HY_ERROR_BAD_VALUE, "identity.exp"},
        {"{\"id\":\"u\"}", HY_ERROR_MISSING, "identity.exp"},
        {"{\"exp\":1767323645}", HY_ERROR_MISSING, "identity.id"},
        {"{\"id\":\"\",\"exp\":1767323645}", HY_ERROR_EMPTY, "identity.id"},
        {"{\"id\":7,\"exp\":1767323645}", HY_ERROR_BAD_VALUE, "identity.id"},
        {"{\"id\":\"u\",\"name\":[],\"exp\":1767323645}", HY_ERROR_BAD_VALUE, "identity.name"},
        {"[]", HY_ERROR_BAD_VALUE, "identity"},
    };
    struct channel_account account;
    json_auto_t *settings = webchat_init(&account, "");
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(webchat_identity_auto) identity = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *one = token(SITE_SECRET, CASES[i].json);
        bool fine = webchat_identity_verify(&account, one, NOW_MS, &identity, &error);
        g_assert_cmpint(fine, ==, CASES[i].field == NULL);
        if (!fine)
            fixture_assert_error(error, CASES[i].code, CASES[i].field);
    }
    g_autofree char *foreign = token("another secret of a site", "{\"id\":\"u\",\"exp\":1767323645}");
    const char *const BROKEN[] = {"", ".", "e30", "e30.", ".e30", "e30.e30", "*.*", foreign};
    for (gsize i = 0; i < G_N_ELEMENTS(BROKEN); i++) {
        g_auto(webchat_identity_auto) identity = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(webchat_identity_verify(&account, BROKEN[i], NOW_MS, &identity, &error));
        fixture_assert_error(error, HY_ERROR_BAD_SIGNATURE, "identity");
    }
}

static void test_origins(void)
{
    struct channel_account account;
    json_auto_t *settings =
        webchat_init(&account, ",\"allowed_origins\":\"https://shop.example  http://127.0.0.1:8080\"");
    g_assert_true(webchat_origin_allowed(&account, "https://shop.example"));
    g_assert_true(webchat_origin_allowed(&account, "https://SHOP.example"));
    g_assert_true(webchat_origin_allowed(&account, "http://127.0.0.1:8080"));
    g_assert_false(webchat_origin_allowed(&account, "http://shop.example"));
    g_assert_false(webchat_origin_allowed(&account, "https://shop.example.evil.test"));
    g_assert_false(webchat_origin_allowed(&account, "null"));
    g_assert_false(webchat_origin_allowed(&account, ""));
    g_assert_false(webchat_origin_allowed(&account, NULL));
    struct channel_account open;
    json_auto_t *any = webchat_init(&open, "");
    g_assert_true(webchat_origin_allowed(&open, "https://anything.test"));
    static const char *const BAD[] = {"{\"allowed_origins\":\"shop.example\"}",
                                      "{\"allowed_origins\":\"https://a.test/x\"}",
                                      "{\"allowed_origins\":\"https://*.a.test\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        json_auto_t *wrong = json_loads(BAD[i], 0, NULL);
        g_assert_false(channel_settings_complete(&WEBCHAT_KIND, wrong, &error));
        fixture_assert_error(error, HY_ERROR_BAD_VALUE, "allowed_origins");
    }
    g_autoptr(GError) error = NULL;
    json_auto_t *weak = json_loads("{\"site_secret\":\"short\"}", 0, NULL);
    g_assert_false(channel_settings_complete(&WEBCHAT_KIND, weak, &error));
    fixture_assert_error(error, HY_ERROR_BAD_VALUE, "site_secret");
}

static void test_chat_line(void)
{
    struct webchat_input input = {.visitor_id = 91,
                                  .client_msg_id = "5f0c-1",
                                  .verified_user = "",
                                  .name = "",
                                  .text = "在吗",
                                  .page = "https://shop.test/cart",
                                  .now_ms = NOW_MS};
    g_autoptr(channel_post_auto) post = webchat_post_new(&input, NULL);
    g_assert_cmpstr(post->native_id, ==, "91:5f0c-1");
    g_assert_cmpstr(post->kind, ==, "chat");
    g_assert_cmpint(post->visibility, ==, CHANNEL_PRIVATE);
    g_assert_null(post->root_native_id);
    g_assert_cmpstr(post->author.native_id, ==, "visitor:91");
    g_assert_cmpstr(post->url, ==, "https://shop.test/cart");
    input.verified_user = "u-42";
    input.page = "javascript:alert(1)";
    g_autoptr(channel_post_auto) known = webchat_post_new(&input, NULL);
    g_assert_cmpstr(known->author.native_id, ==, "user:u-42");
    g_assert_null(known->url);
    const struct {
        const char *client_id, *text;
        enum hy_error code;
        const char *field;
    } BAD[] = {{NULL, "x", HY_ERROR_MISSING, "client_msg_id"},
               {"", "x", HY_ERROR_MISSING, "client_msg_id"},
               {"a b", "x", HY_ERROR_BAD_VALUE, "client_msg_id"},
               {"a", NULL, HY_ERROR_EMPTY, "text"},
               {"a", " \n", HY_ERROR_EMPTY, "text"}};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        input.client_msg_id = BAD[i].client_id;
        input.text = BAD[i].text;
        g_assert_null(webchat_post_new(&input, &error));
        fixture_assert_error(error, BAD[i].code, BAD[i].field);
    }
    g_autofree char *long_text = g_strnfill(LIMIT_REPLY_TEXT + 1, 'x');
    g_autoptr(GError) error = NULL;
    input.client_msg_id = "a";
    input.text = long_text;
    g_assert_null(webchat_post_new(&input, &error));
    fixture_assert_error(error, HY_ERROR_TOO_LONG, "text");
}

/* ---- sandbox ---- */

static void test_sandbox(void)
{
    static const struct {
        struct sandbox_item item;
        const char *kind, *parent, *root;
    } GOOD[] = {
        {{.id = 5, .kind = "post", .handle = "阿明", .verified = "", .text = "坏了"}, "mention", NULL, "item:5"},
        {{.id = 6,
          .parent_id = 5,
          .root_id = 5,
          .kind = "comment",
          .handle = "a",
          .verified = "media",
          .text = "我也是"},
         "comment",
         "item:5",
         "item:5"},
        {{.id = 7, .parent_id = 6, .root_id = 5, .kind = "comment", .handle = "b", .verified = "", .text = "同"},
         "reply",
         "item:6",
         "item:5"},
        {{.id = 8, .kind = "dm", .handle = "a", .verified = "", .text = "在吗"}, "dm", NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        g_autoptr(channel_post_auto) post = sandbox_post_new(&GOOD[i].item, NULL);
        int64_t id = 0;
        g_assert_cmpstr(post->kind, ==, GOOD[i].kind);
        g_assert_cmpstr(post->parent_native_id, ==, GOOD[i].parent);
        g_assert_cmpstr(post->root_native_id, ==, GOOD[i].root);
        g_assert_true(sandbox_native_id_parse(post->native_id, &id));
        g_assert_cmpint(id, ==, GOOD[i].item.id);
        g_assert_cmpint(post->visibility, ==, GOOD[i].root ? CHANNEL_PUBLIC : CHANNEL_PRIVATE);
    }
    static const struct {
        struct sandbox_item item;
        enum hy_error code;
        const char *field;
    } BAD[] = {
        {{.id = 5, .kind = "poll", .handle = "a", .verified = "", .text = "x"}, HY_ERROR_BAD_VALUE, "kind"},
        {{.id = 5, .kind = "post", .handle = "", .verified = "", .text = "x"}, HY_ERROR_MISSING, "author"},
        {{.id = 5, .kind = "comment", .handle = "a", .verified = "", .text = "x"}, HY_ERROR_BAD_VALUE, "parent_id"},
        {{.id = 5, .parent_id = 4, .root_id = 4, .kind = "dm", .handle = "a", .verified = "", .text = "x"},
         HY_ERROR_BAD_VALUE,
         "parent_id"},
        {{.id = 5, .kind = "post", .handle = "a", .verified = "royal", .text = "x"}, HY_ERROR_BAD_VALUE, "verified"},
        {{.id = 5, .kind = "post", .handle = "a", .verified = "", .text = ""}, HY_ERROR_EMPTY, "text"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sandbox_post_new(&BAD[i].item, &error));
        fixture_assert_error(error, BAD[i].code, BAD[i].field);
    }
    int64_t id = 0;
    g_assert_false(sandbox_native_id_parse("item:", &id));
    g_assert_false(sandbox_native_id_parse("status:5", &id));
}

static void test_sandbox_settings(void)
{
    json_auto_t *settings = fixture_settings(&SANDBOX_KIND, "{\"open_to_public\":\"yes\"}");
    struct channel_account account = {.kind = "sandbox", .settings = settings};
    struct channel_account closed = {.kind = "sandbox"};
    g_assert_true(sandbox_is_open(&account));
    g_assert_false(sandbox_is_open(&closed));
    g_autoptr(GError) error = NULL;
    json_auto_t *wrong = json_loads("{\"open_to_public\":\"true\"}", 0, NULL);
    g_assert_false(channel_settings_complete(&SANDBOX_KIND, wrong, &error));
    fixture_assert_error(error, HY_ERROR_BAD_VALUE, "open_to_public");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/channel/kinds", test_kinds);
    g_test_add_func("/channel/fates", test_fates);
    g_test_add_func("/channel/defaults", test_defaults);
    g_test_add_func("/channel/times", test_times);
    g_test_add_func("/channel/urls", test_urls);
    g_test_add_func("/channel/cut", test_cut);
    g_test_add_func("/webchat/identity-vector", test_identity_vector);
    g_test_add_func("/webchat/identity", test_identity);
    g_test_add_func("/webchat/origins", test_origins);
    g_test_add_func("/webchat/line", test_chat_line);
    g_test_add_func("/sandbox/items", test_sandbox);
    g_test_add_func("/sandbox/settings", test_sandbox_settings);
    return g_test_run();
}

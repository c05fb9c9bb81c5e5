/* weibo_test.c - pushes, lists, replies, doubtful replies, errors. */
#include "channels/weibo.h"

#include "base/clock.h"
#include "channel_fixture.h"

#include <locale.h>

/* The platform's own published example. */
#define SECRET "xyz123xyz"
#define STAMP "1397022061823"
#define NONCE "57155157"
#define SIGNATURE "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1"
#define NOW_MS INT64_C(1397022061823)

static json_t *account_init(struct channel_account *account, const char *more)
{
    g_autofree char *json = g_strdup_printf("{\"app_secret\":\"" SECRET "\",\"uid\":\"1900000001\"%s}", more);
    json_t *settings = fixture_settings(&WEIBO_KIND, json);
    *account = (struct channel_account){.kind = "weibo", .settings = settings};
    return settings;
}

static const struct fixture_request SIGNED = {
    .query = {{"signature", SIGNATURE, "timestamp", STAMP, "nonce", NONCE, "echostr", "dnPdpTZz85", NULL}}};

static bool push(const char *method, const char *body, struct channel_receipt *receipt, GError **error)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_push one = fixture_push(method, &SIGNED, body);
    channel_receipt_init(receipt);
    return WEIBO_KIND.receive(&account, &one, NOW_MS, receipt, error);
}

/* ---- signature ---- */

static void test_echo(void)
{
    g_auto(channel_receipt_auto) receipt = {0};
    g_assert_true(push("GET", "", &receipt, NULL));
    g_assert_cmpint(receipt.status, ==, 200);
    g_assert_cmpstr(receipt.body, ==, "dnPdpTZz85");
    g_assert_cmpuint(receipt.posts->len, ==, 0);
}

static void test_bad_signatures(void)
{
    static const struct {
        struct fixture_request request;
        int64_t now_ms;
        enum hy_error code;
        const char *field;
    } CASES[] = {
        {{.query = {{"timestamp", STAMP, "nonce", NONCE, "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "signature"},
        {{.query = {{"signature", SIGNATURE, "nonce", NONCE, "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "timestamp"},
        {{.query = {{"signature", SIGNATURE, "timestamp", STAMP, "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "nonce"},
        {{.query = {{"signature", "90e4c22c90a58f26526c2dd5b6c56c8822edeaa2", "timestamp", STAMP, "nonce", NONCE,
                     "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "signature"},
        {{.query = {{"signature", "90e4", "timestamp", STAMP, "nonce", NONCE, "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "signature"},
        {{.query = {{"signature", SIGNATURE, "timestamp", STAMP, "nonce", "57155158", "echostr", "e", NULL}}},
         NOW_MS,
         HY_ERROR_BAD_SIGNATURE,
         "signature"},
        {{.query = {{"signature", SIGNATURE, "timestamp", STAMP, "nonce", NONCE, "echostr", "e", NULL}}},
         NOW_MS + 300001,
         HY_ERROR_STALE,
         "timestamp"},
        {{.query = {{"signature", SIGNATURE, "timestamp", STAMP, "nonce", NONCE, "echostr", "e", NULL}}},
         NOW_MS - 300001,
         HY_ERROR_STALE,
         "timestamp"},
        {{.query = {{"signature", SIGNATURE, "timestamp", STAMP, "nonce", NONCE, NULL}}},
         NOW_MS,
         HY_ERROR_MISSING,
         "echostr"},
    };
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        g_autoptr(GError) error = NULL;
        struct channel_push one = fixture_push("GET", &CASES[i].request, "");
        channel_receipt_init(&receipt);
        g_assert_false(WEIBO_KIND.receive(&account, &one, CASES[i].now_ms, &receipt, &error));
        fixture_assert_error(error, CASES[i].code, CASES[i].field);
    }
}

static void test_tolerance(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, ",\"tolerance_s\":\"0\"");
    g_auto(channel_receipt_auto) receipt = {0};
    struct channel_push one = fixture_push("GET", &SIGNED, "");
    channel_receipt_init(&receipt);
    g_assert_true(WEIBO_KIND.receive(&account, &one, NOW_MS + INT64_C(400000000000), &receipt, NULL));
}

/* The platform's example of a passive answer's encoding: our forms encode the same bytes the same way. */
static void test_encoding_vector(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, ",\"access_token\":\"T\"");
    struct channel_outbound outbound = {
        .visibility = CHANNEL_PRIVATE, .text = "中文消息", .recipient_id = "2400000002", .now_ms = NOW_MS};
    g_auto(channel_request_auto) request = {0};
    channel_request_init(&request);
    g_assert_true(WEIBO_KIND.send_build(&account, &outbound, &request, NULL));
    g_autofree char *body = fixture_sent_body(&request);
    g_assert_nonnull(strstr(body, "&data=%7B%22text%22%3A%22%E4%B8%AD%E6%96%87%E6%B6%88%E6%81%AF%22%7D&"));
}

/* ---- pushes ---- */

static void test_push_text(void)
{
    g_auto(channel_receipt_auto) receipt = {0}, again = {0};
    g_autofree char *body = fixture_read("weibo_push_text.json");
    g_assert_true(push("POST", body, &receipt, NULL));
    g_assert_cmpint(receipt.status, ==, 200);
    g_assert_null(receipt.body);
    g_assert_cmpuint(receipt.posts->len, ==, 1);
    const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
    g_assert_cmpstr(post->kind, ==, "dm");
    g_assert_cmpint(post->visibility, ==, CHANNEL_PRIVATE);
    g_assert_cmpstr(post->author.native_id, ==, "2400000002");
    g_assert_cmpstr(post->author.handle, ==, "");
    g_assert_cmpint(post->author.followers, ==, -1);
    g_assert_cmpstr(post->text, ==, "收不到短信");
    g_assert_cmpint(post->sent_ms, ==, INT64_C(1342433360000));
    g_assert_cmpstr(post->native_id, ==, "push:2400000002:1342433360:text:d557d1c94ba547ad3bce4bc65d4abf541263c89c");
    g_assert_null(post->root_native_id);
    g_assert_null(post->alias_id);
    /* three tries of the same push are one message */
    g_assert_true(push("POST", body, &again, NULL));
    g_assert_cmpstr(((struct channel_post *)g_ptr_array_index(again.posts, 0))->native_id, ==, post->native_id);
}

static void test_push_types(void)
{
    static const struct {
        const char *rest;
        const char *kind, *text, *media, *alias, *root, *target; /* kind NULL: nothing comes of it */
    } CASES[] = {
        {"\"type\":\"position\",\"text\":\"\",\"data\":{\"longitude\":\"116.30\",\"latitude\":\"39.9\"}", "dm",
         "[位置] 39.9,116.30", "[{\"type\":\"location\",\"url\":\"geo:39.9,116.30\",\"name\":\"39.9,116.30\"}]", NULL,
         NULL, NULL},
        {"\"type\":\"image\",\"text\":\"发了一张图片\",\"data\":{\"vfid\":1,\"tovfid\":821804459}", "dm",
         "发了一张图片",
         "[{\"type\":\"image\",\"url\":\"https://upload.api.weibo.com/2/mss/"
         "msget?fid=821804459\",\"name\":\"821804459\"}]",
         NULL, NULL, NULL},
        {"\"type\":\"voice\",\"data\":{\"tovfid\":\"77\"}", "dm", "[语音]",
         "[{\"type\":\"voice\",\"url\":\"https://upload.api.weibo.com/2/mss/msget?fid=77\",\"name\":\"77\"}]", NULL,
         NULL, NULL},
        {"\"type\":\"mention\",\"text\":\"@回音 坏了\",\"data\":{\"subtype\":\"status\",\"key\":\"5090000000000001\"}",
         "mention", "@回音 坏了", NULL, "status:5090000000000001", "status:5090000000000001",
         "{\"status\":\"5090000000000001\"}"},
        {"\"type\":\"mention\",\"text\":\"@回音 坏了\",\"data\":{\"key\":5090000000000001}", "mention", "@回音 坏了",
         NULL, "status:5090000000000001", "status:5090000000000001", "{\"status\":\"5090000000000001\"}"},
        {"\"type\":\"mention\",\"text\":\"@回音\",\"data\":{\"subtype\":\"comment\",\"key\":\"51\"}", "mention",
         "@回音", NULL, "comment:51", "", NULL},
        {"\"type\":\"mention\",\"text\":\"@回音\",\"data\":{\"key\":\"abc\"}", "mention", "@回音", NULL, NULL, "",
         NULL},
        {"\"type\":\"event\",\"text\":\"点击\",\"data\":{\"subtype\":\"click\",\"key\":\"人工客服\"}", "dm",
         "[菜单] 人工客服", NULL, NULL, NULL, NULL},
        {"\"type\":\"event\",\"text\":\"关注\",\"data\":{\"subtype\":\"follow\",\"key\":\"\"}", NULL, 0, 0, 0, 0, 0},
        {"\"type\":\"event\",\"data\":{\"subtype\":\"unfollow\"}", NULL, 0, 0, 0, 0, 0},
        {"\"type\":\"event\",\"data\":{\"subtype\":\"subscribe\"}", NULL, 0, 0, 0, 0, 0},
        {"\"type\":\"event\",\"data\":{\"subtype\":\"scan_follow\",\"key\":\"7\",\"ticket\":\"t\"}", NULL, 0, 0, 0, 0,
         0},
        {"\"type\":\"event\",\"data\":{\"subtype\":\"view\",\"key\":\"https://a.test\"}", NULL, 0, 0, 0, 0, 0},
        {"\"type\":\"event\",\"data\":{\"subtype\":\"tomorrow\"}", NULL, 0, 0, 0, 0, 0},
        {"\"type\":\"hologram\",\"text\":\"x\",\"data\":{}", NULL, 0, 0, 0, 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *body = g_strdup_printf("{\"receiver_id\":1900000001,\"sender_id\":\"2400000002\","
                                                "\"created_at\":\"Mon Jul 16 18:09:20 +0800 2012\",%s}",
                                                CASES[i].rest);
        g_assert_true(push("POST", body, &receipt, &error));
        g_assert_null(receipt.body);
        g_assert_cmpuint(receipt.posts->len, ==, CASES[i].kind ? 1 : 0);
        if (CASES[i].kind == NULL)
            continue;
        const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
        g_assert_cmpstr(post->kind, ==, CASES[i].kind);
        g_assert_cmpstr(post->text, ==, CASES[i].text);
        g_assert_cmpstr(post->media, ==, CASES[i].media);
        g_assert_cmpstr(post->alias_id, ==, CASES[i].alias);
        g_assert_cmpstr(post->target, ==, CASES[i].target);
        g_assert_cmpstr(post->root_native_id, ==, CASES[i].root && !*CASES[i].root ? post->native_id : CASES[i].root);
        g_assert_cmpint(post->visibility, ==, *CASES[i].kind == 'm' ? CHANNEL_PUBLIC : CHANNEL_PRIVATE);
    }
}

static void test_push_own_echo(void)
{
    g_auto(channel_receipt_auto) receipt = {0};
    g_assert_true(push("POST",
                       "{\"type\":\"text\",\"receiver_id\":2400000002,\"sender_id\":1900000001,"
                       "\"created_at\":\"Mon Jul 16 18:09:20 +0800 2012\",\"text\":\"您好\",\"data\":{}}",
                       &receipt, NULL));
    g_assert_true(((struct channel_post *)g_ptr_array_index(receipt.posts, 0))->own);
}

/* Half an emoji and NUL inside a text: kept as U+FFFD, not refused. */
static void test_push_broken_text(void)
{
    g_auto(channel_receipt_auto) receipt = {0};
    g_assert_true(
        push("POST",
             "{\"type\":\"text\",\"receiver_id\":1900000001,\"sender_id\":2400000002,\"created_at\":\"Mon Jul 16 "
             "18:09:20 +0800 2012\",\"text\":\"a\\ud83d b\\u0000 \\ud83d\\ude00 \\\\u0000 \xff\",\"data\":{}}",
             &receipt, NULL));
    g_assert_cmpstr(((struct channel_post *)g_ptr_array_index(receipt.posts, 0))->text, ==,
                    "a\xEF\xBF\xBD b\xEF\xBF\xBD 😀 \\u0000 \xEF\xBF\xBD");
}

#define HEAD "\"type\":\"text\",\"receiver_id\":1900000001,\"sender_id\":2400000002,"
#define WHEN "\"created_at\":\"Mon Jul 16 18:09:20 +0800 2012\""

static void test_push_malformed(void)
{
    static const struct {
        const char *body;
        enum hy_error code;
        const char *field;
    } CASES[] = {
        {"", HY_ERROR_BAD_REQUEST, "body"},
        {"{", HY_ERROR_BAD_REQUEST, "body"},
        {"7", HY_ERROR_BAD_REQUEST, "body"},
        {" <xml><MsgType>text</MsgType></xml>", HY_ERROR_BAD_REQUEST, "body"},
        {"{}", HY_ERROR_MISSING, "type"},
        {"{\"type\":1}", HY_ERROR_BAD_VALUE, "type"},
        {"{\"type\":\"text\"}", HY_ERROR_MISSING, "sender_id"},
        {"{\"type\":\"text\",\"sender_id\":\"x\"}", HY_ERROR_BAD_VALUE, "sender_id"},
        {"{\"type\":\"text\",\"sender_id\":1}", HY_ERROR_MISSING, "receiver_id"},
        {"{\"type\":\"text\",\"sender_id\":1,\"receiver_id\":1.5}", HY_ERROR_BAD_VALUE, "receiver_id"},
        {"{\"type\":\"text\",\"sender_id\":1,\"receiver_id\":2," WHEN ",\"text\":\"x\"}", HY_ERROR_BAD_VALUE,
         "receiver_id"},
        {"{" HEAD "\"text\":\"x\"}", HY_ERROR_MISSING, "created_at"},
        {"{" HEAD "\"created_at\":1342433360,\"text\":\"x\"}", HY_ERROR_BAD_VALUE, "created_at"},
        {"{" HEAD "\"created_at\":\"2012-07-16\",\"text\":\"x\"}", HY_ERROR_BAD_VALUE, "created_at"},
        {"{" HEAD WHEN ",\"text\":5}", HY_ERROR_BAD_VALUE, "text"},
        {"{" HEAD WHEN "}", HY_ERROR_EMPTY, "text"},
        {"{" HEAD WHEN ",\"text\":\"x\",\"data\":[]}", HY_ERROR_BAD_VALUE, "data"},
        {"{" HEAD WHEN ",\"text\":\"x\",\"data\":{\"key\":{}}}", HY_ERROR_BAD_VALUE, "data.key"},
        {"{\"type\":\"position\",\"receiver_id\":1900000001,\"sender_id\":2," WHEN ",\"data\":{\"longitude\":\"1\"}}",
         HY_ERROR_MISSING, "data.latitude"},
        {"{\"type\":\"position\",\"receiver_id\":1900000001,\"sender_id\":2," WHEN
         ",\"data\":{\"longitude\":\"181\",\"latitude\":\"1\"}}",
         HY_ERROR_BAD_VALUE, "data.longitude"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(push("POST", CASES[i].body, &receipt, &error));
        fixture_assert_error(error, CASES[i].code, CASES[i].field);
    }
}

/* ---- time, length, window ---- */

static void test_time(void)
{
    static const struct {
        const char *text;
        int64_t s;
    } GOOD[] = {{"Tue May 31 17:46:55 +0800 2011", 1306835215},
                {"Tue May 31 09:46:55 +0000 2011", 1306835215},
                {"Tue May 31 04:16:55 -0530 2011", 1306835215},
                {"Thu Feb 29 00:00:00 +0000 2024", 1709164800}};
    static const char *const BAD[] = {"",
                                      "Tue May 31 17:46:55 2011",
                                      "Tue May 31 17:46:55 +0800 2011 ",
                                      "Di Mai 31 17:46:55 +0800 2011",
                                      "Tue May 32 17:46:55 +0800 2011",
                                      "Tue Feb 29 17:46:55 +0800 2011",
                                      "Tue May 31 25:46:55 +0800 2011",
                                      "Tue May 31 17:46:55 +9900 2011",
                                      "Tue May 31 17:46:55 0800 2011",
                                      "Tue May  1 17:46:55 +0800 2011"};
    setlocale(LC_ALL, ""); /* month names are English in every locale */
    for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        int64_t ms = 0;
        g_assert_true(weibo_parse_time(GOOD[i].text, &ms));
        g_assert_cmpint(ms, ==, GOOD[i].s * 1000);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        int64_t ms = 0;
        g_assert_false(weibo_parse_time(BAD[i], &ms));
    }
}

static void test_length(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    static const struct {
        const char *text;
        int used;
    } CASES[] = {{"", 0}, {"中文", 2}, {"abc", 3}, {"a中", 2}, {"，", 1}, {"😀", 2}, {"https://a.test/b", 16}, {"é", 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        g_assert_cmpint(WEIBO_KIND.measure(&account, CHANNEL_PUBLIC, CASES[i].text).used, ==, CASES[i].used);
    g_assert_cmpint(WEIBO_KIND.measure(&account, CHANNEL_PUBLIC, "").limit, ==, 140);
    g_assert_cmpint(WEIBO_KIND.measure(&account, CHANNEL_PRIVATE, "").limit, ==, 300);
}

static void test_window(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    int64_t ends_ms = WEIBO_KIND.window_ends_ms(&account, "dm", CHANNEL_PRIVATE, NOW_MS);
    g_assert_cmpint(NOW_MS + 48 * CLOCK_HOUR_MS - 1000, <, ends_ms); /* 47:59:59 is in time */
    g_assert_cmpint(NOW_MS + 48 * CLOCK_HOUR_MS + 1000, >, ends_ms); /* 48:00:01 is not */
    g_assert_cmpint(WEIBO_KIND.window_ends_ms(&account, "mention", CHANNEL_PRIVATE, NOW_MS), ==, ends_ms);
    g_assert_cmpint(WEIBO_KIND.window_ends_ms(&account, "mention", CHANNEL_PUBLIC, NOW_MS), ==, INT64_MAX);
}

static void test_settings(void)
{
    static const struct {
        const char *settings;
        enum hy_error code;
        const char *field;
    } BAD[] = {
        {"{}", HY_ERROR_MISSING, "app_secret"},
        {"{\"app_secret\":\"\"}", HY_ERROR_EMPTY, "app_secret"},
        {"{\"app_secret\":\"s\",\"uid\":\"@huiyin\"}", HY_ERROR_BAD_VALUE, "uid"},
        {"{\"app_secret\":\"s\",\"api_url\":\"api.weibo.com\"}", HY_ERROR_BAD_VALUE, "api_url"},
        {"{\"app_secret\":\"s\",\"fallback_ip\":\"here\"}", HY_ERROR_BAD_VALUE, "fallback_ip"},
        {"{\"app_secret\":\"s\",\"poll_interval_s\":\"0\"}", HY_ERROR_BAD_VALUE, "poll_interval_s"},
        {"{\"app_secret\":\"s\",\"commercial\":\"maybe\"}", HY_ERROR_BAD_VALUE, "commercial"},
        {"{\"app_secret\":\"s\",\"window_h\":\"-1\"}", HY_ERROR_BAD_VALUE, "window_h"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        json_auto_t *settings = json_parse(BAD[i].settings, strlen(BAD[i].settings), NULL);
        g_assert_false(channel_settings_complete(&WEIBO_KIND, settings, &error));
        fixture_assert_error(error, BAD[i].code, BAD[i].field);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/weibo/push/echo", test_echo);
    g_test_add_func("/weibo/push/bad-signatures", test_bad_signatures);
    g_test_add_func("/weibo/push/tolerance", test_tolerance);
    g_test_add_func("/weibo/push/text", test_push_text);
    g_test_add_func("/weibo/push/types", test_push_types);
    g_test_add_func("/weibo/push/own-echo", test_push_own_echo);
    g_test_add_func("/weibo/push/broken-text", test_push_broken_text);
    g_test_add_func("/weibo/push/malformed", test_push_malformed);
    g_test_add_func("/weibo/encoding-vector", test_encoding_vector);
    g_test_add_func("/weibo/time", test_time);
    g_test_add_func("/weibo/length", test_length);
    g_test_add_func("/weibo/window", test_window);
    g_test_add_func("/weibo/settings", test_settings);
    return g_test_run();
}

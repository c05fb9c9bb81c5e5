/* webhook_test.c - Standard Webhooks in and out. */
#include "channels/webhook.h"

#include "channel_fixture.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
#define NOW_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

static const char VECTOR_BODY[] = "{\"test\": 2432232314}";
static const int64_t VECTOR_MS = INT64_C(1614265330000);

static bool verify(const char *secret, const char *id, const char *timestamp, const char *signature, const char *body,
                   int64_t now_ms, GError **error)
{
    struct standard_webhook_key key;
    g_assert_true(standard_webhook_key_parse(secret, "secret", &key, NULL));
    struct standard_webhook_headers headers = {id, timestamp, signature};
    return standard_webhook_verify(&key, 1, &headers, body, strlen(body), now_ms, 300, error);
}

static void test_vector(void)
{
    struct standard_webhook_key key;
    g_assert_true(standard_webhook_key_parse(SECRET, "secret", &key, NULL));
    g_assert_cmpuint(key.length, ==, 24);
    g_autofree char *signature =
        standard_webhook_sign(&key, 1, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, VECTOR_BODY, strlen(VECTOR_BODY));
    g_assert_cmpstr(signature, ==, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void test_signatures(void)
{
    static const char ID[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    static const char RIGHT[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    static const char WRONG[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=";
    static const struct {
        const char *signature, *timestamp, *body;
        int64_t now_ms;
        enum hy_error code; /* 0: it fits */
        const char *field;
    } CASES[] = {
        {RIGHT, "1614265330", VECTOR_BODY, VECTOR_MS, 0, NULL},
        {RIGHT, "1614265330", VECTOR_BODY, VECTOR_MS + 300999, 0, NULL},
        {RIGHT, "1614265330", VECTOR_BODY, VECTOR_MS - 300000, 0, NULL},
        {RIGHT, "1614265330", VECTOR_BODY, VECTOR_MS + 301000, HY_ERROR_STALE, "webhook-timestamp"},
        {RIGHT, "1614265330", VECTOR_BODY, VECTOR_MS - 301000, HY_ERROR_STALE, "webhook-timestamp"},
        {WRONG, "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {"v1,", "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {"v1", "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {RIGHT + 3, "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {"v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "1614265330", VECTOR_BODY, VECTOR_MS,
         HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {RIGHT, "1614265330", "{\"test\": 2432232315}", VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {RIGHT, "1614265331", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {RIGHT, "soon", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-timestamp"},
        {RIGHT, "-1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-timestamp"},
        {RIGHT, "9999999999999999999", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-timestamp"},
        {RIGHT, NULL, VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-timestamp"},
        {NULL, "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
        {"", "1614265330", VECTOR_BODY, VECTOR_MS, HY_ERROR_BAD_SIGNATURE, "webhook-signature"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        bool fits = verify(SECRET, ID, CASES[i].timestamp, CASES[i].signature, CASES[i].body, CASES[i].now_ms, &error);
        g_assert_cmpint(fits, ==, CASES[i].field == NULL);
        if (!fits)
            fixture_assert_error(error, CASES[i].code, CASES[i].field);
    }
    g_autofree char *second = g_strconcat(WRONG, " v1a,AAAA ", RIGHT, NULL);
    g_assert_true(verify(SECRET, ID, "1614265330", second, VECTOR_BODY, VECTOR_MS, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(verify(SECRET, "msg.1", "1614265330", RIGHT, VECTOR_BODY, VECTOR_MS, &error));
    fixture_assert_error(error, HY_ERROR_BAD_SIGNATURE, "webhook-id");
}

static void test_secrets(void)
{
    static const char *const BAD[] = {"",
                                      "whsec_",
                                      "whsec_dG9vIHNob3J0",
                                      "whsec_not*base64",
                                      "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                      "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    struct standard_webhook_key key, without;
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(standard_webhook_key_parse(BAD[i], "secret", &key, &error));
        fixture_assert_error(error, HY_ERROR_BAD_VALUE, "secret");
    }
    g_assert_true(standard_webhook_key_parse(SECRET, "secret", &key, NULL));
    g_assert_true(standard_webhook_key_parse(SECRET + 6, "secret", &without, NULL));
    g_assert_cmpmem(key.bytes, key.length, without.bytes, without.length);
    g_autofree char *one = standard_webhook_secret();
    g_autofree char *two = standard_webhook_secret();
    g_assert_true(standard_webhook_key_parse(one, "secret", &key, NULL));
    g_assert_cmpuint(key.length, ==, 32);
    g_assert_cmpstr(one, !=, two);
}

static void test_settings(void)
{
    json_auto_t *made = fixture_settings(&WEBHOOK_KIND, "{}");
    struct channel_account account = {.kind = "webhook", .settings = made};
    g_assert_true(g_str_has_prefix(channel_setting(&account, "secret"), "whsec_"));
    g_assert_cmpstr(channel_setting(&account, "tolerance_s"), ==, "300");
    static const struct {
        const char *settings;
        enum hy_error code;
        const char *field;
    } BAD[] = {
        {"{\"secret\":\"\"}", HY_ERROR_EMPTY, "secret"},
        {"{\"secret\":\"whsec_\"}", HY_ERROR_BAD_VALUE, "secret"},
        {"{\"secret_previous\":\"whsec_\"}", HY_ERROR_BAD_VALUE, "secret_previous"},
        {"{\"reply_url\":\"ftp://x\"}", HY_ERROR_BAD_VALUE, "reply_url"},
        {"{\"reply_url\":\"https://\"}", HY_ERROR_BAD_VALUE, "reply_url"},
        {"{\"tolerance_s\":\"0\"}", HY_ERROR_BAD_VALUE, "tolerance_s"},
        {"{\"tolerance_s\":\"5 min\"}", HY_ERROR_BAD_VALUE, "tolerance_s"},
        {"{\"tolerance_s\":300}", HY_ERROR_BAD_VALUE, "tolerance_s"},
        {"{\"colour\":\"red\"}", HY_ERROR_UNKNOWN_FIELD, "colour"},
        {"[]", HY_ERROR_BAD_VALUE, "settings"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        json_auto_t *settings = json_parse(BAD[i].settings, strlen(BAD[i].settings), NULL);
        g_assert_false(channel_settings_complete(&WEBHOOK_KIND, settings, &error));
        fixture_assert_error(error, BAD[i].code, BAD[i].field);
    }
}

/* ---- in ---- */

static bool receive(const char *settings_json, const char *signing_secret, const char *body,
                    struct channel_receipt *receipt, GError **error)
{
    json_auto_t *settings = fixture_settings(&WEBHOOK_KIND, settings_json);
    struct channel_account account = {.kind = "webhook", .settings = settings};
    struct standard_webhook_key key;
    g_assert_true(standard_webhook_key_parse(signing_secret, "secret", &key, NULL));
    g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, NOW_MS / 1000);
    g_autofree char *signature = standard_webhook_sign(&key, 1, "evt_1", NOW_MS / 1000, body, strlen(body));
    struct fixture_request request = {
        .headers = {{"Webhook-Id", "evt_1", "WEBHOOK-TIMESTAMP", stamp, "webhook-signature", signature, NULL}}};
    struct channel_push push = fixture_push("POST", &request, body);
    return WEBHOOK_KIND.receive(&account, &push, NOW_MS, receipt, error);
}

static void test_sample(void)
{
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *body = fixture_read("webhook_mention.json");
    channel_receipt_init(&receipt);
    g_assert_true(receive("{\"secret\":\"" SECRET "\"}", SECRET, body, &receipt, &error));
    g_assert_no_error(error);
    g_assert_cmpint(receipt.status, ==, 202);
    g_assert_cmpstr(receipt.content_type, ==, "application/json");
    g_assert_cmpstr(receipt.body, ==, "{\"accepted\":true,\"duplicate\":false}");
    g_assert_cmpstr(receipt.duplicate_body, ==, "{\"accepted\":true,\"duplicate\":true}");
    g_assert_cmpuint(receipt.posts->len, ==, 1);
    const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
    g_assert_cmpstr(post->native_id, ==, "xhs-77");
    g_assert_cmpstr(post->root_native_id, ==, "xhs-77");
    g_assert_null(post->parent_native_id);
    g_assert_cmpstr(post->kind, ==, "mention");
    g_assert_cmpint(post->visibility, ==, CHANNEL_PUBLIC);
    g_assert_cmpstr(post->author.native_id, ==, "xiaohongshu:u7");
    g_assert_cmpstr(post->author.handle, ==, "小麦");
    g_assert_cmpint(post->author.followers, ==, 3200);
    g_assert_cmpstr(post->author.verified, ==, "");
    g_assert_cmpstr(post->text, ==, "这家客服不理人");
    g_assert_cmpstr(post->url, ==, "https://x.test/77");
    g_assert_cmpint(post->sent_ms, ==, INT64_C(1767322800000));
    g_assert_null(post->media);
    g_assert_false(post->own);
}

static void test_rotation(void)
{
    static const char BODY[] =
        "{\"type\":\"dm\",\"data\":{\"external_id\":\"d1\",\"author\":{\"id\":\"u\"},\"text\":\"在吗\"}}";
    static const char BOTH[] = "{\"secret\":\"" SECRET "\",\"secret_previous\":\"" OTHER "\"}";
    static const char *const SIGNERS[] = {SECRET, OTHER};
    for (gsize i = 0; i < G_N_ELEMENTS(SIGNERS); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        channel_receipt_init(&receipt);
        g_assert_true(receive(BOTH, SIGNERS[i], BODY, &receipt, NULL));
        const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
        g_assert_cmpint(post->visibility, ==, CHANNEL_PRIVATE);
        g_assert_null(post->root_native_id);
        g_assert_cmpint(post->author.followers, ==, -1);
        g_assert_cmpstr(post->author.native_id, ==, "u");
        g_assert_cmpint(post->sent_ms, ==, 0);
    }
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    channel_receipt_init(&receipt);
    g_assert_false(receive("{\"secret\":\"" SECRET "\"}", OTHER, BODY, &receipt, &error));
    fixture_assert_error(error, HY_ERROR_BAD_SIGNATURE, "webhook-signature");
    g_assert_cmpuint(receipt.posts->len, ==, 0);
}

static void test_full_event(void)
{
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *body = fixture_read("webhook_comment_full.json");
    channel_receipt_init(&receipt);
    g_assert_true(receive("{\"secret\":\"" SECRET "\"}", SECRET, body, &receipt, &error));
    g_assert_no_error(error);
    const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
    g_assert_cmpstr(post->kind, ==, "comment");
    g_assert_cmpstr(post->root_native_id, ==, "thread-9");
    g_assert_cmpstr(post->parent_native_id, ==, "c-1");
    g_assert_cmpstr(post->author.verified, ==, "media");
    g_assert_cmpstr(post->author.profile_url, ==, "https://x.test/u/9");
    g_assert_cmpint(post->sent_ms, ==, INT64_C(1767323045678));
    g_assert_cmpstr(post->media, ==,
                    "[{\"type\":\"image\",\"url\":\"https://x.test/1.jpg\",\"name\":\"破了.jpg\"},"
                    "{\"type\":\"file\",\"url\":\"https://x.test/2.pdf\",\"name\":\"\"}]");
    g_assert_cmpstr(post->text, ==, "");
    g_assert_cmpstr(post->target, ==, "{\"author_id\":\"9007199254740993\",\"thread_id\":\"thread-9\"}");
}

static void test_types(void)
{
    static const struct {
        const char *type, *kind; /* NULL: accepted, nothing comes of it */
    } CASES[] = {{"mention", "mention"},
                 {"mention.created", "mention"},
                 {"comment.created", "comment"},
                 {"reply.created", "reply"},
                 {"repost", "repost"},
                 {"dm.received", "dm"},
                 {"review.updated", "review"},
                 {"mention.deleted", NULL},
                 {"comment.removed", NULL},
                 {"order.paid", NULL},
                 {"mentions", NULL},
                 {"message.created", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        g_autofree char *body = g_strdup_printf(
            "{\"type\":\"%s\",\"data\":{\"external_id\":\"e\",\"author\":{\"id\":\"u\"},\"text\":\"t\"}}",
            CASES[i].type);
        channel_receipt_init(&receipt);
        g_assert_true(receive("{\"secret\":\"" SECRET "\"}", SECRET, body, &receipt, NULL));
        g_assert_cmpint(receipt.status, ==, 202);
        g_assert_cmpuint(receipt.posts->len, ==, CASES[i].kind ? 1 : 0);
        if (CASES[i].kind)
            g_assert_cmpstr(((struct channel_post *)g_ptr_array_index(receipt.posts, 0))->kind, ==, CASES[i].kind);
    }
}

#define DATA(rest) "{\"type\":\"comment\",\"data\":{\"external_id\":\"e\",\"text\":\"t\"," rest "}}"
#define AUTHOR "\"author\":{\"id\":\"u\"}"

static void test_malformed(void)
{
    static const struct {
        const char *body;
        enum hy_error code;
        const char *field;
    } CASES[] = {
        {"", HY_ERROR_BAD_REQUEST, "body"},
        {"{\"type\":", HY_ERROR_BAD_REQUEST, "body"},
        {"[]", HY_ERROR_BAD_REQUEST, "body"},
        {"{\"type\":\"dm\",\"data\":{\"text\":\"a\\u0000b\"}}", HY_ERROR_BAD_REQUEST, "body"},
        {"{\"test\": 2432232314}", HY_ERROR_MISSING, "type"},
        {"{\"type\":7}", HY_ERROR_BAD_VALUE, "type"},
        {"{\"type\":\"\"}", HY_ERROR_EMPTY, "type"},
        {"{\"type\":\"a b\"}", HY_ERROR_BAD_VALUE, "type"},
        {"{\"type\":\"dm\",\"timestamp\":\"yesterday\",\"data\":{}}", HY_ERROR_BAD_VALUE, "timestamp"},
        {"{\"type\":\"dm\"}", HY_ERROR_MISSING, "data"},
        {"{\"type\":\"dm\",\"data\":[]}", HY_ERROR_BAD_VALUE, "data"},
        {"{\"type\":\"dm\",\"data\":{}}", HY_ERROR_MISSING, "data.external_id"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":\"\"}}", HY_ERROR_EMPTY, "data.external_id"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":5}}", HY_ERROR_BAD_VALUE, "data.external_id"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":\"e\"}}", HY_ERROR_MISSING, "data.author"},
        {DATA("\"author\":\"u\""), HY_ERROR_BAD_VALUE, "data.author"},
        {DATA("\"author\":{}"), HY_ERROR_MISSING, "data.author.id"},
        {DATA("\"author\":{\"id\":17}"), HY_ERROR_BAD_VALUE, "data.author.id"},
        {DATA("\"author\":{\"id\":\"u\",\"name\":1}"), HY_ERROR_BAD_VALUE, "data.author.name"},
        {DATA("\"author\":{\"id\":\"u\",\"followers\":\"many\"}"), HY_ERROR_BAD_VALUE, "data.author.followers"},
        {DATA("\"author\":{\"id\":\"u\",\"followers\":-1}"), HY_ERROR_BAD_VALUE, "data.author.followers"},
        {DATA("\"author\":{\"id\":\"u\",\"verified\":\"blue\"}"), HY_ERROR_BAD_VALUE, "data.author.verified"},
        {DATA("\"author\":{\"id\":\"u\",\"url\":\"javascript:alert(1)\"}"), HY_ERROR_BAD_VALUE, "data.author.url"},
        {DATA(AUTHOR ",\"url\":\"javascript:alert(1)\""), HY_ERROR_BAD_VALUE, "data.url"},
        {DATA(AUTHOR ",\"channel\":3"), HY_ERROR_BAD_VALUE, "data.channel"},
        {DATA(AUTHOR ",\"thread_id\":3"), HY_ERROR_BAD_VALUE, "data.thread_id"},
        {DATA(AUTHOR ",\"parent_id\":{}"), HY_ERROR_BAD_VALUE, "data.parent_id"},
        {DATA(AUTHOR ",\"visibility\":\"secret\""), HY_ERROR_BAD_VALUE, "data.visibility"},
        {DATA(AUTHOR ",\"created_at\":\"2026-01-02\""), HY_ERROR_BAD_VALUE, "data.created_at"},
        {DATA(AUTHOR ",\"created_at\":\"2026-01-02T03:00:00\""), HY_ERROR_BAD_VALUE, "data.created_at"},
        {DATA(AUTHOR ",\"created_at\":1767322800"), HY_ERROR_BAD_VALUE, "data.created_at"},
        {DATA(AUTHOR ",\"media\":{}"), HY_ERROR_BAD_VALUE, "data.media"},
        {DATA(AUTHOR ",\"media\":[1]"), HY_ERROR_BAD_VALUE, "data.media[0]"},
        {DATA(AUTHOR ",\"media\":[\"https://x.test/a\",{\"type\":\"image\"}]"), HY_ERROR_MISSING, "data.media[1].url"},
        {DATA(AUTHOR ",\"media\":[{\"url\":\"data:x\"}]"), HY_ERROR_BAD_VALUE, "data.media[0].url"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":\"e\"," AUTHOR "}}", HY_ERROR_MISSING, "data.text"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":\"e\",\"text\":\"\"," AUTHOR "}}", HY_ERROR_EMPTY, "data.text"},
        {"{\"type\":\"dm\",\"data\":{\"external_id\":\"e\",\"text\":\"t\",\"visibility\":\"public\"," AUTHOR "}}",
         HY_ERROR_BAD_VALUE, "data.visibility"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_receipt_auto) receipt = {0};
        g_autoptr(GError) error = NULL;
        channel_receipt_init(&receipt);
        g_assert_false(receive("{\"secret\":\"" SECRET "\"}", SECRET, CASES[i].body, &receipt, &error));
        fixture_assert_error(error, CASES[i].code, CASES[i].field);
        g_assert_cmpint(error_http_status(error_code(error)), ==, 400);
        g_assert_cmpuint(receipt.posts->len, ==, 0);
    }
}

static void test_long_fields(void)
{
    g_autofree char *id = g_strnfill(513, 'x');
    g_autofree char *text = g_strnfill(70000, 'y');
    g_autofree char *long_id = g_strdup_printf("{\"type\":\"dm\",\"data\":{\"external_id\":\"%s\"}}", id);
    g_autofree char *long_text =
        g_strdup_printf("{\"type\":\"dm\",\"data\":{\"external_id\":\"e\"," AUTHOR ",\"text\":\"%s\"}}", text);
    g_auto(channel_receipt_auto) receipt = {0};
    g_autoptr(GError) error = NULL;
    channel_receipt_init(&receipt);
    g_assert_false(receive("{\"secret\":\"" SECRET "\"}", SECRET, long_id, &receipt, &error));
    fixture_assert_error(error, HY_ERROR_TOO_LONG, "data.external_id");
    g_assert_true(receive("{\"secret\":\"" SECRET "\"}", SECRET, long_text, &receipt, NULL));
    const struct channel_post *post = g_ptr_array_index(receipt.posts, 0);
    g_assert_cmpuint(strlen(post->text), ==, 65536);
    g_assert_true(g_str_has_suffix(post->text, "y…"));
}

/* ---- out ---- */

static const struct channel_outbound REPLY = {
    .id = 4711,
    .visibility = CHANNEL_PUBLIC,
    .kind = "mention",
    .text = "抱歉，马上处理",
    .recipient_id = "xiaohongshu:u7",
    .recipient_handle = "小麦",
    .parent_native_id = "xhs-77",
    .root_native_id = "xhs-77",
    .source = "{\"author_id\":\"u7\",\"channel\":\"xiaohongshu\"}",
    .agent_address = "",
    .first_try_ms = NOW_MS,
    .now_ms = NOW_MS,
};

static json_t *reply_account(struct channel_account *account)
{
    json_t *settings = fixture_settings(&WEBHOOK_KIND, "{\"secret\":\"" SECRET "\",\"secret_previous\":\"" OTHER
                                                       "\",\"reply_url\":\"https://bridge.test/in\"}");
    *account = (struct channel_account){.kind = "webhook", .settings = settings};
    return settings;
}

static void test_reply(void)
{
    struct channel_account account;
    json_auto_t *settings = reply_account(&account);
    g_auto(channel_request_auto) first = {0}, second = {0};
    channel_request_init(&first);
    channel_request_init(&second);
    struct channel_outbound again = REPLY;
    again.now_ms = NOW_MS + 60000;
    g_assert_true(WEBHOOK_KIND.send_build(&account, &REPLY, &first, NULL));
    g_assert_true(WEBHOOK_KIND.send_build(&account, &again, &second, NULL));
    g_assert_cmpstr(first.method, ==, "POST");
    g_assert_cmpstr(first.url, ==, "https://bridge.test/in");
    g_assert_cmpstr(fixture_sent_header(&first, "webhook-id"), ==, "msg_4711");
    g_assert_cmpstr(fixture_sent_header(&second, "webhook-id"), ==, "msg_4711");
    g_assert_cmpstr(fixture_sent_header(&first, "webhook-timestamp"), ==, "1767323045");
    g_assert_cmpstr(fixture_sent_header(&second, "webhook-timestamp"), ==, "1767323105");
    g_autofree char *body = fixture_sent_body(&first);
    g_autofree char *same = fixture_sent_body(&second);
    g_assert_cmpstr(body, ==, same);
    g_assert_cmpstr(
        body, ==,
        "{\"type\":\"reply.created\",\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"data\":{\"id\":\"msg_4711\","
        "\"channel\":\"xiaohongshu\",\"recipient\":{\"id\":\"u7\",\"name\":\"小麦\"},\"kind\":\"mention\","
        "\"in_reply_to\":\"xhs-77\",\"thread_id\":\"xhs-77\",\"visibility\":\"public\","
        "\"text\":\"抱歉，马上处理\"}}");
    static const char *const SECRETS[] = {SECRET, OTHER};
    for (gsize i = 0; i < G_N_ELEMENTS(SECRETS); i++)
        g_assert_true(verify(SECRETS[i], "msg_4711", "1767323105", fixture_sent_header(&second, "webhook-signature"),
                             same, again.now_ms, NULL));
}

static void test_reply_nowhere(void)
{
    json_auto_t *settings = fixture_settings(&WEBHOOK_KIND, "{}");
    struct channel_account account = {.kind = "webhook", .settings = settings};
    g_auto(channel_request_auto) request = {0};
    g_autoptr(GError) error = NULL;
    channel_request_init(&request);
    g_assert_false(WEBHOOK_KIND.send_build(&account, &REPLY, &request, &error));
    fixture_assert_error(error, HY_ERROR_NOT_SUPPORTED, "reply_url");
}

static void test_fates(void)
{
    static const struct fixture_pairs SOON = {{"retry-after", "120", NULL}};
    static const struct fixture_pairs DATE = {{"Retry-After", "Fri, 02 Jan 2026 03:05:05 GMT", NULL}};
    static const struct fixture_pairs NONE = {{NULL}};
    static const struct fixture_pairs ODD = {{"Retry-After", "-5", NULL}};
    static const struct {
        int status;
        const struct fixture_pairs *headers;
        const char *body;
        enum channel_fate fate;
        int64_t wait_ms;
        const char *native_id, *native_code;
    } CASES[] = {
        {200, &NONE, "", CHANNEL_OK, 0, NULL, NULL},
        {204, &NONE, "not json", CHANNEL_OK, 0, NULL, NULL},
        {202, &NONE, "{\"external_id\":\"p-5\"}", CHANNEL_OK, 0, "p-5", NULL},
        {301, &NONE, "", CHANNEL_BAD_REQUEST, 0, NULL, "301"},
        {400, &NONE, "", CHANNEL_BAD_REQUEST, 0, NULL, "400"},
        {422, &NONE, "{\"error_class\":\"window_closed\"}", CHANNEL_WINDOW_CLOSED, 0, NULL, "422"},
        {422, &NONE, "{\"error_class\":\"ok\"}", CHANNEL_BAD_REQUEST, 0, NULL, "422"},
        {401, &NONE, "", CHANNEL_AUTH_EXPIRED, 0, NULL, "401"},
        {403, &NONE, "", CHANNEL_PERMISSION, 0, NULL, "403"},
        {410, &NONE, "", CHANNEL_AUTH_REVOKED, 0, NULL, "410"},
        {413, &NONE, "", CHANNEL_TOO_LONG, 0, NULL, "413"},
        {429, &NONE, "", CHANNEL_RATE_LIMITED, 0, NULL, "429"},
        {429, &SOON, "", CHANNEL_RATE_LIMITED, 120000, NULL, "429"},
        {429, &ODD, "", CHANNEL_RATE_LIMITED, 1000, NULL, "429"},
        {502, &DATE, "", CHANNEL_RATE_LIMITED, 60000, NULL, "502"},
        {504, &SOON, "", CHANNEL_RATE_LIMITED, 120000, NULL, "504"},
        {500, &NONE, "", CHANNEL_TRANSIENT, 0, NULL, "500"},
        {503, &NONE, "", CHANNEL_TRANSIENT, 0, NULL, "503"},
    };
    struct channel_account account;
    json_auto_t *settings = reply_account(&account);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_outcome outcome = {0};
        struct channel_response response = fixture_answer_with(CASES[i].status, CASES[i].headers, CASES[i].body);
        WEBHOOK_KIND.send_classify(&account, &REPLY, &response, &outcome);
        g_assert_cmpstr(channel_fate_name(outcome.fate), ==, channel_fate_name(CASES[i].fate));
        g_assert_cmpint(outcome.wait_ms, ==, CASES[i].wait_ms);
        g_assert_cmpstr(outcome.native_id, ==, CASES[i].native_id);
        g_assert_cmpstr(outcome.native_code, ==, CASES[i].native_code);
        channel_outcome_clear(&outcome);
    }
    static const enum channel_failure FAILURES[] = {CHANNEL_NOT_REACHED, CHANNEL_BROKEN_OFF};
    for (gsize i = 0; i < G_N_ELEMENTS(FAILURES); i++) { /* the id makes a second try harmless */
        struct channel_outcome outcome = {0};
        struct channel_response response = fixture_failure(FAILURES[i]);
        WEBHOOK_KIND.send_classify(&account, &REPLY, &response, &outcome);
        g_assert_cmpint(outcome.fate, ==, CHANNEL_TRANSIENT);
        channel_outcome_clear(&outcome);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/webhook/published-vector", test_vector);
    g_test_add_func("/webhook/signatures", test_signatures);
    g_test_add_func("/webhook/secrets", test_secrets);
    g_test_add_func("/webhook/settings", test_settings);
    g_test_add_func("/webhook/in/sample", test_sample);
    g_test_add_func("/webhook/in/rotation", test_rotation);
    g_test_add_func("/webhook/in/full", test_full_event);
    g_test_add_func("/webhook/in/types", test_types);
    g_test_add_func("/webhook/in/malformed", test_malformed);
    g_test_add_func("/webhook/in/long", test_long_fields);
    g_test_add_func("/webhook/out/reply", test_reply);
    g_test_add_func("/webhook/out/nowhere", test_reply_nowhere);
    g_test_add_func("/webhook/out/fates", test_fates);
    return g_test_run();
}

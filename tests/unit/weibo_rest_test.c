/* weibo_rest_test.c - Weibo's lists, replies and what becomes of them. */
#include "channels/weibo.h"

#include "base/clock.h"
#include "channel_fixture.h"

#define NOW_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

static json_t *account_init(struct channel_account *account, const char *more)
{
    g_autofree char *json = g_strdup_printf(
        "{\"app_secret\":\"s\",\"uid\":\"1900000001\",\"access_token\":\"TOKEN\",\"api_url\":\"https://wb.test/\"%s}",
        more);
    json_t *settings = fixture_settings(&WEIBO_KIND, json);
    *account = (struct channel_account){.kind = "weibo", .settings = settings};
    return settings;
}

/* ---- polling ---- */

static char *next_url(const struct channel_account *account, const char *cursor, bool first)
{
    g_auto(channel_request_auto) request = {0};
    g_autoptr(GError) error = NULL;
    int64_t wait_ms = 0;
    channel_request_init(&request);
    bool more = WEIBO_KIND.poll_build(account, cursor, first, &request, &wait_ms, &error);
    g_assert_no_error(error);
    if (more)
        g_assert_cmpstr(fixture_sent_header(&request, "Authorization"), ==, "OAuth2 TOKEN");
    else
        g_assert_cmpint(wait_ms, ==, 300000);
    return more ? g_strdup(request.url) : NULL;
}

static GPtrArray *poll(const struct channel_account *account, char **cursor, int status, const char *body,
                       struct channel_outcome *outcome)
{
    GPtrArray *posts = g_ptr_array_new_with_free_func((GDestroyNotify)channel_post_free);
    struct channel_response response = fixture_answer(status, body);
    char *next = NULL;
    g_autoptr(GError) error = NULL;
    *outcome = (struct channel_outcome){0};
    g_assert_true(WEIBO_KIND.poll_parse(account, *cursor, &response, posts, &next, outcome, &error));
    if (next != NULL) {
        g_free(*cursor);
        *cursor = next;
    }
    return posts;
}

static char *statuses(int64_t from, int64_t down_to, int64_t total)
{
    GString *json = g_string_new("{\"statuses\":[");
    for (int64_t id = from; id >= down_to; id--)
        g_string_append_printf(json,
                               "%s{\"created_at\":\"Fri Jan 02 11:04:05 +0800 2026\",\"id\":%" G_GINT64_FORMAT
                               ",\"text\":\"t%" G_GINT64_FORMAT "\",\"user\":{\"id\":7,\"screen_name\":\"阿明\"}}",
                               id == from ? "" : ",", id, id);
    g_string_append_printf(json, "],\"total_number\":%" G_GINT64_FORMAT "}", total);
    return g_string_free(json, FALSE);
}

static void expect(const struct channel_account *account, char **cursor, bool first, const char *url, const char *body,
                   guint count, const char *first_id)
{
    struct channel_outcome outcome;
    g_autofree char *asked = next_url(account, *cursor, first);
    g_assert_cmpstr(asked, ==, url);
    g_autoptr(GPtrArray) posts = poll(account, cursor, 200, body, &outcome);
    g_assert_cmpint(outcome.fate, ==, CHANNEL_OK);
    g_assert_cmpuint(posts->len, ==, count);
    if (count > 0)
        g_assert_cmpstr(((struct channel_post *)g_ptr_array_index(posts, 0))->native_id, ==, first_id);
    channel_outcome_clear(&outcome);
}

static const char NO_COMMENTS[] = "{\"comments\":[],\"previous_cursor\":0,\"next_cursor\":0,\"total_number\":0}";

static void test_round(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_autofree char *cursor = g_strdup("{}");
    g_autofree char *history = statuses(150, 101, 5000);
    g_autofree char *newest = statuses(230, 181, 80);
    g_autofree char *older = statuses(180, 151, 30);
    /* the first walk takes one page, however long the list */
    expect(&account, &cursor, true, "https://wb.test/2/statuses/mentions.json?count=50", history, 50, "status:101");
    expect(&account, &cursor, false, "https://wb.test/2/comments/mentions.json?count=50", NO_COMMENTS, 0, NULL);
    expect(&account, &cursor, false, "https://wb.test/2/comments/to_me.json?count=50", NO_COMMENTS, 0, NULL);
    g_assert_null(next_url(&account, cursor, false));
    /* the next round walks down to where the last one began, page by page */
    expect(&account, &cursor, true, "https://wb.test/2/statuses/mentions.json?count=50&since_id=150", newest, 50,
           "status:181");
    expect(&account, &cursor, false, "https://wb.test/2/statuses/mentions.json?count=50&since_id=150&max_id=180", older,
           30, "status:151");
    expect(&account, &cursor, false, "https://wb.test/2/comments/mentions.json?count=50&since_id=1", NO_COMMENTS, 0,
           NULL);
    expect(&account, &cursor, false, "https://wb.test/2/comments/to_me.json?count=50&since_id=1", NO_COMMENTS, 0, NULL);
    g_assert_null(next_url(&account, cursor, false));
    expect(&account, &cursor, true, "https://wb.test/2/statuses/mentions.json?count=50&since_id=230",
           "{\"statuses\":[],\"total_number\":0}", 0, NULL);
}

/* A short page proves nothing, and an item that is not new ends the walk. */
static void test_page_ends(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_autofree char *cursor = g_strdup("{\"list\":0,\"since\":[\"100\",\"1\",\"1\"]}");
    g_autofree char *shorter = statuses(200, 190, 60);
    g_autofree char *overlap = statuses(189, 95, 9999);
    g_autofree char *second = NULL;
    expect(&account, &cursor, true, "https://wb.test/2/statuses/mentions.json?count=50&since_id=100", shorter, 11,
           "status:190");
    expect(&account, &cursor, false, "https://wb.test/2/statuses/mentions.json?count=50&since_id=100&max_id=189",
           overlap, 89, "status:101");
    second = next_url(&account, cursor, false);
    g_assert_cmpstr(second, ==, "https://wb.test/2/comments/mentions.json?count=50&since_id=1");
}

/* What became visible late has an id below the newest one known: five minutes of ids are read again. */
static void test_late(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_autofree char *cursor = g_strdup("{\"list\":0,\"since\":[\"5090000000000100\",\"1\",\"1\"]}");
    g_autofree char *body = statuses(5090000000000103, 5090000000000098, 9999);
    expect(&account, &cursor, true, "https://wb.test/2/statuses/mentions.json?count=50&since_id=5089998741708900", body,
           6, "status:5090000000000098");
    g_autofree char *next = next_url(&account, cursor, false); /* an old one was met: no second page */
    g_assert_cmpstr(next, ==, "https://wb.test/2/comments/mentions.json?count=50&since_id=1");
    g_assert_nonnull(strstr(cursor, "\"5090000000000103\""));
}

/* After ten pages the round is over; the next one goes on from the same place and nothing is left out. */
static void test_bounded(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_autofree char *cursor = g_strdup("{\"list\":0,\"since\":[\"1\",\"1\",\"1\"]}");
    int64_t top = 600, next = top;
    guint seen = 0;
    for (int round = 0; round < 2; round++) {
        for (int page = 0; page < 10 && next > 1; page++) {
            struct channel_outcome outcome;
            g_autofree char *url = next_url(&account, cursor, page == 0);
            g_assert_nonnull(url);
            g_autofree char *body = statuses(next, MAX(next - 49, 2), 5000);
            g_autoptr(GPtrArray) posts = poll(&account, &cursor, 200, body, &outcome);
            seen += posts->len;
            next -= 50;
            channel_outcome_clear(&outcome);
        }
        if (round == 0)
            g_assert_null(next_url(&account, cursor, false));
    }
    g_assert_cmpuint(seen, ==, 599);
    json_auto_t *state = json_loads(cursor, 0, NULL);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(state, "since"), 0)), ==, "600");
    g_assert_cmpint(json_integer_value(json_object_get(state, "list")), ==, 1);
}

static void test_items(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outcome outcome;
    g_autofree char *cursor = g_strdup("{\"list\":2,\"since\":[\"1\",\"1\",\"1\"]}");
    g_autofree char *body = fixture_read("weibo_comments_to_me.json");
    g_autoptr(GPtrArray) posts = poll(&account, &cursor, 200, body, &outcome);
    g_assert_cmpuint(posts->len, ==, 2); /* the deleted one has no user */
    const struct channel_post *own = g_ptr_array_index(posts, 0);
    g_assert_true(own->own);
    g_assert_cmpstr(own->kind, ==, "comment");
    const struct channel_post *post = g_ptr_array_index(posts, 1);
    g_assert_cmpstr(post->native_id, ==, "comment:5100000000000001");
    g_assert_cmpstr(post->kind, ==, "reply");
    g_assert_cmpstr(post->parent_native_id, ==, "comment:5100000000000000");
    g_assert_cmpstr(post->root_native_id, ==, "status:5090000000000001");
    g_assert_cmpstr(post->target, ==, "{\"status\":\"5090000000000001\",\"comment\":\"5100000000000001\"}");
    g_assert_cmpstr(post->author.native_id, ==, "2400000002");
    g_assert_cmpstr(post->author.handle, ==, "阿明");
    g_assert_cmpint(post->author.followers, ==, 1204);
    g_assert_cmpint(post->sent_ms, ==, NOW_MS);
    g_assert_nonnull(post->raw);
    g_assert_false(post->own);
}

static void test_statuses(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outcome outcome;
    g_autofree char *cursor = g_strdup("{}");
    g_autofree char *body = fixture_read("weibo_statuses_mentions.json");
    g_autoptr(GPtrArray) posts = poll(&account, &cursor, 200, body, &outcome);
    g_assert_cmpuint(posts->len, ==, 3);
    const struct channel_post *repost = g_ptr_array_index(posts, 0), *other = g_ptr_array_index(posts, 1),
                              *post = g_ptr_array_index(posts, 2);
    g_assert_cmpstr(repost->kind, ==, "repost");
    g_assert_cmpstr(repost->parent_native_id, ==, "status:5090000000000001");
    g_assert_cmpstr(repost->root_native_id, ==, repost->native_id);
    g_assert_cmpstr(other->kind, ==, "mention"); /* of somebody else's post */
    g_assert_cmpint(other->author.followers, ==, 123000);
    g_assert_cmpstr(other->author.verified, ==, "");
    g_assert_cmpstr(post->native_id, ==, "status:9223372036854775807"); /* beyond 2^53, exact */
    g_assert_cmpstr(post->author.verified, ==, "media");
    g_assert_cmpstr(post->text, ==, "很长的全文");
    g_assert_cmpstr(post->media, ==,
                    "[{\"type\":\"image\",\"url\":\"https://wx1.sinaimg.cn/large/a.jpg\",\"name\":\"\"}]");
    g_assert_cmpstr(post->counts, ==, "{\"reposts\":12,\"comments\":3,\"likes\":40}");
    g_assert_cmpstr(post->url, ==, "https://m.weibo.cn/status/9223372036854775807");
    g_assert_cmpstr(post->author.profile_url, ==, "https://m.weibo.cn/u/3500000003");
}

static void test_poll_trouble(void)
{
    static const struct {
        int status;
        const char *body;
        enum channel_fate fate;
        const char *code;
        bool moves; /* on to the next list */
    } CASES[] = {
        {200, "", CHANNEL_TRANSIENT, "empty_answer", false},
        {200, "{\"statuses\":[{\"id\":1,", CHANNEL_TRANSIENT, "not_a_list", false},
        {200, "{}", CHANNEL_TRANSIENT, "not_a_list", false},
        {500, "oops", CHANNEL_TRANSIENT, "http_500", false},
        {403, "{\"error\":\"limit\",\"error_code\":10023}", CHANNEL_RATE_LIMITED, "10023", false},
        {200, "{\"error\":\"limit\",\"error_code\":\"10022\"}", CHANNEL_RATE_LIMITED, "10022", false},
        {400, "{\"error\":\"expired_token\",\"error_code\":21327}", CHANNEL_AUTH_EXPIRED, "21327", false},
        {403, "{\"error\":\"x\",\"error_code\":\"10014\"}", CHANNEL_PERMISSION, "10014", true},
    };
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_outcome outcome;
        g_autofree char *cursor = g_strdup("{}");
        g_autoptr(GPtrArray) posts = poll(&account, &cursor, CASES[i].status, CASES[i].body, &outcome);
        g_assert_cmpstr(channel_fate_name(outcome.fate), ==, channel_fate_name(CASES[i].fate));
        g_assert_cmpstr(outcome.native_code, ==, CASES[i].code);
        if (CASES[i].fate == CHANNEL_RATE_LIMITED)
            g_assert_cmpint(outcome.wait_ms, ==, CLOCK_HOUR_MS);
        g_autofree char *url = next_url(&account, cursor, true);
        g_assert_true(g_str_has_prefix(url, CASES[i].moves ? "https://wb.test/2/comments/mentions"
                                                           : "https://wb.test/2/statuses/mentions"));
        channel_outcome_clear(&outcome);
    }
    static const char *const BROKEN[] = {"", "nonsense", "[]", "{\"list\":99}",
                                         "{\"list\":-1,\"since\":7,\"max\":\"x\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(BROKEN); i++) {
        g_autofree char *url = next_url(&account, BROKEN[i], true);
        g_assert_cmpstr(url, ==, "https://wb.test/2/statuses/mentions.json?count=50");
    }
}

static void test_push_only(void)
{
    json_auto_t *settings = fixture_settings(&WEIBO_KIND, "{\"app_secret\":\"s\"}");
    struct channel_account account = {.kind = "weibo", .settings = settings};
    g_assert_null(next_url(&account, "{}", true));
}

/* ---- sending ---- */

static struct channel_outbound reply_to(const char *source)
{
    return (struct channel_outbound){.id = 1,
                                     .visibility = CHANNEL_PUBLIC,
                                     .kind = "comment",
                                     .text = "马上处理 https://shop.test/a?b=1&c",
                                     .recipient_id = "2400000002",
                                     .recipient_handle = "阿明",
                                     .source = source,
                                     .agent_address = "211.156.0.1",
                                     .first_try_ms = NOW_MS,
                                     .now_ms = NOW_MS};
}

static void check_send(const char *more, const struct channel_outbound *outbound, const char *url, const char *body)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, more);
    g_auto(channel_request_auto) request = {0};
    g_autoptr(GError) error = NULL;
    channel_request_init(&request);
    g_assert_true(WEIBO_KIND.send_build(&account, outbound, &request, &error));
    g_assert_no_error(error);
    g_autofree char *sent = fixture_sent_body(&request);
    g_assert_cmpstr(request.method, ==, "POST");
    g_assert_cmpstr(request.url, ==, url);
    g_assert_cmpstr(sent, ==, body);
    g_assert_cmpstr(fixture_sent_header(&request, "Content-Type"), ==, "application/x-www-form-urlencoded");
}

#define TEXT "%E9%A9%AC%E4%B8%8A%E5%A4%84%E7%90%86%20https%3A%2F%2Fshop.test%2Fa%3Fb%3D1%26c"

static void test_send(void)
{
    struct channel_outbound comment = reply_to("{\"status\":\"50\",\"comment\":\"51\"}");
    check_send("", &comment, "https://wb.test/2/comments/reply.json",
               "cid=51&id=50&comment=" TEXT "&without_mention=0&comment_ori=0&rip=211.156.0.1");
    check_send(",\"commercial\":\"yes\"", &comment, "https://c.api.weibo.com/2/comments/reply/biz.json",
               "cid=51&id=50&comment=" TEXT "&without_mention=0&comment_ori=0&rip=211.156.0.1");
    struct channel_outbound status = reply_to("{\"status\":\"9007199254740993\"}");
    status.agent_address = "192.168.1.4";
    check_send(",\"fallback_ip\":\"203.0.113.9\"", &status, "https://wb.test/2/comments/create.json",
               "id=9007199254740993&comment=" TEXT "&comment_ori=0&rip=203.0.113.9");
    check_send("", &status, "https://wb.test/2/comments/create.json",
               "id=9007199254740993&comment=" TEXT "&comment_ori=0&rip=192.168.1.4");
    struct channel_outbound named = reply_to(NULL);
    named.parent_native_id = "comment:51";
    named.root_native_id = "status:50";
    check_send("", &named, "https://wb.test/2/comments/reply.json",
               "cid=51&id=50&comment=" TEXT "&without_mention=0&comment_ori=0&rip=211.156.0.1");
    struct channel_outbound private = reply_to(NULL);
    private.visibility = CHANNEL_PRIVATE;
    private.text = "好";
    check_send("", &private, "https://m.api.weibo.com/2/messages/reply.json",
               "access_token=TOKEN&type=text&data=%7B%22text%22%3A%22%E5%A5%BD%22%7D&receiver_id=2400000002&save_"
               "sender_box=1");
    check_send(
        ",\"message_token\":\"FAN\",\"commercial\":\"yes\"", &private,
        "https://c.api.weibo.com/2/messages/reply/biz.json",
        "access_token=FAN&type=text&data=%7B%22text%22%3A%22%E5%A5%BD%22%7D&receiver_id=2400000002&save_sender_box=1");
}

static void test_send_refused(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_autofree char *long_text = g_strnfill(141, 'x');
    g_autofree char *longer_text = g_strnfill(301, 'x');
    struct channel_outbound nowhere = reply_to(NULL), too_long = reply_to("{\"status\":\"50\"}"),
                            empty = reply_to("{\"status\":\"50\"}"), nobody = reply_to(NULL), longer = reply_to(NULL);
    nowhere.root_native_id = nowhere.parent_native_id = "push:1:2:mention:abc";
    too_long.text = long_text;
    empty.text = "";
    nobody.visibility = longer.visibility = CHANNEL_PRIVATE;
    nobody.recipient_id = "@阿明";
    longer.text = longer_text;
    const struct {
        const struct channel_outbound *outbound;
        enum hy_error code;
        const char *field;
    } CASES[] = {{&nowhere, HY_ERROR_NOT_SUPPORTED, "visibility"},
                 {&too_long, HY_ERROR_TOO_LONG, "text"},
                 {&longer, HY_ERROR_TOO_LONG, "text"},
                 {&empty, HY_ERROR_EMPTY, "text"},
                 {&nobody, HY_ERROR_BAD_VALUE, "recipient_id"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(channel_request_auto) request = {0};
        g_autoptr(GError) error = NULL;
        channel_request_init(&request);
        g_assert_false(WEIBO_KIND.send_build(&account, CASES[i].outbound, &request, &error));
        fixture_assert_error(error, CASES[i].code, CASES[i].field);
    }
}

static void check_fate(const struct channel_outbound *outbound, const struct channel_response *response,
                       enum channel_fate fate, int64_t wait_ms, const char *native_id, const char *code)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outcome outcome = {0};
    WEIBO_KIND.send_classify(&account, outbound, response, &outcome);
    g_assert_cmpstr(channel_fate_name(outcome.fate), ==, channel_fate_name(fate));
    g_assert_cmpint(outcome.wait_ms, ==, wait_ms);
    g_assert_cmpstr(outcome.native_id, ==, native_id);
    g_assert_cmpstr(outcome.native_code, ==, code);
    channel_outcome_clear(&outcome);
}

static void test_fates(void)
{
    static const struct {
        int status;
        const char *body;
        enum channel_fate fate;
        int64_t wait_ms;
        const char *native_id, *code;
    } CASES[] = {
        {200, "{\"id\":60,\"idstr\":\"60\",\"reply_comment\":{\"id\":51}}", CHANNEL_OK, 0, "comment:60", NULL},
        {200, "{\"id\":60,\"error_code\":0,\"reply_comment\":{\"idstr\":\"51\"}}", CHANNEL_OK, 0, "comment:60", NULL},
        {200, "{\"id\":60}", CHANNEL_TARGET_GONE, 0, "comment:60", "became_plain_comment"},
        {200, "{\"id\":60,\"reply_comment\":{\"id\":52}}", CHANNEL_TARGET_GONE, 0, "comment:60",
         "became_plain_comment"},
        {200, "", CHANNEL_AMBIGUOUS, 0, NULL, "no_json"},
        {200, "{\"id\":60,\"reply_com", CHANNEL_AMBIGUOUS, 0, NULL, "no_json"},
        {200, "{}", CHANNEL_AMBIGUOUS, 0, NULL, "no_id"},
        {500, "", CHANNEL_AMBIGUOUS, 0, NULL, "http_500"},
        {502, "<html>", CHANNEL_AMBIGUOUS, 0, NULL, "http_502"},
        {503, "", CHANNEL_TRANSIENT, 0, NULL, "http_503"},
        {429, "", CHANNEL_RATE_LIMITED, 0, NULL, "http_429"},
        {401, "", CHANNEL_AUTH_EXPIRED, 0, NULL, "http_401"},
        {403, "", CHANNEL_PERMISSION, 0, NULL, "http_403"},
        {414, "", CHANNEL_TOO_LONG, 0, NULL, "http_414"},
        {404, "", CHANNEL_BAD_REQUEST, 0, NULL, "http_404"},
        {200, "{\"error_code\":20032,\"error\":\"published, visible soon\"}", CHANNEL_OK, 0, NULL, "20032"},
        {400, "{\"error_code\":20019}", CHANNEL_DUPLICATE_CONTENT, 0, NULL, "20019"},
        {400, "{\"error_code\":\"20017\"}", CHANNEL_DUPLICATE_CONTENT, 0, NULL, "20017"},
        /* 03:04:05: the platform's hour is over in 55:55 */
        {403, "{\"error_code\":10023}", CHANNEL_RATE_LIMITED, 3355000, NULL, "10023"},
        {403, "{\"error_code\":20016}", CHANNEL_RATE_LIMITED, 60000, NULL, "20016"},
        {400, "{\"error_code\":20201}", CHANNEL_TARGET_GONE, 0, NULL, "20201"},
        {400, "{\"error_code\":20206}", CHANNEL_RECIPIENT_BLOCKED, 0, NULL, "20206"},
        {400, "{\"error_code\":20021}", CHANNEL_CONTENT_REJECTED, 0, NULL, "20021"},
        {400, "{\"error_code\":20012}", CHANNEL_TOO_LONG, 0, NULL, "20012"},
        {400, "{\"error_code\":21321}", CHANNEL_AUTH_REVOKED, 0, NULL, "21321"},
        {400, "{\"error_code\":10001}", CHANNEL_TRANSIENT, 0, NULL, "10001"},
        {400, "{\"error_code\":19999}", CHANNEL_TRANSIENT, 0, NULL, "19999"},
        {400, "{\"error_code\":29999}", CHANNEL_BAD_REQUEST, 0, NULL, "29999"},
        {400, "{\"error_code\":\"weird\"}", CHANNEL_BAD_REQUEST, 0, NULL, "weird"},
    };
    struct channel_outbound outbound = reply_to("{\"status\":\"50\",\"comment\":\"51\"}");
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_response response = fixture_answer(CASES[i].status, CASES[i].body);
        check_fate(&outbound, &response, CASES[i].fate, CASES[i].wait_ms, CASES[i].native_id, CASES[i].code);
    }
    struct channel_response refused = fixture_failure(CHANNEL_NOT_REACHED),
                            broken = fixture_failure(CHANNEL_BROKEN_OFF);
    check_fate(&outbound, &refused, CHANNEL_TRANSIENT, 0, NULL, NULL);
    check_fate(&outbound, &broken, CHANNEL_AMBIGUOUS, 0, NULL, NULL);
}

static void test_private_fates(void)
{
    static const struct {
        const char *body;
        enum channel_fate fate;
        const char *native_id, *code;
    } CASES[] = {{"{\"result\":true}", CHANNEL_OK, NULL, NULL},
                 {"{\"result\":\"true\",\"idstr\":\"88\"}", CHANNEL_OK, "dm:88", NULL},
                 {"{\"sender_id\":1,\"receiver_id\":2}", CHANNEL_OK, NULL, NULL},
                 {"{\"result\":false}", CHANNEL_BAD_REQUEST, NULL, "result"},
                 {"{}", CHANNEL_AMBIGUOUS, NULL, "no_result"},
                 {"{\"resu", CHANNEL_AMBIGUOUS, NULL, "no_json"}};
    struct channel_outbound outbound = reply_to(NULL);
    outbound.visibility = CHANNEL_PRIVATE;
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_response response = fixture_answer(200, CASES[i].body);
        check_fate(&outbound, &response, CASES[i].fate, 0, CASES[i].native_id, CASES[i].code);
    }
}

static void test_error_table(void)
{
    static const struct {
        int first, last;
        enum channel_fate fate;
    } ROWS[] = {{10001, 10003, CHANNEL_TRANSIENT},
                {10004, 10004, CHANNEL_RATE_LIMITED},
                {10005, 10005, CHANNEL_PERMISSION},
                {10022, 10024, CHANNEL_RATE_LIMITED},
                {20003, 20003, CHANNEL_TARGET_GONE},
                {20012, 20013, CHANNEL_TOO_LONG},
                {20018, 20018, CHANNEL_CONTENT_REJECTED},
                {20031, 20031, CHANNEL_AUTH_EXPIRED},
                {20032, 20032, CHANNEL_OK},
                {20111, 20111, CHANNEL_DUPLICATE_CONTENT},
                {20206, 20207, CHANNEL_RECIPIENT_BLOCKED},
                {21314, 21317, CHANNEL_AUTH_EXPIRED},
                {21332, 21332, CHANNEL_AUTH_EXPIRED},
                {21399, 21399, CHANNEL_AUTH_EXPIRED}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        for (int code = ROWS[i].first; code <= ROWS[i].last; code++)
            g_assert_cmpint(weibo_error_fate(code), ==, ROWS[i].fate);
}

/* ---- was it sent? ---- */

static void check_reconcile(const struct channel_outbound *outbound, int status, const char *body,
                            enum channel_fate fate, const char *native_id)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outcome outcome = {0};
    struct channel_response response = fixture_answer(status, body);
    WEIBO_KIND.reconcile_read(&account, outbound, &response, &outcome);
    g_assert_cmpstr(channel_fate_name(outcome.fate), ==, channel_fate_name(fate));
    g_assert_cmpstr(outcome.native_id, ==, native_id);
    channel_outcome_clear(&outcome);
}

#define MINE(time, text, status, cid)                                                                                  \
    "{\"comments\":[{\"id\":70,\"created_at\":\"Fri Jan 02 " time " +0800 2026\",\"text\":\"" text                     \
    "\",\"status\":{\"id\":" status "},\"reply_comment\":{\"id\":" cid "}}],\"total_number\":1}"

static void test_reconcile(void)
{
    struct channel_outbound outbound = reply_to("{\"status\":\"50\",\"comment\":\"51\"}");
    outbound.text = "马上处理 <1> https://shop.test/a";
    outbound.now_ms = NOW_MS + 600000;
    static const struct {
        const char *body;
        enum channel_fate fate;
        const char *native_id;
    } CASES[] = {
        {MINE("11:04:06", "回复@阿明:马上处理 &lt;1&gt; http://t.cn/abc", "50", "51"), CHANNEL_OK, "comment:70"},
        {MINE("11:04:06", "马上处理 <1> http://t.cn/abc", "50", "51"), CHANNEL_OK, "comment:70"},
        {MINE("11:04:06", "马上处理 <1> http://t.cn/abc", "50", "52"), CHANNEL_TRANSIENT, NULL},
        {MINE("11:04:06", "马上处理 <1> http://t.cn/abc", "49", "51"), CHANNEL_TRANSIENT, NULL},
        {MINE("11:04:06", "马上处理 <2> http://t.cn/abc", "50", "51"), CHANNEL_TRANSIENT, NULL},
        {MINE("10:04:06", "马上处理 <1> http://t.cn/abc", "50", "51"), CHANNEL_TRANSIENT, NULL}, /* an older one */
        {"{\"comments\":[],\"total_number\":0}", CHANNEL_TRANSIENT, NULL},
        {"{\"comments\":[],\"total_number\":9}", CHANNEL_AMBIGUOUS, NULL}, /* the list does not reach back */
        {"{\"comments\":[],\"tot", CHANNEL_AMBIGUOUS, NULL},
        {"{\"error_code\":10023}", CHANNEL_AMBIGUOUS, NULL},
        {"", CHANNEL_AMBIGUOUS, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        check_reconcile(&outbound, 200, CASES[i].body, CASES[i].fate, CASES[i].native_id);
    check_reconcile(&outbound, 500, "{\"comments\":[],\"total_number\":0}", CHANNEL_AMBIGUOUS, NULL);
    outbound.now_ms = NOW_MS + 179000; /* may still become visible */
    check_reconcile(&outbound, 200, "{\"comments\":[],\"total_number\":0}", CHANNEL_AMBIGUOUS, NULL);
    outbound.now_ms = NOW_MS + 600000;
    outbound.last_try_ms = NOW_MS + 590000;
    check_reconcile(&outbound, 200, "{\"comments\":[],\"total_number\":0}", CHANNEL_AMBIGUOUS, NULL);
}

/* More of our comments than one page holds: the list is followed until it is older than the first try. */
static void test_reconcile_pages(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outbound outbound = reply_to("{\"status\":\"50\",\"comment\":\"51\"}");
    outbound.now_ms = NOW_MS + 600000;
    static const char FIRST[] =
        "{\"comments\":[{\"id\":90,\"created_at\":\"Fri Jan 02 11:09:06 +0800 2026\",\"text\":\"a\"},"
        "{\"id\":88,\"created_at\":\"Fri Jan 02 11:08:06 +0800 2026\",\"text\":\"b\"}],"
        "\"total_number\":9000}";
    struct channel_outcome outcome = {0};
    struct channel_response response = fixture_answer(200, FIRST);
    WEIBO_KIND.reconcile_read(&account, &outbound, &response, &outcome);
    g_assert_cmpint(outcome.fate, ==, CHANNEL_AMBIGUOUS);
    g_assert_cmpstr(outcome.look_on, ==, "87");
    g_autofree char *from = g_strdup(outcome.look_on);
    channel_outcome_clear(&outcome);
    outbound.look_from = from;
    g_auto(channel_request_auto) request = {0};
    channel_request_init(&request);
    g_assert_true(WEIBO_KIND.reconcile_build(&account, &outbound, &request, NULL));
    g_assert_cmpstr(request.url, ==, "https://wb.test/2/comments/by_me.json?count=200&max_id=87");
    check_reconcile(&outbound, 200,
                    "{\"comments\":[{\"id\":60,\"created_at\":\"Fri Jan 02 10:00:06 +0800 2026\",\"text\":\"c\"}],"
                    "\"total_number\":9000}",
                    CHANNEL_TRANSIENT, NULL); /* older than the first try: certainly not there */
    /* platforms stop listing somewhere: an empty page proves nothing */
    check_reconcile(&outbound, 200, "{\"comments\":[],\"total_number\":9000}", CHANNEL_AMBIGUOUS, NULL);
}

static void test_reconcile_request(void)
{
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    struct channel_outbound outbound = reply_to("{\"status\":\"50\"}");
    g_auto(channel_request_auto) request = {0};
    g_autoptr(GError) error = NULL;
    channel_request_init(&request);
    g_assert_true(WEIBO_KIND.reconcile_build(&account, &outbound, &request, NULL));
    g_assert_cmpstr(request.url, ==, "https://wb.test/2/comments/by_me.json?count=200");
    outbound.visibility = CHANNEL_PRIVATE;
    g_assert_false(WEIBO_KIND.reconcile_build(&account, &outbound, &request, &error));
    fixture_assert_error(error, HY_ERROR_NOT_SUPPORTED, "visibility");
}

static void test_probe(void)
{
    static const struct {
        int status;
        const char *body;
        enum channel_fate fate;
    } CASES[] = {{200, "{\"uid\":1900000001,\"expire_in\":86400}", CHANNEL_OK},
                 {200, "{\"uid\":\"1900000001\",\"expire_in\":\"86400\"}", CHANNEL_OK},
                 {200, "{\"uid\":1900000001,\"expire_in\":0}", CHANNEL_AUTH_EXPIRED},
                 {200, "{\"uid\":1900000002,\"expire_in\":86400}", CHANNEL_PERMISSION},
                 {400, "{\"error\":\"expired_token\",\"error_code\":21327}", CHANNEL_AUTH_EXPIRED},
                 {200, "hello", CHANNEL_TRANSIENT}};
    struct channel_account account;
    json_auto_t *settings = account_init(&account, "");
    g_auto(channel_request_auto) request = {0};
    channel_request_init(&request);
    g_assert_true(WEIBO_KIND.probe_build(&account, NOW_MS, &request, NULL));
    g_assert_cmpstr(request.url, ==, "https://wb.test/oauth2/get_token_info");
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_outcome outcome = {0};
        struct channel_response response = fixture_answer(CASES[i].status, CASES[i].body);
        WEIBO_KIND.probe_read(&account, &response, &outcome);
        g_assert_cmpint(outcome.fate, ==, CASES[i].fate);
        channel_outcome_clear(&outcome);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/weibo/poll/round", test_round);
    g_test_add_func("/weibo/poll/page-ends", test_page_ends);
    g_test_add_func("/weibo/poll/late", test_late);
    g_test_add_func("/weibo/poll/bounded", test_bounded);
    g_test_add_func("/weibo/poll/comments", test_items);
    g_test_add_func("/weibo/poll/statuses", test_statuses);
    g_test_add_func("/weibo/poll/trouble", test_poll_trouble);
    g_test_add_func("/weibo/poll/push-only", test_push_only);
    g_test_add_func("/weibo/send/requests", test_send);
    g_test_add_func("/weibo/send/refused", test_send_refused);
    g_test_add_func("/weibo/send/fates", test_fates);
    g_test_add_func("/weibo/send/private-fates", test_private_fates);
    g_test_add_func("/weibo/send/error-table", test_error_table);
    g_test_add_func("/weibo/reconcile/verdicts", test_reconcile);
    g_test_add_func("/weibo/reconcile/request", test_reconcile_request);
    g_test_add_func("/weibo/reconcile/pages", test_reconcile_pages);
    g_test_add_func("/weibo/probe", test_probe);
    return g_test_run();
}

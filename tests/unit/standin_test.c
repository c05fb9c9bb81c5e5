/* standin_test.c - the connectors against programs that share no code with them: tests/standin.
 * What a unit test takes for granted about the other side is checked here with real requests on loopback. */
#include "channel_fixture.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/prctl.h>

/* ---- the other side ---- */

struct standin {
    GPid pid;
    char *url;
};

/* A test that fails aborts; its stand-in then ends as well. */
static void end_with_us(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void standin_start(struct standin *standin, const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "standin", name, NULL);
    char *arguments[] = {(char *)"node", path, (char *)"--port", (char *)"0", NULL};
    g_autoptr(GError) error = NULL;
    int out = -1;
    g_assert_true(g_spawn_async_with_pipes(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                                           end_with_us, NULL, &standin->pid, NULL, &out, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(GIOChannel) lines = g_io_channel_unix_new(out);
    g_io_channel_set_close_on_unref(lines, TRUE);
    g_autofree char *line = NULL;
    g_assert_cmpint(g_io_channel_read_line(lines, &line, NULL, NULL, NULL), ==, G_IO_STATUS_NORMAL);
    g_assert_true(g_str_has_prefix(line, "ready http://127.0.0.1:"));
    standin->url = g_strdup(g_strstrip(line + strlen("ready ")));
}

static void standin_stop(struct standin *standin)
{
    kill(standin->pid, SIGTERM);
    g_spawn_close_pid(standin->pid);
    g_free(standin->url);
}

/* ---- what inbox/ does for a connector ---- */

static size_t take(char *data, size_t size, size_t count, void *into)
{
    g_string_append_len(into, data, (gssize)(size * count));
    return size * count;
}

static const char *no_header(const void *response, const char *name)
{
    (void)response, (void)name;
    return NULL;
}

static struct channel_response perform(const struct channel_request *request, GString *body)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    long status = 0;
    g_string_truncate(body, 0);
    for (guint i = 0; i < request->headers->len; i++)
        headers = curl_slist_append(headers, g_ptr_array_index(request->headers, i));
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (request->body != NULL) {
        gsize length = 0;
        const char *data = g_bytes_get_data(request->body, &length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, data);
    }
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return (struct channel_response){code == CURLE_OK                ? CHANNEL_ANSWERED
                                     : code == CURLE_COULDNT_CONNECT ? CHANNEL_NOT_REACHED
                                                                     : CHANNEL_BROKEN_OFF,
                                     (int)status,
                                     no_header,
                                     NULL,
                                     body->str,
                                     body->len};
}

/* POST /_control/NAME, or GET without an order. json_decref. */
static json_t *control(const struct standin *standin, const char *name, const char *order)
{
    g_auto(channel_request_auto) request = {0};
    g_autoptr(GString) body = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    channel_request_init(&request);
    request.url = g_strconcat(standin->url, "/_control/", name, NULL);
    request.body = order ? g_bytes_new(order, strlen(order)) : NULL;
    struct channel_response response = perform(&request, body);
    g_assert_cmpint(response.status, ==, 200);
    json_t *answer = json_parse(body->str, body->len, &error);
    g_assert_no_error(error);
    return answer;
}

static char *control_id(const struct standin *standin, const char *name, const char *order)
{
    json_auto_t *made = control(standin, name, order);
    return g_strdup(json_string_value(json_object_get(made, "id")));
}

static void control_quietly(const struct standin *standin, const char *name, const char *order)
{
    json_auto_t *answer = control(standin, name, order);
    g_assert_true(json_is_object(answer));
}

/* ---- Weibo ---- */

static json_t *weibo_init(struct channel_account *account, const struct standin *standin)
{
    g_autofree char *json =
        g_strdup_printf("{\"app_secret\":\"xyz123xyz\",\"uid\":\"1900000001\",\"access_token\":"
                        "\"standin-token\",\"api_url\":\"%s\",\"message_url\":\"%s\",\"settle_s\":\"0\"}",
                        standin->url, standin->url);
    json_t *settings = fixture_settings(channel_kind_find("weibo"), json);
    *account = (struct channel_account){.kind = "weibo", .settings = settings};
    return settings;
}

static struct channel_outbound outbound(enum channel_visibility visibility, const char *source, const char *text)
{
    int64_t now_ms = g_get_real_time() / 1000;
    return (struct channel_outbound){.id = 1,
                                     .visibility = visibility,
                                     .kind = "comment",
                                     .text = text,
                                     .recipient_id = "7",
                                     .source = source,
                                     .agent_address = "211.156.0.1",
                                     .first_try_ms = now_ms,
                                     .now_ms = now_ms};
}

/* Sends, and asks afterwards where the fate is in doubt. *asked: it was. */
static enum channel_fate send_and_ask(const struct channel_account *account, const struct channel_outbound *one,
                                      bool *asked)
{
    const struct channel_kind *kind = channel_kind_find(account->kind);
    g_auto(channel_request_auto) request = {0}, question = {0};
    g_autoptr(GString) body = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    struct channel_outcome outcome = {0};
    channel_request_init(&request);
    channel_request_init(&question);
    g_assert_true(kind->send_build(account, one, &request, &error));
    struct channel_response response = perform(&request, body);
    kind->send_classify(account, one, &response, &outcome);
    *asked = channel_fate_step(outcome.fate) == CHANNEL_STEP_ASK && kind->reconcile_build &&
             kind->reconcile_build(account, one, &question, &error);
    if (*asked) {
        response = perform(&question, body);
        kind->reconcile_read(account, one, &response, &outcome);
    }
    enum channel_fate fate = outcome.fate;
    channel_outcome_clear(&outcome);
    return fate;
}

static void test_weibo_poll(void)
{
    struct standin standin;
    struct channel_account account;
    standin_start(&standin, "weibo.mjs");
    json_auto_t *settings = weibo_init(&account, &standin);
    g_autofree char *ours = control_id(&standin, "post", "{\"author\":1900000001,\"text\":\"公告\",\"mention\":false}");
    g_autofree char *comment = g_strdup_printf("{\"author\":7,\"text\":\"没到账\",\"status\":\"%s\"}", ours);
    for (int i = 0; i < 60; i++)
        control_quietly(&standin, "post", "{\"author\":7,\"text\":\"@回音 坏了\"}");
    control_quietly(&standin, "comment", comment);
    const struct channel_kind *kind = channel_kind_find("weibo");
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func((GDestroyNotify)channel_post_free);
    /* walked once before the first of them, so that all of them are new */
    g_autofree char *cursor = g_strdup("{\"list\":3,\"since\":[\"1\",\"1\",\"1\"]}");
    g_autoptr(GString) body = g_string_new(NULL);
    for (int requests = 0;; requests++) {
        g_auto(channel_request_auto) request = {0};
        struct channel_outcome outcome = {0};
        int64_t wait_ms = 0;
        char *next = NULL;
        channel_request_init(&request);
        if (!kind->poll_build(&account, cursor, requests == 0, &request, &wait_ms, NULL))
            break;
        g_assert_cmpint(requests, <, 10);
        struct channel_response response = perform(&request, body);
        g_assert_true(kind->poll_parse(&account, cursor, &response, posts, &next, &outcome, NULL));
        g_assert_cmpint(outcome.fate, ==, CHANNEL_OK);
        g_free(cursor);
        cursor = next;
    }
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < posts->len; i++)
        g_hash_table_add(ids, ((struct channel_post *)g_ptr_array_index(posts, i))->native_id);
    g_assert_cmpuint(g_hash_table_size(ids), ==, 61);
    standin_stop(&standin);
}

static void test_weibo_send(void)
{
    struct standin standin;
    struct channel_account account;
    standin_start(&standin, "weibo.mjs");
    json_auto_t *settings = weibo_init(&account, &standin);
    g_autofree char *status = control_id(&standin, "post", "{\"author\":7,\"text\":\"@回音 坏了\"}");
    g_autofree char *order = g_strdup_printf("{\"author\":7,\"text\":\"还没好\",\"status\":\"%s\"}", status);
    g_autofree char *comment = control_id(&standin, "comment", order);
    g_autofree char *under_post = g_strdup_printf("{\"status\":\"%s\"}", status);
    g_autofree char *under_comment = g_strdup_printf("{\"status\":\"%s\",\"comment\":\"%s\"}", status, comment);
    const struct {
        const char *fault, *source, *text;
        enum channel_fate fate;
        bool asked;
    } CASES[] = {
        {NULL, under_post, "抱歉 <3 & https://shop.test/a?b=1", CHANNEL_OK, false},
        {NULL, under_comment, "马上处理", CHANNEL_OK, false},
        {NULL, under_comment, "马上处理", CHANNEL_OK, true}, /* refused as repeated, and found: it is out */
        {"{\"endpoint\":\"comments/create\",\"kind\":\"effect_then_drop\"}", under_post, "到了 https://shop.test/b",
         CHANNEL_OK, true},
        {"{\"endpoint\":\"comments/reply\",\"kind\":\"half\"}", under_comment, "也到了", CHANNEL_OK, true},
        {"{\"endpoint\":\"comments/reply\",\"kind\":\"effect_then_status\",\"status\":502}", under_comment, "还是到了",
         CHANNEL_OK, true},
        {"{\"endpoint\":\"comments/create\",\"kind\":\"drop\"}", under_post, "没到", CHANNEL_TRANSIENT, true},
        {"{\"endpoint\":\"comments/create\",\"kind\":\"error200\",\"error_code\":20032,\"code_as\":\"string\"}",
         under_post, "晚点可见", CHANNEL_OK, false},
        {"{\"endpoint\":\"comments/create\",\"kind\":\"error\",\"error_code\":10023}", under_post, "太频繁",
         CHANNEL_RATE_LIMITED, false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct channel_outbound one = outbound(CHANNEL_PUBLIC, CASES[i].source, CASES[i].text);
        bool asked = false;
        if (CASES[i].fault)
            control_quietly(&standin, "fault", CASES[i].fault);
        g_assert_cmpstr(channel_fate_name(send_and_ask(&account, &one, &asked)), ==, channel_fate_name(CASES[i].fate));
        g_assert_cmpint(asked, ==, CASES[i].asked);
    }
    json_auto_t *sent = control(&standin, "sent", NULL);
    g_assert_cmpuint(json_array_size(json_object_get(sent, "comments")), ==, 5); /* each text that took effect, once */
    standin_stop(&standin);
}

static void test_weibo_private(void)
{
    struct standin standin;
    struct channel_account account;
    standin_start(&standin, "weibo.mjs");
    json_auto_t *settings = weibo_init(&account, &standin);
    struct channel_outbound one = outbound(CHANNEL_PRIVATE, NULL, "您好 +&%=\"\\");
    bool asked = false;
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_RECIPIENT_BLOCKED); /* nobody wrote yet */
    control_quietly(&standin, "push",
                    "{\"hook\":\"http://127.0.0.1:1/\",\"sender\":7,\"text\":\"在吗\",\"tries\":1,\"wait\":true}");
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_OK);
    control_quietly(&standin, "fault", "{\"endpoint\":\"messages/reply\",\"kind\":\"effect_then_drop\"}");
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_AMBIGUOUS); /* and cannot be asked about */
    g_assert_false(asked);
    json_auto_t *sent = control(&standin, "sent", NULL);
    const json_t *first = json_array_get(json_object_get(sent, "messages"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(first, "data"), "text")), ==, "您好 +&%=\"\\");
    standin_stop(&standin);
}

/* ---- Standard Webhooks, checked by the standard's own package ---- */

static void test_webhook_reply(void)
{
    struct standin standin;
    standin_start(&standin, "webhook_receiver.mjs");
    g_autofree char *json = g_strdup_printf("{\"secret\":\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\",\"secret_"
                                            "previous\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\","
                                            "\"reply_url\":\"%s/in\"}",
                                            standin.url);
    json_auto_t *settings = fixture_settings(channel_kind_find("webhook"), json);
    struct channel_account account = {.kind = "webhook", .settings = settings};
    struct channel_outbound one = outbound(CHANNEL_PUBLIC, NULL, "抱歉，马上处理 😀");
    bool asked = false;
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_OK); /* signed with the old secret as well */
    control_quietly(&standin, "secret", "{\"secret\":\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\"}");
    control_quietly(&standin, "fault", "{\"kind\":\"take_then_drop\"}");
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_TRANSIENT);
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_OK);
    control_quietly(&standin, "secret", "{\"secret\":\"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
    g_assert_cmpint(send_and_ask(&account, &one, &asked), ==, CHANNEL_AUTH_EXPIRED);
    json_auto_t *received = control(&standin, "received", NULL);
    g_assert_cmpint(json_integer_value(json_object_get(json_object_get(received, "taken"), "msg_1")), ==, 3);
    const json_t *first = json_array_get(json_object_get(received, "items"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(first, "data"), "text")), ==, "抱歉，马上处理 😀");
    standin_stop(&standin);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/standin/weibo/poll", test_weibo_poll);
    g_test_add_func("/standin/weibo/send", test_weibo_send);
    g_test_add_func("/standin/weibo/private", test_weibo_private);
    g_test_add_func("/standin/webhook/reply", test_webhook_reply);
    return g_test_run();
}

/* desk_api_test.c - every route of the desk over HTTP: answers as shapes.def says, refusals by code and field, pages,
 * permissions, the same POST twice. */
#include "api/call.h"
#include "api/guard.h"
#include "api/idempotency.h"
#include "base/secret.h"
#include "desk_house.h"
#include "http/server.h"
#include "store/search_index.h"

#include <curl/curl.h>
#include <string.h>

struct desk_api {
    struct desk_house house;
    struct app app;
    struct config *config;
    struct secret *secret;
    struct clock_manual clock;
    struct http_route *routes;
    struct http_server *http;
    char *tokens[4]; /* amy, bob, vera, and an admin */
    long status;     /* of the last call */
    const char *key; /* Idempotency-Key of the next call */
};
enum { AMY, BOB, VERA, ADMIN };

static void api_open(struct desk_api *api, const struct database *database)
{
    static const int64_t PEOPLE[] = {31, 32, 33, 30};
    g_autoptr(GError) error = NULL;
    memset(api, 0, sizeof *api);
    desk_house_open(&api->house, database);
    desk_house_sql(&api->house, "INSERT INTO person (id, login, name, role, created_ms) VALUES (30, 'root', 'Root', "
                                "'admin', 1)");
    api->config = config_new();
    api->secret = secret_load(database->dir, &error);
    g_assert_no_error(error);
    g_autofree char *search = g_build_filename(database->dir, "search.db", NULL);
    clock_manual_init(&api->clock, api->house.now_ms);
    api->app = (struct app){.config = api->config,
                            .secret = api->secret,
                            .store = api->house.store,
                            .clock = &api->clock.clock,
                            .guard = guard_new(),
                            .running_keys = running_keys_new(),
                            .search = search_index_open(search, &error)};
    g_assert_no_error(error);
    for (int i = 0; i < 4; i++) {
        api->tokens[i] = secret_token();
        g_autofree char *digest = secret_token_digest(api->tokens[i]);
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO api_token (id, person_id, name, digest, scopes, created_ms) "
                            "VALUES (%d, %" G_GINT64_FORMAT ", 'test', '%s', 'all', 1)",
                            i + 1, PEOPLE[i], digest);
        desk_house_sql(&api->house, sql);
    }
    size_t count = 0;
    api->routes = call_routes(&api->app, NULL, 0, &count);
    struct http_options options = {.listen = "127.0.0.1:0",
                                   .routes = api->routes,
                                   .route_count = count,
                                   .on_error = call_on_error,
                                   .data = &api->app};
    api->http = http_server_new(&options, &error);
    g_assert_no_error(error);
}

static void api_close(struct desk_api *api)
{
    http_server_free(api->http);
    g_free(api->routes);
    for (int i = 0; i < 4; i++)
        g_free(api->tokens[i]);
    search_index_close(api->app.search);
    running_keys_free(api->app.running_keys);
    guard_free(api->app.guard);
    secret_free(api->secret);
    config_free(api->config);
    desk_house_close(&api->house);
}

static size_t keep(char *bytes, size_t size, size_t count, void *text)
{
    g_string_append_len(text, bytes, (gssize)(size * count));
    return size * count;
}

/* One call; the body of the answer, g_free. */
static char *call(struct desk_api *api, int who, const char *method, const char *path, const char *body)
{
    g_autofree char *url = g_strconcat(http_server_url(api->http), path, NULL);
    g_autofree char *bearer = g_strconcat("Authorization: Bearer ", api->tokens[who], NULL);
    g_autofree char *key = g_strconcat("Idempotency-Key: ", api->key ? api->key : "", NULL);
    GString *text = g_string_new(NULL);
    clock_manual_advance(&api->clock, MAX(0, api->house.now_ms + 500 - clock_now_ms(&api->clock.clock)));
    struct curl_slist *headers = curl_slist_append(NULL, bearer);
    headers = curl_slist_append(headers, "Accept-Language: en");
    if (body != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (api->key != NULL)
        headers = curl_slist_append(headers, key);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, text);
    if (body != NULL)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    g_assert_cmpint(curl_easy_perform(curl), ==, CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &api->status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    api->key = NULL;
    return g_string_free(text, FALSE);
}

/* A call that works: its answer, held against shape; json_decref. */
static json_t *good(struct desk_api *api, int who, long status, const char *shape, const char *method, const char *path,
                    const char *body)
{
    g_autofree char *text = call(api, who, method, path, body);
    if (api->status != status)
        g_error("%s %s: %ld %s", method, path, api->status, text);
    return answer_expect(shape, text);
}

static void done(struct desk_api *api, int who, const char *method, const char *path, const char *body)
{
    json_decref(good(api, who, 200, "Done", method, path, body));
}

/* A call that is refused: with this status, code and field. */
static void bad(struct desk_api *api, int who, long status, const char *code, const char *field, const char *method,
                const char *path, const char *body)
{
    json_t *answer = good(api, who, status, "Error", method, path, body);
    g_assert_cmpstr(text_of(answer, "error.code"), ==, code);
    g_assert_cmpstr(text_of(answer, "error.field"), ==, field);
    json_decref(answer);
}

/* Ids of all pages of a list, separated by blanks; key: where the id stands in an item; g_free. */
static char *pages(struct desk_api *api, const char *shape, const char *path, const char *key)
{
    GString *ids = g_string_new(NULL);
    g_autofree char *cursor = NULL;
    char mark = strchr(path, '?') ? '&' : '?';
    for (int page = 0; page == 0 || cursor != NULL; page++) {
        g_assert_cmpint(page, <, 50);
        g_autofree char *at = cursor ? g_strdup_printf("%s%climit=2&cursor=%s", path, mark, cursor)
                                     : g_strdup_printf("%s%climit=2", path, mark);
        json_t *list = good(api, AMY, 200, shape, "GET", at, NULL);
        json_t *items = json_object_get(list, "items");
        for (size_t i = 0; i < json_array_size(items); i++)
            g_string_append_printf(ids, "%s%s", ids->len > 0 ? " " : "",
                                   key ? text_of(json_array_get(items, i), key)
                                       : json_string_value(json_array_get(items, i)));
        g_free(cursor);
        cursor = g_strdup(text_of(list, "next_cursor"));
        json_decref(list);
    }
    return g_string_free(ids, FALSE);
}

static void expect_pages(struct desk_api *api, const char *shape, const char *path, const char *key, const char *format,
                         ...) G_GNUC_PRINTF(5, 6);
static void expect_pages(struct desk_api *api, const char *shape, const char *path, const char *key, const char *format,
                         ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *expected = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *found = pages(api, shape, path, key);
    g_assert_cmpstr(found, ==, expected);
}

#define ID "%" G_GINT64_FORMAT
static char *route(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *route(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return text;
}

/* ---- the queue ---- */

static void test_queue(struct database *database)
{
    struct desk_api api;
    api_open(&api, database);
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        struct desk_house_talk talk = {.due_ms = HOUSE_NOW_MS + i * 1000,
                                       .channel_id = i == 4 ? HOUSE_WEIBO : HOUSE_BOX,
                                       .text = i % 2 ? "水壶坏了" : "teapot"};
        ids[i] = desk_house_talk(&api.house, &talk, NULL);
    }
    expect_pages(&api, "ConversationList", "/api/v1/conversations", "id", ID " " ID " " ID " " ID " " ID, ids[0],
                 ids[1], ids[2], ids[3], ids[4]);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?channel=21&state=open", "id", ID, ids[4]);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?q=teapot", "id", ID " " ID " " ID, ids[0], ids[2],
                 ids[4]);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?q=%E5%9D%8F%E4%BA%86&state=unresolved", "id",
                 ID " " ID, ids[1], ids[3]);
    g_autofree char *assign = route("/api/v1/conversations/" ID "/assign", ids[3]);
    json_t *taken = good(&api, AMY, 200, "Conversation", "POST", assign, "{\"user_id\":\"31\"}");
    g_assert_cmpint(number_of(taken, "assignee_id"), ==, 31);
    json_decref(taken);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?assignee=me", "id", ID, ids[3]);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?assignee=31&team=mine", "id", ID, ids[3]);
    expect_pages(&api, "ConversationList", "/api/v1/conversations?assignee=none&team=12", "id", ID " " ID " " ID " " ID,
                 ids[0], ids[1], ids[2], ids[4]);
    bad(&api, BOB, 409, "assigned_meanwhile", "Amy", "POST", assign, "{\"user_id\":\"32\"}");
    taken = good(&api, BOB, 200, "Conversation", "POST", assign, "{\"user_id\":\"32\",\"version\":2}");
    json_decref(taken);
    taken = good(&api, BOB, 200, "Conversation", "POST", assign, "{\"user_id\":null}");
    g_assert_cmpint(number_of(taken, "assignee_id"), ==, -1);
    json_decref(taken);
    json_t *counts = good(&api, AMY, 200, "QueueCounts", "GET", "/api/v1/conversations/counts", NULL);
    g_assert_cmpint(number_of(counts, "all"), ==, 5);
    json_decref(counts);

    bad(&api, AMY, 400, "bad_value", "state", "GET", "/api/v1/conversations?state=new", NULL);
    bad(&api, AMY, 400, "bad_value", "assignee", "GET", "/api/v1/conversations?assignee=amy", NULL);
    bad(&api, AMY, 400, "bad_value", "team", "GET", "/api/v1/conversations?team=x", NULL);
    bad(&api, AMY, 400, "empty", "q", "GET", "/api/v1/conversations?q=!", NULL);
    bad(&api, AMY, 400, "bad_value", "limit", "GET", "/api/v1/conversations?limit=201", NULL);
    bad(&api, AMY, 400, "bad_cursor", "cursor", "GET", "/api/v1/conversations?cursor=abc", NULL);
    bad(&api, VERA, 403, "forbidden", NULL, "POST", assign, "{\"user_id\":\"33\"}");
    bad(&api, AMY, 404, "not_found", NULL, "POST", "/api/v1/conversations/99/assign", "{\"user_id\":\"31\"}");
    bad(&api, AMY, 400, "unknown_field", "person", "POST", assign, "{\"person\":\"31\"}");
    api_close(&api);
}

/* ---- one conversation, from the message to the end ---- */

static void test_conversation(struct database *database)
{
    struct desk_api api;
    api_open(&api, database);
    int64_t first = 0;
    int64_t id = desk_house_talk(&api.house, &(struct desk_house_talk){.text = "teapot"}, &first);
    int64_t second = desk_house_more(&api.house, id, "public", "and the lid");
    g_autofree char *base = route("/api/v1/conversations/" ID, id);
    g_autofree char *reply = g_strconcat(base, "/reply", NULL);
    g_autofree char *notes = g_strconcat(base, "/notes", NULL);
    g_autofree char *messages = g_strconcat(base, "/messages", NULL);
    g_autofree char *draft = g_strconcat(base, "/draft", NULL);
    g_autofree char *snooze = g_strconcat(base, "/snooze", NULL);
    g_autofree char *reopen = g_strconcat(base, "/reopen", NULL);
    g_autofree char *resolve = g_strconcat(base, "/resolve", NULL);
    g_autofree char *read = g_strconcat(base, "/read", NULL);
    g_autofree char *presence = g_strconcat(base, "/presence", NULL);

    done(&api, AMY, "PUT", draft, "{\"visibility\":\"public\",\"text\":\"So sor\"}");
    done(&api, BOB, "POST", presence, "{\"open\":true,\"typing\":true}");
    json_t *shown = good(&api, AMY, 200, "ConversationDetail", "GET", base, NULL);
    g_assert_cmpstr(text_of(shown, "draft.text"), ==, "So sor");
    g_assert_cmpint(number_of(shown, "viewers.0.user_id"), ==, 32);
    g_assert_cmpint(number_of(shown, "origin.id"), ==, first);
    json_decref(shown);

    g_autofree char *body =
        route("{\"visibility\":\"public\",\"text\":\"Sorry\",\"seen_message_id\":\"" ID "\"}", second);
    api.key = "once";
    shown = good(&api, AMY, 201, "Message", "POST", reply, body);
    g_autofree char *sent = g_strdup(text_of(shown, "id"));
    json_decref(shown);
    api.key = "once"; /* the same again: the same answer, and no second reply */
    shown = good(&api, AMY, 201, "Message", "POST", reply, body);
    g_assert_cmpstr(text_of(shown, "id"), ==, sent);
    json_decref(shown);
    bad(&api, BOB, 409, "answered_meanwhile", "seen_message_id", "POST", reply, body);
    bad(&api, AMY, 400, "empty", "text", "POST", reply, "{\"visibility\":\"public\",\"text\":\" \"}");
    bad(&api, AMY, 400, "bad_value", "visibility", "POST", reply, "{\"visibility\":\"internal\",\"text\":\"x\"}");
    bad(&api, AMY, 400, "missing", "text", "POST", reply, "{\"visibility\":\"public\"}");
    bad(&api, VERA, 403, "forbidden", NULL, "POST", reply, body);

    shown = good(&api, BOB, 201, "Message", "POST", notes, "{\"text\":\"@amy well done\",\"mentions\":[\"33\"]}");
    g_autofree char *note = g_strdup(text_of(shown, "id"));
    json_decref(shown);
    bad(&api, BOB, 400, "bad_value", "mentions", "POST", notes, "{\"text\":\"x\",\"mentions\":[\"35\"]}");
    expect_pages(&api, "MentionList", "/api/v1/mentions", "message.id", "%s", note);
    done(&api, AMY, "POST", "/api/v1/mentions/seen", "{}");

    json_t *list = good(&api, AMY, 200, "MessageList", "GET", messages, NULL);
    g_assert_cmpint(json_array_size(json_object_get(list, "items")), ==, 4);
    g_assert_cmpint(number_of(list, "items.0.id"), ==, first);
    g_assert_cmpstr(text_of(list, "items.2.id"), ==, sent);
    json_decref(list);
    expect_pages(&api, "MessageList", messages, "id", "%s %s " ID " " ID, sent, note, first, second);
    g_autofree char *before = route("%s?before=" ID, messages, second);
    expect_pages(&api, "MessageList", before, "id", ID, first);
    bad(&api, AMY, 400, "bad_value", "before", "GET", "/api/v1/conversations/1/messages?before=x", NULL);

    g_autofree char *seen = route("{\"message_id\":\"" ID "\"}", second);
    done(&api, AMY, "POST", read, seen);
    bad(&api, AMY, 400, "bad_value", "message_id", "POST", read, "{\"message_id\":\"5\"}");
    shown = good(&api, AMY, 200, "Conversation", "PATCH", base,
                 "{\"subject\":\"Lid\",\"category\":\"after_sales\",\"tags\":[\"teapot\",\"vip\"]}");
    g_assert_cmpstr(text_of(shown, "tags.0"), ==, "teapot");
    g_assert_cmpstr(text_of(shown, "state"), ==, "pending");
    json_decref(shown);
    bad(&api, AMY, 400, "bad_value", "category", "PATCH", base, "{\"category\":\"weather\"}");
    expect_pages(&api, "TagList", "/api/v1/tags", NULL, "teapot vip");
    expect_pages(&api, "ConversationList", "/api/v1/conversations?tag=vip", "id", ID, id);

    shown = good(&api, AMY, 200, "Conversation", "POST", snooze, "{\"until\":\"2026-01-03T03:04:05Z\"}");
    g_assert_cmpstr(text_of(shown, "state"), ==, "snoozed");
    json_decref(shown);
    bad(&api, AMY, 400, "bad_value", "until", "POST", snooze, "{\"until\":\"2020-01-03T03:04:05Z\"}");
    shown = good(&api, AMY, 200, "Conversation", "POST", reopen, "{}");
    g_assert_cmpstr(text_of(shown, "state"), ==, "open");
    json_decref(shown);
    shown = good(&api, AMY, 200, "Conversation", "POST", resolve, "{}");
    g_assert_cmpstr(text_of(shown, "state"), ==, "resolved");
    json_decref(shown);
    bad(&api, AMY, 409, "conflict", "state", "POST", snooze, "{\"until\":\"2026-01-03T03:04:05Z\"}");
    bad(&api, VERA, 403, "forbidden", NULL, "POST", resolve, "{}");
    bad(&api, AMY, 404, "not_found", NULL, "GET", "/api/v1/conversations/99", NULL);
    api_close(&api);
}

/* ---- contacts, search, outbox, payloads ---- */

static void test_contacts(struct database *database)
{
    struct desk_api api;
    api_open(&api, database);
    int64_t lena = desk_house_contact(&api.house, "Lena");
    api.house.now_ms += 1000;
    int64_t other = desk_house_contact(&api.house, "lena2");
    int64_t talk = desk_house_talk(&api.house, &(struct desk_house_talk){.contact_id = other}, NULL);
    expect_pages(&api, "ContactList", "/api/v1/contacts?q=LENA", "id", ID " " ID, other, lena);
    g_autofree char *path = route("/api/v1/contacts/" ID, lena);
    g_autofree char *merge = route("/api/v1/contacts/" ID "/merge", lena);
    g_autofree char *body = route("{\"other_id\":\"" ID "\"}", other);
    json_t *shown = good(&api, AMY, 200, "Contact", "PATCH", path, "{\"relation\":\"loyal\",\"tags\":[\"vip\"]}");
    g_assert_cmpstr(text_of(shown, "relation"), ==, "loyal");
    json_decref(shown);
    bad(&api, AMY, 400, "bad_value", "relation", "PATCH", path, "{\"relation\":\"enemy\"}");
    bad(&api, VERA, 403, "forbidden", NULL, "PATCH", path, "{\"name\":\"x\"}");
    shown = good(&api, AMY, 200, "Contact", "POST", merge, body);
    g_assert_cmpint(number_of(shown, "conversations.0.id"), ==, talk);
    json_decref(shown);
    bad(&api, AMY, 400, "bad_value", "other_id", "POST", merge, body);
    json_decref(good(&api, VERA, 200, "Contact", "GET", path, NULL));
    g_autofree char *by_contact = route("/api/v1/conversations?contact=" ID, lena);
    expect_pages(&api, "ConversationList", by_contact, "id", ID, talk);
    g_autofree char *gone = route("/api/v1/contacts/" ID, other);
    bad(&api, AMY, 404, "not_found", NULL, "GET", gone, NULL);
    api_close(&api);
}

static void test_rest(struct database *database)
{
    struct desk_api api;
    api_open(&api, database);
    int64_t messages[3];
    int64_t ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = desk_house_talk(&api.house, &(struct desk_house_talk){.text = "电热水壶 kettle"}, messages + i);
    expect_pages(&api, "SearchResult", "/api/v1/search?q=%E6%B0%B4%E5%A3%B6", "message.id", ID " " ID " " ID,
                 messages[2], messages[1], messages[0]);
    expect_pages(&api, "SearchResult", "/api/v1/search?q=kettle&channel=22", "message.id", "%s", "");
    bad(&api, AMY, 400, "missing", "q", "GET", "/api/v1/search", NULL);
    bad(&api, AMY, 400, "empty", "q", "GET", "/api/v1/search?q=--", NULL);

    char *sent[3];
    for (int i = 0; i < 3; i++) {
        g_autofree char *reply = route("/api/v1/conversations/" ID "/reply", ids[i]);
        json_t *message = good(&api, AMY, 201, "Message", "POST", reply, "{\"visibility\":\"public\",\"text\":\"x\"}");
        sent[i] = g_strdup(text_of(message, "id"));
        json_decref(message);
    }
    g_autofree char *fail = route("UPDATE outbox SET state = 'failed', error_class = 'target_gone', due_ms = NULL "
                                  "WHERE id = %s",
                                  sent[0]);
    desk_house_sql(&api.house, fail);
    expect_pages(&api, "OutboxList", "/api/v1/outbox", "id", "%s %s %s", sent[2], sent[1], sent[0]);
    expect_pages(&api, "OutboxList", "/api/v1/outbox?state=failed,sent", "id", "%s", sent[0]);
    bad(&api, AMY, 400, "bad_value", "state", "GET", "/api/v1/outbox?state=lost", NULL);
    bad(&api, VERA, 403, "forbidden", NULL, "GET", "/api/v1/outbox", NULL);
    g_autofree char *resend = route("/api/v1/outbox/%s/resend", sent[0]);
    g_autofree char *cancel = route("/api/v1/outbox/%s/cancel", sent[1]);
    json_t *item = good(&api, AMY, 200, "OutboxItem", "POST", resend, "{}");
    g_assert_cmpstr(text_of(item, "delivery.state"), ==, "queued");
    json_decref(item);
    bad(&api, AMY, 409, "conflict", "state", "POST", resend, "{}");
    item = good(&api, AMY, 200, "OutboxItem", "POST", cancel, "{}");
    g_assert_cmpstr(text_of(item, "delivery.state"), ==, "cancelled");
    json_decref(item);
    bad(&api, AMY, 404, "not_found", "id", "POST", "/api/v1/outbox/99/cancel", "{}");

    g_autoptr(GBytes) raw = g_bytes_new_static("<script>alert(1)</script>", 25);
    DO(&api.house, q_intake_payload(tx, &error, messages[0], 1, raw));
    g_autofree char *path = route("/api/v1/messages/" ID "/payload", messages[0]);
    g_autofree char *text = call(&api, ADMIN, "GET", path, NULL);
    g_assert_cmpint(api.status, ==, 200);
    g_assert_cmpstr(text, ==, "<script>alert(1)</script>");
    bad(&api, AMY, 403, "forbidden", NULL, "GET", path, NULL);
    bad(&api, ADMIN, 404, "not_found", NULL, "GET", "/api/v1/messages/99/payload", NULL);
    for (int i = 0; i < 3; i++)
        g_free(sent[i]);
    api_close(&api);
}

/* ---- what was done with a conversation ---- */

static void test_events(struct database *database)
{
    struct desk_api api;
    api_open(&api, database);
    int64_t id = desk_house_talk(&api.house, &(struct desk_house_talk){.text = "hi"}, NULL);
    g_autofree char *assign = route("/api/v1/conversations/" ID "/assign", id);
    g_autofree char *change = route("/api/v1/conversations/" ID, id);
    g_autofree char *resolve = route("/api/v1/conversations/" ID "/resolve", id);
    g_autofree char *events = route("/api/v1/conversations/" ID "/events", id);
    json_decref(good(&api, AMY, 200, "Conversation", "POST", assign, "{\"user_id\":\"31\"}"));
    json_decref(good(&api, AMY, 200, "Conversation", "PATCH", change, "{\"tags\":[\"vip\"]}"));
    json_decref(good(&api, AMY, 200, "Conversation", "POST", resolve, "{}"));
    g_autofree char *noise = g_strdup_printf("INSERT INTO event (at_ms, kind, conversation_id, data) VALUES "
                                             "(1, 'conversation.changed', %" G_GINT64_FORMAT ", '{\"unread\":0}'), "
                                             "(1, 'presence.changed', %" G_GINT64_FORMAT
                                             ", '{}'), (1, 'future.kind', %" G_GINT64_FORMAT ", '{}')",
                                             id, id, id);
    desk_house_sql(&api.house, noise);
    json_t *list = good(&api, VERA, 200, "EventList", "GET", events, NULL);
    g_assert_cmpstr(text_of(list, "items.0.data.state"), ==, "resolved"); /* newest first, without the noise */
    g_assert_cmpint(number_of(list, "items.0.user_id"), ==, 31);
    g_assert_nonnull(strstr(text_of(list, "items.1.data.tags.0"), "vip"));
    g_assert_cmpint(number_of(list, "items.2.data.assignee_id"), ==, 31);
    g_assert_cmpstr(text_of(list, "items.0.kind"), ==, "conversation.changed");
    json_decref(list);
    g_autofree char *paged = g_strconcat(events, "?limit=2", NULL);
    int found = 0, pages = 0;
    for (g_autofree char *cursor = g_strdup(""); cursor != NULL; pages++) {
        g_autofree char *path = g_strconcat(paged, *cursor != '\0' ? "&cursor=" : "", cursor, NULL);
        json_t *page = good(&api, VERA, 200, "EventList", "GET", path, NULL);
        const char *next = json_string_value(json_object_get(page, "next_cursor"));
        found += (int)json_array_size(json_object_get(page, "items"));
        g_free(cursor);
        cursor = g_strdup(next);
        json_decref(page);
    }
    g_assert_cmpint(found, ==, 3);
    g_assert_cmpint(pages, >, 1);
    bad(&api, AMY, 404, "not_found", NULL, "GET", "/api/v1/conversations/99/events", NULL);
    api_close(&api);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    database_test("/desk_api/queue", test_queue);
    database_test("/desk_api/conversation", test_conversation);
    database_test("/desk_api/contacts", test_contacts);
    database_test("/desk_api/rest", test_rest);
    database_test("/desk_api/events", test_events);
    return g_test_run();
}

/* api_test.c - shapes, cursors, kept answers, the tables themselves. */
#include "api/cursor.h"
#include "api/document.h"
#include "api/idempotency.h"
#include "api/route.h"
#include "api/shape.h"
#include "base/clock.h"
#include "database.h"

#include <string.h>

/* ---- shapes ---- */

static void check(enum shape_id shape, const char *text, int code, const char *field)
{
    g_autoptr(GError) error = NULL;
    json_auto_t *value = json_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    bool ok = shape_check(SHAPES + shape, value, &error);
    if (code < 0) {
        g_assert_no_error(error);
        g_assert_true(ok);
        return;
    }
    g_assert_false(ok);
    g_assert_error(error, HY_ERROR, code);
    g_assert_cmpstr(error_field(error), ==, field);
}

static void test_shapes(void)
{
    check(SHAPE_LoginRequest, "{\"login\":\"a\",\"password\":\"b\"}", -1, NULL);
    check(SHAPE_LoginRequest, "[]", HY_ERROR_BAD_REQUEST, "body");
    check(SHAPE_LoginRequest, "{\"login\":\"a\"}", HY_ERROR_MISSING, "password");
    check(SHAPE_LoginRequest, "{\"login\":\"a\",\"password\":null}", HY_ERROR_MISSING, "password");
    check(SHAPE_LoginRequest, "{\"login\":\"a\",\"password\":1}", HY_ERROR_BAD_VALUE, "password");
    check(SHAPE_LoginRequest, "{\"login\":\"a\",\"password\":\"b\",\"x\":1}", HY_ERROR_UNKNOWN_FIELD, "x");
    g_autofree char *filler = g_strnfill(1025, 'p');
    g_autofree char *large = g_strdup_printf("{\"login\":\"a\",\"password\":\"%s\"}", filler);
    check(SHAPE_LoginRequest, large, HY_ERROR_TOO_LONG, "password");
    check(SHAPE_NoteRequest, "{\"text\":\"a\",\"mentions\":[\"1\",2]}", -1, NULL);
    check(SHAPE_NoteRequest, "{\"text\":\"a\",\"mentions\":[\"1\",\"x\"]}", HY_ERROR_BAD_VALUE, "mentions[1]");
    check(SHAPE_NoteRequest, "{\"text\":\"a\",\"mentions\":{}}", HY_ERROR_BAD_VALUE, "mentions");
    check(SHAPE_ReplyRequest, "{\"text\":\"a\",\"visibility\":\"internal\"}", HY_ERROR_BAD_VALUE, "visibility");
    check(SHAPE_ReplyRequest, "{\"text\":\"a\",\"visibility\":\"publi\"}", HY_ERROR_BAD_VALUE, "visibility");
    check(SHAPE_ReplyRequest, "{\"text\":\"a\",\"visibility\":\"public|private\"}", HY_ERROR_BAD_VALUE, "visibility");
    check(SHAPE_ReplyRequest, "{\"text\":\"a\",\"visibility\":\"private\",\"resolve\":\"yes\"}", HY_ERROR_BAD_VALUE,
          "resolve");
    check(SHAPE_ReplyRequest, "{\"text\":\"a\",\"visibility\":\"private\",\"in_reply_to\":\"-1\"}", HY_ERROR_BAD_VALUE,
          "in_reply_to");
    check(SHAPE_SnoozeRequest, "{\"until\":\"2026-01-02T03:04:05.678Z\"}", -1, NULL);
    check(SHAPE_SnoozeRequest, "{\"until\":\"2026-01-02T11:04:05+08:00\"}", -1, NULL);
    check(SHAPE_SnoozeRequest, "{\"until\":\"tomorrow\"}", HY_ERROR_BAD_VALUE, "until");
    check(SHAPE_SandboxWrite,
          "{\"kind\":\"post\",\"author\":\"a\",\"text\":\"b\",\"client_id\":\"c\",\"followers\":-1}",
          HY_ERROR_BAD_VALUE, "followers");
    check(SHAPE_Empty, "{}", -1, NULL);
    check(SHAPE_Empty, "{\"a\":{}}", HY_ERROR_UNKNOWN_FIELD, "a");
    /* nested: an answer's shape, as requests have none */
    check(SHAPE_Error, "{\"error\":{\"code\":\"x\",\"message\":2}}", HY_ERROR_BAD_VALUE, "error.message");
    check(SHAPE_Error, "{\"error\":{\"code\":\"x\"}}", HY_ERROR_MISSING, "error.message");
    check(SHAPE_UserList, "{\"items\":[{}]}", HY_ERROR_MISSING, "items[0].id");
    check(SHAPE_Error, "{\"error\":{\"code\":\"x\",\"message\":\"m\",\"why\":1}}", HY_ERROR_UNKNOWN_FIELD, "error.why");
}

static void test_times(void)
{
    int64_t ms;
    g_assert_true(shape_parse_time("2026-01-02T03:04:05.678Z", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1767323045678));
    g_assert_true(shape_parse_time("2026-01-02T11:04:05.678+08:00", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1767323045678));
    g_assert_false(shape_parse_time("2026-13-02T03:04:05Z", &ms));
    g_assert_false(shape_parse_time("1960-01-02T03:04:05Z", &ms));
}

/* ---- cursors ---- */

static void test_cursors(void)
{
    const int64_t keys[] = {INT64_MIN, 0, INT64_MAX};
    int64_t back[3];
    g_autoptr(GError) error = NULL;
    g_autofree char *cursor = cursor_format("conversation_list", keys, 3);
    g_assert_null(strpbrk(cursor, "+/="));
    g_assert_true(cursor_parse("conversation_list", cursor, back, 3, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(keys, sizeof keys, back, sizeof back);
    const struct {
        const char *list, *cursor;
        unsigned count;
    } wrong[] = {{"user_list", cursor, 3}, {"conversation_list", cursor, 2},           {"conversation_list", "", 3},
                 {"a", "!!!!", 1},         {"a", "YTo5OTk5OTk5OTk5OTk5OTk5OTk5OQ", 1}, {"a", "YTox", 2},
                 {"a", "YTox IA", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) why = NULL;
        g_assert_false(cursor_parse(wrong[i].list, wrong[i].cursor, back, wrong[i].count, &why));
        g_assert_error(why, HY_ERROR, HY_ERROR_BAD_CURSOR);
    }
}

/* ---- kept answers ---- */

struct bench {
    const struct secret *secret;
    const char *key, *request;
    int64_t now_ms, gone;
    bool found, fails;
    int status;
    char *answer;
};

static bool save(struct tx *tx, void *data, GError **error)
{
    const struct bench *bench = data;
    if (!idempotency_save(tx, bench->secret, 7, bench->key, bench->request, 201, "{\"token\":\"秘密\"}", bench->now_ms,
                          error))
        return false;
    if (bench->fails)
        error_set(error, HY_ERROR_BAD_VALUE, "x", "the work failed after it");
    return !bench->fails;
}

static bool find(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    g_clear_pointer(&bench->answer, g_free);
    return idempotency_find(tx, bench->secret, 7, bench->key, bench->request, &bench->found, &bench->status,
                            &bench->answer, error);
}

static bool purge(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    return idempotency_purge(tx, bench->now_ms, 100, &bench->gone, error);
}

static void test_kept(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    g_autoptr(GError) error = NULL;
    g_autoptr(secret_auto) secret = secret_load(database->dir, &error);
    g_assert_no_error(error);
    struct bench bench = {.secret = secret, .key = "k", .request = "r", .now_ms = 1000, .fails = true};
    g_assert_false(store_write(store, save, &bench, NULL)); /* undone with its work */
    g_assert_true(store_read(store, find, &bench, &error));
    g_assert_false(bench.found);
    bench.fails = false;
    g_assert_true(store_write(store, save, &bench, &error));
    g_assert_true(store_read(store, find, &bench, &error));
    g_assert_true(bench.found && bench.status == 201);
    g_assert_cmpstr(bench.answer, ==, "{\"token\":\"秘密\"}");
    bench.request = "another";
    g_assert_false(store_read(store, find, &bench, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_KEY_REUSED);
    g_clear_error(&error);
    bench.request = "r";
    bench.now_ms = 1000 + 7 * CLOCK_DAY_MS;
    g_assert_true(store_write(store, purge, &bench, &error));
    g_assert_cmpint(bench.gone, ==, 0);
    bench.now_ms++;
    g_assert_true(store_write(store, purge, &bench, &error));
    g_assert_cmpint(bench.gone, ==, 1);
    g_free(bench.answer);
}

static void test_keys(void)
{
    struct running_keys *keys = running_keys_new();
    g_assert_true(running_keys_enter(keys, 1, "a"));
    g_assert_false(running_keys_enter(keys, 1, "a"));
    g_assert_true(running_keys_enter(keys, 2, "a"));
    running_keys_leave(keys, 1, "a");
    g_assert_true(running_keys_enter(keys, 1, "a"));
    running_keys_free(keys);
    g_autofree char *filler = g_strnfill(256, 'k');
    g_assert_true(idempotency_check_key("0b9c-17", NULL));
    g_assert_false(idempotency_check_key("", NULL));
    g_assert_false(idempotency_check_key("a b", NULL));
    g_assert_false(idempotency_check_key("键", NULL));
    g_assert_false(idempotency_check_key(filler, NULL));
    g_autofree char *one = idempotency_request("POST", "/a", "b", 1);
    g_autofree char *two = idempotency_request("POST", "/ab", "", 0);
    g_assert_cmpstr(one, !=, two);
}

/* ---- the tables ---- */

static void test_tables(void)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = ROUTES + i;
        bool creates = (route->flags & ROUTE_CREATES) != 0;
        g_assert_true(!creates || strcmp(route->method, "POST") == 0);
        g_assert_true(!creates || !route_is_open(route)); /* a key belongs to a person */
        g_assert_true((route->flags & ROUTE_DIRECT) == 0 || route_is_open(route));
        g_assert_true(route->request == SHAPE_Empty || route->max_body > 0);
        g_assert_true((route->flags & ROUTE_LIST) == 0 || strcmp(route->method, "GET") == 0);
        for (size_t j = 0; j < i; j++)
            g_assert_true(strcmp(route->name, ROUTES[j].name) != 0);
    }
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        bool known = false;
        for (size_t j = 0; j < ROUTE_COUNT; j++)
            known |= strcmp(ROUTES[j].name, PARAMETERS[i].route) == 0;
        g_assert_true(known);
    }
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        for (const struct field *field = SHAPES[i].fields; field->name != NULL; field++) {
            bool plain = strcmp(field->detail, "TEXT") == 0 || strcmp(field->detail, "ID") == 0;
            if (field->type == FIELD_OBJECT || (field->type == FIELD_LIST && !plain))
                g_assert_nonnull(shape_find(field->detail));
        }
    }
    g_autofree char *openapi = document_openapi();
    json_auto_t *parsed = json_parse(openapi, strlen(openapi), NULL);
    g_assert_true(json_is_object(json_object_get(parsed, "paths")));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/shapes", test_shapes);
    g_test_add_func("/api/times", test_times);
    g_test_add_func("/api/cursors", test_cursors);
    g_test_add_func("/api/keys", test_keys);
    g_test_add_func("/api/tables", test_tables);
    database_test("/api/kept", test_kept);
    return g_test_run();
}

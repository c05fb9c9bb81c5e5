/* http_query_test.c - the text of requests, routes, rate limits: everything without a socket. */
#include "http/limit.h"
#include "http/query.h"
#include "http/router.h"

#include <string.h>

static void test_decode(void)
{
    static const struct {
        const char *text;
        bool plus;
        const char *wanted;
    } CASES[] = {
        {"", true, ""},         {"a+b", true, "a b"},      {"a+b", false, "a+b"},
        {"%41%2f", true, "A/"}, {"%E4%BD%A0", true, "你"}, {"%", true, NULL},
        {"%4", true, NULL},     {"%4g", true, NULL},       {"%00", true, NULL},
        {"%ff", true, NULL},    {"%e4%bd", true, NULL},    {"%25%34%31", true, "%41"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *made = query_decode(CASES[i].text, strlen(CASES[i].text), CASES[i].plus);
        g_assert_cmpstr(made, ==, CASES[i].wanted);
    }
}

static void test_query(void)
{
    static const struct {
        const char *query, *name, *wanted;
    } CASES[] = {
        {"a=1&b=2", "b", "2"},
        {"a=1&a=2", "a", "1"},
        {"a", "a", ""},
        {"a=", "a", ""},
        {"", "a", NULL},
        {"aa=1", "a", NULL},
        {"&&a=1&", "a", "1"},
        {"a=b=c", "a", "b=c"},
        {"%61=1", "a", "1"},
        {"a=%zz&a=2", "a", NULL},
        {"q=%E4%BD%A0+好", "q", "你 好"},
        {"=1", "", "1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *made = query_get(CASES[i].query, CASES[i].name);
        g_assert_cmpstr(made, ==, CASES[i].wanted);
    }
    g_auto(GStrv) all = query_get_all("t=1&x=0&t=%zz&t=&t=2", "t");
    g_autofree char *joined = g_strjoinv("|", all);
    g_assert_cmpstr(joined, ==, "1||2");
}

static void test_cookie(void)
{
    static const struct {
        const char *header, *name, *wanted;
    } CASES[] = {
        {"a=1; b=2", "b", "2"}, {"a=1;b=2", "b", "2"},      {"ab=1; b=2", "b", "2"}, {"a=\"x y\"", "a", "x y"},
        {"a=", "a", ""},        {"a", "a", NULL},           {"", "a", NULL},         {"a=1 ; b=2", "a", "1"},
        {"a=\"", "a", "\""},    {"a=b=c; d=e", "a", "b=c"}, {"A=1", "a", NULL},      {";;; a=1", "a", "1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *made = query_cookie(CASES[i].header, CASES[i].name);
        g_assert_cmpstr(made, ==, CASES[i].wanted);
    }
}

static void handler(struct http_request *request, void *data)
{
    (void)request;
    (void)data;
}

static void test_router(void)
{
    static const struct http_route ROUTES[] = {
        {"GET", "/", 0, 0, handler, NULL},
        {"GET", "/api/things", 0, 0, handler, NULL},
        {"POST", "/api/things", 0, 0, handler, NULL},
        {"GET", "/api/things/counts", 0, 0, handler, NULL},
        {"GET", "/api/things/{id}", 0, 0, handler, NULL},
        {"PATCH", "/api/things/{thing}", 0, 0, handler, NULL},
        {"GET", "/api/things/{id}/parts/{part}", 0, 0, handler, NULL},
        {"GET", "/api/{rest*}", 0, 0, handler, NULL},
        {"GET", "/{path*}", 0, 0, handler, NULL},
    };
    static const struct {
        const char *method, *path;
        int route; /* -1: none */
        const char *allow, *name, *value;
    } CASES[] = {
        {"GET", "/", 0, NULL, NULL, NULL},
        {"GET", "/api/things", 1, NULL, NULL, NULL},
        {"HEAD", "/api/things", 1, NULL, NULL, NULL},
        {"POST", "/api/things", 2, NULL, NULL, NULL},
        {"GET", "/api/things/counts", 3, NULL, NULL, NULL},
        {"GET", "/api/things/7", 4, NULL, "id", "7"},
        {"PATCH", "/api/things/counts", 5, NULL, "thing", "counts"},
        {"GET", "/api/things/7/parts/a%2Fb", 6, NULL, "part", "a/b"},
        {"GET", "/api/things/", 7, NULL, "rest", "things/"},
        {"GET", "/api/other/deep%20er", 7, NULL, "rest", "other/deep er"},
        {"GET", "/api", 7, NULL, "rest", ""},
        {"GET", "/app/desk", 8, NULL, "path", "app/desk"},
        {"DELETE", "/api/things", -1, "GET, HEAD, OPTIONS, POST", NULL, NULL},
        {"DELETE", "/api/things/7", -1, "GET, HEAD, OPTIONS, PATCH", NULL, NULL},
        {"OPTIONS", "/api/things/7", -1, "GET, HEAD, OPTIONS, PATCH", NULL, NULL},
        {"POST", "/nowhere", -1, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    struct router *router = router_new(ROUTES, G_N_ELEMENTS(ROUTES), &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct router_match match;
        g_assert_true(router_find(router, CASES[i].method, CASES[i].path, &match));
        g_test_message("%s %s", CASES[i].method, CASES[i].path);
        g_assert_true(match.route == (CASES[i].route < 0 ? NULL : &ROUTES[CASES[i].route]));
        g_assert_cmpstr(match.allow, ==, CASES[i].allow);
        if (CASES[i].name != NULL) {
            g_assert_cmpstr(match.names[match.count - 1], ==, CASES[i].name);
            g_assert_cmpstr(match.values[match.count - 1], ==, CASES[i].value);
        }
        router_match_clear(&match);
    }
    g_autofree char *deep = g_strnfill(4000, '/');
    struct router_match match;
    g_assert_true(router_find(router, "GET", deep, &match));
    g_assert_true(match.route == &ROUTES[8]);
    router_match_clear(&match);
    static const char *const BAD[] = {"*", "", "/%", "/api/%ff", "/x/%00"};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_assert_false(router_find(router, "GET", BAD[i], &match));
        router_match_clear(&match);
    }
    router_free(router);
}

static void test_bad_tables(void)
{
    static const char *const BAD[] = {"x", "/a/{}", "/a/{b", "/{a*}/b", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(router_new(&(struct http_route){"GET", BAD[i], 0, 0, handler, NULL}, 1, &error));
        g_assert_cmpstr(error_field(error), ==, "routes");
    }
}

static void test_limit(void)
{
    struct limit *limit = limit_new(3, 1000, 100);
    int64_t wait = -1;
    for (int i = 0; i < 3; i++)
        g_assert_true(limit_take(limit, "amy", 5000, &wait));
    g_assert_cmpint(wait, ==, 0);
    g_assert_false(limit_check(limit, "amy", 5000, NULL));
    g_assert_false(limit_take(limit, "amy", 5000, &wait));
    g_assert_cmpint(wait, ==, 1000);
    g_assert_false(limit_take(limit, "amy", 5400, &wait)); /* asking in vain costs nothing */
    g_assert_cmpint(wait, ==, 600);
    g_assert_true(limit_take(limit, "bob", 5400, NULL));
    g_assert_true(limit_take(limit, "amy", 6000, NULL));
    g_assert_false(limit_take(limit, "amy", 6000, NULL));
    for (int i = 0; i < 3; i++)
        g_assert_true(limit_take(limit, "amy", 60000, NULL));
    g_assert_false(limit_take(limit, "amy", 60000, NULL));
    limit_forget(limit, "amy");
    g_assert_true(limit_take(limit, "amy", 60000, NULL));
    g_assert_false(limit_take(limit, "amy", 1000, NULL));
    g_assert_true(limit_take(limit, "amy", 5000, NULL)); /* a clock set back is forgiven */
    limit_free(limit);
}

static void test_limit_is_bounded(void)
{
    struct limit *limit = limit_new(1, 1000, 10);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *key = g_strdup_printf("flood-%d", i);
        g_assert_true(limit_take(limit, key, 0, NULL));
        if (i == 0)
            g_assert_true(limit_take(limit, "kept", 0, NULL));
        else
            g_assert_false(limit_take(limit, "kept", 0, NULL)); /* seen all the time: never the one forgotten */
    }
    g_assert_true(limit_take(limit, "flood-1", 0, NULL)); /* forgotten long ago */
    limit_free(limit);
}

static void test_address_keys(void)
{
    char key[64];
    g_assert_cmpstr(limit_address_key("203.0.113.7", key, sizeof key), ==, "203.0.113.7");
    g_assert_cmpstr(limit_address_key("2001:db8:1:2:3:4:5:6", key, sizeof key), ==, "2001:db8:1:2::/64");
    g_assert_cmpstr(limit_address_key("", key, sizeof key), ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/query/decode", test_decode);
    g_test_add_func("/http/query/query", test_query);
    g_test_add_func("/http/query/cookie", test_cookie);
    g_test_add_func("/http/router/find", test_router);
    g_test_add_func("/http/router/bad-tables", test_bad_tables);
    g_test_add_func("/http/limit/take", test_limit);
    g_test_add_func("/http/limit/is-bounded", test_limit_is_bounded);
    g_test_add_func("/http/limit/address-keys", test_address_keys);
    return g_test_run();
}

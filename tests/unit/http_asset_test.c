/* http_asset_test.c - the embedded files, with tests/unit/web in place of the built front end. */
#include "http/asset.h"

#include "peer.h"

static void console(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_CONSOLE, http_parameter(request, "path"));
}

static void widget(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_WIDGET, http_parameter(request, "path"));
}

static struct http_server *server;

static char *get(const char *path, const char *headers)
{
    g_autofree char *request =
        g_strdup_printf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", path, headers);
    return peer_ask(http_server_port(server), request);
}

static void assert_get(const char *path, const char *headers, const char *status, const char *contains)
{
    g_autofree char *answer = get(path, headers);
    if (!g_str_has_prefix(answer, status) || strstr(answer, contains) == NULL)
        g_error("%s: wanted %s … %s, got %s", path, status, contains, answer);
}

static void test_files(void)
{
    const char *script = "/assets/index-4f1cab12.js";
    assert_get(script, "", "HTTP/1.1 200", "Content-Type: text/javascript; charset=utf-8");
    assert_get(script, "", "HTTP/1.1 200", "\r\n\r\n// a file long enough");
    assert_get(script, "", "HTTP/1.1 200", "Cache-Control: public, max-age=31536000, immutable");
    assert_get("/assets/data.bin", "", "HTTP/1.1 200", "Content-Length: 7\r\n");
    assert_get("/assets/data.bin", "", "HTTP/1.1 200", "Cache-Control: no-cache");
    assert_get("/", "", "HTTP/1.1 200", "<title>回音</title>");
    assert_get("/", "", "HTTP/1.1 200", "script-src 'self' 'sha256-"); /* of the inline script, and no unsafe-inline */
    assert_get("/widget/widget.js", "", "HTTP/1.1 200", "Access-Control-Allow-Origin: *");
    assert_get("/assets/gone.js", "", "HTTP/1.1 404", "not_found");
    assert_get("/widget/gone", "", "HTTP/1.1 404", "not_found");
    assert_get("/../../etc/host.conf", "", "HTTP/1.1 404", "not_found");
    assert_get("/%2e%2e/x.txt", "", "HTTP/1.1 404", "not_found");
}

static void test_pages_of_the_application(void)
{
    assert_get("/desk", "", "HTTP/1.1 200", "<title>回音</title>");
    assert_get("/conversations/123/thread", "", "HTTP/1.1 200", "<title>回音</title>");
    assert_get("/conversations/123.js", "", "HTTP/1.1 404", "not_found");
}

static void test_gzip(void)
{
    static const char *const YES[] = {"gzip", "br, gzip;q=0.8", "*", "GZIP"}, *const NO[] = {"", "br", "gzip;q=0",
                                                                                             "identity"};
    const char *script = "/assets/index-4f1cab12.js";
    for (gsize i = 0; i < G_N_ELEMENTS(YES); i++) {
        g_autofree char *header = g_strdup_printf("Accept-Encoding: %s\r\n", YES[i]);
        assert_get(script, header, "HTTP/1.1 200", "Content-Encoding: gzip");
        assert_get(script, header, "HTTP/1.1 200", "Vary: Accept-Encoding");
        assert_get("/assets/data.bin", header, "HTTP/1.1 200", "Content-Length: 7\r\n"); /* too small to pack */
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NO); i++) {
        g_autofree char *header = g_strdup_printf("Accept-Encoding: %s\r\n", NO[i]);
        g_autofree char *answer = get(script, *NO[i] ? header : "");
        g_assert_null(strstr(answer, "Content-Encoding"));
    }
}

static void test_etag(void)
{
    const char *script = "/assets/index-4f1cab12.js";
    g_autofree char *plain = get(script, ""), *packed = get(script, "Accept-Encoding: gzip\r\n");
    g_autofree char *plain_tag = g_strndup(strstr(plain, "ETag: ") + 6, 22);
    g_autofree char *packed_tag = g_strndup(strstr(packed, "ETag: ") + 6, 25);
    g_assert_cmpstr(plain_tag, !=, packed_tag);
    g_assert_true(g_str_has_suffix(packed_tag, "-gz\""));
    const char *const tags[] = {plain_tag, packed_tag, "*"};
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
        g_autofree char *header = g_strdup_printf("If-None-Match: \"other\", %s\r\n", tags[i]);
        g_autofree char *answer = get(script, header);
        g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 304"));
        g_assert_nonnull(strstr(answer, "ETag: "));
        g_assert_true(g_str_has_suffix(answer, "\r\n\r\n"));
    }
    assert_get(script, "If-None-Match: \"other\"\r\n", "HTTP/1.1 200", "a file long enough");
}

int main(int argc, char **argv)
{
    static const struct http_route ROUTES[] = {{"GET", "/widget/{path*}", 0, 0, widget, NULL},
                                               {"GET", "/{path*}", 0, 0, console, NULL}};
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    server =
        http_server_new(&(struct http_options){.listen = "127.0.0.1:0", .routes = ROUTES, .route_count = 2}, &error);
    g_assert_no_error(error);
    g_assert_true(asset_is_built(ASSET_CONSOLE) && asset_is_built(ASSET_WIDGET));
    g_test_add_func("/http/asset/files", test_files);
    g_test_add_func("/http/asset/pages-of-the-application", test_pages_of_the_application);
    g_test_add_func("/http/asset/gzip", test_gzip);
    g_test_add_func("/http/asset/etag", test_etag);
    int result = g_test_run();
    http_server_free(server);
    return result;
}

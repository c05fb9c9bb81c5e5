/* client_test.c - outgoing calls against a server that misbehaves as its path says. */
#include "base/client.h"
#include "base/net.h"

#include "peer.h"

#include <poll.h>
#include <stdio.h>

/* ---- the server: one thread a connection ---- */

static struct {
    int fd;
    unsigned port;
    int requests, connections; /* atomic */
    GThread *thread;
    GMutex lock;
    GPtrArray *threads;
    GArray *fds;
} server;

static char *read_request(int fd)
{
    g_autofree char *head = peer_read_until(fd, "\r\n\r\n", 10000);
    const char *end = strstr(head, "\r\n\r\n"), *length = strstr(head, "Content-Length: ");
    if (end == NULL)
        return NULL;
    GString *all = g_string_new(head);
    gsize wanted = (gsize)(end - head) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
    while (all->len < wanted) {
        char buffer[65536];
        ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0)
            break;
        g_string_append_len(all, buffer, got);
    }
    return g_string_free(all, FALSE);
}

/* False: the connection ends. */
static bool behave(int fd, const char *request, int nth)
{
    char path[64] = "";
    g_assert_cmpint(sscanf(request, "%*s %63s", path), ==, 1);
    if (strcmp(path, "/ok") == 0)
        return peer_write(fd, "HTTP/1.1 200 OK\r\nX-Two: one\r\nx-two: two\r\nContent-Length: 2\r\n\r\nok");
    if (strcmp(path, "/echo") == 0) {
        g_autofree char *answer =
            g_strdup_printf("HTTP/1.1 418 Tea\r\nContent-Length: %zu\r\n\r\n%s", strlen(request), request);
        return peer_write(fd, answer);
    }
    if (strcmp(path, "/half") == 0)
        peer_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
    if (strcmp(path, "/stall") == 0)
        return peer_closed_within(fd, 20000) && false;
    if (strcmp(path, "/big") == 0) {
        g_autofree char *filler = g_strnfill(1 << 20, 'x');
        peer_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5242880\r\n\r\n");
        for (int i = 0; i < 5 && peer_write(fd, filler); i++)
            ;
    }
    if (strcmp(path, "/redirect") == 0)
        return peer_write(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 5\r\n\r\nmoved");
    if (strcmp(path, "/file") == 0)
        return peer_write(fd, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/dies-second") == 0 && nth == 0) /* kept alive, and gone when it is used again */
        return peer_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
    return false;
}

static void *serve_one(void *data)
{
    int fd = GPOINTER_TO_INT(data);
    for (int nth = 0;; nth++) {
        g_autofree char *request = read_request(fd);
        if (request == NULL)
            break;
        __atomic_add_fetch(&server.requests, 1, __ATOMIC_SEQ_CST);
        if (!behave(fd, request, nth))
            break;
    }
    shutdown(fd, SHUT_RDWR);
    return NULL;
}

static void *serve(void *data)
{
    (void)data;
    for (int fd; (fd = accept(server.fd, NULL, NULL)) >= 0;) {
        __atomic_add_fetch(&server.connections, 1, __ATOMIC_SEQ_CST);
        g_mutex_lock(&server.lock);
        g_array_append_val(server.fds, fd);
        g_ptr_array_add(server.threads, g_thread_new("peer", serve_one, GINT_TO_POINTER(fd)));
        g_mutex_unlock(&server.lock);
    }
    return NULL;
}

static void server_start(void)
{
    server.fd = peer_listen(&server.port);
    server.threads = g_ptr_array_new();
    server.fds = g_array_new(FALSE, FALSE, sizeof(int));
    server.thread = g_thread_new("accept", serve, NULL);
}

static void server_stop(void)
{
    shutdown(server.fd, SHUT_RDWR);
    g_thread_join(server.thread);
    for (guint i = 0; i < server.fds->len; i++)
        shutdown(g_array_index(server.fds, int, i), SHUT_RDWR);
    for (guint i = 0; i < server.threads->len; i++)
        g_thread_join(server.threads->pdata[i]);
    for (guint i = 0; i < server.fds->len; i++)
        close(g_array_index(server.fds, int, i));
    close(server.fd);
    g_ptr_array_unref(server.threads);
    g_array_unref(server.fds);
}

/* ---- one call, waited for ---- */

struct result {
    int calls; /* atomic */
    enum client_fate fate;
    int status;
    bool guarded;
    char *body, *detail, *two, *none;
};

static void on_answer(const struct client_response *response, void *data)
{
    struct result *result = data;
    result->fate = response->fate;
    result->status = response->status;
    result->guarded = response->guarded;
    result->body = g_strndup(response->body, response->body_length);
    result->detail = g_strdup(response->detail);
    result->two = g_strdup(client_response_header(response, "X-TWO"));
    result->none = g_strdup(client_response_header(response, "X-None"));
    __atomic_add_fetch(&result->calls, 1, __ATOMIC_SEQ_CST);
}

static void result_clear(struct result *result)
{
    g_free(result->body);
    g_free(result->detail);
    g_free(result->two);
    g_free(result->none);
}

static struct result call(struct client *client, struct client_request request, const char *path)
{
    struct result result = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u%s", server.port, path);
    if (request.url == NULL)
        request.url = url;
    g_assert_true(client_send(client, &request, on_answer, &result, &error));
    g_assert_no_error(error);
    g_assert_true(peer_wait_for(__atomic_load_n(&result.calls, __ATOMIC_SEQ_CST) == 1, 15000));
    return result;
}

static void assert_fate(struct client *client, struct client_request request, const char *path, enum client_fate fate,
                        int status, const char *body)
{
    struct result result = call(client, request, path);
    g_test_message("%s: fate %d status %d %s", path, result.fate, result.status, result.detail);
    g_assert_cmpint(result.fate, ==, fate);
    g_assert_cmpint(result.status, ==, status);
    g_assert_cmpstr(result.body, ==, body);
    g_assert_cmpint(*result.detail == '\0', ==, fate == CLIENT_ANSWERED);
    result_clear(&result);
}

static struct client *open_client(const struct client_options *options)
{
    g_autoptr(GError) error = NULL;
    struct client *client = client_new(options, &error);
    g_assert_no_error(error);
    return client;
}

static void test_answered(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    struct result result = call(client, (struct client_request){0}, "/ok");
    g_assert_cmpint(result.fate, ==, CLIENT_ANSWERED);
    g_assert_cmpstr(result.body, ==, "ok");
    g_assert_cmpstr(result.two, ==, "one");
    g_assert_null(result.none);
    result_clear(&result);
    g_autoptr(GBytes) body = g_bytes_new_static("{\"a\":1}", 7);
    const char *const headers[] = {"Content-Type: application/json", "X-Empty:", "X-Key: k", NULL};
    result = call(client, (struct client_request){.method = "POST", .headers = headers, .body = body}, "/echo");
    g_assert_cmpint(result.status, ==, 418);
    g_assert_true(g_str_has_prefix(result.body, "POST /echo HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(result.body, "\r\nContent-Type: application/json\r\n"));
    g_assert_nonnull(strstr(result.body, "\r\nX-Empty:"));
    g_assert_nonnull(strstr(result.body, "\r\nX-Key: k\r\n"));
    g_assert_nonnull(strstr(result.body, "\r\nContent-Length: 7\r\n"));
    g_assert_null(strstr(result.body, "Expect"));
    g_assert_true(g_str_has_suffix(result.body, "\r\n\r\n{\"a\":1}"));
    result_clear(&result);
    result = call(client, (struct client_request){.method = "DELETE"}, "/echo");
    g_assert_true(g_str_has_prefix(result.body, "DELETE /echo HTTP/1.1\r\n"));
    g_assert_null(strstr(result.body, "Content-Type"));
    result_clear(&result);
}

static void test_kept_connection(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    int before = server.connections;
    for (int i = 0; i < 5; i++)
        assert_fate(client, (struct client_request){.method = i % 2 ? "POST" : "GET"}, "/ok", CLIENT_ANSWERED, 200,
                    "ok");
    g_assert_cmpint(server.connections - before, ==, 1);
}

static void test_not_reached(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    unsigned port = 0;
    int fd = peer_listen(&port);
    close(fd); /* nobody listens there now */
    g_autofree char *refused = g_strdup_printf("http://127.0.0.1:%u/x", port);
    assert_fate(client, (struct client_request){.method = "POST", .url = refused}, "", CLIENT_NOT_REACHED, 0, "");
    assert_fate(client, (struct client_request){.url = "http://no-such-host.invalid/"}, "", CLIENT_NOT_REACHED, 0, "");
    g_autofree char *tls = g_strdup_printf("https://127.0.0.1:%u/ok", server.port); /* no TLS there */
    assert_fate(client, (struct client_request){.method = "POST", .url = tls, .timeout_ms = 2000}, "",
                CLIENT_NOT_REACHED, 0, "");
}

static void test_broken_off(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    g_autofree char *filler = g_strnfill(300000, 'x');
    g_autoptr(GBytes) body = g_bytes_new_static(filler, 300000);
    static const char *const METHODS[] = {"GET", "POST"};
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        struct client_request request = {.method = METHODS[i], .body = i ? body : NULL, .timeout_ms = 400};
        assert_fate(client, request, "/stall", CLIENT_BROKEN_OFF, 0, "");
        request.timeout_ms = 10000;
        assert_fate(client, request, "/half", CLIENT_BROKEN_OFF, 0, "");
        assert_fate(client, request, "/close", CLIENT_BROKEN_OFF, 0, "");
        assert_fate(client, request, "/big", CLIENT_BROKEN_OFF, 0, "");
    }
    struct client_counters counters;
    g_assert_true(peer_wait_for((client_counters(client, &counters), counters.under_way == 0), 2000));
    g_assert_cmpuint(counters.broken_off, ==, 8);
}

/* Closed by the peer without reading a byte: what was written may have arrived all the same. */
static void *accept_and_close(void *data)
{
    int fd = accept(GPOINTER_TO_INT(data), NULL, NULL);
    struct linger hard = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    struct pollfd heard = {.fd = fd, .events = POLLIN};
    g_assert_cmpint(poll(&heard, 1, 10000), ==, 1); /* it has written, and we do not read it */
    close(fd);
    return NULL;
}

static void test_closed_unread(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    unsigned port = 0;
    int fd = peer_listen(&port);
    GThread *thread = g_thread_new("close", accept_and_close, GINT_TO_POINTER(fd));
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/x", port);
    assert_fate(client, (struct client_request){.method = "POST", .url = url}, "", CLIENT_BROKEN_OFF, 0, "");
    g_thread_join(thread);
    close(fd);
}

/* A kept connection dies under the second request: a POST is not sent again behind our back, a GET may be. */
static void test_no_silent_repeat(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    int before = server.requests;
    assert_fate(client, (struct client_request){.method = "POST"}, "/dies-second", CLIENT_ANSWERED, 200, "first");
    assert_fate(client, (struct client_request){.method = "POST"}, "/dies-second", CLIENT_BROKEN_OFF, 0, "");
    g_assert_cmpint(server.requests - before, ==, 2);
    assert_fate(client, (struct client_request){.method = "GET"}, "/dies-second", CLIENT_ANSWERED, 200, "first");
    assert_fate(client, (struct client_request){.method = "GET"}, "/dies-second", CLIENT_ANSWERED, 200, "first");
    g_assert_cmpint(server.requests - before, ==, 5);
    assert_fate(client, (struct client_request){.method = "POST", .may_repeat = true}, "/dies-second", CLIENT_ANSWERED,
                200, "first");
    g_assert_cmpint(server.requests - before, ==, 7);
}

static void test_limits(void)
{
    g_autoptr(client_auto) client = open_client(NULL);
    assert_fate(client, (struct client_request){.max_response = 2}, "/ok", CLIENT_ANSWERED, 200, "ok");
    assert_fate(client, (struct client_request){.max_response = 1}, "/ok", CLIENT_BROKEN_OFF, 0, "");
    assert_fate(client, (struct client_request){0}, "/redirect", CLIENT_ANSWERED, 302, "moved");
    assert_fate(client, (struct client_request){.redirects = 1}, "/redirect", CLIENT_ANSWERED, 200, "ok");
    assert_fate(client, (struct client_request){.redirects = 1}, "/file", CLIENT_BROKEN_OFF, 0, "");
}

static void test_guard(void)
{
    g_autoptr(client_auto) client = open_client(&(struct client_options){.guard = true});
    g_autofree char *by_name = g_strdup_printf("http://localhost:%u/ok", server.port);
    g_autofree char *by_v6 = g_strdup_printf("http://[::ffff:127.0.0.1]:%u/ok", server.port);
    g_autofree char *by_number = g_strdup_printf("http://2130706433:%u/ok", server.port);
    const char *const urls[] = {NULL,
                                by_name,
                                by_v6,
                                by_number,
                                "http://169.254.169.254/latest",
                                "http://[::1]:1/",
                                "http://0.0.0.0:1/",
                                "http://10.0.0.1/",
                                "http://[fe80::1]/"};
    int before = server.connections;
    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
        struct result result = call(client, (struct client_request){.url = urls[i], .timeout_ms = 3000}, "/ok");
        g_assert_cmpint(result.fate, ==, CLIENT_NOT_REACHED);
        g_assert_true(result.guarded);
        result_clear(&result);
    }
    g_assert_cmpint(server.connections, ==, before);
    g_autoptr(client_auto) allowed = open_client(&(struct client_options){.guard = true, .allow = "loopback"});
    assert_fate(allowed, (struct client_request){0}, "/ok", CLIENT_ANSWERED, 200, "ok");
}

static void test_refused(void)
{
    static const char *const HEADERS[] = {"A: b\r\nC: d", NULL}, *const NO_COLON[] = {"A b", NULL};
    static const struct {
        struct client_request request;
        const char *field;
    } BAD[] = {
        {{.url = NULL}, "url"},
        {{.url = ""}, "url"},
        {{.url = "ftp://x/"}, "url"},
        {{.url = "file:///etc/passwd"}, "url"},
        {{.url = "nonsense"}, "url"},
        {{.url = "http://x/ HTTP/1.1\r\nA: b"}, "url"},
        {{.url = "http://x/", .method = "GET /"}, "method"},
        {{.url = "http://x/", .method = ""}, "method"},
        {{.url = "http://x/", .headers = HEADERS}, "headers"},
        {{.url = "http://x/", .headers = NO_COLON}, "headers"},
    };
    g_autoptr(client_auto) client = open_client(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(client_send(client, &BAD[i].request, on_answer, NULL, &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        g_assert_cmpstr(error_field(error), ==, BAD[i].field);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(client_new(&(struct client_options){.allow = "here"}, &error));
    g_assert_cmpstr(error_field(error), ==, "allow");
}

/* Freed with calls under way, waiting for a connection and not yet begun: each callback once. */
static void test_free_cancels(void)
{
    enum { MANY = 40 };
    struct result results[MANY] = {0};
    struct client *client = open_client(&(struct client_options){.max_host_connections = 4, .max_calls = MANY});
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/stall", server.port);
    int before = server.requests;
    for (int i = 0; i < MANY; i++)
        g_assert_true(
            client_send(client, &(struct client_request){.method = "POST", .url = url}, on_answer, &results[i], NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(client_send(client, &(struct client_request){.url = url}, on_answer, NULL, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_BUSY);
    g_assert_true(peer_wait_for(__atomic_load_n(&server.requests, __ATOMIC_SEQ_CST) == before + 4, 5000));
    client_free(client);
    int broken = 0;
    for (int i = 0; i < MANY; i++) {
        g_assert_cmpint(results[i].calls, ==, 1);
        g_assert_cmpint(results[i].fate, !=, CLIENT_ANSWERED);
        broken += results[i].fate == CLIENT_BROKEN_OFF;
        result_clear(&results[i]);
    }
    g_assert_cmpint(broken, ==, 4);
}

static void test_addresses(void)
{
    static const struct {
        const char *text;
        bool is_public;
    } CASES[] = {
        {"8.8.8.8", true},
        {"127.0.0.1", false},
        {"10.1.2.3", false},
        {"172.16.0.1", false},
        {"172.32.0.1", true},
        {"192.168.1.1", false},
        {"169.254.169.254", false},
        {"100.64.0.1", false},
        {"0.0.0.0", false},
        {"224.0.0.1", false},
        {"255.255.255.255", false},
        {"::1", false},
        {"::", false},
        {"fe80::1", false},
        {"fc00::1", false},
        {"ff02::1", false},
        {"2606:4700::1", true},
        {"2001:db8::1", false},
        {"::ffff:10.0.0.1", false},
        {"::ffff:8.8.8.8", true},
        {"64:ff9b::a00:1", false},
        {"64:ff9b::808:808", true},
        {"2002:a00:1::1", false},
        {"::8.8.8.8", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        struct net_address address;
        g_assert_true(net_parse(CASES[i].text, &address));
        if (net_is_public(&address) != CASES[i].is_public)
            g_error("%s", CASES[i].text);
    }
    struct net_address address;
    static const char *const BAD[] = {"", "1.2.3", "1.2.3.4.5", "fe80::1%eth0", "[1.2.3.4]", "1.2.3.4 ", "x"};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
        g_assert_false(net_parse(BAD[i], &address));
    g_autoptr(net_set_auto) set = net_set_parse("10.0.0.0/8 fd00::/8,192.0.2.7", NULL);
    g_assert_true(net_parse("10.255.0.1", &address) && net_set_has(set, &address));
    g_assert_true(net_parse("::ffff:10.255.0.1", &address) && net_set_has(set, &address));
    g_assert_true(net_parse("11.0.0.1", &address) && !net_set_has(set, &address));
    g_assert_true(net_parse("fdff::1", &address) && net_set_has(set, &address));
    g_assert_true(net_parse("192.0.2.8", &address) && !net_set_has(set, &address));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    server_start();
    g_test_add_func("/client/answered", test_answered);
    g_test_add_func("/client/kept-connection", test_kept_connection);
    g_test_add_func("/client/not-reached", test_not_reached);
    g_test_add_func("/client/broken-off", test_broken_off);
    g_test_add_func("/client/closed-unread", test_closed_unread);
    g_test_add_func("/client/no-silent-repeat", test_no_silent_repeat);
    g_test_add_func("/client/limits", test_limits);
    g_test_add_func("/client/guard", test_guard);
    g_test_add_func("/client/refused", test_refused);
    g_test_add_func("/client/free-cancels", test_free_cancels);
    g_test_add_func("/client/addresses", test_addresses);
    int result = g_test_run();
    server_stop();
    return result;
}

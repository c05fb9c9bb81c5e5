/* http_server_test.c - the server against a peer that writes bytes as it likes. */
#include "http/server.h"

#include "peer.h"

static GMutex held_lock;
static GPtrArray *held; /* exchanges whose answer is still owed */

static void on_error(struct http_request *request, enum hy_error code, void *data)
{
    (void)data;
    char *text = g_strdup_printf("{\"error\":\"%s\"}", error_name(code));
    http_answer_take(request, error_http_status(code), "application/json", text, strlen(text));
}

static void hello(struct http_request *request, void *data)
{
    g_autoptr(GBytes) body = g_bytes_new(data, strlen(data));
    http_answer(request, 200, "text/plain", body);
}

static void echo(struct http_request *request, void *data)
{
    (void)data;
    http_answer(request, 200, "application/octet-stream", http_body(request));
}

static void facts(struct http_request *request, void *data)
{
    (void)data;
    g_auto(GStrv) all = http_query_all(request, "tag");
    g_autofree char *tags = g_strjoinv(",", all);
    const char *q = http_query(request, "q"), *cookie = http_cookie(request, "sid"),
               *id = http_parameter(request, "id");
    char *text = g_strdup_printf("%s %s id=%s q=%s tags=%s sid=%s agent=%s from=%s tls=%d", http_method(request),
                                 http_path(request), id ? id : "-", q ? q : "-", tags, cookie ? cookie : "-",
                                 http_header(request, "user-AGENT"), http_remote(request), http_is_tls(request));
    http_add_header(request, "X-Bad", "a\r\nInjected: yes");
    http_answer_take(request, 200, "text/html; charset=utf-8", text, strlen(text));
}

static void hold(struct http_request *request, void *data)
{
    (void)data;
    g_mutex_lock(&held_lock);
    g_ptr_array_add(held, request);
    g_mutex_unlock(&held_lock);
}

static guint held_count(void)
{
    g_mutex_lock(&held_lock);
    guint count = held->len;
    g_mutex_unlock(&held_lock);
    return count;
}

static void *answer_held(void *data)
{
    GPtrArray *mine = data;
    for (guint i = 0; i < mine->len; i++) {
        char *text = g_strdup("late");
        http_answer_take(mine->pdata[i], 201, "text/plain", text, 4);
    }
    return NULL;
}

static void answer_all_held(void)
{
    g_mutex_lock(&held_lock);
    g_autoptr(GPtrArray) mine = g_steal_pointer(&held);
    held = g_ptr_array_new();
    g_mutex_unlock(&held_lock);
    g_thread_join(g_thread_new("answer", answer_held, mine));
}

static const struct http_route ROUTES[] = {
    {"GET", "/hello", 0, 0, hello, (void *)"hello\n"},
    {"GET", "/pool", 0, HTTP_ON_POOL, hello, (void *)"from a worker\n"},
    {"POST", "/echo", 1000, HTTP_ON_POOL, echo, NULL},
    {"PUT", "/echo", 100000, 0, echo, NULL},
    {"POST", "/nobody", 0, 0, echo, NULL},
    {"GET", "/facts/{id}", 0, 0, facts, NULL},
    {"GET", "/hold", 0, 0, hold, NULL},
    {"POST", "/hold", 100, HTTP_ON_POOL, hold, NULL},
};

static struct http_server *start(const struct http_options *like)
{
    struct http_options options = like ? *like : (struct http_options){0};
    g_autoptr(GError) error = NULL;
    options.listen = "127.0.0.1:0";
    if (options.routes == NULL) {
        options.routes = ROUTES;
        options.route_count = G_N_ELEMENTS(ROUTES);
    }
    options.on_error = on_error;
    struct http_server *server = http_server_new(&options, &error);
    g_assert_no_error(error);
    return server;
}

static void assert_answer(struct http_server *server, const char *request, const char *status, const char *contains)
{
    g_autofree char *answer = peer_ask(http_server_port(server), request);
    if (!g_str_has_prefix(answer, status) || (contains != NULL && strstr(answer, contains) == NULL))
        g_error("asked %.200s\nwanted %s … %s\ngot %s", request, status, contains, answer);
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static void test_routes(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    assert_answer(server, "GET /hello HTTP/1.1\r\n" END, "HTTP/1.1 200", "\r\n\r\nhello\n");
    assert_answer(server, "GET /pool HTTP/1.1\r\n" END, "HTTP/1.1 200", "from a worker\n");
    assert_answer(server, "GET /hello HTTP/1.1\r\n" END, "HTTP/1.1 200", "X-Content-Type-Options: nosniff");
    assert_answer(server, "GET /hello HTTP/1.1\r\n" END, "HTTP/1.1 200", "Cache-Control: no-store");
    assert_answer(server, "GET /nothing HTTP/1.1\r\n" END, "HTTP/1.1 404", "{\"error\":\"not_found\"}");
    assert_answer(server, "DELETE /echo HTTP/1.1\r\n" END, "HTTP/1.1 405", "Allow: OPTIONS, POST, PUT");
    assert_answer(server, "OPTIONS /hello HTTP/1.1\r\n" END, "HTTP/1.1 204", "Allow: GET, HEAD, OPTIONS");
    assert_answer(server, "GET /facts/%ff HTTP/1.1\r\n" END, "HTTP/1.1 400", "bad_request");
    assert_answer(server, "GET /facts/%00 HTTP/1.1\r\n" END, "HTTP/1.1 400", "bad_request");
    assert_answer(server,
                  "GET /facts/a%2Fb?q=%E4%BD%A0+x&tag=1&tag=%zz&tag=2 HTTP/1.1\r\nCookie: a=b; "
                  "sid=\"s3\"\r\nUser-Agent: T\r\n" END,
                  "HTTP/1.1 200", "id=a/b q=你 x tags=1,2 sid=s3 agent=T from=127.0.0.1 tls=0");
    g_autofree char *page = peer_ask(http_server_port(server), "GET /facts/1 HTTP/1.1\r\n" END);
    g_assert_nonnull(strstr(page, "Content-Security-Policy: default-src 'none'"));
    g_assert_null(strstr(page, "Injected"));
}

static void test_old_clients(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    assert_answer(server, "GET /hello HTTP/1.0\r\n\r\n", "HTTP/1.", "\r\n\r\nhello\n");
    assert_answer(server, "GET /pool HTTP/1.0\r\n\r\n", "HTTP/1.", "from a worker\n");
    assert_answer(server, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400", NULL); /* no Host */
}

static void test_head(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    g_autofree char *answer = peer_ask(http_server_port(server), "HEAD /hello HTTP/1.1\r\n" END);
    g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
    g_assert_nonnull(strstr(answer, "Content-Length: 6"));
    g_assert_true(g_str_has_suffix(answer, "\r\n\r\n"));
}

static void test_bodies(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    assert_answer(server, "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n" END "abcde", "HTTP/1.1 200", "\r\n\r\nabcde");
    assert_answer(server, "POST /echo HTTP/1.1\r\nContent-Length: 0\r\n" END, "HTTP/1.1 200", "Content-Length: 0");
    assert_answer(server, "POST /echo HTTP/1.1\r\n" END, "HTTP/1.1 200", "Content-Length: 0");
    assert_answer(server,
                  "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                  "HTTP/1.1 200", "\r\n\r\nabcde");
    assert_answer(server, "POST /nobody HTTP/1.1\r\nContent-Length: 0\r\n" END, "HTTP/1.1 200", NULL);
    assert_answer(server, "POST /nobody HTTP/1.1\r\nContent-Length: 1\r\n" END "x", "HTTP/1.1 413", "too_large");
    assert_answer(server, "POST /nobody HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END, "HTTP/1.1 413", "too_large");
    g_autoptr(GString) big = g_string_new("PUT /echo HTTP/1.1\r\nContent-Length: 99999\r\n" END);
    gsize head = big->len;
    for (int i = 0; i < 99999; i++)
        g_string_append_c(big, (char)('a' + i % 26));
    g_autofree char *answer = peer_ask(http_server_port(server), big->str);
    g_assert_true(g_str_has_suffix(answer, big->str + head));
}

static void test_too_large(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    int fd = peer_connect(http_server_port(server)); /* nothing of the body is sent: the answer comes all the same */
    g_assert_true(peer_write(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"));
    g_autofree char *answer = peer_read_all(fd);
    g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 413"));
    g_assert_nonnull(strstr(answer, "Connection: close"));
    close(fd);
    assert_answer(server, "POST /echo HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n" END, "HTTP/1.1 4", NULL);
    g_autoptr(GString) chunks = g_string_new("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END);
    for (int i = 0; i < 200; i++)
        g_string_append(chunks, "8\r\nabcdefgh\r\n");
    g_string_append(chunks, "0\r\n\r\n");
    assert_answer(server, chunks->str, "HTTP/1.1 413", "too_large");
    /* A client that says all it has to say first hears the refusal all the same, every time. */
    g_autoptr(GString) long_one = g_string_new("POST /echo HTTP/1.1\r\nContent-Length: 4000000\r\n" END);
    gsize head = long_one->len;
    g_string_set_size(long_one, head + 4000000);
    memset(long_one->str + head, 'x', 4000000);
    for (int i = 0; i < 20; i++)
        assert_answer(server, long_one->str, "HTTP/1.1 413", "too_large");
}

static void test_smuggling(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    static const char *const BAD[] = {
        "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n0\r\n\r\nGET /hello "
        "HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\nHost: x\r\n\r\nabcdeGET /hello "
        "HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 3\r\nHost: x\r\n\r\nabcdeGET /hello "
        "HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nContent-Length: +5\r\nHost: x\r\n\r\nabcdeGET /hello HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nContent-Length: 5, 5\r\nHost: x\r\n\r\nabcdeGET /hello HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nHost: x\r\n\r\n0\r\n\r\nGET /hello "
        "HTTP/1.1\r\n" END,
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nHost: "
        "x\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" END,
        "PATCH /echo HTTP/1.1\r\nContent-Length: 26\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nA: b\r\n" END,
        "DELETE /nothing HTTP/1.1\r\nContent-Length: 26\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nA: b\r\n" END,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autofree char *answer = peer_ask(http_server_port(server), BAD[i]);
        g_test_message("%s", answer);
        g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 4"));
        g_assert_null(strstr(answer, "hello\n"));
    }
}

/* Cookies count twice: libmicrohttpd takes them apart in the same memory. Just below the bound it may have no room
 * left even for saying so, and only closes. */
static void test_header_too_large(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    static const struct {
        const char *name;
        size_t fine, refused;
    } KINDS[] = {{"Cookie: a=", 2200, 3000}, {"X-Long: ", 3900, 4200}};
    for (gsize k = 0; k < G_N_ELEMENTS(KINDS); k++) {
        for (size_t size = 500; size < 9000; size += 100) {
            g_autoptr(GString) text = g_string_new("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
            g_string_append(text, KINDS[k].name);
            while (text->len < size)
                g_string_append_c(text, 'x');
            g_string_append(text, "\r\n\r\n");
            g_autofree char *answer = peer_ask(http_server_port(server), text->str);
            if (size <= KINDS[k].fine)
                g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
            if (size >= KINDS[k].refused)
                g_assert_true(*answer == '\0' || g_str_has_prefix(answer, "HTTP/1.1 431"));
        }
    }
    g_autoptr(GString) line = g_string_new("GET /");
    for (int i = 0; i < 7000; i++)
        g_string_append_c(line, 'x');
    g_string_append(line, " HTTP/1.1\r\n" END);
    assert_answer(server, line->str, "HTTP/1.1 414", NULL);
}

static void test_slow_header(void)
{
    g_autoptr(http_server_auto) server =
        start(&(struct http_options){.header_timeout_ms = 300, .body_timeout_ms = 500});
    int silent = peer_connect(http_server_port(server));
    int dribbling = peer_connect(http_server_port(server));
    int64_t began = g_get_monotonic_time();
    g_assert_true(peer_write(dribbling, "GET /hello HTTP/1.1\r\nHost: x\r\n"));
    bool cut = false;
    while (!cut && g_get_monotonic_time() - began < 5 * G_TIME_SPAN_SECOND) {
        peer_write(dribbling, "A: b\r\n");
        cut = peer_closed_within(dribbling, 50);
    }
    g_assert_true(cut);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 3 * G_TIME_SPAN_SECOND);
    g_assert_true(peer_closed_within(silent, 2000));
    int body = peer_connect(http_server_port(server));
    g_assert_true(peer_write(body, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"));
    g_assert_true(peer_closed_within(body, 3000));
    struct http_counters counters;
    http_server_counters(server, &counters);
    g_assert_cmpuint(counters.slow_headers, ==, 2);
    g_assert_cmpuint(counters.slow_bodies, ==, 1);
    close(silent);
    close(dribbling);
    close(body);
    /* an exchange that waits for its handler is nobody's fault */
    int patient = peer_connect(http_server_port(server));
    g_assert_true(peer_write(patient, "GET /hold HTTP/1.1\r\n" END));
    g_assert_false(peer_closed_within(patient, 800));
    answer_all_held();
    g_autofree char *answer = peer_read_all(patient);
    g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 201"));
    close(patient);
}

static void test_pipelining(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    int fd = peer_connect(http_server_port(server));
    g_assert_true(peer_write(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /pool HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlast"
                                 "GET /nothing HTTP/1.1\r\n" END));
    g_autofree char *all = peer_read_all(fd);
    const char *hello_at = strstr(all, "hello\n"), *pool_at = strstr(all, "from a worker\n"),
               *last_at = strstr(all, "last");
    g_assert_nonnull(hello_at);
    g_assert_true(pool_at > hello_at && last_at > pool_at && strstr(last_at, "404") != NULL);
    close(fd);
}

static void test_answer_later(void)
{
    g_autoptr(http_server_auto) server = start(NULL);
    enum { MANY = 50 };
    int fds[MANY];
    for (int i = 0; i < MANY; i++) {
        fds[i] = peer_connect(http_server_port(server));
        g_assert_true(peer_write(fds[i], i % 2 ? "GET /hold HTTP/1.1\r\n" END
                                               : "POST /hold HTTP/1.1\r\nContent-Length: 2\r\n" END "ab"));
    }
    g_assert_true(peer_wait_for(held_count() == MANY, 5000));
    for (int i = 0; i < 10; i++) /* some do not wait */
        close(fds[i]);
    answer_all_held();
    for (int i = 10; i < MANY; i++) {
        g_autofree char *answer = peer_read_all(fds[i]);
        g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 201"));
        g_assert_true(g_str_has_suffix(answer, "late"));
        close(fds[i]);
    }
    struct http_counters counters;
    g_assert_true(peer_wait_for((http_server_counters(server, &counters), counters.in_flight == 0), 3000));
    g_assert_cmpuint(counters.requests[2] + counters.requests[0], ==, MANY);
    g_assert_cmpuint(counters.requests[2], >=, MANY - 10);
}

/* Exchanges that nobody has answered when the server goes; the answers come afterwards and find nobody. */
static void test_stop_with_pending(void)
{
    struct http_server *server = start(&(struct http_options){.drain_ms = 50});
    enum { MANY = 100 };
    int fds[MANY];
    for (int i = 0; i < MANY; i++) {
        fds[i] = peer_connect(http_server_port(server));
        g_assert_true(peer_write(fds[i], i % 2 ? "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"
                                               : "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"));
    }
    g_assert_true(peer_wait_for(held_count() == MANY, 5000));
    http_server_free(server);
    answer_all_held();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *answer = peer_read_all(fds[i]);
        g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 503"));
        close(fds[i]);
    }
}

/* An answer that comes while the server waits for it still reaches its client. */
static void *free_server(void *server)
{
    http_server_free(server);
    return NULL;
}

static void test_stop_drains(void)
{
    struct http_server *server = start(NULL);
    int idle = peer_connect(http_server_port(server));
    int fd = peer_connect(http_server_port(server));
    g_assert_true(peer_write(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    g_assert_true(peer_wait_for(held_count() == 1, 5000));
    GThread *thread = g_thread_new("free", free_server, server);
    g_assert_true(peer_wait_for(http_server_stopping(server), 5000));
    answer_all_held();
    g_autofree char *answer = peer_read_all(fd);
    g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 201"));
    g_thread_join(thread);
    g_assert_true(peer_closed_within(idle, 2000));
    close(fd);
    close(idle);
}

static GMutex gate;

static void wait_at_gate(struct http_request *request, void *data)
{
    g_mutex_lock(&gate);
    g_mutex_unlock(&gate);
    hello(request, data);
}

static void test_pool_full(void)
{
    static const struct http_route GATED[] = {{"GET", "/gate", 0, HTTP_ON_POOL, wait_at_gate, (void *)"through"}};
    g_autoptr(http_server_auto) server =
        start(&(struct http_options){.routes = GATED, .route_count = 1, .workers = 1, .max_waiting = 2});
    int fds[3];
    struct http_counters counters;
    g_mutex_lock(&gate);
    for (guint i = 0; i < 3; i++) { /* one with the worker, two waiting */
        fds[i] = peer_connect(http_server_port(server));
        g_assert_true(peer_write(fds[i], "GET /gate HTTP/1.1\r\n" END));
        g_assert_true(peer_wait_for(
            (http_server_counters(server, &counters), counters.in_flight == i + 1 && counters.waiting == i), 3000));
    }
    assert_answer(server, "GET /gate HTTP/1.1\r\n" END, "HTTP/1.1 503", "Retry-After: 1");
    g_mutex_unlock(&gate);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *answer = peer_read_all(fds[i]);
        g_assert_true(g_str_has_suffix(answer, "through"));
        close(fds[i]);
    }
    http_server_counters(server, &counters);
    g_assert_cmpuint(counters.refused_busy, ==, 1);
}

static void test_proxies(void)
{
    g_autoptr(http_server_auto) server = start(&(struct http_options){.trusted_proxies = "loopback, 10.0.0.0/8"});
    assert_answer(
        server,
        "GET /facts/1 HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n" END,
        "HTTP/1.1 200", "from=203.0.113.7 tls=1");
    assert_answer(server, "GET /facts/1 HTTP/1.1\r\nX-Forwarded-For: 2001:db8::7\r\n" END, "HTTP/1.1 200",
                  "from=2001:db8::7 tls=0");
    assert_answer(server, "GET /facts/1 HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: nonsense\r\n" END,
                  "HTTP/1.1 200", "from=127.0.0.1");
    g_autoptr(http_server_auto) proud = start(NULL);
    assert_answer(proud, "GET /facts/1 HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n" END,
                  "HTTP/1.1 200", "from=127.0.0.1 tls=0");
}

static void test_body_budget(void)
{
    g_autoptr(http_server_auto) server = start(&(struct http_options){.max_bodies = 1500});
    int first = peer_connect(http_server_port(server));
    g_assert_true(peer_write(first, "POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n" END "x"));
    struct http_counters counters;
    g_assert_true(peer_wait_for((http_server_counters(server, &counters), counters.in_flight == 1), 3000));
    assert_answer(server, "POST /echo HTTP/1.1\r\nContent-Length: 900\r\n" END, "HTTP/1.1 503", "Retry-After: 1");
    close(first);
    g_assert_true(peer_wait_for((http_server_counters(server, &counters), counters.in_flight == 0), 3000));
    assert_answer(server, "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n" END "abc", "HTTP/1.1 200", "abc");
}

static void test_refused_options(void)
{
    static const struct http_route TWICE[] = {{"GET", "/a/{x}", 0, 0, hello, NULL},
                                              {"GET", "/a/{y}", 0, 0, hello, NULL}};
    static const struct {
        struct http_options options;
        const char *field;
    } BAD[] = {
        {{.listen = "nonsense"}, "listen"},
        {{.listen = "127.0.0.1:70000"}, "listen"},
        {{.listen = "no.such.host.invalid:1"}, "listen"},
        {{.listen = "127.0.0.1:0", .trusted_proxies = "10.0.0.0/99"}, "trusted_proxies"},
        {{.listen = "127.0.0.1:0", .routes = TWICE, .route_count = 2}, "routes"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(http_server_new(&BAD[i].options, &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        g_assert_cmpstr(error_field(error), ==, BAD[i].field);
    }
    g_autoptr(http_server_auto) server = start(NULL);
    g_autofree char *taken = g_strdup_printf("127.0.0.1:%u", http_server_port(server));
    g_autoptr(GError) error = NULL;
    g_assert_null(http_server_new(&(struct http_options){.listen = taken}, &error));
    g_assert_cmpstr(error_field(error), ==, "listen");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    held = g_ptr_array_new();
    g_test_add_func("/http/server/routes", test_routes);
    g_test_add_func("/http/server/old-clients", test_old_clients);
    g_test_add_func("/http/server/head", test_head);
    g_test_add_func("/http/server/bodies", test_bodies);
    g_test_add_func("/http/server/too-large", test_too_large);
    g_test_add_func("/http/server/smuggling", test_smuggling);
    g_test_add_func("/http/server/header-too-large", test_header_too_large);
    g_test_add_func("/http/server/slow-header", test_slow_header);
    g_test_add_func("/http/server/pipelining", test_pipelining);
    g_test_add_func("/http/server/answer-later", test_answer_later);
    g_test_add_func("/http/server/stop-with-pending", test_stop_with_pending);
    g_test_add_func("/http/server/stop-drains", test_stop_drains);
    g_test_add_func("/http/server/pool-full", test_pool_full);
    g_test_add_func("/http/server/proxies", test_proxies);
    g_test_add_func("/http/server/body-budget", test_body_budget);
    g_test_add_func("/http/server/refused-options", test_refused_options);
    int result = g_test_run();
    g_ptr_array_unref(held);
    return result;
}

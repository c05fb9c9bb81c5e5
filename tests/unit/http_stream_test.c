/* http_stream_test.c - answers that stay open. */
#include "http/stream.h"

#include "peer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER
#endif
#endif

struct listener {
    struct http_stream *stream;
    int gone, drained; /* atomic */
};

static GMutex lock;
static GPtrArray *listeners; /* of struct listener */
static bool greet;

static void on_gone(struct http_stream *stream, void *data)
{
    struct listener *listener = data;
    (void)stream;
    __atomic_add_fetch(&listener->gone, 1, __ATOMIC_SEQ_CST);
}

static void on_drained(struct http_stream *stream, void *data)
{
    struct listener *listener = data;
    (void)stream;
    __atomic_add_fetch(&listener->drained, 1, __ATOMIC_SEQ_CST);
}

static void events(struct http_request *request, void *data)
{
    struct listener *listener = g_new0(struct listener, 1);
    g_autoptr(GBytes) first = greet ? g_bytes_new_static("retry: 1000\n\n", 13) : NULL;
    (void)data;
    struct http_stream *stream =
        http_stream_start(request, &(struct http_stream_watch){on_gone, on_drained, listener}, first);
    g_mutex_lock(&lock);
    listener->stream = stream;
    g_ptr_array_add(listeners, listener);
    g_mutex_unlock(&lock);
}

static struct http_server *start_with(int heartbeat_ms, int idle_timeout_s)
{
    static const struct http_route ROUTES[] = {{"GET", "/events", 0, 0, events, NULL},
                                               {"GET", "/pool", 0, HTTP_ON_POOL, events, NULL}};
    g_autoptr(GError) error = NULL;
    struct http_server *server = http_server_new(&(struct http_options){.listen = "127.0.0.1:0",
                                                                        .routes = ROUTES,
                                                                        .route_count = 2,
                                                                        .heartbeat_ms = heartbeat_ms,
                                                                        .idle_timeout_s = idle_timeout_s},
                                                 &error);
    g_assert_no_error(error);
    return server;
}

static struct http_server *start(int heartbeat_ms)
{
    return start_with(heartbeat_ms, 0);
}

static guint listener_count(void)
{
    g_mutex_lock(&lock);
    guint count = listeners->len;
    g_mutex_unlock(&lock);
    return count;
}

static struct listener *listener_at(guint i)
{
    g_mutex_lock(&lock);
    struct listener *listener = listeners->pdata[i];
    g_mutex_unlock(&lock);
    return listener;
}

static int gone_of(guint i)
{
    return __atomic_load_n(&listener_at(i)->gone, __ATOMIC_SEQ_CST);
}

/* Every stream has told exactly once that it is gone; gives up the references. */
static void assert_all_gone(void)
{
    for (guint i = 0; i < listeners->len; i++) {
        struct listener *listener = listener_at(i);
        g_assert_true(peer_wait_for(gone_of(i) > 0, 5000));
        g_assert_cmpint(gone_of(i), ==, 1);
        http_stream_unref(listener->stream);
        g_free(listener);
    }
    g_ptr_array_set_size(listeners, 0);
}

static int open_stream(struct http_server *server, const char *path)
{
    g_autofree char *request = g_strdup_printf("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    guint before = listener_count();
    int fd = peer_connect(http_server_port(server));
    g_assert_true(peer_write(fd, request));
    g_assert_true(peer_wait_for(listener_count() == before + 1, 5000));
    return fd;
}

static GBytes *frame(const char *data)
{
    return http_stream_frame("7", NULL, data, strlen(data));
}

static void test_frames(void)
{
    static const struct {
        const char *id, *event, *data, *wanted;
    } CASES[] = {
        {"7", "note", "{}", "id: 7\nevent: note\ndata: {}\n\n"},
        {NULL, NULL, "a\nb", "data: a\ndata: b\n\n"},
        {NULL, NULL, "a\r\nb\rc", "data: a\ndata: b\ndata: c\n\n"},
        {NULL, NULL, "", "data: \n\n"},
        {NULL, NULL, "a\n", "data: a\ndata: \n\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GBytes) made = http_stream_frame(CASES[i].id, CASES[i].event, CASES[i].data, strlen(CASES[i].data));
        g_assert_cmpmem(g_bytes_get_data(made, NULL), g_bytes_get_size(made), CASES[i].wanted, strlen(CASES[i].wanted));
    }
}

static void test_events_arrive(void)
{
    g_autoptr(http_server_auto) server = start(0);
    greet = true;
    int fds[] = {open_stream(server, "/events"), open_stream(server, "/pool")};
    greet = false;
    g_autoptr(GBytes) shared = frame("{\"n\":1}");
    for (guint i = 0; i < 2; i++) {
        g_autofree char *head = peer_read_until(fds[i], "retry: 1000\n\n", 5000);
        g_assert_nonnull(strstr(head, "Content-Type: text/event-stream"));
        g_assert_nonnull(strstr(head, "retry: 1000"));
        g_assert_true(http_stream_send(listener_at(i)->stream, shared));
        g_autofree char *event = peer_read_until(fds[i], "\n\n", 5000);
        g_assert_nonnull(strstr(event, "id: 7\ndata: {\"n\":1}\n\n"));
        g_assert_true(peer_wait_for(__atomic_load_n(&listener_at(i)->drained, __ATOMIC_SEQ_CST) >= 2, 3000));
        g_assert_cmpuint(http_stream_queued(listener_at(i)->stream), ==, 0);
        http_stream_close(listener_at(i)->stream);
        g_assert_false(http_stream_send(listener_at(i)->stream, shared));
        g_autofree char *rest = peer_read_until(fds[i], "0\r\n\r\n", 5000);
        g_assert_true(g_str_has_suffix(rest, "0\r\n\r\n")); /* a proper end */
        close(fds[i]);
    }
    assert_all_gone();
}

/* Without chunks, as an old proxy asks: larger than any buffer on the way, whole and in order. */
static void test_old_proxy(void)
{
    g_autoptr(http_server_auto) server = start(0);
    int fd = peer_connect(http_server_port(server));
    g_assert_true(peer_write(fd, "GET /events HTTP/1.0\r\n\r\n"));
    g_assert_true(peer_wait_for(listener_count() == 1, 5000));
    g_autofree char *filler = g_strnfill(100000, 'x');
    g_autoptr(GBytes) big = frame(filler), small = frame("end");
    g_assert_true(http_stream_send(listener_at(0)->stream, big));
    g_assert_true(http_stream_send(listener_at(0)->stream, small));
    g_autofree char *all = peer_read_until(fd, "data: end\n\n", 10000);
    const char *body = strstr(all, "\r\n\r\n");
    g_assert_nonnull(body);
    g_assert_null(strstr(all, "chunked"));
    gsize length = strlen(body + 4);
    g_assert_cmpuint(length, ==, g_bytes_get_size(big) + g_bytes_get_size(small));
    g_assert_cmpmem(body + 4, g_bytes_get_size(big), g_bytes_get_data(big, NULL), g_bytes_get_size(big));
    close(fd);
    assert_all_gone();
}

static void test_heartbeat(void)
{
    g_autoptr(http_server_auto) server = start(100);
    int fd = open_stream(server, "/events");
    g_autofree char *first = peer_read_until(fd, "3\r\n:\n\n\r\n", 5000);
    g_assert_nonnull(strstr(first, "3\r\n:\n\n\r\n"));
    g_autofree char *second = peer_read_until(fd, "3\r\n:\n\n\r\n", 5000);
    g_assert_cmpstr(second, ==, "3\r\n:\n\n\r\n");
    close(fd);
    assert_all_gone();
}

/* The time-out for idle connections is not for streams. */
static void test_quiet_stream_stays(void)
{
    g_autoptr(http_server_auto) server = start_with(0, 1);
    int fd = open_stream(server, "/events");
    g_autofree char *head = peer_read_until(fd, "\r\n\r\n", 5000);
    g_assert_nonnull(strstr(head, "200 OK"));
    g_assert_false(peer_closed_within(fd, 3500));
    g_autoptr(GBytes) late = frame("late");
    g_assert_true(http_stream_send(listener_at(0)->stream, late));
    g_autofree char *event = peer_read_until(fd, "late\n\n", 5000);
    g_assert_nonnull(strstr(event, "data: late"));
    close(fd);
    assert_all_gone();
}

static void test_closed_peer_is_noticed(void)
{
    g_autoptr(http_server_auto) server = start(0); /* the heartbeat is far away */
    int fd = open_stream(server, "/events");
    g_autofree char *head = peer_read_until(fd, "\r\n\r\n", 5000);
    g_assert_nonnull(strstr(head, "200 OK"));
    int64_t began = g_get_monotonic_time();
    close(fd);
    g_assert_true(peer_wait_for(gone_of(0) == 1, 5000));
    g_assert_cmpint(g_get_monotonic_time() - began, <, 3 * G_TIME_SPAN_SECOND);
    g_autoptr(GBytes) late = frame("late");
    g_assert_false(http_stream_send(listener_at(0)->stream, late));
    assert_all_gone();
}

static void test_slow_client_is_cut(void)
{
    g_autoptr(http_server_auto) server = start(0);
    int fd = open_stream(server, "/events"); /* never reads */
    g_autofree char *filler = g_strnfill(16000, 'x');
    g_autoptr(GBytes) big = frame(filler);
    bool open = true;
    int sent = 0;
    for (; open && sent < 5000; sent++) {
        open = http_stream_send(listener_at(0)->stream, big);
        if (sent % 8 == 0)
            g_usleep(1000);
    }
    g_assert_false(open);
    g_test_message("cut after %d frames of 16 kB", sent);
    g_assert_true(peer_wait_for(gone_of(0) == 1, 3000));
    struct http_counters counters;
    http_server_counters(server, &counters);
    g_assert_cmpuint(counters.slow_streams, ==, 1);
    g_assert_cmpuint(counters.streams, ==, 0);
    close(fd);
    assert_all_gone();
}

static void test_stop_with_streams(void)
{
    enum { MANY = 100 };
    struct http_server *server = start(0);
    int fds[MANY];
    g_autoptr(GBytes) last = frame("last");
    for (int i = 0; i < MANY; i++)
        fds[i] = open_stream(server, i % 2 ? "/events" : "/pool");
    for (guint i = 0; i < MANY / 2; i++)
        g_assert_true(http_stream_send(listener_at(i)->stream, last));
    http_server_free(server);
    guint ends = 0;
    for (int i = 0; i < MANY; i++) {
        g_autofree char *all = peer_read_all(fds[i]);
        ends += g_str_has_suffix(all, "0\r\n\r\n");
        close(fds[i]);
    }
    g_assert_cmpuint(ends, ==, MANY);
    for (guint i = 0; i < MANY; i++)
        g_assert_false(http_stream_send(listener_at(i)->stream, last));
    assert_all_gone();
}

/* Senders, closing peers and the server's end all at once. */
static int storming;

static void *send_storm(void *data)
{
    g_autoptr(GBytes) shared = frame("storm");
    (void)data;
    while (__atomic_load_n(&storming, __ATOMIC_SEQ_CST)) {
        for (guint i = 0, n = listener_count(); i < n; i++)
            http_stream_send(listener_at(i)->stream, shared);
        g_usleep(200);
    }
    return NULL;
}

static void test_storm(void)
{
    enum { MANY = 60 };
    struct http_server *server = start(50);
    int fds[MANY];
    for (int i = 0; i < MANY; i++)
        fds[i] = open_stream(server, i % 2 ? "/events" : "/pool");
    storming = 1;
    GThread *senders[] = {g_thread_new("storm", send_storm, NULL), g_thread_new("storm", send_storm, NULL)};
    for (int i = 0; i < MANY; i += 3)
        close(fds[i]);
    for (int i = 1; i < MANY; i += 3) {
        g_autofree char *some = peer_read_until(fds[i], "storm\n\n", 5000);
        g_assert_nonnull(strstr(some, "storm"));
    }
    http_server_free(server);
    __atomic_store_n(&storming, 0, __ATOMIC_SEQ_CST);
    g_thread_join(senders[0]);
    g_thread_join(senders[1]);
    for (int i = 0; i < MANY; i++)
        if (i % 3 != 0)
            close(fds[i]);
    assert_all_gone();
}

static long resident_kb(void)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents("/proc/self/status", &text, NULL, NULL));
    const char *at = strstr(text, "VmRSS:");
    g_assert_nonnull(at);
    return strtol(at + 6, NULL, 10);
}

/* The sockets of both ends are the kernel's and do not count here; ours is what the process holds. */
static void test_idle_memory(void)
{
    enum { WARM = 100, MANY = 900 };
    g_autoptr(http_server_auto) server = start(0);
    int *fds = g_new(int, WARM + MANY);
    for (int i = 0; i < WARM; i++)
        fds[i] = open_stream(server, "/events");
    long before = resident_kb();
    for (int i = WARM; i < WARM + MANY; i++)
        fds[i] = open_stream(server, "/events");
    g_autoptr(GBytes) shared = frame("{\"type\":\"message.created\",\"id\":\"123456789\"}");
    for (guint i = 0; i < WARM + MANY; i++)
        g_assert_true(http_stream_send(listener_at(i)->stream, shared));
    for (int i = 0; i < WARM + MANY; i++) {
        g_autofree char *event = peer_read_until(fds[i], "\n\n\r\n", 5000);
        g_assert_nonnull(strstr(event, "message.created"));
    }
    double each = (double)(resident_kb() - before) / MANY;
    g_test_message("%.2f kB resident for each of %d idle streams", each, MANY);
#ifndef UNDER_SANITIZER
    g_assert_cmpfloat(each, <, 10.0);
#endif
    for (int i = 0; i < WARM + MANY; i++)
        close(fds[i]);
    g_free(fds);
    assert_all_gone();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    listeners = g_ptr_array_new();
    struct rlimit files = {4096, 4096};
    setrlimit(RLIMIT_NOFILE, &files);
    g_test_add_func("/http/stream/frames", test_frames);
    g_test_add_func("/http/stream/events-arrive", test_events_arrive);
    g_test_add_func("/http/stream/old-proxy", test_old_proxy);
    g_test_add_func("/http/stream/heartbeat", test_heartbeat);
    g_test_add_func("/http/stream/quiet-stream-stays", test_quiet_stream_stays);
    g_test_add_func("/http/stream/closed-peer-is-noticed", test_closed_peer_is_noticed);
    g_test_add_func("/http/stream/slow-client-is-cut", test_slow_client_is_cut);
    g_test_add_func("/http/stream/stop-with-streams", test_stop_with_streams);
    g_test_add_func("/http/stream/storm", test_storm);
    g_test_add_func("/http/stream/idle-memory", test_idle_memory);
    int result = g_test_run();
    g_ptr_array_unref(listeners);
    return result;
}

#include "http/internal.h"

#include "http/linger.h"

#include "base/log.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define POOL_BYTES 5632 /* of one connection: the request's header and the answer's */
#define DEAD_PEER_MS 30000
#define FULL_WAIT_US (20 * G_TIME_SPAN_MILLISECOND) /* with no file or memory left for a connection */
#define FORCED_WAIT_US (500 * G_TIME_SPAN_MILLISECOND)

int64_t http_monotonic_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

struct http_server *server_ref(struct http_server *server)
{
    g_atomic_ref_count_inc(&server->refs);
    return server;
}

void server_unref(struct http_server *server)
{
    if (!g_atomic_ref_count_dec(&server->refs))
        return;
    g_hash_table_unref(server->streams);
    router_free(server->router);
    net_set_free(server->trusted);
    g_mutex_clear(&server->lock);
    g_cond_clear(&server->idle);
    g_free(server->url);
    g_free(server);
}

/* ---- connections and their deadlines ---- */

static void connection_open(struct http_server *server, int fd, void **context)
{
    struct connection *socket = g_new0(struct connection, 1);
    unsigned patience = DEAD_PEER_MS;
    socket->fd = fd;
    connection_set_deadline(socket, http_monotonic_ms() + server->options.header_timeout_ms);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    g_mutex_lock(&server->lock);
    socket->next = server->connections;
    if (socket->next != NULL)
        socket->next->previous = socket;
    server->connections = socket;
    g_mutex_unlock(&server->lock);
    http_count(server, connections, 1);
    *context = socket;
}

/* Called before the socket is closed, so a number in the list is always a socket of ours. */
static void connection_close(struct http_server *server, struct connection *socket)
{
    if (socket->request != NULL) /* a header that broke libmicrohttpd's memory ends without a word */
        exchange_complete(server, socket->request);
    g_mutex_lock(&server->lock);
    if (socket->next != NULL)
        socket->next->previous = socket->previous;
    if (socket->previous != NULL)
        socket->previous->next = socket->next;
    else
        server->connections = socket->next;
    g_mutex_unlock(&server->lock);
    if (socket->unread && !socket->cut)
        linger_add(server->linger, socket->fd, http_monotonic_ms());
    http_uncount(server, connections);
    g_free(socket);
}

static void on_connection(void *data, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context != NULL)
            connection_close(data, *context);
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection_open(data, info->connect_fd, context);
}

static void sweep(struct http_server *server, int64_t now_ms)
{
    g_mutex_lock(&server->lock);
    for (struct connection *socket = server->connections; socket != NULL; socket = socket->next) {
        int64_t deadline = __atomic_load_n(&socket->deadline_ms, __ATOMIC_RELAXED);
        if (deadline == 0 || now_ms < deadline || socket->cut)
            continue;
        if (__atomic_load_n(&socket->in_body, __ATOMIC_RELAXED))
            http_count(server, slow_bodies, 1);
        else
            http_count(server, slow_headers, 1);
        socket->cut = true;
        shutdown(socket->fd, SHUT_RDWR);
    }
    g_mutex_unlock(&server->lock);
}

/* ---- the timer thread: sweeping, heartbeats, peers that close ---- */

static GPtrArray *all_streams(struct http_server *server)
{
    GPtrArray *streams = g_ptr_array_new_with_free_func((GDestroyNotify)http_stream_unref);
    GHashTableIter at;
    gpointer stream;
    g_mutex_lock(&server->lock);
    g_hash_table_iter_init(&at, server->streams);
    while (g_hash_table_iter_next(&at, NULL, &stream))
        g_ptr_array_add(streams, http_stream_ref(stream));
    g_mutex_unlock(&server->lock);
    return streams;
}

static void peer_closed(struct http_server *server, uint64_t serial)
{
    g_mutex_lock(&server->lock);
    g_autoptr(http_stream_auto) stream = g_hash_table_lookup(server->streams, GSIZE_TO_POINTER(serial));
    if (stream != NULL)
        http_stream_ref(stream);
    g_mutex_unlock(&server->lock);
    if (stream != NULL)
        stream_cut(stream);
}

static void *run_timer(void *data)
{
    struct http_server *server = data;
    const int tick = CLAMP(MIN(server->options.header_timeout_ms, server->options.heartbeat_ms) / 5, 20, 1000);
    g_autoptr(GBytes) comment = g_bytes_new_static(":\n\n", 3);
    int64_t next_ms = http_monotonic_ms() + tick;
    for (bool on = true; on;) {
        struct epoll_event events[64];
        int64_t now_ms = http_monotonic_ms();
        int count = epoll_wait(server->watch_fd, events, G_N_ELEMENTS(events), (int)MAX(next_ms - now_ms, 0));
        for (int i = 0; i < count; i++) {
            if (events[i].data.u64 == 0)
                on = false;
            else if (events[i].data.u64 & LINGER_MARK)
                linger_hear(server->linger, events[i].data.u64);
            else
                peer_closed(server, events[i].data.u64);
        }
        now_ms = http_monotonic_ms();
        if (now_ms < next_ms)
            continue;
        next_ms = now_ms + tick;
        sweep(server, now_ms);
        linger_sweep(server->linger, now_ms);
        g_autoptr(GPtrArray) streams = all_streams(server);
        for (guint i = 0; i < streams->len; i++)
            stream_beat(streams->pdata[i], comment, now_ms);
    }
    return NULL;
}

/* ---- the accepting thread ---- */

/* Accepting is ours and not libmicrohttpd's: its way to stop listening (MHD_quiesce_daemon) races with its own threads
 * and aborts the process when it loses. Here listening ends with a shutdown and a join. */
static void *run_accept(void *data)
{
    struct http_server *server = data;
    while (server_stage(server) == 0) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        int fd = accept4(server->listen_fd, (struct sockaddr *)&from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0)
            MHD_add_connection(server->daemon, fd, (struct sockaddr *)&from, length); /* closes what is too many */
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            g_usleep(FULL_WAIT_US);
    }
    return NULL;
}

/* ---- start ---- */

static int open_listener(const struct addrinfo *at, unsigned *port)
{
    int on = 1, off = 0;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof bound;
    char service[NI_MAXSERV];
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, NULL, 0, service, sizeof service, NI_NUMERICSERV) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    *port = (unsigned)g_ascii_strtoull(service, NULL, 10);
    return fd;
}

static bool listen_at(struct http_server *server, const char *text, GError **error)
{
    g_autofree char *host = NULL;
    unsigned port = 0;
    if (text == NULL || !net_parse_listen(text, &host, &port)) {
        error_set(error, HY_ERROR_BAD_VALUE, "listen", "\"%s\" is not host:port", text ? text : "");
        return false;
    }
    g_autofree char *service = g_strdup_printf("%u", port);
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int code = getaddrinfo(host, service, &hints, &found);
    if (code != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "listen", "%s: %s", host, gai_strerror(code));
        return false;
    }
    for (struct addrinfo *at = found; at != NULL && server->listen_fd < 0; at = at->ai_next)
        server->listen_fd = open_listener(at, &server->port);
    int why = errno;
    freeaddrinfo(found);
    if (server->listen_fd < 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "listen", "cannot listen on %s: %s", text, g_strerror(why));
        return false;
    }
    const char *shown = strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : strcmp(host, "::") == 0 ? "::1" : host;
    bool ipv6 = strchr(shown, ':') != NULL;
    server->url = g_strdup_printf("http://%s%s%s:%u", ipv6 ? "[" : "", shown, ipv6 ? "]" : "", server->port);
    return true;
}

static void fill_defaults(struct http_options *options)
{
    struct rlimit files = {0};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_NOFILE, &files);
    }
    options->threads = options->threads ? options->threads : 2;
    options->workers = options->workers ? options->workers : 8;
    options->max_waiting = options->max_waiting ? options->max_waiting : 1024;
    options->max_connections = options->max_connections ? options->max_connections : 10000;
    if (files.rlim_cur > 512) /* leave some for files and databases: an accept that fails is a busy loop */
        options->max_connections = (unsigned)MIN((rlim_t)options->max_connections, files.rlim_cur - 256);
    options->max_bodies = options->max_bodies ? options->max_bodies : 256 * 1024 * 1024;
    options->header_timeout_ms = options->header_timeout_ms ? options->header_timeout_ms : 5000;
    options->body_timeout_ms = options->body_timeout_ms ? options->body_timeout_ms : 60000;
    options->idle_timeout_s = options->idle_timeout_s ? options->idle_timeout_s : 60;
    options->heartbeat_ms = options->heartbeat_ms ? options->heartbeat_ms : 15000;
    options->drain_ms = options->drain_ms ? options->drain_ms : 5000;
}

G_GNUC_PRINTF(2, 0)
static void log_daemon(void *data, const char *format, va_list args)
{
    (void)data;
    g_autofree char *text = g_strdup_vprintf(format, args);
    log_line(LOG_DEBUG, "http.daemon", "detail=\"%s\"", g_strchomp(text));
}

static struct MHD_Daemon *start_daemon(struct http_server *server)
{
    const struct http_options *options = &server->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC;
    struct MHD_OptionItem more[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? (intptr_t)options->threads : 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_access, server, MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)options->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, exchange_first_line, server,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
                            on_connection, server, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static bool open_files(struct http_server *server)
{
    struct epoll_event wake = {.events = EPOLLIN, .data.u64 = 0};
    server->watch_fd = epoll_create1(EPOLL_CLOEXEC);
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->linger = linger_new(server->watch_fd);
    return server->watch_fd >= 0 && server->wake_fd >= 0 &&
           epoll_ctl(server->watch_fd, EPOLL_CTL_ADD, server->wake_fd, &wake) == 0;
}

static struct http_server *server_new(const struct http_options *options)
{
    struct http_server *server = g_new0(struct http_server, 1);
    g_atomic_ref_count_init(&server->refs);
    g_mutex_init(&server->lock);
    g_cond_init(&server->idle);
    server->listen_fd = server->watch_fd = server->wake_fd = -1;
    server->streams = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)http_stream_unref);
    server->options = *options;
    fill_defaults(&server->options);
    static const char BUSY_TEXT[] = "stopping\n";
    server->busy = MHD_create_response_from_buffer(sizeof BUSY_TEXT - 1, (void *)BUSY_TEXT, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(server->busy, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(server->busy, "Retry-After", "1");
    MHD_add_response_header(server->busy, "Connection", "close");
    return server;
}

struct http_server *http_server_new(const struct http_options *options, GError **error)
{
    g_autoptr(http_server_auto) server = server_new(options);
    g_autoptr(GError) wrong = NULL;
    server->router = router_new(options->routes, options->route_count, error);
    if (server->router == NULL)
        return NULL;
    server->trusted = net_set_parse(options->trusted_proxies, &wrong);
    if (server->trusted == NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "trusted_proxies", "%s", wrong->message);
        return NULL;
    }
    if (!listen_at(server, options->listen, error))
        return NULL;
    server->pool = g_thread_pool_new(exchange_run, server, (int)server->options.workers, TRUE, &wrong);
    if (server->pool == NULL || !open_files(server) || (server->daemon = start_daemon(server)) == NULL) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "the HTTP threads could not be started: %s",
                  wrong ? wrong->message : g_strerror(errno));
        return NULL;
    }
    server->timer = g_thread_new("http-timer", run_timer, server);
    server->acceptor = g_thread_new("http-accept", run_accept, server);
    return g_steal_pointer(&server);
}

/* ---- stop ---- */

static void close_streams(struct http_server *server)
{
    g_autoptr(GPtrArray) streams = all_streams(server);
    for (guint i = 0; i < streams->len; i++)
        http_stream_close(streams->pdata[i]);
}

static void wait_until_idle(struct http_server *server, int64_t wait_us)
{
    int64_t until = g_get_monotonic_time() + wait_us;
    g_mutex_lock(&server->lock);
    while (server->requests != NULL && g_cond_wait_until(&server->idle, &server->lock, until))
        ;
    g_mutex_unlock(&server->lock);
}

/* Wakes every sleeping exchange; exchange_access finds the stage and answers for whoever still owes it. */
static void wake_requests(struct http_server *server)
{
    g_autoptr(GPtrArray) requests = g_ptr_array_new_with_free_func((GDestroyNotify)request_unref);
    g_mutex_lock(&server->lock);
    for (struct http_request *request = server->requests; request != NULL; request = request->next)
        g_ptr_array_add(requests, request_ref(request));
    g_mutex_unlock(&server->lock);
    for (guint i = 0; i < requests->len; i++) {
        struct http_request *request = requests->pdata[i];
        g_mutex_lock(&request->lock);
        if (request->suspended) {
            request->suspended = false;
            MHD_resume_connection(request->mhd);
        }
        g_mutex_unlock(&request->lock);
    }
}

/* libmicrohttpd aborts the process when it is stopped with a suspended connection: stop accepting, drain, forbid
 * sleeping, wake all, and only then stop. */
static void stop_daemon(struct http_server *server)
{
    __atomic_store_n(&server->stopping, 1, __ATOMIC_SEQ_CST);
    shutdown(server->listen_fd, SHUT_RDWR);
    g_thread_join(server->acceptor);
    close_streams(server);
    wait_until_idle(server, server->options.drain_ms * INT64_C(1000));
    __atomic_store_n(&server->stopping, 2, __ATOMIC_SEQ_CST);
    wake_requests(server);
    close_streams(server);
    wait_until_idle(server, FORCED_WAIT_US);
    MHD_stop_daemon(server->daemon);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    if (server->acceptor != NULL)
        stop_daemon(server);
    if (server->pool != NULL)
        g_thread_pool_free(server->pool, FALSE, TRUE);
    if (server->timer != NULL) {
        uint64_t one = 1;
        ssize_t written = write(server->wake_fd, &one, sizeof one);
        g_assert(written == sizeof one);
        g_thread_join(server->timer);
    }
    linger_free(server->linger);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->watch_fd >= 0)
        close(server->watch_fd);
    if (server->wake_fd >= 0)
        close(server->wake_fd);
    MHD_destroy_response(server->busy);
    server_unref(server);
}

unsigned http_server_port(const struct http_server *server)
{
    return server->port;
}

const char *http_server_url(const struct http_server *server)
{
    return server->url;
}

bool http_server_stopping(const struct http_server *server)
{
    return server_stage(server) > 0;
}

void http_server_counters(struct http_server *server, struct http_counters *out)
{
    const uint64_t *from = (const uint64_t *)&server->counters;
    uint64_t copy[sizeof(struct http_counters) / sizeof(uint64_t)];
    G_STATIC_ASSERT(sizeof copy == sizeof *out);
    for (size_t i = 0; i < G_N_ELEMENTS(copy); i++)
        copy[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    memcpy(out, copy, sizeof copy);
}

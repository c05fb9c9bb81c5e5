#include "http/internal.h"

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

#define POOL_BYTES 5632         /* of one connection: the request's header and the answer's */
#define MAX_HEADER_BYTES 4096   /* so that the answer's header still fits beside it */
#define MAX_DRAIN (1024 * 1024) /* of a chunked body that is refused: read so that the answer arrives */
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

static int stage_of(const struct http_server *server)
{
    return __atomic_load_n(&server->stopping, __ATOMIC_SEQ_CST);
}

/* ---- connections and their deadlines ---- */

static void complete(struct http_server *server, struct http_request *request);

static void set_deadline(struct connection *socket, int64_t at_ms)
{
    __atomic_store_n(&socket->deadline_ms, at_ms, __ATOMIC_RELAXED);
}

static void connection_open(struct http_server *server, int fd, void **context)
{
    struct connection *socket = g_new0(struct connection, 1);
    unsigned patience = DEAD_PEER_MS;
    socket->fd = fd;
    set_deadline(socket, http_monotonic_ms() + server->options.header_timeout_ms);
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
        complete(server, socket->request);
    g_mutex_lock(&server->lock);
    if (socket->next != NULL)
        socket->next->previous = socket->previous;
    if (socket->previous != NULL)
        socket->previous->next = socket->next;
    else
        server->connections = socket->next;
    g_mutex_unlock(&server->lock);
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
            else
                peer_closed(server, events[i].data.u64);
        }
        now_ms = http_monotonic_ms();
        if (now_ms < next_ms)
            continue;
        next_ms = now_ms + tick;
        sweep(server, now_ms);
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
    while (stage_of(server) == 0) {
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

/* ---- one exchange, on an HTTP thread ---- */

static void link_request(struct http_server *server, struct http_request *request)
{
    g_mutex_lock(&server->lock);
    request->next = server->requests;
    if (request->next != NULL)
        request->next->previous = request;
    server->requests = request;
    g_mutex_unlock(&server->lock);
    http_count(server, in_flight, 1);
}

static void unlink_request(struct http_server *server, struct http_request *request)
{
    http_uncount(server, in_flight);
    g_mutex_lock(&server->lock);
    if (request->next != NULL)
        request->next->previous = request->previous;
    if (request->previous != NULL)
        request->previous->next = request->next;
    else
        server->requests = request->next;
    g_cond_signal(&server->idle);
    g_mutex_unlock(&server->lock);
}

/* The connection is done with an exchange, however it ended. */
static void complete(struct http_server *server, struct http_request *request)
{
    request->socket->request = NULL;
    g_mutex_lock(&request->lock);
    request->mhd = NULL;
    struct http_stream *stream = g_steal_pointer(&request->stream);
    bool broken = request->begun && (!request->answered || request->response != NULL);
    g_mutex_unlock(&request->lock);
    if (broken)
        http_count(server, requests[0], 1);
    if (stream != NULL) {
        stream_end(stream);
        http_stream_unref(stream);
    }
    __atomic_sub_fetch(&server->body_bytes, request->reserved, __ATOMIC_RELAXED);
    __atomic_store_n(&request->socket->in_body, false, __ATOMIC_RELAXED);
    set_deadline(request->socket, http_monotonic_ms() + server->options.idle_timeout_s * INT64_C(1000) + 2000);
    if (request->begun)
        unlink_request(server, request);
    request_unref(request);
}

static bool reserve(struct http_request *request, size_t more)
{
    struct http_server *server = request->server;
    size_t all = __atomic_add_fetch(&server->body_bytes, more, __ATOMIC_RELAXED);
    request->reserved += more;
    return all <= server->options.max_bodies;
}

/* Queues the answer if it is there; puts the connection to sleep until it is. */
static enum MHD_Result deliver(struct http_request *request)
{
    struct http_server *server = request->server;
    g_mutex_lock(&request->lock);
    struct MHD_Response *response = g_steal_pointer(&request->response);
    bool stopped = response == NULL && stage_of(server) == 2;
    if (response == NULL && !stopped) {
        MHD_suspend_connection(request->mhd);
        request->suspended = true;
        g_mutex_unlock(&request->lock);
        return MHD_YES;
    }
    g_mutex_unlock(&request->lock);
    if (stopped) {
        http_count(server, requests[5], 1);
        return MHD_queue_response(request->mhd, 503, server->busy);
    }
    http_count(server, requests[CLAMP(request->status / 100, 1, 5)], 1);
    http_count(server, bytes_out, request->sent);
    log_line(LOG_DEBUG, "http.answer", "method=%s path=%s status=%d ms=%" G_GINT64_FORMAT, request->method,
             request->target, request->status, http_monotonic_ms() - request->begun_ms);
    if (request->has_body && !request->dispatched) /* the rest of the body is not read: the connection cannot go on */
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(request->mhd, (unsigned)request->status, response);
    MHD_destroy_response(response);
    if (request->stream != NULL)
        request_give_up_memory(request);
    return result;
}

static enum MHD_Result refuse(struct http_request *request, enum hy_error code)
{
    if (code == HY_ERROR_BUSY) {
        http_count(request->server, refused_busy, 1);
        http_add_header(request, "Retry-After", "1");
    }
    http_fail(request_ref(request), code);
    return deliver(request);
}

static enum MHD_Result route(struct http_request *request)
{
    struct router_match *match = &request->match;
    if (!router_find(request->server->router, request->method, request->target, match))
        return refuse(request, HY_ERROR_BAD_REQUEST);
    if (match->route != NULL)
        return MHD_YES;
    if (match->allow == NULL)
        return refuse(request, HY_ERROR_NOT_FOUND);
    http_add_header(request, "Allow", match->allow);
    if (strcmp(request->method, "OPTIONS") != 0)
        return refuse(request, HY_ERROR_METHOD);
    http_answer(request_ref(request), 204, NULL, NULL);
    return deliver(request);
}

/* The body as announced, against the route's limit and the budget. */
static enum MHD_Result expect_body(struct http_request *request, const char *length_text)
{
    guint64 length = 0;
    size_t most = request->match.route->max_body;
    if (!request->has_body)
        return MHD_YES;
    if (length_text == NULL) /* chunked: counted as it comes */
        return most == 0 ? refuse(request, HY_ERROR_TOO_LARGE) : MHD_YES;
    if (!g_ascii_string_to_unsigned(length_text, 10, 0, G_MAXUINT64, &length, NULL) || length > most)
        return refuse(request, HY_ERROR_TOO_LARGE);
    if (!reserve(request, (size_t)length))
        return refuse(request, HY_ERROR_BUSY);
    return MHD_YES;
}

/* The header is complete. */
static enum MHD_Result begin(struct http_request *request, struct MHD_Connection *mhd, const char *method)
{
    request->begun = true;
    request->begun_ms = http_monotonic_ms();
    link_request(request->server, request);
    int problem = request_read_header(request, method, mhd);
    const char *length = http_header(request, "Content-Length");
    request->has_body =
        http_header(request, "Transfer-Encoding") != NULL || (length && strspn(length, "0") != strlen(length));
    __atomic_store_n(&request->socket->in_body, request->has_body, __ATOMIC_RELAXED);
    set_deadline(request->socket, request->has_body ? request->begun_ms + request->server->options.body_timeout_ms : 0);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (problem != 0)
        return refuse(request, (enum hy_error)(problem - 1));
    if (info != NULL && info->header_size > MAX_HEADER_BYTES)
        return refuse(request, HY_ERROR_HEADERS_TOO_LARGE);
    enum MHD_Result result = route(request);
    if (request->answered || result == MHD_NO)
        return result;
    return expect_body(request, length);
}

static enum MHD_Result take_body(struct http_request *request, const char *data, size_t *size)
{
    size_t length = *size;
    *size = 0;
    http_count(request->server, bytes_in, length);
    if (request->refused != 0) {
        request->drained += length;
        return request->drained > MAX_DRAIN ? MHD_NO : MHD_YES;
    }
    if (request->incoming == NULL)
        request->incoming = g_byte_array_sized_new((guint)CLAMP(request->reserved, 1024, 65536));
    size_t all = request->incoming->len + length;
    if (all > request->match.route->max_body)
        request->refused = HY_ERROR_TOO_LARGE + 1;
    else if (all > request->reserved && !reserve(request, all - request->reserved))
        request->refused = HY_ERROR_BUSY + 1;
    else
        g_byte_array_append(request->incoming, (const guint8 *)data, (guint)length);
    if (request->refused != 0)
        g_clear_pointer(&request->incoming, g_byte_array_unref);
    return MHD_YES;
}

static void run_on_pool(void *data, void *server_data)
{
    struct http_request *request = data;
    struct http_server *server = server_data;
    http_uncount(server, waiting);
    if (stage_of(server) == 2)
        http_fail(request, HY_ERROR_BUSY);
    else
        request->match.route->handler(request, request->match.route->data);
}

/* The body is complete: hand the exchange to its handler, who owes the answer from here on. */
static enum MHD_Result dispatch(struct http_request *request)
{
    struct http_server *server = request->server;
    const struct http_route *target = request->match.route;
    request->dispatched = true;
    set_deadline(request->socket, 0);
    if (request->refused != 0)
        return refuse(request, (enum hy_error)(request->refused - 1));
    if (request->incoming != NULL)
        request->body = g_byte_array_free_to_bytes(g_steal_pointer(&request->incoming));
    if ((target->flags & HTTP_ON_POOL) == 0) {
        target->handler(request_ref(request), target->data);
        return deliver(request);
    }
    if (stage_of(server) == 2 || http_count(server, waiting, 1) > server->options.max_waiting) {
        http_uncount(server, waiting);
        return refuse(request, HY_ERROR_BUSY);
    }
    g_thread_pool_push(server->pool, request_ref(request), NULL);
    return deliver(request);
}

static enum MHD_Result on_access(void *data, struct MHD_Connection *mhd, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_size, void **context)
{
    struct http_request *request = *context;
    (void)data;
    (void)url;
    (void)version;
    if (!request->begun)
        return begin(request, mhd, method);
    if (*upload_size > 0)
        return take_body(request, upload, upload_size);
    if (!request->dispatched)
        return dispatch(request);
    return deliver(request);
}

/* The request line is there: from now on the header has its few seconds. */
static void *on_request_line(void *data, const char *target, struct MHD_Connection *mhd)
{
    struct http_server *server = data;
    struct http_request *request = request_new(server, target);
    request->socket = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (request->socket->request != NULL)
        complete(server, request->socket->request);
    request->socket->request = request;
    int64_t latest = http_monotonic_ms() + server->options.header_timeout_ms;
    int64_t now = __atomic_load_n(&request->socket->deadline_ms, __ATOMIC_RELAXED);
    set_deadline(request->socket, now == 0 ? latest : MIN(latest, now));
    return request;
}

static void on_completed(void *data, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    struct http_request *request = *context;
    (void)mhd;
    (void)code;
    *context = NULL;
    if (request != NULL && request->socket->request == request)
        complete(data, request);
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
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &length) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    *port = ntohs(at->ai_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&bound)->sin6_port
                                            : ((struct sockaddr_in *)(void *)&bound)->sin_port);
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
    return MHD_start_daemon(flags, 0, NULL, NULL, on_access, server, MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)options->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
                            on_connection, server, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static bool open_files(struct http_server *server)
{
    struct epoll_event wake = {.events = EPOLLIN, .data.u64 = 0};
    server->watch_fd = epoll_create1(EPOLL_CLOEXEC);
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
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
    server->pool = g_thread_pool_new(run_on_pool, server, (int)server->options.workers, TRUE, &wrong);
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

/* Wakes every sleeping exchange; on_access finds the stage and answers for whoever still owes it. */
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
    return stage_of(server) > 0;
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

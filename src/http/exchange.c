/* exchange.c - one request through its stages: first line, header, body, handler, answer. On an HTTP thread, as
 * libmicrohttpd calls; only exchange_run is a worker's. */
#include "http/internal.h"

#include "base/log.h"

#include <string.h>

#define MAX_HEADER_BYTES 4096   /* so that the answer's header still fits beside it */
#define MAX_DRAIN (1024 * 1024) /* of a chunked body that is refused: read so that the answer arrives */

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
void exchange_complete(struct http_server *server, struct http_request *request)
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
    connection_set_deadline(request->socket,
                            http_monotonic_ms() + server->options.idle_timeout_s * INT64_C(1000) + 2000);
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
    bool stopped = response == NULL && server_stage(server) == 2;
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
    if (request->has_body && !request->dispatched) { /* the rest of the body is not read: the connection cannot go on */
        MHD_add_response_header(response, "Connection", "close");
        request->socket->unread = true;
    }
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
    connection_set_deadline(request->socket,
                            request->has_body ? request->begun_ms + request->server->options.body_timeout_ms : 0);
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

void exchange_run(void *data, void *server_data)
{
    struct http_request *request = data;
    struct http_server *server = server_data;
    http_uncount(server, waiting);
    if (server_stage(server) == 2)
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
    connection_set_deadline(request->socket, 0);
    if (request->refused != 0)
        return refuse(request, (enum hy_error)(request->refused - 1));
    if (request->incoming != NULL)
        request->body = g_byte_array_free_to_bytes(g_steal_pointer(&request->incoming));
    if ((target->flags & HTTP_ON_POOL) == 0) {
        target->handler(request_ref(request), target->data);
        return deliver(request);
    }
    request_ref(request); /* the answerer's */
    if (target->at_once != NULL && target->at_once(request, target->data))
        return deliver(request);
    request_unref(request);
    if (server_stage(server) == 2 || http_count(server, waiting, 1) > server->options.max_waiting) {
        http_uncount(server, waiting);
        return refuse(request, HY_ERROR_BUSY);
    }
    g_thread_pool_push(server->pool, request_ref(request), NULL);
    return deliver(request);
}

enum MHD_Result exchange_access(void *data, struct MHD_Connection *mhd, const char *url, const char *method,
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
void *exchange_first_line(void *data, const char *target, struct MHD_Connection *mhd)
{
    struct http_server *server = data;
    struct http_request *request = request_new(server, target);
    request->socket = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (request->socket->request != NULL)
        exchange_complete(server, request->socket->request);
    request->socket->request = request;
    int64_t latest = http_monotonic_ms() + server->options.header_timeout_ms;
    int64_t now = __atomic_load_n(&request->socket->deadline_ms, __ATOMIC_RELAXED);
    connection_set_deadline(request->socket, now == 0 ? latest : MIN(latest, now));
    return request;
}

void exchange_completed(void *data, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    struct http_request *request = *context;
    (void)mhd;
    (void)code;
    *context = NULL;
    if (request != NULL && request->socket->request == request)
        exchange_complete(data, request);
}

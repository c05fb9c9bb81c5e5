#include "http/internal.h"

#include <string.h>
#include <sys/epoll.h>

struct http_stream {
    gatomicrefcount refs;
    struct http_server *server;
    struct http_stream_watch watch;
    uint64_t serial; /* 0 until attached */

    GMutex lock; /* of everything below */
    struct MHD_Connection *mhd;
    int fd;                /* valid while mhd is */
    GQueue queue;          /* of GBytes, a reference each */
    size_t queued, offset; /* bytes waiting; how much of the first frame is gone */
    int64_t last_ms;       /* when something was handed over */
    bool suspended, closing, cut, ended;
};

static struct http_stream *stream_new(struct http_server *server, const struct http_stream_watch *watch)
{
    struct http_stream *stream = g_new0(struct http_stream, 1);
    g_atomic_ref_count_init(&stream->refs);
    g_mutex_init(&stream->lock);
    g_queue_init(&stream->queue);
    stream->server = server_ref(server);
    stream->watch = *watch;
    stream->last_ms = http_monotonic_ms();
    return stream;
}

struct http_stream *http_stream_ref(struct http_stream *stream)
{
    g_atomic_ref_count_inc(&stream->refs);
    return stream;
}

void http_stream_unref(struct http_stream *stream)
{
    if (stream == NULL || !g_atomic_ref_count_dec(&stream->refs))
        return;
    g_queue_clear_full(&stream->queue, (GDestroyNotify)g_bytes_unref);
    server_unref(stream->server);
    g_mutex_clear(&stream->lock);
    g_free(stream);
}

static void wake(struct http_stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    MHD_resume_connection(stream->mhd);
}

/* Under the lock. The socket is shut down because a connection that waits for its peer asks us nothing. */
static void cut(struct http_stream *stream)
{
    if (stream->cut || stream->ended)
        return;
    stream->cut = true;
    g_queue_clear_full(&stream->queue, (GDestroyNotify)g_bytes_unref);
    stream->queued = stream->offset = 0;
    if (stream->mhd != NULL)
        shutdown(stream->fd, SHUT_RDWR);
    wake(stream);
}

/* Copies what fits; true when that emptied the queue. */
static bool hand_over(struct http_stream *stream, char *buffer, size_t room, size_t *copied)
{
    while (*copied < room && !g_queue_is_empty(&stream->queue)) {
        GBytes *frame = g_queue_peek_head(&stream->queue);
        size_t size = 0;
        const char *data = g_bytes_get_data(frame, &size);
        size_t part = MIN(size - stream->offset, room - *copied);
        memcpy(buffer + *copied, data + stream->offset, part);
        *copied += part;
        stream->offset += part;
        stream->queued -= part;
        if (stream->offset == size) {
            g_bytes_unref(g_queue_pop_head(&stream->queue));
            stream->offset = 0;
        }
    }
    stream->last_ms = http_monotonic_ms();
    return g_queue_is_empty(&stream->queue);
}

/* libmicrohttpd asks for bytes. With none there the connection sleeps until wake. */
static ssize_t read_frames(void *data, uint64_t position, char *buffer, size_t room)
{
    struct http_stream *stream = data;
    size_t copied = 0;
    ssize_t answer;
    bool drained = false;
    (void)position;
    g_mutex_lock(&stream->lock);
    if (stream->cut || stream->mhd == NULL) {
        answer = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (!g_queue_is_empty(&stream->queue)) {
        drained = hand_over(stream, buffer, room, &copied);
        answer = (ssize_t)copied;
    } else if (stream->closing || http_server_stopping(stream->server)) {
        answer = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        MHD_suspend_connection(stream->mhd);
        stream->suspended = true;
        answer = 0;
    }
    g_mutex_unlock(&stream->lock);
    http_count(stream->server, stream_bytes, copied);
    if (drained && stream->watch.drained != NULL)
        stream->watch.drained(stream, stream->watch.data);
    return answer;
}

static void free_reader(void *data)
{
    http_stream_unref(data);
}

struct http_stream *http_stream_start(struct http_request *request, const struct http_stream_watch *watch,
                                      GBytes *first)
{
    enum { BLOCK = 512 }; /* only HTTP/1.0 clients are fed through it */
    struct http_stream *stream = stream_new(request->server, watch);
    if (first != NULL && g_bytes_get_size(first) > 0) {
        g_queue_push_tail(&stream->queue, g_bytes_ref(first));
        stream->queued = g_bytes_get_size(first);
    }
    http_add_header(request, "X-Accel-Buffering", "no"); /* nginx passes it on as it comes */
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_frames, http_stream_ref(stream), free_reader);
    request_put_headers(request, response, "text/event-stream");
    request_set_response(request, 200, response, stream);
    return stream;
}

void stream_attach(struct http_stream *stream, struct http_request *request)
{
    struct http_server *server = stream->server;
    int buffer = HTTP_STREAM_MAX_BYTES / 2; /* what the kernel may hold for a slow reader, beside our queue */
    stream->mhd = request->mhd;
    stream->fd = request->socket->fd;
    setsockopt(stream->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    g_mutex_lock(&server->lock);
    stream->serial = ++server->last_serial;
    g_hash_table_insert(server->streams, GSIZE_TO_POINTER(stream->serial), http_stream_ref(stream));
    g_mutex_unlock(&server->lock);
    http_count(server, streams, 1);
    /* A sleeping connection is not polled by libmicrohttpd: a peer that closes would be noticed one heartbeat late. */
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = stream->serial};
    epoll_ctl(server->watch_fd, EPOLL_CTL_ADD, stream->fd, &event);
}

void stream_end(struct http_stream *stream)
{
    struct http_server *server = stream->server;
    g_mutex_lock(&stream->lock);
    bool attached = stream->mhd != NULL;
    if (attached)
        epoll_ctl(server->watch_fd, EPOLL_CTL_DEL, stream->fd, NULL);
    stream->ended = true;
    stream->mhd = NULL;
    g_queue_clear_full(&stream->queue, (GDestroyNotify)g_bytes_unref);
    stream->queued = stream->offset = 0;
    g_mutex_unlock(&stream->lock);
    stream->watch.gone(stream, stream->watch.data);
    if (!attached)
        return;
    http_uncount(server, streams);
    gpointer mine = NULL;
    g_mutex_lock(&server->lock);
    g_hash_table_steal_extended(server->streams, GSIZE_TO_POINTER(stream->serial), NULL, &mine);
    g_mutex_unlock(&server->lock);
    http_stream_unref(mine);
}

bool http_stream_send(struct http_stream *stream, GBytes *frame)
{
    size_t size = g_bytes_get_size(frame);
    g_mutex_lock(&stream->lock);
    bool open = !stream->ended && !stream->closing && !stream->cut;
    guint waiting = g_queue_get_length(&stream->queue);
    if (open && waiting > 0 && (waiting >= HTTP_STREAM_MAX_FRAMES || stream->queued + size > HTTP_STREAM_MAX_BYTES)) {
        cut(stream);
        http_count(stream->server, slow_streams, 1);
        open = false;
    }
    if (open && size > 0) {
        g_queue_push_tail(&stream->queue, g_bytes_ref(frame));
        stream->queued += size;
        wake(stream);
        http_count(stream->server, stream_frames, 1);
    }
    g_mutex_unlock(&stream->lock);
    return open;
}

size_t http_stream_queued(struct http_stream *stream)
{
    g_mutex_lock(&stream->lock);
    size_t queued = stream->queued;
    g_mutex_unlock(&stream->lock);
    return queued;
}

void http_stream_close(struct http_stream *stream)
{
    g_mutex_lock(&stream->lock);
    stream->closing = true;
    wake(stream);
    g_mutex_unlock(&stream->lock);
}

void stream_cut(struct http_stream *stream)
{
    g_mutex_lock(&stream->lock);
    cut(stream);
    g_mutex_unlock(&stream->lock);
}

void stream_beat(struct http_stream *stream, GBytes *comment, int64_t now_ms)
{
    g_mutex_lock(&stream->lock);
    bool due = stream->suspended && now_ms - stream->last_ms >= stream->server->options.heartbeat_ms;
    if (due) {
        g_queue_push_tail(&stream->queue, g_bytes_ref(comment));
        stream->queued += g_bytes_get_size(comment);
        wake(stream);
    }
    g_mutex_unlock(&stream->lock);
}

GBytes *http_stream_frame(const char *id, const char *event, const char *data, size_t length)
{
    GString *text = g_string_sized_new(length + 64);
    if (id != NULL)
        g_string_append_printf(text, "id: %s\n", id);
    if (event != NULL)
        g_string_append_printf(text, "event: %s\n", event);
    for (size_t at = 0, end; at <= length; at = end + 1) {
        for (end = at; end < length && data[end] != '\n' && data[end] != '\r';)
            end++;
        g_string_append(text, "data: ");
        g_string_append_len(text, data + at, (gssize)(end - at));
        g_string_append_c(text, '\n');
        if (end + 1 < length && data[end] == '\r' && data[end + 1] == '\n')
            end++;
    }
    g_string_append_c(text, '\n');
    return g_string_free_to_bytes(text);
}

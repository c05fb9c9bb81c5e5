/* stream.h - answers that stay open: server-sent events.
 *
 *   event ──▶ one GBytes frame ──▶ http_stream_send × every listener ──▶ socket
 *
 * A frame is made once and only referenced by each stream. An idle stream owns
 * no buffer. One timer thread sends a comment every 15 s to all; a peer that
 * closes is noticed at once, one that vanishes within 30 s.
 *
 * Ownership: a stream is reference-counted; http_stream_start gives the caller
 * one reference, the server holds its own until the client is gone. gone runs
 * exactly once for every started stream, whoever ended it, on an HTTP thread
 * or in http_server_free; after it the server never touches data again and
 * http_stream_send returns false. The usual way: data owns the reference and
 * gone gives up both.
 *
 * Any thread. No callback runs with a lock of ours held, so callbacks may call
 * everything here; they must not block. */
#pragma once
#include "http/server.h"

struct http_stream;

#define HTTP_STREAM_MAX_BYTES (256 * 1024)
#define HTTP_STREAM_MAX_FRAMES 256

struct http_stream_watch {
    void (*gone)(struct http_stream *stream, void *data); /* must */
    /* Everything queued has been handed to the connection: room for more of a long replay. NULL: not asked for. */
    void (*drained)(struct http_stream *stream, void *data);
    void *data;
};

/* Ends the exchange as http_answer does, with 200, text/event-stream and the headers added before. first: a frame to
 * begin with (referenced), NULL = none. gone may run, on another thread, before this returns. Never NULL. */
struct http_stream *http_stream_start(struct http_request *request, const struct http_stream_watch *watch,
                                      GBytes *first);

struct http_stream *http_stream_ref(struct http_stream *stream);
void http_stream_unref(struct http_stream *stream);
typedef struct http_stream http_stream_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(http_stream_auto, http_stream_unref)

/* Queues a frame: whole events, "id: 7\ndata: {…}\n\n" (http_stream_frame makes one). False when the client is gone,
 * the stream closed, or its queue full: then it is cut here and now. One frame alone may be larger than the bound. */
bool http_stream_send(struct http_stream *stream, GBytes *frame);

/* Bytes not yet handed to the connection. */
size_t http_stream_queued(struct http_stream *stream);

/* Sends what is queued, then ends the answer properly. Again does nothing. */
void http_stream_close(struct http_stream *stream);

/* One event as a frame. id and event may be NULL; each line of data becomes a data line. g_bytes_unref. */
GBytes *http_stream_frame(const char *id, const char *event, const char *data, size_t length);

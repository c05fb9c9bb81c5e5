/* server.h - HTTP/1.1 on libmicrohttpd: connections in, answers out.
 *
 *   socket ──▶ guards ──▶ router ──▶ body, capped ──▶ handler ──▶ http_answer ──▶ socket
 *                                                        └──────▶ http_stream_start (stream.h)
 *
 * It knows nothing of the domain: routes come as a table, and the way an error
 * looks is a callback. TLS and HTTP/2 are the business of the proxy in front.
 *
 * An exchange is one struct http_request: the request and the answer to it. A
 * handler, or whoever it hands the exchange to, calls http_answer exactly once,
 * from any thread, now or later; until then everything the accessors return
 * stays valid, afterwards the pointer must not be used. The client may be long
 * gone by then: the answer is dropped quietly.
 *
 * Guards, before a handler sees anything: a header must be complete within 5 s
 * and fit 4 kB, cookies counted twice (431, mostly by libmicrohttpd itself, in plain HTML); a body in 60 s;
 * Content-Length above the route's limit is refused on sight (413), a chunked
 * body when it grows past it; a double Content-Length, Content-Length beside
 * Transfer-Encoding, a NUL, a broken %-escape or text that is not UTF-8 in the
 * path is 400; all bodies together keep to one budget (503).
 *
 * Threads: one that accepts, two HTTP threads (epoll), a pool of workers, one timer thread. */
#pragma once
#include "base/error.h"

#include <stdint.h>

struct http_server;
struct http_request;

enum http_flag {
    HTTP_ON_POOL = 1 << 0, /* may block: runs on a worker. Without it: runs on the HTTP thread and must not block */
};

/* path: "/api/v1/conversations/{id}/reply"; {name} stands for one segment that is not empty, {name*} at the end for
 * the rest, which may be empty. What is written out wins over {name}, {name} over {name*}. A GET serves HEAD too;
 * OPTIONS answers 204 with Allow unless it has a route. A path known only with other methods is 405 with Allow
 * ({name*} does not make a path known). */
struct http_route {
    const char *method, *path;
    size_t max_body; /* 0: none allowed */
    unsigned flags;  /* enum http_flag */
    void (*handler)(struct http_request *request, void *data);
    void *data;
    /* Asked before a handler on the pool, on the HTTP thread: must not block. True: it has answered, or will. NULL:
     * none. */
    bool (*at_once)(struct http_request *request, void *data);
};

/* Zero stands for the default in every field but those marked. Everything is borrowed for the life of the server. */
struct http_options {
    const char *listen;              /* must: "127.0.0.1:8080", "[::1]:0", "localhost:8080"; port 0 picks one */
    const struct http_route *routes; /* must */
    size_t route_count;
    unsigned threads;            /* 2 */
    unsigned workers;            /* 8 */
    unsigned max_waiting;        /* 1024 exchanges waiting for a worker; more are 503 */
    unsigned max_connections;    /* 10000, or what the process may open */
    size_t max_bodies;           /* 256 MB of request bodies at one time */
    const char *trusted_proxies; /* "loopback, 10.0.0.0/8, fd00::1": whose X-Forwarded-For and -Proto count; none */
    int header_timeout_ms;       /* 5000 */
    int body_timeout_ms;         /* 60000 */
    int idle_timeout_s;          /* 60, between two requests of a connection and for a stuck answer */
    int heartbeat_ms;            /* 15000, of streams */
    int drain_ms;                /* 5000: how long http_server_free waits for answers */
    /* Answers with http_answer, before it returns, what went wrong before a handler; also reached by http_fail. Any
     * thread, must not block. NULL: one line of plain text. */
    void (*on_error)(struct http_request *request, enum hy_error code, void *data);
    void *data; /* for on_error */
};

/* Listens and serves from here on. BAD_VALUE naming "listen", "routes" or "trusted_proxies"; INTERNAL otherwise.
 * Raises the process's limit of open files to what it may be. */
struct http_server *http_server_new(const struct http_options *options, GError **error);

/* Takes no more connections, closes streams, waits up to drain_ms for answers, answers the rest BUSY, stops the
 * threads. Exchanges still held elsewhere may be answered later; nothing comes of it. Not from a handler. */
void http_server_free(struct http_server *server);
typedef struct http_server http_server_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(http_server_auto, http_server_free)

unsigned http_server_port(const struct http_server *server);
const char *http_server_url(const struct http_server *server); /* "http://127.0.0.1:8080"; borrowed */
bool http_server_stopping(const struct http_server *server);

/* ---- the request; everything borrowed until the answer ---- */

const char *http_method(const struct http_request *request); /* "HEAD" stays "HEAD" */
const char *http_path(const struct http_request *request);   /* "/a/b", still escaped, without the query */
const char *http_parameter(const struct http_request *request, const char *name); /* of the path, decoded; or NULL */
/* Decoded; the first of its name; NULL when absent or not decodable (broken escape, NUL, not UTF-8). */
const char *http_query(struct http_request *request, const char *name);
/* All of that name, NULL-terminated. Free with g_strfreev. */
char **http_query_all(const struct http_request *request, const char *name);
const char *http_query_string(const struct http_request *request);             /* as it came; "" when none */
const char *http_header(const struct http_request *request, const char *name); /* any case; the first; or NULL */
const char *http_cookie(struct http_request *request, const char *name);       /* or NULL */
GBytes *http_body(const struct http_request *request);                         /* never NULL */
const char *http_remote(const struct http_request *request); /* the client's address, "203.0.113.7" or "2001:db8::1" */
bool http_is_tls(const struct http_request *request);        /* as a trusted proxy says */
const struct http_route *http_route_of(const struct http_request *request); /* NULL in on_error when none matched */
struct http_server *http_server_of(const struct http_request *request);

/* ---- the answer ---- */

/* Before http_answer or http_stream_start; replaces nothing, so say a name twice only where HTTP allows it. A value
 * with a control character is left out. Set by default unless given: Cache-Control: no-store, X-Content-Type-Options,
 * Referrer-Policy, and for text/html a strict Content-Security-Policy. */
void http_add_header(struct http_request *request, const char *name, const char *value);

/* Ends the exchange. body is referenced, not copied; NULL = empty. content_type NULL = none. Any thread. */
void http_answer(struct http_request *request, int status, const char *content_type, GBytes *body);

/* The same with text that is given away (g_free'd later). */
void http_answer_take(struct http_request *request, int status, const char *content_type, char *text, size_t length);

/* Ends the exchange through on_error. */
void http_fail(struct http_request *request, enum hy_error code);

/* ---- figures for /metrics ---- */

struct http_counters {
    uint64_t requests[6];         /* by class: [2] = 2xx …; [0] = broken off before an answer */
    uint64_t bytes_in, bytes_out; /* bodies, without streams */
    uint64_t stream_frames, stream_bytes;
    uint64_t slow_headers, slow_bodies;                /* connections the sweeper cut */
    uint64_t slow_streams;                             /* streams cut because their queue was full */
    uint64_t refused_busy;                             /* 503 for a full pool or body budget */
    unsigned in_flight, connections, streams, waiting; /* now */
};
void http_server_counters(struct http_server *server, struct http_counters *out);

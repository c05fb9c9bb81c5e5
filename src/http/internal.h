/* internal.h - what server.c, exchange.c, request.c and stream.c know of each other. Nobody else includes it.
 *
 * Locks: a request's, a stream's, and inside either the server's, under which nothing else is locked.
 * libmicrohttpd's own come last: suspending and resuming happens inside the request's or the stream's lock, so that a
 * wake-up cannot fall between "nothing there" and "asleep". */
#pragma once
#include "base/net.h"
#include "http/router.h"
#include "http/stream.h"

#include <microhttpd.h>

/* A socket. Lives from accept to close; owned by the server's list. */
struct connection {
    struct connection *next, *previous;
    struct http_request *request; /* begun with its first line and not completed; HTTP thread */
    int fd;
    bool in_body;        /* what the deadline is for */
    bool cut;            /* shut down by the sweeper */
    bool unread;         /* answered before the client had said all: it is heard out, see linger.h */
    int64_t deadline_ms; /* monotonic, atomic; 0 = none: an exchange is with its handler */
};

struct http_server {
    gatomicrefcount refs;        /* http_server_free's, and one of each exchange and stream: memory only */
    struct http_options options; /* defaults filled in */
    struct MHD_Daemon *daemon;
    struct router *router;
    struct net_set *trusted;
    struct MHD_Response *busy; /* for exchanges that are still unanswered when the server stops */
    GThreadPool *pool;
    GThread *timer, *acceptor;
    int listen_fd, watch_fd, wake_fd;
    unsigned port;
    char *url;
    int stopping; /* atomic: 1 draining, 2 nothing may be suspended any more */

    GMutex lock; /* of everything below but the counters */
    GCond idle;  /* in_flight fell, while stopping */
    struct connection *connections;
    struct lingering *linger; /* the timer thread's, and whoever adds */
    struct http_request *requests;
    GHashTable *streams; /* serial → struct http_stream, one reference each */
    uint64_t last_serial;
    struct http_counters counters; /* each atomic */
    size_t body_bytes;             /* atomic: reserved for bodies */
};

struct http_request {
    gatomicrefcount refs;       /* one of the connection, one of whoever owes the answer */
    GMutex lock;                /* of server … response */
    struct http_server *server; /* NULL once the connection is done with it */
    struct MHD_Connection *mhd; /* the same */
    bool suspended, answered;
    struct MHD_Response *response; /* answered and not yet queued */
    int status;
    struct http_stream *stream; /* a reference, when the answer is one */

    struct http_request *next, *previous; /* server's list, under its lock */
    struct connection *socket;            /* HTTP thread */

    char *target; /* "/path" NUL "query": cut apart in place */
    const char *query;
    char *headers; /* "name" NUL "value" NUL … NUL */
    char method[16], remote[NET_TEXT];
    bool begun, has_body, dispatched, is_tls;
    int refused;      /* what to answer at the end of the body instead of dispatching, as enum hy_error + 1 */
    int64_t begun_ms; /* monotonic */
    struct router_match match;
    GByteArray *incoming;
    GBytes *body;
    size_t reserved;     /* of the server's budget */
    size_t drained;      /* of a body that is refused */
    size_t sent;         /* length of the answer */
    GPtrArray *extra;    /* header name, value, name, value … */
    GHashTable *decoded; /* query and cookie values handed out */
};

int64_t http_monotonic_ms(void);
#define http_count(server, field, by) __atomic_add_fetch(&(server)->counters.field, (by), __ATOMIC_RELAXED)
#define http_uncount(server, field) __atomic_sub_fetch(&(server)->counters.field, 1, __ATOMIC_RELAXED)

static inline int server_stage(const struct http_server *server)
{
    return __atomic_load_n(&server->stopping, __ATOMIC_SEQ_CST);
}

static inline void connection_set_deadline(struct connection *socket, int64_t at_ms)
{
    __atomic_store_n(&socket->deadline_ms, at_ms, __ATOMIC_RELAXED);
}

struct http_server *server_ref(struct http_server *server);
void server_unref(struct http_server *server);

/* exchange.c: libmicrohttpd's callbacks, the pool's, and the end of an exchange however it came */
void *exchange_first_line(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result exchange_access(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
                                const char *version, const char *upload, size_t *upload_size, void **context);
void exchange_completed(void *server, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code);
void exchange_complete(struct http_server *server, struct http_request *request);
void exchange_run(void *request, void *server);

/* request.c */
struct http_request *request_new(struct http_server *server, const char *target);
struct http_request *request_ref(struct http_request *request);
void request_unref(struct http_request *request);
/* Copies the header and looks at it: 0, or what is wrong with it as an enum hy_error + 1. */
int request_read_header(struct http_request *request, const char *method, struct MHD_Connection *mhd);
void request_give_up_memory(struct http_request *request);
void request_set_response(struct http_request *request, int status, struct MHD_Response *response,
                          struct http_stream *stream);
void request_put_headers(struct http_request *request, struct MHD_Response *response, const char *content_type);

/* stream.c */
void stream_attach(struct http_stream *stream, struct http_request *request); /* under the request's lock */
void stream_end(struct http_stream *stream);                                  /* the connection is done with it */
void stream_cut(struct http_stream *stream);                                  /* the peer has closed */
void stream_beat(struct http_stream *stream, GBytes *comment, int64_t now_ms);

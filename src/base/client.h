/* client.h - HTTP to other people's servers: libcurl's multi interface on one thread.
 *
 *   outbox, pollers ──client_send──▶ [one thread] ──▶ platform
 *                   ◀──callback────
 *
 * TLS is verified, only http and https are spoken, redirects are not followed
 * unless asked, the environment's proxies are not used. HTTP/1.1 only: there a
 * request's bytes are either on the wire or not, which is what the outbox must
 * know. Connections are kept and used again.
 *
 * How it ended, decided after the transfer:
 *   ANSWERED     a status and a whole body came, within the limits.
 *   NOT_REACHED  no byte of the request left: name unknown, refused, no route, guarded address, TLS refused, time
 *                ran out before that. Decided by curl's count of request bytes written to the socket being zero
 *                (CURLINFO_REQUEST_SIZE and _SIZE_UPLOAD). Sending again is safe.
 *   BROKEN_OFF   anything else: at least one byte left, no whole answer came back (closed, time out, half a body,
 *                too large, cancelled). It may have been carried out.
 * libcurl by itself repeats a request when a kept connection turns out dead. That is let happen only to GET, HEAD
 * and requests marked may_repeat; for the others the second attempt is stopped and they end BROKEN_OFF.
 *
 * The guard: after the name is resolved, and for every address tried, addresses that are not public (loopback,
 * private, link-local, shared, multicast, reserved, and IPv6 forms that carry such IPv4) are refused before a socket
 * is opened; the address checked is the one connected to, so a name cannot change its mind in between.
 *
 * client_send from any thread. Callbacks run on the client's thread, must not block, may call client_send. */
#pragma once
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct client;

/* Zero stands for the default. Copied. */
struct client_options {
    bool guard;                    /* refuse addresses that are not public … */
    const char *allow;             /* … except these: "loopback, private, 10.1.0.0/16"; NULL = none */
    unsigned max_calls;            /* 4096 given to client_send and not yet ended */
    unsigned max_connections;      /* 64 at one time; more wait */
    unsigned max_host_connections; /* 8 to one host and port */
    const char *ca_file;           /* NULL: the system's; PEM, for tests and private authorities */
};

/* BAD_VALUE naming "allow"; INTERNAL. */
struct client *client_new(const struct client_options *options, GError **error);
/* Ends every call (its callback runs, BROKEN_OFF or NOT_REACHED) and the thread. Not from a callback. */
void client_free(struct client *client);
typedef struct client client_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(client_auto, client_free)

/* Everything is copied or referenced by client_send. */
struct client_request {
    const char *method;         /* NULL = "GET" */
    const char *url;            /* http or https, at most LIMIT_URL bytes */
    const char *const *headers; /* "Name: value", NULL-terminated; NULL = none */
    GBytes *body;               /* NULL = none */
    int timeout_ms;             /* for everything, waiting for a connection included; 0 = 20000 */
    size_t max_response;        /* 0 = LIMIT_RESPONSE; larger answers are BROKEN_OFF */
    unsigned redirects;         /* how many may be followed; 0 = the 3xx is the answer */
    bool may_repeat;            /* doing it twice does no harm (an idempotency key); GET and HEAD are so by nature */
};

enum client_fate { CLIENT_ANSWERED, CLIENT_NOT_REACHED, CLIENT_BROKEN_OFF };

/* Borrowed for the callback. */
struct client_response {
    enum client_fate fate;
    int status;       /* 0 unless ANSWERED */
    const void *body; /* not terminated; empty unless ANSWERED */
    size_t body_length;
    const char *detail; /* English, for the log: "Connection timed out after 2000 ms"; "" when ANSWERED */
    bool guarded;       /* NOT_REACHED because the guard refused the address */
    int64_t took_ms;
    const void *headers; /* private */
};

/* The first of that name, any case; NULL when absent. Borrowed. */
const char *client_response_header(const struct client_response *response, const char *name);

typedef void (*client_callback)(const struct client_response *response, void *data);

/* True: callback runs exactly once. False: it never does; BAD_VALUE naming method, url or headers; TOO_LONG naming
 * url; BUSY when max_calls are under way or the client is being freed. */
bool client_send(struct client *client, const struct client_request *request, client_callback callback, void *data,
                 GError **error);

struct client_counters {
    uint64_t answered, not_reached, broken_off;
    unsigned under_way;
};
void client_counters(struct client *client, struct client_counters *out);

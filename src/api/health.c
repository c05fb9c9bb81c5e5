/* health.c - for those who watch over the program: alive, ready, figures; and the live push's address. */
#include "api/call.h"
#include "api/guard.h"
#include "api/live.h"
#include "base/net.h"
#include "store/event.h"

#include <string.h>
#include <sys/statvfs.h>

static const char TEXT_TYPE[] = "text/plain; charset=utf-8";

bool api_health_live(struct call *call, GError **error)
{
    (void)error;
    g_autoptr(GBytes) body = g_bytes_new_static("ok\n", 3);
    http_answer(call->request, 200, TEXT_TYPE, body);
    return true;
}

static bool touch(struct tx *tx, void *data, GError **error)
{
    int64_t *seq = data;
    return event_last_seq(tx, seq, error);
}

static bool has_room(const char *dir, GError **error)
{
    const uint64_t least = UINT64_C(32) * 1024 * 1024;
    struct statvfs disk;
    if (statvfs(dir, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize >= least)
        return true;
    error_set(error, HY_ERROR_STORE_FULL, NULL, "less than 32 MB left for the data");
    return false;
}

bool api_health_ready(struct call *call, GError **error)
{
    int64_t seq;
    (void)error;
    g_autoptr(GError) trouble = NULL;
    if (!store_read(call->app->store, touch, &seq, &trouble) || !has_room(call->app->config->data, &trouble)) {
        call_refuse(call, 503, trouble); /* whatever it is: the one status every load balancer takes for "not now" */
        return true;
    }
    g_autoptr(GBytes) body = g_bytes_new_static("ready\n", 6);
    http_answer(call->request, 200, TEXT_TYPE, body);
    return true;
}

/* ---- figures ---- */

static void figure(GString *out, const char *name, const char *type, const char *help, uint64_t value)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GUINT64_FORMAT "\n", name, help, name, type, name,
                           value);
}

static void write_http(GString *out, struct http_server *server)
{
    struct http_counters http;
    http_server_counters(server, &http);
    g_string_append(out, "# HELP huiyin_http_requests_total Answers by class of status.\n"
                         "# TYPE huiyin_http_requests_total counter\n");
    for (int class = 1; class < 6; class ++)
        g_string_append_printf(out, "huiyin_http_requests_total{status=\"%dxx\"} %" G_GUINT64_FORMAT "\n", class,
                               http.requests[class]);
    figure(out, "huiyin_http_broken_off_total", "counter", "Requests that ended before an answer.", http.requests[0]);
    figure(out, "huiyin_http_in_bytes_total", "counter", "Bytes of request bodies.", http.bytes_in);
    figure(out, "huiyin_http_out_bytes_total", "counter", "Bytes of answers.", http.bytes_out);
    figure(out, "huiyin_http_refused_busy_total", "counter", "Requests refused for lack of room.", http.refused_busy);
    figure(out, "huiyin_http_slow_total", "counter", "Connections cut for slow headers or bodies.",
           http.slow_headers + http.slow_bodies);
    figure(out, "huiyin_http_slow_streams_total", "counter", "Streams cut because they did not read.",
           http.slow_streams);
    figure(out, "huiyin_http_stream_bytes_total", "counter", "Bytes sent on streams.", http.stream_bytes);
    figure(out, "huiyin_http_connections", "gauge", "Open connections.", http.connections);
    figure(out, "huiyin_http_streams", "gauge", "Open streams.", http.streams);
    figure(out, "huiyin_http_in_flight", "gauge", "Requests being worked on.", http.in_flight);
    figure(out, "huiyin_http_waiting", "gauge", "Requests waiting for a worker.", http.waiting);
}

static void write_store(GString *out, struct store *store)
{
    struct store_figures figures;
    store_figures(store, &figures);
    figure(out, "huiyin_store_commits_total", "counter", "Transactions committed.", figures.commits);
    figure(out, "huiyin_store_writes_total", "counter", "Writes, several a commit.", figures.jobs);
    figure(out, "huiyin_store_failed_writes_total", "counter", "Writes that were undone.", figures.failed_jobs);
    figure(out, "huiyin_store_queue", "gauge", "Writes that wait.", figures.queued);
}

static void write_live(GString *out, struct live *live)
{
    struct live_figures figures;
    live_figures(live, &figures);
    figure(out, "huiyin_events_total", "counter", "Events sent to open consoles since the start.", figures.events);
    figure(out, "huiyin_event_seq", "gauge", "The newest event that was sent.", (uint64_t)figures.seq);
    figure(out, "huiyin_consoles", "gauge", "Consoles that are open.", figures.streams);
    figure(out, "huiyin_reloads_total", "counter", "Consoles told to fetch everything again.", figures.reloads);
}

static bool is_loopback(const char *address)
{
    g_autoptr(net_set_auto) loopback = net_set_parse("loopback", NULL);
    struct net_address parsed;
    return net_parse(address, &parsed) && net_set_has(loopback, &parsed);
}

static bool may_see_figures(struct call *call, GError **error)
{
    g_auto(session_holder_auto) holder = {0};
    if (is_loopback(http_remote(call->request)))
        return true;
    if (!guard_identify(call->app, call->request, call->now_ms, &holder, error))
        return false;
    if (holder.token_id != 0 && holder.unlimited)
        return true;
    error_set(error, HY_ERROR_FORBIDDEN, NULL, "a token of scope all is needed from elsewhere");
    return false;
}

bool api_health_metrics(struct call *call, GError **error)
{
    if (!may_see_figures(call, error))
        return false;
    GString *out = g_string_new(NULL);
    write_http(out, http_server_of(call->request));
    write_store(out, call->app->store);
    if (call->app->live != NULL)
        write_live(out, call->app->live);
    size_t length = out->len;
    http_answer_take(call->request, 200, "text/plain; version=0.0.4; charset=utf-8", g_string_free(out, FALSE), length);
    return true;
}

/* ---- live ---- */

bool api_live_events(struct call *call, GError **error)
{
    const char *last = http_header(call->request, "Last-Event-ID");
    gint64 seq = -1;
    if (last != NULL && *last != '\0' && !g_ascii_string_to_signed(last, 10, 0, G_MAXINT64, &seq, NULL)) {
        error_set(error, HY_ERROR_BAD_VALUE, "Last-Event-ID", "not a sequence number");
        return false;
    }
    g_auto(session_holder_auto) holder = {0};
    if (!guard_identify(call->app, call->request, call->now_ms, &holder, error))
        return false;
    struct live_listener listener = {.person_id = holder.person_id,
                                     .session_id = holder.session_id,
                                     .token_id = holder.token_id,
                                     .ends_ms = holder.ends_ms,
                                     .permissions = holder.permissions};
    live_listen(call->app->live, call->request, &listener, seq);
    return true;
}

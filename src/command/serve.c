/* serve.c - huiyin serve: puts the program together, layer by layer, and takes it apart in the opposite order. */
#include "api/call.h"
#include "api/guard.h"
#include "api/idempotency.h"
#include "api/live.h"
#include "base/client.h"
#include "base/log.h"
#include "command/command.h"
#include "http/asset.h"
#include "inbox/wake.h"
#include "understanding/assess.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct server {
    const struct config *config;
    int lock;
    struct command_data data;
    struct wake *wake;
    struct app app;
    struct http_route *routes;
    size_t route_count;
};

/* ---- pages that are files ---- */

static void console(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_CONSOLE, http_parameter(request, "path"));
}

static void widget(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_WIDGET, http_parameter(request, "path"));
}

static const struct http_route PAGES[] = {
    {.method = "GET", .path = "/widget/{path*}", .handler = widget},
    {.method = "GET", .path = "/{path*}", .handler = console},
};

static void make_routes(struct server *server)
{
    size_t count;
    g_autofree struct http_route *routes = call_routes(&server->app, &count);
    (void)routes;
}

/* ---- starting ---- */

static void wake_live(void *data)
{
    live_wake(data);
}

static bool start_domain(struct server *server, GError **error)
{
    struct app *app = &server->app;
    const struct client_options outbound = {.guard = true, .allow = server->config->outbound_allow};
    app->config = server->config;
    app->clock = clock_system();
    app->secret = server->data.secret;
    app->store = server->data.store;
    app->guard = guard_new();
    app->running_keys = running_keys_new();
    return (app->assess = assess_new(error)) != NULL && (app->client = client_new(&outbound, error)) != NULL &&
           (app->live = live_new(app->store, app->guard, error)) != NULL;
}

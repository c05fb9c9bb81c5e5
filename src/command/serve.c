/* serve.c - huiyin serve: puts the program together, layer by layer, and takes it apart in the opposite order. */
#include "command/serve.h"
#include "api/answers.h"
#include "api/call.h"
#include "api/chat.h"
#include "api/chat_live.h"
#include "api/guard.h"
#include "api/idempotency.h"
#include "api/live.h"
#include "base/client.h"
#include "base/log.h"
#include "command/command.h"
#include "http/asset.h"
#include "inbox/account.h"
#include "inbox/delivery.h"
#include "inbox/follower.h"
#include "inbox/housekeeping.h"
#include "inbox/judge.h"
#include "inbox/outbox.h"
#include "inbox/poller.h"
#include "inbox/trainer.h"
#include "inbox/wake.h"
#include "store/search_index.h"
#include "understanding/assess_current.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct server {
    const struct config *config;
    int lock;
    bool demonstrates;
    struct command_data data;
    struct wake *wake;
    struct follower *follower;
    struct delivery *delivery;
    struct housekeeping *housekeeping;
    struct trainer *trainer;
    struct app app;
    struct http_route *routes;
    struct http_server *http;
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

static void nothing(struct http_request *request, void *data)
{
    (void)data;
    http_fail(request, HY_ERROR_NOT_FOUND);
}

static void widget_script(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_WIDGET, "widget.js");
}

static void shop(struct http_request *request, void *data)
{
    (void)data;
    asset_answer(request, ASSET_WIDGET, "shop.html");
}

static const struct http_route PAGES[] = {
    {.method = "GET", .path = "/widget.js", .handler = widget_script},
    {.method = "GET", .path = "/api/{path*}", .handler = nothing}, /* not the console's page */
    {.method = "GET", .path = "/widget/{path*}", .handler = widget},
    {.method = "GET", .path = "/{path*}", .handler = console},
};

/* A shop with the chat in its corner: only where there is something to demonstrate. */
static const struct http_route SHOP = {.method = "GET", .path = "/demo/shop", .handler = shop};

/* ---- starting ---- */

static void wake_live(void *data)
{
    live_wake(data);
}

static bool start_domain(struct server *server, GError **error)
{
    struct app *app = &server->app;
    /* An administrator says where a platform is: a stand-in or a proxy on this machine is fine. Outgoing webhooks
     * carry addresses that are less trusted and go through the guard. */
    const struct client_options platforms = {.guard = false};
    const struct client_options hooks = {.guard = true, .allow = server->config->outbound_allow};
    g_autofree char *search = g_build_filename(server->config->data, "search.db", NULL);
    app->config = server->config;
    app->secret = server->data.secret;
    app->store = server->data.store;
    app->clock = store_clock(app->store);
    app->guard = guard_new();
    app->answers = answers_new();
    app->running_keys = running_keys_new();
    struct assess *assess = assess_new(NULL, error);
    app->assess = assess != NULL ? assess_current_new(assess) : NULL;
    app->client = app->assess != NULL ? client_new(&platforms, error) : NULL;
    app->guarded_client = app->client != NULL ? client_new(&hooks, error) : NULL;
    app->search = app->guarded_client != NULL ? search_index_open(search, error) : NULL;
    return app->search != NULL;
}

static bool start_inbox(struct server *server, GError **error)
{
    struct app *app = &server->app;
    app->accounts = accounts_new(app->store, app->secret, channel_kind_find);
    app->judge = judge_new(app->store, app->assess, app->clock);
    if (!accounts_reload(app->accounts, error) || !judge_load(app->judge, error))
        return false;
    wake_add(server->wake, judge_wake, app->judge);
    server->trainer = trainer_new(app->store, app->clock, server->config->train_at);
    wake_add(server->wake, trainer_wake, server->trainer);
    const struct outbox_options outbox = {.store = app->store,
                                          .accounts = app->accounts,
                                          .clock = app->clock,
                                          .send = client_send,
                                          .client = app->client};
    app->outbox = outbox_new(&outbox);
    wake_add(server->wake, outbox_wake, app->outbox);
    const struct poller_options poller = {.store = app->store,
                                          .accounts = app->accounts,
                                          .assess = app->assess,
                                          .clock = app->clock,
                                          .send = client_send,
                                          .client = app->client};
    app->poller = poller_new(&poller);
    wake_add(server->wake, poller_wake, app->poller);
    const struct delivery_options delivery = {.store = app->store,
                                              .secret = app->secret,
                                              .clock = app->clock,
                                              .send = client_send,
                                              .client = app->guarded_client};
    server->delivery = delivery_new(&delivery);
    wake_add(server->wake, delivery_wake, server->delivery);
    server->housekeeping = housekeeping_new(app->store, app->clock);
    wake_add(server->wake, housekeeping_wake, server->housekeeping);
    const struct follower_options follower = {
        .store = app->store, .accounts = app->accounts, .search = app->search, .clock = app->clock};
    server->follower = follower_new(&follower);
    wake_add(server->wake, follower_wake, server->follower);
    return true;
}

/* Begins to work through what is waiting: after everything that could fail did not. */
static void run_inbox(struct server *server)
{
    outbox_start(server->app.outbox);
    poller_start(server->app.poller);
    delivery_start(server->delivery);
    housekeeping_start(server->housekeeping);
    chat_live_start(server->app.chat);
    follower_start(server->follower);
    judge_start(server->app.judge);
    trainer_start(server->trainer);
}

static bool start_http(struct server *server, GError **error)
{
    size_t count;
    struct http_route more[G_N_ELEMENTS(PAGES) + 2];
    memcpy(more, PAGES, sizeof PAGES);
    more[G_N_ELEMENTS(PAGES)] = (struct http_route){.method = "OPTIONS",
                                                    .path = "/chat/{id}/{path*}",
                                                    .flags = HTTP_ON_POOL,
                                                    .handler = chat_preflight,
                                                    .data = &server->app};
    more[G_N_ELEMENTS(PAGES) + 1] = SHOP;
    server->routes = call_routes(&server->app, more, G_N_ELEMENTS(more) - (server->demonstrates ? 0 : 1), &count);
    struct http_options options = {.listen = server->config->listen,
                                   .routes = server->routes,
                                   .route_count = count,
                                   .workers = (unsigned)server->config->workers,
                                   .max_connections = (unsigned)server->config->connections,
                                   .trusted_proxies = server->config->trusted_proxies,
                                   .on_error = call_on_error,
                                   .data = &server->app};
    server->http = http_server_new(&options, error);
    return server->http != NULL;
}

/* Whoever runs PostgreSQL this way may want it; nobody should have it without being told. */
static void warn_of_loss(struct store *store)
{
    g_autoptr(GError) error = NULL;
    if (!store_check_durable(store, &error))
        log_failure("serve.not_durable", error);
}

static bool start(struct server *server, GError **error)
{
    server->wake = wake_new();
    if (!command_lock(server->config, &server->lock, error) ||
        !command_open(server->config, COMMAND_WRITES, &server->data, error) || !start_domain(server, error) ||
        !start_inbox(server, error))
        return false;
    warn_of_loss(server->app.store);
    server->app.live = live_new(server->app.store, server->app.guard, error);
    if (server->app.live == NULL)
        return false;
    wake_add(server->wake, wake_live, server->app.live);
    server->app.chat = chat_live_new(server->app.store, server->app.clock);
    wake_add(server->wake, chat_live_wake, server->app.chat);
    store_watch(server->app.store, wake_all, server->wake);
    /* The lock on the data directory says that nobody else is at work on this SQLite; on PostgreSQL somebody may be. */
    bool alone = !store_is_postgres(server->app.store);
    if (alone && !(outbox_recover(server->app.outbox, error) && delivery_recover(server->delivery, error)))
        return false;
    if (!start_http(server, error))
        return false;
    run_inbox(server);
    return true;
}

/* ---- stopping ---- */

static void stop(struct server *server)
{
    struct app *app = &server->app;
    g_clear_pointer(&server->http, http_server_free); /* first: nobody calls any more */
    if (server->wake != NULL)
        wake_stop(server->wake);
    if (app->outbox != NULL)
        outbox_stop(app->outbox); /* nothing new goes out */
    if (app->poller != NULL)
        poller_stop(app->poller);
    if (server->delivery != NULL)
        delivery_stop(server->delivery);
    g_clear_pointer(&app->guarded_client, client_free); /* ends the calls under way … */
    g_clear_pointer(&app->client, client_free);
    g_clear_pointer(&app->outbox, outbox_free); /* … so that what became of them is recorded */
    g_clear_pointer(&app->poller, poller_free);
    g_clear_pointer(&server->delivery, delivery_free);
    g_clear_pointer(&server->trainer, trainer_free);
    g_clear_pointer(&server->housekeeping, housekeeping_free);
    g_clear_pointer(&server->follower, follower_free);
    g_clear_pointer(&app->chat, chat_live_free);
    g_clear_pointer(&app->live, live_free);
    g_clear_pointer(&app->judge, judge_free);
    g_clear_pointer(&app->accounts, accounts_free);
    g_clear_pointer(&app->search, search_index_close);
    g_clear_pointer(&app->assess, assess_current_free);
    g_clear_pointer(&app->running_keys, running_keys_free);
    g_clear_pointer(&app->answers, answers_free);
    g_clear_pointer(&app->guard, guard_free);
    command_close(&server->data);
    g_clear_pointer(&server->wake, wake_free);
    g_free(server->routes);
    if (server->lock >= 0)
        close(server->lock);
}

/* Blocked before any thread starts, so that only the wait below ever sees them. */
static void block_signals(sigset_t *ends)
{
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(ends);
    sigaddset(ends, SIGTERM);
    sigaddset(ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, ends, NULL);
}

bool serve_run(const struct config *config, const struct serve_guest *guest, GError **error)
{
    sigset_t ends;
    int end = 0;
    block_signals(&ends);
    struct server server = {.config = config, .lock = -1, .demonstrates = guest != NULL};
    bool ok = start(&server, error);
    if (ok) {
        printf("Huiyin is ready at %s\n", http_server_url(server.http));
        fflush(stdout);
        log_line(LOG_INFO, "serve.ready", "version=%s database=%s", HUIYIN_VERSION,
                 store_is_postgres(server.app.store) ? "postgres" : "sqlite");
        if (guest != NULL)
            guest->begin(&server.app, http_server_url(server.http), guest->data);
        sigwait(&ends, &end);
        log_line(LOG_INFO, "serve.stopping", "signal=%d", end);
        if (guest != NULL)
            guest->end(guest->data);
    }
    stop(&server);
    return ok;
}

int command_serve(int argc, char **argv)
{
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, "serve", NULL, &config))
        return 2;
    if (argc > 1)
        return command_usage("serve [--data DIR] [--db URL] [--listen HOST:PORT]");
    return serve_run(config, NULL, &error) ? 0 : command_fail(error);
}

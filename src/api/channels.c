/* channels.c - the channel page: kinds, channels, their test. */
#include "api/call.h"
#include "desk/channel_admin.h"
#include "inbox/account.h"
#include "inbox/probe.h"

#include <string.h>

bool api_channel_kind_list(struct call *call, GError **error)
{
    (void)error;
    call_list_begin(call);
    for (const struct channel_kind *const *kind = CHANNEL_KINDS; *kind != NULL; kind++)
        channel_admin_kind_view(*kind, call->lang, &call->out);
    call_list_end(call, NULL, 0);
    return true;
}

static bool list(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct call_page page;
    int64_t last_id;
    if (!call_page(call, 1, &page, error))
        return false;
    call_list_begin(call);
    if (!channel_admin_list(tx, call->app->secret, call->lang, page.keys[0], page.limit, &call->out, &last_id, error))
        return false;
    call_list_end(call, last_id != 0 ? &last_id : NULL, 1);
    return true;
}

bool api_channel_list(struct call *call, GError **error)
{
    return call_read(call, list, call, error);
}

static bool view(struct tx *tx, struct call *call, int64_t id, const char *shown, GError **error)
{
    return channel_admin_view(tx, call->app->secret, id, call->lang, shown, &call->out, error);
}

static bool show(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return view(tx, call, call_id(call), NULL, error);
}

bool api_channel_show(struct call *call, GError **error)
{
    return call_read(call, show, call, error);
}

/* The followers would tell the cache within a moment; the caller's next request may come sooner. */
static void reload(const struct call *call)
{
    if (call->app->accounts != NULL)
        accounts_reload(call->app->accounts, NULL);
}

static const json_t *settings_of(const struct call *call)
{
    return call_has(call, "settings") ? json_object_get(call->body, "settings") : NULL;
}

static bool create(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct channel_admin_new channel = {.kind = call_text(call, "kind"),
                                        .name = call_text(call, "name"),
                                        .brand_id = call_body_id(call, "brand_id"),
                                        .team_id = call_body_id(call, "team_id"),
                                        .settings = settings_of(call)};
    g_autofree char *shown = NULL;
    int64_t id;
    return channel_admin_create(tx, call->app->secret, call->actor, &channel, call->now_ms, &id, &shown, error) &&
           view(tx, call, id, shown, error);
}

bool api_channel_create(struct call *call, GError **error)
{
    if (!call_write(call, create, call, error))
        return false;
    reload(call);
    return true;
}

static bool change(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    bool enabled = call_flag(call, "enabled");
    struct channel_admin_change changes = {.name = call_text(call, "name"),
                                           .brand_id = call_body_id(call, "brand_id"),
                                           .team_id = call_body_id(call, "team_id"),
                                           .default_team = call_is_null(call, "team_id"),
                                           .enabled = call_has(call, "enabled") ? &enabled : NULL,
                                           .settings = settings_of(call)};
    return channel_admin_update(tx, call->app->secret, call->actor, call_id(call), &changes, call->now_ms, error) &&
           view(tx, call, call_id(call), NULL, error);
}

bool api_channel_change(struct call *call, GError **error)
{
    if (!call_write(call, change, call, error))
        return false;
    reload(call);
    return true;
}

static bool remove_channel(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!channel_admin_remove(tx, call->actor, call_id(call), call->now_ms, error))
        return false;
    call_done(call);
    return true;
}

bool api_channel_remove(struct call *call, GError **error)
{
    if (!call_write(call, remove_channel, call, error))
        return false;
    reload(call);
    return true;
}

/* ---- test ---- */

struct test {
    struct call *call;
    const struct channel_kind *kind;
    json_t *settings;
};

static bool open_channel(struct tx *tx, void *data, GError **error)
{
    struct test *test = data;
    return channel_admin_open(tx, test->call->app->secret, call_id(test->call), &test->kind, &test->settings, error);
}

bool api_channel_test(struct call *call, GError **error)
{
    struct test test = {.call = call};
    struct channel_outcome outcome = {0};
    if (!store_read(call->app->store, open_channel, &test, error))
        return false;
    json_auto_t *settings = test.settings;
    struct channel_account account = {.id = call_id(call), .kind = test.kind->kind, .settings = settings};
    if (!probe_run(call->app->client, test.kind, &account, call->now_ms, &outcome, error))
        return false;
    bool ok = outcome.fate == CHANNEL_OK;
    writer_begin_object(&call->out);
    writer_put_bool(&call->out, "ok", ok);
    writer_put_text(&call->out, "error_class", ok ? "" : channel_fate_name(outcome.fate));
    writer_put_text(&call->out, "error_code", outcome.native_code != NULL ? outcome.native_code : "");
    writer_put_text(&call->out, "text", ok ? "" : channel_fate_text(outcome.fate, call->lang));
    writer_end_object(&call->out);
    channel_outcome_clear(&outcome);
    return true;
}

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

static bool list(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return channel_admin_list(tx, call->app->secret, call->lang, page->keys[0], page->limit, &call->out, last, error);
}

bool api_channel_list(struct call *call, GError **error)
{
    return call_list(call, list, error);
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

#define TESTS_MOST 16 /* at one time */

static gint tests_under_way;

struct test {
    const struct app *app;
    int64_t id;
    const struct channel_kind *kind;
    json_t *settings;
};

struct test_answer { /* what is left of the call when the platform has answered */
    struct http_request *request;
    enum lang lang;
};

static bool open_channel(struct tx *tx, void *data, GError **error)
{
    struct test *test = data;
    return channel_admin_open(tx, test->app->secret, test->id, &test->kind, &test->settings, error);
}

static void tested(const struct channel_outcome *outcome, void *data)
{
    struct test_answer *answer = data;
    gsize length;
    g_auto(writer_auto) out = {0};
    writer_init(&out);
    channel_admin_test_view(outcome, answer->lang, &out);
    char *text = writer_steal(&out, &length);
    g_atomic_int_add(&tests_under_way, -1);
    http_answer_take(answer->request, 200, "application/json", text, length);
    g_free(answer);
}

static bool begin_test(struct call *call, const struct test *test, GError **error)
{
    struct channel_account account = {.id = test->id, .kind = test->kind->kind, .settings = test->settings};
    struct test_answer *answer = g_new(struct test_answer, 1);
    *answer = (struct test_answer){call->request, call->lang};
    if (probe_begin(call->app->client, test->kind, &account, call->now_ms, tested, answer, error))
        return true;
    g_free(answer);
    return false;
}

/* The platform may take its time: no worker waits for it. */
bool api_channel_test(struct call *call, GError **error)
{
    struct test test = {.app = call->app, .id = call_id(call)};
    if (g_atomic_int_add(&tests_under_way, 1) >= TESTS_MOST) {
        g_atomic_int_add(&tests_under_way, -1);
        error_set(error, HY_ERROR_BUSY, NULL, "%d channels are being tested", TESTS_MOST);
        return false;
    }
    bool begun = store_read(call->app->store, open_channel, &test, error) && begin_test(call, &test, error);
    json_decref(test.settings);
    if (!begun)
        g_atomic_int_add(&tests_under_way, -1);
    return begun;
}

/* outgoing.c - administration of outgoing webhooks and their delivery log. */
#include "api/call.h"
#include "desk/hook.h"

static char *kinds_of(const struct call *call)
{
    const json_t *list = json_object_get(call->body, "kinds");
    if (!json_is_array(list))
        return NULL;
    GString *kinds = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        g_string_append_printf(kinds, "%s%s", i > 0 ? " " : "", json_string_value(json_array_get(list, i)));
    return g_string_free(kinds, FALSE);
}

static bool list(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return hook_list(tx, page->keys[0], page->limit, &call->out, last, error);
}

bool api_hook_list(struct call *call, GError **error)
{
    return call_list(call, list, error);
}

static bool create(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autofree char *kinds = kinds_of(call);
    g_autofree char *shown = NULL;
    int64_t id;
    return hook_create(tx, call->app->secret, call->actor, call_text(call, "url"), kinds, call->now_ms, &id, &shown,
                       error) &&
           hook_view(tx, id, shown, &call->out, error);
}

bool api_hook_create(struct call *call, GError **error)
{
    return call_write(call, create, call, error);
}

static bool change(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autofree char *kinds = kinds_of(call);
    bool enabled = call_flag(call, "enabled");
    return hook_update(tx, call->actor, call_id(call), call_text(call, "url"), kinds,
                       call_has(call, "enabled") ? &enabled : NULL, call->now_ms, error) &&
           hook_view(tx, call_id(call), NULL, &call->out, error);
}

bool api_hook_change(struct call *call, GError **error)
{
    return call_write(call, change, call, error);
}

static bool remove_hook(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!hook_remove(tx, call->actor, call_id(call), call->now_ms, error))
        return false;
    call_done(call);
    return true;
}

bool api_hook_remove(struct call *call, GError **error)
{
    return call_write(call, remove_hook, call, error);
}

static bool list_deliveries(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last,
                            GError **error)
{
    return hook_delivery_list(tx, call_id(call), page->keys[0], page->limit, &call->out, last, error);
}

bool api_hook_delivery_list(struct call *call, GError **error)
{
    return call_list(call, list_deliveries, error);
}

static bool redeliver(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return hook_redeliver(tx, call->actor, call_id(call), call->now_ms, &call->out, error);
}

bool api_hook_delivery_resend(struct call *call, GError **error)
{
    return call_write(call, redeliver, call, error);
}

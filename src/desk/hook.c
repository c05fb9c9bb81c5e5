#include "desk/hook.h"

#include "base/id.h"
#include "base/limit.h"
#include "channels/standard_webhook.h"
#include "desk/audit.h"
#include "store/event.h"
#include "store/queries.h"

#include <curl/curl.h>
#include <string.h>

static bool check_url(const char *url, GError **error)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL, *host = NULL;
    bool ok = strlen(url) <= LIMIT_URL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host != '\0' &&
              (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parsed);
    if (!ok)
        error_set(error, HY_ERROR_BAD_VALUE, "url", "not an http or https address");
    return ok;
}

static bool check_kinds(const char *kinds, GError **error)
{
    g_auto(GStrv) names = g_strsplit(kinds, " ", -1);
    if (*kinds == '\0') {
        error_set(error, HY_ERROR_EMPTY, "kinds", "no kinds");
        return false;
    }
    for (char **name = names; *name != NULL; name++) {
        enum event_kind kind;
        if (strcmp(*name, "*") == 0 || event_kind_parse(*name, &kind))
            continue;
        error_set(error, HY_ERROR_BAD_VALUE, "kinds", "no such kind of event");
        return false;
    }
    return true;
}

static bool announce(struct tx *tx, const struct actor *actor, int64_t id, bool enabled, int64_t now_ms, GError **error)
{
    return event_append(tx,
                        &(struct event){.at_ms = now_ms,
                                        .kind = EVENT_HOOK_CHANGED,
                                        .subject_id = id,
                                        .person_id = actor->person_id,
                                        .data = enabled ? "{\"enabled\":true}" : "{\"enabled\":false}"},
                        error);
}

bool hook_create(struct tx *tx, const struct secret *secret, const struct actor *actor, const char *url,
                 const char *kinds, int64_t now_ms, int64_t *id, char **shown, GError **error)
{
    g_free(*shown);
    *shown = standard_webhook_secret();
    g_autoptr(GBytes) sealed = secret_seal(secret, *shown);
    *id = id_new(now_ms);
    return check_url(url, error) && check_kinds(kinds, error) &&
           q_hook_insert(tx, error, *id, url, kinds, sealed, now_ms) && announce(tx, actor, *id, true, now_ms, error) &&
           audit_write(tx, actor, now_ms, "hook.create", "hook", *id, NULL, error);
}

static bool find(struct tx *tx, int64_t id, struct rows **rows, struct q_hook_find *row, GError **error)
{
    if (!q_hook_find(tx, rows, error, id))
        return false;
    if (q_hook_find_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such webhook");
    return false;
}

bool hook_update(struct tx *tx, const struct actor *actor, int64_t id, const char *url, const char *kinds,
                 const bool *enabled, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_find row;
    if (!find(tx, id, &rows, &row, error) || (url != NULL && !check_url(url, error)) ||
        (kinds != NULL && !check_kinds(kinds, error)))
        return false;
    bool is_enabled = enabled != NULL ? *enabled : row.enabled;
    bool afresh = is_enabled && !row.enabled;
    g_autofree char *detail =
        g_strdup_printf("{\"url\":%s,\"kinds\":%s,\"enabled\":%s}", url != NULL ? "true" : "false",
                        kinds != NULL ? "true" : "false", is_enabled ? "true" : "false");
    return q_hook_update(tx, error, id, url != NULL ? url : row.url, kinds != NULL ? kinds : row.kinds, is_enabled,
                         afresh ? 0 : row.failing_since_ms, afresh ? "" : row.disabled_reason) &&
           announce(tx, actor, id, is_enabled, now_ms, error) &&
           audit_write(tx, actor, now_ms, "hook.update", "hook", id, detail, error);
}

bool hook_remove(struct tx *tx, const struct actor *actor, int64_t id, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_find row;
    return find(tx, id, &rows, &row, error) && q_hook_remove_deliveries(tx, error, id) &&
           q_hook_remove(tx, error, id) && announce(tx, actor, id, false, now_ms, error) &&
           audit_write(tx, actor, now_ms, "hook.remove", "hook", id, NULL, error);
}

/* ---- views ---- */

bool hook_view(struct tx *tx, int64_t id, const char *shown, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_find row;
    if (!find(tx, id, &rows, &row, error))
        return false;
    g_auto(GStrv) kinds = g_strsplit(row.kinds, " ", -1);
    writer_begin_object(out);
    writer_put_id(out, "id", row.id);
    writer_put_text(out, "url", row.url);
    writer_key(out, "kinds");
    writer_begin_array(out);
    for (char **kind = kinds; *kind != NULL; kind++)
        writer_text(out, *kind);
    writer_end_array(out);
    writer_put_bool(out, "enabled", row.enabled);
    writer_put_text(out, "secret", shown);
    writer_put_text(out, "disabled_reason", row.disabled_reason);
    writer_put_time(out, "failing_since", row.failing_since_ms);
    writer_put_time(out, "created_at", row.created_ms);
    writer_end_object(out);
    return true;
}

bool hook_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_hook_page(tx, &rows, error, after_id, limit + 1))
        return false;
    for (int64_t n = 0; q_hook_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        if (!hook_view(tx, row.id, NULL, out, error))
            return false;
    }
    return true;
}

static void write_delivery(const struct q_hook_deliveries *row, struct writer *out)
{
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_i64(out, "event_seq", row->event_seq);
    writer_put_text(out, "state", row->state);
    writer_put_i64(out, "attempts", row->attempts);
    writer_put_i64(out, "status", row->status);
    writer_put_time(out, "due_at", row->due_ms);
    writer_put_time(out, "created_at", row->created_ms);
    writer_end_object(out);
}

bool hook_delivery_list(struct tx *tx, int64_t hook_id, int64_t before_id, int64_t limit, struct writer *out,
                        int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) found = NULL;
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_find hook;
    struct q_hook_deliveries row;
    int64_t last = 0;
    *last_id = 0;
    if (!find(tx, hook_id, &found, &hook, error) || !q_hook_deliveries(tx, &rows, error, hook_id, before_id, limit + 1))
        return false;
    for (int64_t n = 0; q_hook_deliveries_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        write_delivery(&row, out);
    }
    return true;
}

bool hook_redeliver(struct tx *tx, const struct actor *actor, int64_t delivery_id, int64_t now_ms, struct writer *out,
                    GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_hook_delivery row;
    int64_t changed = 0;
    if (!q_hook_redeliver(tx, &changed, error, delivery_id, now_ms) || !q_hook_delivery(tx, &rows, error, delivery_id))
        return false;
    if (!q_hook_delivery_next(rows, &row)) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such delivery");
        return false;
    }
    if (changed == 0) {
        error_set(error, HY_ERROR_CONFLICT, "state", "it is being delivered");
        return false;
    }
    write_delivery(&(struct q_hook_deliveries){.id = row.id,
                                               .event_seq = row.event_seq,
                                               .state = row.state,
                                               .attempts = row.attempts,
                                               .status = row.status,
                                               .due_ms = row.due_ms,
                                               .created_ms = row.created_ms},
                   out);
    return audit_write(tx, actor, now_ms, "delivery.resend", "delivery", delivery_id, NULL, error);
}

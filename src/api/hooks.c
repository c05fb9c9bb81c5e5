/* hooks.c - platforms push here: GET and POST /hooks/{id}, the same for every kind of channel that is pushed.
 *
 *   request ──▶ kind->receive (verify over the raw bytes, parse) ──▶ intake, without waiting ──▶ answer after the
 * commit
 *
 * An error of the connector is answered as any other: 401 for a signature that does not fit or a stamp that is too
 * old, 400 naming the field. A good message is never refused for the bad ones of others at its address (a proxy's,
 * say): what is kept small is only what they may write into the log. */
#include "api/call.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/log.h"
#include "http/limit.h"
#include "inbox/account.h"
#include "inbox/intake.h"
#include "inbox/outbox_tx.h"

#include <string.h>

#define LOG_BURST 30
#define LOG_INTERVAL_MS (2 * CLOCK_SECOND_MS)
#define LOG_ADDRESSES 10000

/* How many refusals of one address are worth a line; for the whole process. */
static struct limit *refusals_logged(void)
{
    static gsize limit;
    if (g_once_init_enter(&limit))
        g_once_init_leave(&limit, (gsize)limit_new(LOG_BURST, LOG_INTERVAL_MS, LOG_ADDRESSES));
    return (struct limit *)limit;
}

/* ---- the answer, after the commit ---- */

struct delivery {
    struct http_request *request;
    int status;
    char *content_type, *body, *duplicate_body;
};

static void delivery_free(struct delivery *delivery)
{
    g_free(delivery->content_type);
    g_free(delivery->body);
    g_free(delivery->duplicate_body);
    g_free(delivery);
}

static void answer(struct delivery *delivery, bool all_known)
{
    bool duplicate = all_known && delivery->duplicate_body != NULL;
    char *body = duplicate ? g_steal_pointer(&delivery->duplicate_body) : g_steal_pointer(&delivery->body);
    size_t length = body != NULL ? strlen(body) : 0;
    http_answer_take(delivery->request, delivery->status,
                     delivery->content_type ? delivery->content_type : "text/plain", body ? body : g_strdup(""),
                     length);
    delivery_free(delivery);
}

static void taken(const struct intake_batch *batch, const GError *error, void *data)
{
    struct delivery *delivery = data;
    if (error == NULL) {
        answer(delivery, intake_all_known(batch));
        return;
    }
    if (error_code(error) != HY_ERROR_NOT_FOUND && error_code(error) != HY_ERROR_BUSY)
        log_failure("hook.intake", error);
    http_fail(delivery->request, error_code(error));
    delivery_free(delivery);
}

/* ---- a channel that was never heard of shows that it works ---- */

struct sign {
    int64_t channel_id, now_ms;
};

static bool note_sign(struct tx *tx, void *data, GError **error)
{
    const struct sign *sign = data;
    return channel_health_begin(tx, sign->channel_id, sign->now_ms, error);
}

static void sign_noted(void *data, const GError *error)
{
    if (error != NULL)
        log_failure("hook.sign", error);
    g_free(data);
}

static void first_sign(const struct call *call, struct account *account)
{
    if (!account_first_sign(account))
        return;
    struct sign *sign = g_new(struct sign, 1);
    *sign = (struct sign){account->channel.id, call->now_ms};
    store_write_async(call->app->store, note_sign, sign, sign_noted);
}

/* ---- the request ---- */

static const char *header_of(const void *request, const char *name)
{
    return http_header(request, name);
}

static const char *query_of(const void *request, const char *name)
{
    return http_query((struct http_request *)request, name);
}

static bool verify(struct call *call, const struct account *account, struct channel_receipt *receipt, GError **error)
{
    gsize length = 0;
    const void *body = g_bytes_get_data(http_body(call->request), &length);
    const char *method = http_method(call->request);
    struct channel_push push = {.method = strcmp(method, "HEAD") == 0 ? "GET" : method,
                                .header = header_of,
                                .query = query_of,
                                .request = call->request,
                                .body = body != NULL ? body : "",
                                .body_length = length};
    g_autoptr(GError) why = NULL;
    if (account->kind->receive(&account->channel, &push, call->now_ms, receipt, &why))
        return true;
    char key[64];
    limit_address_key(http_remote(call->request), key, sizeof key);
    if (limit_take(refusals_logged(), key, call->now_ms, NULL))
        log_line(LOG_INFO, "hook.refused", "channel=%" G_GINT64_FORMAT " error=%s field=%s", account->channel.id,
                 error_name(error_code(why)), error_field(why) ? error_field(why) : "-");
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool receive(struct call *call, GError **error)
{
    g_autoptr(account_auto) account = account_find_fresh(call->app->accounts, call_id(call), call->now_ms);
    if (account == NULL || !account->enabled || account->kind->receive == NULL) {
        error_set(error, HY_ERROR_NOT_FOUND, "channel", "no channel that takes pushes");
        return false;
    }
    if (account->trouble != NULL) {
        error_set(error, HY_ERROR_INTERNAL, "channel", "its secrets cannot be opened: %s", account->trouble);
        return false;
    }
    g_auto(channel_receipt_auto) receipt;
    channel_receipt_init(&receipt);
    if (!verify(call, account, &receipt, error))
        return false;
    first_sign(call, account);
    struct delivery *delivery = g_new(struct delivery, 1);
    *delivery = (struct delivery){.request = call->request,
                                  .status = receipt.status,
                                  .content_type = g_steal_pointer(&receipt.content_type),
                                  .body = g_steal_pointer(&receipt.body),
                                  .duplicate_body = g_steal_pointer(&receipt.duplicate_body)};
    struct intake_batch *batch =
        intake_prepare(call->app->assess, account, receipt.posts, http_body(call->request), call->now_ms);
    intake_submit_async(call->app->store, batch, taken, delivery);
    return true;
}

bool api_hook_check(struct call *call, GError **error)
{
    return receive(call, error);
}

bool api_hook_receive(struct call *call, GError **error)
{
    return receive(call, error);
}

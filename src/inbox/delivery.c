#include "inbox/delivery.h"

#include "base/id.h"
#include "base/log.h"
#include "base/writer.h"
#include "channels/standard_webhook.h"
#include "inbox/worker.h"
#include "store/event.h"
#include "store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOWER "hooks"
#define BATCH 500 /* events followed in one transaction */
#define ROUND 50  /* deliveries claimed at one time */
#define REST_MS 100
#define LOOK_MS (5 * CLOCK_SECOND_MS) /* a resend is no event: looked for now and then */
#define SAVE_EVERY 1000               /* events, while no hook is on */
#define RETRY_AFTER_MOST_S 86400

struct delivery {
    struct delivery_options options;
    struct worker *worker;
    GMutex lock;
    GCond settled;
    unsigned under_way;
};

/* ---- following the log ---- */

struct follow {
    const struct delivery *delivery;
    int64_t now_ms, seq, last_seq;
    bool hooks; /* one at least is on */
    bool more;  /* the log goes on behind this batch */
};

static bool wants(const char *kinds, enum event_kind kind)
{
    if (kind == EVENT_PRESENCE_CHANGED || kind == EVENT_SESSION_ENDED)
        return false; /* of no use outside */
    if (strcmp(kinds, "*") == 0)
        return true;
    g_auto(GStrv) names = g_strsplit(kinds, " ", -1);
    return g_strv_contains((const char *const *)names, event_kind_name(kind));
}

static bool look(struct tx *tx, void *data, GError **error)
{
    struct follow *follow = data;
    g_autoptr(rows_auto) rows = NULL;
    if (!event_cursor_load(tx, FOLLOWER, &follow->seq, error) || !event_last_seq(tx, &follow->last_seq, error) ||
        !q_delivery_hooks(tx, &rows, error))
        return false;
    follow->hooks = rows_count(rows) > 0;
    return true;
}

static bool make_deliveries(struct tx *tx, const struct follow *follow, const GArray *events, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_delivery_hooks hook;
    if (!q_delivery_hooks(tx, &rows, error))
        return false;
    while (q_delivery_hooks_next(rows, &hook)) {
        for (guint i = 0; i < events->len; i++) {
            const struct event *event = &g_array_index(events, struct event, i);
            if (event->at_ms >= hook.created_ms && wants(hook.kinds, event->kind) &&
                !q_delivery_insert(tx, error, id_new(follow->now_ms), hook.id, event->seq, follow->now_ms))
                return false;
        }
    }
    return true;
}

static bool follow_work(struct tx *tx, void *data, GError **error)
{
    struct follow *follow = data;
    g_autoptr(GArray) events = NULL;
    if (!follow->hooks)
        return event_cursor_save(tx, FOLLOWER, follow->last_seq, error);
    if (!event_cursor_load(tx, FOLLOWER, &follow->seq, error) || !event_read(tx, follow->seq, BATCH, &events, error))
        return false;
    follow->more = events->len == BATCH;
    return events->len == 0 ||
           (make_deliveries(tx, follow, events, error) &&
            event_cursor_save(tx, FOLLOWER, g_array_index(events, struct event, events->len - 1).seq, error));
}

static bool follow_log(struct delivery *delivery, bool *more, GError **error)
{
    struct follow follow = {.delivery = delivery, .now_ms = clock_now_ms(delivery->options.clock)};
    struct store *store = delivery->options.store;
    *more = false;
    if (!store_read(store, look, &follow, error))
        return false;
    int64_t behind = follow.last_seq - follow.seq;
    if (behind == 0 || (!follow.hooks && follow.seq != 0 && behind < SAVE_EVERY))
        return true;
    if (!store_write(store, follow_work, &follow, error))
        return false;
    *more = follow.more;
    return true;
}

/* ---- one try ---- */

struct
try {
    struct delivery *delivery;
    int64_t id, hook_id, attempts;
    char *url, *body;
    GBytes *secret;
    int64_t now_ms;
    /* what came of it */
    int status; /* 0 = no answer */
    int64_t retry_after_ms;
};

static void try_free(void *data)
{
    struct try *try = data;
    g_free(try->url);
    g_free(try->body);
    g_clear_pointer(&try->secret, g_bytes_unref);
    g_free(try);
}

int64_t delivery_pause_ms(int64_t attempts)
{
    static const int SECONDS[DELIVERY_TRIES - 1] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    return SECONDS[CLAMP(attempts - 1, 0, DELIVERY_TRIES - 2)] * CLOCK_SECOND_MS;
}

static int64_t jittered(int64_t pause_ms)
{
    return pause_ms + g_random_int_range(0, (gint32)(pause_ms / 10) + 1);
}

static bool switch_off(struct tx *tx, const struct try *try, const char *reason, int64_t now_ms, GError **error)
{
    int64_t changes = 0;
    if (!q_delivery_hook_off(tx, &changes, error, try->hook_id, reason))
        return false;
    if (changes == 0)
        return true;
    log_line(LOG_WARN, "delivery.hook_off", "hook=%" PRId64 " reason=%s", try->hook_id, reason);
    struct event event = {
        .at_ms = now_ms, .kind = EVENT_HOOK_CHANGED, .subject_id = try->hook_id, .data = "{\"enabled\":false}"};
    return event_append(tx, &event, error);
}

static bool note_failure(struct tx *tx, const struct try *try, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_delivery_hook_failing row;
    if (try->status == 410)
        return switch_off(tx, try, "gone", now_ms, error);
    if (!q_delivery_hook_failing(tx, &rows, error, try->hook_id, now_ms))
        return false;
    return !q_delivery_hook_failing_next(rows, &row) || now_ms - row.failing_since_ms < DELIVERY_OFF_MS ||
           switch_off(tx, try, "failing", now_ms, error);
}

static bool record(struct tx *tx, void *data, GError **error)
{
    const struct try *try = data;
    int64_t now_ms = clock_now_ms(try->delivery->options.clock);
    bool fine = try->status >= 200 && try->status < 300;
    bool last = fine || try->status == 410 || try->attempts >= DELIVERY_TRIES;
    int64_t pause_ms = MAX(jittered(delivery_pause_ms(try->attempts)), try->retry_after_ms);
    int64_t changes = 0;
    if (!q_delivery_result(tx, &changes, error, try->id, try->attempts,
                           fine   ? "sent"
                           : last ? "failed"
                                  : "waiting",
                           last ? 0 : now_ms + pause_ms, try->status, now_ms))
        return false;
    if (changes == 0) /* its lease had run out: somebody else is at it */
        return true;
    return fine ? q_delivery_hook_fine(tx, error, try->hook_id) : note_failure(tx, try, now_ms, error);
}

static void recorded(void *data, const GError *error)
{
    struct try *try = data;
    struct delivery *delivery = try->delivery;
    if (error != NULL)
        log_failure("delivery.record", error); /* the lease runs out, then it is told again under the same id */
    try_free(try);
    g_mutex_lock(&delivery->lock);
    delivery->under_way--;
    worker_wake(delivery->worker); /* under the lock: whoever waits to free us comes after */
    g_cond_broadcast(&delivery->settled);
    g_mutex_unlock(&delivery->lock);
}

static void answered(const struct client_response *response, void *data)
{
    struct try *try = data;
    if (response != NULL && response->fate == CLIENT_ANSWERED) {
        const char *after = client_response_header(response, "Retry-After");
        try->status = response->status;
        if (after != NULL && g_ascii_isdigit(*after))
            try->retry_after_ms = CLAMP(strtol(after, NULL, 10), 0, RETRY_AFTER_MOST_S) * CLOCK_SECOND_MS;
    }
    store_write_async(try->delivery->options.store, record, try, recorded);
}

/* The signed call. False: it cannot be made. */
static bool begin(struct try *try, GError **error)
{
    const struct delivery_options *options = &try->delivery->options;
    struct standard_webhook_key key;
    g_autofree char *secret = secret_open(options->secret, try->secret, error);
    if (secret == NULL || !standard_webhook_key_parse(secret, "secret", &key, error))
        return false;
    int64_t now_s = try->now_ms / CLOCK_SECOND_MS;
    g_autofree char *id = g_strdup_printf("msg_%" PRId64, try->id);
    g_autofree char *signature = standard_webhook_sign(&key, 1, id, now_s, try->body, strlen(try->body));
    struct channel_request request;
    channel_request_init(&request);
    request.method = "POST";
    request.url = g_strdup(try->url);
    request.body = g_bytes_new(try->body, strlen(try->body));
    g_ptr_array_add(request.headers, g_strdup("Content-Type: application/json"));
    g_ptr_array_add(request.headers, g_strdup("User-Agent: Huiyin/" HUIYIN_VERSION));
    g_ptr_array_add(request.headers, g_strconcat("webhook-id: ", id, NULL));
    g_ptr_array_add(request.headers, g_strdup_printf("webhook-timestamp: %" PRId64, now_s));
    g_ptr_array_add(request.headers, g_strconcat("webhook-signature: ", signature, NULL));
    bool ok = exchange_begin(options->send, options->client, &request, true, answered, try, error);
    channel_request_clear(&request);
    return ok;
}

/* ---- claiming ---- */

struct claim {
    struct delivery *delivery;
    int64_t now_ms;
    GPtrArray *tries;
};

static char *body_of(const struct q_delivery_due *row)
{
    struct event event = {.seq = row->event_seq,
                          .at_ms = row->at_ms,
                          .conversation_id = row->conversation_id,
                          .subject_id = row->subject_id,
                          .person_id = row->person_id,
                          .data = row->data};
    g_auto(writer_auto) out = {0};
    if (row->kind == NULL || !event_kind_parse(row->kind, &event.kind))
        return NULL;
    g_autofree char *json = event_format(&event);
    writer_init(&out);
    writer_begin_object(&out);
    writer_put_text(&out, "type", row->kind);
    writer_put_time(&out, "timestamp", row->at_ms);
    writer_put_raw(&out, "data", json);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

static bool claim_due(struct tx *tx, void *data, GError **error)
{
    struct claim *claim = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_delivery_due row;
    g_ptr_array_set_size(claim->tries, 0);
    if (!q_delivery_due(tx, &rows, error, claim->now_ms, ROUND))
        return false;
    while (q_delivery_due_next(rows, &row)) {
        int64_t changes = 0;
        g_autofree char *body = body_of(&row);
        if (!q_delivery_claim(tx, error, row.id, claim->now_ms + DELIVERY_LEASE_MS, claim->now_ms))
            return false;
        if (body == NULL) { /* the log does not hold it any more: there is nothing to tell */
            if (!q_delivery_result(tx, &changes, error, row.id, row.attempts + 1, "failed", 0, 0, claim->now_ms))
                return false;
            continue;
        }
        struct try *try = g_new0(struct try, 1);
        *try = (struct try){.delivery = claim->delivery,
                            .id = row.id,
                            .hook_id = row.hook_id,
                            .attempts = row.attempts + 1,
                            .url = g_strdup(row.url),
                            .body = g_steal_pointer(&body),
                            .secret = g_bytes_new(row.secret, row.secret_length),
                            .now_ms = claim->now_ms};
        g_ptr_array_add(claim->tries, try);
    }
    return true;
}

static bool look_next(struct tx *tx, void *data, GError **error)
{
    int64_t *next_ms = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_delivery_next row;
    if (!q_delivery_next(tx, &rows, error))
        return false;
    *next_ms = q_delivery_next_next(rows, &row) && row.at_ms != 0 ? row.at_ms : INT64_MAX;
    return true;
}

static bool send_due(struct delivery *delivery, int64_t *next_ms, GError **error)
{
    struct claim claim = {.delivery = delivery, .now_ms = clock_now_ms(delivery->options.clock)};
    struct store *store = delivery->options.store;
    if (!store_read(store, look_next, next_ms, error))
        return false;
    if (*next_ms > claim.now_ms)
        return true;
    claim.tries = g_ptr_array_new_with_free_func(try_free);
    bool ok = store_write(store, claim_due, &claim, error);
    if (ok) {
        g_ptr_array_set_free_func(claim.tries, NULL);
        g_mutex_lock(&delivery->lock);
        delivery->under_way += claim.tries->len;
        g_mutex_unlock(&delivery->lock);
        for (guint i = 0; i < claim.tries->len; i++) {
            struct try *try = g_ptr_array_index(claim.tries, i);
            g_autoptr(GError) why = NULL;
            if (!begin(try, &why)) {
                log_failure("delivery.begin", why);
                answered(NULL, try);
            }
        }
        ok = store_read(store, look_next, next_ms, error);
    }
    g_ptr_array_unref(claim.tries);
    return ok;
}

bool delivery_step(void *data, int64_t *next_ms, GError **error)
{
    struct delivery *delivery = data;
    bool more = false;
    if (!follow_log(delivery, &more, error) || !send_due(delivery, next_ms, error))
        return false;
    int64_t look_ms = clock_now_ms(delivery->options.clock) + LOOK_MS;
    *next_ms = more ? 0 : MIN(*next_ms, look_ms);
    return true;
}

/* ---- life ---- */

struct delivery *delivery_new(const struct delivery_options *options)
{
    struct delivery *delivery = g_new0(struct delivery, 1);
    delivery->options = *options;
    delivery->worker = worker_new("delivery", options->clock, REST_MS, delivery_step, delivery);
    g_mutex_init(&delivery->lock);
    g_cond_init(&delivery->settled);
    return delivery;
}

static bool end_leases(struct tx *tx, void *data, GError **error)
{
    int64_t interrupted = 0;
    return q_delivery_interrupted(tx, &interrupted, error, *(const int64_t *)data);
}

bool delivery_recover(struct delivery *delivery, GError **error)
{
    int64_t now_ms = clock_now_ms(delivery->options.clock);
    return store_write(delivery->options.store, end_leases, &now_ms, error);
}

void delivery_start(struct delivery *delivery)
{
    worker_start(delivery->worker);
}

void delivery_wake(void *data)
{
    worker_wake(((struct delivery *)data)->worker);
}

void delivery_stop(struct delivery *delivery)
{
    worker_stop(delivery->worker);
}

void delivery_free(struct delivery *delivery)
{
    if (delivery == NULL)
        return;
    delivery_stop(delivery);
    g_mutex_lock(&delivery->lock);
    while (delivery->under_way > 0)
        g_cond_wait(&delivery->settled, &delivery->lock);
    g_mutex_unlock(&delivery->lock);
    worker_free(delivery->worker);
    g_mutex_clear(&delivery->lock);
    g_cond_clear(&delivery->settled);
    g_free(delivery);
}

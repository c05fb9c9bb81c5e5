#include "inbox/outbox.h"

#include "base/log.h"
#include "inbox/local.h"
#include "store/queries.h"

#include <inttypes.h>
#include <string.h>

#define ROUND 50                       /* rows claimed at one time */
#define RATE_WAIT_MS CLOCK_MINUTE_MS   /* when a platform limits us and does not say for how long */
#define IDLE_MS (30 * CLOCK_SECOND_MS) /* another process may have died: looked at again */
#define PAUSE_LEAST_MS CLOCK_SECOND_MS
#define PAUSE_MOST_MS (10 * CLOCK_MINUTE_MS)

struct outbox {
    struct outbox_options options;
    GMutex lock;
    GCond changed;
    bool woken, stopping;
    unsigned under_way; /* tries not yet recorded */
    GQueue unrecorded;  /* of struct try *: the store could not take what became of them */
    GThread *thread;
};

struct
try { /* one reply on its way, or one question about it */
    struct outbox *outbox;
    struct account *account;
    int64_t conversation_id, identity_id, attempts, checks;
    bool asks;
    enum channel_fate doubt; /* of one that asks: why it does */
    bool was_doubtful;       /* a try before this one may have reached the platform */
    bool may_be_there;       /* this one may */
    unsigned pages;          /* listed by this question */
    struct channel_outbound outbound;
    char *kind, *text, *recipient_id, *recipient_handle, *parent_id, *root_id, *source, *agent_address;
    char *look_from;
    struct channel_outcome outcome;
};

static void try_free(void *data)
{
    struct try *try = data;
    account_unref(try->account);
    char *const TEXTS[] = {try->kind,    try->text,   try->recipient_id,  try->recipient_handle, try->parent_id,
                           try->root_id, try->source, try->agent_address, try->look_from};
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        g_free(TEXTS[i]);
    channel_outcome_clear(&try->outcome);
    g_free(try);
}

static struct try *try_new(struct outbox *outbox, struct account *account, const struct q_outbox_due *row,
                           int64_t now_ms)
{
    bool asks = strcmp(row->state, "ambiguous") == 0;
    bool is_public = strcmp(row->visibility, "public") == 0;
    bool first = row->first_try_ms == 0 || (asks && row->last_try_ms == row->first_try_ms);
    struct try *try = g_new0(struct try, 1);
    try->outbox = outbox;
    try->account = account_ref(account);
    try->conversation_id = row->conversation_id;
    try->identity_id = row->identity_id;
    try->asks = asks;
    try->doubt = asks ? channel_fate_parse(row->error_class) : CHANNEL_OK;
    try->was_doubtful = row->doubtful;
    try->attempts = row->attempts;
    try->checks = row->checks;
    try->kind = g_strdup(row->answers_kind ? row->answers_kind : is_public ? "mention" : "dm");
    try->text = g_strdup(row->text);
    try->recipient_id = g_strdup(row->recipient_id);
    try->recipient_handle = g_strdup(row->recipient_handle);
    try->parent_id = g_strdup(row->answers_native_id);
    try->root_id = is_public ? g_strdup(row->answers_root_id) : NULL;
    try->source = g_strdup(row->answers_target);
    try->agent_address = g_strdup(row->agent_address);
    try->outbound = (struct channel_outbound){.id = row->id,
                                              .visibility = is_public ? CHANNEL_PUBLIC : CHANNEL_PRIVATE,
                                              .kind = try->kind,
                                              .text = try->text,
                                              .recipient_id = try->recipient_id,
                                              .recipient_handle = try->recipient_handle,
                                              .parent_native_id = try->parent_id,
                                              .root_native_id = try->root_id,
                                              .source = try->source,
                                              .agent_address = try->agent_address,
                                              .first_try_ms = row->first_try_ms ? row->first_try_ms : now_ms,
                                              .last_try_ms = first  ? 0
                                                             : asks ? row->last_try_ms
                                                                    : now_ms,
                                              .now_ms = now_ms,
                                              .answers_ms = row->answers_ms};
    return try;
}

/* ---- how long to wait ---- */

int64_t outbox_pause_ms(int64_t attempts)
{
    int64_t pause_ms = PAUSE_LEAST_MS;
    for (int64_t i = 1; i < attempts && pause_ms < PAUSE_MOST_MS; i++)
        pause_ms *= 2;
    pause_ms = MIN(pause_ms, PAUSE_MOST_MS);
    return pause_ms - pause_ms / 5 + g_random_int_range(0, (gint32)(2 * pause_ms / 5) + 1);
}

int64_t outbox_check_pause_ms(int64_t checks)
{
    static const int SECONDS[OUTBOX_CHECKS] = {5, 15, 60, 180, 600, 1800};
    return SECONDS[CLAMP(checks, 0, OUTBOX_CHECKS - 1)] * CLOCK_SECOND_MS;
}

/* ---- what became of it: inside a transaction ---- */

static bool fail(struct tx *tx, const struct try *try, enum channel_fate fate, int64_t now_ms, GError **error)
{
    log_line(LOG_WARN, "outbox.failed", "id=%" PRId64 " channel=%" PRId64 " class=%s code=%s attempts=%" PRId64,
             try->outbound.id, try->account->channel.id, channel_fate_name(fate),
             try->outcome.native_code ? try->outcome.native_code : "-", try->attempts);
    struct outbox_move move = {.state = "failed", .fate = fate, .code = try->outcome.native_code};
    return outbox_move(tx, try->outbound.id, try->conversation_id, &move, now_ms, error);
}

static bool later(struct tx *tx, const struct try *try, enum channel_fate fate, int64_t pause_ms, int64_t now_ms,
                  GError **error)
{
    /* Looked for and not there settles all that was open before. */
    bool doubtful = !try->asks && (try->was_doubtful || try->may_be_there);
    if (now_ms - try->outbound.first_try_ms >= OUTBOX_GIVE_UP_MS)
        return fail(tx, try, doubtful ? CHANNEL_UNCONFIRMED : CHANNEL_NEVER_SENT, now_ms, error);
    if (doubtful != try->was_doubtful && !q_outbox_doubt(tx, error, try->outbound.id, doubtful))
        return false;
    struct outbox_move move = {
        .state = "retry", .due_ms = now_ms + pause_ms, .fate = fate, .code = try->outcome.native_code};
    return outbox_move(tx, try->outbound.id, try->conversation_id, &move, now_ms, error);
}

static bool ask(struct tx *tx, const struct try *try, int64_t now_ms, GError **error)
{
    const struct channel_outcome *outcome = &try->outcome;
    if (try->asks && try->checks >= OUTBOX_CHECKS)
        return fail(tx, try, CHANNEL_UNCONFIRMED, now_ms, error);
    int64_t due_ms = now_ms + outbox_check_pause_ms(try->asks ? try->checks : 0);
    if (try->asks) /* known to be unclear already: nothing new to tell */
        return q_outbox_move(tx, error, try->outbound.id, "ambiguous", due_ms, channel_fate_name(try->doubt),
                             outcome->native_code ? outcome->native_code : "", 0, now_ms);
    struct outbox_move move = {
        .state = "ambiguous", .due_ms = due_ms, .fate = outcome->fate, .code = outcome->native_code};
    return outbox_move(tx, try->outbound.id, try->conversation_id, &move, now_ms, error);
}

static bool wait_for_channel(struct tx *tx, const struct try *try, int64_t now_ms, GError **error)
{
    int64_t wait_ms = try->outcome.wait_ms > 0 ? try->outcome.wait_ms : RATE_WAIT_MS;
    if (!q_outbox_channel_wait(tx, error, try->account->channel.id, now_ms + wait_ms))
        return false;
    return try->asks ? q_outbox_move(tx, error, try->outbound.id, "ambiguous", now_ms + wait_ms,
                                     channel_fate_name(try->doubt), "", 0, now_ms)
                     : later(tx, try, CHANNEL_RATE_LIMITED, wait_ms, now_ms, error);
}

/* Does this fate say something of the channel rather than of one reply? */
static bool is_of_channel(const struct try *try)
{
    switch (try->outcome.fate) {
    case CHANNEL_OK:
    case CHANNEL_AUTH_EXPIRED:
    case CHANNEL_AUTH_REVOKED:
    case CHANNEL_PERMISSION:
        return true;
    case CHANNEL_TRANSIENT:
        return !try->asks && try->attempts >= 3; /* once may be chance */
    default:
        return false;
    }
}

static bool settle(struct tx *tx, const struct try *try, int64_t now_ms, GError **error)
{
    const struct channel_outcome *outcome = &try->outcome;
    if (is_of_channel(try) && !channel_health_save(tx, try->account->channel.id, outcome->fate, now_ms, error))
        return false;
    switch (channel_fate_step(outcome->fate)) {
    case CHANNEL_STEP_SENT:
        return outbox_settle_sent(tx, try->outbound.id, outcome->native_id, now_ms, error);
    case CHANNEL_STEP_RETRY:
        if (try->asks && try->doubt == CHANNEL_DUPLICATE_CONTENT) /* the same again would be refused again */
            return fail(tx, try, CHANNEL_REPEATED, now_ms, error);
        return later(tx, try, outcome->fate, outbox_pause_ms(try->attempts), now_ms, error);
    case CHANNEL_STEP_WAIT:
        return wait_for_channel(tx, try, now_ms, error);
    case CHANNEL_STEP_ASK:
        return ask(tx, try, now_ms, error);
    case CHANNEL_STEP_FAIL:
        /* That a question cannot be put today says nothing about the reply. */
        return try->asks && outcome->fate != CHANNEL_UNCONFIRMED ? ask(tx, try, now_ms, error)
                                                                 : fail(tx, try, outcome->fate, now_ms, error);
    }
    g_return_val_if_reached(false);
}

/* A store_work: what came of a call. A row that has moved on meanwhile (its lease ran out, the reply was seen by a
 * poll) only takes in good news. */
static bool record(struct tx *tx, void *data, GError **error)
{
    const struct try *try = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_outbox_state row;
    if (!q_outbox_state(tx, &rows, error, try->outbound.id))
        return false;
    if (!q_outbox_state_next(rows, &row))
        return true;
    bool mine = try->asks ? strcmp(row.state, "ambiguous") == 0 && row.checks == try->checks
                          : strcmp(row.state, "sending") == 0 && row.attempts == try->attempts;
    if (!mine && try->outcome.fate != CHANNEL_OK)
        return true;
    return settle(tx, try, clock_now_ms(try->outbox->options.clock), error);
}

static void recorded(void *data, const GError *error)
{
    struct try *try = data;
    struct outbox *outbox = try->outbox;
    if (error != NULL)
        log_failure("outbox.record", error);
    else
        try_free(try);
    g_mutex_lock(&outbox->lock);
    if (error != NULL) {
        g_queue_push_tail(&outbox->unrecorded, try);
    } else {
        outbox->under_way--;
        outbox->woken = true;
    }
    g_cond_broadcast(&outbox->changed);
    g_mutex_unlock(&outbox->lock);
}

/* ---- the call ---- */

/* A server's error may come after the work is done. */
static bool may_have_arrived(const struct channel_response *response)
{
    return response->failure == CHANNEL_BROKEN_OFF ||
           (response->failure == CHANNEL_ANSWERED && response->status >= 500);
}

/* The list was not long enough to tell: the next page of it, while the row is ours. */
static bool looks_on(struct try *try)
{
    bool more = try->asks && try->outcome.fate == CHANNEL_AMBIGUOUS && try->outcome.look_on != NULL &&
                ++try->pages < OUTBOX_LOOK_PAGES &&
                clock_now_ms(try->outbox->options.clock) - try->outbound.now_ms < OUTBOX_LEASE_MS / 2;
    if (!more)
        return false;
    g_free(try->look_from);
    try->outbound.look_from = try->look_from = g_steal_pointer(&try->outcome.look_on);
    channel_outcome_clear(&try->outcome);
    try->outcome = (struct channel_outcome){.fate = CHANNEL_OK};
    return true;
}

static void begin(struct try *try);

static void answered(const struct client_response *answer, void *data)
{
    struct try *try = data;
    const struct channel_kind *kind = try->account->kind;
    struct channel_response response;
    if (answer != NULL)
        exchange_read(answer, &response);
    else
        exchange_not_reached(&response);
    (try->asks ? kind->reconcile_read : kind->send_classify)(&try->account->channel, &try->outbound, &response,
                                                             &try->outcome);
    try->may_be_there = may_have_arrived(&response);
    if (looks_on(try)) {
        begin(try);
        return;
    }
    store_write_async(try->outbox->options.store, record, try, recorded);
}

static void give_outcome(struct try *try, enum channel_fate fate, const GError *error)
{
    try->outcome.fate = fate;
    try->outcome.native_code = error != NULL ? g_strdup(error_name(error_code(error))) : NULL;
    store_write_async(try->outbox->options.store, record, try, recorded);
}

/* A try that broke off: what does it mean for this kind? */
static void classify_interrupted(struct try *try)
{
    struct channel_response response;
    exchange_not_reached(&response);
    response.failure = CHANNEL_BROKEN_OFF;
    try->may_be_there = true;
    try->account->kind->send_classify(&try->account->channel, &try->outbound, &response, &try->outcome);
}

static bool may_repeat(struct try *try)
{
    classify_interrupted(try);
    bool safe = channel_fate_step(try->outcome.fate) == CHANNEL_STEP_RETRY;
    channel_outcome_clear(&try->outcome);
    try->outcome = (struct channel_outcome){.fate = CHANNEL_OK};
    try->may_be_there = false;
    return safe;
}

static void begin(struct try *try)
{
    const struct channel_kind *kind = try->account->kind;
    const struct outbox_options *options = &try->outbox->options;
    g_auto(channel_request_auto) request;
    channel_request_init(&request);
    g_autoptr(GError) error = NULL;
    if (try->asks && (kind->reconcile_build == NULL || kind->reconcile_read == NULL)) {
        give_outcome(try, CHANNEL_UNCONFIRMED, NULL);
        return;
    }
    bool built = (try->asks ? kind->reconcile_build : kind->send_build)(&try->account->channel, &try->outbound,
                                                                        &request, &error);
    if (!built) {
        bool cannot = error_code(error) == HY_ERROR_NOT_SUPPORTED;
        give_outcome(try, !try->asks ? CHANNEL_BAD_REQUEST : cannot ? CHANNEL_UNCONFIRMED : CHANNEL_AMBIGUOUS, error);
        return;
    }
    if (exchange_begin(options->send, options->client, &request, !try->asks && may_repeat(try), answered, try, &error))
        return;
    if (error_code(error) == HY_ERROR_BUSY) /* too many calls at one time: nothing left */
        answered(NULL, try);
    else
        give_outcome(try, try->asks ? CHANNEL_AMBIGUOUS : CHANNEL_BAD_REQUEST, error);
}

/* ---- claiming: inside a transaction ---- */

struct claim {
    struct outbox *outbox;
    int64_t now_ms;
    GPtrArray *tries; /* of struct try *, to begin after the commit */
    GHashTable *used; /* channels that keep an interval and had their turn */
    unsigned done;    /* rows that moved on, tries or not */
};

static bool claim_call(struct tx *tx, struct claim *claim, struct try *try, GError **error)
{
    int64_t now_ms = claim->now_ms;
    if (try->asks) {
        try->checks++;
        return q_outbox_claim_check(tx, error, try->outbound.id, now_ms, now_ms + OUTBOX_LEASE_MS);
    }
    try->attempts++;
    const struct channel_kind *kind = try->account->kind;
    int64_t interval_ms = kind->send_interval_ms != NULL ? kind->send_interval_ms(&try->account->channel) : 0;
    if (interval_ms > 0) {
        g_hash_table_add(claim->used, &try->account->channel.id);
        if (!q_outbox_channel_wait(tx, error, try->account->channel.id, now_ms + interval_ms))
            return false;
    }
    return q_outbox_claim(tx, error, try->outbound.id, now_ms, now_ms + OUTBOX_LEASE_MS);
}

static bool deliver_here(struct tx *tx, struct claim *claim, struct try *try, GError **error)
{
    return local_deliver(tx, try->account, &try->outbound, try->identity_id, &try->outcome, error) &&
           settle(tx, try, claim->now_ms, error);
}

/* A try whose end nobody saw stays doubtful: whoever resends it must have looked. */
static enum channel_fate fate_without_channel(const struct q_outbox_due *row)
{
    if (strcmp(row->state, "sending") == 0 || strcmp(row->state, "ambiguous") == 0)
        return CHANNEL_UNCONFIRMED;
    return row->deleted_ms != 0 ? CHANNEL_AUTH_REVOKED : CHANNEL_AUTH_EXPIRED;
}

/* What a due row needs. Calls are left in claim->tries. */
static bool claim_row(struct tx *tx, struct claim *claim, struct account *account, const struct q_outbox_due *row,
                      GError **error)
{
    struct try *try = try_new(claim->outbox, account, row, claim->now_ms);
    g_ptr_array_add(claim->tries, try);
    bool calls = false, ok = false;
    if (row->deleted_ms != 0 || account->trouble != NULL) {
        ok = fail(tx, try, fate_without_channel(row), claim->now_ms, error);
    } else if (account->kind->capabilities & CHANNEL_IS_LOCAL) {
        ok = deliver_here(tx, claim, try, error);
    } else if (account->kind->send_build == NULL || account->kind->send_classify == NULL) {
        ok = fail(tx, try, CHANNEL_PERMISSION, claim->now_ms, error);
    } else if (strcmp(row->state, "sending") == 0) {
        classify_interrupted(try);
        ok = settle(tx, try, claim->now_ms, error);
    } else {
        calls = true;
        ok = claim_call(tx, claim, try, error);
    }
    claim->done++;
    if (!calls)
        g_ptr_array_remove_index(claim->tries, claim->tries->len - 1);
    return ok;
}

/* The channel of a reply is gone from the cache: all that is left to do is to say so. */
static bool fail_orphan(struct tx *tx, struct claim *claim, const struct q_outbox_due *row, GError **error)
{
    struct outbox_move move = {.state = "failed", .fate = fate_without_channel(row)};
    claim->done++;
    return outbox_move(tx, row->id, row->conversation_id, &move, claim->now_ms, error);
}

static bool claim_due(struct tx *tx, void *data, GError **error)
{
    struct claim *claim = data;
    g_ptr_array_set_size(claim->tries, 0);
    g_hash_table_remove_all(claim->used);
    claim->done = 0;
    g_autoptr(rows_auto) rows = NULL;
    if (!q_outbox_due(tx, &rows, error, claim->now_ms, ROUND))
        return false;
    struct q_outbox_due row;
    while (q_outbox_due_next(rows, &row)) {
        if (g_hash_table_contains(claim->used, &row.channel_id))
            continue;
        g_autoptr(account_auto) account = account_find(claim->outbox->options.accounts, row.channel_id);
        bool ok = true;
        if (account != NULL)
            ok = claim_row(tx, claim, account, &row, error);
        else if (row.deleted_ms != 0)
            ok = fail_orphan(tx, claim, &row, error);
        /* else: a channel the cache has not seen yet, in a moment it has */
        if (!ok)
            return false;
    }
    return true;
}

struct look {
    int64_t next_ms;
};

static bool look_next(struct tx *tx, void *data, GError **error)
{
    struct look *look = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_outbox_next row;
    if (!q_outbox_next(tx, &rows, error))
        return false;
    look->next_ms = q_outbox_next_next(rows, &row) && row.at_ms != 0 ? row.at_ms : INT64_MAX;
    return true;
}

static void begin_all(struct outbox *outbox, GPtrArray *tries)
{
    g_mutex_lock(&outbox->lock);
    outbox->under_way += tries->len;
    g_mutex_unlock(&outbox->lock);
    for (guint i = 0; i < tries->len; i++)
        begin(g_ptr_array_index(tries, i)); /* may be gone when this returns */
}

bool outbox_step(struct outbox *outbox, int64_t *next_ms, GError **error)
{
    struct look look = {INT64_MAX};
    const struct outbox_options *options = &outbox->options;
    struct claim claim = {.outbox = outbox, .now_ms = clock_now_ms(options->clock)};
    if (!store_read(options->store, look_next, &look, error))
        return false;
    *next_ms = look.next_ms;
    if (look.next_ms > claim.now_ms)
        return true;
    claim.tries = g_ptr_array_new_with_free_func(try_free);
    claim.used = g_hash_table_new(g_int64_hash, g_int64_equal);
    bool ok = store_write(options->store, claim_due, &claim, error);
    g_hash_table_unref(claim.used);
    if (ok) {
        g_ptr_array_set_free_func(claim.tries, NULL);
        begin_all(outbox, claim.tries);
        ok = store_read(options->store, look_next, &look, error);
        /* What is due and was not taken waits for something that is not written down: not in a circle. */
        *next_ms = claim.done > 0 ? look.next_ms : MAX(look.next_ms, claim.now_ms + CLOCK_SECOND_MS);
    }
    g_ptr_array_unref(claim.tries);
    return ok;
}

static bool end_leases(struct tx *tx, void *data, GError **error)
{
    int64_t now_ms = *(const int64_t *)data, interrupted = 0;
    if (!q_outbox_interrupted(tx, &interrupted, error, now_ms))
        return false;
    if (interrupted > 0)
        log_line(LOG_INFO, "outbox.interrupted", "replies=%" PRId64, interrupted);
    return true;
}

bool outbox_recover(struct outbox *outbox, GError **error)
{
    int64_t now_ms = clock_now_ms(outbox->options.clock);
    return store_write(outbox->options.store, end_leases, &now_ms, error);
}

/* ---- the thread ---- */

/* What the store could not take before. */
static void record_again(struct outbox *outbox)
{
    for (;;) {
        g_mutex_lock(&outbox->lock);
        struct try *try = g_queue_pop_head(&outbox->unrecorded);
        g_mutex_unlock(&outbox->lock);
        if (try == NULL)
            return;
        g_autoptr(GError) error = NULL;
        bool ok = store_write(outbox->options.store, record, try, &error);
        recorded(try, error);
        if (!ok)
            return;
    }
}

static void *outbox_main(void *data)
{
    struct outbox *outbox = data;
    int64_t pause_ms = 0;
    g_mutex_lock(&outbox->lock);
    while (!outbox->stopping) {
        int64_t until = g_get_monotonic_time() + pause_ms * 1000;
        while (!outbox->woken && !outbox->stopping && g_cond_wait_until(&outbox->changed, &outbox->lock, until)) {
        }
        if (outbox->stopping)
            break;
        outbox->woken = false;
        g_mutex_unlock(&outbox->lock);
        g_autoptr(GError) error = NULL;
        int64_t next_ms = INT64_MAX;
        record_again(outbox);
        bool ok = outbox_step(outbox, &next_ms, &error);
        int64_t now_ms = clock_now_ms(outbox->options.clock);
        pause_ms = !ok ? CLOCK_SECOND_MS : next_ms <= now_ms ? 0 : MIN(next_ms - now_ms, IDLE_MS);
        if (!ok)
            log_failure("outbox.step", error);
        g_mutex_lock(&outbox->lock);
        if (outbox->unrecorded.length > 0)
            pause_ms = MIN(pause_ms, CLOCK_SECOND_MS);
    }
    g_mutex_unlock(&outbox->lock);
    return NULL;
}

struct outbox *outbox_new(const struct outbox_options *options)
{
    struct outbox *outbox = g_new0(struct outbox, 1);
    outbox->options = *options;
    g_mutex_init(&outbox->lock);
    g_cond_init(&outbox->changed);
    g_queue_init(&outbox->unrecorded);
    return outbox;
}

void outbox_start(struct outbox *outbox)
{
    outbox->thread = g_thread_new("outbox", outbox_main, outbox);
}

void outbox_wake(void *data)
{
    struct outbox *outbox = data;
    g_mutex_lock(&outbox->lock);
    outbox->woken = true;
    g_cond_broadcast(&outbox->changed);
    g_mutex_unlock(&outbox->lock);
}

void outbox_stop(struct outbox *outbox)
{
    g_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    g_cond_broadcast(&outbox->changed);
    g_mutex_unlock(&outbox->lock);
    if (outbox->thread != NULL)
        g_thread_join(g_steal_pointer(&outbox->thread));
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    outbox_stop(outbox);
    g_mutex_lock(&outbox->lock);
    while (outbox->under_way > outbox->unrecorded.length)
        g_cond_wait(&outbox->changed, &outbox->lock);
    g_mutex_unlock(&outbox->lock);
    g_queue_clear_full(&outbox->unrecorded, try_free); /* their leases run out: asked about by the next process */
    g_mutex_clear(&outbox->lock);
    g_cond_clear(&outbox->changed);
    g_free(outbox);
}

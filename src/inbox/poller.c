#include "inbox/poller.h"

#include "base/log.h"
#include "inbox/intake.h"
#include "inbox/outbox_tx.h"
#include "inbox/worker.h"
#include "store/queries.h"

#include <inttypes.h>

#define ROUND 50 /* channels claimed at one time */
#define REST_MS 50
#define FIRST_PAUSE_MS (30 * CLOCK_SECOND_MS)
#define LONGEST_PAUSE_MS (15 * CLOCK_MINUTE_MS)
#define LEAST_WAIT_MS CLOCK_SECOND_MS

struct poller {
    struct poller_options options;
    struct worker *worker;
    GMutex lock;
    GCond settled;
    GQueue ready;         /* of struct round *: the next page is to be asked for */
    GHashTable *failures; /* channel → how often in a row, in the pointer */
    unsigned under_way;
    bool stopping;
};

struct round { /* of one channel */
    struct poller *poller;
    struct account *account;
    char *cursor;
    int64_t held_ms; /* our lease, as it stands in the row */
    unsigned pages;
    /* the page just read */
    struct intake_batch *batch; /* NULL: none */
    char *next_cursor;          /* NULL: stays */
    struct channel_outcome outcome;
    bool over;
    int64_t due_ms; /* to be written: lease of the next page, or when the next round begins */
};

static void round_free(gpointer data)
{
    struct round *round = data;
    account_unref(round->account);
    g_free(round->cursor);
    g_free(round->next_cursor);
    intake_batch_free(round->batch);
    channel_outcome_clear(&round->outcome);
    g_free(round);
}

/* The round has left the building. */
static void round_end(struct round *round)
{
    struct poller *poller = round->poller;
    round_free(round);
    g_mutex_lock(&poller->lock);
    poller->under_way--;
    worker_wake(poller->worker); /* under the lock: whoever waits to free us comes after */
    g_cond_broadcast(&poller->settled);
    g_mutex_unlock(&poller->lock);
}

/* ---- how long to wait after trouble ---- */

static int64_t pause_after(struct poller *poller, int64_t channel_id, bool failed)
{
    int64_t pause_ms = FIRST_PAUSE_MS;
    gpointer key = GSIZE_TO_POINTER((gsize)channel_id);
    g_mutex_lock(&poller->lock);
    guint failures = failed ? GPOINTER_TO_UINT(g_hash_table_lookup(poller->failures, key)) + 1 : 0;
    if (failures > 0)
        g_hash_table_replace(poller->failures, key, GUINT_TO_POINTER(failures));
    else
        g_hash_table_remove(poller->failures, key);
    g_mutex_unlock(&poller->lock);
    for (guint i = 1; i < failures && pause_ms < LONGEST_PAUSE_MS; i++)
        pause_ms *= 2;
    return MIN(pause_ms, LONGEST_PAUSE_MS);
}

/* ---- saving: on the store's writer ---- */

static bool save(struct tx *tx, void *data, GError **error)
{
    struct round *round = data;
    const struct account *account = round->account;
    int64_t now_ms = clock_now_ms(round->poller->options.clock);
    int64_t changes = 0;
    if (round->batch != NULL && !intake_take(tx, round->batch, error))
        return false;
    if (!q_poller_save(tx, &changes, error, account->channel.id, round->held_ms, round->due_ms,
                       round->next_cursor ? round->next_cursor : round->cursor))
        return false;
    if (changes == 0) {
        error_set(error, HY_ERROR_CONFLICT, "channel", "somebody else polls it now, or it was changed");
        return false;
    }
    return !round->over || channel_health_save(tx, account->channel.id, round->outcome.fate, now_ms, error);
}

static void saved(void *data, const GError *error)
{
    struct round *round = data;
    struct poller *poller = round->poller;
    if (error != NULL && error_code(error) != HY_ERROR_CONFLICT && error_code(error) != HY_ERROR_NOT_FOUND)
        log_failure("poller.save", error); /* the lease runs out, then the page is asked for again */
    if (error != NULL || round->over) {
        round_end(round);
        return;
    }
    round->held_ms = round->due_ms;
    if (round->next_cursor != NULL) {
        g_free(round->cursor);
        round->cursor = g_steal_pointer(&round->next_cursor);
    }
    g_clear_pointer(&round->batch, intake_batch_free);
    g_mutex_lock(&poller->lock);
    bool stopping = poller->stopping;
    if (!stopping)
        g_queue_push_tail(&poller->ready, round);
    g_mutex_unlock(&poller->lock);
    if (stopping)
        round_end(round);
    else
        worker_wake(poller->worker);
}

static void save_async(struct round *round)
{
    store_write_async(round->poller->options.store, save, round, saved);
}

/* The round is over, well or not; what its last page held is saved with it. */
static void finish(struct round *round, int64_t wait_ms)
{
    struct poller *poller = round->poller;
    bool failed = round->outcome.fate != CHANNEL_OK;
    int64_t pause_ms = pause_after(poller, round->account->channel.id, failed);
    if (failed && round->outcome.fate != CHANNEL_RATE_LIMITED)
        wait_ms = pause_ms;
    else if (failed)
        wait_ms = round->outcome.wait_ms > 0 ? round->outcome.wait_ms : pause_ms;
    if (failed)
        log_line(LOG_WARN, "poller.trouble", "channel=%" PRId64 " class=%s code=%s", round->account->channel.id,
                 channel_fate_name(round->outcome.fate), round->outcome.native_code ? round->outcome.native_code : "-");
    round->over = true;
    round->due_ms = clock_now_ms(poller->options.clock) + MAX(wait_ms, LEAST_WAIT_MS);
    save_async(round);
}

/* ---- asking ---- */

static void free_post(gpointer post)
{
    channel_post_free(post);
}

static void answered(const struct client_response *answer, void *data)
{
    struct round *round = data;
    const struct poller_options *options = &round->poller->options;
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    g_autoptr(GError) error = NULL;
    struct channel_response response;
    if (answer != NULL)
        exchange_read(answer, &response);
    else
        exchange_not_reached(&response);
    bool ok = round->account->kind->poll_parse(&round->account->channel, round->cursor, &response, posts,
                                               &round->next_cursor, &round->outcome, &error);
    if (!ok) {
        log_failure("poller.parse", error);
        round->outcome.fate = CHANNEL_TRANSIENT; /* an answer nobody understands; another may be better */
    }
    if (ok && posts->len > 0)
        round->batch = intake_prepare(options->assess, round->account, posts, NULL, clock_now_ms(options->clock));
    if (round->outcome.fate != CHANNEL_OK) {
        finish(round, 0);
        return;
    }
    round->due_ms = MAX(clock_now_ms(options->clock) + POLLER_LEASE_MS, round->held_ms + 1);
    save_async(round);
}

/* Asks for the next page, or ends the round. */
static void ask(struct round *round)
{
    const struct poller_options *options = &round->poller->options;
    const struct account *account = round->account;
    g_auto(channel_request_auto) request;
    channel_request_init(&request);
    g_autoptr(GError) error = NULL;
    int64_t wait_ms = 0;
    bool first = round->pages++ == 0;
    if (round->pages > POLLER_PAGES) {
        finish(round, LEAST_WAIT_MS);
        return;
    }
    if (account->kind->poll_build(&account->channel, round->cursor, first, &request, &wait_ms, &error)) {
        if (!exchange_begin(options->send, options->client, &request, true, answered, round, &error))
            answered(NULL, round);
        return;
    }
    if (error != NULL) {
        log_failure("poller.build", error);
        round->outcome.fate = CHANNEL_BAD_REQUEST;
    }
    finish(round, wait_ms);
}

/* ---- claiming ---- */

struct claim {
    struct poller *poller;
    int64_t now_ms;
    GPtrArray *rounds;
};

static bool is_polled(const struct account *account)
{
    return account != NULL && (account->kind->capabilities & CHANNEL_CAN_POLL) != 0 &&
           account->kind->poll_build != NULL && account->kind->poll_parse != NULL && account->trouble == NULL;
}

static bool claim_due(struct tx *tx, void *data, GError **error)
{
    struct claim *claim = data;
    int64_t lease_ms = claim->now_ms + POLLER_LEASE_MS;
    g_autoptr(rows_auto) rows = NULL;
    struct q_poller_due row;
    g_ptr_array_set_size(claim->rounds, 0);
    if (!q_poller_due(tx, &rows, error, claim->now_ms, ROUND))
        return false;
    while (q_poller_due_next(rows, &row)) {
        g_autoptr(account_auto) account = account_find(claim->poller->options.accounts, row.id);
        int64_t due_ms = account != NULL ? lease_ms : claim->now_ms + LEAST_WAIT_MS; /* not known yet: in a moment */
        if (!q_poller_claim(tx, error, row.id, due_ms))
            return false;
        if (!is_polled(account)) /* its secrets are lost: looked at again when the lease runs out */
            continue;
        struct round *round = g_new0(struct round, 1);
        *round = (struct round){.poller = claim->poller,
                                .account = g_steal_pointer(&account),
                                .cursor = g_strdup(row.cursor),
                                .held_ms = lease_ms};
        g_ptr_array_add(claim->rounds, round);
    }
    return true;
}

static bool look_next(struct tx *tx, void *data, GError **error)
{
    int64_t *next_ms = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_poller_next row;
    if (!q_poller_next(tx, &rows, error))
        return false;
    *next_ms = q_poller_next_next(rows, &row) && row.at_ms != 0 ? row.at_ms : INT64_MAX;
    return true;
}

static void go_on(struct poller *poller)
{
    for (;;) {
        g_mutex_lock(&poller->lock);
        struct round *round = g_queue_pop_head(&poller->ready);
        g_mutex_unlock(&poller->lock);
        if (round == NULL)
            return;
        ask(round);
    }
}

bool poller_step(void *data, int64_t *next_ms, GError **error)
{
    struct poller *poller = data;
    struct store *store = poller->options.store;
    go_on(poller);
    if (!store_read(store, look_next, next_ms, error))
        return false;
    struct claim claim = {.poller = poller, .now_ms = clock_now_ms(poller->options.clock)};
    if (*next_ms > claim.now_ms)
        return true;
    claim.rounds = g_ptr_array_new_with_free_func(round_free);
    bool ok = store_write(store, claim_due, &claim, error);
    if (ok) {
        g_ptr_array_set_free_func(claim.rounds, NULL);
        g_mutex_lock(&poller->lock);
        poller->under_way += claim.rounds->len;
        g_mutex_unlock(&poller->lock);
        for (guint i = 0; i < claim.rounds->len; i++)
            ask(g_ptr_array_index(claim.rounds, i));
        ok = store_read(store, look_next, next_ms, error);
    }
    g_ptr_array_unref(claim.rounds);
    return ok;
}

/* ---- life ---- */

struct poller *poller_new(const struct poller_options *options)
{
    struct poller *poller = g_new0(struct poller, 1);
    poller->options = *options;
    poller->failures = g_hash_table_new(NULL, NULL);
    poller->worker = worker_new("poller", options->clock, REST_MS, poller_step, poller);
    g_mutex_init(&poller->lock);
    g_cond_init(&poller->settled);
    g_queue_init(&poller->ready);
    return poller;
}

void poller_start(struct poller *poller)
{
    worker_start(poller->worker);
}

void poller_wake(void *data)
{
    worker_wake(((struct poller *)data)->worker);
}

void poller_stop(struct poller *poller)
{
    g_mutex_lock(&poller->lock);
    poller->stopping = true;
    g_mutex_unlock(&poller->lock);
    worker_stop(poller->worker);
    for (struct round *round = NULL; (round = g_queue_pop_head(&poller->ready)) != NULL;)
        round_end(round); /* its lease runs out */
}

void poller_free(struct poller *poller)
{
    if (poller == NULL)
        return;
    poller_stop(poller);
    g_mutex_lock(&poller->lock);
    while (poller->under_way > 0)
        g_cond_wait(&poller->settled, &poller->lock);
    g_mutex_unlock(&poller->lock);
    worker_free(poller->worker);
    g_hash_table_unref(poller->failures);
    g_mutex_clear(&poller->lock);
    g_cond_clear(&poller->settled);
    g_free(poller);
}

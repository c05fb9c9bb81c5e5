/* follower_test.c - behind the event log: channels opened anew, every message found once, timers, deliveries. */
#include "inbox.h"
#include "inbox/delivery.h"
#include "inbox/follower.h"
#include "inbox/housekeeping.h"
#include "inbox/outbox.h"
#include "inbox/worker.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct follower *new_follower(struct house *house, struct search_index *search)
{
    struct follower_options options = {
        .store = house->store, .accounts = house->accounts, .search = search, .clock = &house->clock.clock};
    return follower_new(&options);
}

static void round_of(bool (*job)(void *, int64_t *, GError **), void *data)
{
    int64_t next_ms = 0;
    g_autoptr(GError) error = NULL;
    job(data, &next_ms, &error);
    g_assert_no_error(error);
}

static bool append_channel_changed(struct tx *tx, void *data, GError **error)
{
    (void)data;
    return event_append(tx, &(struct event){.at_ms = 1, .kind = EVENT_CHANNEL_CHANGED, .subject_id = 21}, error);
}

static void test_accounts(struct database *database)
{
    struct house house;
    house_open(&house, database);
    struct follower *follower = new_follower(&house, NULL);
    round_of(follower_accounts, follower);
    house_run(&house,
              "INSERT INTO channel (id, kind, name, brand_id, created_ms) VALUES (99, 'scripted', 'New', 11, 1)");
    round_of(follower_accounts, follower); /* nothing in the log yet */
    g_autoptr(account_auto) early = account_find(house.accounts, 99);
    g_assert_null(early);
    g_assert_true(store_write(house.store, append_channel_changed, NULL, NULL));
    round_of(follower_accounts, follower);
    g_autoptr(account_auto) added = account_find(house.accounts, 99);
    g_assert_nonnull(added);
    follower_free(follower);
    house_close(&house);
}

static unsigned found(struct search_index *index, const char *word)
{
    g_autoptr(GError) error = NULL;
    struct search_query *query = search_query_parse(word, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) ids = NULL;
    search_index_find(index, query, 0, 100, &ids, NULL, &error);
    g_assert_no_error(error);
    search_query_free(query);
    return ids->len;
}

static void test_search(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree char *path = g_build_filename(database->dir, "search.db", NULL);
    g_autoptr(search_index_auto) index = search_index_open(path, NULL);
    g_autofree struct intake_result *before =
        house_take(&house, HOUSE_CHANNEL, house_dm("d1", "lin", "退款 please"), NULL);
    house_run(&house, "DELETE FROM event WHERE kind = 'message.received'"); /* the log is shorter than the history */
    struct follower *follower = new_follower(&house, index);
    round_of(follower_search, follower);
    g_assert_cmpuint(found(index, "退款"), ==, 1);
    g_autofree struct intake_result *after = house_take(&house, HOUSE_CHANNEL, house_dm("d2", "lin", "退款 again"),
                                                        house_post("p1", "lin", NULL, "hi"), NULL);
    struct channel_post *own = house_post("b1", "brand", "p1", "by hand");
    own->own = true;
    g_autofree struct intake_result *ours = house_take(&house, HOUSE_CHANNEL, own, NULL);
    round_of(follower_search, follower);
    round_of(follower_search, follower);
    g_assert_cmpuint(found(index, "退款"), ==, 2);
    g_assert_cmpuint(found(index, "hand"), ==, 1);
    int64_t upto = 0;
    g_assert_true(search_index_upto(index, &upto, NULL));
    g_autofree char *last = g_strdup_printf("%" PRId64, upto);
    house_expect(&house, last, "SELECT max(seq) FROM event");
    g_autofree struct intake_result *missed =
        house_take(&house, HOUSE_CHANNEL, house_dm("d3", "lin", "退款 purged"), NULL);
    house_run(&house, "DELETE FROM event"); /* the log was purged while the index stood still */
    g_autofree struct intake_result *later =
        house_take(&house, HOUSE_CHANNEL, house_dm("d4", "lin", "退款 at last"), NULL);
    round_of(follower_search, follower);
    g_assert_cmpuint(found(index, "退款"), ==, 4);
    follower_free(follower);
    house_close(&house);
}

/* ---- outgoing webhooks ---- */

static void add_hook(struct house *house, int64_t id, const char *kinds)
{
    g_autoptr(GBytes) sealed = secret_seal(house->secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    g_autoptr(GString) hex = g_string_new(NULL);
    gsize length = 0;
    const uint8_t *bytes = g_bytes_get_data(sealed, &length);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(hex, "%02x", bytes[i]);
    house_run(house,
              "INSERT INTO hook (id, url, kinds, secret, created_ms) "
              "VALUES (%" PRId64 ", 'https://crm.test/%" PRId64 "', '%s', %s%s', %" PRId64 ")",
              id, id, kinds, house->database->url != NULL ? "'\\x" : "X'", hex->str, house_now(house));
}

struct deliveries {
    struct house house;
    struct house_network network;
    struct delivery *delivery;
};

static void deliveries_open(struct deliveries *d, const struct database *database)
{
    house_open(&d->house, database);
    house_network_init(&d->network);
    struct delivery_options options = {.store = d->house.store,
                                       .secret = d->house.secret,
                                       .clock = &d->house.clock.clock,
                                       .send = house_send,
                                       .client = (struct client *)&d->network};
    d->delivery = delivery_new(&options);
}

static void deliveries_close(struct deliveries *d)
{
    delivery_free(d->delivery);
    house_network_clear(&d->network);
    house_close(&d->house);
}

static void test_deliveries(struct database *database)
{
    struct deliveries d;
    deliveries_open(&d, database);
    g_autofree struct intake_result *before = house_take(&d.house, HOUSE_CHANNEL, house_dm("d0", "lin", "hi"), NULL);
    clock_manual_advance(&d.house.clock, 1000);
    add_hook(&d.house, 61, "message.received");
    add_hook(&d.house, 62, "*");
    g_autofree struct intake_result *after = house_take(&d.house, HOUSE_CHANNEL, house_dm("d1", "wang", "hi"), NULL);
    round_of(delivery_step, d.delivery);
    round_of(delivery_step, d.delivery);
    g_assert_cmpuint(d.network.calls->len, ==, 3); /* one for 61; created and received for 62; nothing from before */
    house_answer(&d.network, 204, NULL);
    house_answer(&d.network, 500, NULL);
    house_answer(&d.network, 0, NULL);
    house_settle(&d.house);
    house_expect(&d.house, "1", "SELECT count(*) FROM delivery WHERE state = 'sent'");
    house_expect(&d.house, "2", "SELECT count(*) FROM delivery WHERE state = 'waiting' AND attempts = 1");
    clock_manual_advance(&d.house.clock, 5500);
    round_of(delivery_step, d.delivery);
    g_assert_cmpuint(d.network.calls->len, ==, 2);
    house_answer(&d.network, 200, NULL);
    house_answer(&d.network, 302, NULL); /* not followed, not success */
    house_settle(&d.house);
    house_expect(&d.house, "302", "SELECT status FROM delivery WHERE state = 'waiting'");
    deliveries_close(&d);
}

static void test_hook_gone(struct database *database)
{
    struct deliveries d;
    deliveries_open(&d, database);
    add_hook(&d.house, 61, "message.received");
    g_autofree struct intake_result *first =
        house_take(&d.house, HOUSE_CHANNEL, house_dm("d1", "lin", "hi"), house_dm("d2", "lin", "hi"), NULL);
    round_of(delivery_step, d.delivery);
    house_answer(&d.network, 410, NULL);
    house_answer(&d.network, 500, NULL);
    house_settle(&d.house);
    house_expect(&d.house, "0 gone", "SELECT enabled || ' ' || disabled_reason FROM hook");
    house_expect(&d.house, "1", "SELECT count(*) FROM event WHERE kind = 'hook.changed'");
    clock_manual_advance(&d.house.clock, CLOCK_DAY_MS);
    round_of(delivery_step, d.delivery);
    g_assert_cmpuint(d.network.calls->len, ==, 0);

    house_run(&d.house, "UPDATE hook SET enabled = 1, disabled_reason = '', failing_since_ms = 1");
    round_of(delivery_step, d.delivery);
    house_answer(&d.network, 503, NULL); /* it has failed for days by now */
    house_settle(&d.house);
    house_expect(&d.house, "0 failing", "SELECT enabled || ' ' || disabled_reason FROM hook");
    deliveries_close(&d);
}

static void test_delivery_ends(struct database *database)
{
    struct deliveries d;
    deliveries_open(&d, database);
    add_hook(&d.house, 61, "message.received");
    g_autofree struct intake_result *first = house_take(&d.house, HOUSE_CHANNEL, house_dm("d1", "lin", "hi"), NULL);
    for (int i = 1; i <= DELIVERY_TRIES; i++) {
        round_of(delivery_step, d.delivery);
        g_assert_cmpuint(d.network.calls->len, ==, 1);
        if (i == 3) { /* the process is gone in the middle: the lease runs out */
            clock_manual_advance(&d.house.clock, DELIVERY_LEASE_MS);
            round_of(delivery_step, d.delivery);
            g_assert_cmpuint(d.network.calls->len, ==, 2);
            house_answer(&d.network, 200, NULL); /* too late: a newer try is under way */
            i++;
        }
        house_answer(&d.network, 500, NULL);
        house_settle(&d.house);
        house_run(&d.house, "UPDATE hook SET failing_since_ms = NULL");
        clock_manual_advance(&d.house.clock, delivery_pause_ms(i) * 11 / 10 + 1);
    }
    house_expect(&d.house, "failed 10", "SELECT state || ' ' || attempts FROM delivery");
    round_of(delivery_step, d.delivery);
    g_assert_cmpuint(d.network.calls->len, ==, 0);
    deliveries_close(&d);
}

/* ---- by the clock ---- */

static void test_housekeeping(struct database *database)
{
    struct house house;
    house_open(&house, database);
    struct housekeeping *keeping = housekeeping_new(house.store, &house.clock.clock);
    g_autofree struct intake_result *r =
        house_take(&house, HOUSE_CHANNEL, house_dm("d1", "lin", "hi"), house_dm("d2", "wang", "hi"), NULL);
    house_run(&house, "UPDATE conversation SET state = 'snoozed', snoozed_until_ms = %" PRId64 " WHERE id = %" PRId64,
              house_now(&house) + 5000, r[0].conversation_id);
    int64_t next_ms = 0;
    g_assert_true(housekeeping_step(keeping, &next_ms, NULL));
    g_assert_cmpint(next_ms, ==, house_now(&house) + 5000); /* its time, not a round of everything */
    clock_manual_advance(&house.clock, 4999);
    round_of(housekeeping_step, keeping);
    house_expect(&house, "1", "SELECT count(*) FROM conversation WHERE state = 'snoozed'");
    clock_manual_advance(&house.clock, 1);
    round_of(housekeeping_step, keeping);
    house_expect(&house, "0", "SELECT count(*) FROM conversation WHERE state = 'snoozed'");
    house_expect(&house, "{\"state\":\"open\",\"due_at\":\"2026-01-02T03:04:10.000Z\",\"snoozed_until\":null}",
                 "SELECT data FROM event WHERE kind = 'conversation.changed'");

    house_run(&house,
              "INSERT INTO webchat_visitor (id, channel_id, digest, identity_id, created_ms, seen_ms) "
              "SELECT 71, %d, 'silent', NULL, 1, 1 UNION ALL SELECT 72, %d, 'wrote', min(id), 1, 1 FROM identity",
              HOUSE_CHANNEL, HOUSE_CHANNEL);
    clock_manual_advance(&house.clock, 91 * CLOCK_DAY_MS);
    g_autofree struct intake_result *fresh = house_take(&house, HOUSE_CHANNEL, house_dm("d3", "lin", "hi"), NULL);
    round_of(housekeeping_step, keeping);
    house_expect(&house, "1", "SELECT count(*) FROM payload"); /* the fresh one */
    house_expect(&house, "72", "SELECT min(id) FROM webchat_visitor");
    g_autofree char *events = house_ask(&house, "SELECT count(*) FROM event");
    g_assert_cmpint(atoi(events), >, 5); /* a follower has not passed them: nobody has */
    house_run(&house, "INSERT INTO follower (name, seq) VALUES ('hooks', 3)");
    clock_manual_advance(&house.clock, CLOCK_HOUR_MS);
    round_of(housekeeping_step, keeping);
    house_expect(&house, "4", "SELECT min(seq) FROM event");
    housekeeping_free(keeping);
    house_close(&house);
}

/* The clock ran three hours ahead and was set right, while the program ran and while it did not. */
static void test_clock_back(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *r = house_take(&house, HOUSE_CHANNEL, house_dm("d1", "lin", "hi"), NULL);
    int64_t id = house_reply(&house, r->conversation_id, r->message_id, "yes");
    for (int running = 0; running < 2; running++) {
        struct housekeeping *keeping = housekeeping_new(house.store, &house.clock.clock);
        clock_manual_advance(&house.clock, 3 * CLOCK_HOUR_MS);
        if (running) {
            round_of(housekeeping_step, keeping);
        } else {
            g_autofree struct intake_result *later =
                house_take(&house, HOUSE_CHANNEL, house_dm("d2", "lin", "hi"), NULL);
            g_assert_cmpint(later->fate, ==, INTAKE_TAKEN);
        }
        int64_t ahead_ms = house_now(&house);
        house_run(&house,
                  "UPDATE outbox SET state = 'sending', due_ms = NULL, lease_until_ms = %" PRId64 ";"
                  "UPDATE channel SET poll_due_ms = %" PRId64 ", send_after_ms = %" PRId64 " WHERE id = 21;"
                  "UPDATE conversation SET state = 'snoozed', snoozed_until_ms = %" PRId64 " WHERE id = %" PRId64,
                  ahead_ms + 60000, ahead_ms + 30000, ahead_ms + 1, ahead_ms + 5, r->conversation_id);
        clock_manual_advance(&house.clock, -3 * CLOCK_HOUR_MS);
        round_of(housekeeping_step, keeping);
        g_autofree char *cap = g_strdup_printf("%" PRId64, house_now(&house) + CLOCK_MINUTE_MS);
        g_autofree char *chosen = g_strdup_printf("%" PRId64, ahead_ms + 5);
        house_expect(&house, cap, "SELECT lease_until_ms FROM outbox WHERE id = %" PRId64, id);
        house_expect(&house, cap, "SELECT poll_due_ms FROM channel WHERE id = 21");
        house_expect(&house, cap, "SELECT send_after_ms FROM channel WHERE id = 21");
        house_expect(&house, chosen, "SELECT snoozed_until_ms FROM conversation WHERE snoozed_until_ms IS NOT NULL");
        house_run(&house, "UPDATE outbox SET due_ms = %" PRId64, house_now(&house) + CLOCK_HOUR_MS);
        round_of(housekeeping_step, keeping); /* a pause that is meant */
        g_autofree char *meant = g_strdup_printf("%" PRId64, house_now(&house) + CLOCK_HOUR_MS);
        house_expect(&house, meant, "SELECT due_ms FROM outbox WHERE id = %" PRId64, id);
        housekeeping_free(keeping);
        house_run(&house, "DELETE FROM event WHERE at_ms > %" PRId64, house_now(&house));
    }
    house_close(&house);
}

/* ---- a thread that works when woken ---- */

struct bell {
    int rounds;
};

static bool ring(void *data, int64_t *next_ms, GError **error)
{
    struct bell *bell = data;
    if (g_atomic_int_add(&bell->rounds, 1) == 1) { /* once it fails: it is called again all the same */
        error_set(error, HY_ERROR_BUSY, NULL, "not now");
        return false;
    }
    *next_ms = INT64_MAX;
    return true;
}

static void test_worker(void)
{
    struct bell bell = {0};
    struct worker *worker = worker_new("test", clock_system(), 0, ring, &bell);
    worker_start(worker);
    gint64 until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    while (g_atomic_int_get(&bell.rounds) < 3 && g_get_monotonic_time() < until) {
        worker_wake(worker);
        g_usleep(1000);
    }
    g_assert_cmpint(g_atomic_int_get(&bell.rounds), >=, 3);
    worker_stop(worker);
    int rounds = g_atomic_int_get(&bell.rounds);
    worker_wake(worker);
    g_assert_cmpint(g_atomic_int_get(&bell.rounds), ==, rounds);
    worker_free(worker);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/worker/woken", test_worker);
    database_test("/follower/accounts", test_accounts);
    database_test("/follower/search", test_search);
    database_test("/delivery/told", test_deliveries);
    database_test("/delivery/gone", test_hook_gone);
    database_test("/delivery/ends", test_delivery_ends);
    database_test("/housekeeping/by_the_clock", test_housekeeping);
    database_test("/housekeeping/clock_back", test_clock_back);
    return g_test_run();
}

/* poller_test.c - a scripted platform is asked page by page; the cursor moves with the posts or not at all. */
#include "inbox.h"
#include "inbox/poller.h"

#include <inttypes.h>
#include <string.h>

/* The platform's answers: "post NAME", "page NEXT" (a cursor), "end", each a line. */

static bool build_poll(const struct channel_account *account, const char *cursor, bool first,
                       struct channel_request *request, int64_t *wait_ms, GError **error)
{
    (void)account;
    if (strcmp(cursor, "broken") == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "cursor", "broken");
        return false;
    }
    if (!first && strcmp(cursor, "over") == 0) {
        *wait_ms = 180000;
        return false;
    }
    request->url = g_strdup_printf("https://platform.test/list?at=%s", cursor);
    return true;
}

static bool parse_poll(const struct channel_account *account, const char *cursor,
                       const struct channel_response *response, GPtrArray *posts, char **next_cursor,
                       struct channel_outcome *outcome, GError **error)
{
    (void)account, (void)cursor, (void)error;
    if (response->failure != CHANNEL_ANSWERED || response->status != 200) {
        outcome->fate = response->status == 429 ? CHANNEL_RATE_LIMITED : CHANNEL_AUTH_EXPIRED;
        outcome->wait_ms = 77000;
        return true;
    }
    g_autofree char *text = g_strndup(response->body, response->body_length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "post "))
            g_ptr_array_add(posts, house_dm(*line + 5, "lin", *line));
        if (g_str_has_prefix(*line, "page "))
            *next_cursor = g_strdup(*line + 5);
    }
    return true;
}

struct fixture {
    struct house house;
    struct house_network network;
    struct poller *poller;
};

static struct poller *new_poller(struct fixture *f, struct store *store)
{
    struct poller_options options = {.store = store,
                                     .accounts = f->house.accounts,
                                     .clock = &f->house.clock.clock,
                                     .send = house_send,
                                     .client = (struct client *)&f->network};
    return poller_new(&options);
}

static void fixture_open(struct fixture *f, const struct database *database)
{
    HOUSE_SCRIPTED.capabilities = CHANNEL_CAN_POLL;
    HOUSE_SCRIPTED.poll_build = build_poll;
    HOUSE_SCRIPTED.poll_parse = parse_poll;
    house_open(&f->house, database);
    house_network_init(&f->network);
    f->poller = new_poller(f, f->house.store);
    house_run(&f->house, "UPDATE channel SET poll_due_ms = 1, poll_cursor = 'start' WHERE id = 21");
}

static void fixture_close(struct fixture *f)
{
    poller_free(f->poller);
    house_network_clear(&f->network);
    house_close(&f->house);
}

static int64_t step(struct fixture *f)
{
    int64_t next_ms = 0;
    g_autoptr(GError) error = NULL;
    poller_step(f->poller, &next_ms, &error);
    g_assert_no_error(error);
    house_settle(&f->house);
    return next_ms;
}

static void answer(struct fixture *f, int status, const char *body)
{
    house_answer(&f->network, status, body);
    house_settle(&f->house);
}

#define expect_channel(f, expected)                                                                                    \
    house_expect(&(f)->house, expected,                                                                                \
                 "SELECT poll_cursor || ' ' || status || ' ' || status_text FROM channel WHERE id = 21")

static void test_round(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    step(&f);
    g_assert_cmpstr(house_network_url(&f.network, 0), ==, "https://platform.test/list?at=start");
    answer(&f, 200, "post a\npost b\npage two");
    house_expect(&f.house, "2", "SELECT count(*) FROM message");
    expect_channel(&f, "two new ");
    step(&f);
    g_assert_cmpstr(house_network_url(&f.network, 0), ==, "https://platform.test/list?at=two");
    answer(&f, 200, "post b\npost c\npage over");
    house_expect(&f.house, "3", "SELECT count(*) FROM message");
    int64_t next_ms = step(&f); /* the round ends */
    next_ms = step(&f);
    g_assert_cmpint(next_ms, ==, house_now(&f.house) + 180000);
    expect_channel(&f, "over ok ");
    g_assert_cmpuint(f.network.count, ==, 2);
    clock_manual_advance(&f.house.clock, 180000);
    step(&f); /* the next one begins although the cursor says over */
    answer(&f, 200, "page over");
    step(&f);
    fixture_close(&f);
}

static void test_trouble(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    static const int64_t PAUSES[] = {30000, 60000, 120000};
    for (gsize i = 0; i < G_N_ELEMENTS(PAUSES); i++) {
        step(&f);
        answer(&f, 401, NULL);
        expect_channel(&f, "start trouble auth_expired");
        g_assert_cmpint(step(&f), ==, house_now(&f.house) + PAUSES[i]);
        clock_manual_advance(&f.house.clock, PAUSES[i]);
    }
    step(&f);
    answer(&f, 429, NULL); /* as long as the platform asked for */
    g_assert_cmpint(step(&f), ==, house_now(&f.house) + 77000);
    clock_manual_advance(&f.house.clock, 77000);
    step(&f);
    answer(&f, 200, "post a\npage over");
    step(&f);
    expect_channel(&f, "over ok ");
    house_run(&f.house, "UPDATE channel SET poll_cursor = 'broken', poll_due_ms = 1 WHERE id = 21");
    step(&f);
    expect_channel(&f, "broken trouble bad_request");
    fixture_close(&f);
}

/* A channel that was added just now, before the cache has seen it: asked for in a moment, not when a lease runs out. */
static void test_new_channel(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    house_run(&f.house, "UPDATE channel SET poll_due_ms = NULL; INSERT INTO channel (id, kind, name, brand_id, "
                        "poll_cursor, poll_due_ms, created_ms) VALUES (99, 'scripted', 'New', 11, 'start', 1, 1)");
    int64_t next_ms = step(&f);
    g_assert_cmpuint(f.network.count, ==, 0);
    g_assert_cmpint(next_ms, ==, house_now(&f.house) + CLOCK_SECOND_MS);
    g_assert_true(accounts_reload(f.house.accounts, NULL));
    clock_manual_advance(&f.house.clock, CLOCK_SECOND_MS);
    step(&f);
    answer(&f, 200, "post a\npage over");
    step(&f);
    house_expect(&f.house, "ok", "SELECT status FROM channel WHERE id = 99");
    fixture_close(&f);
}

/* Posts and cursor are one: when somebody else holds the lease, or the channel was changed, neither is saved. */
static void test_atomic(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    step(&f);
    house_run(&f.house, "UPDATE channel SET poll_due_ms = 5, poll_cursor = 'moved' WHERE id = 21");
    answer(&f, 200, "post a\npage two");
    house_expect(&f.house, "0", "SELECT count(*) FROM message");
    expect_channel(&f, "moved new ");
    step(&f);
    g_assert_cmpstr(house_network_url(&f.network, 0), ==, "https://platform.test/list?at=moved");
    house_run(&f.house, "UPDATE channel SET enabled = 0, poll_due_ms = NULL WHERE id = 21");
    answer(&f, 200, "post a\npage two");
    house_expect(&f.house, "0", "SELECT count(*) FROM message");
    g_assert_cmpint(step(&f), ==, INT64_MAX);
    fixture_close(&f);
}

static void test_two_pollers(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    g_autoptr(store_auto) other_store = database_open(database);
    struct poller *other = new_poller(&f, database->url != NULL ? other_store : f.house.store);
    int64_t next_ms = 0;
    g_assert_true(poller_step(other, &next_ms, NULL));
    step(&f);
    g_assert_cmpuint(f.network.count, ==, 1);
    clock_manual_advance(&f.house.clock, POLLER_LEASE_MS); /* the other one is stuck, or dead */
    step(&f);
    g_assert_cmpuint(f.network.count, ==, 2);
    house_answer(&f.network, 200, "post a\npage late"); /* its answer comes too late */
    poller_free(other);
    house_settle(&f.house);
    expect_channel(&f, "start new ");
    answer(&f, 200, "post a\npage over");
    step(&f);
    expect_channel(&f, "over ok ");
    house_expect(&f.house, "1", "SELECT count(*) FROM message");
    fixture_close(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/poller/round", test_round);
    database_test("/poller/trouble", test_trouble);
    database_test("/poller/new_channel", test_new_channel);
    database_test("/poller/atomic", test_atomic);
    database_test("/poller/two_pollers", test_two_pollers);
    return g_test_run();
}

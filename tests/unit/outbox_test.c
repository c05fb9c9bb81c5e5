/* outbox_test.c - out once: the states of a reply against a clock that stands and a platform that does as told. */
#include "inbox.h"
#include "inbox/outbox.h"

#include "channels/sandbox.h"

#include <inttypes.h>
#include <string.h>

/* ---- a platform ---- */

static bool has_keys; /* its requests carry an idempotency key */

static bool build_send(const struct channel_account *account, const struct channel_outbound *outbound,
                       struct channel_request *request, GError **error)
{
    (void)account;
    if (strcmp(outbound->text, "unbuildable") == 0) {
        error_set(error, HY_ERROR_TOO_LONG, "text", "too long");
        return false;
    }
    request->method = "POST";
    request->url = g_strdup_printf("https://platform.test/send?text=%s&to=%s&under=%s", outbound->text,
                                   outbound->recipient_id, outbound->parent_native_id);
    return true;
}

static void read_send(const struct channel_account *account, const struct channel_outbound *outbound,
                      const struct channel_response *response, struct channel_outcome *outcome)
{
    (void)account, (void)outbound;
    if (response->failure == CHANNEL_NOT_REACHED)
        outcome->fate = CHANNEL_TRANSIENT;
    else if (response->failure == CHANNEL_BROKEN_OFF)
        outcome->fate = has_keys ? CHANNEL_TRANSIENT : CHANNEL_AMBIGUOUS;
    else if (response->status == 200)
        outcome->native_id = g_strndup(response->body, response->body_length);
    else if (response->status == 429)
        *outcome = (struct channel_outcome){.fate = CHANNEL_RATE_LIMITED, .wait_ms = 30000};
    else if (response->status == 409)
        outcome->fate = CHANNEL_DUPLICATE_CONTENT;
    else if (response->status == 401)
        outcome->fate = CHANNEL_AUTH_EXPIRED;
    else
        *outcome = (struct channel_outcome){.fate = CHANNEL_CONTENT_REJECTED, .native_code = g_strdup("20021")};
}

static bool build_ask(const struct channel_account *account, const struct channel_outbound *outbound,
                      struct channel_request *request, GError **error)
{
    (void)account, (void)error;
    request->url = g_strdup_printf("https://platform.test/mine?since=%" PRId64 "&from=%s", outbound->first_try_ms,
                                   outbound->look_from ? outbound->look_from : "newest");
    return true;
}

static void read_ask(const struct channel_account *account, const struct channel_outbound *outbound,
                     const struct channel_response *response, struct channel_outcome *outcome)
{
    (void)account, (void)outbound;
    if (response->failure == CHANNEL_ANSWERED && response->status == 206) /* not among these; there are older ones */
        *outcome = (struct channel_outcome){.fate = CHANNEL_AMBIGUOUS,
                                            .look_on = g_strndup(response->body, response->body_length)};
    else if (response->failure != CHANNEL_ANSWERED || response->status != 200)
        outcome->fate = CHANNEL_AMBIGUOUS;
    else if (response->body_length == 0)
        outcome->fate = CHANNEL_TRANSIENT; /* certainly not there */
    else
        outcome->native_id = g_strndup(response->body, response->body_length);
}

/* ---- a house with a sender ---- */

struct fixture {
    struct house house;
    struct house_network network;
    struct outbox *outbox;
    int64_t conversation_id, message_id;
};

static struct outbox *new_outbox(struct fixture *f, struct store *store)
{
    struct outbox_options options = {.store = store,
                                     .accounts = f->house.accounts,
                                     .clock = &f->house.clock.clock,
                                     .send = house_send,
                                     .client = (struct client *)&f->network};
    return outbox_new(&options);
}

static void fixture_open(struct fixture *f, const struct database *database)
{
    has_keys = false;
    HOUSE_SCRIPTED.send_build = build_send;
    HOUSE_SCRIPTED.send_classify = read_send;
    HOUSE_SCRIPTED.reconcile_build = build_ask;
    HOUSE_SCRIPTED.reconcile_read = read_ask;
    HOUSE_SCRIPTED.send_interval_ms = NULL;
    house_open(&f->house, database);
    house_network_init(&f->network);
    f->outbox = new_outbox(f, f->house.store);
    g_autofree struct intake_result *asked =
        house_take(&f->house, HOUSE_CHANNEL, house_post("p1", "lin", NULL, "hi"), NULL);
    f->conversation_id = asked->conversation_id;
    f->message_id = asked->message_id;
    clock_manual_advance(&f->house.clock, CLOCK_SECOND_MS);
}

static void fixture_close(struct fixture *f)
{
    outbox_stop(f->outbox);
    house_network_clear(&f->network);
    house_close(&f->house);
    outbox_free(f->outbox); /* the store may have woken it until it was closed */
}

static int64_t reply(struct fixture *f, const char *text)
{
    int64_t id = house_reply(&f->house, f->conversation_id, f->message_id, text);
    clock_manual_advance(&f->house.clock, 5);
    return id;
}

static int64_t step(struct fixture *f)
{
    int64_t next_ms = 0;
    g_autoptr(GError) error = NULL;
    outbox_step(f->outbox, &next_ms, &error);
    g_assert_no_error(error);
    return next_ms;
}

static void answer(struct fixture *f, int status, const char *body)
{
    house_answer(&f->network, status, body);
    house_settle(&f->house);
}

/* Moves the clock to when something is due and does it; asserts that it is within the bounds. */
static void step_within(struct fixture *f, int64_t least_ms, int64_t most_ms)
{
    int64_t next_ms = step(f); /* nothing yet */
    int64_t wait_ms = next_ms - house_now(&f->house);
    g_assert_cmpint(wait_ms, >=, least_ms);
    g_assert_cmpint(wait_ms, <=, most_ms);
    unsigned before = f->network.count;
    clock_manual_advance(&f->house.clock, wait_ms - 1);
    step(f);
    g_assert_cmpuint(f->network.count, ==, before);
    clock_manual_advance(&f->house.clock, 1);
    step(f);
}

#define expect_state(f, id, expected)                                                                                  \
    house_expect(&(f)->house, expected,                                                                                \
                 "SELECT state || ' ' || error_class || ' ' || error_code FROM outbox WHERE id = %" PRId64, id)
#define expect_events(f, id, expected)                                                                                 \
    house_expect(&(f)->house, expected, "SELECT count(*) FROM event WHERE subject_id = %" PRId64, id)

/* ---- the states ---- */

static void test_sent(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    expect_state(&f, id, "sending  ");
    g_assert_cmpstr(house_network_url(&f.network, 0), ==, "https://platform.test/send?text=hello&to=lin&under=p1");
    step(&f); /* it is on its way: nothing to do */
    g_assert_cmpuint(f.network.count, ==, 1);
    answer(&f, 200, "c-900");
    expect_state(&f, id, "sent  ");
    house_expect(&f.house, "c-900", "SELECT native_id FROM message WHERE id = %" PRId64, id);
    house_expect(&f.house, "1", "SELECT count(*) FROM message_alias WHERE native_id = 'out:%" PRId64 "'", id);
    house_expect(&f.house, "{\"native_id\":\"c-900\"}", "SELECT data FROM event WHERE kind = 'message.sent'");
    house_expect(&f.house, "ok", "SELECT status FROM channel WHERE id = 21");
    g_assert_cmpint(step(&f), ==, INT64_MAX);

    struct channel_post *polled = house_post("c-900", "brand", "p1", "hello"); /* it comes back by a poll */
    polled->own = true;
    g_autofree struct intake_result *seen = house_take(&f.house, HOUSE_CHANNEL, polled, NULL);
    g_assert_cmpint(seen->fate, ==, INTAKE_KNOWN);
    house_expect(&f.house, "2", "SELECT count(*) FROM message");
    fixture_close(&f);
}

static void test_retry(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, 0, NULL);
    expect_state(&f, id, "retry transient ");
    step_within(&f, 800, 1200);
    answer(&f, 0, NULL);
    step_within(&f, 1600, 2400);
    answer(&f, 0, NULL);
    house_expect(&f.house, "trouble transient", "SELECT status || ' ' || status_text FROM channel WHERE id = 21");
    house_expect(&f.house, "1", "SELECT count(*) FROM event WHERE kind = 'channel.changed'");
    f.network.busy = true; /* our own limit: nothing left either */
    step_within(&f, 3200, 4800);
    house_settle(&f.house);
    expect_state(&f, id, "retry transient ");
    f.network.busy = false;
    house_run(&f.house, "UPDATE outbox SET first_try_ms = first_try_ms - %" PRId64, OUTBOX_GIVE_UP_MS);
    step_within(&f, 6400, 9600);
    answer(&f, 0, NULL);
    expect_state(&f, id, "failed never_sent "); /* a day has passed, and nothing ever left */
    g_assert_cmpint(step(&f), ==, INT64_MAX);
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(outbox_pause_ms(60), >=, 8 * CLOCK_MINUTE_MS);
        g_assert_cmpint(outbox_pause_ms(60), <=, 12 * CLOCK_MINUTE_MS);
    }
    fixture_close(&f);
}

/* A day of tries, one of which may have arrived: nobody may say that it was never sent. */
static void test_given_up_in_doubt(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    has_keys = true;
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, -1, NULL);
    house_expect(&f.house, "1", "SELECT doubtful FROM outbox WHERE id = %" PRId64, id);
    step_within(&f, 800, 1200);
    house_run(&f.house, "UPDATE outbox SET first_try_ms = first_try_ms - %" PRId64, OUTBOX_GIVE_UP_MS);
    answer(&f, 429, NULL);
    house_expect(&f.house, "1", "SELECT doubtful FROM outbox WHERE id = %" PRId64, id);
    step_within(&f, 29000, 30000);
    answer(&f, 429, NULL);
    expect_state(&f, id, "failed unconfirmed ");

    int64_t limited = reply(&f, "again"); /* held up by its limits only */
    clock_manual_advance(&f.house.clock, 30000);
    step(&f);
    answer(&f, 429, NULL);
    house_run(&f.house, "UPDATE outbox SET first_try_ms = first_try_ms - %" PRId64, OUTBOX_GIVE_UP_MS);
    step_within(&f, 29000, 30000);
    answer(&f, 429, NULL);
    expect_state(&f, limited, "failed never_sent ");
    fixture_close(&f);
}

static void test_rate_limited(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, 429, NULL);
    expect_state(&f, id, "retry rate_limited ");
    g_autofree struct intake_result *other =
        house_take(&f.house, HOUSE_CHANNEL, house_dm("d1", "wang", "hi"), NULL); /* the whole channel waits */
    house_reply(&f.house, other->conversation_id, other->message_id, "later");
    step_within(&f, 29000, 30000);
    g_assert_cmpuint(f.network.calls->len, ==, 2);
    answer(&f, 200, "c-1");
    answer(&f, 200, "c-2");
    house_expect(&f.house, "2", "SELECT count(*) FROM outbox WHERE state = 'sent'");
    fixture_close(&f);
}

static int64_t two_seconds(const struct channel_account *account)
{
    (void)account;
    return 2000;
}

static void test_interval(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    HOUSE_SCRIPTED.send_interval_ms = two_seconds;
    g_autofree struct intake_result *other = house_take(&f.house, HOUSE_CHANNEL, house_dm("d1", "wang", "hi"), NULL);
    reply(&f, "one");
    house_reply(&f.house, other->conversation_id, other->message_id, "two");
    step(&f);
    g_assert_cmpuint(f.network.calls->len, ==, 1);
    answer(&f, 200, "c-1");
    step_within(&f, 1500, 2000);
    g_assert_cmpuint(f.network.calls->len, ==, 1);
    answer(&f, 200, "c-2");
    fixture_close(&f);
}

static void test_failed_and_resent(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "rude");
    step(&f);
    answer(&f, 400, NULL);
    expect_state(&f, id, "failed content_rejected 20021");
    house_expect(&f.house, "{\"state\":\"failed\",\"error_class\":\"content_rejected\",\"error_code\":\"20021\"}",
                 "SELECT data FROM event WHERE kind = 'message.failed'");
    int64_t unbuildable = reply(&f, "unbuildable"); /* a failed one does not hold it up */
    step(&f);
    house_settle(&f.house);
    expect_state(&f, unbuildable, "failed bad_request too_long");
    int64_t locked = reply(&f, "hello");
    step(&f);
    answer(&f, 401, NULL);
    expect_state(&f, locked, "failed auth_expired ");
    house_expect(&f.house, "trouble auth_expired", "SELECT status || ' ' || status_text FROM channel WHERE id = 21");
    fixture_close(&f);
}

struct request {
    bool (*call)(struct tx *tx, int64_t person_id, int64_t now_ms, int64_t id, GError **error);
    int64_t id, now_ms;
};

static bool do_request(struct tx *tx, void *data, GError **error)
{
    const struct request *request = data;
    return request->call(tx, HOUSE_PERSON, request->now_ms, request->id, error);
}

static void test_resend_and_cancel(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    struct request resend = {outbox_resend, id, house_now(&f.house)}, cancel = {outbox_cancel, id, house_now(&f.house)};
    g_autoptr(GError) error = NULL;
    g_assert_false(store_write(f.house.store, do_request, &resend, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_CONFLICT);
    g_assert_cmpstr(error_field(error), ==, "state");
    step(&f);
    answer(&f, 400, NULL);
    g_assert_true(store_write(f.house.store, do_request, &resend, NULL));
    house_expect(&f.house, "13", "SELECT person_id FROM event ORDER BY seq DESC LIMIT 1");
    step(&f);
    answer(&f, 0, NULL);
    expect_state(&f, id, "retry transient ");
    g_assert_true(store_write(f.house.store, do_request, &cancel, NULL));
    expect_state(&f, id, "cancelled  ");
    g_assert_cmpint(step(&f), ==, INT64_MAX);
    g_clear_error(&error);
    g_assert_false(store_write(f.house.store, do_request, &cancel, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_CONFLICT);
    g_clear_error(&error);
    resend.id = 5;
    g_assert_false(store_write(f.house.store, do_request, &resend, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_NOT_FOUND);
    fixture_close(&f);
}

/* ---- when nobody knows ---- */

static void test_ambiguous_found(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, -1, NULL);
    expect_state(&f, id, "ambiguous ambiguous ");
    step_within(&f, 5000, 5000);
    g_assert_true(g_str_has_prefix(house_network_url(&f.network, 0), "https://platform.test/mine"));
    answer(&f, 500, NULL); /* cannot tell */
    expect_state(&f, id, "ambiguous ambiguous ");
    expect_events(&f, id, "1"); /* told once */
    step_within(&f, 15000, 15000);
    answer(&f, 200, "c-7");
    expect_state(&f, id, "sent  ");
    g_assert_cmpuint(f.network.count, ==, 3); /* one send, two questions */
    fixture_close(&f);
}

static void test_ambiguous_not_there(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, -1, NULL);
    step_within(&f, 5000, 5000);
    answer(&f, 200, "");
    expect_state(&f, id, "retry transient ");
    step_within(&f, 800, 1200);
    g_assert_true(g_str_has_prefix(house_network_url(&f.network, 0), "https://platform.test/send"));
    answer(&f, 200, "c-8");
    expect_state(&f, id, "sent  ");
    fixture_close(&f);
}

/* The platform says that it has this text already: looked for, and when it is not there not tried again. */
static void test_repeated(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t there = reply(&f, "hello");
    step(&f);
    answer(&f, 409, NULL);
    expect_state(&f, there, "ambiguous duplicate_content ");
    step_within(&f, 5000, 5000);
    answer(&f, 200, "c-5");
    expect_state(&f, there, "sent  ");

    int64_t not_there = reply(&f, "hello");
    step(&f);
    answer(&f, 409, NULL);
    step_within(&f, 5000, 5000);
    answer(&f, 500, NULL); /* cannot tell: why it is asked is kept */
    expect_state(&f, not_there, "ambiguous duplicate_content ");
    step_within(&f, 15000, 15000);
    answer(&f, 200, "");
    expect_state(&f, not_there, "failed repeated_content ");
    g_assert_cmpint(step(&f), ==, INT64_MAX);
    fixture_close(&f);
}

/* A list of our own messages that does not reach back far enough is followed. */
static void test_pages(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, -1, NULL);
    step_within(&f, 5000, 5000);
    answer(&f, 206, "900");
    g_assert_true(g_str_has_suffix(house_network_url(&f.network, 0), "&from=900"));
    answer(&f, 206, "700");
    g_assert_true(g_str_has_suffix(house_network_url(&f.network, 0), "&from=700"));
    answer(&f, 0, NULL); /* asked again later, from the newest on */
    expect_state(&f, id, "ambiguous ambiguous ");
    step_within(&f, 15000, 15000);
    g_assert_true(g_str_has_suffix(house_network_url(&f.network, 0), "&from=newest"));
    for (int i = 1; i < OUTBOX_LOOK_PAGES; i++)
        answer(&f, 206, "500");
    g_assert_cmpuint(f.network.calls->len, ==, 1);
    answer(&f, 206, "500"); /* there is an end to it */
    g_assert_cmpuint(f.network.calls->len, ==, 0);
    step_within(&f, 60000, 60000);
    answer(&f, 206, "900");
    answer(&f, 200, "c-6");
    expect_state(&f, id, "sent  ");
    fixture_close(&f);
}

static void test_unconfirmed(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    answer(&f, -1, NULL);
    for (int i = 0; i < OUTBOX_CHECKS; i++) {
        step_within(&f, outbox_check_pause_ms(i), outbox_check_pause_ms(i));
        expect_state(&f, id, "ambiguous ambiguous ");
        answer(&f, -1, NULL);
    }
    expect_state(&f, id, "failed unconfirmed ");
    g_assert_cmpuint(f.network.count, ==, 1 + OUTBOX_CHECKS);

    HOUSE_SCRIPTED.reconcile_build = NULL; /* a platform that cannot be asked */
    int64_t second = reply(&f, "again");
    step(&f);
    answer(&f, -1, NULL);
    clock_manual_advance(&f.house.clock, 5000);
    step(&f);
    house_settle(&f.house);
    expect_state(&f, second, "failed unconfirmed ");
    fixture_close(&f);
}

/* ---- crashes ---- */

/* The process is gone between claim and record: its calls are never answered to anybody who remembers. */
static void test_crash(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    struct outbox *dead = f.outbox; /* its call hangs */
    f.outbox = new_outbox(&f, f.house.store);
    step_within(&f, OUTBOX_LEASE_MS, OUTBOX_LEASE_MS);
    expect_state(&f, id, "ambiguous ambiguous ");
    g_assert_cmpuint(f.network.count, ==, 1); /* not sent again */
    clock_manual_advance(&f.house.clock, 5000);
    step(&f);
    g_assert_cmpuint(f.network.count, ==, 2); /* but asked about */
    answer(&f, 200, "c-9");                   /* the old call was alive after all: good news is taken in */
    expect_state(&f, id, "sent  ");
    answer(&f, 200, ""); /* and the question's "not there" comes too late */
    expect_state(&f, id, "sent  ");
    house_expect(&f.house, "1", "SELECT count(*) FROM event WHERE kind = 'message.sent'");
    g_assert_cmpint(step(&f), ==, INT64_MAX);
    outbox_free(dead);
    fixture_close(&f);
}

/* Nobody else can be at work: what was under way is asked about at once. */
static void test_recover(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    step(&f);
    struct outbox *dead = f.outbox;
    f.outbox = new_outbox(&f, f.house.store);
    g_assert_cmpint(step(&f), ==, house_now(&f.house) + OUTBOX_LEASE_MS);
    g_assert_true(outbox_recover(f.outbox, NULL));
    step(&f);
    expect_state(&f, id, "ambiguous ambiguous ");
    answer(&f, 200, "c-9");
    expect_state(&f, id, "sent  ");
    outbox_free(dead);
    fixture_close(&f);
}

static void test_crash_with_key(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    has_keys = true;
    int64_t id = reply(&f, "hello");
    step(&f);
    struct outbox *dead = f.outbox;
    f.outbox = new_outbox(&f, f.house.store);
    clock_manual_advance(&f.house.clock, OUTBOX_LEASE_MS);
    step(&f);
    expect_state(&f, id, "retry transient ");
    step_within(&f, 800, 1200);
    answer(&f, 400, NULL); /* the old call's refusal is nobody's any more */
    expect_state(&f, id, "sending transient ");
    answer(&f, 200, "c-10");
    expect_state(&f, id, "sent  ");
    outbox_free(dead);
    fixture_close(&f);
}

/* Sent, polled back under the platform's name, and only then recorded. */
static void test_polled_before_recorded(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "see https://shop.test/very/long");
    step(&f);
    struct channel_post *polled = house_post("c-11", "brand", "p1", "see https://t.test/x"); /* they shortened it */
    polled->own = true;
    g_autofree struct intake_result *seen = house_take(&f.house, HOUSE_CHANNEL, polled, NULL);
    g_assert_cmpint(seen->fate, ==, INTAKE_TAKEN); /* cannot be told apart yet */
    answer(&f, 200, "c-11");
    expect_state(&f, id, "sent  ");
    house_expect(&f.house, "2", "SELECT count(*) FROM message");
    house_expect(&f.house, "c-11", "SELECT native_id FROM message WHERE id = %" PRId64, id);
    fixture_close(&f);
}

/* ---- order, channels ---- */

static void test_order(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t first = reply(&f, "one"), second = reply(&f, "two");
    step(&f);
    g_assert_cmpuint(f.network.calls->len, ==, 1);
    answer(&f, 0, NULL);
    step(&f); /* the first waits for its retry, the second for the first */
    g_assert_cmpuint(f.network.calls->len, ==, 0);
    step_within(&f, 700, 1200);
    answer(&f, -1, NULL);
    expect_state(&f, second, "queued  ");
    step_within(&f, 5000, 5000);
    answer(&f, 200, "c-1");
    expect_state(&f, first, "sent  ");
    step(&f);
    g_assert_cmpstr(house_network_url(&f.network, 0), ==, "https://platform.test/send?text=two&to=lin&under=p1");
    answer(&f, 200, "c-2");
    fixture_close(&f);
}

static void test_channel_off(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    int64_t id = reply(&f, "hello");
    house_run(&f.house, "UPDATE channel SET enabled = 0 WHERE id = 21");
    g_assert_cmpint(step(&f), ==, INT64_MAX); /* it waits until the channel is on again */
    expect_state(&f, id, "queued  ");
    house_run(&f.house, "UPDATE channel SET deleted_ms = 1 WHERE id = 21");
    accounts_reload(f.house.accounts, NULL);
    step(&f);
    expect_state(&f, id, "failed auth_revoked ");
    fixture_close(&f);
}

/* Two processes on one database. */
static void test_two_senders(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    enum { REPLIES = 20 };
    for (int i = 0; i < REPLIES; i++) {
        g_autofree char *who = g_strdup_printf("fan-%d", i);
        g_autofree char *native_id = g_strdup_printf("d-%d", i);
        g_autofree struct intake_result *asked =
            house_take(&f.house, HOUSE_CHANNEL, house_dm(native_id, who, "hi"), NULL);
        house_reply(&f.house, asked->conversation_id, asked->message_id, "yes");
    }
    clock_manual_advance(&f.house.clock, 5);
    g_autoptr(store_auto) other_store = database_open(database);
    struct outbox *other = new_outbox(&f, database->url != NULL ? other_store : f.house.store);
    int64_t next_ms = 0;
    g_assert_true(outbox_step(other, &next_ms, NULL));
    step(&f);
    g_assert_true(outbox_step(other, &next_ms, NULL));
    g_assert_cmpuint(f.network.count, ==, REPLIES);
    for (int i = 0; i < REPLIES; i++) {
        g_autofree char *native_id = g_strdup_printf("r-%d", i);
        house_answer(&f.network, 200, native_id);
    }
    outbox_free(other);
    house_settle(&f.house);
    house_expect(&f.house, "20", "SELECT count(*) FROM outbox WHERE state = 'sent' AND attempts = 1");
    fixture_close(&f);
}

/* ---- inside Huiyin ---- */

static void test_sandbox(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    house_run(&f.house, "INSERT INTO sandbox_person (id, channel_id, handle, created_ms) VALUES (31, 23, 'lin', 1);"
                        "INSERT INTO sandbox_item (id, channel_id, person_id, root_id, kind, text, created_ms) "
                        "VALUES (41, 23, 31, 41, 'post', 'hi', 1)");
    g_autofree struct intake_result *asked =
        house_take(&f.house, HOUSE_SANDBOX, house_post("item:41", "lin", NULL, "hi"), house_dm("item:42", "lin", "hi"),
                   house_post("item:43", "lin", NULL, "deleted meanwhile"), NULL);
    int64_t in_public = house_reply(&f.house, asked[0].conversation_id, asked[0].message_id, "hello all");
    int64_t in_private = house_reply(&f.house, asked[1].conversation_id, asked[1].message_id, "hello you");
    int64_t gone = house_reply(&f.house, asked[2].conversation_id, asked[2].message_id, "hello?");
    clock_manual_advance(&f.house.clock, 5);
    step(&f);
    expect_state(&f, in_public, "sent  ");
    expect_state(&f, in_private, "sent  ");
    expect_state(&f, gone, "failed target_gone ");
    house_expect(&f.house, "comment 41 41",
                 "SELECT kind || ' ' || parent_id || ' ' || root_id FROM sandbox_item WHERE outbox_id = %" PRId64,
                 in_public);
    house_expect(&f.house, "dm 31", "SELECT kind || ' ' || peer_id FROM sandbox_item WHERE outbox_id = %" PRId64,
                 in_private);
    house_expect(&f.house, "1", "SELECT count(*) FROM sandbox_person WHERE is_brand = 1");
    house_expect(&f.house, "item:", "SELECT substr(native_id, 1, 5) FROM message WHERE id = %" PRId64, in_public);
    g_assert_cmpuint(f.network.count, ==, 0);
    fixture_close(&f);
}

static void test_webchat(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    struct channel_post *line = house_dm("51:a", "visitor:51", "hi");
    line->kind = "chat";
    line->target = g_strdup("{\"visitor\":\"51\"}");
    g_autofree struct intake_result *asked = house_take(&f.house, HOUSE_CHAT, line, NULL);
    house_run(&f.house,
              "INSERT INTO webchat_visitor (id, channel_id, digest, created_ms, seen_ms) VALUES (51, 24, 'd', 1, 1);"
              "INSERT INTO webchat_line (visitor_id, seq, message_id) VALUES (51, 1, %" PRId64 ")",
              asked->message_id);
    int64_t id = house_reply(&f.house, asked->conversation_id, asked->message_id, "welcome");
    clock_manual_advance(&f.house.clock, 5);
    step(&f);
    expect_state(&f, id, "sent  ");
    house_expect(&f.house, "2", "SELECT seq FROM webchat_line WHERE message_id = %" PRId64, id);
    fixture_close(&f);
}

/* ---- the thread ---- */

static void test_thread(struct database *database)
{
    struct fixture f;
    fixture_open(&f, database);
    house_run(&f.house,
              "INSERT INTO webchat_visitor (id, channel_id, digest, created_ms, seen_ms) VALUES (51, 24, 'd', 1, 1)");
    struct channel_post *line = house_dm("51:a", "visitor:51", "hi");
    line->target = g_strdup("{\"visitor\":\"51\"}");
    g_autofree struct intake_result *asked = house_take(&f.house, HOUSE_CHAT, line, NULL);
    store_watch(f.house.store, outbox_wake, f.outbox);
    outbox_start(f.outbox);
    int64_t id = house_reply(&f.house, asked->conversation_id, asked->message_id, "welcome");
    outbox_wake(f.outbox); /* house_reply appends no event */
    g_autofree char *state = NULL;
    gint64 until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    do {
        g_free(state);
        state = house_ask(&f.house, "SELECT state FROM outbox WHERE id = %" PRId64, id);
    } while (strcmp(state, "sent") != 0 && g_get_monotonic_time() < until);
    g_assert_cmpstr(state, ==, "sent");
    fixture_close(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/outbox/sent", test_sent);
    database_test("/outbox/retry", test_retry);
    database_test("/outbox/given_up_in_doubt", test_given_up_in_doubt);
    database_test("/outbox/rate_limited", test_rate_limited);
    database_test("/outbox/interval", test_interval);
    database_test("/outbox/failed", test_failed_and_resent);
    database_test("/outbox/resend_and_cancel", test_resend_and_cancel);
    database_test("/outbox/ambiguous_found", test_ambiguous_found);
    database_test("/outbox/ambiguous_not_there", test_ambiguous_not_there);
    database_test("/outbox/repeated", test_repeated);
    database_test("/outbox/pages", test_pages);
    database_test("/outbox/unconfirmed", test_unconfirmed);
    database_test("/outbox/recover", test_recover);
    database_test("/outbox/crash", test_crash);
    database_test("/outbox/crash_with_key", test_crash_with_key);
    database_test("/outbox/polled_before_recorded", test_polled_before_recorded);
    database_test("/outbox/order", test_order);
    database_test("/outbox/channel_off", test_channel_off);
    database_test("/outbox/two_senders", test_two_senders);
    database_test("/outbox/sandbox", test_sandbox);
    database_test("/outbox/webchat", test_webchat);
    database_test("/outbox/thread", test_thread);
    return g_test_run();
}

/* intake_test.c - once or not at all: dedupe, people, threads, own posts, what is written with them. */
#include "inbox.h"

#include "base/limit.h"
#include "understanding/rule_count.h"

#include <string.h>

#define CONVERSATION "SELECT %s FROM conversation WHERE id = %" G_GINT64_FORMAT

static void test_first(struct database *database)
{
    struct house house;
    house_open(&house, database);
    struct channel_post *post = house_post("p1", "lin", NULL, "a complaint\n\n about   the\tshop");
    post->author.followers = 200000;
    post->author.verified = "media";
    post->target = g_strdup("{\"status\":\"1\"}");
    post->sent_ms = HOUSE_NOW_MS - 9000;
    g_autofree struct intake_result *result = house_take(&house, HOUSE_CHANNEL, post, NULL);
    g_assert_cmpint(result->fate, ==, INTAKE_TAKEN);
    int64_t id = result->conversation_id;
    house_expect(&house, "post:p1", CONVERSATION, "thread_key", id);
    house_expect(&house, "open", CONVERSATION, "state", id);
    house_expect(&house, "12", CONVERSATION, "team_id", id);
    house_expect(&house, "80", CONVERSATION, "importance", id);
    house_expect(&house, "complaint", CONVERSATION, "category", id);
    house_expect(&house, "1767323345000", CONVERSATION, "due_ms", id); /* five minutes: a public complaint */
    house_expect(&house, "1767323036000", CONVERSATION, "last_inbound_ms", id);
    house_expect(&house, "a complaint about the shop", CONVERSATION, "last_text", id);
    house_expect(&house, "1", CONVERSATION, "unread", id);
    house_expect(&house, "{\"status\":\"1\"}", "SELECT target FROM message WHERE native_id = 'p1'");
    house_expect(&house, "{\"importance\":80}", "SELECT assessment FROM message WHERE native_id = 'p1'");
    house_expect(&house, "9", "SELECT length(body) FROM payload");
    house_expect(&house, "lin", "SELECT name FROM contact");
    house_expect(&house, "scripted", "SELECT scope FROM identity WHERE native_id = 'lin' AND verified = 'media'");
    house_expect(&house, "conversation.created", "SELECT kind FROM event ORDER BY seq LIMIT 1");
    house_expect(&house, "message.received", "SELECT kind FROM event ORDER BY seq DESC LIMIT 1");
    house_close(&house);
}

static void test_known(struct database *database)
{
    struct house house;
    house_open(&house, database);
    struct channel_post *pushed = house_dm("push:77", "lin", "hello");
    g_autofree struct intake_result *first = house_take(&house, HOUSE_CHANNEL, pushed, NULL);
    g_autofree struct intake_result *same = house_take(&house, HOUSE_CHANNEL, house_dm("push:77", "lin", "hello"),
                                                       house_dm("push:77", "lin", "hello"), NULL);
    g_assert_cmpint(same[0].fate, ==, INTAKE_KNOWN);
    g_assert_cmpint(same[1].fate, ==, INTAKE_KNOWN);
    g_assert_cmpint(same[0].message_id, ==, first->message_id);

    struct channel_post *polled = house_dm("dm:5", "lin", "hello"); /* names the push it was */
    polled->alias_id = g_strdup("push:77");
    polled->target = g_strdup("{\"comment\":\"5\"}"); /* and what it takes to answer it */
    g_autofree struct intake_result *second = house_take(&house, HOUSE_CHANNEL, polled, NULL);
    g_assert_cmpint(second->fate, ==, INTAKE_KNOWN);
    g_autofree struct intake_result *third = house_take(&house, HOUSE_CHANNEL, house_dm("dm:5", "lin", "hello"), NULL);
    g_assert_cmpint(third->fate, ==, INTAKE_KNOWN); /* by the key it learnt */
    house_expect(&house, "1", "SELECT count(*) FROM message");
    house_expect(&house, "{\"comment\":\"5\"}", "SELECT target FROM message");
    house_expect(&house, "2", "SELECT count(*) FROM event");

    struct channel_post *with_alias = house_dm("dm:6", "lin", "again"); /* and the other way round */
    with_alias->alias_id = g_strdup("push:78");
    g_autofree struct intake_result *fourth = house_take(&house, HOUSE_CHANNEL, with_alias, NULL);
    g_assert_cmpint(fourth->fate, ==, INTAKE_TAKEN);
    g_autofree struct intake_result *fifth =
        house_take(&house, HOUSE_CHANNEL, house_dm("push:78", "lin", "again"), NULL);
    g_assert_cmpint(fifth->fate, ==, INTAKE_KNOWN);

    g_autofree struct intake_result *other =
        house_take(&house, HOUSE_SCOPED, house_dm("push:77", "lin", "hello"), NULL);
    g_assert_cmpint(other->fate, ==, INTAKE_TAKEN); /* another channel's ids are its own */
    house_close(&house);
}

/* A push knows an id, the poll that finds the same message knows the person. */
static void test_author_told_later(struct database *database)
{
    struct house house;
    house_open(&house, database);
    struct channel_post *pushed = house_post("push:9", "77", NULL, "complaint");
    g_free(pushed->author.handle);
    pushed->author.handle = g_strdup("");
    pushed->author.followers = -1;
    pushed->alias_id = g_strdup("status:9");
    g_autofree struct intake_result *first = house_take(&house, HOUSE_CHANNEL, pushed, NULL);
    house_expect(&house, "77", "SELECT author_name FROM message");
    house_expect(&house, "60", CONVERSATION, "importance", first->conversation_id);

    struct channel_post *polled = house_post("status:9", "77", NULL, "complaint");
    g_free(polled->author.handle);
    polled->author.handle = g_strdup("老王");
    polled->author.followers = 862000;
    polled->author.verified = "person";
    g_autofree struct intake_result *second = house_take(&house, HOUSE_CHANNEL, polled, NULL);
    g_assert_cmpint(second->fate, ==, INTAKE_KNOWN);
    house_expect(&house, "1", "SELECT count(*) FROM message");
    house_expect(&house, "1", CONVERSATION, "inbound_count", first->conversation_id);
    house_expect(&house, "老王", "SELECT author_name FROM message");
    house_expect(&house, "老王", "SELECT name FROM contact");
    house_expect(&house, "老王", "SELECT handle FROM identity WHERE followers = 862000 AND verified = 'person'");
    house_expect(&house, "80", CONVERSATION, "importance", first->conversation_id);
    house_expect(&house, "{\"importance\":80}", "SELECT assessment FROM message");
    house_expect(&house, "{\"importance\":80}", "SELECT data FROM event WHERE kind = 'conversation.changed'");
    house_expect(&house, "1", "SELECT count(*) FROM event WHERE kind = 'message.received'");

    struct channel_post *old =
        house_post("status:9", "77", NULL, "complaint"); /* read again, with facts of last year */
    old->author.followers = 12;
    g_autofree struct intake_result *third = house_take(&house, HOUSE_CHANNEL, old, NULL);
    g_assert_cmpint(third->fate, ==, INTAKE_KNOWN);
    house_expect(&house, "862000", "SELECT followers FROM identity WHERE handle = '老王'");
    house_expect(&house, "1", "SELECT count(*) FROM event WHERE kind = 'conversation.changed'");
    house_close(&house);
}

static void test_people(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *first =
        house_take(&house, HOUSE_CHANNEL, house_post("p1", "lin", NULL, "hi"), NULL);
    struct channel_post *renamed = house_post("p2", "lin", NULL, "hi");
    g_free(renamed->author.handle);
    renamed->author.handle = g_strdup("Lin 林");
    renamed->author.followers = 300000;
    renamed->author.verified = "person";
    g_autofree struct intake_result *second = house_take(&house, HOUSE_CHANNEL, renamed, NULL);
    house_expect(&house, "1", "SELECT count(*) FROM contact");
    house_expect(&house, "Lin 林", "SELECT name FROM contact");
    house_expect(&house, "lin lin 林", "SELECT folded FROM contact");
    house_expect(&house, "1", "SELECT count(*) FROM event WHERE kind = 'contact.changed'");

    struct channel_post *silent = house_dm("d1", "lin", "complaint"); /* a push that tells nothing of its author */
    g_free(silent->author.handle);
    silent->author.handle = g_strdup("");
    silent->author.followers = -1;
    g_autofree struct intake_result *third = house_take(&house, HOUSE_CHANNEL, silent, NULL);
    house_expect(&house, "300000", "SELECT followers FROM identity");
    house_expect(&house, "person", "SELECT verified FROM identity");
    house_expect(&house, "Lin 林", "SELECT author_name FROM message WHERE native_id = 'd1'");
    house_expect(&house, "80", CONVERSATION, "importance", third->conversation_id); /* what was known weighed */

    house_run(&house, "UPDATE contact SET name = 'Ms Lin', relation = 'at_risk'");
    struct channel_post *again = house_post("p3", "lin", NULL, "hi"); /* a name given by hand stays */
    again->author.followers = 5;
    g_autofree struct intake_result *fourth = house_take(&house, HOUSE_CHANNEL, again, NULL);
    house_expect(&house, "Ms Lin", "SELECT name FROM contact");
    house_expect(&house, "20", CONVERSATION, "importance", fourth->conversation_id); /* 10 for the relation */

    struct channel_post *nameless = house_dm("d2", "u-99", "hi");
    g_free(nameless->author.handle);
    nameless->author.handle = g_strdup("");
    g_autofree struct intake_result *fifth = house_take(&house, HOUSE_SCOPED, nameless, NULL);
    house_expect(&house, "scoped:22", "SELECT scope FROM identity WHERE native_id = 'u-99'");
    house_expect(&house, "u-99", "SELECT handle FROM identity WHERE native_id = 'u-99'");
    house_close(&house);
}

static void test_threads(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *r = house_take(
        &house, HOUSE_CHANNEL, house_post("p1", "lin", NULL, "one"), house_post("c1", "lin", "p1", "complaint"),
        house_post("c2", "wang", "p1", "two"), house_dm("d1", "lin", "three"), house_post("p2", "lin", NULL, "x"),
        house_dm("d2", "lin", "thanks"), NULL);
    g_assert_cmpint(r[0].conversation_id, ==, r[1].conversation_id); /* a comment below one's own post */
    g_assert_cmpint(r[0].conversation_id, !=, r[2].conversation_id); /* another person there */
    g_assert_cmpint(r[0].conversation_id, !=, r[3].conversation_id); /* the same in private */
    g_assert_cmpint(r[0].conversation_id, !=, r[4].conversation_id); /* another post */
    g_assert_cmpint(r[3].conversation_id, ==, r[5].conversation_id);
    house_expect(&house, "2", CONVERSATION, "inbound_count", r[0].conversation_id);
    house_expect(&house, "63", CONVERSATION, "importance", r[0].conversation_id); /* the highest */
    house_expect(&house, "complaint", CONVERSATION, "category", r[0].conversation_id);
    house_expect(&house, "1767323345000", CONVERSATION, "due_ms", r[0].conversation_id); /* the earliest */
    house_expect(&house, "1767324845000", CONVERSATION, "due_ms", r[3].conversation_id); /* thanks asks for nothing */
    house_close(&house);
}

static void test_reopening(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *first = house_take(&house, HOUSE_CHANNEL, house_dm("d1", "lin", "hi"), NULL);
    house_run(&house,
              "UPDATE conversation SET state = 'resolved', resolved_ms = %" G_GINT64_FORMAT
              ", due_ms = NULL, unread = 0, assignee_id = 13, category = 'praise', category_person_id = 13",
              HOUSE_NOW_MS);
    clock_manual_advance(&house.clock, 7 * CLOCK_DAY_MS - 1);
    g_autofree struct intake_result *within =
        house_take(&house, HOUSE_CHANNEL, house_dm("d2", "lin", "complaint"), NULL);
    g_assert_cmpint(within->conversation_id, ==, first->conversation_id);
    house_expect(&house, "open", CONVERSATION, "state", first->conversation_id);
    house_expect(&house, "1", CONVERSATION, "reopened_count", first->conversation_id);
    house_expect(&house, "13", CONVERSATION, "assignee_id", first->conversation_id);  /* stays with its owner */
    house_expect(&house, "praise", CONVERSATION, "category", first->conversation_id); /* corrected by a person */
    house_expect(&house, "", CONVERSATION, "resolved_ms", first->conversation_id);
    house_expect(&house, "{\"state\":\"open\"}", "SELECT data FROM event WHERE kind = 'conversation.changed'");

    house_run(&house, "UPDATE conversation SET state = 'resolved', resolved_ms = %" G_GINT64_FORMAT, house_now(&house));
    clock_manual_advance(&house.clock, 7 * CLOCK_DAY_MS);
    g_autofree struct intake_result *after = house_take(&house, HOUSE_CHANNEL, house_dm("d3", "lin", "hi"), NULL);
    g_assert_cmpint(after->conversation_id, !=, first->conversation_id);

    house_run(
        &house,
        "UPDATE conversation SET state = 'snoozed', snoozed_until_ms = 9000000000000 WHERE id = %" G_GINT64_FORMAT,
        after->conversation_id);
    g_autofree struct intake_result *woken = house_take(&house, HOUSE_CHANNEL, house_dm("d4", "lin", "hi"), NULL);
    g_assert_cmpint(woken->conversation_id, ==, after->conversation_id);
    house_expect(&house, "open", CONVERSATION, "state", after->conversation_id);
    house_expect(&house, "", CONVERSATION, "snoozed_until_ms", after->conversation_id);
    house_close(&house);
}

static struct channel_post *own(struct channel_post *post, const char *parent)
{
    post->own = true;
    g_free(post->parent_native_id);
    post->parent_native_id = g_strdup(parent);
    return post;
}

static void test_own_posts(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *nowhere =
        house_take(&house, HOUSE_CHANNEL, own(house_post("b0", "brand", NULL, "news"), NULL), NULL);
    g_assert_cmpint(nowhere->fate, ==, INTAKE_LEFT_OUT);
    house_expect(&house, "0", "SELECT count(*) FROM conversation");

    g_autofree struct intake_result *asked =
        house_take(&house, HOUSE_CHANNEL, house_post("p1", "lin", NULL, "hi"), NULL);
    g_autofree struct intake_result *answer =
        house_take(&house, HOUSE_CHANNEL, own(house_post("b1", "brand", "p1", "by hand"), "p1"), NULL);
    g_assert_cmpint(answer->fate, ==, INTAKE_TAKEN);
    g_assert_cmpint(answer->conversation_id, ==, asked->conversation_id);
    house_expect(&house, "out", "SELECT direction FROM message WHERE native_id = 'b1'");
    house_expect(&house, "", CONVERSATION, "due_ms", asked->conversation_id);
    house_expect(&house, "0", CONVERSATION, "unread", asked->conversation_id);
    house_expect(&house, "0", "SELECT count(*) FROM outbox");
    house_close(&house);
}

static void test_own_reply_settled(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree struct intake_result *asked =
        house_take(&house, HOUSE_CHANNEL, house_post("p1", "lin", NULL, "hi"), NULL);
    int64_t reply = house_reply(&house, asked->conversation_id, asked->message_id, "we are on it");
    house_run(&house, "UPDATE outbox SET state = 'ambiguous', due_ms = 1");
    g_autofree struct intake_result *other =
        house_take(&house, HOUSE_CHANNEL, own(house_post("b0", "brand", "p1", "yes, we are on it"), "p1"),
                   own(house_post("b00", "brand", "p1", "we are on it by now"), "p1"), NULL);
    g_assert_cmpint(other[0].fate, ==, INTAKE_TAKEN); /* by hand: they say more than the reply */
    g_assert_cmpint(other[1].fate, ==, INTAKE_TAKEN);
    house_expect(&house, "ambiguous", "SELECT state FROM outbox");
    g_autofree struct intake_result *seen =
        house_take(&house, HOUSE_CHANNEL, own(house_post("b1", "brand", "p1", "re @lin: we are on it"), "p1"), NULL);
    g_assert_cmpint(seen->fate, ==, INTAKE_KNOWN);
    g_assert_cmpint(seen->message_id, ==, reply);
    house_expect(&house, "sent", "SELECT state FROM outbox");
    house_expect(&house, "b1", "SELECT native_id FROM message WHERE id = %" G_GINT64_FORMAT, reply);
    house_expect(&house, "4", "SELECT count(*) FROM message");
    g_autofree struct intake_result *again =
        house_take(&house, HOUSE_CHANNEL, own(house_post("b1", "brand", "p1", "re @lin: we are on it"), "p1"), NULL);
    g_assert_cmpint(again->fate, ==, INTAKE_KNOWN);
    house_close(&house);
}

static void test_sizes(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autofree char *long_text = g_strnfill(LIMIT_MESSAGE_TEXT - 1, 'x');
    g_autofree char *text = g_strconcat(long_text, "回音", NULL); /* the cut falls inside a character */
    g_autofree char *long_id = g_strnfill(LIMIT_NATIVE_ID + 1, '7');
    struct channel_post *post = house_post(long_id, "lin", NULL, text);
    post->sent_ms = HOUSE_NOW_MS + CLOCK_HOUR_MS; /* a clock that is ahead */
    g_autofree char *big = g_strnfill(LIMIT_RAW_PAYLOAD + 1000, 'r');
    post->raw = g_bytes_new(big, strlen(big));
    g_autofree struct intake_result *first = house_take(&house, HOUSE_CHANNEL, post, NULL);
    g_autofree struct intake_result *same =
        house_take(&house, HOUSE_CHANNEL, house_post(long_id, "lin", NULL, "x"), NULL);
    g_assert_cmpint(same->message_id, ==, first->message_id);
    g_autofree char *kept = house_ask(&house, "SELECT text FROM message");
    g_assert_true(g_utf8_validate(kept, -1, NULL));
    g_assert_true(g_str_has_suffix(kept, "x\n[…]"));
    house_expect(&house, "1767323045000", "SELECT sent_ms FROM message");
    house_expect(&house, "65536", "SELECT length(body) FROM payload");

    struct channel_post *broken = house_dm("bad", "lin", "caf\xe9");
    g_autofree struct intake_result *repaired = house_take(&house, HOUSE_CHANNEL, broken, NULL);
    house_expect(&house, "caf\xef\xbf\xbd", "SELECT text FROM message WHERE id = %" G_GINT64_FORMAT,
                 repaired->message_id);
    house_close(&house);
}

static void test_all_or_nothing(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autoptr(account_auto) account = account_find(house.accounts, HOUSE_CHANNEL);
    g_autoptr(GPtrArray) posts = g_ptr_array_new();
    struct channel_post *fine = house_dm("d1", "lin", "hi"), *nameless = house_dm("d2", "lin", "hi");
    g_clear_pointer(&nameless->native_id, g_free);
    g_ptr_array_add(posts, fine);
    g_ptr_array_add(posts, nameless);
    g_autoptr(intake_batch_auto) batch = intake_prepare(NULL, account, posts, NULL, HOUSE_NOW_MS);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_write(house.store, intake_take, batch, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_MISSING);
    house_expect(&house, "0", "SELECT count(*) FROM message");

    house_run(&house, "UPDATE channel SET deleted_ms = 1 WHERE id = 21");
    g_ptr_array_set_size(posts, 1);
    g_autoptr(intake_batch_auto) late = intake_prepare(NULL, account, posts, NULL, HOUSE_NOW_MS);
    g_clear_error(&error);
    g_assert_false(store_write(house.store, intake_take, late, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_NOT_FOUND);
    g_assert_cmpstr(error_field(error), ==, "channel");
    channel_post_free(fine);
    channel_post_free(nameless);
    house_close(&house);
}

static void test_accounts(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_autoptr(account_auto) before = account_find(house.accounts, HOUSE_CHANNEL);
    g_autoptr(account_auto) none = account_find(house.accounts, 99);
    g_assert_null(none);
    g_autoptr(GBytes) sealed = secret_seal(house.secret, "{\"token\":\"t-1\"}");
    g_autoptr(GString) hex = g_string_new(NULL);
    gsize length = 0;
    const uint8_t *bytes = g_bytes_get_data(sealed, &length);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(hex, "%02x", bytes[i]);
    const char *quote = database->url != NULL ? "'\\x" : "X'";
    house_run(&house,
              "INSERT INTO channel (id, kind, name, brand_id, settings, secrets, created_ms) "
              "VALUES (99, 'scripted', 'New', 11, '{\"base\":\"b-1\"}', %s%s', 1), (98, 'tomorrow', 'Newer', 11, '{}', "
              "NULL, 1)",
              quote, hex->str);
    g_autoptr(account_auto) added = account_find_fresh(house.accounts, 99, HOUSE_NOW_MS);
    g_assert_nonnull(added);
    g_assert_cmpstr(channel_setting(&added->channel, "token"), ==, "t-1");
    g_assert_cmpstr(channel_setting(&added->channel, "base"), ==, "b-1");
    g_assert_null(added->trouble);
    g_autoptr(account_auto) unknown_kind = account_find(house.accounts, 98);
    g_assert_null(unknown_kind);
    g_autoptr(account_auto) after = account_find(house.accounts, HOUSE_CHANNEL);
    g_assert_true(before == after); /* unchanged rows keep their snapshot */

    house_run(&house,
              "UPDATE channel SET deleted_ms = 1 WHERE id = 21; UPDATE channel SET secrets = %s00' WHERE id = 99",
              quote);
    g_assert_true(accounts_reload(house.accounts, NULL));
    g_autoptr(account_auto) removed = account_find(house.accounts, HOUSE_CHANNEL);
    g_assert_null(removed);
    g_assert_cmpstr(before->channel.kind, ==, "scripted"); /* who holds it may go on */
    g_autoptr(account_auto) locked = account_find(house.accounts, 99);
    g_assert_nonnull(locked->trouble);
    house_close(&house);
}

/* A channel inside Huiyin works when somebody has written through it. */
static void test_first_sign(struct database *database)
{
    struct house house;
    house_open(&house, database);
    house_run(&house, "UPDATE channel SET status = 'new' WHERE id = %d", HOUSE_SANDBOX);
    g_autofree struct intake_result *first =
        house_take(&house, HOUSE_SANDBOX, house_post("item:1", "lin", NULL, "hi"), NULL);
    g_assert_cmpint(first->fate, ==, INTAKE_TAKEN);
    house_expect(&house, "ok", "SELECT status FROM channel WHERE id = %d", HOUSE_SANDBOX);
    house_expect(&house, "1", "SELECT count(*) FROM event WHERE kind = 'channel.changed'");
    g_autofree struct intake_result *second =
        house_take(&house, HOUSE_SANDBOX, house_post("item:2", "lin", NULL, "hi"), NULL);
    g_assert_cmpint(second->fate, ==, INTAKE_TAKEN);
    house_expect(&house, "1", "SELECT count(*) FROM event WHERE kind = 'channel.changed'");
    house_close(&house);
}

/* What waits already makes the next message weigh more; what somebody answered does not wait. */
static void test_unanswered(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("w1", "lin", "hello"), NULL));
    house_expect(&house, "{\"importance\":10}", "SELECT assessment FROM message WHERE native_id = 'w1'");
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("w2", "lin", "anybody"), NULL));
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("w3", "lin", "there"), NULL));
    house_expect(&house, "{\"importance\":13}", "SELECT assessment FROM message WHERE native_id = 'w2'");
    house_expect(&house, "{\"importance\":16}", "SELECT assessment FROM message WHERE native_id = 'w3'");
    house_run(&house, "UPDATE conversation SET waiting_ms = NULL");
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("w4", "lin", "again"), NULL));
    house_expect(&house, "{\"importance\":10}", "SELECT assessment FROM message WHERE native_id = 'w4'");
    house_close(&house);
}

/* A rule that hits is counted once, and its tag joins those of the conversation. */
static void test_rules(struct database *database)
{
    struct house house;
    house_open(&house, database);
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("r1", "lin", "it burns #fire"), NULL));
    house_expect(&house, "[\"fire\"]", "SELECT tags FROM conversation");
    g_free(house_take(&house, HOUSE_CHANNEL, house_dm("r2", "lin", "and #fire"), house_dm("r3", "lin", "#danger"),
                      house_dm("r1", "lin", "it burns #fire"), NULL));
    house_expect(&house, "[\"fire\",\"danger\"]", "SELECT tags FROM conversation");
    house_expect(&house, "2", "SELECT count(*) FROM conversation_tag");
    g_autoptr(GArray) counts = rule_counts_take(assess_current_counts(house.assess));
    g_assert_cmpuint(counts->len, ==, 1);
    g_assert_cmpint(g_array_index(counts, struct rule_count, 0).id, ==, 7);
    g_assert_cmpint(g_array_index(counts, struct rule_count, 0).hits, ==, 3);
    house_close(&house);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/intake/first", test_first);
    database_test("/intake/known", test_known);
    database_test("/intake/author_told_later", test_author_told_later);
    database_test("/intake/people", test_people);
    database_test("/intake/threads", test_threads);
    database_test("/intake/reopening", test_reopening);
    database_test("/intake/own_posts", test_own_posts);
    database_test("/intake/own_reply_settled", test_own_reply_settled);
    database_test("/intake/sizes", test_sizes);
    database_test("/intake/all_or_nothing", test_all_or_nothing);
    database_test("/intake/unanswered", test_unanswered);
    database_test("/intake/rules", test_rules);
    database_test("/account/cache", test_accounts);
    database_test("/intake/first_sign", test_first_sign);
    return g_test_run();
}

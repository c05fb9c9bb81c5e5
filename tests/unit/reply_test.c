/* reply_test.c - answers, notes, drafts, presence: what goes through, and every way it is refused. */
#include "desk/conversation.h"
#include "desk/draft.h"
#include "desk/note.h"
#include "desk/presence.h"
#include "desk/reply.h"
#include "desk/thread.h"
#include "desk/view.h"
#include "desk_house.h"
#include "store/event.h"

#include <string.h>

static json_t *message(struct desk_house *house, int64_t id, enum lang lang)
{
    DO(house, view_message(tx, id, lang, &house->out, &error));
    return desk_house_answer(house, "Message");
}

/* ---- a reply ---- */

static void test_reply(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t first = 0;
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 9000}, &first);
    DO(&house, draft_save(tx, &house.amy, house.now_ms, id, "public", "We are", &error));
    house.now_ms += 1000;
    struct reply reply = {.visibility = "public", .text = "We are\n  sorry 对不起", .seen_message_id = first};
    int64_t sent = 0;
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &reply, &sent, &error));

    json_t *shown = message(&house, sent, LANG_EN);
    g_autofree char *native_id = g_strdup_printf("out:%" G_GINT64_FORMAT, sent);
    g_autofree char *parent = g_strdup_printf("p%" G_GINT64_FORMAT, id);
    g_assert_cmpstr(text_of(shown, "native_id"), ==, native_id);
    g_assert_cmpstr(text_of(shown, "parent_native_id"), ==, parent);
    g_assert_cmpstr(text_of(shown, "kind"), ==, "reply");
    g_assert_cmpstr(text_of(shown, "text"), ==, "We are\n  sorry 对不起");
    g_assert_cmpstr(text_of(shown, "author.type"), ==, "user");
    g_assert_cmpint(number_of(shown, "author.id"), ==, 31);
    g_assert_cmpstr(text_of(shown, "delivery.state"), ==, "queued");
    g_assert_cmpstr(text_of(shown, "delivery.text"), ==, "");
    json_decref(shown);

    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "pending");
    g_assert_cmpint(number_of(shown, "assignee_id"), ==, 31);
    g_assert_cmpint(number_of(shown, "first_owner_id"), ==, 31);
    g_assert_null(text_of(shown, "due_at"));
    g_assert_null(text_of(shown, "waiting_since"));
    g_assert_cmpstr(text_of(shown, "last_text"), ==, "We are sorry 对不起");
    g_assert_cmpstr(text_of(shown, "last_direction"), ==, "out");
    g_assert_cmpstr(text_of(shown, "last_outbound_at"), ==, "2026-01-02T03:04:07.000Z");
    g_assert_cmpint(number_of(shown, "outbound_count"), ==, 1);
    g_assert_cmpint(number_of(shown, "unread"), ==, 0);
    json_decref(shown);
    DO(&house, draft_show(tx, id, 31, &house.out, &error));
    g_assert_cmpstr(house.out.text->str, ==, "null");

    int count = 0;
    g_autofree char *data = desk_house_event(&house, "message.queued", &count);
    g_assert_cmpint(count, ==, 1);
    g_assert_cmpstr(data, ==, "{\"visibility\":\"public\"}");
    g_free(desk_house_event(&house, "conversation.changed", &count));
    g_assert_cmpint(count, ==, 1);
    DO(&house, view_outbox_item(tx, sent, LANG_EN, &house.out, &error));
    shown = desk_house_answer(&house, "OutboxItem");
    g_assert_cmpstr(text_of(shown, "author_name"), ==, "Amy");
    json_decref(shown);
    desk_house_close(&house);
}

static void test_reply_resolves(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id =
        desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_CHAT, .visibility = "private"}, NULL);
    struct conversation_assignment to_bob = {.has_user = true, .user_id = 32};
    DO(&house, conversation_assign(tx, &house.bob, house.now_ms, id, &to_bob, &error));
    struct reply reply = {.visibility = "private", .text = "Done.", .resolve = true};
    int64_t sent = 0;
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &reply, &sent, &error));
    json_t *shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "resolved");
    g_assert_cmpint(number_of(shown, "assignee_id"), ==, 32); /* who helps does not take it away */
    json_decref(shown);
    shown = message(&house, sent, LANG_ZH);
    g_assert_cmpstr(text_of(shown, "kind"), ==, "dm");
    json_decref(shown);
    reply.resolve = false; /* another word on it: it waits for the customer again */
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &reply, &sent, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "pending");
    g_assert_cmpint(number_of(shown, "outbound_count"), ==, 2);
    json_decref(shown);
    desk_house_close(&house);
}

/* Tells what a reply is refused with, and that nothing of it stays. */
#define NO_REPLY(house, code, named, id, ...)                                                                          \
    do {                                                                                                               \
        struct reply wrong = {__VA_ARGS__};                                                                            \
        int64_t none = 0;                                                                                              \
        REFUSE(house, code, named, reply_send(tx, &(house)->amy, (house)->now_ms, id, &wrong, &none, &error));         \
    } while (0)

static void test_refused(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t first = 0;
    int64_t foreign = 0;
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_WEIBO}, &first);
    int64_t chat =
        desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_CHAT, .visibility = "private"}, &foreign);
    int64_t off = desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_SWITCHED_OFF}, NULL);
    NO_REPLY(&house, HY_ERROR_EMPTY, "text", id, .visibility = "public", .text = " \n\t　");
    g_autofree char *huge = g_strnfill(16385, 'x');
    NO_REPLY(&house, HY_ERROR_TOO_LONG, "text", id, .visibility = "public", .text = huge);
    NO_REPLY(&house, HY_ERROR_BAD_VALUE, "visibility", id, .visibility = "internal", .text = "x");
    NO_REPLY(&house, HY_ERROR_NOT_FOUND, NULL, 99, .visibility = "public", .text = "x");
    NO_REPLY(&house, HY_ERROR_NOT_SUPPORTED, "visibility", chat, .visibility = "public", .text = "x");
    NO_REPLY(&house, HY_ERROR_NOT_SUPPORTED, "channel", off, .visibility = "public", .text = "x");
    NO_REPLY(&house, HY_ERROR_BAD_VALUE, "in_reply_to", id, .visibility = "public", .text = "x",
             .in_reply_to = foreign);
    NO_REPLY(&house, HY_ERROR_BAD_VALUE, "in_reply_to", id, .visibility = "public", .text = "x", .in_reply_to = 98);
    /* 140 Chinese characters fit into a comment, 141 do not */
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 140; i++)
        g_string_append(text, "字");
    struct reply fits = {.visibility = "public", .text = text->str};
    int64_t sent = 0;
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &fits, &sent, &error));
    g_string_append(text, "字");
    NO_REPLY(&house, HY_ERROR_TOO_LONG, "text", id, .visibility = "public", .text = text->str);
    /* its own reply is nothing to answer */
    NO_REPLY(&house, HY_ERROR_BAD_VALUE, "in_reply_to", id, .visibility = "public", .text = "x", .in_reply_to = sent);

    /* a private word to who wrote in public, while the window is open */
    struct reply private = {.visibility = "private", .text = "Please tell us your order."};
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &private, &sent, &error));
    json_t *shown = message(&house, sent, LANG_EN);
    g_assert_cmpstr(text_of(shown, "kind"), ==, "dm");
    g_assert_cmpstr(text_of(shown, "visibility"), ==, "private");
    json_decref(shown);
    house.now_ms += 49 * CLOCK_HOUR_MS;
    NO_REPLY(&house, HY_ERROR_NOT_SUPPORTED, "window_closed", id, .visibility = "private", .text = "x");
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, id, &house.out, &error));
    shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_cmpint(number_of(shown, "reply_limits.0.possible"), ==, 1);
    g_assert_cmpint(number_of(shown, "reply_limits.0.limit"), ==, 140);
    g_assert_cmpstr(text_of(shown, "reply_limits.0.counter"), ==, "weibo");
    g_assert_cmpint(number_of(shown, "reply_limits.1.possible"), ==, 0);
    g_assert_cmpstr(text_of(shown, "reply_limits.1.window_ends_at"), ==, "2026-01-04T03:04:06.000Z");
    json_decref(shown);

    /* a channel that only receives says so before anybody writes, and refuses what is written all the same */
    desk_house_sql(&house, "UPDATE channel SET kind = 'webhook', enabled = 1, settings = '{}' WHERE id = 24");
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, off, &house.out, &error));
    shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_cmpint(number_of(shown, "reply_limits.0.possible"), ==, 0);
    g_assert_nonnull(strstr(text_of(shown, "reply_limits.0.reason"), "reply_url"));
    g_assert_nonnull(strstr(text_of(shown, "reply_limits.1.reason"), "reply_url"));
    json_decref(shown);
    NO_REPLY(&house, HY_ERROR_NOT_SUPPORTED, "reply_url", off, .visibility = "public", .text = "x");
    desk_house_sql(&house, "UPDATE channel SET settings = '{\"reply_url\":\"https://b.test/\"}' WHERE id = 24");
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, off, &house.out, &error));
    shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_cmpint(number_of(shown, "reply_limits.0.possible"), ==, 1);
    g_assert_cmpstr(text_of(shown, "reply_limits.0.reason"), ==, "");
    json_decref(shown);
    desk_house_sql(&house, "UPDATE channel SET enabled = 0 WHERE id = 24");
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, off, &house.out, &error));
    shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_cmpint(number_of(shown, "reply_limits.0.possible"), ==, 0);
    g_assert_cmpstr(text_of(shown, "reply_limits.0.reason"), !=, "");
    json_decref(shown);

    /* a private message is never answered in public */
    int64_t secret =
        desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_WEIBO, .visibility = "private"}, &first);
    NO_REPLY(&house, HY_ERROR_NOT_SUPPORTED, "visibility", secret, .visibility = "public", .text = "x");
    NO_REPLY(&house, HY_ERROR_BAD_VALUE, "in_reply_to", secret, .visibility = "public", .text = "x",
             .in_reply_to = first);
    int count = 0;
    g_free(desk_house_event(&house, "message.queued", &count));
    g_assert_cmpint(count, ==, 2);
    desk_house_close(&house);
}

/* ---- answered since you opened this ---- */

static void test_answered(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t seen = 0;
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, &seen);
    struct reply of_bob = {.visibility = "public", .text = "Bob here", .seen_message_id = seen};
    int64_t sent = 0;
    house.now_ms += 1000;
    DO(&house, reply_send(tx, &house.bob, house.now_ms, id, &of_bob, &sent, &error));
    NO_REPLY(&house, HY_ERROR_ANSWERED, "seen_message_id", id, .visibility = "public", .text = "x",
             .seen_message_id = seen);
    of_bob.text = "and one more thing"; /* one's own answer is no surprise */
    DO(&house, reply_send(tx, &house.bob, house.now_ms, id, &of_bob, &sent, &error));
    struct reply of_amy = {.visibility = "public", .text = "Amy, who has seen it", .seen_message_id = sent};
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &of_amy, &sent, &error));
    int64_t note = 0;
    DO(&house, note_add(tx, &house.bob, house.now_ms, id, "a note is no answer", NULL, &note, &error));
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &of_amy, &note, &error));
    struct reply blind = {.visibility = "public", .text = "who does not say what she saw"};
    DO(&house, reply_send(tx, &house.bob, house.now_ms, id, &blind, &sent, &error));
    desk_house_close(&house);
}

struct answerer {
    struct desk_house *house;
    const struct actor *actor;
    int64_t id, seen;
    bool sent;
};

static bool answering(struct tx *tx, void *data, GError **error)
{
    struct answerer *answerer = data;
    struct reply reply = {.visibility = "public", .text = "mine", .seen_message_id = answerer->seen};
    int64_t id = 0;
    return reply_send(tx, answerer->actor, answerer->house->now_ms, answerer->id, &reply, &id, error);
}

static void *answer_at_once(void *data)
{
    struct answerer *answerer = data;
    g_autoptr(GError) error = NULL;
    answerer->sent = store_write(answerer->house->store, answering, answerer, &error);
    if (!answerer->sent)
        g_assert_error(error, HY_ERROR, HY_ERROR_ANSWERED);
    return NULL;
}

/* Two colleagues press send at the same moment: one answer goes out. */
static void test_two_answers(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int rounds = 20;
    for (int round = 0; round < rounds; round++) {
        int64_t seen = 0;
        int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, &seen);
        struct answerer answerers[2] = {{&house, &house.amy, id, seen, false}, {&house, &house.bob, id, seen, false}};
        GThread *threads[2];
        for (int i = 0; i < 2; i++)
            threads[i] = g_thread_new("answerer", answer_at_once, answerers + i);
        for (int i = 0; i < 2; i++)
            g_thread_join(threads[i]);
        g_assert_cmpint(answerers[0].sent + answerers[1].sent, ==, 1);
    }
    int count = 0;
    g_free(desk_house_event(&house, "message.queued", &count));
    g_assert_cmpint(count, ==, rounds);
    desk_house_close(&house);
}

/* ---- the fate of a reply, in the reader's language ---- */

static void test_delivery(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    struct reply reply = {.visibility = "public", .text = "x"};
    int64_t sent = 0;
    DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &reply, &sent, &error));
    static const struct {
        const char *state, *error_class, *zh, *en;
    } CASES[] = {
        {"failed", "target_gone", "原帖或评论已不存在。", "The post or comment is no longer there."},
        {"sent", "", "", ""},
        {"sent", "transient", "", ""},
        {"cancelled", "transient", "", ""},
        {"retry", "transient", "平台暂时没有正常应答，系统会自动重试。",
         "The platform is not answering properly; we keep trying."},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *sql =
            g_strdup_printf("UPDATE outbox SET state = '%s', error_class = '%s', error_code = '20101'", CASES[i].state,
                            CASES[i].error_class);
        desk_house_sql(&house, sql);
        json_t *shown = message(&house, sent, LANG_ZH);
        g_assert_cmpstr(text_of(shown, "delivery.text"), ==, CASES[i].zh);
        g_assert_cmpstr(text_of(shown, "delivery.state"), ==, CASES[i].state);
        g_assert_cmpstr(text_of(shown, "delivery.error_code"), ==, "20101");
        json_decref(shown);
        shown = message(&house, sent, LANG_EN);
        g_assert_cmpstr(text_of(shown, "delivery.text"), ==, CASES[i].en);
        json_decref(shown);
    }
    desk_house_close(&house);
}

/* ---- notes ---- */

static void test_notes(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    g_autoptr(GArray) mentions = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t vera = 33;
    g_array_append_val(mentions, vera);
    int64_t note = 0;
    DO(&house, note_add(tx, &house.bob, house.now_ms, id, "@AMY please look, ＠小李请看一下 and me@gone", mentions,
                        &note, &error));
    g_autofree char *data = desk_house_event(&house, "note.added", NULL);
    g_assert_cmpstr(data, ==, "{\"mentions\":[\"33\",\"31\",\"36\"]}");
    int64_t rose = 0;
    DO(&house, note_add(tx, &house.bob, house.now_ms, id, "@amyrose, not the other", NULL, &rose, &error));
    g_clear_pointer(&data, g_free);
    data = desk_house_event(&house, "note.added", NULL);
    g_assert_cmpstr(data, ==, "{\"mentions\":[\"37\"]}");
    int64_t nobody = 0;
    DO(&house, note_add(tx, &house.bob, house.now_ms, id, "@amyrosette @ nobody", NULL, &nobody, &error));
    g_clear_pointer(&data, g_free);
    data = desk_house_event(&house, "note.added", NULL);
    g_assert_cmpstr(data, ==, "{\"mentions\":[]}");
    json_t *shown = message(&house, note, LANG_EN);
    g_assert_cmpstr(text_of(shown, "visibility"), ==, "internal");
    g_assert_cmpstr(text_of(shown, "kind"), ==, "note");
    g_assert_true(json_is_null(json_object_get(shown, "delivery")));
    json_decref(shown);
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "last_text"), ==, "hello"); /* between colleagues */
    g_assert_cmpstr(text_of(shown, "state"), ==, "open");
    json_decref(shown);

    int64_t gone = 35;
    g_array_append_val(mentions, gone);
    REFUSE(&house, HY_ERROR_BAD_VALUE, "mentions",
           note_add(tx, &house.bob, house.now_ms, id, "x", mentions, &note, &error));
    REFUSE(&house, HY_ERROR_EMPTY, "text", note_add(tx, &house.bob, house.now_ms, id, " \n", NULL, &note, &error));
    g_autofree char *huge = g_strnfill(16385, 'x');
    REFUSE(&house, HY_ERROR_TOO_LONG, "text", note_add(tx, &house.bob, house.now_ms, id, huge, NULL, &note, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, note_add(tx, &house.bob, house.now_ms, 99, "x", NULL, &note, &error));
    desk_house_close(&house);
}

static json_t *mentions_of(struct desk_house *house, const struct actor *actor, int64_t before, int64_t limit,
                           int64_t *last)
{
    DO(house,
       (writer_begin_array(&house->out), true) && note_mentions(tx, actor, before, limit, &house->out, last, &error));
    writer_end_array(&house->out);
    return answer_expect_list("Mention", house->out.text->str);
}

static void test_mentions(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t notes[3];
    int64_t inbound = 0;
    int64_t id = 0;
    for (int i = 0; i < 3; i++) {
        id = desk_house_talk(&house, &(struct desk_house_talk){0}, &inbound);
        DO(&house, note_add(tx, &house.bob, house.now_ms, id, "@amy", NULL, notes + i, &error));
    }
    int64_t last = 0;
    json_t *items = mentions_of(&house, &house.amy, 0, 2, &last);
    g_assert_cmpint(json_array_size(items), ==, 2);
    g_assert_cmpint(number_of(items, "0.message.id"), ==, notes[2]);
    g_assert_cmpint(last, ==, notes[1]);
    json_decref(items);
    items = mentions_of(&house, &house.amy, last, 2, &last);
    g_assert_cmpint(json_array_size(items), ==, 1);
    g_assert_cmpint(number_of(items, "0.message.id"), ==, notes[0]);
    g_assert_cmpint(last, ==, 0);
    json_decref(items);
    DO(&house, conversation_read(tx, &house.amy, house.now_ms, id, inbound, &error)); /* the last one is seen there */
    DO(&house, conversation_counts(tx, 31, &house.out, &error));
    json_t *counts = desk_house_answer(&house, "QueueCounts");
    g_assert_cmpint(number_of(counts, "mentions"), ==, 2);
    json_decref(counts);
    DO(&house, note_mentions_seen(tx, &house.amy, house.now_ms, &error));
    items = mentions_of(&house, &house.amy, 0, 5, &last);
    for (size_t i = 0; i < 3; i++)
        g_assert_false(json_is_null(json_object_get(json_array_get(items, i), "seen_at")));
    json_decref(items);
    desk_house_close(&house);
}

/* ---- drafts ---- */

static void test_drafts(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    DO(&house, draft_save(tx, &house.amy, house.now_ms, id, "public", "Dear", &error));
    DO(&house, draft_save(tx, &house.bob, house.now_ms, id, "internal", "look", &error));
    DO(&house, draft_save(tx, &house.amy, house.now_ms + 5, id, "private", "Dear Li", &error));
    DO(&house, draft_show(tx, id, 31, &house.out, &error));
    json_t *draft = desk_house_answer(&house, "Draft");
    g_assert_cmpstr(text_of(draft, "text"), ==, "Dear Li");
    g_assert_cmpstr(text_of(draft, "visibility"), ==, "private");
    json_decref(draft);
    int64_t sent = 0;
    DO(&house, note_add(tx, &house.amy, house.now_ms, id, "a note meanwhile", NULL, &sent, &error));
    DO(&house, draft_show(tx, id, 31, &house.out, &error)); /* of a reply: stays */
    json_decref(desk_house_answer(&house, "Draft"));
    DO(&house, note_add(tx, &house.bob, house.now_ms, id, "look here", NULL, &sent, &error));
    DO(&house, draft_show(tx, id, 32, &house.out, &error)); /* it became the note */
    g_assert_cmpstr(house.out.text->str, ==, "null");
    DO(&house, draft_save(tx, &house.amy, house.now_ms, id, "public", "", &error));
    DO(&house, draft_show(tx, id, 31, &house.out, &error));
    g_assert_cmpstr(house.out.text->str, ==, "null");
    g_autofree char *huge = g_strnfill(16385, 'x');
    REFUSE(&house, HY_ERROR_TOO_LONG, "text", draft_save(tx, &house.amy, 1, id, "public", huge, &error));
    REFUSE(&house, HY_ERROR_BAD_VALUE, "visibility", draft_save(tx, &house.amy, 1, id, "secret", "x", &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, draft_save(tx, &house.amy, 1, 99, "public", "x", &error));
    desk_house_close(&house);
}

/* ---- presence: an event only when the set changes ---- */

static void expect_presence(struct desk_house *house, int count, const char *data)
{
    int found = 0;
    g_autofree char *last = desk_house_event(house, "presence.changed", &found);
    g_assert_cmpint(found, ==, count);
    g_assert_cmpstr(last, ==, data);
}

static void test_presence(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    int64_t now_ms = house.now_ms;
    DO(&house, presence_set(tx, &house.amy, now_ms, id, true, false, &error));
    expect_presence(&house, 1, "{\"viewers\":[{\"user_id\":\"31\",\"typing\":false}]}");
    DO(&house, presence_set(tx, &house.amy, now_ms + 15000, id, true, false, &error)); /* still there: nothing new */
    DO(&house, presence_set(tx, &house.bob, now_ms + 16000, id, true, true, &error));
    expect_presence(&house, 2,
                    "{\"viewers\":[{\"user_id\":\"31\",\"typing\":false},{\"user_id\":\"32\",\"typing\":true}]}");
    DO(&house, presence_set(tx, &house.bob, now_ms + 17000, id, true, false, &error));
    expect_presence(&house, 3,
                    "{\"viewers\":[{\"user_id\":\"31\",\"typing\":false},{\"user_id\":\"32\",\"typing\":false}]}");
    int64_t count = 0;
    DO(&house, presence_expire(tx, now_ms + 15000 + PRESENCE_TIME_MS, 10, &count, &error));
    g_assert_cmpint(count, ==, 0);
    DO(&house,
       presence_expire(tx, now_ms + 15001 + PRESENCE_TIME_MS, 10, &count, &error)); /* amy left without a word */
    g_assert_cmpint(count, ==, 1);
    expect_presence(&house, 4, "{\"viewers\":[{\"user_id\":\"32\",\"typing\":false}]}");
    DO(&house, presence_set(tx, &house.bob, now_ms + 56000, id, false, false, &error));
    expect_presence(&house, 5, "{\"viewers\":[]}");
    DO(&house, presence_set(tx, &house.bob, now_ms + 57000, id, false, false, &error));
    expect_presence(&house, 5, "{\"viewers\":[]}");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, presence_set(tx, &house.amy, now_ms, 99, true, false, &error));
    desk_house_close(&house);
}

/* ---- what the platform said ---- */

static void test_payload(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t first = 0;
    desk_house_talk(&house, &(struct desk_house_talk){0}, &first);
    g_autoptr(GBytes) raw = g_bytes_new_static("{\"a\":\0\xff}", 8);
    g_autoptr(GBytes) found = NULL;
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, thread_payload(tx, first, &found, &error));
    DO(&house, q_intake_payload(tx, &error, first, house.now_ms, raw));
    DO(&house, thread_payload(tx, first, &found, &error));
    g_assert_true(g_bytes_equal(raw, found));
    desk_house_close(&house);
}

static void test_line(void)
{
    g_autofree char *line = reply_line("  a\n\n b\tc　d  ");
    g_assert_cmpstr(line, ==, "a b c d");
    g_autofree char *empty = reply_line(" \n");
    g_assert_cmpstr(empty, ==, "");
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < REPLY_LINE + 1; i++)
        g_string_append(text, "字");
    g_autofree char *cut = reply_line(text->str);
    g_assert_cmpint(g_utf8_strlen(cut, -1), ==, REPLY_LINE + 1);
    g_assert_true(g_str_has_suffix(cut, "字…"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reply/line", test_line);
    database_test("/reply/sent", test_reply);
    database_test("/reply/resolves", test_reply_resolves);
    database_test("/reply/refused", test_refused);
    database_test("/reply/answered", test_answered);
    database_test("/reply/two_answers", test_two_answers);
    database_test("/reply/delivery", test_delivery);
    database_test("/reply/notes", test_notes);
    database_test("/reply/mentions", test_mentions);
    database_test("/reply/drafts", test_drafts);
    database_test("/reply/presence", test_presence);
    database_test("/reply/payload", test_payload);
    return g_test_run();
}

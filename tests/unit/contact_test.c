/* contact_test.c - contacts looked through, changed and merged; messages found; the outbox list. */
#include "desk/contact.h"
#include "desk/conversation.h"
#include "desk/note.h"
#include "desk/outbox_list.h"
#include "desk/reply.h"
#include "desk/search.h"
#include "desk_house.h"
#include "store/event.h"

#include <string.h>

/* ---- contacts ---- */

/* Names of all pages, separated by blanks; g_free. */
static char *names(struct desk_house *house, const char *q, int64_t limit)
{
    GString *all = g_string_new(NULL);
    struct contact_place place = {0};
    bool more = true;
    for (int page = 0; more; page++) {
        struct contact_place next = {0};
        DO(house, (writer_begin_array(&house->out), true) &&
                      contact_list(tx, q, page > 0 ? &place : NULL, limit, &house->out, &next, &more, &error));
        writer_end_array(&house->out);
        json_t *items = answer_expect_list("ContactBrief", house->out.text->str);
        for (size_t i = 0; i < json_array_size(items); i++)
            g_string_append_printf(all, "%s%s", all->len > 0 ? " " : "", text_of(json_array_get(items, i), "name"));
        json_decref(items);
        place = next;
    }
    return g_string_free(all, FALSE);
}

static void expect_names(struct desk_house *house, const char *q, const char *expected)
{
    for (int64_t limit = 1; limit <= 3; limit++) {
        g_autofree char *found = names(house, q, limit);
        g_assert_cmpstr(found, ==, expected);
    }
}

static void test_list(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    static const char *const NAMES[] = {"Lena", "張偉", "ＬＥＯ", "50%_off", "back\\slash"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        house.now_ms += i == 3 ? 0 : 1000; /* two of the same moment */
        desk_house_contact(&house, NAMES[i]);
    }
    expect_names(&house, NULL, "back\\slash 50%_off ＬＥＯ 張偉 Lena");
    expect_names(&house, "LE", "ＬＥＯ Lena");
    expect_names(&house, "张", "張偉"); /* traditional or simplified */
    expect_names(&house, "%", "50%_off");
    expect_names(&house, "_", "50%_off");
    expect_names(&house, "\\", "back\\slash");
    expect_names(&house, " back  slash ", "back\\slash"); /* words in this order */
    expect_names(&house, "slash back", "");
    expect_names(&house, "nobody", "");
    struct contact_place next;
    bool more = false;
    g_autofree char *huge = g_strnfill(401, 'x');
    REFUSE(&house, HY_ERROR_TOO_LONG, "q", contact_list(tx, huge, NULL, 5, &house.out, &next, &more, &error));
    desk_house_close(&house);
}

static void test_edit(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_contact(&house, "kettle_fan");
    static const char *const TAGS[] = {"press", "press", "vip", NULL};
    struct contact_edit edit = {"Lena Wu", "loyal", "Calls on Mondays", TAGS};
    DO(&house, contact_edit(tx, &house.amy, house.now_ms, id, &edit, &error));
    int count = 0;
    g_autofree char *data = desk_house_event(&house, "contact.changed", &count);
    g_assert_cmpstr(data, ==,
                    "{\"name\":\"Lena Wu\",\"relation\":\"loyal\",\"note\":true,\"tags\":[\"press\",\"vip\"]}");
    DO(&house, contact_edit(tx, &house.amy, house.now_ms, id, &edit, &error)); /* as it is: nothing to tell */
    g_free(desk_house_event(&house, "contact.changed", &count));
    g_assert_cmpint(count, ==, 1);
    desk_house_talk(&house, &(struct desk_house_talk){.contact_id = id}, NULL);
    DO(&house, contact_show(tx, id, &house.out, &error));
    json_t *shown = desk_house_answer(&house, "Contact");
    g_assert_cmpstr(text_of(shown, "note"), ==, "Calls on Mondays");
    g_assert_cmpstr(text_of(shown, "identities.0.handle"), ==, "kettle_fan");
    g_assert_cmpint(number_of(shown, "identities.0.followers"), ==, 1200);
    g_assert_cmpstr(text_of(shown, "conversations.0.contact.name"), ==, "Lena Wu");
    json_decref(shown);
    expect_names(&house, "lena wu", "Lena Wu"); /* by either name */
    expect_names(&house, "kettle", "Lena Wu");

    struct contact_edit nameless = {.name = " "};
    REFUSE(&house, HY_ERROR_EMPTY, "name", contact_edit(tx, &house.amy, 1, id, &nameless, &error));
    struct contact_edit stranger = {.relation = "enemy"};
    REFUSE(&house, HY_ERROR_BAD_VALUE, "relation", contact_edit(tx, &house.amy, 1, id, &stranger, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, contact_edit(tx, &house.amy, 1, 99, &edit, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, contact_show(tx, 99, &house.out, &error));
    desk_house_close(&house);
}

static void test_merge(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t kept = desk_house_contact(&house, "Lena");
    house.now_ms += 5000;
    int64_t other = desk_house_contact(&house, "lena_at_work");
    int64_t first = desk_house_talk(&house, &(struct desk_house_talk){.contact_id = kept}, NULL);
    int64_t second = desk_house_talk(&house, &(struct desk_house_talk){.contact_id = other}, NULL);
    static const char *const TAGS[] = {"a", "b", NULL};
    static const char *const OTHER_TAGS[] = {"b", "c", NULL};
    struct contact_edit edit = {.note = "one", .tags = TAGS};
    struct contact_edit other_edit = {.note = "two", .tags = OTHER_TAGS};
    DO(&house, contact_edit(tx, &house.amy, house.now_ms, kept, &edit, &error));
    DO(&house, contact_edit(tx, &house.amy, house.now_ms, other, &other_edit, &error));
    DO(&house, contact_merge(tx, &house.amy, house.now_ms, kept, other, &error));
    DO(&house, contact_show(tx, kept, &house.out, &error));
    json_t *shown = desk_house_answer(&house, "Contact");
    g_assert_cmpint(json_array_size(json_object_get(shown, "identities")), ==, 2);
    g_assert_cmpint(number_of(shown, "conversations.0.id"), ==, second);
    g_assert_cmpint(number_of(shown, "conversations.1.id"), ==, first);
    g_assert_cmpstr(text_of(shown, "conversations.0.contact.handle"), ==, "lena_at_work");
    g_assert_cmpstr(text_of(shown, "conversations.0.contact.name"), ==, "Lena");
    g_assert_cmpstr(text_of(shown, "note"), ==, "one\n\ntwo");
    g_assert_cmpint(json_array_size(json_object_get(shown, "tags")), ==, 3);
    g_assert_cmpstr(text_of(shown, "seen_at"), ==, "2026-01-02T03:04:10.000Z");
    json_decref(shown);
    g_autofree char *expected = g_strdup_printf("{\"merged\":\"%" G_GINT64_FORMAT "\"}", other);
    g_autofree char *data = desk_house_event(&house, "contact.changed", NULL);
    g_assert_cmpstr(data, ==, expected);
    expect_names(&house, "at_work", "Lena");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, contact_show(tx, other, &house.out, &error));
    REFUSE(&house, HY_ERROR_BAD_VALUE, "other_id", contact_merge(tx, &house.amy, 1, kept, other, &error));
    REFUSE(&house, HY_ERROR_BAD_VALUE, "other_id", contact_merge(tx, &house.amy, 1, kept, kept, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, contact_merge(tx, &house.amy, 1, other, kept, &error));
    desk_house_close(&house);
}

/* ---- search ---- */

/* Takes everything up to now into the index, as the follower does. */
static void index_all(struct desk_house *house, struct search_index *index)
{
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(GError) failure = NULL;
    int64_t upto = 0;
    int64_t seq = 0;
    g_assert_true(search_index_upto(index, &upto, &failure));
    struct q_desk_search_tail row;
    g_autoptr(GArray) documents = g_array_new(FALSE, FALSE, sizeof(struct search_document));
    DO(house, event_last_seq(tx, &seq, &error) && q_desk_search_tail(tx, &rows, &error, upto, INT64_MAX, 100000));
    while (q_desk_search_tail_next(rows, &row)) {
        struct search_document document = {row.id, row.text};
        g_array_append_val(documents, document);
    }
    search_index_add(index, (const void *)documents->data, documents->len, seq, &failure);
    g_assert_no_error(failure);
}

static void expect_hits(struct desk_house *house, struct search_index *index, const char *q, int64_t channel_id,
                        guint count, const int64_t *expected)
{
    for (int64_t limit = 1; limit <= 3; limit++) {
        guint at = 0;
        int64_t last = 0;
        do {
            int64_t before = last;
            DO(house,
               (writer_begin_array(&house->out), true) &&
                   search_messages(tx, index, &house->amy, q, channel_id, before, limit, &house->out, &last, &error));
            writer_end_array(&house->out);
            json_t *items = answer_expect_list("SearchHit", house->out.text->str);
            for (size_t i = 0; i < json_array_size(items); i++, at++) {
                g_assert_cmpuint(at, <, count);
                g_assert_cmpint(number_of(json_array_get(items, i), "message.id"), ==, expected[at]);
            }
            json_decref(items);
        } while (last != 0);
        g_assert_cmpuint(at, ==, count);
    }
}
#define EXPECT_HITS(house, index, q, channel_id, ...)                                                                  \
    do {                                                                                                               \
        const int64_t expected[] = {__VA_ARGS__};                                                                      \
        expect_hits(house, index, q, channel_id, G_N_ELEMENTS(expected), expected);                                    \
    } while (0)

static void test_search(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    g_autoptr(GError) failure = NULL;
    g_autofree char *path = g_build_filename(database->dir, "search.db", NULL);
    g_autoptr(search_index_auto) index = search_index_open(path, &failure);
    g_assert_no_error(failure);
    int64_t ids[6];
    struct desk_house_talk talk = {.text = "电热水壶坏了 kettle broken"};
    int64_t first = desk_house_talk(&house, &talk, ids);
    ids[1] = desk_house_more(&house, first, "public", "还是坏了");
    talk.text = "kettle is fine";
    talk.channel_id = HOUSE_CHAT;
    talk.visibility = "private";
    int64_t second = desk_house_talk(&house, &talk, ids + 2);
    index_all(&house, index);
    EXPECT_HITS(&house, index, "kettle", 0, ids[2], ids[0]);
    ids[3] = desk_house_more(&house, first, "public", "坏了坏了 KETTLE"); /* the index has not reached these */
    DO(&house, note_add(tx, &house.amy, house.now_ms, first, "坏了: ask the factory", NULL, ids + 4, &error));
    struct reply reply = {.visibility = "public", .text = "A new kettle is on its way"};
    DO(&house, reply_send(tx, &house.amy, house.now_ms, first, &reply, ids + 5, &error));
    EXPECT_HITS(&house, index, "kettle", 0, ids[5], ids[3], ids[2], ids[0]);
    EXPECT_HITS(&house, index, "kettle", HOUSE_CHAT, ids[2]);
    EXPECT_HITS(&house, index, "坏了", 0, ids[4], ids[3], ids[1], ids[0]);
    EXPECT_HITS(&house, NULL, "坏了", 0, ids[4], ids[3], ids[1], ids[0]); /* the log alone */
    expect_hits(&house, index, "nowhere", 0, 0, NULL);
    index_all(&house, index);
    EXPECT_HITS(&house, index, "坏了 kettle", 0, ids[3], ids[0]);

    int64_t last = 0;
    DO(&house, (writer_begin_array(&house.out), true) &&
                   search_messages(tx, index, &house.amy, "坏了", HOUSE_BOX, ids[4], 1, &house.out, &last, &error));
    writer_end_array(&house.out);
    json_t *items = answer_expect_list("SearchHit", house.out.text->str);
    g_assert_cmpint(number_of(items, "0.highlights.0.begin"), ==, 0);
    g_assert_cmpint(number_of(items, "0.highlights.0.end"), ==, 4);
    g_assert_cmpint(number_of(items, "0.conversation.id"), ==, first);
    json_decref(items);

    g_autoptr(GArray) found = NULL;
    DO(&house, search_conversations(tx, index, "kettle", 100, &found, &error));
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(g_array_index(found, int64_t, 0), ==, first);
    g_assert_cmpint(g_array_index(found, int64_t, 1), ==, second);
    REFUSE(&house, HY_ERROR_EMPTY, "q",
           search_messages(tx, index, &house.amy, "!?", 0, 0, 1, &house.out, &last, &error));
    g_autofree char *huge = g_strnfill(401, 'x');
    REFUSE(&house, HY_ERROR_TOO_LONG, "q",
           search_messages(tx, index, &house.amy, huge, 0, 0, 1, &house.out, &last, &error));
    desk_house_close(&house);
}

/* A page that needs more than one chunk of the index, because most of what is found is of another channel. */
static void test_search_far(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    g_autofree char *path = g_build_filename(database->dir, "search.db", NULL);
    g_autoptr(search_index_auto) index = search_index_open(path, NULL);
    struct desk_house_talk talk = {.text = "echo", .channel_id = HOUSE_CHAT, .visibility = "private"};
    int64_t wanted[2];
    desk_house_talk(&house, &talk, wanted + 1);
    int64_t noise = desk_house_talk(&house, &(struct desk_house_talk){.text = "echo"}, NULL);
    g_autofree char *sql = g_strdup_printf(
        store_is_postgres(house.store)
            ? "INSERT INTO message (id, conversation_id, channel_id, native_id, direction, visibility, kind, text, "
              "author_name, sent_ms, received_ms) SELECT %" G_GINT64_FORMAT " + 100 + n, %" G_GINT64_FORMAT
              ", 23, 'f' || n, 'in', 'public', 'mention', 'echo', 'x', 1, 1 FROM generate_series(1, 1500) AS n;"
              "INSERT INTO event (at_ms, kind, subject_id, data) SELECT 1, 'message.received', id, '{}' FROM message "
              "WHERE native_id LIKE 'f%%'"
            : "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1500) "
              "INSERT INTO message (id, conversation_id, channel_id, native_id, direction, visibility, kind, text, "
              "author_name, sent_ms, received_ms) SELECT %" G_GINT64_FORMAT " + 100 + n, %" G_GINT64_FORMAT
              ", 23, 'f' || n, 'in', 'public', 'mention', 'echo', 'x', 1, 1 FROM s;"
              "INSERT INTO event (at_ms, kind, subject_id, data) SELECT 1, 'message.received', id, '{}' FROM message "
              "WHERE native_id LIKE 'f%%'",
        noise, noise);
    desk_house_sql(&house, sql);
    house.now_ms += CLOCK_DAY_MS;
    desk_house_talk(&house, &talk, wanted);
    index_all(&house, index);
    EXPECT_HITS(&house, index, "echo", HOUSE_CHAT, wanted[0], wanted[1]);
    desk_house_close(&house);
}

/* ---- the outbox as people see it ---- */

static void expect_outbox(struct desk_house *house, const char *states, int64_t channel_id, guint count,
                          const int64_t *expected)
{
    for (int64_t limit = 1; limit <= 3; limit++) {
        guint at = 0;
        int64_t last = 0;
        do {
            int64_t before = last;
            DO(house, (writer_begin_array(&house->out), true) &&
                          outbox_list(tx, states, channel_id, before, limit, LANG_ZH, &house->out, &last, &error));
            writer_end_array(&house->out);
            json_t *items = answer_expect_list("OutboxItem", house->out.text->str);
            for (size_t i = 0; i < json_array_size(items); i++, at++) {
                g_assert_cmpuint(at, <, count);
                g_assert_cmpint(number_of(json_array_get(items, i), "id"), ==, expected[at]);
            }
            json_decref(items);
        } while (last != 0);
        g_assert_cmpuint(at, ==, count);
    }
}
#define EXPECT_OUTBOX(house, states, channel_id, ...)                                                                  \
    do {                                                                                                               \
        const int64_t expected[] = {__VA_ARGS__};                                                                      \
        expect_outbox(house, states, channel_id, G_N_ELEMENTS(expected), expected);                                    \
    } while (0)

static void test_outbox(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    static const char *const STATES[] = {"queued", "sent", "failed", "retry", "sent"};
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        struct desk_house_talk talk = {.channel_id = i == 2 ? HOUSE_WEIBO : HOUSE_BOX};
        int64_t id = desk_house_talk(&house, &talk, NULL);
        struct reply reply = {.visibility = "public", .text = "x"};
        DO(&house, reply_send(tx, &house.amy, house.now_ms, id, &reply, ids + i, &error));
        g_autofree char *sql =
            g_strdup_printf("UPDATE outbox SET state = '%s' WHERE id = %" G_GINT64_FORMAT, STATES[i], ids[i]);
        desk_house_sql(&house, sql);
    }
    EXPECT_OUTBOX(&house, NULL, 0, ids[4], ids[3], ids[2], ids[1], ids[0]);
    EXPECT_OUTBOX(&house, "sent", 0, ids[4], ids[1]);
    EXPECT_OUTBOX(&house, "failed,queued,retry,queued", 0, ids[3], ids[2], ids[0]);
    EXPECT_OUTBOX(&house, "failed,sent", HOUSE_WEIBO, ids[2]);
    expect_outbox(&house, "cancelled", 0, 0, NULL);
    int64_t last = 0;
    REFUSE(&house, HY_ERROR_BAD_VALUE, "state",
           outbox_list(tx, "sent,lost", 0, 0, 3, LANG_ZH, &house.out, &last, &error));
    desk_house_close(&house);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/contact/list", test_list);
    database_test("/contact/edit", test_edit);
    database_test("/contact/merge", test_merge);
    database_test("/contact/search", test_search);
    database_test("/contact/search_far", test_search_far);
    database_test("/contact/outbox", test_outbox);
    return g_test_run();
}

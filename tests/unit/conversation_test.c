/* conversation_test.c - the queue in order and in pages, its plans, and what people do with a conversation. */
#include "desk/conversation.h"
#include "desk/presence.h"
#include "desk/tag.h"
#include "desk/thread.h"
#include "desk/view.h"
#include "desk_house.h"
#include "store/backend.h"

#include <sqlite3.h>
#include <string.h>

/* ---- lists ---- */

/* All pages of a list, one after the other; *ids of int64_t. Nothing may come twice. */
static GArray *walk(struct desk_house *house, const struct conversation_filter *filter, int64_t limit)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct conversation_place place = {0};
    bool more = true;
    for (int page = 0; more; page++) {
        struct conversation_place next = {0};
        g_assert_cmpint(page, <, 100);
        DO(house,
           (writer_begin_array(&house->out), true) &&
               conversation_list(tx, filter, page > 0 ? &place : NULL, limit, &house->out, &next, &more, &error));
        writer_end_array(&house->out);
        json_t *items = answer_expect_list("Conversation", house->out.text->str);
        if (more)
            g_assert_cmpint(json_array_size(items), ==, limit);
        for (size_t i = 0; i < json_array_size(items); i++) {
            int64_t id = number_of(json_array_get(items, i), "id");
            for (guint j = 0; j < ids->len; j++)
                g_assert_cmpint(g_array_index(ids, int64_t, j), !=, id);
            g_array_append_val(ids, id);
        }
        json_decref(items);
        place = next;
    }
    return ids;
}

static void expect(struct desk_house *house, struct conversation_filter filter, guint count, const int64_t *expected)
{
    for (int64_t limit = 1; limit <= 3; limit++) {
        g_autoptr(GArray) ids = walk(house, &filter, limit);
        g_assert_cmpuint(ids->len, ==, count);
        for (guint i = 0; i < count; i++)
            g_assert_cmpint(g_array_index(ids, int64_t, i), ==, expected[i]);
    }
}
#define EXPECT(house, filter, ...)                                                                                     \
    do {                                                                                                               \
        const int64_t expected[] = {__VA_ARGS__};                                                                      \
        expect(house, (struct conversation_filter)filter, G_N_ELEMENTS(expected), expected);                           \
    } while (0)
#define FILTER(...)                                                                                                    \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static int64_t take(struct desk_house *house, const struct actor *actor, int64_t id)
{
    struct conversation_assignment wish = {.has_user = true, .user_id = actor->person_id};
    DO(house, conversation_assign(tx, actor, house->now_ms, id, &wish, &error));
    return id;
}

static void test_order(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t later = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 9000}, NULL);
    int64_t sooner = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 500}, NULL);
    int64_t dull = desk_house_talk(&house, &(struct desk_house_talk){.importance = 5}, NULL);
    int64_t grave = desk_house_talk(&house, &(struct desk_house_talk){.importance = 95}, NULL);
    int64_t equal = desk_house_talk(&house, &(struct desk_house_talk){.importance = 5}, NULL);
    int64_t heavy = desk_house_talk(
        &house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 9000, .importance = 60, .channel_id = HOUSE_CHAT},
        NULL);
    EXPECT(&house, FILTER(.state = "unresolved"), sooner, heavy, later, grave, dull, equal);

    int64_t first_solved = desk_house_talk(&house, &(struct desk_house_talk){.importance = 99}, NULL);
    int64_t last_solved = desk_house_talk(&house, &(struct desk_house_talk){.importance = 1}, NULL);
    DO(&house, conversation_resolve(tx, &house.amy, ++house.now_ms, first_solved, &error));
    DO(&house, conversation_resolve(tx, &house.amy, ++house.now_ms, last_solved, &error));
    EXPECT(&house, FILTER(.state = NULL), sooner, heavy, later, grave, dull, equal, last_solved, first_solved);
    EXPECT(&house, FILTER(.state = "unresolved"), sooner, heavy, later, grave, dull, equal);
    EXPECT(&house, FILTER(.state = "resolved"), last_solved, first_solved);
    EXPECT(&house, FILTER(.state = "open", .channel_id = HOUSE_CHAT), heavy);
    EXPECT(&house, FILTER(.channel_id = HOUSE_BOX, .state = "unresolved"), sooner, later, grave, dull, equal);

    take(&house, &house.amy, dull);
    take(&house, &house.amy, later);
    take(&house, &house.bob, grave);
    EXPECT(&house, FILTER(.assignee_id = 31), later, dull);
    EXPECT(&house, FILTER(.unassigned = true, .state = "unresolved"), sooner, heavy, equal);
    EXPECT(&house, FILTER(.team_id = HOUSE_TEAM, .assignee_id = 32), grave);

    struct conversation_assignment wish = {.team_id = HOUSE_OTHER_TEAM};
    DO(&house, conversation_assign(tx, &house.amy, house.now_ms, equal, &wish, &error));
    EXPECT(&house, FILTER(.team_id = HOUSE_OTHER_TEAM), equal);
    EXPECT(&house, FILTER(.teams_of = 32, .state = "unresolved"), sooner, heavy, later, grave, dull, equal);
    EXPECT(&house, FILTER(.teams_of = 31, .state = "unresolved"), sooner, heavy, later, grave, dull);
    g_autoptr(GArray) none = walk(&house, &(struct conversation_filter){.teams_of = 34}, 3);
    g_assert_cmpuint(none->len, ==, 0);

    static const char *const TAGS[] = {"vip", "重要", NULL};
    struct conversation_edit edit = {.tags = TAGS};
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, dull, &edit, &error));
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, sooner, &edit, &error));
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, last_solved, &edit, &error));
    EXPECT(&house, FILTER(.tag = "重要"), sooner, dull, last_solved);
    EXPECT(&house, FILTER(.tag = "vip", .state = "unresolved", .assignee_id = 31), dull);

    g_autoptr(GArray) among = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(among, dull);
    g_array_append_val(among, first_solved);
    g_array_append_val(among, heavy);
    EXPECT(&house, FILTER(.among = among), heavy, dull, first_solved);
    EXPECT(&house, FILTER(.among = among, .state = "open", .unassigned = true), heavy);

    struct conversation_place next;
    bool more = false;
    struct conversation_filter wrong = {.state = "new"};
    REFUSE(&house, HY_ERROR_BAD_VALUE, "state",
           conversation_list(tx, &wrong, NULL, 5, &house.out, &next, &more, &error));

    DO(&house, conversation_counts(tx, 31, &house.out, &error));
    json_t *counts = desk_house_answer(&house, "QueueCounts");
    g_assert_cmpint(number_of(counts, "mine"), ==, 2);
    g_assert_cmpint(number_of(counts, "unassigned"), ==, 3);
    g_assert_cmpint(number_of(counts, "team"), ==, 5);
    g_assert_cmpint(number_of(counts, "all"), ==, 6);
    json_decref(counts);
    desk_house_close(&house);
}

/* While rows come in between the pages, those that do not move are neither shown twice nor left out. */
static void test_paging(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    g_autoptr(GArray) standing = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < 12; i++) {
        struct desk_house_talk talk = {.due_ms = HOUSE_NOW_MS + (i % 4) * 1000, .importance = i % 3};
        int64_t id = desk_house_talk(&house, &talk, NULL);
        g_array_append_val(standing, id);
    }
    struct conversation_filter filter = {.state = "unresolved"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    struct conversation_place place = {0};
    bool more = true;
    for (int page = 0; more; page++) {
        struct conversation_place next = {0};
        DO(&house, (writer_begin_array(&house.out), true) &&
                       conversation_list(tx, &filter, page > 0 ? &place : NULL, 5, &house.out, &next, &more, &error));
        writer_end_array(&house.out);
        json_t *items = answer_expect_list("Conversation", house.out.text->str);
        for (size_t i = 0; i < json_array_size(items); i++) {
            int64_t id = number_of(json_array_get(items, i), "id");
            g_assert_true(g_hash_table_add(seen, g_memdup2(&id, sizeof id)));
        }
        json_decref(items);
        place = next;
        /* one above and one below the place */
        desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS - 5000}, NULL);
        if (page < 2)
            desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 90000}, NULL);
    }
    for (guint i = 0; i < standing->len; i++)
        g_assert_true(g_hash_table_contains(seen, &g_array_index(standing, int64_t, i)));
    desk_house_close(&house);
}

/* ---- every variant of the walk goes along an index, in its order ---- */

static unsigned find_query(const char *name)
{
    for (unsigned i = 0; i < QUERY_COUNT; i++)
        if (strcmp(QUERIES[i].name, name) == 0)
            return i;
    g_assert_not_reached();
}

static void expect_no_sort(sqlite3 *db, const char *sql)
{
    g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    sqlite3_stmt *statement = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(db, explain, -1, &statement, NULL), ==, SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(statement, 3);
        if (strstr(step, "TEMP B-TREE") != NULL || g_str_has_prefix(step, "SCAN conversation"))
            g_error("%s: %s", sql, step);
    }
    sqlite3_finalize(statement);
}

static void test_plans(void)
{
    static const char *const WALKS[] = {"desk_queue_walk", "desk_thread_page", "desk_contact_page", "desk_outbox_page",
                                        "desk_mention_page"};
    g_autofree char *dir = g_dir_make_tmp("huiyin-XXXXXX", NULL);
    struct store_options options = {.data_dir = dir, .migrate = true, .readers = 1};
    store_free(store_open(&options, NULL));
    g_autofree char *path = g_build_filename(dir, "huiyin.db", NULL);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    for (gsize i = 0; i < G_N_ELEMENTS(WALKS); i++) {
        const struct query_kind *query = QUERIES + find_query(WALKS[i]);
        unsigned optional = 0;
        for (unsigned piece = 0; piece < query->piece_count; piece++)
            optional += query->pieces[piece].param >= 0;
        for (unsigned mask = 0; mask < 1u << optional; mask++) {
            g_autofree char *sql = query_text(query, DIALECT_SQLITE, mask);
            expect_no_sort(db, sql);
        }
    }
    sqlite3_close(db);
    g_autofree char *command = g_strdup_printf("rm -r '%s'", dir);
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
}

/* ---- assigning ---- */

static void test_assign(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS}, NULL);
    take(&house, &house.amy, id);
    int count = 0;
    g_autofree char *data = desk_house_event(&house, "conversation.changed", &count);
    g_assert_cmpstr(data, ==, "{\"assignee_id\":\"31\",\"first_owner_id\":\"31\"}");
    g_assert_cmpint(count, ==, 1);
    take(&house, &house.amy, id); /* done already: nothing happens */
    g_clear_pointer(&data, g_free);
    data = desk_house_event(&house, "conversation.changed", &count);
    g_assert_cmpint(count, ==, 1);

    struct conversation_assignment to_bob = {.has_user = true, .user_id = 32};
    REFUSE(&house, HY_ERROR_ASSIGNED, "Amy",
           conversation_assign(tx, &house.bob, house.now_ms, id, &to_bob, &error)); /* the second to take */
    REFUSE(&house, HY_ERROR_FORBIDDEN, NULL,
           conversation_assign(tx, &house.max, house.now_ms, id, &to_bob, &error)); /* may not assign to others */
    to_bob.version = 1; /* what bob saw before amy took it */
    REFUSE(&house, HY_ERROR_ASSIGNED, "Amy", conversation_assign(tx, &house.bob, house.now_ms, id, &to_bob, &error));
    to_bob.version = 2; /* he sees that amy has it, and takes over */
    DO(&house, conversation_assign(tx, &house.bob, house.now_ms, id, &to_bob, &error));
    json_t *shown = desk_house_conversation(&house, id);
    g_assert_cmpint(number_of(shown, "assignee_id"), ==, 32);
    g_assert_cmpint(number_of(shown, "first_owner_id"), ==, 31); /* stays */
    g_assert_cmpint(number_of(shown, "version"), ==, 3);
    json_decref(shown);

    struct conversation_assignment release = {.has_user = true};
    REFUSE(&house, HY_ERROR_FORBIDDEN, NULL,
           conversation_assign(tx, &house.max, house.now_ms, id, &release, &error)); /* a colleague's */
    struct conversation_assignment to_max = {.has_user = true, .user_id = 34};
    DO(&house, conversation_assign(tx, &house.amy, house.now_ms, id, &to_max, &error));
    DO(&house, conversation_assign(tx, &house.max, house.now_ms, id, &release, &error)); /* his own */
    static const int64_t WRONG[] = {33, 35, 99}; /* a viewer, one who left, nobody */
    for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        struct conversation_assignment to = {.has_user = true, .user_id = WRONG[i]};
        REFUSE(&house, HY_ERROR_BAD_VALUE, "user_id",
               conversation_assign(tx, &house.amy, house.now_ms, id, &to, &error));
    }
    struct conversation_assignment nowhere = {.team_id = 99};
    REFUSE(&house, HY_ERROR_BAD_VALUE, "team_id",
           conversation_assign(tx, &house.amy, house.now_ms, id, &nowhere, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, conversation_assign(tx, &house.amy, house.now_ms, 99, &release, &error));

    /* another team keeps a member, and lets go of anybody else */
    struct conversation_assignment to_team = {.team_id = HOUSE_OTHER_TEAM};
    take(&house, &house.bob, id);
    DO(&house, conversation_assign(tx, &house.amy, house.now_ms, id, &to_team, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpint(number_of(shown, "assignee_id"), ==, 32);
    g_assert_cmpint(number_of(shown, "team_id"), ==, HOUSE_OTHER_TEAM);
    json_decref(shown);
    int64_t other = take(&house, &house.amy, desk_house_talk(&house, &(struct desk_house_talk){0}, NULL));
    DO(&house, conversation_assign(tx, &house.amy, house.now_ms, other, &to_team, &error));
    shown = desk_house_conversation(&house, other);
    g_assert_cmpint(number_of(shown, "assignee_id"), ==, -1);
    json_decref(shown);
    desk_house_close(&house);
}

struct taker {
    struct desk_house *house;
    const struct actor *actor;
    int64_t id;
    int result; /* 0 = has it, 1 = was told who has it */
};

static bool taking(struct tx *tx, void *data, GError **error)
{
    struct taker *taker = data;
    struct conversation_assignment wish = {.has_user = true, .user_id = taker->actor->person_id};
    return conversation_assign(tx, taker->actor, taker->house->now_ms, taker->id, &wish, error);
}

static void *take_at_once(void *data)
{
    struct taker *taker = data;
    g_autoptr(GError) error = NULL;
    if (!store_write(taker->house->store, taking, taker, &error)) {
        g_assert_error(error, HY_ERROR, HY_ERROR_ASSIGNED);
        g_assert_cmpstr(error_field(error), ==, taker->actor->person_id == 31 ? "Bob" : "Amy");
        taker->result = 1;
    }
    return NULL;
}

static void test_two_takers(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    for (int round = 0; round < 20; round++) {
        int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
        struct taker takers[2] = {{&house, &house.amy, id, 0}, {&house, &house.bob, id, 0}};
        GThread *threads[2];
        for (int i = 0; i < 2; i++)
            threads[i] = g_thread_new("taker", take_at_once, takers + i);
        for (int i = 0; i < 2; i++)
            g_thread_join(threads[i]);
        g_assert_cmpint(takers[0].result + takers[1].result, ==, 1);
        json_t *shown = desk_house_conversation(&house, id);
        g_assert_cmpint(number_of(shown, "assignee_id"), ==, takers[0].result == 0 ? 31 : 32);
        json_decref(shown);
    }
    desk_house_close(&house);
}

/* ---- states ---- */

static void test_states(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 5000}, NULL);
    json_t *shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "waiting_since"), ==, "2026-01-02T03:04:06.000Z");
    json_decref(shown);

    int64_t until_ms = house.now_ms + CLOCK_HOUR_MS;
    DO(&house, conversation_snooze(tx, &house.amy, house.now_ms, id, until_ms, &error));
    REFUSE(&house, HY_ERROR_BAD_VALUE, "until",
           conversation_snooze(tx, &house.amy, house.now_ms, id, house.now_ms, &error));
    REFUSE(&house, HY_ERROR_BAD_VALUE, "until",
           conversation_snooze(tx, &house.amy, house.now_ms, id, house.now_ms + 400 * CLOCK_DAY_MS, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "snoozed");
    g_assert_cmpstr(text_of(shown, "snoozed_until"), ==, "2026-01-02T04:04:06.000Z");
    g_assert_null(text_of(shown, "due_at"));
    json_decref(shown);

    int64_t count = -1;
    DO(&house, conversation_wake(tx, until_ms - 1, 10, &count, &error));
    g_assert_cmpint(count, ==, 0);
    DO(&house, conversation_wake(tx, until_ms, 10, &count, &error));
    g_assert_cmpint(count, ==, 1);
    DO(&house, conversation_wake(tx, until_ms, 10, &count, &error));
    g_assert_cmpint(count, ==, 0);
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "open");
    g_assert_cmpstr(text_of(shown, "due_at"), ==, "2026-01-02T04:04:06.000Z");
    g_assert_null(text_of(shown, "snoozed_until"));
    json_decref(shown);

    DO(&house, conversation_resolve(tx, &house.amy, house.now_ms, id, &error));
    DO(&house, conversation_resolve(tx, &house.amy, house.now_ms, id, &error));
    REFUSE(&house, HY_ERROR_CONFLICT, "state", conversation_snooze(tx, &house.amy, house.now_ms, id, until_ms, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "resolved");
    g_assert_null(text_of(shown, "due_at"));
    g_assert_null(text_of(shown, "waiting_since"));
    g_assert_cmpint(number_of(shown, "unread"), ==, 0);
    json_decref(shown);

    DO(&house, conversation_reopen(tx, &house.amy, house.now_ms, id, &error));
    DO(&house, conversation_reopen(tx, &house.amy, house.now_ms, id, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "state"), ==, "open");
    g_assert_cmpstr(text_of(shown, "due_at"), ==, "2026-01-02T03:04:06.000Z"); /* the customer's word was the last */
    json_decref(shown);
    int events = 0;
    g_free(desk_house_event(&house, "conversation.changed", &events));
    g_assert_cmpint(events, ==, 4); /* snoozed, woken, resolved, reopened */
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, conversation_resolve(tx, &house.amy, house.now_ms, 99, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, conversation_reopen(tx, &house.amy, house.now_ms, 99, &error));
    desk_house_close(&house);
}

/* ---- editing, tags ---- */

static void test_edit(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    static const char *const TAGS[] = {" 退款 ", "VIP", "退款", NULL};
    struct conversation_edit edit = {"Broken kettle", "after_sales", TAGS};
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, id, &edit, &error));
    g_autofree char *data = desk_house_event(&house, "conversation.changed", NULL);
    g_assert_cmpstr(data, ==,
                    "{\"subject\":\"Broken kettle\",\"category\":\"after_sales\",\"tags\":[\"退款\",\"VIP\"]}");
    json_t *shown = desk_house_conversation(&house, id);
    g_assert_cmpstr(text_of(shown, "tags.1"), ==, "VIP");
    json_decref(shown);

    /* confirming understanding's category keeps it, too */
    int64_t second = desk_house_talk(&house, &(struct desk_house_talk){0}, NULL);
    struct conversation_edit confirm = {.category = "complaint"};
    DO(&house, conversation_edit(tx, &house.bob, house.now_ms, second, &confirm, &error));
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation row;
    DO(&house, conversation_load(tx, second, &rows, &row, &error));
    g_assert_cmpint(row.category_person_id, ==, 32);

    struct conversation_edit no_subject = {.subject = "  "};
    REFUSE(&house, HY_ERROR_EMPTY, "subject", conversation_edit(tx, &house.amy, house.now_ms, id, &no_subject, &error));
    struct conversation_edit no_category = {.category = "weather"};
    REFUSE(&house, HY_ERROR_BAD_VALUE, "category",
           conversation_edit(tx, &house.amy, house.now_ms, id, &no_category, &error));
    static const char *const EMPTY_TAG[] = {"good", " ", NULL};
    struct conversation_edit empty_tag = {.tags = EMPTY_TAG};
    REFUSE(&house, HY_ERROR_EMPTY, "tags", conversation_edit(tx, &house.amy, house.now_ms, id, &empty_tag, &error));
    g_autofree char *long_tag = g_strnfill(201, 'x');
    const char *too_long[] = {long_tag, NULL};
    struct conversation_edit long_edit = {.tags = too_long};
    REFUSE(&house, HY_ERROR_TOO_LONG, "tags", conversation_edit(tx, &house.amy, house.now_ms, id, &long_edit, &error));

    static const char *const MORE[] = {"VIP", NULL};
    struct conversation_edit other = {.tags = MORE};
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, second, &other, &error));
    bool more = false;
    DO(&house, (writer_begin_array(&house.out), true) && tag_list(tx, 0, 1, &house.out, &more, &error));
    writer_end_array(&house.out);
    g_assert_cmpstr(house.out.text->str, ==, "[\"VIP\"]");
    g_assert_true(more);
    DO(&house, (writer_begin_array(&house.out), true) && tag_list(tx, 1, 1, &house.out, &more, &error));
    writer_end_array(&house.out);
    g_assert_cmpstr(house.out.text->str, ==, "[\"退款\"]");
    g_assert_false(more);
    static const char *const NONE[] = {NULL};
    struct conversation_edit clear = {.tags = NONE};
    DO(&house, conversation_edit(tx, &house.amy, house.now_ms, id, &clear, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpint(json_array_size(json_object_get(shown, "tags")), ==, 0);
    json_decref(shown);
    desk_house_close(&house);
}

/* ---- reading ---- */

static void test_read(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t first = 0;
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, &first);
    int64_t second = desk_house_more(&house, id, "public", "still broken");
    int64_t third = desk_house_more(&house, id, "public", "hello?");
    int64_t foreign = 0;
    desk_house_talk(&house, &(struct desk_house_talk){0}, &foreign);
    DO(&house, conversation_read(tx, &house.amy, house.now_ms, id, third, &error)); /* nobody's: stays unread */
    json_t *shown = desk_house_conversation(&house, id);
    g_assert_cmpint(number_of(shown, "unread"), ==, 3);
    json_decref(shown);
    take(&house, &house.amy, id);
    DO(&house, conversation_read(tx, &house.bob, house.now_ms, id, third, &error)); /* not his */
    DO(&house, conversation_read(tx, &house.amy, house.now_ms, id, second, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpint(number_of(shown, "unread"), ==, 1);
    json_decref(shown);
    DO(&house, conversation_read(tx, &house.amy, house.now_ms, id, first, &error)); /* an older look changes nothing */
    DO(&house, conversation_read(tx, &house.amy, house.now_ms, id, third, &error));
    shown = desk_house_conversation(&house, id);
    g_assert_cmpint(number_of(shown, "unread"), ==, 0);
    json_decref(shown);
    REFUSE(&house, HY_ERROR_BAD_VALUE, "message_id",
           conversation_read(tx, &house.amy, house.now_ms, id, foreign, &error));
    desk_house_close(&house);
}

/* ---- one conversation with its surroundings ---- */

static void test_show(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t first = 0;
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){.text = "你好 kettle"}, &first);
    DO(&house, presence_set(tx, &house.bob, house.now_ms, id, true, true, &error));
    DO(&house, presence_set(tx, &house.amy, house.now_ms, id, true, false, &error));
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, id, &house.out, &error));
    json_t *shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_cmpint(number_of(shown, "conversation.id"), ==, id);
    g_assert_cmpint(number_of(shown, "origin.id"), ==, first);
    g_assert_cmpstr(text_of(shown, "conversation.contact.handle"), ==, "Customer");
    g_assert_cmpstr(text_of(shown, "reply_limits.0.visibility"), ==, "public");
    g_assert_cmpint(number_of(shown, "reply_limits.0.possible"), ==, 1);
    g_assert_cmpint(json_array_size(json_object_get(shown, "viewers")), ==, 1); /* not herself */
    g_assert_cmpint(number_of(shown, "viewers.0.user_id"), ==, 32);
    g_assert_true(json_is_null(json_object_get(shown, "draft")));
    json_decref(shown);

    int64_t chat =
        desk_house_talk(&house, &(struct desk_house_talk){.channel_id = HOUSE_CHAT, .visibility = "private"}, NULL);
    DO(&house, conversation_show(tx, &house.amy, house.now_ms, chat, &house.out, &error));
    shown = desk_house_answer(&house, "ConversationDetail");
    g_assert_true(json_is_null(json_object_get(shown, "origin")));
    g_assert_cmpint(json_array_size(json_object_get(shown, "reply_limits")), ==, 1);
    g_assert_cmpstr(text_of(shown, "reply_limits.0.visibility"), ==, "private");
    json_decref(shown);
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, conversation_show(tx, &house.amy, house.now_ms, 99, &house.out, &error));
    desk_house_close(&house);
}

/* ---- the thread ---- */

static void test_thread(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t ids[7];
    int64_t id = desk_house_talk(&house, &(struct desk_house_talk){0}, ids);
    for (int i = 1; i < 7; i++)
        ids[i] = desk_house_more(&house, id, "public", "more");
    struct thread_place place;
    bool more = true;
    int end = 7;
    for (int page = 0; more; page++) {
        struct thread_place next = {0};
        DO(&house, (writer_begin_array(&house.out), true) &&
                       thread_list(tx, id, page > 0 ? &place : NULL, 3, LANG_EN, &house.out, &next, &more, &error));
        writer_end_array(&house.out);
        json_t *items = answer_expect_list("Message", house.out.text->str);
        int count = (int)json_array_size(items);
        for (int i = 0; i < count; i++)
            g_assert_cmpint(number_of(json_array_get(items, (size_t)i), "id"), ==, ids[end - count + i]);
        end -= count;
        json_decref(items);
        place = next;
    }
    g_assert_cmpint(end, ==, 0);
    DO(&house, thread_place(tx, id, ids[2], &place, &error));
    struct thread_place next;
    DO(&house, (writer_begin_array(&house.out), true) &&
                   thread_list(tx, id, &place, 3, LANG_EN, &house.out, &next, &more, &error));
    writer_end_array(&house.out);
    json_t *items = answer_expect_list("Message", house.out.text->str);
    g_assert_cmpint(json_array_size(items), ==, 2);
    g_assert_cmpint(number_of(items, "1.id"), ==, ids[1]);
    g_assert_cmpstr(text_of(items, "0.author.type"), ==, "customer");
    json_decref(items);
    int64_t foreign = 0;
    desk_house_talk(&house, &(struct desk_house_talk){0}, &foreign);
    REFUSE(&house, HY_ERROR_BAD_VALUE, "before", thread_place(tx, id, foreign, &place, &error));
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, thread_list(tx, 99, NULL, 3, LANG_EN, &house.out, &next, &more, &error));
    desk_house_close(&house);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/conversation/order", test_order);
    database_test("/conversation/paging", test_paging);
    g_test_add_func("/conversation/plans", test_plans);
    database_test("/conversation/assign", test_assign);
    database_test("/conversation/two_takers", test_two_takers);
    database_test("/conversation/states", test_states);
    database_test("/conversation/edit", test_edit);
    database_test("/conversation/read", test_read);
    database_test("/conversation/show", test_show);
    database_test("/conversation/thread", test_thread);
    return g_test_run();
}

/* list_bench.c - what a page of the desk costs on SQLite: list_bench [CONVERSATIONS], 100,000 unless given.
 * Prints microseconds of CPU time a page, the best of several rounds, for every kind of list; from the store to the
 * JSON. */
#include "base/id.h"
#include "desk/contact.h"
#include "desk/conversation.h"
#include "desk/outbox_list.h"
#include "desk/tag.h"
#include "desk/thread.h"
#include "store/backend.h"
#include "store/event.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_MS INT64_C(1767323045000)

static void must(bool ok, const GError *error)
{
    if (!ok) {
        fprintf(stderr, "%s\n", error ? error->message : "failed");
        exit(1);
    }
}

static bool run_script(struct tx *tx, void *data, GError **error)
{
    return tx->backend->script(tx->connection, data, error);
}

static void fill(struct store *store, int64_t count)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO brand (id, name, created_ms) VALUES (1, 'Echo', 1);"
        "INSERT INTO team (id, name, is_default, created_ms) VALUES (1, 'One', 1, 1), (2, 'Two', 0, 1), (3, 'Three', "
        "0, "
        "1);"
        "INSERT INTO person (id, login, name, role, created_ms) VALUES (1, 'amy', 'Amy', 'agent', 1),"
        "(2, 'bob', 'Bob', 'agent', 1);"
        "INSERT INTO team_member (team_id, person_id) VALUES (1, 1), (3, 1);"
        "INSERT INTO channel (id, kind, name, brand_id, created_ms) VALUES (1, 'weibo', 'W', 1, 1),"
        "(2, 'webchat', 'C', 1, 1), (3, 'sandbox', 'S', 1, 1);"
        "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %" G_GINT64_FORMAT ")"
        "INSERT INTO contact (id, name, folded, created_ms, seen_ms) SELECT n, '客户' || n, '客户' || n || ' user' || "
        "n, "
        "1, 1767323045000 + n FROM s;"
        "INSERT INTO identity (id, contact_id, scope, native_id, handle, followers, verified, avatar_url, created_ms, "
        "updated_ms) SELECT id, id, 'weibo', 'u' || id, 'user' || id, id * 37 %% 100000, '', "
        "'https://img.example/' || id || '.jpg', 1, 1 FROM contact;"
        "INSERT INTO conversation (id, channel_id, brand_id, contact_id, identity_id, thread_key, subject, state, "
        "team_id, assignee_id, first_owner_id, importance, category, sentiment, urgency, due_ms, first_inbound_ms, "
        "last_inbound_ms, last_message_ms, last_text, inbound_count, unread, tags, created_ms, resolved_ms) "
        "SELECT id, id %% 3 + 1, 1, id, id, 'post:' || id, '电热水壶用了两天就坏了，客服电话打不通', "
        "CASE WHEN id %% 10 < 6 THEN 'open' WHEN id %% 10 = 6 THEN 'pending' WHEN id %% 10 = 7 THEN 'snoozed' ELSE "
        "'resolved' END, id * 7 %% 3 + 1, CASE WHEN id %% 4 = 0 THEN 1 WHEN id %% 4 = 1 THEN 2 END, NULL, id * 13 %% "
        "100, "
        "'complaint', 'negative', id %% 4, CASE WHEN id %% 10 < 5 THEN 1767323045000 + id * 7919 %% 1000000 END, 1, 1, "
        "1767323045000 + id, '电热水壶用了两天就坏了，客服电话打不通，怎么办？', 1, 1, "
        "CASE WHEN id %% 50 = 0 THEN '[\"退款\"]' ELSE '[]' END, 1, CASE WHEN id %% 10 > 7 THEN 1767323045000 + id END "
        "FROM contact;"
        "INSERT INTO conversation_tag (conversation_id, tag) SELECT id, '退款' FROM contact WHERE id %% 50 = 0;"
        "INSERT INTO message (id, conversation_id, channel_id, native_id, direction, visibility, kind, text, "
        "author_identity_id, author_name, sent_ms, received_ms) SELECT id, CASE WHEN id %% 2 = 0 THEN id ELSE 7 END, "
        "id %% 3 + 1, 'n' || id, 'in', 'public', 'mention', '电热水壶用了两天就坏了，客服电话打不通，怎么办？', id, "
        "'user' || id, 1767323045000 + id, 1 FROM contact;",
        count);
    g_autoptr(GError) error = NULL;
    must(store_write(store, run_script, sql, &error), error);
    must(!store_is_postgres(store) || store_write(store, run_script, (void *)"ANALYZE", &error), error);
}

struct job {
    struct conversation_filter filter;
    struct conversation_place place; /* queue_key 0 = the first page */
    bool (*other)(struct tx *tx, struct writer *out, GError **error);
    struct writer out;
    struct conversation_place next;
    bool more;
};

static bool list(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    g_string_truncate(job->out.text, 0);
    job->out.comma = false;
    if (job->other != NULL)
        return job->other(tx, &job->out, error);
    return conversation_list(tx, &job->filter, job->place.queue_key ? &job->place : NULL, 50, &job->out, &job->next,
                             &job->more, error);
}

static int64_t time_us(struct store *store)
{
    struct timespec now;
    clock_gettime(store_is_postgres(store) ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void measure(struct store *store, const char *name, struct job job)
{
    enum { ROUNDS = 7, PAGES = 40 };
    double best = 1e9;
    g_autoptr(GError) error = NULL;
    writer_init(&job.out);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = time_us(store);
        int pages = 0;
        do
            must(store_read(store, list, &job, &error), error);
        while (++pages < PAGES && time_us(store) - begin < 200000);
        best = MIN(best, (double)(time_us(store) - begin) / pages);
    }
    printf("%-28s %9.1f us %8zu bytes\n", name, best, job.out.text->len);
    writer_clear(&job.out);
}

static bool counts(struct tx *tx, struct writer *out, GError **error)
{
    return conversation_counts(tx, 1, out, error);
}

static bool thread(struct tx *tx, struct writer *out, GError **error)
{
    struct thread_place next;
    bool more = false;
    return thread_list(tx, 7, NULL, 50, LANG_ZH, out, &next, &more, error);
}

static bool contacts(struct tx *tx, struct writer *out, GError **error)
{
    struct contact_place next;
    bool more = false;
    return contact_list(tx, NULL, NULL, 50, out, &next, &more, error);
}

static bool contacts_rare(struct tx *tx, struct writer *out, GError **error)
{
    struct contact_place next;
    bool more = false;
    return contact_list(tx, "user777 nowhere", NULL, 50, out, &next, &more, error);
}

static bool tags(struct tx *tx, struct writer *out, GError **error)
{
    bool more = false;
    return tag_list(tx, 0, 50, out, &more, error);
}

int main(int argc, char **argv)
{
    int64_t count = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 100000;
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("huiyin-bench-XXXXXX", &error);
    must(dir != NULL, error);
    struct store_options options = {.data_dir = dir, .url = argc > 2 ? argv[2] : NULL, .readers = 1, .migrate = true};
    struct store *store = store_open(&options, &error);
    must(store != NULL, error);
    fill(store, count);
    printf("%" G_GINT64_FORMAT " conversations, pages of 50\n", count);
    const struct conversation_place middle = {(START_MS + 500000) * 128, 0};
    measure(store, "unresolved", (struct job){.filter = {.state = "unresolved"}});
    measure(store, "unresolved, in the middle", (struct job){.filter = {.state = "unresolved"}, .place = middle});
    measure(store, "open", (struct job){.filter = {.state = "open"}});
    measure(store, "snoozed", (struct job){.filter = {.state = "snoozed"}});
    measure(store, "resolved", (struct job){.filter = {.state = "resolved"}});
    measure(store, "any", (struct job){.filter = {.state = NULL}});
    measure(store, "mine, unresolved", (struct job){.filter = {.state = "unresolved", .assignee_id = 1}});
    measure(store, "mine, resolved", (struct job){.filter = {.state = "resolved", .assignee_id = 1}});
    measure(store, "mine, snoozed", (struct job){.filter = {.state = "snoozed", .assignee_id = 1}});
    measure(store, "unassigned, open", (struct job){.filter = {.state = "open", .unassigned = true}});
    measure(store, "my teams, unresolved", (struct job){.filter = {.state = "unresolved", .teams_of = 1}});
    measure(store, "one team, open", (struct job){.filter = {.state = "open", .team_id = 2}});
    measure(store, "one channel, unresolved", (struct job){.filter = {.state = "unresolved", .channel_id = 2}});
    measure(store, "channel and mine, open",
            (struct job){.filter = {.state = "open", .channel_id = 2, .assignee_id = 1}});
    measure(store, "a tag of 2 %", (struct job){.filter = {.state = "unresolved", .tag = "退款"}});
    measure(store, "counts", (struct job){.other = counts});
    measure(store, "messages of a long thread", (struct job){.other = thread});
    measure(store, "contacts", (struct job){.other = contacts});
    measure(store, "contacts, nothing found", (struct job){.other = contacts_rare});
    measure(store, "tags", (struct job){.other = tags});
    store_free(store);
    g_autofree char *command = g_strdup_printf("rm -r '%s'", dir);
    must(g_spawn_command_line_sync(command, NULL, NULL, NULL, &error), error);
    return 0;
}

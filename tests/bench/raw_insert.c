/* raw_insert.c - the physical limit of intake: the rows of one message, inserted with nothing else around.
 *
 *   raw_insert DIR MESSAGES BATCH
 *
 * Creates the schema in DIR/raw.db and inserts, for each message, what intake writes for a first message of a
 * new contact (contact, identity, conversation, message, payload, event), BATCH messages a transaction, WAL,
 * synchronous FULL. Prints messages per second. The peer of "durable messages/s" in server.mjs. */
#include "base/clock.h"
#include "base/id.h"
#include "store/backend.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTACT, IDENTITY, CONVERSATION, MESSAGE, PAYLOAD, EVENT, STATEMENTS };

static const char *const SQL[STATEMENTS] = {
    [CONTACT] = "INSERT INTO contact (id, name, created_ms, seen_ms) VALUES (?1, ?2, ?3, ?3)",
    [IDENTITY] = "INSERT INTO identity (id, contact_id, scope, native_id, handle, followers, created_ms, updated_ms)"
                 " VALUES (?1, ?2, 'webhook:1', ?3, '小麦', 12, ?4, ?4)",
    [CONVERSATION] =
        "INSERT INTO conversation (id, channel_id, brand_id, contact_id, identity_id, thread_key, subject, state,"
        " team_id, importance, category, sentiment, due_ms, first_inbound_ms, last_inbound_ms, last_message_ms,"
        " last_text, inbound_count, unread, created_ms)"
        " VALUES (?1, 1, 1, ?2, ?3, ?4, ?5, 'open', 1, 40, 'complaint', 'negative', ?6, ?6, ?6, ?6, ?5, 1, 1, ?6)",
    [MESSAGE] =
        "INSERT INTO message (id, conversation_id, channel_id, native_id, root_native_id, direction, visibility, kind,"
        " text, author_identity_id, author_name, sent_ms, received_ms, assessment)"
        " VALUES (?1, ?2, 1, ?3, ?3, 'in', 'public', 'mention', ?4, ?5, '小麦', ?6, ?6, ?7)",
    [PAYLOAD] = "INSERT INTO payload (message_id, received_ms, body) VALUES (?1, ?2, ?3)",
    [EVENT] = "INSERT INTO event (at_ms, kind, conversation_id, subject_id, data) VALUES (?1, 'message.received', ?2, "
              "?3, '{}')",
};

static const char TEXT[] = "三周了，退款还没到账，客服电话永远占线，发了邮件也没有人回。你们就是这样对待老客户的吗？希"
                           "望今天之内给一个明确的答复，"
                           "不然我就去 12315 投诉了。订单号 2026102417，麻烦尽快核对一下。";
static const char ASSESSMENT[] =
    "{\"language\":\"zh-Hans\",\"category\":\"complaint\",\"sentiment\":\"negative\",\"urgency\":2,\"importance\":40,"
    "\"confidence\":0.9,\"needs_answer\":true,\"parts\":[{\"name\":\"category\",\"value\":\"complaint\",\"amount\":25},"
    "{\"name\":\"sentiment\",\"value\":\"negative\",\"amount\":10},{\"name\":\"urgency\",\"value\":\"\",\"amount\":5}],"
    "\"matches\":[{\"begin\":4,\"end\":6,\"label\":\"category:complaint\"}],\"model\":\"lexicon-1\"}";

static void check(sqlite3 *db, int status)
{
    if (status != SQLITE_OK && status != SQLITE_DONE && status != SQLITE_ROW) {
        fprintf(stderr, "raw_insert: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void execute(sqlite3 *db, const char *sql)
{
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void text(sqlite3_stmt *statement, int at, const char *value)
{
    sqlite3_bind_text(statement, at, value, -1, SQLITE_STATIC);
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
    check(db, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static void insert_message(sqlite3 *db, sqlite3_stmt **statement, int number, const char *payload)
{
    char native[64];
    int64_t now = clock_now_ms(clock_system());
    int64_t id[4];
    g_snprintf(native, sizeof native, "bench-raw-%d-0123456789abcdef", number);
    for (int i = 0; i < 4; i++)
        id[i] = id_new(now);
    sqlite3_bind_int64(statement[CONTACT], 1, id[0]);
    text(statement[CONTACT], 2, "小麦");
    sqlite3_bind_int64(statement[CONTACT], 3, now);
    step(db, statement[CONTACT]);
    sqlite3_bind_int64(statement[IDENTITY], 1, id[1]);
    sqlite3_bind_int64(statement[IDENTITY], 2, id[0]);
    text(statement[IDENTITY], 3, native);
    sqlite3_bind_int64(statement[IDENTITY], 4, now);
    step(db, statement[IDENTITY]);
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(statement[CONVERSATION], i + 1, i == 0 ? id[2] : id[i - 1]);
    text(statement[CONVERSATION], 4, native);
    text(statement[CONVERSATION], 5, TEXT);
    sqlite3_bind_int64(statement[CONVERSATION], 6, now);
    step(db, statement[CONVERSATION]);
    sqlite3_bind_int64(statement[MESSAGE], 1, id[3]);
    sqlite3_bind_int64(statement[MESSAGE], 2, id[2]);
    text(statement[MESSAGE], 3, native);
    text(statement[MESSAGE], 4, TEXT);
    sqlite3_bind_int64(statement[MESSAGE], 5, id[1]);
    sqlite3_bind_int64(statement[MESSAGE], 6, now);
    text(statement[MESSAGE], 7, ASSESSMENT);
    step(db, statement[MESSAGE]);
    sqlite3_bind_int64(statement[PAYLOAD], 1, id[3]);
    sqlite3_bind_int64(statement[PAYLOAD], 2, now);
    sqlite3_bind_blob(statement[PAYLOAD], 3, payload, 1000, SQLITE_STATIC);
    step(db, statement[PAYLOAD]);
    sqlite3_bind_int64(statement[EVENT], 1, now);
    sqlite3_bind_int64(statement[EVENT], 2, id[2]);
    sqlite3_bind_int64(statement[EVENT], 3, id[3]);
    step(db, statement[EVENT]);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: raw_insert DIR MESSAGES BATCH\n");
        return 2;
    }
    int messages = atoi(argv[2]);
    int batch = atoi(argv[3]);
    g_autofree char *path = g_build_filename(argv[1], "raw.db", NULL);
    g_autofree char *schema = migrate_text(MIGRATIONS[0], DIALECT_SQLITE);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement[STATEMENTS];
    char payload[1000];
    memset(payload, 'x', sizeof payload);
    check(db, sqlite3_open(path, &db));
    execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
                "PRAGMA cache_size = -16000");
    execute(db, schema);
    execute(db, "PRAGMA foreign_keys = OFF");
    for (int i = 0; i < STATEMENTS; i++)
        check(db, sqlite3_prepare_v2(db, SQL[i], -1, statement + i, NULL));
    gint64 begin = g_get_monotonic_time();
    for (int i = 0; i < messages; i++) {
        if (i % batch == 0)
            execute(db, "BEGIN IMMEDIATE");
        insert_message(db, statement, i, payload);
        if (i % batch == batch - 1 || i == messages - 1)
            execute(db, "COMMIT");
    }
    double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
    printf("%.0f\n", messages / seconds);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(statement[i]);
    sqlite3_close(db);
    return 0;
}

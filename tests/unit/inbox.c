#include "inbox.h"

#include "base/id.h"
#include "store/backend.h"
#include "store/queries.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

/* ---- an understanding that knows one word ---- */

/* A rule of its own: words that begin with # are tags. */
static void follow_rule(const char *text, struct assessment *out)
{
    const char *tag = strchr(text, '#');
    if (tag == NULL)
        return;
    out->rules[0] = (struct assess_rule){.id = 7};
    g_strlcpy(out->rules[0].tag, tag + 1, sizeof out->rules[0].tag);
    out->rule_count = 1;
}

void assess_message(const struct assess *assess, const struct assess_facts *facts, struct assessment *out)
{
    g_assert_nonnull(assess);
    bool complaint = strstr(facts->text, "complaint") != NULL;
    *out = (struct assessment){.category = complaint ? "complaint" : "consultation",
                               .sentiment = complaint ? "negative" : "neutral",
                               .urgency = complaint ? 2 : 0,
                               .importance = (complaint ? 60 : 10) + (facts->followers > 100000 ? 20 : 0) +
                                             (strcmp(facts->relation, "at_risk") == 0 ? 10 : 0) + 3 * facts->unanswered,
                               .confidence = 1,
                               .needs_answer = strstr(facts->text, "thanks") == NULL,
                               .model = "test-1"};
    follow_rule(facts->text, out);
}

struct assess *assess_ref(struct assess *assess)
{
    return assess;
}

void assess_unref(struct assess *assess)
{
    (void)assess;
}

char *assess_format(const struct assessment *assessment, const char *text)
{
    (void)text;
    return g_strdup_printf("{\"importance\":%d}", assessment->importance);
}

/* ---- kinds ---- */

static const struct channel_setting_kind NO_SETTINGS[] = {{.key = NULL}};
struct channel_kind HOUSE_SCRIPTED = {.kind = "scripted", .settings = NO_SETTINGS};
struct channel_kind HOUSE_SCOPED_KIND = {.kind = "scoped", .settings = NO_SETTINGS, .capabilities = CHANNEL_SCOPED_IDS};

static const struct channel_kind *find_kind(const char *kind)
{
    if (strcmp(kind, "scripted") == 0)
        return &HOUSE_SCRIPTED;
    return strcmp(kind, "scoped") == 0 ? &HOUSE_SCOPED_KIND : channel_kind_find(kind);
}

/* ---- SQL of a test ---- */

static bool run_script(struct tx *tx, void *data, GError **error)
{
    return tx->backend->script(tx->connection, data, error);
}

void house_run(const struct house *house, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GError) error = NULL;
    store_write(house->store, run_script, sql, &error);
    g_assert_no_error(error);
}

static char *ask_postgres(const struct house *house, const char *sql)
{
    PGconn *pg = PQconnectdb(house->database->url);
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        g_error("%s: %s", sql, PQresultErrorMessage(result));
    char *text = g_strdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pg);
    return text;
}

static char *ask_sqlite(const struct house *house, const char *sql)
{
    g_autofree char *path = g_build_filename(house->database->dir, "huiyin.db", NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    g_assert_cmpint(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        g_error("%s: %s", sql, sqlite3_errmsg(db));
    const char *found = sqlite3_step(statement) == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    char *text = g_strdup(found ? found : "");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

char *house_ask(const struct house *house, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return house->database->url != NULL ? ask_postgres(house, sql) : ask_sqlite(house, sql);
}

/* ---- the house ---- */

void house_open(struct house *house, const struct database *database)
{
    g_autoptr(GError) error = NULL;
    static char any = 0; /* never looked into: see assess_message above */
    *house = (struct house){
        .store = database_open(database), .database = database, .assess = assess_current_new((struct assess *)&any)};
    house->secret = secret_load(database->dir, &error);
    g_assert_no_error(error);
    clock_manual_init(&house->clock, HOUSE_NOW_MS);
    house_run(house, "INSERT INTO brand (id, name, created_ms) VALUES (11, 'Echo', 1);"
                     "INSERT INTO team (id, name, is_default, created_ms) VALUES (12, 'Service', 1, 1);"
                     "INSERT INTO person (id, login, name, role, created_ms) VALUES (13, 'amy', 'Amy', 'agent', 1);"
                     "INSERT INTO channel (id, kind, name, brand_id, created_ms) VALUES (21, 'scripted', 'One', 11, 1),"
                     "(22, 'scoped', 'Two', 11, 1), (23, 'sandbox', 'Box', 11, 1), (24, 'webchat', 'Chat', 11, 1)");
    house->accounts = accounts_new(house->store, house->secret, find_kind);
    accounts_reload(house->accounts, &error);
    g_assert_no_error(error);
}

void house_close(struct house *house)
{
    accounts_free(house->accounts);
    store_free(house->store);
    assess_current_free(house->assess);
    secret_free(house->secret);
}

int64_t house_now(const struct house *house)
{
    return clock_now_ms(&house->clock.clock);
}

struct channel_post *house_post(const char *native_id, const char *author, const char *root, const char *text)
{
    struct channel_post *post = channel_post_new();
    post->native_id = g_strdup(native_id);
    post->root_native_id = g_strdup(root ? root : native_id);
    post->parent_native_id = g_strdup(root);
    post->kind = root ? "comment" : "mention";
    post->visibility = CHANNEL_PUBLIC;
    post->author.native_id = g_strdup(author);
    post->author.handle = g_strdup(author);
    post->author.followers = 5;
    g_free(post->text);
    post->text = g_strdup(text);
    return post;
}

struct channel_post *house_dm(const char *native_id, const char *author, const char *text)
{
    struct channel_post *post = house_post(native_id, author, NULL, text);
    g_clear_pointer(&post->root_native_id, g_free);
    post->kind = "dm";
    post->visibility = CHANNEL_PRIVATE;
    return post;
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

struct intake_result *house_take(const struct house *house, int64_t channel_id, ...)
{
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    va_list arguments;
    va_start(arguments, channel_id);
    for (struct channel_post *post = NULL; (post = va_arg(arguments, struct channel_post *)) != NULL;)
        g_ptr_array_add(posts, post);
    va_end(arguments);
    g_autoptr(account_auto) account = account_find(house->accounts, channel_id);
    g_assert_nonnull(account);
    g_autoptr(GBytes) body = g_bytes_new_static("{\"raw\":1}", 9);
    g_autoptr(intake_batch_auto) batch = intake_prepare(house->assess, account, posts, body, house_now(house));
    g_autoptr(GError) error = NULL;
    store_write(house->store, intake_take, batch, &error);
    g_assert_no_error(error);
    unsigned count = 0;
    const struct intake_result *results = intake_results(batch, &count);
    g_assert_cmpuint(count, ==, posts->len);
    return g_memdup2(results, sizeof *results * MAX(1, count));
}

/* ---- a network that answers when the test says so ---- */

static bool nothing(struct tx *tx, void *data, GError **error)
{
    (void)tx, (void)data, (void)error;
    return true;
}

void house_settle(const struct house *house)
{
    g_autoptr(GError) error = NULL;
    store_write(house->store, nothing, NULL, &error);
    g_assert_no_error(error);
}

struct house_call {
    char *url;
    client_callback callback;
    void *data;
};

static void free_call(gpointer data)
{
    struct house_call *call = data;
    g_free(call->url);
    g_free(call);
}

void house_network_init(struct house_network *network)
{
    *network = (struct house_network){.calls = g_ptr_array_new_with_free_func(free_call)};
}

void house_network_clear(struct house_network *network)
{
    g_assert_cmpuint(network->calls->len, ==, 0);
    g_ptr_array_unref(network->calls);
}

bool house_send(struct client *client, const struct client_request *request, client_callback callback, void *data,
                GError **error)
{
    struct house_network *network = (struct house_network *)client;
    if (network->busy) {
        error_set(error, HY_ERROR_BUSY, NULL, "too many calls");
        return false;
    }
    struct house_call *call = g_new0(struct house_call, 1);
    *call = (struct house_call){g_strdup(request->url), callback, data};
    g_ptr_array_add(network->calls, call);
    network->count++;
    return true;
}

const char *client_response_header(const struct client_response *response, const char *name)
{
    (void)response, (void)name;
    return NULL;
}

const char *house_network_url(const struct house_network *network, unsigned call)
{
    g_assert_cmpuint(call, <, network->calls->len);
    return ((struct house_call *)g_ptr_array_index(network->calls, call))->url;
}

void house_answer(struct house_network *network, int status, const char *body)
{
    g_assert_cmpuint(network->calls->len, >, 0);
    struct house_call *call = g_ptr_array_steal_index(network->calls, 0);
    struct client_response response = {.fate = status > 0    ? CLIENT_ANSWERED
                                               : status == 0 ? CLIENT_NOT_REACHED
                                                             : CLIENT_BROKEN_OFF,
                                       .status = MAX(0, status),
                                       .body = body ? body : "",
                                       .body_length = body ? strlen(body) : 0,
                                       .detail = ""};
    call->callback(&response, call->data);
    free_call(call);
}

struct reply {
    int64_t id, conversation_id, answers_id, channel_id, now_ms;
    const char *text, *visibility;
};

static bool write_reply(struct tx *tx, void *data, GError **error)
{
    const struct reply *reply = data;
    g_autofree char *native_id = g_strdup_printf("out:%" G_GINT64_FORMAT, reply->id);
    return q_intake_message(tx, error, reply->id, reply->conversation_id, reply->channel_id, native_id, NULL, NULL,
                            "out", reply->visibility, "reply", reply->text, NULL, "[]", NULL, NULL, 0, "Amy",
                            reply->now_ms, reply->now_ms, NULL) &&
           q_outbox_insert(tx, error, reply->id, reply->conversation_id, reply->channel_id, reply->answers_id,
                           "198.51.100.7", reply->now_ms);
}

int64_t house_reply(const struct house *house, int64_t conversation_id, int64_t answers_id, const char *text)
{
    g_autofree char *visibility =
        house_ask(house, "SELECT visibility FROM message WHERE id = %" G_GINT64_FORMAT, answers_id);
    g_autofree char *channel =
        house_ask(house, "SELECT channel_id FROM conversation WHERE id = %" G_GINT64_FORMAT, conversation_id);
    struct reply reply = {.id = id_new(house_now(house)),
                          .conversation_id = conversation_id,
                          .answers_id = answers_id,
                          .now_ms = house_now(house),
                          .visibility = visibility,
                          .text = text};
    g_assert_true(id_parse(channel, &reply.channel_id));
    g_autoptr(GError) error = NULL;
    store_write(house->store, write_reply, &reply, &error);
    g_assert_no_error(error);
    return reply.id;
}

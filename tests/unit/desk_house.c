#include "desk_house.h"

#include "base/fold.h"
#include "base/id.h"
#include "base/writer.h"
#include "desk/view.h"
#include "store/backend.h"
#include "store/event.h"

#include <string.h>

static struct actor actor(int64_t id, const char *name, const char *role)
{
    return (struct actor){.person_id = id,
                          .name = name,
                          .address = "203.0.113.7",
                          .permissions = permission_of_role(role),
                          .lang = LANG_EN};
}

void desk_house_sql(struct desk_house *house, const char *sql)
{
    g_autoptr(GError) error = NULL;
    struct tx *tx = desk_house_begin(house);
    tx->backend->script(tx->connection, sql, &error);
    g_assert_no_error(error);
    desk_house_end(house, true);
}

void desk_house_open(struct desk_house *house, const struct database *database)
{
    g_autoptr(GError) error = NULL;
    *house = (struct desk_house){.store = database_open(database), .now_ms = HOUSE_NOW_MS, .next_id = 1000};
    struct store_options options = database_options(database);
    const struct backend *backend = store_is_postgres(house->store) ? &POSTGRES_BACKEND : &SQLITE_BACKEND;
    house->tx = g_new0(struct tx, 1);
    *house->tx = (struct tx){house->store, backend, backend->open(&options, true, &error), true, false};
    g_assert_no_error(error);
    writer_init(&house->out);
    house->amy = actor(31, "Amy", "agent");
    house->bob = actor(32, "Bob", "agent");
    house->vera = actor(33, "Vera", "viewer");
    house->max = actor(34, "Max", "marketing");
    desk_house_sql(
        house,
        "INSERT INTO brand (id, name, created_ms) VALUES (11, 'Echo', 1);"
        "INSERT INTO team (id, name, is_default, created_ms) VALUES (12, 'Service', 1, 1), (14, 'Other', 0, 1);"
        "INSERT INTO person (id, login, name, role, active, created_ms) VALUES (31, 'amy', 'Amy', 'agent', 1, 1),"
        "(32, 'bob', 'Bob', 'agent', 1, 1), (33, 'vera', 'Vera', 'viewer', 1, 1),"
        "(34, 'max', 'Max', 'marketing', 1, 1), (35, 'gone', 'Gone', 'agent', 0, 1),"
        "(36, '小李', '李', 'agent', 1, 1), (37, 'amyrose', 'Amy Rose', 'agent', 1, 1);"
        "INSERT INTO team_member (team_id, person_id) VALUES (12, 31), (12, 32), (14, 32);"
        "INSERT INTO channel (id, kind, name, brand_id, settings, enabled, created_ms) VALUES"
        "(21, 'weibo', 'Weibo', 11, '{}', 1, 1), (22, 'webchat', 'Chat', 11, '{}', 1, 1),"
        "(23, 'sandbox', 'Box', 11, '{}', 1, 1), (24, 'sandbox', 'Off', 11, '{}', 0, 1)");
}

void desk_house_close(struct desk_house *house)
{
    house->tx->backend->close(house->tx->connection);
    g_free(house->tx);
    writer_clear(&house->out);
    store_free(house->store);
}

struct tx *desk_house_begin(struct desk_house *house)
{
    g_autoptr(GError) error = NULL;
    writer_clear(&house->out);
    writer_init(&house->out);
    house->tx->backend->begin(house->tx->connection, &error);
    g_assert_no_error(error);
    return house->tx;
}

void desk_house_end(struct desk_house *house, bool commit)
{
    g_autoptr(GError) error = NULL;
    if (commit)
        house->tx->backend->commit(house->tx->connection, &error);
    else
        house->tx->backend->rollback(house->tx->connection);
    g_assert_no_error(error);
}

int64_t desk_house_contact(struct desk_house *house, const char *name)
{
    int64_t id = house->next_id += 10;
    g_autofree char *native_id = g_strdup_printf("u%" G_GINT64_FORMAT, id);
    g_autofree char *folded = fold_string(name);
    DO(house, q_intake_contact(tx, &error, id, name, folded, house->now_ms) &&
                  q_intake_identity(tx, &error, id + 1, id, "sandbox", native_id, name, 1200, "person", NULL, NULL,
                                    house->now_ms));
    return id;
}

static int64_t add_message(struct desk_house *house, struct tx *tx, bool first, int64_t id, int64_t conversation_id,
                           int64_t channel_id, int64_t identity_id, const char *visibility, const char *text)
{
    static const char ASSESSMENT[] =
        "{\"language\":\"en\",\"category\":\"complaint\",\"topic\":\"late\",\"sentiment\":\"negative\",\"strength\":-"
        "50,"
        "\"emotion\":\"angry\",\"urgency\":1,\"importance\":40,\"confidence\":0.5,\"needs_answer\":true,"
        "\"spam\":false,\"abuse\":false,\"churn\":true,"
        "\"probabilities\":{\"needs_answer\":0.9,\"spam\":0.1,\"abuse\":0.1,\"churn\":0.6},"
        "\"parts\":[{\"name\":\"category\",\"value\":\"complaint\",\"number\":null,\"amount\":25}],"
        "\"matches\":[{\"begin\":0,\"end\":2,\"label\":\"gravity\"}],\"rules\":[{\"id\":\"7\",\"name\":\"r\",\"tag\":"
        "\"\"}],"
        "\"entities\":[{\"begin\":0,\"end\":2,\"kind\":\"order\",\"value\":\"A1\"}],"
        "\"because\":[{\"task\":\"category\",\"label\":\"complaint\","
        "\"words\":[{\"text\":\"no\",\"weight\":0.7,\"begin\":0,\"end\":2}]}],"
        "\"fingerprint\":\"0123456789abcdef\",\"model\":\"lexicon-2\"}";
    g_autoptr(GError) error = NULL;
    bool is_public = strcmp(visibility, "public") == 0;
    /* The first one stands under the name that its thread has. */
    g_autofree char *root = g_strdup_printf("p%" G_GINT64_FORMAT, conversation_id);
    g_autofree char *native_id = first ? g_strdup(root) : g_strdup_printf("n%" G_GINT64_FORMAT, id);
    g_autofree char *data = g_strdup_printf("{\"native_id\":\"%s\"}", native_id);
    struct event event = {.at_ms = house->now_ms,
                          .kind = EVENT_MESSAGE_RECEIVED,
                          .conversation_id = conversation_id,
                          .subject_id = id,
                          .data = data};
    bool ok = q_intake_message(tx, &error, id, conversation_id, channel_id, native_id, NULL, is_public ? root : NULL,
                               "in", visibility, is_public ? "mention" : "dm", text, NULL, "[]", NULL, NULL,
                               identity_id, "Customer", house->now_ms, house->now_ms, ASSESSMENT) &&
              event_append(tx, &event, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    return id;
}

int64_t desk_house_talk(struct desk_house *house, const struct desk_house_talk *talk, int64_t *message_id)
{
    int64_t contact_id = talk->contact_id ? talk->contact_id : desk_house_contact(house, "Customer");
    int64_t channel_id = talk->channel_id ? talk->channel_id : HOUSE_BOX;
    const char *visibility = talk->visibility ? talk->visibility : "public";
    const char *text = talk->text ? talk->text : "hello";
    house->now_ms += 1000;
    int64_t id = id_new(house->now_ms);
    g_autofree char *thread =
        strcmp(visibility, "public") == 0 ? g_strdup_printf("post:p%" G_GINT64_FORMAT, id) : g_strdup("private");
    struct tx *tx = desk_house_begin(house);
    g_autoptr(GError) error = NULL;
    q_intake_conversation(tx, &error, id, channel_id, HOUSE_BRAND, contact_id, contact_id + 1, thread, text, HOUSE_TEAM,
                          talk->importance, "complaint", "negative", 1, talk->due_ms, house->now_ms, text,
                          house->now_ms);
    g_assert_no_error(error);
    int64_t first =
        add_message(house, tx, true, id_new(house->now_ms), id, channel_id, contact_id + 1, visibility, text);
    desk_house_end(house, true);
    if (message_id != NULL)
        *message_id = first;
    return id;
}

int64_t desk_house_more(struct desk_house *house, int64_t conversation_id, const char *visibility, const char *text)
{
    json_t *conversation = desk_house_conversation(house, conversation_id);
    int64_t contact_id = number_of(conversation, "contact.id");
    int64_t channel_id = number_of(conversation, "channel_id");
    json_decref(conversation);
    house->now_ms += 1000;
    struct tx *tx = desk_house_begin(house);
    g_autoptr(GError) error = NULL;
    q_intake_conversation_more(tx, &error, conversation_id, 0, 40, "complaint", "negative", 1, house->now_ms + 60000,
                               house->now_ms, house->now_ms, text);
    g_assert_no_error(error);
    int64_t id = add_message(house, tx, false, id_new(house->now_ms), conversation_id, channel_id, contact_id + 1,
                             visibility, text);
    desk_house_end(house, true);
    return id;
}

json_t *desk_house_answer(struct desk_house *house, const char *shape)
{
    return answer_expect(shape, house->out.text->str);
}

json_t *desk_house_conversation(struct desk_house *house, int64_t id)
{
    DO(house, view_conversation(tx, id, &house->out, &error));
    return desk_house_answer(house, "Conversation");
}

char *desk_house_event(struct desk_house *house, const char *kind, int *count)
{
    g_autoptr(GArray) events = NULL;
    char *data = NULL;
    int found = 0;
    DO(house, event_read(tx, 0, 100000, &events, &error));
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = &g_array_index(events, struct event, i);
        if (strcmp(event_kind_name(event->kind), kind) != 0)
            continue;
        found++;
        g_free(data);
        data = g_strdup(event->data);
    }
    if (count != NULL)
        *count = found;
    return data;
}

static const json_t *walk(const json_t *object, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", -1);
    for (char **key = keys; *key != NULL; key++) {
        object = json_is_array(object) ? json_array_get(object, (size_t)g_ascii_strtoll(*key, NULL, 10))
                                       : json_object_get(object, *key);
        if (object == NULL)
            g_error("%s is not there", path);
    }
    return object;
}

const char *text_of(const json_t *object, const char *path)
{
    return json_string_value(walk(object, path));
}

int64_t number_of(const json_t *object, const char *path)
{
    const json_t *value = walk(object, path);
    int64_t id = -1;
    if (json_is_string(value))
        g_assert_true(id_parse(json_string_value(value), &id));
    else if (json_is_boolean(value))
        id = json_is_true(value);
    else if (!json_is_null(value))
        id = json_integer_value(value);
    return id;
}

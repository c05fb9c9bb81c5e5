#include "command/scenario.h"

#include "base/client.h"
#include "base/json.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/writer.h"
#include "store/queries.h"

#include "scenario_data.h"

#include <string.h>

#define LOOK_MS 200    /* how often the thread looks at its watch */
#define LISTEN_MS 1000 /* … and for answers */
#define TRIES 5

struct line {
    json_t *json;
    const char *id, *author, *kind, *under, *when_answered; /* of json; NULL = not there */
    double at, delay;
    int64_t channel_id;
    int64_t item_id;   /* on the sandbox, once it is there */
    int64_t parent_id; /* reactions: the brand's answer */
    double due;        /* when it is to be written, in seconds of the play; < 0 = not yet known */
    bool done;
};

struct scenario {
    GArray *lines;     /* of struct line */
    GHashTable *by_id; /* id → struct line *, borrowed */
    double speed;
    struct store *store;
    char *url;
    struct client *client;
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stopping;
    gint64 begin_us;
    int64_t heard; /* the last of the brands' items that was looked at */
};

/* ---- the lines ---- */

static void line_clear(void *data)
{
    json_decref(((struct line *)data)->json);
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static bool add_line(struct scenario *scenario, const struct scenario_stage *stage, const char *text, GError **error)
{
    json_t *json = json_parse(text, strlen(text), error);
    if (json == NULL)
        return false;
    struct line line = {.json = json,
                        .id = text_of(json, "id"),
                        .author = text_of(json, "author"),
                        .kind = text_of(json, "kind"),
                        .under = text_of(json, "under"),
                        .when_answered = text_of(json, "when_answered"),
                        .at = json_number_value(json_object_get(json, "at")),
                        .delay = json_number_value(json_object_get(json, "delay")),
                        .channel_id = strcmp(text_of(json, "brand"), "luma") == 0 ? stage->luma : stage->norbay};
    line.due = line.when_answered != NULL ? -1 : line.at;
    g_array_append_val(scenario->lines, line);
    return true;
}

static struct line *line_at(const struct scenario *scenario, guint i)
{
    return &g_array_index(scenario->lines, struct line, i);
}

struct scenario *scenario_new(const struct scenario_stage *stage, double speed, GError **error)
{
    struct scenario *scenario = g_new0(struct scenario, 1);
    g_mutex_init(&scenario->lock);
    g_cond_init(&scenario->wake);
    scenario->speed = speed;
    scenario->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
    g_array_set_clear_func(scenario->lines, line_clear);
    scenario->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    bool ok = true;
    for (size_t i = 0; ok && i < G_N_ELEMENTS(SCENARIO_LINES); i++)
        ok = add_line(scenario, stage, SCENARIO_LINES[i], error);
    for (guint i = 0; i < scenario->lines->len; i++)
        g_hash_table_insert(scenario->by_id, (char *)line_at(scenario, i)->id, line_at(scenario, i));
    if (ok)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

/* ---- writing ---- */

static struct line *find(const struct scenario *scenario, const char *id)
{
    return id != NULL ? g_hash_table_lookup(scenario->by_id, id) : NULL;
}

static char *body_of(const struct scenario *scenario, const struct line *line)
{
    g_auto(writer_auto) writer;
    const struct line *under = find(scenario, line->under);
    int64_t parent_id = line->parent_id != 0 ? line->parent_id : under != NULL ? under->item_id : 0;
    g_autofree char *client_id = g_strconcat("demo-", line->id, NULL);
    writer_init(&writer);
    writer_begin_object(&writer);
    writer_put_text(&writer, "kind", line->kind);
    writer_put_text(&writer, "author", line->author);
    writer_put_i64(&writer, "followers", json_integer_value(json_object_get(line->json, "followers")));
    if (text_of(line->json, "verified") != NULL)
        writer_put_text(&writer, "verified", text_of(line->json, "verified"));
    if (parent_id != 0 && strcmp(line->kind, "comment") == 0)
        writer_put_id(&writer, "parent_id", parent_id);
    writer_put_i64(&writer, "reposts", json_integer_value(json_object_get(line->json, "reposts")));
    writer_put_text(&writer, "text", text_of(line->json, "text"));
    writer_put_text(&writer, "client_id", client_id);
    writer_end_object(&writer);
    return writer_steal(&writer, NULL);
}

struct answer {
    GAsyncQueue *queue; /* gets the answer itself */
    int status;
    char *body;
};

/* On the client's thread. */
static void answered(const struct client_response *response, void *data)
{
    struct answer *answer = data;
    answer->status = response->fate == CLIENT_ANSWERED ? response->status : 0;
    answer->body = g_strndup(response->body_length > 0 ? response->body : "", response->body_length);
    g_async_queue_push(answer->queue, answer);
}

/* One request, waited for. The id of what was written; 0 with the status otherwise. */
static int64_t post(struct scenario *scenario, const struct line *line, int *status)
{
    g_autofree char *url = g_strdup_printf("%s/sandbox/%" G_GINT64_FORMAT "/items", scenario->url, line->channel_id);
    g_autofree char *text = body_of(scenario, line);
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    g_autoptr(GAsyncQueue) queue = g_async_queue_new();
    const char *headers[] = {"Content-Type: application/json", NULL};
    struct client_request request = {
        .method = "POST", .url = url, .headers = headers, .body = body, .timeout_ms = 5000, .may_repeat = true};
    struct answer answer = {.queue = queue};
    int64_t id = 0;
    *status = 0;
    if (!client_send(scenario->client, &request, answered, &answer, NULL))
        return 0;
    g_async_queue_pop(queue);
    *status = answer.status;
    json_auto_t *json = json_parse(answer.body, strlen(answer.body), NULL);
    if (answer.status < 200 || answer.status > 299 || !json_get_id(json, "id", &id, NULL))
        id = 0;
    g_free(answer.body);
    return id;
}

/* True when the play is to end. */
static bool rest(struct scenario *scenario, int64_t ms)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&scenario->lock);
    gint64 end = g_get_monotonic_time() + ms * 1000;
    while (!scenario->stopping && g_cond_wait_until(&scenario->wake, &scenario->lock, end))
        continue;
    return scenario->stopping;
}

static void write_line(struct scenario *scenario, struct line *line)
{
    int status = 0;
    for (int i = 0; i < TRIES && line->item_id == 0; i++) {
        line->item_id = post(scenario, line, &status);
        bool hopeless = status >= 400 && status < 500 && status != 429;
        if (line->item_id == 0 && (hopeless || rest(scenario, 500 << i)))
            break;
    }
    line->done = true;
    if (line->item_id == 0)
        log_line(LOG_WARN, "demo.left_out", "line=%s status=%d", line->id, status);
}

/* ---- reacting ---- */

static bool read_brand_items(struct tx *tx, void *data, GError **error)
{
    void **job = data;
    g_clear_pointer((struct rows **)&job[1], rows_free);
    return q_demo_brand_items(tx, (struct rows **)&job[1], error, *(const int64_t *)job[0]);
}

static bool answers(const struct scenario *scenario, const struct q_demo_brand_items *item, const struct line *asked)
{
    const struct line *root = find(scenario, asked->under);
    int64_t root_id = root != NULL ? root->item_id : asked->item_id;
    if (!asked->done || asked->item_id == 0 || item->id <= asked->item_id || item->channel_id != asked->channel_id ||
        strcmp(item->to_handle, asked->author) != 0)
        return false;
    return strcmp(item->kind, "dm") == 0 ? strcmp(asked->kind, "dm") == 0 : item->root_id == root_id;
}

/* Whoever waited for this answer will react to it. */
static void hear(struct scenario *scenario, const struct q_demo_brand_items *item, double now)
{
    for (guint i = 0; i < scenario->lines->len; i++) {
        struct line *line = line_at(scenario, i);
        const struct line *asked = find(scenario, line->when_answered);
        if (asked == NULL || line->due >= 0 || !answers(scenario, item, asked))
            continue;
        line->due = now + line->delay;
        line->parent_id = item->id;
    }
}

static void listen(struct scenario *scenario, double now)
{
    void *job[] = {&scenario->heard, NULL};
    g_autoptr(GError) error = NULL;
    if (!store_read(scenario->store, read_brand_items, job, &error)) {
        log_failure("demo.listen", error);
        return;
    }
    g_autoptr(rows_auto) rows = job[1];
    struct q_demo_brand_items item;
    while (q_demo_brand_items_next(rows, &item)) {
        scenario->heard = item.id;
        hear(scenario, &item, now);
    }
}

/* ---- the play ---- */

static double clock_of_play(const struct scenario *scenario)
{
    return (double)(g_get_monotonic_time() - scenario->begin_us) / G_USEC_PER_SEC * scenario->speed;
}

static bool ready_to_be_written(const struct scenario *scenario, const struct line *line, double now)
{
    const struct line *under = find(scenario, line->under);
    return !line->done && line->due >= 0 && line->due <= now && (under == NULL || under->item_id != 0);
}

static void *play(void *data)
{
    struct scenario *scenario = data;
    gint64 listened_us = 0;
    do {
        double now = clock_of_play(scenario);
        for (guint i = 0; i < scenario->lines->len; i++) {
            struct line *line = line_at(scenario, i);
            if (ready_to_be_written(scenario, line, now)) {
                write_line(scenario, line);
                if (rest(scenario, 0))
                    return NULL;
            }
        }
        if (g_get_monotonic_time() - listened_us >= LISTEN_MS * 1000) {
            listen(scenario, clock_of_play(scenario));
            listened_us = g_get_monotonic_time();
        }
    } while (!rest(scenario, LOOK_MS));
    return NULL;
}

void scenario_begin(struct scenario *scenario, struct store *store, const char *url)
{
    scenario->store = store;
    scenario->url = g_strdup(url);
    scenario->begin_us = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    const struct client_options everywhere = {.guard = false};
    scenario->client = client_new(&everywhere, &error);
    if (scenario->client == NULL) {
        log_failure("demo.begin", error);
        return;
    }
    scenario->thread = g_thread_new("scenario", play, scenario);
}

void scenario_free(struct scenario *scenario)
{
    if (scenario->thread != NULL) {
        g_mutex_lock(&scenario->lock);
        scenario->stopping = true;
        g_cond_signal(&scenario->wake);
        g_mutex_unlock(&scenario->lock);
        g_thread_join(scenario->thread);
    }
    g_clear_pointer(&scenario->client, client_free);
    g_hash_table_unref(scenario->by_id);
    g_array_unref(scenario->lines);
    g_mutex_clear(&scenario->lock);
    g_cond_clear(&scenario->wake);
    g_free(scenario->url);
    g_free(scenario);
}

/* replay.c - huiyin replay FILE.jsonl --channel ID: messages of a file, one JSON object a line, through the signed
 * webhook of a running server.
 *
 *   line ──wrapped, signed──▶ [at most --parallel under way] ──▶ POST /hooks/ID ──▶ accepted · duplicate · refused
 *                                        ▲                                │
 *                                        └── again, later ── 429, 5xx, no answer
 *
 * One thread decides (this one); the client's thread only hands over what came back. A line that waits for another
 * try keeps its place among those under way, so a server that is down stops the reading. The webhook-id is made from
 * the line: running the same file again finds duplicates and makes none. */
#include "base/client.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"
#include "channels/standard_webhook.h"
#include "channels/webhook.h"
#include "command/command.h"
#include "inbox/account.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARALLEL_MOST 256
#define TRIES 8
#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 30000
#define COMPLAINTS 20 /* said one by one; the rest is only counted */

struct options {
    char *channel, *url, *secret;
    int rate, parallel;
};

static void options_clear(struct options *options)
{
    g_free(options->channel);
    g_free(options->url);
    g_free(options->secret);
}
typedef struct options options_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(options_auto, options_clear)

/* One line of the file on its way, and what came of its last try. */
struct parcel {
    int64_t line;
    char *id;
    GBytes *body;
    unsigned tries;
    int64_t due_ms; /* waiting for another try until then */
    int status;     /* 0 = no answer */
    int64_t retry_after_ms;
    char *answer;
    GAsyncQueue *back;
};

static void parcel_free(struct parcel *parcel)
{
    g_free(parcel->id);
    g_bytes_unref(parcel->body);
    g_free(parcel->answer);
    g_free(parcel);
}

struct replay {
    const struct options *options;
    struct standard_webhook_key key;
    char *url;
    struct client *client;
    FILE *file;
    bool ended;
    int64_t line, bytes, size; /* size 0 = unknown: a pipe */
    unsigned under_way;        /* sent or waiting for another try */
    GAsyncQueue *back;         /* of struct parcel *, answered */
    GPtrArray *waiting;        /* of struct parcel *, for another try */
    int64_t accepted, duplicate, refused;
    int64_t begin_ms, drawn_ms;
    bool draws;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* ---- what is seen ---- */

static void draw(struct replay *replay, bool last)
{
    enum { WIDTH = 30 };
    int64_t now = now_ms();
    if (!replay->draws || (!last && now - replay->drawn_ms < 100))
        return;
    replay->drawn_ms = now;
    int64_t done = replay->accepted + replay->duplicate + replay->refused;
    int64_t rate = done * 1000 / MAX(1, now - replay->begin_ms);
    int filled = replay->size > 0 ? (int)(WIDTH * replay->bytes / replay->size) : 0;
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %" G_GINT64_FORMAT "  %" G_GINT64_FORMAT "/s  %s %u%s", bar, done, rate,
            command_say("在途", "under way"), replay->under_way, last ? "\n" : "   ");
    fflush(stderr);
}

static void refuse(struct replay *replay, int64_t line, const char *why)
{
    replay->refused++;
    if (replay->refused > COMPLAINTS)
        return;
    fprintf(stderr, "%s%s %" G_GINT64_FORMAT ": %s\n", replay->draws ? "\r\033[K" : "", command_say("第", "line"), line,
            why);
    if (replay->refused == COMPLAINTS)
        fprintf(stderr, "%s\n", command_say("其余的只计数。", "the others are only counted."));
}

/* ---- from the file ---- */

/* {"type","timestamp","data"} around the line's own bytes. NULL: the line is not one JSON object. */
static GBytes *wrap(const char *line, size_t length, GError **error)
{
    json_auto_t *data = json_parse(line, length, error);
    if (data == NULL)
        return NULL;
    if (!json_is_object(data)) {
        error_set(error, HY_ERROR_BAD_REQUEST, NULL, "not a JSON object");
        return NULL;
    }
    const char *type = json_string_value(json_object_get(data, "type"));
    g_autofree char *event = g_strconcat(type != NULL && *type != '\0' ? type : "mention", ".created", NULL);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    json_auto_t *quoted = json_string(event);
    g_autofree char *event_text = json_format(quoted);
    GString *body = g_string_sized_new(length + 128);
    g_string_printf(body, "{\"type\":%s,\"timestamp\":\"%s\",\"data\":", event_text, stamp);
    g_string_append_len(body, line, (gssize)length);
    g_string_append_c(body, '}');
    return g_string_free_to_bytes(body);
}

/* The next line that can be sent; those that cannot are refused on the way. NULL at the end of the file. */
static struct parcel *next_parcel(struct replay *replay)
{
    char *line = NULL; /* getline's own: free, not g_free */
    size_t room = 0;
    struct parcel *parcel = NULL;
    while (parcel == NULL && interrupted == 0) {
        ssize_t read = getline(&line, &room, replay->file);
        if (read < 0)
            break;
        replay->line++;
        replay->bytes += read;
        size_t length = (size_t)read;
        while (length > 0 && g_ascii_isspace(line[length - 1]))
            length--;
        if (length == 0)
            continue;
        g_autoptr(GError) error = NULL;
        GBytes *body = wrap(line, length, &error);
        if (body == NULL) {
            refuse(replay, replay->line, error->message);
            continue;
        }
        g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)line, length);
        parcel = g_new0(struct parcel, 1);
        parcel->line = replay->line;
        parcel->id = g_strdup_printf("msg_replay_%.32s", digest);
        parcel->body = body;
        parcel->back = replay->back;
    }
    replay->ended = parcel == NULL;
    free(line);
    return parcel;
}

/* ---- to the server ---- */

/* On the client's thread. */
static void came_back(const struct client_response *response, void *data)
{
    struct parcel *parcel = data;
    parcel->status = response->fate == CLIENT_ANSWERED ? response->status : 0;
    parcel->answer = response->fate == CLIENT_ANSWERED ? g_strndup(response->body, MIN(response->body_length, 4096))
                                                       : g_strdup(response->detail);
    const char *after = client_response_header(response, "Retry-After");
    parcel->retry_after_ms = after != NULL ? CLAMP(g_ascii_strtoll(after, NULL, 10), 0, 60) * 1000 : 0;
    g_async_queue_push(parcel->back, parcel);
}

/* Signed anew each time: the stamp must be fresh, the id stays. */
static void send_parcel(struct replay *replay, struct parcel *parcel)
{
    gsize length;
    const void *bytes = g_bytes_get_data(parcel->body, &length);
    int64_t stamp = clock_now_ms(clock_system()) / 1000;
    g_autofree char *signature = standard_webhook_sign(&replay->key, 1, parcel->id, stamp, bytes, length);
    g_autofree char *id_header = g_strconcat("webhook-id: ", parcel->id, NULL);
    g_autofree char *stamp_header = g_strdup_printf("webhook-timestamp: %" G_GINT64_FORMAT, stamp);
    g_autofree char *signature_header = g_strconcat("webhook-signature: ", signature, NULL);
    const char *headers[] = {"Content-Type: application/json", id_header, stamp_header, signature_header, NULL};
    struct client_request request = {
        .method = "POST", .url = replay->url, .headers = headers, .body = parcel->body, .may_repeat = true};
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&parcel->answer, g_free);
    parcel->tries++;
    if (client_send(replay->client, &request, came_back, parcel, &error))
        return;
    parcel->status = 0;
    parcel->answer = g_strdup(error->message);
    g_async_queue_push(replay->back, parcel);
}

static bool was_duplicate(const char *answer)
{
    json_auto_t *json = json_parse(answer, strlen(answer), NULL);
    return json_is_true(json_object_get(json, "duplicate"));
}

static bool worth_another_try(const struct parcel *parcel)
{
    return parcel->status == 0 || parcel->status == 408 || parcel->status == 429 || parcel->status >= 500;
}

static void give_up(struct replay *replay, const struct parcel *parcel)
{
    json_auto_t *json = json_parse(parcel->answer, strlen(parcel->answer), NULL);
    const json_t *error = json_object_get(json, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    const char *field = json_string_value(json_object_get(error, "field"));
    g_autofree char *why =
        g_strdup_printf("%d %s%s%s%s", parcel->status, message != NULL ? message : parcel->answer,
                        field != NULL ? " (" : "", field != NULL ? field : "", field != NULL ? ")" : "");
    refuse(replay, parcel->line, why);
}

static void settle(struct replay *replay, struct parcel *parcel)
{
    if (worth_another_try(parcel) && parcel->tries < TRIES && interrupted == 0) {
        int64_t wait = MIN(LONGEST_WAIT_MS, FIRST_WAIT_MS << (parcel->tries - 1));
        wait = wait / 2 + g_random_int_range(0, (gint32)(wait / 2) + 1);
        parcel->due_ms = now_ms() + MAX(wait, parcel->retry_after_ms);
        g_ptr_array_add(replay->waiting, parcel);
        return;
    }
    if (parcel->status < 200 || parcel->status > 299)
        give_up(replay, parcel);
    else if (was_duplicate(parcel->answer))
        replay->duplicate++;
    else
        replay->accepted++;
    replay->under_way--;
    parcel_free(parcel);
}

/* Sends again what has waited long enough; the time until the next one, at most most_ms. */
static int64_t send_waiting(struct replay *replay, int64_t most_ms)
{
    int64_t now = now_ms();
    for (guint i = replay->waiting->len; i > 0; i--) {
        struct parcel *parcel = replay->waiting->pdata[i - 1];
        if (parcel->due_ms <= now || interrupted != 0) {
            g_ptr_array_remove_index_fast(replay->waiting, i - 1);
            if (interrupted != 0)
                settle(replay, parcel);
            else
                send_parcel(replay, parcel);
        } else {
            most_ms = MIN(most_ms, parcel->due_ms - now);
        }
    }
    return most_ms;
}

/* Reads and sends while there is room and the rate allows; the time until the rate allows more, at most most_ms. */
static int64_t send_new(struct replay *replay, int64_t most_ms)
{
    const struct options *options = replay->options;
    while (!replay->ended && replay->under_way < (unsigned)options->parallel) {
        int64_t early_ms = options->rate > 0 ? replay->line * 1000 / options->rate - (now_ms() - replay->begin_ms) : 0;
        if (early_ms > 0)
            return MIN(most_ms, early_ms);
        struct parcel *parcel = next_parcel(replay);
        if (parcel == NULL)
            break;
        replay->under_way++;
        send_parcel(replay, parcel);
    }
    return most_ms;
}

static void run(struct replay *replay)
{
    replay->begin_ms = now_ms();
    while (!replay->ended || replay->under_way > 0) {
        int64_t wait_ms = send_new(replay, send_waiting(replay, 100));
        struct parcel *parcel = replay->under_way > 0 || !replay->ended
                                    ? g_async_queue_timeout_pop(replay->back, (guint64)MAX(1, wait_ms) * 1000)
                                    : NULL;
        for (; parcel != NULL; parcel = g_async_queue_try_pop(replay->back))
            settle(replay, parcel);
        if (interrupted != 0)
            replay->ended = true;
        draw(replay, false);
    }
    draw(replay, true);
}

/* ---- before it begins ---- */

/* The channel's secret, from the data directory of a server on this machine. g_free. */
static char *secret_of_channel(const struct config *config, int64_t id, GError **error)
{
    g_auto(command_data_auto) data = {0};
    if (!command_open(config, COMMAND_READS, &data, error))
        return NULL;
    struct accounts *accounts = accounts_new(data.store, data.secret, channel_kind_find);
    char *secret = NULL;
    if (accounts_reload(accounts, error)) {
        g_autoptr(account_auto) account = account_find(accounts, id);
        if (account == NULL || account->kind != &WEBHOOK_KIND)
            error_set(error, HY_ERROR_NOT_FOUND, "channel", "no webhook channel %" G_GINT64_FORMAT " in %s", id,
                      config->data);
        else if (account->trouble != NULL)
            error_set(error, HY_ERROR_INTERNAL, "channel", "%s", account->trouble);
        else
            secret = g_strdup(channel_setting(&account->channel, "secret"));
    }
    accounts_free(accounts);
    return secret;
}

static bool prepare(struct replay *replay, const struct config *config, GError **error)
{
    const struct options *options = replay->options;
    const struct client_options outbound = {.max_connections = PARALLEL_MOST,
                                            .max_host_connections = (unsigned)options->parallel};
    int64_t id = 0;
    if (options->channel == NULL || !id_parse(options->channel, &id)) {
        error_set(error, options->channel == NULL ? HY_ERROR_MISSING : HY_ERROR_BAD_VALUE, "channel", "--channel ID");
        return false;
    }
    if (options->rate < 0 || options->parallel < 1 || options->parallel > PARALLEL_MOST) {
        error_set(error, HY_ERROR_BAD_VALUE, options->rate < 0 ? "rate" : "parallel", "1 to %d", PARALLEL_MOST);
        return false;
    }
    const char *given = options->secret != NULL ? options->secret : g_getenv("HUIYIN_SECRET");
    g_autofree char *secret = given != NULL && *given != '\0' ? g_strdup(given) : secret_of_channel(config, id, error);
    if (secret == NULL || !standard_webhook_key_parse(secret, "secret", &replay->key, error))
        return false;
    const char *base = options->url != NULL ? options->url : "http://127.0.0.1:8080";
    replay->url = g_strdup_printf("%s%shooks/%" G_GINT64_FORMAT, base, g_str_has_suffix(base, "/") ? "" : "/", id);
    replay->client = client_new(&outbound, error);
    return replay->client != NULL;
}

static bool open_file(struct replay *replay, const char *name, GError **error)
{
    struct stat about;
    replay->file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    if (replay->file == NULL || fstat(fileno(replay->file), &about) != 0) {
        error_set(error, HY_ERROR_NOT_FOUND, "FILE", "%s: %s", name, g_strerror(errno));
        return false;
    }
    if (S_ISDIR(about.st_mode)) {
        error_set(error, HY_ERROR_BAD_VALUE, "FILE", "%s is a directory", name);
        return false;
    }
    replay->size = S_ISREG(about.st_mode) ? about.st_size : 0;
    return true;
}

static void replay_clear(struct replay *replay)
{
    g_clear_pointer(&replay->client, client_free);
    g_free(replay->url);
    if (replay->file != NULL && replay->file != stdin)
        fclose(replay->file);
    g_async_queue_unref(replay->back);
    g_ptr_array_unref(replay->waiting);
    explicit_bzero(&replay->key, sizeof replay->key);
}
typedef struct replay replay_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(replay_auto, replay_clear)

int command_replay(int argc, char **argv)
{
    static const char USAGE[] = "replay FILE.jsonl --channel ID [--rate N] [--url URL] [--secret SECRET | --data DIR]";
    g_auto(options_auto) options = {.parallel = 16};
    const GOptionEntry entries[] = {
        {"channel", 0, 0, G_OPTION_ARG_STRING, &options.channel,
         command_say("webhook 渠道的编号", "id of the webhook channel"), "ID"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options.rate,
         command_say("每秒最多几条；0 不限", "most messages a second; 0: no limit"), "N"},
        {"url", 0, 0, G_OPTION_ARG_STRING, &options.url,
         command_say("服务器网址（默认 http://127.0.0.1:8080）", "the server (http://127.0.0.1:8080)"), "URL"},
        {"secret", 0, 0, G_OPTION_ARG_STRING, &options.secret,
         command_say("渠道密钥；也可用 HUIYIN_SECRET，否则从 --data 读取",
                     "the channel's secret; or HUIYIN_SECRET; otherwise read from --data"),
         "SECRET"},
        {"parallel", 0, 0, G_OPTION_ARG_INT, &options.parallel,
         command_say("同时在途的条数（默认 16）", "messages under way at one time (16)"), "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    if (argc != 2)
        return command_usage(USAGE);
    g_auto(replay_auto) replay = {.options = &options,
                                  .back = g_async_queue_new(),
                                  .waiting = g_ptr_array_new(),
                                  .draws = isatty(STDERR_FILENO) == 1};
    if (!open_file(&replay, argv[1], &error) || !prepare(&replay, config, &error))
        return command_fail(error);
    signal(SIGINT, interrupt);
    signal(SIGTERM, interrupt);
    signal(SIGPIPE, SIG_IGN);
    run(&replay);
    printf("accepted %" G_GINT64_FORMAT ", duplicate %" G_GINT64_FORMAT ", refused %" G_GINT64_FORMAT "\n",
           replay.accepted, replay.duplicate, replay.refused);
    if (interrupted != 0)
        return 130;
    return replay.refused == 0 ? 0 : 1;
}

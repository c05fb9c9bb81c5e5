/* demo.c - huiyin demo: a whole Huiyin with two brands, six people and a lively afternoon, in a directory of its own
 * that is removed at the end (or in --data DIR, which is kept and can be taken up again). */
#include "api/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/net.h"
#include "command/command.h"
#include "command/scenario.h"
#include "command/serve.h"
#include "desk/channel_admin.h"
#include "desk/person.h"
#include "desk/team.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PASSWORD "huiyin-demo" /* known to everybody: only while nobody else can reach the program */
#define KEPT "demo.json"       /* in the data directory: that it was furnished, and the channels */

static const struct {
    const char *login, *name, *role;
} PEOPLE[] = {
    {"admin", "林岚 Lan Lin", "admin"},
    {"supervisor", "周毅 Yi Zhou", "supervisor"},
    {"agent", "沈小雨 Rain Shen", "agent"},
    {"pr", "顾明远 Ming Gu", "pr"},
    {"marketing", "梁夏 Summer Liang", "marketing"},
    {"viewer", "方总 Director Fang", "viewer"},
};

struct house {
    int64_t luma, norbay, webchat, webhook; /* channels */
};

struct furnishing {
    const struct secret *secret;
    const char *password_hash;
    enum lang lang;
    struct house house;
};

/* ---- furnishing ---- */

static bool add_people(struct tx *tx, const struct furnishing *job, const struct actor *actor, int64_t now_ms,
                       GError **error)
{
    int64_t ids[G_N_ELEMENTS(PEOPLE)];
    for (size_t i = 0; i < G_N_ELEMENTS(PEOPLE); i++) {
        struct person_new person = {.login = PEOPLE[i].login,
                                    .name = PEOPLE[i].name,
                                    .role = PEOPLE[i].role,
                                    .password_hash = job->password_hash};
        if (!person_create(tx, actor, &person, now_ms, &ids[i], error))
            return false;
    }
    int64_t team_id;
    struct team_change everybody = {.make_default = true, .member_ids = ids, .count = G_N_ELEMENTS(ids)};
    return team_create(tx, actor, job->lang == LANG_ZH ? "客服一组" : "Service desk", NULL, 0, now_ms, &team_id,
                       error) &&
           team_update(tx, actor, team_id, &everybody, now_ms, error);
}

static bool add_channel(struct tx *tx, const struct furnishing *job, const struct actor *actor, const char *kind,
                        const char *name, int64_t brand_id, json_t *settings, int64_t *id, GError **error)
{
    json_auto_t *owned = settings;
    g_autofree char *shown = NULL;
    struct channel_admin_new channel = {.kind = kind, .name = name, .brand_id = brand_id, .settings = owned};
    return channel_admin_create(tx, job->secret, actor, &channel, clock_now_ms(clock_system()), id, &shown, error);
}

static bool add_channels(struct tx *tx, struct furnishing *job, const struct actor *actor, int64_t luma, int64_t norbay,
                         GError **error)
{
    struct house *house = &job->house;
    return add_channel(tx, job, actor, "sandbox", "光屿 Luma · 沙箱 Sandbox", luma,
                       json_pack("{ss,ss}", "brand_handle", "光屿Luma", "open_to_public", "yes"), &house->luma,
                       error) &&
           add_channel(tx, job, actor, "sandbox", "北湾 Norbay · 沙箱 Sandbox", norbay,
                       json_pack("{ss,ss}", "brand_handle", "北湾户外Norbay", "open_to_public", "yes"), &house->norbay,
                       error) &&
           add_channel(tx, job, actor, "webchat", "光屿 Luma · 网页聊天 Web chat", luma,
                       json_pack("{ss}", "brand_name", "光屿 Luma"), &house->webchat, error) &&
           add_channel(tx, job, actor, "webhook", "舆情接入 Listening feed", luma, NULL, &house->webhook, error);
}

static bool furnish(struct tx *tx, void *data, GError **error)
{
    struct furnishing *job = data;
    struct actor actor = command_actor();
    int64_t now_ms = clock_now_ms(clock_system()), luma, norbay;
    return team_brand_create(tx, &actor, "光屿 Luma", now_ms, &luma, error) &&
           team_brand_create(tx, &actor, "北湾户外 Norbay", now_ms, &norbay, error) &&
           team_first_start(tx, job->lang, now_ms, error) && add_people(tx, job, &actor, now_ms, error) &&
           add_channels(tx, job, &actor, luma, norbay, error);
}

static bool keep_house(const char *path, const struct house *house, GError **error)
{
    json_auto_t *json = json_pack("{sI,sI,sI,sI}", "luma", (json_int_t)house->luma, "norbay", (json_int_t)house->norbay,
                                  "webchat", (json_int_t)house->webchat, "webhook", (json_int_t)house->webhook);
    g_autofree char *text = json_format(json);
    return g_file_set_contents(path, text, -1, error);
}

static bool read_house(const char *path, struct house *house, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, error))
        return false;
    json_auto_t *json = json_parse(text, length, error);
    return json != NULL && json_get_id(json, "luma", &house->luma, error) &&
           json_get_id(json, "norbay", &house->norbay, error) && json_get_id(json, "webchat", &house->webchat, error) &&
           json_get_id(json, "webhook", &house->webhook, error);
}

/* Not command_open: its first brand would be a third one. */
static bool furnish_directory(const struct config *config, const char *kept, const char *password, struct house *house,
                              GError **error)
{
    struct store_options options = {
        .data_dir = config->data, .url = *config->db != '\0' ? config->db : NULL, .readers = 2, .migrate = true};
    struct secret *secret = secret_load(config->data, error);
    struct store *store = secret != NULL ? store_open(&options, error) : NULL;
    g_autofree char *hash = store != NULL ? secret_hash_password(password, error) : NULL;
    struct furnishing job = {secret, hash, command_lang(), {0}};
    bool ok = hash != NULL && store_write(store, furnish, &job, error) && keep_house(kept, &job.house, error);
    *house = job.house;
    g_clear_pointer(&store, store_free);
    g_clear_pointer(&secret, secret_free);
    return ok;
}

/* ---- the directory ---- */

static void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_remove(path);
}

static bool is_local(const char *listen)
{
    return g_str_has_prefix(listen, "127.") || g_str_has_prefix(listen, "localhost:") ||
           g_str_has_prefix(listen, "[::1]:");
}

/* A demonstration should start even where something sits on the usual port. */
static bool port_is_free(const char *listen)
{
    g_autofree char *host = NULL;
    unsigned port;
    struct sockaddr_in at = {.sin_family = AF_INET};
    if (!net_parse_listen(listen, &host, &port) || inet_pton(AF_INET, host, &at.sin_addr) != 1)
        return true;
    at.sin_port = htons((uint16_t)port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return true;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool taken = bind(fd, (struct sockaddr *)&at, sizeof at) != 0;
    close(fd);
    return !taken;
}

/* ---- the play ---- */

struct demo {
    struct house house;
    struct scenario *scenario;
    const char *password; /* NULL: the directory was furnished earlier, nobody knows with which */
};

static void begin(const struct app *app, const char *url, void *data)
{
    const struct demo *demo = data;
    for (size_t i = 0; i < G_N_ELEMENTS(PEOPLE); i++)
        printf("  %-11s %-12s %s\n", PEOPLE[i].login, demo->password != NULL ? demo->password : "********",
               PEOPLE[i].name);
    printf("%s\n  %s/sandbox/%" G_GINT64_FORMAT "\n  %s/sandbox/%" G_GINT64_FORMAT "\n",
           command_say("顾客的手机：", "the customers' phones:"), url, demo->house.luma, url, demo->house.norbay);
    printf("%s\n  %s/demo/shop?channel=%" G_GINT64_FORMAT "\n",
           command_say("带聊天窗口的商店：", "a shop with the chat on it:"), url, demo->house.webchat);
    printf("%s\n", command_say("按 Ctrl-C 结束。", "Ctrl-C ends it."));
    fflush(stdout);
    scenario_begin(demo->scenario, app->store, url);
}

static void end(void *data)
{
    struct demo *demo = data;
    g_clear_pointer(&demo->scenario, scenario_free);
}

static bool run(const struct config *config, double speed, GError **error)
{
    g_autofree char *kept = g_build_filename(config->data, KEPT, NULL);
    g_autofree char *password = is_local(config->listen) ? g_strdup(PASSWORD) : secret_token();
    struct demo demo = {.password = password};
    if (g_file_test(kept, G_FILE_TEST_EXISTS)) {
        demo.password = NULL;
        if (!read_house(kept, &demo.house, error))
            return false;
    } else if (!furnish_directory(config, kept, password, &demo.house, error)) {
        return false;
    }
    struct scenario_stage stage = {demo.house.luma, demo.house.norbay};
    demo.scenario = scenario_new(&stage, speed, error);
    if (demo.scenario == NULL)
        return false;
    struct serve_guest guest = {begin, end, &demo};
    bool ok = serve_run(config, &guest, error);
    g_clear_pointer(&demo.scenario, scenario_free);
    return ok;
}

/* A new directory unless --data names one; *temporary: to be removed and freed afterwards. */
static bool choose_places(struct config *config, char **temporary, GError **error)
{
    if (config->source[CONFIG_KEY_listen] == CONFIG_DEFAULT && !port_is_free(config->listen) &&
        !config_set(config, CONFIG_KEY_listen, "127.0.0.1:0", CONFIG_ARGUMENT, "demo", error))
        return false;
    if (config->source[CONFIG_KEY_log_level] == CONFIG_DEFAULT)
        log_set_level(LOG_WARN);
    if (config->source[CONFIG_KEY_data] != CONFIG_DEFAULT)
        return g_mkdir_with_parents(config->data, 0700) == 0 ||
               (error_set(error, HY_ERROR_BAD_VALUE, "data", "cannot make the directory %s", config->data), false);
    *temporary = g_dir_make_tmp("huiyin-demo-XXXXXX", error);
    return *temporary != NULL && config_set(config, CONFIG_KEY_data, *temporary, CONFIG_ARGUMENT, "demo", error);
}

int command_demo(int argc, char **argv)
{
    static const char USAGE[] = "demo [--speed N] [--listen HOST:PORT] [--data DIR]";
    double speed = 1;
    const GOptionEntry entries[] = {{"speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed,
                                     command_say("剧情快慢：2 为两倍速", "how fast things happen: 2 is twice as fast"),
                                     "N"},
                                    {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *temporary = NULL;
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    if (argc != 1 || !isfinite(speed) || speed <= 0 || speed > 10000)
        return command_usage(USAGE);
    bool ok = choose_places(config, &temporary, &error) && run(config, speed, &error);
    if (temporary != NULL)
        remove_tree(temporary);
    return ok ? 0 : command_fail(error);
}

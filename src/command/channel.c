/* channel.c - huiyin channel add|list|set|remove|test: connecting channels without the console. */
#include "base/client.h"
#include "base/clock.h"
#include "base/id.h"
#include "command/command.h"
#include "desk/channel_admin.h"
#include "inbox/probe.h"

#include <stdio.h>
#include <string.h>

struct job {
    const char *target; /* a kind or an id, as the verb wants */
    int64_t id;
    char *name, *brand, *team, *enabled;
    char **pairs, **more_pairs; /* "key=value": of --set, and those that follow one without it */
    json_t *settings;
    const struct secret *secret;
    const struct config *config;
    const struct channel_kind *kind; /* test */
    struct writer out;
};

static void job_clear(struct job *job)
{
    g_free(job->name);
    g_free(job->brand);
    g_free(job->team);
    g_free(job->enabled);
    g_strfreev(job->pairs);
    json_decref(job->settings);
    writer_clear(&job->out);
}
typedef struct job job_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(job_auto, job_clear)

static void empty(struct job *job)
{
    writer_clear(&job->out);
    writer_init(&job->out);
}

static int64_t id_of(const char *text)
{
    int64_t id = 0;
    return text != NULL && id_parse(text, &id) ? id : 0;
}

static bool add(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    struct actor actor = command_actor();
    struct channel_admin_new channel = {.kind = job->target,
                                        .name = job->name != NULL ? job->name : job->target,
                                        .brand_id = id_of(job->brand),
                                        .team_id = id_of(job->team),
                                        .settings = job->settings};
    g_autofree char *shown = NULL;
    int64_t id;
    empty(job);
    return channel_admin_create(tx, job->secret, &actor, &channel, clock_now_ms(clock_system()), &id, &shown, error) &&
           channel_admin_view(tx, job->secret, id, actor.lang, shown, &job->out, error);
}

static bool set(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    struct actor actor = command_actor();
    bool enabled = g_strcmp0(job->enabled, "true") == 0;
    struct channel_admin_change change = {.name = job->name,
                                          .brand_id = id_of(job->brand),
                                          .team_id = id_of(job->team),
                                          .enabled = job->enabled != NULL ? &enabled : NULL,
                                          .settings = json_object_size(job->settings) > 0 ? job->settings : NULL};
    empty(job);
    return channel_admin_update(tx, job->secret, &actor, job->id, &change, clock_now_ms(clock_system()), error) &&
           channel_admin_view(tx, job->secret, job->id, actor.lang, NULL, &job->out, error);
}

static bool remove_channel(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    struct actor actor = command_actor();
    empty(job);
    writer_begin_object(&job->out);
    writer_put_bool(&job->out, "ok", true);
    writer_end_object(&job->out);
    return channel_admin_remove(tx, &actor, job->id, clock_now_ms(clock_system()), error);
}

static bool list(struct tx *tx, void *data, GError **error)
{
    enum { MOST = 100000 };
    struct job *job = data;
    int64_t last_id;
    empty(job);
    writer_begin_array(&job->out);
    if (!channel_admin_list(tx, job->secret, command_lang(), 0, MOST, &job->out, &last_id, error))
        return false;
    writer_end_array(&job->out);
    return true;
}

static bool open_channel(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    return channel_admin_open(tx, job->secret, job->id, &job->kind, &job->settings, error);
}

static void tested(const struct channel_outcome *outcome, void *data)
{
    struct job *job = data;
    empty(job);
    channel_admin_test_view(outcome, command_lang(), &job->out);
}

static bool test(struct job *job, struct store *store, GError **error)
{
    const struct client_options options = {.guard = false};
    if (!store_read(store, open_channel, job, error))
        return false;
    g_autoptr(client_auto) client = client_new(&options, error);
    struct channel_account account = {.id = job->id, .kind = job->kind->kind, .settings = job->settings};
    return client != NULL && probe_run(client, job->kind, &account, clock_now_ms(clock_system()), tested, job, error);
}

static bool check(struct job *job, GError **error)
{
    const struct {
        const char *text, *field;
    } ids[] = {{job->brand, "brand"}, {job->team, "team"}};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        if (ids[i].text != NULL && id_of(ids[i].text) == 0) {
            error_set(error, HY_ERROR_BAD_VALUE, ids[i].field, "not an id");
            return false;
        }
    }
    if (job->enabled != NULL && strcmp(job->enabled, "true") != 0 && strcmp(job->enabled, "false") != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "enabled", "true or false");
        return false;
    }
    job->settings = json_object();
    return command_read_settings(job->pairs, job->settings, error) &&
           command_read_settings(job->more_pairs, job->settings, error);
}

static bool run(const char *verb, struct job *job, GError **error)
{
    g_auto(command_data_auto) data = {0};
    bool reads = strcmp(verb, "list") == 0 || strcmp(verb, "test") == 0;
    if (!check(job, error) || !command_open(job->config, reads ? COMMAND_READS : COMMAND_WRITES, &data, error))
        return false;
    job->secret = data.secret;
    if (strcmp(verb, "list") == 0)
        return store_read(data.store, list, job, error);
    if (strcmp(verb, "test") == 0)
        return test(job, data.store, error);
    return store_write(data.store,
                       strcmp(verb, "add") == 0   ? add
                       : strcmp(verb, "set") == 0 ? set
                                                  : remove_channel,
                       job, error);
}

int command_channel(int argc, char **argv)
{
    static const char USAGE[] =
        "channel add KIND --name NAME [--set key=value …] | set ID … | test ID | remove ID | list";
    g_auto(job_auto) job = {0};
    const GOptionEntry entries[] = {
        {"name", 0, 0, G_OPTION_ARG_STRING, &job.name, command_say("名称", "its name"), "NAME"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &job.pairs,
         command_say("一项设置，可重复；值为空则恢复默认", "a setting, may be repeated; empty: the default"),
         "KEY=VALUE"},
        {"brand", 0, 0, G_OPTION_ARG_STRING, &job.brand, command_say("品牌 ID", "id of its brand"), "ID"},
        {"team", 0, 0, G_OPTION_ARG_STRING, &job.team, command_say("技能组 ID", "id of its team"), "ID"},
        {"enabled", 0, 0, G_OPTION_ARG_STRING, &job.enabled, command_say("true 或 false", "true or false"), "BOOL"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    static const char *const VERBS[] = {"add", "set", "test", "remove", NULL};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    bool lists = argc == 2 && strcmp(argv[1], "list") == 0;
    if (!lists && !((argc == 3 || (argc > 3 && job.pairs != NULL)) && g_strv_contains(VERBS, argv[1])))
        return command_usage(USAGE);
    job.config = config;
    job.target = argv[2];
    job.more_pairs = lists ? NULL : argv + 3;
    if (!lists && strcmp(argv[1], "add") != 0 && !id_parse(argv[2], &job.id))
        return command_usage(USAGE);
    if (!run(argv[1], &job, &error))
        return command_fail(error);
    puts(job.out.text->str);
    return 0;
}

/* user.c - huiyin user add|list|set: also the way in when nobody can sign in any more. */
#include "base/clock.h"
#include "command/command.h"
#include "desk/person.h"
#include "desk/team.h"
#include "store/queries.h"

#include <stdio.h>
#include <string.h>

struct options {
    char *role, *name, *active;
    const char *lang; /* --lang means the user here */
    gboolean password_stdin, no_team;
};

static void options_clear(struct options *options)
{
    g_free(options->role);
    g_free(options->name);
    g_free(options->active);
}
typedef struct options options_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(options_auto, options_clear)

struct job {
    const struct options *options;
    const char *login;
    char *hash;
    struct writer out;
};

static void job_clear(struct job *job)
{
    g_free(job->hash);
    writer_clear(&job->out);
}
typedef struct job job_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(job_auto, job_clear)

static const struct person_online NOBODY_KNOWS = {NULL, NULL};

static void empty(struct job *job)
{
    writer_clear(&job->out);
    writer_init(&job->out);
}

static bool default_team(struct tx *tx, int64_t *id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_team_default row;
    if (!q_team_default(tx, &rows, error))
        return false;
    *id = q_team_default_next(rows, &row) ? row.id : 0;
    return true;
}

static bool add(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    const struct options *options = job->options;
    struct actor actor = command_actor();
    int64_t now_ms = clock_now_ms(clock_system()), team_id = 0, id;
    empty(job);
    if (!default_team(tx, &team_id, error))
        return false;
    struct person_new person = {.login = job->login,
                                .name = options->name != NULL ? options->name : job->login,
                                .role = options->role,
                                .password_hash = job->hash,
                                .lang = options->lang,
                                .team_ids = &team_id,
                                .team_count = team_id != 0 && !options->no_team};
    return person_create(tx, &actor, &person, now_ms, &id, error) &&
           person_view(tx, id, &NOBODY_KNOWS, &job->out, error);
}

static bool set(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    const struct options *options = job->options;
    struct actor actor = command_actor();
    bool active = g_strcmp0(options->active, "true") == 0;
    struct person_change change = {.name = options->name,
                                   .role = options->role,
                                   .password_hash = job->hash,
                                   .lang = options->lang,
                                   .active = options->active != NULL ? &active : NULL};
    int64_t id;
    empty(job);
    return person_id_by_login(tx, job->login, &id, error) &&
           person_update(tx, &actor, id, &change, clock_now_ms(clock_system()), error) &&
           person_view(tx, id, &NOBODY_KNOWS, &job->out, error);
}

static bool list(struct tx *tx, void *data, GError **error)
{
    enum { MOST = 100000 };
    struct job *job = data;
    int64_t last_id;
    empty(job);
    writer_begin_array(&job->out);
    if (!person_list(tx, 0, 0, MOST, &NOBODY_KNOWS, &job->out, &last_id, error))
        return false;
    writer_end_array(&job->out);
    return true;
}

static bool check_options(const struct options *options, bool adds, GError **error)
{
    if (adds && options->role == NULL) {
        error_set(error, HY_ERROR_MISSING, "role", "--role is missing");
        return false;
    }
    if (options->active != NULL && strcmp(options->active, "true") != 0 && strcmp(options->active, "false") != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "active", "true or false");
        return false;
    }
    return true;
}

static bool read_password(struct job *job, GError **error)
{
    if (!job->options->password_stdin)
        return true;
    g_autofree char *password = command_read_password(error);
    if (password == NULL || !person_check_password(password, "password", error))
        return false;
    job->hash = secret_hash_password(password, error);
    return job->hash != NULL;
}

static bool work(const char *verb, struct job *job, const struct config *config, GError **error)
{
    g_auto(command_data_auto) data = {0};
    bool lists = strcmp(verb, "list") == 0, adds = strcmp(verb, "add") == 0;
    if (!check_options(job->options, adds, error) || !read_password(job, error) ||
        !command_open(config, lists ? COMMAND_READS : COMMAND_WRITES, &data, error))
        return false;
    return lists ? store_read(data.store, list, job, error) : store_write(data.store, adds ? add : set, job, error);
}

int command_user(int argc, char **argv)
{
    static const char USAGE[] = "user add LOGIN --role ROLE [--password-stdin] | user set LOGIN … | user list";
    g_auto(options_auto) options = {0};
    const GOptionEntry entries[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &options.role,
         command_say("角色：admin supervisor agent pr marketing viewer", "admin supervisor agent pr marketing viewer"),
         "ROLE"},
        {"password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin,
         command_say("从标准输入读取密码（第一行）", "read the password from stdin, first line"), NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, command_say("显示的姓名", "the name as shown"), "NAME"},
        {"active", 0, 0, G_OPTION_ARG_STRING, &options.active,
         command_say("true 或 false：停用即退出登录并释放会话", "true or false: false signs them out"), "BOOL"},
        {"no-team", 0, 0, G_OPTION_ARG_NONE, &options.no_team,
         command_say("不加入默认技能组", "do not add them to the default team"), NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    if (config->source[CONFIG_KEY_lang] == CONFIG_ARGUMENT)
        options.lang = config->lang;
    bool lists = argc == 2 && strcmp(argv[1], "list") == 0;
    if (!lists && !(argc == 3 && (strcmp(argv[1], "add") == 0 || strcmp(argv[1], "set") == 0)))
        return command_usage(USAGE);
    g_auto(job_auto) job = {.options = &options, .login = argv[2]};
    if (!work(argv[1], &job, config, &error))
        return command_fail(error);
    puts(job.out.text->str);
    return 0;
}

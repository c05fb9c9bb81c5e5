/* token.c - huiyin token add|list: API tokens for programs. */
#include "base/clock.h"
#include "command/command.h"
#include "desk/person.h"
#include "desk/session.h"

#include <stdio.h>
#include <string.h>

struct job {
    const char *login, *name, *scopes;
    char *token;
    struct writer out;
};

static void job_clear(struct job *job)
{
    g_free(job->token);
    writer_clear(&job->out);
}
typedef struct job job_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(job_auto, job_clear)

static bool add(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    struct actor actor = command_actor();
    int64_t person_id, id;
    g_clear_pointer(&job->token, g_free);
    return person_id_by_login(tx, job->login, &person_id, error) &&
           session_token_create(tx, &actor, person_id, job->name, job->scopes, clock_now_ms(clock_system()), &id,
                                &job->token, error);
}

static bool list(struct tx *tx, void *data, GError **error)
{
    enum { MOST = 10000 };
    struct job *job = data;
    int64_t person_id, last_id;
    writer_clear(&job->out);
    writer_init(&job->out);
    writer_begin_array(&job->out);
    if (!person_id_by_login(tx, job->login, &person_id, error) ||
        !session_token_list(tx, person_id, 0, MOST, &job->out, &last_id, error))
        return false;
    writer_end_array(&job->out);
    return true;
}

int command_token(int argc, char **argv)
{
    static const char USAGE[] = "token add USER --scope all [--name NAME] | token list USER";
    g_auto(GStrv) scopes = NULL;
    g_autofree char *name = NULL;
    const GOptionEntry entries[] = {
        {"scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &scopes,
         command_say("权限范围：all 或权限名，可重复", "all or a permission; may be repeated"), "SCOPE"},
        {"name", 0, 0, G_OPTION_ARG_STRING, &name, command_say("名称", "what it is for"), "NAME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(command_data_auto) data = {0};
    if (!command_options(&argc, &argv, USAGE, entries, &config))
        return 2;
    bool adds = argc == 3 && strcmp(argv[1], "add") == 0;
    if (!adds && !(argc == 3 && strcmp(argv[1], "list") == 0))
        return command_usage(USAGE);
    if (adds && scopes == NULL)
        return command_usage(USAGE);
    g_autofree char *joined = scopes != NULL ? g_strjoinv(" ", scopes) : NULL;
    g_auto(job_auto) job = {.login = argv[2], .name = name != NULL ? name : "command line", .scopes = joined};
    if (!command_open(config, adds ? COMMAND_WRITES : COMMAND_READS, &data, &error) ||
        !(adds ? store_write(data.store, add, &job, &error) : store_read(data.store, list, &job, &error)))
        return command_fail(error);
    puts(adds ? job.token : job.out.text->str);
    return 0;
}

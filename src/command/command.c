#include "command/command.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limit.h"
#include "base/log.h"
#include "desk/team.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum lang command_lang(void)
{
    static const char *const NAMES[] = {"HUIYIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        const char *value = g_getenv(NAMES[i]);
        if (value != NULL && *value != '\0')
            return g_str_has_prefix(value, "zh") ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

const char *command_say(const char *zh, const char *en)
{
    return command_lang() == LANG_ZH ? zh : en;
}

int command_fail(const GError *error)
{
    g_autofree char *text = error_text(error, command_lang());
    fprintf(stderr, "huiyin: %s (%s)\n", text, error->message);
    return 1;
}

int command_usage(const char *usage)
{
    fprintf(stderr, "%s huiyin %s\n", command_say("用法：", "usage:"), usage);
    return 2;
}

bool command_options(int *argc, char ***argv, const char *usage, const GOptionEntry *entries, struct config **config)
{
    g_auto(config_arguments_auto) arguments = {0};
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    GOptionGroup *group = config_option_group(&arguments, command_lang());
    if (entries != NULL)
        g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        fprintf(stderr, "huiyin: %s\n", error->message);
        return false;
    }
    g_auto(GStrv) environment = g_get_environ();
    *config = config_load(&arguments, (const char *const *)environment, &error);
    if (*config == NULL) {
        command_fail(error);
        return false;
    }
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < (int)G_N_ELEMENTS(LEVELS); i++) {
        if (strcmp((*config)->log_level, LEVELS[i]) == 0)
            log_set_level((enum log_level)i);
    }
    return true;
}

static bool make_dir(const struct config *config, GError **error)
{
    if (g_mkdir_with_parents(config->data, 0700) == 0)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "data", "cannot make the directory %s: %s", config->data, g_strerror(errno));
    return false;
}

bool command_lock(const struct config *config, int *lock, GError **error)
{
    *lock = -1;
    if (!make_dir(config, error))
        return false;
    if (*config->db != '\0') /* PostgreSQL takes several servers */
        return true;
    g_autofree char *path = g_build_filename(config->data, "huiyin.lock", NULL);
    *lock = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    error_set(error, HY_ERROR_CONFLICT, "data", "a server is running on %s", config->data);
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
    return false;
}

struct start {
    enum lang lang;
    int64_t now_ms;
};

static bool first_start(struct tx *tx, void *data, GError **error)
{
    const struct start *start = data;
    return team_first_start(tx, start->lang, start->now_ms, error);
}

/* Opening must not leave a new key or an empty database behind where somebody mistyped a directory. */
static bool is_there(const struct config *config, const char *name, const char *field, GError **error)
{
    g_autofree char *path = g_build_filename(config->data, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, field, "%s is not there: start the server once", path);
    return false;
}

static bool find_data(const struct config *config, GError **error)
{
    return (*config->db != '\0' || is_there(config, "huiyin.db", "data", error)) &&
           is_there(config, "secret.key", "key", error);
}

bool command_open(const struct config *config, enum command_access access, struct command_data *data, GError **error)
{
    bool writes = access == COMMAND_WRITES;
    struct store_options options = {.data_dir = config->data,
                                    .url = *config->db != '\0' ? config->db : NULL,
                                    .readers = (unsigned)config->db_connections,
                                    .migrate = writes,
                                    .any_schema = access == COMMAND_COPIES};
    if (!(writes ? make_dir(config, error) : find_data(config, error)) ||
        (data->secret = secret_load(config->data, error)) == NULL ||
        (data->store = store_open(&options, error)) == NULL)
        return false;
    /* Whoever installs it in English and says nothing more gets names in English. */
    bool said = config->source[CONFIG_KEY_lang] != CONFIG_DEFAULT;
    struct start start = {said ? lang_parse(config->lang) : command_lang(), clock_now_ms(store_clock(data->store))};
    return !writes || store_write(data->store, first_start, &start, error);
}

void command_close(struct command_data *data)
{
    g_clear_pointer(&data->store, store_free);
    g_clear_pointer(&data->secret, secret_free);
}

struct actor command_actor(void)
{
    return (struct actor){.name = "command line", .address = "", .permissions = PERMISSION_ALL, .lang = command_lang()};
}

char *command_read_password(GError **error)
{
    char line[LIMIT_PASSWORD + 3];
    if (fgets(line, sizeof line, stdin) == NULL)
        *line = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (*line == '\0') {
        error_set(error, HY_ERROR_EMPTY, "password", "nothing on stdin");
        return NULL;
    }
    char *password = g_strdup(line);
    explicit_bzero(line, sizeof line);
    return password;
}

bool command_read_settings(char **pairs, json_t *settings, GError **error)
{
    for (char **pair = pairs; pair != NULL && *pair != NULL; pair++) {
        const char *sign = strchr(*pair, '=');
        g_autofree char *key = sign != NULL ? g_strndup(*pair, (gsize)(sign - *pair)) : NULL;
        if (key == NULL || *key == '\0' || json_object_set_new(settings, key, json_string(sign + 1)) != 0) {
            error_set(error, HY_ERROR_BAD_VALUE, "set", "--set takes key=value");
            return false;
        }
    }
    return true;
}

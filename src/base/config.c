#include "base/config.h"

#include "base/net.h"

#include <stdlib.h>
#include <string.h>

#define GROUP "huiyin"
#define ENVIRONMENT "HUIYIN_"
#define FILE_NAME "huiyin.conf"
#define MAX_FILE (256 * 1024)

enum type {
    TYPE_TEXT,
    TYPE_SECRET,
    TYPE_PATH,
    TYPE_LISTEN,
    TYPE_URL,
    TYPE_DB,
    TYPE_NETS,
    TYPE_TIME,
    TYPE_CHOICE,
    TYPE_INT,
    TYPE_BOOL
};

static const struct setting {
    const char *name;
    enum type type;
    const char *fallback;
    int64_t least, most;
    const char *choices;
    const char *help[LANG_COUNT];
    size_t offset; /* in struct config */
} SETTINGS[CONFIG_KEY_COUNT] = {
#define SETTING(key, type, fallback, least, most, choices, zh, en)                                                     \
    {#key, TYPE_##type, fallback, least, most, choices, {[LANG_ZH] = zh, [LANG_EN] = en}, offsetof(struct config, key)},
#include "base/settings.def"
#undef SETTING
};

static bool is_text(enum type type)
{
    return type != TYPE_INT && type != TYPE_BOOL;
}

static void *field_of(const struct config *config, enum config_key key)
{
    return (char *)config + SETTINGS[key].offset;
}

const char *config_key_name(enum config_key key)
{
    return SETTINGS[key].name;
}

const char *config_environment(enum config_key key)
{
    static char names[CONFIG_KEY_COUNT][64];
    static gsize made;
    if (g_once_init_enter(&made)) {
        for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
            g_autofree char *upper = g_ascii_strup(SETTINGS[i].name, -1);
            g_snprintf(names[i], sizeof names[i], "%s%s", ENVIRONMENT, upper);
        }
        g_once_init_leave(&made, 1);
    }
    return names[key];
}

const char *config_help(enum config_key key, enum lang lang)
{
    return SETTINGS[key].help[lang];
}

const char *config_fallback(enum config_key key)
{
    return SETTINGS[key].fallback;
}

static bool find_key(const char *name, enum config_key *key)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        if (strcmp(SETTINGS[i].name, name) == 0) {
            *key = (enum config_key)i;
            return true;
        }
    }
    return false;
}

/* ---- checking one value; each gives what is wrong with it, NULL when nothing. g_free ---- */

static char *check_listen(const char *value)
{
    g_autofree char *host = NULL;
    unsigned port;
    return net_parse_listen(value, &host, &port) ? NULL : g_strdup("must be host:port, the port 0 to 65535");
}

static char *check_url(const char *value)
{
    if (*value == '\0')
        return NULL;
    g_autoptr(GUri) uri = g_uri_parse(value, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "", *host = uri ? g_uri_get_host(uri) : NULL;
    bool good = (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) && host != NULL && *host != '\0' &&
                g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL && g_uri_get_userinfo(uri) == NULL;
    return good ? NULL : g_strdup("must be an http or https URL without query");
}

static char *check_db(const char *value)
{
    bool good = *value == '\0' || g_str_has_prefix(value, "postgres://") || g_str_has_prefix(value, "postgresql://");
    return good ? NULL : g_strdup("must begin with postgres:// (or be empty for SQLite)");
}

static char *check_nets(const char *value)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(net_set_auto) set = net_set_parse(value, &wrong);
    return set ? NULL : g_strdup(wrong->message);
}

static char *check_time(const char *value)
{
    bool good = *value == '\0' || (strlen(value) == 5 && value[2] == ':' && g_ascii_isdigit(value[0]) &&
                                   g_ascii_isdigit(value[1]) && g_ascii_isdigit(value[3]) &&
                                   g_ascii_isdigit(value[4]) && strncmp(value, "24", 2) < 0 && value[3] < '6');
    return good ? NULL : g_strdup("must be a time of the day as 03:30 (or be empty)");
}

static char *check_choice(const struct setting *setting, const char *value)
{
    g_auto(GStrv) choices = g_strsplit(setting->choices, "|", -1);
    return g_strv_contains((const char *const *)choices, value)
               ? NULL
               : g_strdup_printf("must be one of %s", setting->choices);
}

static char *check_text(const struct setting *setting, const char *value)
{
    size_t length = strlen(value);
    if (length < (size_t)setting->least || length > (size_t)setting->most)
        return g_strdup_printf("must have %d to %d bytes", (int)setting->least, (int)setting->most);
    if (!g_utf8_validate(value, -1, NULL))
        return g_strdup("is not UTF-8");
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20)
            return g_strdup("holds a control character");
    switch (setting->type) {
    case TYPE_LISTEN:
        return check_listen(value);
    case TYPE_URL:
        return check_url(value);
    case TYPE_DB:
        return check_db(value);
    case TYPE_NETS:
        return check_nets(value);
    case TYPE_TIME:
        return check_time(value);
    case TYPE_CHOICE:
        return check_choice(setting, value);
    default:
        return NULL;
    }
}

static char *check_int(const struct setting *setting, const char *value, int64_t *number)
{
    if (g_ascii_string_to_signed(value, 10, setting->least, setting->most, number, NULL))
        return NULL;
    return g_strdup_printf("must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, setting->least,
                           setting->most);
}

static char *check_bool(const char *value, bool *on)
{
    static const char *const YES[] = {"true", "yes", "on", "1", NULL}, *const NO[] = {"false", "no", "off", "0", NULL};
    *on = g_strv_contains(YES, value);
    return *on || g_strv_contains(NO, value) ? NULL : g_strdup("must be true or false");
}

bool config_set(struct config *config, enum config_key key, const char *value, enum config_source source,
                const char *where, GError **error)
{
    const struct setting *setting = &SETTINGS[key];
    g_autofree char *trimmed = g_strstrip(g_strdup(value));
    g_autofree char *wrong = NULL;
    int64_t number = 0;
    bool on = false;
    if (setting->type == TYPE_INT)
        wrong = check_int(setting, trimmed, &number);
    else if (setting->type == TYPE_BOOL)
        wrong = check_bool(trimmed, &on);
    else
        wrong = check_text(setting, trimmed);
    if (wrong != NULL) {
        bool hidden = setting->type == TYPE_SECRET || setting->type == TYPE_DB;
        g_autofree char *shown = hidden ? g_strdup("…") : g_utf8_make_valid(trimmed, (gssize)strnlen(trimmed, 100));
        error_set(error, HY_ERROR_BAD_VALUE, setting->name, "%s = \"%s\" (%s): %s", setting->name, shown, where, wrong);
        return false;
    }
    void *field = field_of(config, key);
    if (setting->type == TYPE_INT) {
        *(int64_t *)field = number;
    } else if (setting->type == TYPE_BOOL) {
        *(bool *)field = on;
    } else {
        g_free(*(char **)field);
        *(char **)field = g_steal_pointer(&trimmed);
    }
    config->source[key] = source;
    return true;
}

struct config *config_new(void)
{
    g_autoptr(config_auto) config = g_new0(struct config, 1);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        g_autoptr(GError) error = NULL;
        if (!config_set(config, (enum config_key)i, SETTINGS[i].fallback, CONFIG_DEFAULT, "built in", &error))
            g_error("settings.def: %s", error->message);
    }
    return g_steal_pointer(&config);
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (int i = 0; i < CONFIG_KEY_COUNT; i++)
        if (is_text(SETTINGS[i].type))
            g_free(*(char **)field_of(config, (enum config_key)i));
    g_free(config);
}

/* ---- the sources ---- */

static bool read_key(struct config *config, GKeyFile *file, const char *name, const char *where, bool in_data_dir,
                     GError **error)
{
    enum config_key key;
    if (!find_key(name, &key)) {
        error_set(error, HY_ERROR_UNKNOWN_FIELD, name, "%s (%s): there is no such setting", name, where);
        return false;
    }
    if (key == CONFIG_KEY_data && in_data_dir) {
        error_set(error, HY_ERROR_BAD_VALUE, name, "data (%s): cannot be set by the file inside that directory", where);
        return false;
    }
    g_autoptr(GError) wrong = NULL;
    g_autofree char *value = g_key_file_get_string(file, GROUP, name, &wrong);
    if (value == NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, name, "%s (%s): the value cannot be read as text", name, where);
        return false;
    }
    return config_set(config, key, value, CONFIG_FILE, where, error);
}

/* The line of the text where a key or group that is no good would be looked for is GKeyFile's to say; its messages
 * quote the line, which may hold a password, so they are not passed on. */
bool config_read_text(struct config *config, const char *text, size_t length, const char *where, bool in_data_dir,
                      GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (length > MAX_FILE) {
        error_set(error, HY_ERROR_TOO_LONG, "config", "%s: larger than %d bytes", where, MAX_FILE);
        return false;
    }
    if (memchr(text, '\0', length) != NULL || !g_utf8_validate_len(text, length, NULL) ||
        (length > 0 && !g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL))) {
        error_set(error, HY_ERROR_BAD_VALUE, "config",
                  "%s: not a settings file: \"[" GROUP "]\" first, then \"key = value\" lines, UTF-8", where);
        return false;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        if (strcmp(*group, GROUP) != 0) {
            error_set(error, HY_ERROR_UNKNOWN_FIELD, *group, "%s: only the group [" GROUP "] is known", where);
            return false;
        }
    }
    g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);
    for (char **name = keys; name != NULL && *name != NULL; name++)
        if (!read_key(config, file, *name, where, in_data_dir, error))
            return false;
    return true;
}

static bool read_file(struct config *config, const char *path, bool in_data_dir, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) wrong = NULL;
    if (!g_file_get_contents(path, &text, &length, &wrong)) {
        if (in_data_dir && g_error_matches(wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true; /* no file is fine there */
        error_set(error, HY_ERROR_NOT_FOUND, "config", "%s", wrong->message);
        return false;
    }
    return config_read_text(config, text, length, path, in_data_dir, error);
}

static const char *from_environment(const char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (; environment != NULL && *environment != NULL; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static bool read_environment(struct config *config, const char *const *environment, GError **error)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        const char *value = from_environment(environment, config_environment(key));
        g_autofree char *where = g_strdup_printf("environment %s", config_environment(key));
        if (value != NULL && !config_set(config, key, value, CONFIG_ENVIRONMENT, where, error))
            return false;
    }
    return true;
}

static char *option_name(enum config_key key)
{
    return g_strdelimit(g_strdup(SETTINGS[key].name), "_", '-');
}

static bool read_arguments(struct config *config, const struct config_arguments *arguments, GError **error)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        g_autofree char *name = option_name((enum config_key)i);
        g_autofree char *where = g_strdup_printf("command line --%s", name);
        if (arguments->values[i] != NULL &&
            !config_set(config, (enum config_key)i, arguments->values[i], CONFIG_ARGUMENT, where, error))
            return false;
    }
    return true;
}

struct config *config_load(const struct config_arguments *arguments, const char *const *environment, GError **error)
{
    static const struct config_arguments NONE = {0};
    g_autoptr(config_auto) config = config_new();
    arguments = arguments ? arguments : &NONE;
    if (arguments->file != NULL) {
        if (!read_file(config, arguments->file, false, error))
            return NULL;
    } else { /* where the data directory is must be known before its file is read */
        const char *data = arguments->values[CONFIG_KEY_data];
        if (data == NULL)
            data = from_environment(environment, config_environment(CONFIG_KEY_data));
        g_autofree char *path = g_build_filename(data ? data : config->data, FILE_NAME, NULL);
        if (!read_file(config, path, true, error))
            return NULL;
    }
    if (!read_environment(config, environment, error) || !read_arguments(config, arguments, error))
        return NULL;
    return g_steal_pointer(&config);
}

char *config_shown(const struct config *config, enum config_key key)
{
    const struct setting *setting = &SETTINGS[key];
    const void *field = field_of(config, key);
    if (setting->type == TYPE_INT)
        return g_strdup_printf("%" G_GINT64_FORMAT, *(const int64_t *)field);
    if (setting->type == TYPE_BOOL)
        return g_strdup(*(const bool *)field ? "true" : "false");
    const char *text = *(char *const *)field;
    if (setting->type == TYPE_SECRET)
        return g_strdup(*text ? "***" : "");
    const char *at = setting->type == TYPE_DB ? strrchr(text, '@') : NULL;
    const char *begin = at ? strstr(text, "://") : NULL;
    const char *colon = begin ? memchr(begin + 3, ':', (size_t)(at - begin - 3)) : NULL;
    if (setting->type == TYPE_DB && strstr(text, "password=") != NULL)
        return g_strdup("postgres://***");
    return colon ? g_strdup_printf("%.*s:***%s", (int)(colon - text), text, at) : g_strdup(text);
}

/* ---- the command line ---- */

void config_arguments_clear(struct config_arguments *arguments)
{
    g_free(arguments->file);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++)
        g_free(arguments->values[i]);
    memset(arguments, 0, sizeof *arguments);
}

/* What GOption's entries point to; freed with the group. */
struct option_texts {
    char *names[CONFIG_KEY_COUNT];
    char *help[CONFIG_KEY_COUNT];
};

static void option_texts_free(void *data)
{
    struct option_texts *texts = data;
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        g_free(texts->names[i]);
        g_free(texts->help[i]);
    }
    g_free(texts);
}

static const char *argument_shape(enum type type)
{
    static const char *const SHAPES[] = {
        [TYPE_TEXT] = "TEXT", [TYPE_SECRET] = "TEXT", [TYPE_PATH] = "DIR",      [TYPE_LISTEN] = "HOST:PORT",
        [TYPE_URL] = "URL",   [TYPE_DB] = "URL",      [TYPE_NETS] = "NETWORKS", [TYPE_CHOICE] = "NAME",
        [TYPE_INT] = "N",     [TYPE_BOOL] = "BOOL",
    };
    return SHAPES[type];
}

GOptionGroup *config_option_group(struct config_arguments *arguments, enum lang lang)
{
    struct option_texts *texts = g_new0(struct option_texts, 1);
    GOptionEntry entries[CONFIG_KEY_COUNT + 2] = {0};
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct setting *setting = &SETTINGS[i];
        texts->names[i] = option_name((enum config_key)i);
        texts->help[i] = *setting->fallback ? g_strdup_printf("%s [%s]", setting->help[lang], setting->fallback)
                                            : g_strdup(setting->help[lang]);
        entries[i] = (GOptionEntry){texts->names[i],
                                    0,
                                    0,
                                    G_OPTION_ARG_STRING,
                                    &arguments->values[i],
                                    texts->help[i],
                                    argument_shape(setting->type)};
    }
    entries[CONFIG_KEY_COUNT] =
        (GOptionEntry){"config",
                       0,
                       0,
                       G_OPTION_ARG_FILENAME,
                       &arguments->file,
                       lang == LANG_ZH ? "设置文件 [数据目录/" FILE_NAME "]" : "file of settings [DATA/" FILE_NAME "]",
                       "FILE"};
    GOptionGroup *group = g_option_group_new(
        "settings", lang == LANG_ZH ? "设置：" : "Settings:", lang == LANG_ZH ? "显示所有设置" : "Show all settings",
        texts, option_texts_free);
    g_option_group_add_entries(group, entries);
    return group;
}

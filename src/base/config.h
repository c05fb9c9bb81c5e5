/* config.h - the settings of the program, from one table (settings.def).
 *
 *   built-in default  <  huiyin.conf  <  HUIYIN_… environment  <  command line
 *
 * Read once at the start, then never changed: any thread. huiyin.conf is a key
 * file with one group [huiyin]; it lies in the data directory unless --config
 * names another. A value that cannot be right, from whichever source, and a key
 * nobody knows are refused, naming key and source; a value that may hold a
 * password is never repeated in an error. */
#pragma once
#include "base/error.h"
#include "base/lang.h"

#include <stdint.h>

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_ARGUMENT };

#define CONFIG_TYPE_TEXT char *
#define CONFIG_TYPE_SECRET char *
#define CONFIG_TYPE_PATH char *
#define CONFIG_TYPE_LISTEN char *
#define CONFIG_TYPE_URL char *
#define CONFIG_TYPE_DB char *
#define CONFIG_TYPE_NETS char *
#define CONFIG_TYPE_TIME char *
#define CONFIG_TYPE_CHOICE char *
#define CONFIG_TYPE_INT int64_t
#define CONFIG_TYPE_BOOL bool

enum config_key {
#define SETTING(key, ...) CONFIG_KEY_##key,
#include "base/settings.def"
#undef SETTING
    CONFIG_KEY_COUNT
};

/* One member a line of settings.def, e.g. config->listen, config->workers. Texts are never NULL. */
struct config {
#define SETTING(key, type, ...) CONFIG_TYPE_##type key;
#include "base/settings.def"
#undef SETTING
    enum config_source source[CONFIG_KEY_COUNT];
};

/* What the command line said; filled by GOption through config_option_group. */
struct config_arguments {
    char *file;                     /* --config FILE; NULL = none */
    char *values[CONFIG_KEY_COUNT]; /* --key value; NULL = not given */
};
void config_arguments_clear(struct config_arguments *arguments);
typedef struct config_arguments config_arguments_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(config_arguments_auto, config_arguments_clear)

/* --listen HOST:PORT, --trusted-proxies … with help in that language, for g_option_context_set_main_group or
 * _add_group, which takes it over. arguments is borrowed until the parse is done. */
GOptionGroup *config_option_group(struct config_arguments *arguments, enum lang lang);

/* environment: as environ, "NAME=value", NULL-terminated; NULL = empty. Errors: BAD_VALUE, MISSING, UNKNOWN_FIELD,
 * TOO_LONG naming the key; NOT_FOUND when --config names no file. Free with config_free. */
struct config *config_load(const struct config_arguments *arguments, const char *const *environment, GError **error);
void config_free(struct config *config);
typedef struct config config_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(config_auto, config_free)

/* The pieces of config_load, for tests: text is a whole huiyin.conf, named file in errors. The data directory cannot
 * be set there when in_data_dir. */
struct config *config_new(void); /* the defaults */
bool config_read_text(struct config *config, const char *text, size_t length, const char *file, bool in_data_dir,
                      GError **error);
bool config_set(struct config *config, enum config_key key, const char *value, enum config_source source,
                const char *where, GError **error);

const char *config_key_name(enum config_key key);    /* "trusted_proxies" */
const char *config_environment(enum config_key key); /* "HUIYIN_TRUSTED_PROXIES" */
const char *config_help(enum config_key key, enum lang lang);
const char *config_fallback(enum config_key key);
/* The value in force as text, a password in it replaced by ***. g_free. For doctor. */
char *config_shown(const struct config *config, enum config_key key);

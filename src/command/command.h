/* command.h - what the commands share: options, the opened data directory, how a failure is told.
 *
 *   main ──commands.def──▶ command_NAME(argc, argv) ──▶ exit code: 0 done, 1 failed, 2 typed wrong
 *
 * argv[0] is the command's name. Results go to stdout, everything else to stderr. */
#pragma once
#include "base/config.h"
#include "base/json.h"
#include "base/secret.h"
#include "desk/actor.h"
#include "store/store.h"

#define COMMAND(name, ...) int command_##name(int argc, char **argv);
#include "command/commands.def"
#undef COMMAND

/* Of HUIYIN_LANG, LC_ALL, LC_MESSAGES, LANG: the first that is set; English where that names neither language. */
enum lang command_lang(void);
/* One of the two, by command_lang. */
const char *command_say(const char *zh, const char *en);

/* Says what went wrong on stderr; the exit code 1. */
int command_fail(const GError *error);
/* The exit code 2, after saying how it is meant. */
int command_usage(const char *usage);

/* Options of one command beside those of the configuration: entries as for GOption, argv is shortened to what is left.
 * *config: config_free. False: said already, the exit code is 2. */
bool command_options(int *argc, char ***argv, const char *usage, const GOptionEntry *entries, struct config **config);

/* The data directory, opened beside a server that may be running. */
struct command_data {
    struct secret *secret;
    struct store *store;
};
enum command_access {
    COMMAND_WRITES, /* makes directory, key, schema, first team and first brand when they are not there; an older schema
                       is brought up to date */
    COMMAND_READS,  /* changes nothing: NOT_FOUND naming "data" or "key", SCHEMA_OLDER, SCHEMA_NEWER */
    COMMAND_COPIES, /* the same, whatever the schema is */
};
bool command_open(const struct config *config, enum command_access access, struct command_data *data, GError **error);
void command_close(struct command_data *data);
typedef struct command_data command_data_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(command_data_auto, command_close)

/* Makes the data directory and holds its lock until the process ends; *lock is the file, to be closed. CONFLICT naming
 * data when a server holds it. */
bool command_lock(const struct config *config, int *lock, GError **error);

/* The actor "command line", who may do everything. */
struct actor command_actor(void);

/* The first line of stdin without its end; EMPTY. g_free. */
char *command_read_password(GError **error);

/* "key=value" … into an object of strings; BAD_VALUE. */
bool command_read_settings(char **pairs, json_t *settings, GError **error);

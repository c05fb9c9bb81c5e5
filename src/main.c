/* main.c - the command line: huiyin COMMAND … */
#include "command/command.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary[LANG_COUNT];
} COMMANDS[] = {
#define COMMAND(name, zh, en) {#name, command_##name, {[LANG_ZH] = zh, [LANG_EN] = en}},
#include "command/commands.def"
#undef COMMAND
};

static int help(FILE *out)
{
    fprintf(out, "%s\n\n", command_say("Huiyin 回音：每一条消息，都有回音。", "Huiyin: every message gets an echo."));
    fprintf(out, "%s huiyin %s\n\n", command_say("用法：", "usage:"), command_say("命令 [选项]", "COMMAND [OPTIONS]"));
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        fprintf(out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].summary[command_lang()]);
    fprintf(out, "\n%s\n",
            command_say("每个命令的选项：huiyin 命令 --help", "the options of one: huiyin COMMAND --help"));
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    umask(077); /* whatever it writes holds what customers said */
    g_set_prgname("huiyin");
    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return help(stdout);
    if (strcmp(argv[1], "--version") == 0)
        return command_version(argc - 1, argv + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0)
            return COMMANDS[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "huiyin: %s: %s\n", command_say("没有这个命令", "no such command"), argv[1]);
    return help(stderr);
}

#include "command/command.h"

#include <stdio.h>

int command_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("huiyin %s (%s %d)\n", HUIYIN_VERSION, command_say("数据库结构", "schema"), store_schema_version());
    return 0;
}

/* routes.c - huiyin routes: the interface written down (docs/api.md, the console's types, OpenAPI). */
#include "api/document.h"
#include "command/command.h"

#include <stdio.h>
#include <string.h>

int command_routes(int argc, char **argv)
{
    static const struct {
        const char *format;
        char *(*write)(void);
    } FORMATS[] = {
        {"md", document_markdown}, {"openapi", document_openapi}, {"ts", document_typescript}, {"json", document_json}};
    const char *format = argc == 1 ? "md" : argc == 3 && strcmp(argv[1], "--format") == 0 ? argv[2] : "";
    for (size_t i = 0; i < G_N_ELEMENTS(FORMATS); i++) {
        if (strcmp(format, FORMATS[i].format) != 0)
            continue;
        g_autofree char *text = FORMATS[i].write();
        fputs(text, stdout);
        return 0;
    }
    return command_usage("routes [--format md|openapi|ts|json]");
}

/* assess.c - huiyin assess [FILE]: what the program makes of texts, one a line; one JSON object a line comes out.
 *
 * A line that is a JSON object with "text" gives the facts as well: kind, visibility, author.followers,
 * author.verified, relation, and counts.reposts or reposts; any other line is a text by itself. */
#include "understanding/assess.h"

#include "base/limit.h"
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_or(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : fallback;
}

/* Borrows from line or json. */
static struct assess_facts read_facts(const char *line, const json_t *json)
{
    struct assess_facts facts = {.text = line, .kind = "mention", .is_public = true, .verified = "", .relation = "new"};
    if (!json_is_string(json_object_get(json, "text")))
        return facts;
    const json_t *author = json_object_get(json, "author");
    const json_t *counts = json_object_get(json, "counts");
    const json_t *verified = json_object_get(author, "verified");
    const json_t *reposts = json_object_get(counts != NULL ? counts : json, "reposts");
    facts.text = text_or(json, "text", "");
    facts.kind = text_or(json, "kind", text_or(json, "type", "mention"));
    facts.is_public = strcmp(text_or(json, "visibility", "public"), "private") != 0;
    facts.followers = json_integer_value(json_object_get(author, "followers"));
    facts.verified = json_is_true(verified) ? "person" : text_or(author, "verified", "");
    facts.reposts = json_integer_value(reposts);
    facts.relation = text_or(json, "relation", "new");
    return facts;
}

static void assess_line(const struct assess *assess, const char *line, size_t length)
{
    json_auto_t *json = length > 0 && *line == '{' ? json_parse(line, length, NULL) : NULL;
    struct assess_facts facts = read_facts(line, json);
    struct assessment assessment;
    assess_message(assess, &facts, &assessment);
    g_autofree char *answer = assess_format(&assessment, facts.text);
    puts(answer);
}

static bool assess_file(const struct assess *assess, FILE *file)
{
    char *line = NULL; /* getline's own: free, not g_free */
    size_t room = 0;
    for (;;) {
        ssize_t read = getline(&line, &room, file);
        if (read < 0)
            break;
        size_t length = (size_t)read;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            line[--length] = '\0';
        assess_line(assess, line, length);
    }
    free(line);
    return ferror(file) == 0 && fflush(stdout) == 0;
}

int command_assess(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc > 2 || (argc == 2 && *argv[1] == '-' && strcmp(argv[1], "-") != 0))
        return command_usage("assess [FILE]");
    g_autoptr(assess_auto) assess = assess_new(NULL, &error);
    if (assess == NULL)
        return command_fail(error);
    FILE *file = argc == 2 && strcmp(argv[1], "-") != 0 ? fopen(argv[1], "re") : stdin;
    bool ok = file != NULL && assess_file(assess, file);
    if (!ok) {
        error_set(&error, HY_ERROR_NOT_FOUND, "FILE", "%s: %s", argc == 2 ? argv[1] : "-", g_strerror(errno));
        command_fail(error);
    }
    if (file != NULL && file != stdin)
        fclose(file);
    return ok ? 0 : 1;
}

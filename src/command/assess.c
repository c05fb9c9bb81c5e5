/* assess.c - huiyin assess: what the program makes of texts, one a line; one JSON object a line comes out.
 *
 * A line that is a JSON object with "text" gives the facts as well: kind, visibility, author.followers,
 * author.verified, relation, counts.reposts or reposts, age_ms, unanswered, waiting_ms; any other line is a text by
 * itself. --rules FILE.json adds rules as understanding/rule.h reads them; --lang zh|en adds the labels and the sum of
 * the importance in words. */
#include "understanding/assess.h"

#include "base/limit.h"
#include "command/command.h"
#include "understanding/model.h"
#include "understanding/rule_set.h"
#include "understanding/shipped.h"
#include "understanding/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE "assess [--rules FILE.json] [--lang zh|en] [FILE]"
#define RULES_BYTES ((gsize)64 << 20) /* of a file of rules */

struct options {
    char *rules, *lang;
};

static const char *text_or(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : fallback;
}

static int64_t number_of(const json_t *object, const char *key)
{
    return MAX(0, json_integer_value(json_object_get(object, key)));
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
    facts.text = text_or(json, "text", "");
    facts.kind = text_or(json, "kind", text_or(json, "type", "mention"));
    facts.is_public = strcmp(text_or(json, "visibility", "public"), "private") != 0;
    facts.followers = number_of(author, "followers");
    facts.verified = json_is_true(verified) ? "person" : text_or(author, "verified", "");
    facts.reposts = number_of(counts != NULL ? counts : json, "reposts");
    facts.age_ms = number_of(json, "age_ms");
    facts.relation = text_or(json, "relation", "new");
    facts.unanswered = (int)MIN(1000, number_of(json, "unanswered"));
    facts.waiting_ms = number_of(json, "waiting_ms");
    return facts;
}

/* What it says in words, as one more field of the JSON. */
static void put_words(const struct assessment *assessment, enum lang lang)
{
    g_autofree char *sum = assess_say(assessment, lang);
    json_auto_t *words =
        json_pack("{s:s, s:s, s:s, s:s}", "category", task_label_text(TASK_category, assessment->category, lang),
                  "sentiment", task_label_text(TASK_sentiment, assessment->sentiment, lang), "emotion",
                  task_label_text(TASK_emotion, assessment->emotion, lang), "importance", sum);
    g_autofree char *text = json_format(words);
    printf(",\"words\":%s}\n", text);
}

static void assess_line(const struct assess *assess, const char *line, size_t length, const char *lang)
{
    json_auto_t *json = length > 0 && *line == '{' ? json_parse(line, length, NULL) : NULL;
    struct assess_facts facts = read_facts(line, json);
    struct assessment assessment;
    assess_message(assess, &facts, &assessment);
    g_autofree char *answer = assess_format(&assessment, facts.text);
    if (lang == NULL) {
        puts(answer);
        return;
    }
    answer[strlen(answer) - 1] = '\0'; /* the closing brace comes behind the words */
    fputs(answer, stdout);
    put_words(&assessment, lang_parse(lang));
}

static bool assess_lines(const struct assess *assess, FILE *file, const char *lang)
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
        assess_line(assess, line, length, lang);
    }
    free(line);
    return ferror(file) == 0 && fflush(stdout) == 0;
}

static bool assess_file(const struct assess *assess, const char *path, const char *lang, GError **error)
{
    bool from_stdin = path == NULL || strcmp(path, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(path, "re");
    bool ok = file != NULL && assess_lines(assess, file, lang);
    if (!ok)
        error_set(error, HY_ERROR_NOT_FOUND, "FILE", "%s: %s", from_stdin ? "-" : path, g_strerror(errno));
    if (file != NULL && !from_stdin)
        fclose(file);
    return ok;
}

static struct rule_set *read_rules(const char *path, GError **error)
{
    g_autofree char *content = NULL;
    gsize length = 0;
    GError *why = NULL;
    if (!g_file_get_contents(path, &content, &length, &why)) {
        error_set(error, HY_ERROR_NOT_FOUND, "rules", "%s", why->message);
        g_error_free(why);
        return NULL;
    }
    if (length > RULES_BYTES) {
        error_set(error, HY_ERROR_TOO_LARGE, "rules", "%s has more than %zu bytes", path, (size_t)RULES_BYTES);
        return NULL;
    }
    json_auto_t *json = json_parse(content, length, error);
    g_autoptr(GPtrArray) rules = json != NULL ? rule_parse_list(json, error) : NULL;
    return rules != NULL ? rule_set_new(rules, error) : NULL;
}

static bool run(const struct options *options, const char *path, GError **error)
{
    g_autoptr(rule_set_auto) rules = NULL;
    if (options->rules != NULL) {
        rules = read_rules(options->rules, error);
        if (rules == NULL)
            return false;
    }
    g_autoptr(model_auto) shipped = shipped_model(error);
    if (shipped == NULL)
        return false;
    g_autoptr(model_set_auto) models = model_set_new(&shipped, 1);
    const struct assess_parts parts = {.rules = rules, .models = models};
    g_autoptr(assess_auto) assess = assess_new(&parts, error);
    return assess != NULL && assess_file(assess, path, options->lang, error);
}

int command_assess(int argc, char **argv)
{
    struct options options = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {{"rules", 0, 0, G_OPTION_ARG_FILENAME, &options.rules,
                                     command_say("规则文件（JSON）", "rules, as JSON"), "FILE"},
                                    {"lang", 0, 0, G_OPTION_ARG_STRING, &options.lang,
                                     command_say("附上该语言的说明", "add the labels in words of this language"),
                                     "zh|en"},
                                    {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("");
    g_option_context_add_main_entries(context, entries, NULL);
    bool parsed = g_option_context_parse(context, &argc, &argv, &error);
    if (!parsed)
        fprintf(stderr, "huiyin: %s\n", error->message);
    bool typed = parsed && argc <= 2 && (argc < 2 || *argv[1] != '-' || strcmp(argv[1], "-") == 0) &&
                 (options.lang == NULL || strcmp(options.lang, "zh") == 0 || strcmp(options.lang, "en") == 0);
    int code = !parsed ? 2 : !typed ? command_usage(USAGE) : 0;
    if (typed && !run(&options, argc == 2 ? argv[1] : NULL, &error))
        code = command_fail(error);
    g_free(options.rules);
    g_free(options.lang);
    return code;
}

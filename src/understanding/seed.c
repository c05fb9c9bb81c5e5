#include "understanding/seed.h"

#include <string.h>

enum column { CATEGORY, SENTIMENT, EMOTION, URGENCY, FLAGS, LANGUAGE, FRAME, TEXT, COLUMNS };

static bool has_flag(char **columns, const char *flag)
{
    g_auto(GStrv) flags = g_strsplit(columns[FLAGS], ",", -1);
    return g_strv_contains((const char *const *)flags, flag);
}

/* What is to be answered: all that is for the brand, unless nothing is left to say. Borrowed. */
static const char *label_of(enum task task, char **columns)
{
    switch (task) {
    case TASK_category:
        return columns[CATEGORY];
    case TASK_sentiment:
        return *columns[SENTIMENT] == '-' ? "negative" : *columns[SENTIMENT] == '0' ? "neutral" : "positive";
    case TASK_emotion:
        return columns[EMOTION];
    case TASK_urgency:
        return columns[URGENCY];
    case TASK_needs_answer:
        return strcmp(columns[CATEGORY], "irrelevant") == 0 || has_flag(columns, "noanswer") ? "no" : "yes";
    case TASK_spam:
    case TASK_abuse:
    case TASK_churn:
        return has_flag(columns, task_name(task)) ? "yes" : "no";
    default:
        return NULL;
    }
}

bool seeds_parse(struct seeds *seeds, const char *bytes, size_t length, GError **error)
{
    g_autofree char *content = g_strndup(bytes, length);
    g_auto(GStrv) texts = g_strsplit(content, "\n", -1);
    seeds->lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (guint i = 0; texts[i] != NULL; i++) {
        if (*texts[i] == '\0')
            continue;
        char **columns = g_strsplit(texts[i], "\t", COLUMNS);
        g_ptr_array_add(seeds->lines, columns);
        if (g_strv_length(columns) != COLUMNS) {
            error_set(error, HY_ERROR_BAD_VALUE, "examples", "line %u has not %d columns", i + 1, COLUMNS);
            return false;
        }
    }
    return true;
}

void seeds_clear(struct seeds *seeds)
{
    g_clear_pointer(&seeds->lines, g_ptr_array_unref);
}

GArray *seeds_examples(const struct seeds *seeds, enum task task)
{
    GArray *examples = g_array_sized_new(FALSE, FALSE, sizeof(struct example), seeds->lines->len);
    for (guint i = 0; i < seeds->lines->len; i++) {
        char **columns = seeds->lines->pdata[i];
        struct example example = {.label = label_of(task, columns),
                                  .text = columns[TEXT],
                                  .length = strlen(columns[TEXT]),
                                  .weight = 1,
                                  .group = (uint32_t)g_ascii_strtoull(columns[FRAME], NULL, 10)};
        if (example.label != NULL)
            g_array_append_val(examples, example);
    }
    return examples;
}

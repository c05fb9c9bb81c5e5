#include "understanding/task.h"

#include <string.h>

static const struct {
    const char *name;
    const char *text[LANG_COUNT];
} TASKS[TASK_COUNT] = {
#define TASK(name, zh, en) {#name, {[LANG_ZH] = zh, [LANG_EN] = en}},
#define LABEL(...)
#include "understanding/task.def"
#undef TASK
#undef LABEL
};

static const struct label {
    enum task task;
    const char *name;
    const char *text[LANG_COUNT];
} LABELS[] = {
#define TASK(...)
#define LABEL(task, name, zh, en) {TASK_##task, #name, {[LANG_ZH] = zh, [LANG_EN] = en}},
#include "understanding/task.def"
#undef TASK
#undef LABEL
};

/* Words for the same answer; of one task, or NULL = of any. */
static const struct {
    const char *task;
    const char *words[8];
} ALIASES[] = {
    {NULL, {"positive", "pos", "正面", "积极"}},
    {NULL, {"negative", "neg", "负面", "消极"}},
    {NULL, {"neutral", "neu", "none", "中性"}},
    {NULL, {"angry", "anger", "愤怒"}},
    {NULL, {"sad", "sadness", "悲伤"}},
    {NULL, {"afraid", "fear", "恐惧"}},
    {NULL, {"surprised", "surprise", "惊讶", "惊奇"}},
    {NULL, {"happy", "joy", "happiness", "高兴", "积极"}},
    {NULL, {"complaint", "投诉"}},
    {NULL, {"irrelevant", "无关"}},
    {"spam", {"no", "ham", "0", "正常"}},
    {"spam", {"yes", "spam", "1", "垃圾"}},
    {"abuse", {"no", "safe", "0", "正常"}},
    {"abuse", {"yes", "offensive", "abuse", "1", "辱骂"}},
    {"churn", {"no", "0"}},
    {"churn", {"yes", "churn", "1"}},
    {"needs_answer", {"no", "0"}},
    {"needs_answer", {"yes", "1"}},
};

const char *task_name(enum task task)
{
    return TASKS[task].name;
}

const char *task_text(enum task task, enum lang lang)
{
    return TASKS[task].text[lang];
}

enum task task_find(const char *name)
{
    int task = 0;
    while (task < TASK_COUNT && strcmp(TASKS[task].name, name) != 0)
        task++;
    return (enum task)task;
}

size_t task_label_count(enum task task)
{
    size_t count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(LABELS); i++)
        count += LABELS[i].task == task;
    return count;
}

static const struct label *label_at(enum task task, size_t label)
{
    for (size_t i = 0; i < G_N_ELEMENTS(LABELS); i++)
        if (LABELS[i].task == task && label-- == 0)
            return &LABELS[i];
    return NULL;
}

const char *task_label(enum task task, size_t label)
{
    const struct label *found = label_at(task, label);
    return found != NULL ? found->name : NULL;
}

const char *task_label_text(enum task task, const char *label, enum lang lang)
{
    for (size_t i = 0; i < G_N_ELEMENTS(LABELS); i++)
        if (LABELS[i].task == task && strcmp(LABELS[i].name, label) == 0)
            return LABELS[i].text[lang];
    return label;
}

bool task_name_check(const char *name, GError **error)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (length > 0 && length <= TASK_NAME_MAX && name[length] == '\0')
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "task", "a task's name has 1 to %d of a-z, 0-9, _ and -", TASK_NAME_MAX);
    return false;
}

static bool in_line(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count && words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

bool task_label_same(const char *task, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(ALIASES); i++) {
        if (ALIASES[i].task != NULL && strcmp(ALIASES[i].task, task) != 0)
            continue;
        size_t count = G_N_ELEMENTS(ALIASES[i].words);
        if (in_line(ALIASES[i].words, count, a) && in_line(ALIASES[i].words, count, b))
            return true;
    }
    return false;
}

bool task_label_within(const char *label, const char *of)
{
    return strcmp(label, "after_sales") == 0 && strcmp(of, "complaint") == 0;
}

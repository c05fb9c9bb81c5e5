#include "understanding/learned.h"

#include "base/fold.h"
#include "understanding/task.h"

#include <math.h>
#include <string.h>

/* What the words weigh beside the model, as log-odds for a weight of 1. The model has seen what the lexicons say of a
 * text (lexical.h), so little is left to add. Chosen on a fifth of the frames of data/examples that the model had not
 * seen (4,333 texts; macro-F1 × 100 without → with the words):
 *
 *   spam  93.2 → 93.7     category, sentiment, emotion: nothing better, nothing added
 *   abuse 88.7 → 91.1     urgency 63.1 alone, 62.4 where words count from an expected urgency of 0.8 on, 54.7 wherever
 *   churn 66.7 → 75.9     they stand: bounded they cost little and know words that no example had */
#define SPAM_WORDS 0.3
#define ABUSE_WORDS 1.0
#define CHURN_WORDS 1.5
#define WORDS_MOST 6.0       /* what the words of one label come to at most */
#define URGENCY_EXPECTED 0.8 /* of the model, 0 … 3: from there on urgent words count */
#define STRENGTH_WORDS 0.4   /* of the strength; the rest is the model's */
#define CLEAR 20             /* the least strength of what is not neutral */

struct learned {
    struct model_set *set;
    size_t tasks[TASK_COUNT]; /* in the set; SIZE_MAX = no model knows it */
    size_t *ours[TASK_COUNT]; /* per label of task.def its place in the model; SIZE_MAX = none */
    int *labels[TASK_COUNT];  /* per label of the model its place in task.def; -1 = none */
    char *version;
};

struct learned_scratch {
    struct fold fold;
    struct features features;
    struct model_scratch *scratch;
    float *probabilities;
};

static char *make_version(const struct model_set *set)
{
    g_autoptr(GPtrArray) versions = g_ptr_array_new();
    for (size_t i = 0; i < model_set_task_count(set); i++) {
        const char *version = model_set_version(set, i);
        if (!g_ptr_array_find_with_equal_func(versions, version, g_str_equal, NULL))
            g_ptr_array_add(versions, (char *)(uintptr_t)version);
    }
    g_ptr_array_add(versions, NULL);
    return g_strjoinv(" ", (char **)versions->pdata);
}

static int *map_labels(const struct model_task *task, enum task ours)
{
    int *map = g_new(int, task->label_count + 1);
    for (size_t i = 0; i < task->label_count; i++) {
        map[i] = -1;
        for (size_t k = 0; k < task_label_count(ours); k++)
            if (task_label_same(task->name, task->labels[i], task_label(ours, k)))
                map[i] = (int)k;
    }
    return map;
}

static void map_both(struct learned *learned, enum task task)
{
    const struct model_task *known = model_set_task(learned->set, learned->tasks[task]);
    size_t count = task_label_count(task);
    learned->labels[task] = map_labels(known, task);
    learned->ours[task] = g_new(size_t, count + 1);
    for (size_t k = 0; k < count; k++) {
        learned->ours[task][k] = SIZE_MAX;
        for (size_t i = 0; i < known->label_count && learned->ours[task][k] == SIZE_MAX; i++)
            if (learned->labels[task][i] == (int)k)
                learned->ours[task][k] = i;
    }
}

struct learned *learned_new(struct model_set *set)
{
    struct learned *learned = g_new0(struct learned, 1);
    learned->set = model_set_ref(set);
    learned->version = make_version(set);
    for (int i = 0; i < TASK_COUNT; i++) {
        learned->tasks[i] = model_set_find(set, task_name((enum task)i));
        if (learned->tasks[i] != SIZE_MAX)
            map_both(learned, (enum task)i);
    }
    return learned;
}

void learned_free(struct learned *learned)
{
    if (learned == NULL)
        return;
    for (int i = 0; i < TASK_COUNT; i++) {
        g_free(learned->labels[i]);
        g_free(learned->ours[i]);
    }
    model_set_unref(learned->set);
    g_free(learned->version);
    g_free(learned);
}

char *learned_version(const struct learned *learned)
{
    return g_strdup(learned->version);
}

struct learned_scratch *learned_scratch_new(const struct learned *learned)
{
    struct learned_scratch *scratch = g_new0(struct learned_scratch, 1);
    fold_init(&scratch->fold);
    features_init(&scratch->features);
    scratch->scratch = model_scratch_new(learned->set);
    scratch->probabilities = g_new0(float, model_set_outputs(learned->set));
    return scratch;
}

void learned_scratch_free(struct learned_scratch *scratch)
{
    if (scratch == NULL)
        return;
    fold_clear(&scratch->fold);
    features_clear(&scratch->features);
    model_scratch_free(scratch->scratch);
    g_free(scratch->probabilities);
    g_free(scratch);
}

/* ---- models and words ---- */

/* What the words say for a label (0 no, 1 yes), as log-odds; half of it for the one, half against the other. */
static double words_for(const struct evidence *evidence, enum task task, int label)
{
    double words = 0;
    if (task == TASK_spam)
        words = SPAM_WORDS * evidence->flags[LEXICON_SPAM];
    else if (task == TASK_abuse)
        words = ABUSE_WORDS * evidence->flags[LEXICON_ABUSE];
    else if (task == TASK_churn)
        words = CHURN_WORDS * evidence->flags[LEXICON_CHURN];
    words = CLAMP(words, -WORDS_MOST, WORDS_MOST) / 2;
    return label == 1 ? words : label == 0 ? -words : 0;
}

/* The task's probabilities with the words taken in. */
static void blend(const struct learned *learned, struct learned_scratch *scratch, enum task task,
                  const struct evidence *evidence)
{
    size_t count = model_set_task(learned->set, learned->tasks[task])->label_count;
    float *probabilities = scratch->probabilities + model_set_offset(learned->set, learned->tasks[task]);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double words = words_for(evidence, task, learned->labels[task][i]);
        if (words != 0)
            probabilities[i] = (float)((double)probabilities[i] * exp(words));
        sum += (double)probabilities[i];
    }
    for (size_t i = 0; i < count && sum > 0; i++)
        probabilities[i] = (float)((double)probabilities[i] / sum);
}

/* The label to go by, its place in task.def, -1 when no model knows the task; *probability is its own. */
static int label_of(const struct learned *learned, const struct learned_scratch *scratch, enum task task,
                    double *probability)
{
    if (learned->tasks[task] == SIZE_MAX)
        return -1;
    size_t label = model_set_label(learned->set, learned->tasks[task], scratch->probabilities);
    *probability = (double)scratch->probabilities[model_set_offset(learned->set, learned->tasks[task]) + label];
    return learned->labels[task][label];
}

/* The probability of one of our labels; fallback when no model knows the task. */
static double probability_of(const struct learned *learned, const struct learned_scratch *scratch, enum task task,
                             int label, double fallback)
{
    if (learned->tasks[task] == SIZE_MAX)
        return fallback;
    const float *probabilities = scratch->probabilities + model_set_offset(learned->set, learned->tasks[task]);
    double sum = 0;
    for (size_t i = 0; i < model_set_task(learned->set, learned->tasks[task])->label_count; i++)
        if (learned->labels[task][i] == label)
            sum += (double)probabilities[i];
    return MIN(sum, 1);
}

static void tell_sentiment(const struct learned *learned, const struct learned_scratch *scratch,
                           const struct evidence *evidence, struct assessment *out)
{
    double probability = 0;
    int label = label_of(learned, scratch, TASK_sentiment, &probability);
    if (label < 0)
        return;
    double model = 100 * (probability_of(learned, scratch, TASK_sentiment, 2, 0) -
                          probability_of(learned, scratch, TASK_sentiment, 0, 0));
    int strength = (int)lround((1 - STRENGTH_WORDS) * model + STRENGTH_WORDS * evidence_strength(evidence));
    out->sentiment = task_label(TASK_sentiment, (size_t)label);
    out->strength = label == 0   ? MIN(strength, -CLEAR)
                    : label == 2 ? MAX(strength, CLEAR)
                                 : CLAMP(strength, 1 - CLEAR, CLEAR - 1);
}

static void tell_flag(const struct learned *learned, const struct learned_scratch *scratch, enum task task,
                      struct assess_flag *flag)
{
    double probability = 0;
    int label = label_of(learned, scratch, task, &probability);
    if (label >= 0)
        *flag = (struct assess_flag){probability_of(learned, scratch, task, 1, 0), label == 1};
}

/* The model's, or that of the words where the model does not think it far-fetched. */
static int urgency_of(const struct learned *learned, const struct learned_scratch *scratch, int words)
{
    double expected = 0;
    double probability = 0;
    int label = label_of(learned, scratch, TASK_urgency, &probability);
    if (label < 0)
        return words;
    for (int i = 1; i <= 3; i++)
        expected += i * probability_of(learned, scratch, TASK_urgency, i, 0);
    return expected >= URGENCY_EXPECTED ? MAX(label, words) : label;
}

static void tell_topic(const struct learned *learned, const struct learned_scratch *scratch, struct assessment *out)
{
    size_t task = learned->tasks[TASK_topic];
    if (task == SIZE_MAX)
        return;
    size_t label = model_set_label(learned->set, task, scratch->probabilities);
    const char *name = model_set_task(learned->set, task)->labels[label];
    bool likely = scratch->probabilities[model_set_offset(learned->set, task) + label] >= 0.5F;
    if (likely && strcmp(name, TASK_TOPIC_NONE) != 0)
        g_strlcpy(out->topic, name, sizeof out->topic);
}

void learned_judge(const struct learned *learned, struct learned_scratch *scratch, const char *text,
                   const struct evidence *evidence, struct importance_basis *basis, struct assessment *out)
{
    double probability = 0;
    fold_text(&scratch->fold, text, strlen(text));
    features_read(&scratch->features, scratch->fold.text->str, scratch->fold.text->len);
    model_set_predict(learned->set, scratch->scratch, &scratch->features, scratch->probabilities);
    static const enum task BLENDED[] = {TASK_spam, TASK_abuse, TASK_churn};
    for (size_t i = 0; i < G_N_ELEMENTS(BLENDED); i++)
        if (learned->tasks[BLENDED[i]] != SIZE_MAX)
            blend(learned, scratch, BLENDED[i], evidence);
    int label = label_of(learned, scratch, TASK_category, &probability);
    if (label >= 0) {
        basis->category = (enum lexicon_category)label;
        out->confidence = probability;
    }
    tell_sentiment(learned, scratch, evidence, out);
    label = label_of(learned, scratch, TASK_emotion, &probability);
    if (label >= 0)
        out->emotion = task_label(TASK_emotion, (size_t)label);
    basis->urgency = urgency_of(learned, scratch, basis->urgency);
    out->needs_answer_probability =
        probability_of(learned, scratch, TASK_needs_answer, 1, out->needs_answer_probability);
    label = label_of(learned, scratch, TASK_needs_answer, &probability);
    if (label >= 0)
        out->needs_answer = label == 1;
    tell_flag(learned, scratch, TASK_spam, &out->spam);
    tell_flag(learned, scratch, TASK_abuse, &out->abuse);
    tell_flag(learned, scratch, TASK_churn, &out->churn);
    tell_topic(learned, scratch, out);
}

/* ---- why ---- */

/* The model's own label for one of ours, or for a topic's word; SIZE_MAX when there is none. */
static size_t find_label(const struct learned *learned, enum task task, const char *label)
{
    const struct model_task *known = model_set_task(learned->set, learned->tasks[task]);
    for (size_t k = 0; k < task_label_count(task); k++)
        if (task_label(task, k) == label || strcmp(task_label(task, k), label) == 0)
            return learned->ours[task][k];
    for (size_t i = 0; i < known->label_count; i++)
        if (strcmp(known->labels[i], label) == 0)
            return i;
    return SIZE_MAX;
}

static void explain(const struct learned *learned, struct learned_scratch *scratch, enum task task, const char *label,
                    struct assessment *out)
{
    struct model_pull pulls[ASSESS_WORDS];
    if (learned->tasks[task] == SIZE_MAX || out->because_count == ASSESS_BECAUSE)
        return;
    size_t place = find_label(learned, task, label);
    if (place == SIZE_MAX)
        return;
    const GString *folded = scratch->fold.text;
    size_t count = model_explain(learned->set, scratch->scratch, &scratch->features, folded->str, folded->len,
                                 learned->tasks[task], place, pulls, ASSESS_WORDS);
    if (count == 0)
        return;
    struct assess_because *because = out->because + out->because_count++;
    because->task = task_name(task);
    because->label = task == TASK_topic ? NULL : label;
    because->word_count = (int)count;
    for (size_t i = 0; i < count; i++)
        because->words[i] = (struct assess_word){(int)fold_source_begin(&scratch->fold, pulls[i].begin),
                                                 (int)fold_source_end(&scratch->fold, pulls[i].end), pulls[i].weight};
}

void learned_explain(const struct learned *learned, struct learned_scratch *scratch, struct assessment *out)
{
    static const char *const URGENCY[] = {"0", "1", "2", "3"};
    explain(learned, scratch, TASK_category, out->category, out);
    explain(learned, scratch, TASK_sentiment, out->sentiment, out);
    if (strcmp(out->emotion, "neutral") != 0)
        explain(learned, scratch, TASK_emotion, out->emotion, out);
    if (out->urgency > 0)
        explain(learned, scratch, TASK_urgency, URGENCY[out->urgency], out);
    if (out->spam.is)
        explain(learned, scratch, TASK_spam, "yes", out);
    if (out->abuse.is)
        explain(learned, scratch, TASK_abuse, "yes", out);
    if (out->churn.is)
        explain(learned, scratch, TASK_churn, "yes", out);
    if (*out->topic != '\0')
        explain(learned, scratch, TASK_topic, out->topic, out);
}

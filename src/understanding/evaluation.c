#include "understanding/evaluation.h"

#include "base/fold.h"
#include "base/limit.h"
#include "understanding/task.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define NONE UINT16_MAX

/* One task of a set against the labels of the data. */
struct judge {
    const struct model_set *set;
    size_t task;
    uint16_t *place; /* of a label of the model in the data's labels; NONE */
    uint16_t other;  /* of the data's "other", where the model has no such label; NONE */
    struct model_scratch *scratch;
    struct features features;
    struct fold fold;
    float *probabilities;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_labels(struct evaluation *evaluation, const struct example *examples, size_t count, GHashTable *places,
                        GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < count; i++)
        if (g_hash_table_add(places, (void *)(uintptr_t)examples[i].label))
            g_ptr_array_add(labels, g_strdup(examples[i].label));
    if (labels->len > LIMIT_LABELS) {
        error_set(error, HY_ERROR_BAD_VALUE, "data", "%u different labels; a task has at most %d", labels->len,
                  LIMIT_LABELS);
        return false;
    }
    g_ptr_array_sort(labels, by_name);
    evaluation->label_count = labels->len;
    g_ptr_array_add(labels, NULL);
    evaluation->labels = (char **)g_ptr_array_steal(labels, NULL);
    g_hash_table_remove_all(places);
    for (size_t i = 0; i < evaluation->label_count; i++)
        g_hash_table_insert(places, evaluation->labels[i], GUINT_TO_POINTER(i));
    return true;
}

static uint16_t place_of(const struct evaluation *evaluation, const char *task, const char *label)
{
    for (size_t i = 0; i < evaluation->label_count; i++)
        if (strcmp(evaluation->labels[i], label) == 0)
            return (uint16_t)i;
    for (size_t i = 0; i < evaluation->label_count; i++)
        if (task_label_same(task, evaluation->labels[i], label))
            return (uint16_t)i;
    for (size_t i = 0; i < evaluation->label_count; i++)
        if (task_label_within(label, evaluation->labels[i]))
            return (uint16_t)i;
    return NONE;
}

static void judge_init(struct judge *judge, const struct evaluation *evaluation, const struct model_set *set,
                       size_t task)
{
    const struct model_task *model = model_set_task(set, task);
    *judge = (struct judge){.set = set, .task = task, .other = NONE};
    judge->place = g_new(uint16_t, model->label_count);
    for (size_t i = 0; i < model->label_count; i++)
        judge->place[i] = place_of(evaluation, model->name, model->labels[i]);
    bool known = false;
    for (size_t i = 0; i < model->label_count; i++)
        known = known || strcmp(model->labels[i], "other") == 0;
    for (size_t i = 0; !known && i < evaluation->label_count; i++)
        if (strcmp(evaluation->labels[i], "other") == 0)
            judge->other = (uint16_t)i;
    judge->scratch = model_scratch_new(set);
    judge->probabilities = g_new(float, model_set_outputs(set));
    features_init(&judge->features);
    fold_init(&judge->fold);
}

static void judge_clear(struct judge *judge)
{
    g_free(judge->place);
    g_free(judge->probabilities);
    model_scratch_free(judge->scratch);
    features_clear(&judge->features);
    fold_clear(&judge->fold);
}

/* With labels the data do not have, what each of theirs gets is added up: a complaint that is two kinds of complaint to
 * the model is still likelier one than not. NONE when the data know none of the model's labels. */
static uint16_t judge_group(const struct judge *judge, const float *of, size_t labels)
{
    float sums[LIMIT_LABELS] = {0};
    uint16_t best = NONE;
    for (size_t i = 0; i < labels; i++) {
        uint16_t place = judge->place[i] != NONE ? judge->place[i] : judge->other;
        if (place == NONE)
            continue;
        sums[place] += of[i];
        if (best == NONE || sums[place] > sums[best])
            best = place;
    }
    return best;
}

static uint16_t judge_text(struct judge *judge, const struct example *example)
{
    const struct model_task *model = model_set_task(judge->set, judge->task);
    fold_text(&judge->fold, example->text, example->length);
    features_read(&judge->features, judge->fold.text->str, judge->fold.text->len);
    model_set_predict(judge->set, judge->scratch, &judge->features, judge->probabilities);
    size_t label = model_set_label(judge->set, judge->task, judge->probabilities);
    if (judge->place[label] != NONE && judge->other == NONE)
        return judge->place[label];
    return judge_group(judge, judge->probabilities + model_set_offset(judge->set, judge->task), model->label_count);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct evaluation_label evaluation_label(const struct evaluation *evaluation, size_t label)
{
    size_t columns = evaluation->label_count + 1;
    size_t right = evaluation->confusion[label * columns + label];
    size_t said = 0;
    size_t there = 0;
    for (size_t i = 0; i < evaluation->label_count; i++)
        said += evaluation->confusion[i * columns + label];
    for (size_t i = 0; i < columns; i++)
        there += evaluation->confusion[label * columns + i];
    return (struct evaluation_label){.precision = said == 0 ? 0 : (double)right / (double)said,
                                     .recall = there == 0 ? 0 : (double)right / (double)there,
                                     .f1 = right == 0 ? 0 : 2.0 * (double)right / (double)(said + there)};
}

static void sum_up(struct evaluation *evaluation)
{
    size_t right = 0;
    for (size_t i = 0; i < evaluation->label_count; i++) {
        right += evaluation->confusion[i * (evaluation->label_count + 1) + i];
        evaluation->macro_f1 += evaluation_label(evaluation, i).f1 / (double)evaluation->label_count;
    }
    evaluation->accuracy = (double)right / (double)evaluation->rows;
}

bool evaluation_run(struct evaluation *evaluation, const struct model_set *set, const char *task,
                    const struct example *examples, size_t count, uint16_t *judged, GError **error)
{
    *evaluation = (struct evaluation){.rows = count};
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    size_t at = model_set_find(set, task);
    if (at == SIZE_MAX) {
        error_set(error, HY_ERROR_NOT_FOUND, "task", "the model does not know the task %s", task);
        return false;
    }
    if (count == 0) {
        error_set(error, HY_ERROR_EMPTY, "data", "no examples to evaluate on");
        return false;
    }
    if (!read_labels(evaluation, examples, count, places, error))
        return false;
    evaluation->confusion = g_new0(size_t, evaluation->label_count * (evaluation->label_count + 1));
    struct judge judge;
    judge_init(&judge, evaluation, set, at);
    double begin = cpu_seconds();
    for (size_t i = 0; i < count; i++) {
        size_t is = GPOINTER_TO_UINT(g_hash_table_lookup(places, examples[i].label));
        size_t said = MIN(judge_text(&judge, &examples[i]), evaluation->label_count);
        evaluation->confusion[is * (evaluation->label_count + 1) + said]++;
        if (judged != NULL)
            judged[i] = (uint16_t)said;
    }
    evaluation->seconds = cpu_seconds() - begin;
    judge_clear(&judge);
    sum_up(evaluation);
    return true;
}

void evaluation_clear(struct evaluation *evaluation)
{
    g_clear_pointer(&evaluation->labels, g_strfreev);
    g_clear_pointer(&evaluation->confusion, g_free);
}

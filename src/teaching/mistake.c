#include "teaching/mistake.h"

#include "base/fold.h"
#include "base/writer.h"

#include <string.h>

#define SHOWN 50

static void clear_example(void *data)
{
    struct mistake_example *example = data;
    g_free(example->label);
    g_free(example->text);
}

GArray *mistake_examples_new(void)
{
    GArray *examples = g_array_new(FALSE, FALSE, sizeof(struct mistake_example));
    g_array_set_clear_func(examples, clear_example);
    return examples;
}

/* ---- confusion ---- */

static void write_rows(const struct evaluation *evaluation, struct writer *out)
{
    size_t width = evaluation->label_count + 1;
    writer_key(out, "rows");
    writer_begin_array(out);
    for (size_t is = 0; is < evaluation->label_count; is++) {
        writer_begin_array(out);
        for (size_t judged = 0; judged < width; judged++)
            writer_i64(out, (int64_t)evaluation->confusion[is * width + judged]);
        writer_end_array(out);
    }
    writer_end_array(out);
}

static void put_real(struct writer *out, const char *key, double value)
{
    writer_key(out, key);
    writer_real(out, value);
}

static void write_class(const struct evaluation *evaluation, size_t label, struct writer *out)
{
    struct evaluation_label figures = evaluation_label(evaluation, label);
    int64_t rows = 0;
    for (size_t judged = 0; judged <= evaluation->label_count; judged++)
        rows += (int64_t)evaluation->confusion[label * (evaluation->label_count + 1) + judged];
    writer_begin_object(out);
    writer_put_text(out, "label", evaluation->labels[label]);
    writer_put_i64(out, "rows", rows);
    put_real(out, "precision", figures.precision);
    put_real(out, "recall", figures.recall);
    put_real(out, "f1", figures.f1);
    writer_end_object(out);
}

char *mistake_confusion(const struct evaluation *evaluation)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_object(&out);
    writer_key(&out, "labels");
    writer_begin_array(&out);
    for (size_t i = 0; i < evaluation->label_count; i++)
        writer_text(&out, evaluation->labels[i]);
    writer_end_array(&out);
    write_rows(evaluation, &out);
    writer_key(&out, "classes");
    writer_begin_array(&out);
    for (size_t i = 0; i < evaluation->label_count; i++)
        write_class(evaluation, i, &out);
    writer_end_array(&out);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

/* ---- judging ---- */

struct mistake { /* or not one: what was judged of an example */
    const struct mistake_example *example;
    const char *judged; /* borrowed from the set */
    float probability;
};

static int surest_first(const void *a, const void *b)
{
    const struct mistake *left = a;
    const struct mistake *right = b;
    return (left->probability < right->probability) - (left->probability > right->probability);
}

/* Of struct mistake, one an example of held. */
static GArray *judge(const struct model_set *set, const char *task_name, const GArray *held)
{
    GArray *judged = g_array_sized_new(FALSE, FALSE, sizeof(struct mistake), held->len);
    size_t task = model_set_find(set, task_name);
    g_autofree float *probabilities = g_new(float, model_set_outputs(set));
    g_autoptr(model_scratch_auto) scratch = model_scratch_new(set);
    struct features features;
    struct fold fold;
    features_init(&features);
    fold_init(&fold);
    for (guint i = 0; i < held->len; i++) {
        const struct mistake_example *example = &g_array_index(held, struct mistake_example, i);
        fold_text(&fold, example->text, strlen(example->text));
        features_read(&features, fold.text->str, fold.text->len);
        model_set_predict(set, scratch, &features, probabilities);
        size_t label = model_set_label(set, task, probabilities);
        struct mistake mistake = {example, model_set_task(set, task)->labels[label],
                                  probabilities[model_set_offset(set, task) + label]};
        g_array_append_val(judged, mistake);
    }
    fold_clear(&fold);
    features_clear(&features);
    return judged;
}

/* ---- figures ---- */

static size_t place_of(char **labels, const char *label)
{
    size_t place = 0;
    while (labels[place] != NULL && strcmp(labels[place], label) != 0)
        place++;
    return place;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char **labels_of(const GArray *held)
{
    GPtrArray *labels = g_ptr_array_new();
    for (guint i = 0; i < held->len; i++) {
        const struct mistake_example *example = &g_array_index(held, struct mistake_example, i);
        if (!g_ptr_array_find_with_equal_func(labels, example->label, g_str_equal, NULL))
            g_ptr_array_add(labels, g_strdup(example->label));
    }
    g_ptr_array_sort(labels, by_name);
    g_ptr_array_add(labels, NULL);
    return (char **)g_ptr_array_free(labels, FALSE);
}

void mistake_evaluate(struct evaluation *evaluation, const struct model_set *set, const char *task, const GArray *held)
{
    g_autoptr(GArray) judged = judge(set, task, held);
    size_t right = 0;
    *evaluation = (struct evaluation){.rows = held->len, .labels = labels_of(held)};
    evaluation->label_count = g_strv_length(evaluation->labels);
    size_t columns = evaluation->label_count + 1;
    evaluation->confusion = g_new0(size_t, evaluation->label_count * columns + 1);
    for (guint i = 0; i < judged->len; i++) {
        const struct mistake *one = &g_array_index(judged, struct mistake, i);
        size_t is = place_of(evaluation->labels, one->example->label);
        size_t said = place_of(evaluation->labels, one->judged);
        evaluation->confusion[is * columns + said]++;
        right += is == said;
    }
    for (size_t i = 0; i < evaluation->label_count; i++)
        evaluation->macro_f1 += evaluation_label(evaluation, i).f1 / (double)evaluation->label_count;
    evaluation->accuracy = held->len > 0 ? (double)right / held->len : 0;
}

/* ---- mistakes ---- */

static GArray *find_mistakes(const struct model_set *set, const char *task, const GArray *held)
{
    GArray *found = judge(set, task, held);
    for (guint i = found->len; i-- > 0;) {
        const struct mistake *one = &g_array_index(found, struct mistake, i);
        if (strcmp(one->judged, one->example->label) == 0)
            g_array_remove_index_fast(found, i);
    }
    g_array_sort(found, surest_first);
    return found;
}

char *mistake_list(const struct model_set *set, const char *task, const GArray *held)
{
    g_autoptr(GArray) found = find_mistakes(set, task, held);
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_array(&out);
    for (guint i = 0; i < MIN(found->len, SHOWN); i++) {
        const struct mistake *mistake = &g_array_index(found, struct mistake, i);
        writer_begin_object(&out);
        writer_put_id(&out, "example_id", mistake->example->id);
        writer_put_id(&out, "message_id", mistake->example->message_id);
        writer_put_text(&out, "text", mistake->example->text);
        writer_put_text(&out, "label", mistake->example->label);
        writer_put_text(&out, "judged", mistake->judged);
        put_real(&out, "probability", (double)mistake->probability);
        writer_end_object(&out);
    }
    writer_end_array(&out);
    return writer_steal(&out, NULL);
}

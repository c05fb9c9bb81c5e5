/* Learning a task, the file that comes of it, and what a model says: on a few made-up texts. */
#include "understanding/training.h"

#include "base/fold.h"
#include "understanding/evaluation.h"
#include "understanding/model_file.h"
#include "understanding/shipped.h"

#include <string.h>

/* Texts of two or three kinds, made from words that tell them apart and words that do not. */
static GArray *make_examples(guint count, guint kinds, const char *const *labels)
{
    static const char *const TELLING[3][4] = {{"难吃", "太慢了", "awful", "broken again"},
                                              {"好吃", "很快", "lovely", "works great"},
                                              {"几点开门", "多少钱", "when do you open", "how much"}};
    static const char *const OTHERS[] = {"今天", "外卖",     "the delivery", "我们",
                                         "店里", "my order", "刚才",         "yesterday"};
    GArray *examples = g_array_new(FALSE, FALSE, sizeof(struct example));
    for (guint i = 0; i < count; i++) {
        char *text = g_strdup_printf("%s %s %s%u", OTHERS[i * 7 % 8], TELLING[i % kinds][i / kinds % 4],
                                     OTHERS[i * 5 % 8 / 2], i % 13);
        struct example example = {.label = labels[i % kinds], .text = text, .length = strlen(text), .weight = 1};
        g_array_append_val(examples, example);
    }
    return examples;
}

static void free_examples(GArray *examples)
{
    for (guint i = 0; i < examples->len; i++)
        g_free((char *)(uintptr_t)g_array_index(examples, struct example, i).text);
    g_array_unref(examples);
}

static const char *const THREE[] = {"negative", "positive", "Can't Tell 不知道"};

static GBytes *learn(const GArray *examples, int threads, uint64_t seed, GError **error)
{
    struct training training = {.task = "sentiment", .seed = seed, .threads = threads};
    return training_run(&training, (const struct example *)(void *)examples->data, examples->len, error);
}

static GBytes *learn_three(void)
{
    GArray *examples = make_examples(300, 3, THREE);
    g_autoptr(GError) error = NULL;
    GBytes *bytes = learn(examples, 2, 1, &error);
    g_assert_no_error(error);
    free_examples(examples);
    return bytes;
}

static void test_same_bytes(void)
{
    GArray *examples = make_examples(200, 2, THREE);
    g_autoptr(GBytes) once = learn(examples, 2, 7, NULL);
    g_autoptr(GBytes) again = learn(examples, 2, 7, NULL);
    g_autoptr(GBytes) alone = learn(examples, 1, 7, NULL);
    g_autoptr(GBytes) other = learn(examples, 1, 8, NULL);
    g_assert_true(g_bytes_equal(once, again));
    g_assert_true(g_bytes_equal(once, alone));
    g_assert_false(g_bytes_equal(once, other));
    free_examples(examples);
}

static double accuracy_of(struct model_set *set, const GArray *examples)
{
    g_auto(evaluation_auto) evaluation = {0};
    g_autoptr(GError) error = NULL;
    evaluation_run(&evaluation, set, "sentiment", (const struct example *)(void *)examples->data, examples->len, NULL,
                   &error);
    g_assert_no_error(error);
    return evaluation.accuracy;
}

static void test_learns(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    g_autoptr(GError) error = NULL;
    g_autoptr(model_auto) model = model_open(bytes, "here", &error);
    g_assert_no_error(error);
    const struct model_task *task = model_task(model, "sentiment");
    g_assert_nonnull(task);
    g_assert_cmpuint(task->label_count, ==, 3);
    g_assert_cmpstr(task->labels[0], ==, "Can't Tell 不知道");
    g_assert_cmpint(task->figures.rows, ==, 300);
    g_assert_cmpfloat(task->figures.macro_f1, >, 0.95);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    GArray *examples = make_examples(90, 3, THREE);
    g_assert_cmpfloat(accuracy_of(set, examples), >, 0.95);
    free_examples(examples);
}

static void predict(struct model_set *set, const char *text, float *probabilities)
{
    g_autoptr(model_scratch_auto) scratch = model_scratch_new(set);
    g_auto(fold_auto) fold = {0};
    struct features features;
    fold_init(&fold);
    features_init(&features);
    fold_text(&fold, text, strlen(text));
    features_read(&features, fold.text->str, fold.text->len);
    model_set_predict(set, scratch, &features, probabilities);
    features_clear(&features);
}

static void test_probabilities(void)
{
    static const char *const TEXTS[] = {"", " ", "难吃", "\xFF\xFE", "zzz qqq", "好吃 lovely 很快"};
    g_autoptr(GBytes) bytes = learn_three();
    g_autoptr(model_auto) model = model_open(bytes, "here", NULL);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        float p[3];
        predict(set, TEXTS[i], p);
        g_assert_cmpfloat_with_epsilon(p[0] + p[1] + p[2], 1, 1e-4);
        g_assert_true(p[0] >= 0 && p[1] >= 0 && p[2] >= 0);
    }
    float p[3];
    predict(set, "外卖 难吃", p);
    g_assert_cmpuint(model_set_label(set, 0, p), ==, 1);
    g_assert_cmpfloat(p[1], >, 0.7);
}

/* Every byte counts: whatever is changed or cut off, the file is refused by its name. */
static void test_damage(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    for (gsize i = 0; i < length; i += i < 512 || i + 512 > length ? 1 : 997) {
        g_autofree char *damaged = g_memdup2(data, length);
        damaged[i] ^= 1;
        g_autoptr(GBytes) wrapped = g_bytes_new(damaged, length);
        g_autoptr(GBytes) cut = g_bytes_new(data, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) cut_error = NULL;
        g_assert_null(model_open(wrapped, "my.model", &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        g_assert_nonnull(strstr(error->message, "my.model"));
        g_assert_null(model_open(cut, "my.model", &cut_error));
        g_assert_error(cut_error, HY_ERROR, HY_ERROR_BAD_VALUE);
    }
}

static void test_damage_is_told_as_such(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *damaged = g_memdup2(data, length);
    damaged[length / 2] ^= 4;
    g_autoptr(GBytes) wrapped = g_bytes_new(damaged, length);
    g_autoptr(GError) error = NULL;
    g_assert_null(model_open(wrapped, "my.model", &error));
    g_assert_nonnull(strstr(error->message, "checksum"));
    g_autoptr(GBytes) foreign =
        g_bytes_new_static("PK\003\004 something quite different, long enough to be a head", 60);
    g_autoptr(GError) foreign_error = NULL;
    g_assert_null(model_open(foreign, "my.zip", &foreign_error));
    g_assert_nonnull(strstr(foreign_error->message, "not a model file"));
}

/* Sizes that lie, with the right checksum over them. */
static void test_sizes_that_lie(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    for (size_t at = offsetof(struct model_file_head, description); at < offsetof(struct model_file_head, none);
         at += 4) {
        static const uint32_t VALUES[] = {0, 1, 3, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF};
        for (size_t i = 0; i < G_N_ELEMENTS(VALUES); i++) {
            g_autofree char *lying = g_memdup2(data, length);
            if (memcmp(lying + at, &VALUES[i], 4) == 0)
                continue;
            memcpy(lying + at, &VALUES[i], 4);
            model_file_digest(lying, length - MODEL_FILE_DIGEST, (uint8_t *)lying + length - MODEL_FILE_DIGEST);
            g_autoptr(GBytes) wrapped = g_bytes_new(lying, length);
            g_autoptr(GError) error = NULL;
            g_assert_null(model_open(wrapped, "my.model", &error));
            g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        }
    }
}

static void test_one_label(void)
{
    GArray *examples = make_examples(40, 1, THREE);
    g_autoptr(GBytes) bytes = learn(examples, 2, 1, NULL);
    g_autoptr(model_auto) model = model_open(bytes, "here", NULL);
    g_assert_nonnull(model);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    float p = 0;
    predict(set, "anything", &p);
    g_assert_cmpfloat(p, ==, 1);
    g_assert_cmpfloat(accuracy_of(set, examples), ==, 1);
    free_examples(examples);
}

/* Three rows, one of them empty, one label once: learned, and every label there. */
static void test_tiny(void)
{
    const struct example examples[] = {{.label = "a b", .text = "", .length = 0, .weight = 1},
                                       {.label = "c", .text = "退款", .length = 6, .weight = 1},
                                       {.label = "c", .text = "退款吧", .length = 9, .weight = 1}};
    struct training training = {.task = "tiny", .seed = 1, .threads = 2};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = training_run(&training, examples, G_N_ELEMENTS(examples), &error);
    g_assert_no_error(error);
    g_autoptr(model_auto) model = model_open(bytes, "here", &error);
    g_assert_no_error(error);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    float p[2];
    predict(set, "退款", p);
    g_assert_cmpuint(model_set_label(set, 0, p), ==, 1);
    predict(set, "", p);
    g_assert_cmpuint(model_set_label(set, 0, p), ==, 0);
}

static void test_refused(void)
{
    struct training training = {.task = "Bad Name", .seed = 1, .threads = 1};
    const struct example one = {.label = "a", .text = "b", .length = 1, .weight = 1};
    g_autoptr(GError) name = NULL;
    g_assert_null(training_run(&training, &one, 1, &name));
    g_assert_error(name, HY_ERROR, HY_ERROR_BAD_VALUE);
    training.task = "good-name_1";
    g_autoptr(GError) empty = NULL;
    g_assert_null(training_run(&training, &one, 0, &empty));
    g_assert_error(empty, HY_ERROR, HY_ERROR_EMPTY);
    struct example many[101];
    char names[101][8];
    for (int i = 0; i < 101; i++) {
        g_snprintf(names[i], sizeof names[i], "l%d", i);
        many[i] = (struct example){.label = names[i], .text = "b", .length = 1, .weight = 1};
    }
    g_autoptr(GError) labels = NULL;
    g_assert_null(training_run(&training, many, 101, &labels));
    g_assert_error(labels, HY_ERROR, HY_ERROR_BAD_VALUE);
}

static void cancel_late(void *data, double done)
{
    if (done > 0.3)
        g_atomic_int_set((int *)data, 1);
}

static void test_cancelled(void)
{
    GArray *examples = make_examples(300, 3, THREE);
    int cancel = 0;
    struct training training = {
        .task = "sentiment", .threads = 2, .progress = cancel_late, .data = &cancel, .cancel = &cancel};
    g_autoptr(GError) error = NULL;
    g_assert_null(training_run(&training, (const struct example *)(void *)examples->data, examples->len, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_CANCELLED);
    free_examples(examples);
}

/* The taught task takes the shipped one's place, the others stay as they were. */
static void test_set_of_two(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    g_autoptr(GError) error = NULL;
    g_autoptr(model_auto) own = model_open(bytes, "here", &error);
    g_autoptr(model_auto) shipped = shipped_model(&error);
    g_assert_no_error(error);
    struct model *both[] = {shipped, own};
    g_autoptr(model_set_auto) alone = model_set_new(&shipped, 1);
    g_autoptr(model_set_auto) set = model_set_new(both, 2);
    g_assert_cmpuint(model_set_task_count(set), ==, model_set_task_count(alone));
    size_t sentiment = model_set_find(set, "sentiment");
    g_assert_cmpuint(model_set_task(set, sentiment)->label_count, ==, 3);
    g_assert_cmpstr(model_set_task(set, sentiment)->labels[0], ==, "Can't Tell 不知道");
    g_assert_cmpstr(model_set_version(set, sentiment), ==, model_version(own));
    g_assert_cmpstr(model_set_version(set, model_set_find(set, "spam")), ==, model_version(shipped));
    g_autofree float *p = g_new(float, model_set_outputs(set));
    g_autofree float *q = g_new(float, model_set_outputs(alone));
    predict(set, "外卖难吃，要求退款!", p);
    predict(alone, "外卖难吃，要求退款!", q);
    for (size_t task = 0; task < model_set_task_count(set); task++)
        for (size_t k = 0; task != sentiment && k < model_set_task(set, task)->label_count; k++)
            g_assert_cmpfloat_with_epsilon(p[model_set_offset(set, task) + k], q[model_set_offset(alone, task) + k],
                                           1e-5);
    g_assert_cmpuint(model_set_find(set, "no such task"), ==, SIZE_MAX);
}

static void test_explains(void)
{
    static const char TEXT[] = "今天 the delivery was awful，真的难吃";
    g_autoptr(GBytes) bytes = learn_three();
    g_autoptr(model_auto) model = model_open(bytes, "here", NULL);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    g_autoptr(model_scratch_auto) scratch = model_scratch_new(set);
    g_auto(fold_auto) fold = {0};
    struct features features;
    struct model_pull pulls[4];
    fold_init(&fold);
    features_init(&features);
    fold_text(&fold, TEXT, sizeof TEXT - 1);
    features_read(&features, fold.text->str, fold.text->len);
    g_autofree float *probabilities = g_new(float, model_set_outputs(set));
    model_set_predict(set, scratch, &features, probabilities);
    size_t count =
        model_explain(set, scratch, &features, fold.text->str, fold.text->len, 0, 1, pulls, G_N_ELEMENTS(pulls));
    g_assert_cmpuint(count, >, 0);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        g_assert_true(pulls[i].begin < pulls[i].end && pulls[i].end <= fold.text->len && pulls[i].weight > 0);
        g_assert_true(i == 0 || pulls[i].weight <= pulls[i - 1].weight);
        g_autofree char *word = g_strndup(fold.text->str + pulls[i].begin, pulls[i].end - pulls[i].begin);
        g_assert_true(g_utf8_validate(word, -1, NULL));
        found = found || strstr(word, "awful") != NULL || strstr(word, "难吃") != NULL;
    }
    g_assert_true(found);
    features_clear(&features);
}

/* Data in other words than the model's, and with an "other" that the model does not know. */
static void test_labels_of_the_data(void)
{
    g_autoptr(GBytes) bytes = learn_three();
    g_autoptr(model_auto) model = model_open(bytes, "here", NULL);
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    const struct example shorter[] = {{.label = "neg", .text = "难吃", .length = 6, .weight = 1},
                                      {.label = "pos", .text = "好吃", .length = 6, .weight = 1},
                                      {.label = "pos", .text = "几点开门", .length = 12, .weight = 1}};
    g_auto(evaluation_auto) two = {0};
    g_assert_true(evaluation_run(&two, set, "sentiment", shorter, 3, NULL, NULL));
    g_assert_cmpuint(two.confusion[0], ==, 1); /* neg is neg */
    g_assert_cmpuint(two.confusion[4], >=, 1); /* pos is pos */
    g_assert_cmpuint(two.confusion[2] + two.confusion[5], ==, 0);
    const struct example others[] = {{.label = "negative", .text = "难吃", .length = 6, .weight = 1},
                                     {.label = "other", .text = "好吃", .length = 6, .weight = 1},
                                     {.label = "other", .text = "几点开门", .length = 12, .weight = 1}};
    g_auto(evaluation_auto) other = {0};
    uint16_t judged[3];
    g_assert_true(evaluation_run(&other, set, "sentiment", others, 3, judged, NULL));
    g_assert_cmpfloat(other.accuracy, ==, 1);
    g_assert_cmpuint(judged[1], ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/training/same_bytes", test_same_bytes);
    g_test_add_func("/training/learns", test_learns);
    g_test_add_func("/training/one_label", test_one_label);
    g_test_add_func("/training/tiny", test_tiny);
    g_test_add_func("/training/refused", test_refused);
    g_test_add_func("/training/cancelled", test_cancelled);
    g_test_add_func("/model/probabilities", test_probabilities);
    g_test_add_func("/model/damage", test_damage);
    g_test_add_func("/model/damage_is_told_as_such", test_damage_is_told_as_such);
    g_test_add_func("/model/sizes_that_lie", test_sizes_that_lie);
    g_test_add_func("/model/set_of_two", test_set_of_two);
    g_test_add_func("/model/explains", test_explains);
    g_test_add_func("/evaluation/labels_of_the_data", test_labels_of_the_data);
    return g_test_run();
}

#include "teaching/lesson.h"

#include "base/id.h"
#include "base/json.h"
#include "base/limit.h"
#include "store/queries.h"
#include "teaching/announce.h"
#include "teaching/mistake.h"
#include "understanding/evaluation.h"
#include "understanding/seed.h"
#include "understanding/shipped.h"
#include "understanding/training.h"

#include <string.h>

#define OWN_MOST 200000    /* of the team's examples of one task: the newest */
#define OWN_WEIGHT 5.0F    /* at most, against a shipped one */
#define VERSIONS 10        /* kept of a task */
#define NO_TOPIC_LEAST 200 /* shipped examples that are of no topic, at least, and so many a labelled one: */
#define NO_TOPIC_EACH 3

void lesson_init(struct lesson *lesson, const char *task, int64_t person_id, int64_t now_ms)
{
    *lesson = (struct lesson){.task = g_strdup(task), .person_id = person_id, .now_ms = now_ms};
    lesson->own = mistake_examples_new();
    lesson->parents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    parts_init(&lesson->parts);
}

void lesson_clear(struct lesson *lesson)
{
    char **const TEXTS[] = {&lesson->task, &lesson->version, &lesson->used_version, &lesson->confusion,
                            &lesson->mistakes};
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        g_clear_pointer(TEXTS[i], g_free);
    g_clear_pointer(&lesson->own, g_array_unref);
    g_clear_pointer(&lesson->parents, g_hash_table_unref);
    g_clear_pointer(&lesson->file, g_bytes_unref);
    parts_clear(&lesson->parts);
}

/* ---- reading ---- */

static bool read_examples(struct tx *tx, struct lesson *lesson, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_example_texts row;
    if (!q_teaching_example_texts(tx, &rows, error, lesson->task, OWN_MOST))
        return false;
    g_array_set_size(lesson->own, 0);
    while (q_teaching_example_texts_next(rows, &row)) {
        struct mistake_example example = {row.id, row.message_id, g_strdup(row.label), g_strdup(row.text),
                                          row.held_back};
        g_array_append_val(lesson->own, example);
    }
    return true;
}

static bool read_topics(struct tx *tx, struct lesson *lesson, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topics row;
    if (!q_teaching_topics(tx, &rows, error))
        return false;
    while (q_teaching_topics_next(rows, &row))
        g_hash_table_add(lesson->parents, g_strdup(row.parent));
    return true;
}

bool lesson_read(struct tx *tx, void *data, GError **error)
{
    struct lesson *lesson = data;
    lesson->used = NULL;
    if (!parts_read(tx, &lesson->parts, error) || !read_examples(tx, lesson, error) || !read_topics(tx, lesson, error))
        return false;
    lesson->min_held_back = lesson->parts.setting.min_held_back;
    for (guint i = 0; i < lesson->parts.models->len; i++) {
        struct parts_model *model = lesson->parts.models->pdata[i];
        if (strcmp(model->task, lesson->task) == 0)
            lesson->used = model;
    }
    return true;
}

/* ---- learning ---- */

struct material {
    struct seeds seeds;
    GArray *learn; /* of struct example, borrowed from the lesson and the seeds */
    GArray *held;  /* of struct mistake_example, borrowed: to compare on */
    bool several;  /* labels to learn */
};

static void material_clear(struct material *material)
{
    seeds_clear(&material->seeds);
    g_clear_pointer(&material->learn, g_array_unref);
    g_clear_pointer(&material->held, g_array_unref);
}
typedef struct material material_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(material_auto, material_clear)

static void append(GArray *examples, const char *label, const char *text, float weight, uint32_t group)
{
    struct example example = {.label = label, .text = text, .length = strlen(text), .weight = weight, .group = group};
    g_array_append_val(examples, example);
}

/* What is surely of no topic: one text a frame, of categories below which there are none. */
static void add_none(struct material *material, const struct lesson *lesson)
{
    g_autoptr(GArray) shipped = seeds_examples(&material->seeds, TASK_category);
    size_t most = MAX(NO_TOPIC_LEAST, NO_TOPIC_EACH * (size_t)lesson->own->len);
    g_autoptr(GArray) fit = g_array_new(FALSE, FALSE, sizeof(struct example));
    uint32_t last = 0;
    for (guint i = 0; i < shipped->len; i++) {
        const struct example *example = &g_array_index(shipped, struct example, i);
        if (example->group != last && !g_hash_table_contains(lesson->parents, example->label))
            g_array_append_vals(fit, example, 1);
        last = example->group;
    }
    size_t step = MAX(1, fit->len / most);
    for (guint i = 0; i < fit->len; i += (guint)step) {
        const struct example *example = &g_array_index(fit, struct example, i);
        append(material->learn, TASK_TOPIC_NONE, example->text, 1, example->group);
    }
}

static bool gather(const struct lesson *lesson, struct material *material, GError **error)
{
    enum task task = task_find(lesson->task);
    if (!seeds_shipped(&material->seeds, error))
        return false;
    material->learn = seeds_examples(&material->seeds, task);
    material->held = g_array_new(FALSE, FALSE, sizeof(struct mistake_example));
    if (task == TASK_topic)
        add_none(material, lesson);
    float weight = CLAMP((float)material->learn->len / (float)MAX(1U, lesson->own->len), 1.0F, OWN_WEIGHT);
    for (guint i = 0; i < lesson->own->len; i++) {
        const struct mistake_example *own = &g_array_index(lesson->own, struct mistake_example, i);
        if (own->held_back)
            g_array_append_vals(material->held, own, 1);
        else
            append(material->learn, own->label, own->text, weight, 0);
    }
    for (guint i = 1; i < material->learn->len; i++)
        material->several = material->several || strcmp(g_array_index(material->learn, struct example, i).label,
                                                        g_array_index(material->learn, struct example, 0).label) != 0;
    return true;
}

/* The model that judges this task now; NULL: none does (a topic that was never learned). */
static struct model *open_used(struct lesson *lesson, GError **error)
{
    struct model *model = lesson->used != NULL ? parts_open(lesson->used, NULL) : NULL;
    if (model == NULL)
        model = shipped_model(error);
    if (model != NULL && model_task(model, lesson->task) == NULL)
        g_clear_pointer(&model, model_unref);
    lesson->used_version = g_strdup(model != NULL ? model_version(model) : "");
    return model;
}

static bool compare(struct lesson *lesson, const struct material *material, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(model_auto) fresh = model_open(lesson->file, lesson->task, error);
    g_autoptr(model_auto) used = open_used(lesson, &why);
    if (fresh == NULL)
        return false;
    lesson->version = g_strdup(model_version(fresh));
    lesson->held_back = material->held->len;
    g_autoptr(model_set_auto) fresh_set = model_set_new(&fresh, 1);
    g_auto(evaluation_auto) now = {0};
    g_auto(evaluation_auto) before = {0};
    mistake_evaluate(&now, fresh_set, lesson->task, material->held);
    if (used != NULL) {
        g_autoptr(model_set_auto) used_set = model_set_new(&used, 1);
        mistake_evaluate(&before, used_set, lesson->task, material->held);
    }
    lesson->accuracy = now.accuracy;
    lesson->macro_f1 = now.macro_f1;
    lesson->used_accuracy = before.accuracy;
    lesson->used_macro_f1 = before.macro_f1;
    lesson->confusion = mistake_confusion(&now);
    lesson->mistakes = mistake_list(fresh_set, lesson->task, material->held);
    lesson->reason = lesson->held_back < lesson->min_held_back ? REASON_TOO_FEW_HELD_BACK
                     : now.macro_f1 > before.macro_f1          ? REASON_BETTER
                                                               : REASON_NOT_BETTER;
    return true;
}

bool lesson_learn(struct lesson *lesson, const struct lesson_watch *watch, GError **error)
{
    g_auto(material_auto) material = {0};
    if (!gather(lesson, &material, error))
        return false;
    lesson->own_examples = (int64_t)lesson->own->len - material.held->len;
    lesson->examples = material.learn->len;
    if (lesson->own_examples == 0 || !material.several) {
        lesson->reason = lesson->own_examples == 0 ? REASON_NO_EXAMPLES : REASON_ONE_LABEL;
        return true;
    }
    g_autoptr(model_set_auto) prior = NULL;
    if (task_find(lesson->task) == TASK_topic) {
        struct model *shipped = shipped_model(error);
        if (shipped == NULL)
            return false;
        prior = model_set_new(&shipped, 1);
        model_unref(shipped);
    }
    struct training training = {.task = lesson->task,
                                .seed = 1,
                                .threads = watch->threads,
                                .prior = prior,
                                .progress = watch->progress,
                                .data = watch->data,
                                .cancel = watch->cancel};
    lesson->file =
        training_run(&training, (const struct example *)(void *)material.learn->data, material.learn->len, error);
    return lesson->file != NULL && compare(lesson, &material, error);
}

/* ---- keeping ---- */

bool lesson_keep(struct tx *tx, const struct lesson *lesson, int64_t now_ms, int64_t *id, GError **error)
{
    bool better = lesson->reason == REASON_BETTER;
    int64_t changes = 0;
    *id = 0;
    if (lesson->file == NULL)
        return true;
    *id = id_new(now_ms);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, lesson->file);
    return (!better || q_teaching_model_retire(tx, &changes, error, lesson->task)) &&
           q_teaching_model_insert(tx, error, *id, lesson->task, lesson->version, better ? "active" : "candidate",
                                   lesson->person_id, now_ms, lesson->examples, lesson->own_examples, lesson->held_back,
                                   lesson->accuracy, lesson->macro_f1, lesson->used_version, lesson->used_accuracy,
                                   lesson->used_macro_f1, reason_code(lesson->reason), lesson->confusion,
                                   lesson->mistakes, (int64_t)g_bytes_get_size(lesson->file), sum, lesson->file) &&
           q_teaching_model_prune(tx, &changes, error, lesson->task, VERSIONS) &&
           announce_change(tx, lesson->person_id, now_ms, "models", lesson->task, error);
}

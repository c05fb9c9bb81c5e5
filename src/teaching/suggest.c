#include "teaching/suggest.h"

#include "base/clock.h"
#include "base/error.h"
#include "store/queries.h"
#include "understanding/language.h"
#include "understanding/similar.h"
#include "understanding/task.h"

#include <string.h>

#define DAYS 30
#define MESSAGES 5000
#define GROUPS 256 /* category × language */

struct doubt { /* one message */
    int64_t id, conversation_id, sent_ms;
    const char *text; /* borrowed from the rows */
    const char *category, *other;
    enum assess_language language;
    float probability, margin;
    uint64_t fingerprint;
    int alike; /* near copies among the others */
};

struct reader {
    const struct model_set *models;
    size_t task;
    float *probabilities;
    struct model_scratch *scratch;
    struct features features;
    struct fold fold;
    struct normalized normalized;
};

static void reader_init(struct reader *reader, const struct model_set *models)
{
    reader->models = models;
    reader->task = model_set_find(models, task_name(TASK_category));
    reader->probabilities = g_new0(float, model_set_outputs(models));
    reader->scratch = model_scratch_new(models);
    features_init(&reader->features);
    fold_init(&reader->fold);
    normalized_init(&reader->normalized);
}

static void reader_clear(struct reader *reader)
{
    g_free(reader->probabilities);
    model_scratch_free(reader->scratch);
    features_clear(&reader->features);
    fold_clear(&reader->fold);
    normalized_clear(&reader->normalized);
}

static void read_doubt(struct reader *reader, struct doubt *doubt)
{
    const struct model_task *task = model_set_task(reader->models, reader->task);
    const float *probabilities = reader->probabilities + model_set_offset(reader->models, reader->task);
    size_t first = 0;
    size_t second = 0;
    fold_text(&reader->fold, doubt->text, strlen(doubt->text));
    features_read(&reader->features, reader->fold.text->str, reader->fold.text->len);
    model_set_predict(reader->models, reader->scratch, &reader->features, reader->probabilities);
    for (size_t i = 1; i < task->label_count; i++) {
        if (probabilities[i] > probabilities[first]) {
            second = first;
            first = i;
        } else if (second == first || probabilities[i] > probabilities[second]) {
            second = i;
        }
    }
    normalize_text(&reader->normalized, doubt->text, strlen(doubt->text));
    doubt->language = language_guess(&reader->normalized);
    doubt->fingerprint = similar_fingerprint(&reader->normalized);
    doubt->category = task->labels[first];
    doubt->other = task->labels[second];
    doubt->probability = probabilities[first];
    doubt->margin = probabilities[first] - (second != first ? probabilities[second] : 0);
}

static GArray *read_doubts(struct reader *reader, struct rows *rows)
{
    GArray *doubts = g_array_new(FALSE, TRUE, sizeof(struct doubt));
    struct q_teaching_unlabelled row;
    while (q_teaching_unlabelled_next(rows, &row)) {
        struct doubt doubt = {
            .id = row.id, .conversation_id = row.conversation_id, .sent_ms = row.sent_ms, .text = row.text};
        read_doubt(reader, &doubt);
        g_array_append_val(doubts, doubt);
    }
    return doubts;
}

/* ---- choosing ---- */

static int least_sure_first(const void *a, const void *b)
{
    const struct doubt *left = a;
    const struct doubt *right = b;
    if (left->margin != right->margin)
        return left->margin < right->margin ? -1 : 1;
    return (left->id < right->id) - (left->id > right->id);
}

static bool is_alike(const struct doubt *a, const struct doubt *b)
{
    if (a->fingerprint == 0 || b->fingerprint == 0)
        return strcmp(a->text, b->text) == 0;
    return similar_distance(a->fingerprint, b->fingerprint) <= SIMILAR_NEAR;
}

/* Is it like one that was taken? Then it only counts there. */
static bool joins(GArray *taken, const struct doubt *doubt)
{
    for (guint i = 0; i < taken->len; i++) {
        struct doubt *other = &g_array_index(taken, struct doubt, i);
        if (is_alike(other, doubt)) {
            other->alike++;
            return true;
        }
    }
    return false;
}

static guint group_of(const struct doubt *doubt)
{
    return (g_str_hash(doubt->category) * 4 + (guint)doubt->language) % GROUPS;
}

/* In rounds: of each group the least sure one that is left, so that no category and no language is forgotten. */
static GArray *choose(const GArray *doubts)
{
    GArray *taken = g_array_new(FALSE, FALSE, sizeof(struct doubt));
    g_autofree bool *gone = g_new0(bool, MAX(1U, doubts->len));
    bool more = true;
    while (more && taken->len < SUGGEST_COUNT) {
        bool served[GROUPS] = {false};
        more = false;
        for (guint i = 0; i < doubts->len && taken->len < SUGGEST_COUNT; i++) {
            const struct doubt *doubt = &g_array_index(doubts, struct doubt, i);
            guint group = group_of(doubt);
            if (gone[i] || served[group])
                continue;
            gone[i] = true;
            more = true;
            if (joins(taken, doubt))
                continue;
            served[group] = true;
            g_array_append_vals(taken, doubt, 1);
        }
    }
    return taken;
}

static void write_doubt(const struct doubt *doubt, struct writer *out)
{
    writer_begin_object(out);
    writer_put_id(out, "message_id", doubt->id);
    writer_put_id(out, "conversation_id", doubt->conversation_id);
    writer_put_text(out, "text", doubt->text);
    writer_put_time(out, "sent_at", doubt->sent_ms);
    writer_put_text(out, "language", language_format(doubt->language));
    writer_put_text(out, "category", doubt->category);
    writer_put_text(out, "other", doubt->other);
    writer_key(out, "probability");
    writer_real(out, (double)doubt->probability);
    writer_key(out, "margin");
    writer_real(out, (double)doubt->margin);
    writer_put_i64(out, "alike", doubt->alike);
    writer_end_object(out);
}

bool suggest_list(struct tx *tx, const struct model_set *models, int64_t now_ms, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (models == NULL || model_set_find(models, task_name(TASK_category)) == SIZE_MAX) {
        error_set(error, HY_ERROR_NOT_FOUND, "category", "no model knows the categories");
        return false;
    }
    if (!q_teaching_unlabelled(tx, &rows, error, now_ms - DAYS * CLOCK_DAY_MS, MESSAGES))
        return false;
    struct reader reader;
    reader_init(&reader, models);
    g_autoptr(GArray) doubts = read_doubts(&reader, rows);
    g_array_sort(doubts, least_sure_first);
    g_autoptr(GArray) taken = choose(doubts);
    for (guint i = 0; i < taken->len; i++)
        write_doubt(&g_array_index(taken, struct doubt, i), out);
    reader_clear(&reader);
    return true;
}

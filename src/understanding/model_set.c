#include "base/fold.h"
#include "base/limit.h"
#include "understanding/model_table.h"

#include <math.h>
#include <string.h>

struct model_set {
    grefcount references;
    GPtrArray *models; /* of struct model *, kept alive for their heads */
    GArray *heads;   /* of struct model_head: copies, with outputs counted in this table; their strings are borrowed */
    GArray *offsets; /* of size_t: where a task's probabilities begin */
    size_t probabilities;
    struct model_table table;
    struct model_file_slot *slots; /* NULL where the table is a model's own */
    int16_t *weights;
};

struct model_scratch {
    int32_t *sums; /* stride */
    float *logits; /* labels of the task with most */
    const int16_t **rows;
    size_t room;
    GArray *letters;              /* of float: what explains, a number for every byte of the text */
    GArray *stretches;            /* of struct model_pull */
    const int16_t **feature_rows; /* of each feature its row or NULL; kept between the tasks of one text */
    size_t feature_room;
    bool looked_up;
};

static struct model_head *head_at(const struct model_set *set, size_t task)
{
    return &g_array_index(set->heads, struct model_head, task);
}

static const struct model *model_of(const struct model_set *set, const struct model_head *head)
{
    for (guint i = 0; i < set->models->len; i++) {
        const struct model *model = set->models->pdata[i];
        for (guint j = 0; j < model->heads->len; j++)
            if (g_array_index(model->heads, struct model_head, j).unit == head->unit)
                return model;
    }
    return NULL;
}

/* Of a task that several models know the last model's, at the place of the first. */
static void choose_heads(struct model_set *set)
{
    for (guint i = 0; i < set->models->len; i++) {
        const struct model *model = set->models->pdata[i];
        for (guint j = 0; j < model->heads->len; j++) {
            struct model_head head = g_array_index(model->heads, struct model_head, j);
            size_t same = model_set_find(set, head.task.name);
            if (same == SIZE_MAX)
                g_array_append_val(set->heads, head);
            else
                *head_at(set, same) = head;
        }
    }
}

/* May the set use the one model's table as it stands? */
static bool is_whole(const struct model_set *set)
{
    return set->models->len == 1;
}

/* Copies one head's outputs out of its model's rows, adding rows that are new. */
static void merge_head(struct model_set *set, const struct model *model, const struct model_head *head, uint32_t output)
{
    struct model_table *table = &set->table;
    for (uint32_t i = 0; i <= model->table.mask; i++) {
        if (model->table.slots[i].key == 0)
            continue;
        const int16_t *from = model->table.weights + (size_t)model->table.slots[i].row * model->table.stride;
        bool zero = true;
        for (uint32_t k = 0; k < head->outputs; k++)
            zero = zero && from[head->output + k] == 0;
        if (zero)
            continue;
        struct model_file_slot *slot = model_table_slot(set->slots, table->mask, model->table.slots[i].key);
        if (slot->key == 0)
            *slot = (struct model_file_slot){model->table.slots[i].key, table->rows++};
        memcpy(set->weights + (size_t)slot->row * table->stride + output, from + head->output,
               head->outputs * sizeof(int16_t));
    }
}

static void merge(struct model_set *set)
{
    struct model_table *table = &set->table;
    uint32_t most = 0;
    for (guint i = 0; i < set->models->len; i++)
        most += ((const struct model *)set->models->pdata[i])->table.rows;
    for (guint i = 0; i < set->heads->len; i++)
        table->outputs += head_at(set, i)->outputs;
    table->stride = (table->outputs + 7) / 8 * 8;
    table->mask = model_table_slots(most) - 1;
    set->slots = g_new0(struct model_file_slot, (size_t)table->mask + 1);
    set->weights = g_new0(int16_t, (size_t)most * table->stride + 8);
    uint32_t output = 0;
    for (guint i = 0; i < set->heads->len; i++) {
        struct model_head *head = head_at(set, i);
        merge_head(set, model_of(set, head), head, output);
        head->output = output;
        output += head->outputs;
    }
    set->weights = g_renew(int16_t, set->weights, (size_t)table->rows * table->stride + 8);
    table->slots = set->slots;
    table->weights = set->weights;
}

struct model_set *model_set_new(struct model *const *models, size_t count)
{
    g_assert(count > 0);
    struct model_set *set = g_new0(struct model_set, 1);
    g_ref_count_init(&set->references);
    set->models = g_ptr_array_new_with_free_func((GDestroyNotify)model_unref);
    set->heads = g_array_new(FALSE, FALSE, sizeof(struct model_head));
    set->offsets = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(set->models, model_ref(models[i]));
    choose_heads(set);
    for (guint i = 0; i < set->heads->len; i++) {
        g_array_append_val(set->offsets, set->probabilities);
        set->probabilities += head_at(set, i)->task.label_count;
    }
    if (is_whole(set))
        set->table = model_of(set, head_at(set, 0))->table;
    else
        merge(set);
    return set;
}

struct model_set *model_set_ref(struct model_set *set)
{
    g_ref_count_inc(&set->references);
    return set;
}

void model_set_unref(struct model_set *set)
{
    if (set == NULL || !g_ref_count_dec(&set->references))
        return;
    g_array_unref(set->heads);
    g_array_unref(set->offsets);
    g_ptr_array_unref(set->models);
    g_free(set->slots);
    g_free(set->weights);
    g_free(set);
}

size_t model_set_task_count(const struct model_set *set)
{
    return set->heads->len;
}

const struct model_task *model_set_task(const struct model_set *set, size_t task)
{
    return &head_at(set, task)->task;
}

const char *model_set_version(const struct model_set *set, size_t task)
{
    return model_version(model_of(set, head_at(set, task)));
}

size_t model_set_find(const struct model_set *set, const char *task)
{
    for (guint i = 0; i < set->heads->len; i++)
        if (strcmp(head_at(set, i)->task.name, task) == 0)
            return i;
    return SIZE_MAX;
}

size_t model_set_outputs(const struct model_set *set)
{
    return set->probabilities;
}

size_t model_set_offset(const struct model_set *set, size_t task)
{
    return g_array_index(set->offsets, size_t, task);
}

/* ---- predicting ---- */

struct model_scratch *model_scratch_new(const struct model_set *set)
{
    struct model_scratch *scratch = g_new0(struct model_scratch, 1);
    size_t most = 2;
    for (guint i = 0; i < set->heads->len; i++)
        most = MAX(most, head_at(set, i)->task.label_count);
    scratch->sums = g_new(int32_t, set->table.stride);
    scratch->logits = g_new(float, most);
    scratch->letters = g_array_new(FALSE, FALSE, sizeof(float));
    scratch->stretches = g_array_new(FALSE, FALSE, sizeof(struct model_pull));
    return scratch;
}

void model_scratch_free(struct model_scratch *scratch)
{
    if (scratch == NULL)
        return;
    g_free(scratch->sums);
    g_free(scratch->logits);
    g_free(scratch->rows);
    g_free(scratch->feature_rows);
    g_array_unref(scratch->letters);
    g_array_unref(scratch->stretches);
    g_free(scratch);
}

/* Finds the rows first and asks for them ahead: most of the time of a lookup is waiting for memory. */
static size_t find_rows(const struct model_table *table, struct model_scratch *scratch, const struct features *features)
{
    enum { AHEAD = 8 };
    if (scratch->room < features->count) {
        scratch->room = features->count * 2;
        scratch->rows = g_renew(const int16_t *, scratch->rows, scratch->room);
    }
    size_t found = 0;
    for (size_t i = 0; i < features->count; i++) {
        if (i + AHEAD < features->count)
            __builtin_prefetch(&table->slots[features->items[i + AHEAD].key & table->mask]);
        uint32_t row = model_table_find(table, features->items[i].key);
        if (row == UINT32_MAX)
            continue;
        scratch->rows[found] = table->weights + (size_t)row * table->stride;
        __builtin_prefetch(scratch->rows[found++]);
    }
    return found;
}

static void add_rows(int32_t *restrict sums, const int16_t *const *rows, size_t count, uint32_t stride)
{
    memset(sums, 0, stride * sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        const int16_t *restrict row = rows[i];
        for (uint32_t k = 0; k < stride; k += 8) /* eight at a time: two vector additions */
            for (uint32_t l = 0; l < 8; l++)
                sums[k + l] += row[k + l];
    }
}

static void softmax(float *values, size_t count)
{
    float most = values[0];
    float sum = 0;
    for (size_t k = 1; k < count; k++)
        most = MAX(most, values[k]);
    for (size_t k = 0; k < count; k++)
        sum += values[k] = expf(values[k] - most);
    for (size_t k = 0; k < count; k++)
        values[k] /= sum;
}

static void finish_task(const struct model_head *head, const int32_t *sums, float norm, float *probabilities)
{
    size_t labels = head->task.label_count;
    for (uint32_t k = 0; k < head->outputs; k++) {
        float margin = (float)sums[head->output + k] * norm * head->unit[k] + head->bias[k];
        probabilities[k] = margin * *head->slope;
    }
    if (labels == 2) {
        probabilities[1] = probabilities[0] / 2;
        probabilities[0] = -probabilities[1];
    }
    for (size_t k = 0; k < labels; k++)
        probabilities[k] += head->shift[k];
    softmax(probabilities, labels);
}

void model_set_predict(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                       float *probabilities)
{
    scratch->looked_up = false;
    size_t found = find_rows(&set->table, scratch, features);
    add_rows(scratch->sums, scratch->rows, found, set->table.stride);
    for (guint i = 0; i < set->heads->len; i++)
        finish_task(head_at(set, i), scratch->sums, features->norm, probabilities + model_set_offset(set, i));
}

size_t model_set_label(const struct model_set *set, size_t task, const float *probabilities)
{
    const struct model_head *head = head_at(set, task);
    const float *of = probabilities + model_set_offset(set, task);
    size_t best = 0;
    float most = -INFINITY;
    for (size_t k = 0; k < head->task.label_count; k++) {
        float value = logf(MAX(of[k], 1e-30F)) + head->balance[k];
        if (value > most) {
            most = value;
            best = k;
        }
    }
    return best;
}

size_t model_set_sums(const struct model_set *set)
{
    return set->table.outputs;
}

const struct model_table *model_set_table(const struct model_set *set)
{
    return &set->table;
}

void model_set_units(const struct model_set *set, float *units)
{
    memset(units, 0, set->table.outputs * sizeof *units);
    for (guint i = 0; i < set->heads->len; i++) {
        const struct model_head *head = head_at(set, i);
        memcpy(units + head->output, head->unit, head->outputs * sizeof *units);
    }
}

void model_set_sum(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                   float *sums)
{
    size_t found = find_rows(&set->table, scratch, features);
    add_rows(scratch->sums, scratch->rows, found, set->table.stride);
    model_set_units(set, sums);
    for (uint32_t k = 0; k < set->table.outputs; k++)
        sums[k] *= (float)scratch->sums[k] * features->norm;
}

/* ---- explaining ---- */

/* What turns a row into what it says for a label against the mean of the others: one factor an output. */
static void pull_factors(const struct model_head *head, size_t label, float factors[LIMIT_LABELS])
{
    if (head->outputs == 1 && head->task.label_count == 2) {
        factors[0] = label == 1 ? head->unit[0] : -head->unit[0];
        return;
    }
    for (uint32_t k = 0; k < head->outputs; k++)
        factors[k] = k == label ? head->unit[k] : -head->unit[k] / (float)MAX(head->outputs - 1, 1);
}

static float pull_of(const float *factors, uint32_t count, const int16_t *row)
{
    float pull = 0;
    for (uint32_t k = 0; k < count; k++)
        pull += (float)row[k] * factors[k];
    return pull;
}

/* The rows of all features, once a text: in the order of the features, so that the table is fetched ahead. */
static void look_up(const struct model_set *set, struct model_scratch *scratch, const struct features *features)
{
    if (scratch->looked_up)
        return;
    if (scratch->feature_room < features->count) {
        scratch->feature_room = features->count + features->count / 2;
        scratch->feature_rows = g_renew(const int16_t *, scratch->feature_rows, scratch->feature_room);
    }
    for (size_t i = 0; i < features->count; i++) {
        uint32_t row = model_table_find(&set->table, features->items[i].key);
        scratch->feature_rows[i] = row == UINT32_MAX ? NULL : set->table.weights + (size_t)row * set->table.stride;
    }
    scratch->looked_up = true;
}

/* Shares each feature's pull among the bytes it stands on: steps up and down first, then their running sum. */
static float *spread(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                     size_t length, const struct model_head *head, size_t label)
{
    g_array_set_size(scratch->letters, (guint)length + 1);
    float *letters = (float *)(void *)scratch->letters->data;
    memset(letters, 0, (length + 1) * sizeof *letters);
    float factors[LIMIT_LABELS];
    look_up(set, scratch, features);
    pull_factors(head, label, factors);
    for (size_t i = 0; i < features->count; i++) {
        const struct feature *feature = &features->items[i];
        if (scratch->feature_rows[i] == NULL || feature->end <= feature->begin || feature->begin >= length)
            continue;
        float pull = pull_of(factors, head->outputs, scratch->feature_rows[i] + head->output);
        if (pull == 0)
            continue;
        pull /= (float)(feature->end - feature->begin);
        letters[feature->begin] += pull;
        letters[MIN(feature->end, length)] -= pull;
    }
    for (size_t at = 1; at < length; at++)
        letters[at] += letters[at - 1];
    return letters;
}

static bool goes_with(const char *text, size_t before, size_t at)
{
    return fold_class(fold_next(text, &before)) == FOLD_WORD && fold_class(fold_next(text, &at)) == FOLD_WORD;
}

/* Sums the bytes of each character, of each word of a script with blanks; the sum stands at its first byte. */
static void gather(const char *text, size_t length, float *letters)
{
    size_t unit = 0;
    size_t before = SIZE_MAX;
    for (size_t at = 0; at < length;) {
        size_t next = at;
        fold_next(text, &next);
        if (before == SIZE_MAX || !goes_with(text, before, at))
            unit = at;
        for (size_t i = at; i < next; i++) {
            float value = letters[i];
            letters[i] = 0;
            letters[unit] += value;
            if (i != unit)
                letters[i] = NAN; /* belongs to the unit before */
        }
        before = at;
        at = next;
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct model_pull *x = a;
    const struct model_pull *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool is_said(const char *text, size_t at)
{
    enum fold_class class = fold_class(fold_next(text, &at));
    return class != FOLD_BLANK && class != FOLD_MARK;
}

/* Neighbouring units that speak for the label are one stretch, unless a blank or a comma stands between. */
static void stretches(const char *text, size_t length, const float *letters, float least, GArray *found)
{
    g_array_set_size(found, 0);
    bool open = false;
    for (size_t at = 0; at < length; at++) {
        if (isnan(letters[at])) {
            if (open)
                g_array_index(found, struct model_pull, found->len - 1).end = (uint32_t)at + 1;
            continue;
        }
        bool speaks = letters[at] > least && is_said(text, at);
        if (speaks && !open) {
            struct model_pull pull = {(uint32_t)at, (uint32_t)at + 1, letters[at]};
            g_array_append_val(found, pull);
        } else if (speaks) {
            struct model_pull *last = &g_array_index(found, struct model_pull, found->len - 1);
            last->weight += letters[at];
            last->end = (uint32_t)at + 1;
        }
        open = speaks;
    }
}

size_t model_explain(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                     const char *folded, size_t length, size_t task, size_t label, struct model_pull *pulls,
                     size_t most)
{
    const struct model_head *head = head_at(set, task);
    float *letters = spread(set, scratch, features, length, head, label);
    float sum = 0;
    float highest = 0;
    gather(folded, length, letters);
    for (size_t at = 0; at < length; at++) {
        if (letters[at] > 0) { /* not for NAN */
            sum += letters[at];
            highest = MAX(highest, letters[at]);
        }
    }
    GArray *found = scratch->stretches;
    stretches(folded, length, letters, highest / 5, found);
    if (found->len > 1)
        g_array_sort(found, by_weight);
    size_t count = MIN(most, found->len);
    for (size_t i = 0; i < count; i++) {
        pulls[i] = g_array_index(found, struct model_pull, i);
        pulls[i].weight /= sum;
    }
    return count;
}

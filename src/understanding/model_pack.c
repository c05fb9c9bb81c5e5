#include "understanding/model_pack.h"

#include "understanding/model_table.h"
#include "understanding/model_writer.h"

#include <math.h>
#include <string.h>

/* The tables of all models as features of one. */
struct packing {
    struct model *const *models;
    size_t count;
    GArray *keys;    /* of uint32_t */
    GArray *weights; /* of float: how much of a decision a feature can make, the most over all outputs */
    struct model_file_slot *slots;
    uint32_t mask;
};

/* Logits a row's strongest output moves in a short text. */
static float weight_of(const struct model *model, const int16_t *row)
{
    float most = 0;
    for (guint i = 0; i < model->heads->len; i++) {
        const struct model_head *head = &g_array_index(model->heads, struct model_head, i);
        for (uint32_t k = 0; k < head->outputs; k++)
            most = MAX(most, fabsf((float)row[head->output + k] * head->unit[k] * *head->slope));
    }
    return most;
}

static void gather(struct packing *packing)
{
    uint32_t rows = 0;
    for (size_t i = 0; i < packing->count; i++)
        rows += packing->models[i]->table.rows;
    packing->mask = model_table_slots(rows) - 1;
    packing->slots = g_new0(struct model_file_slot, (size_t)packing->mask + 1);
    for (size_t i = 0; i < packing->count; i++) {
        const struct model_table *table = &packing->models[i]->table;
        for (uint32_t at = 0; at <= table->mask; at++) {
            uint32_t key = table->slots[at].key;
            if (key == 0)
                continue;
            float weight = weight_of(packing->models[i], table->weights + (size_t)table->slots[at].row * table->stride);
            struct model_file_slot *slot = model_table_slot(packing->slots, packing->mask, key);
            if (slot->key == 0) {
                *slot = (struct model_file_slot){key, packing->keys->len};
                g_array_append_val(packing->keys, key);
                g_array_append_val(packing->weights, weight);
            } else {
                float *known = &g_array_index(packing->weights, float, slot->row);
                *known = MAX(*known, weight);
            }
        }
    }
}

static int heaviest(const void *a, const void *b)
{
    float x = *(const float *)a;
    float y = *(const float *)b;
    return (x < y) - (x > y);
}

/* What a feature must weigh to stay. */
static float least_weight(const struct packing *packing, uint32_t most)
{
    if (packing->weights->len <= most)
        return 0;
    g_autoptr(GArray) sorted = g_array_copy(packing->weights);
    g_array_sort(sorted, heaviest);
    return g_array_index(sorted, float, most);
}

/* Keys that stay close up to the front. */
static uint32_t choose(struct packing *packing, uint32_t most)
{
    float least = least_weight(packing, most);
    uint32_t kept = 0;
    for (guint i = 0; i < packing->keys->len; i++) {
        uint32_t key = g_array_index(packing->keys, uint32_t, i);
        if (g_array_index(packing->weights, float, i) > least)
            g_array_index(packing->keys, uint32_t, kept++) = key;
    }
    return kept;
}

/* A head's weights for the keys that stayed, as the writer takes them. */
static void fill(struct linear *linear, const struct model *model, const struct model_head *head, const uint32_t *keys,
                 uint32_t count)
{
    *linear = (struct linear){.outputs = head->outputs, .stride = head->outputs};
    linear->weights = g_new0(float, (size_t)count * head->outputs + 1);
    linear->bias = g_memdup2(head->bias, head->outputs * sizeof(float));
    for (uint32_t j = 0; j < count; j++) {
        uint32_t row = model_table_find(&model->table, keys[j]);
        for (uint32_t k = 0; row != UINT32_MAX && k < head->outputs; k++)
            linear->weights[(size_t)j * linear->stride + k] =
                (float)model->table.weights[(size_t)row * model->table.stride + head->output + k] * head->unit[k];
    }
}

/* A task as the writer takes it, and what of it is owned here. */
struct packed {
    struct learned learned;
    struct linear linear;
    struct calibration calibration;
    GPtrArray *labels; /* borrowed strings */
};

static void pack_head(struct packed *packed, const struct model *model, const struct model_head *head,
                      const uint32_t *keys, uint32_t count)
{
    const struct model_task *task = &head->task;
    fill(&packed->linear, model, head, keys, count);
    calibration_init(&packed->calibration, task->label_count);
    packed->calibration.slope = *head->slope;
    memcpy(packed->calibration.shift, head->shift, task->label_count * sizeof(float));
    memcpy(packed->calibration.balance, head->balance, task->label_count * sizeof(float));
    packed->calibration.accuracy = task->figures.accuracy;
    packed->calibration.macro_f1 = task->figures.macro_f1;
    packed->labels = g_ptr_array_new();
    for (size_t i = 0; i < task->label_count; i++)
        g_ptr_array_add(packed->labels, (void *)(uintptr_t)task->labels[i]);
    packed->learned =
        (struct learned){task->name, packed->labels, (size_t)task->figures.rows, &packed->linear, &packed->calibration};
}

static void packed_clear(void *data)
{
    struct packed *packed = data;
    linear_clear(&packed->linear);
    calibration_clear(&packed->calibration);
    g_ptr_array_unref(packed->labels);
    g_free(packed);
}

GBytes *model_pack(struct model *const *models, size_t count, const char *recipe, uint32_t most, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) weights = g_array_new(FALSE, FALSE, sizeof(float));
    g_autoptr(GPtrArray) packed = g_ptr_array_new_with_free_func(packed_clear);
    g_autoptr(GArray) tasks = g_array_new(FALSE, FALSE, sizeof(struct learned));
    struct packing packing = {models, count, keys, weights, NULL, 0};
    gather(&packing);
    uint32_t kept = choose(&packing, most);
    g_free(packing.slots);
    const uint32_t *kept_keys = (const uint32_t *)(void *)keys->data;
    for (size_t i = 0; i < count; i++) {
        for (guint j = 0; j < models[i]->heads->len; j++) {
            struct packed *one = g_new0(struct packed, 1);
            pack_head(one, models[i], &g_array_index(models[i]->heads, struct model_head, j), kept_keys, kept);
            g_ptr_array_add(packed, one);
            g_array_append_val(tasks, one->learned);
        }
    }
    return model_write(recipe, (const struct learned *)(void *)tasks->data, tasks->len, kept_keys, kept, error);
}

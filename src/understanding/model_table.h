/* model_table.h - what model.c and model_set.c share: an opened model's table and the heads over it. Private. */
#pragma once
#include "understanding/model.h"
#include "understanding/model_file.h"

struct model_table {
    const struct model_file_slot *slots;
    uint32_t mask;
    const int16_t *weights;
    uint32_t rows, stride, outputs;
};

/* A task over the outputs [output, output + outputs) of its table; the numbers lie in the model's bytes. */
struct model_head {
    struct model_task task;
    char *version;
    uint32_t output, outputs;
    const float *unit, *bias, *slope, *shift, *balance;
};

struct model {
    grefcount references;
    GBytes *bytes;
    struct model_table table;
    const float *numbers;
    char *version;
    GArray *heads; /* of struct model_head */
};

/* The row of a key; UINT32_MAX when the table has none. */
static inline uint32_t model_table_find(const struct model_table *table, uint32_t key)
{
    for (uint32_t at = key & table->mask;; at = (at + 1) & table->mask) {
        if (table->slots[at].key == key)
            return table->slots[at].row;
        if (table->slots[at].key == 0)
            return UINT32_MAX;
    }
}

/* What a text's features say to every output of a set, without bias: unit · norm · sum, model_set_sums of them. Linear
 * in the rows, so that a model learned on top of it can take it in (training.c). */
size_t model_set_sums(const struct model_set *set);
void model_set_sum(const struct model_set *set, struct model_scratch *scratch, const struct features *features,
                   float *sums);
const struct model_table *model_set_table(const struct model_set *set);
/* units: of every output, model_set_sums of them. */
void model_set_units(const struct model_set *set, float *units);

/* Puts a key into slots under construction, which have room. */
static inline struct model_file_slot *model_table_slot(struct model_file_slot *slots, uint32_t mask, uint32_t key)
{
    uint32_t at = key & mask;
    while (slots[at].key != key && slots[at].key != 0)
        at = (at + 1) & mask;
    return &slots[at];
}
/* Slots for so many rows: the least power of two of which they take at most two thirds. */
static inline uint32_t model_table_slots(uint32_t rows)
{
    uint32_t slots = 64;
    while (slots / 3 * 2 < rows)
        slots *= 2;
    return slots;
}

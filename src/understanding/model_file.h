/* model_file.h - how a model lies in its file. Private: model.c reads it, training.c writes it.
 *
 *   head · description (JSON) · slots · rows · numbers · checksum     each part begins at a multiple of 64 bytes
 *
 * slots: open addressing by key, a power of two of them, at most two thirds used; key 0 is empty. rows: for every
 * feature `stride` int16, of which the first `outputs` count, task by task. numbers: floats, task by task, as
 * model_file_numbers says. checksum: SHA-256 of all that stands before it. Everything is little-endian. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MODEL_FILE_MAGIC "HYMODEL\n"
#define MODEL_FILE_FORMAT 1
#define MODEL_FILE_ALIGN 64
#define MODEL_FILE_DIGEST 32

struct model_file_head {
    char magic[8];
    uint32_t format;
    uint32_t description; /* bytes */
    uint32_t slots, rows;
    uint32_t outputs, stride;
    uint32_t numbers; /* floats */
    uint32_t none;    /* 0 */
    uint64_t length;  /* of the file, checksum and all */
};

struct model_file_slot {
    uint32_t key, row;
};

/* Where the parts begin; false when the sizes do not fit together or exceed a cap. */
struct model_file_parts {
    uint64_t description, slots, rows, numbers, checksum;
};
bool model_file_parts(const struct model_file_head *head, struct model_file_parts *parts);

/* The numbers of one task: unit[outputs], what one step of the int16 is worth; bias[outputs]; slope; shift[labels],
 * of the logits; balance[labels], added to the logits where a label is chosen. */
static inline uint32_t model_file_numbers(uint32_t outputs, uint32_t labels)
{
    return 2 * outputs + 1 + 2 * labels;
}
/* Two labels share one output: what is above 0 speaks for the second. */
static inline uint32_t model_file_outputs(uint32_t labels)
{
    return labels == 2 ? 1 : labels;
}

void model_file_digest(const void *bytes, size_t length, uint8_t digest[MODEL_FILE_DIGEST]);

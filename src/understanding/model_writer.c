#include "understanding/model_writer.h"

#include "base/limit.h"
#include "base/writer.h"
#include "understanding/model_table.h"

#include <math.h>
#include <string.h>

#define STEPS 32767 /* of an int16 */

static char *describe(const char *recipe, const struct learned *tasks, size_t count)
{
    g_auto(writer_auto) writer = {0};
    writer_init(&writer);
    writer_begin_object(&writer);
    writer_put_text(&writer, "recipe", recipe);
    writer_key(&writer, "tasks");
    writer_begin_array(&writer);
    for (size_t i = 0; i < count; i++) {
        writer_begin_object(&writer);
        writer_put_text(&writer, "name", tasks[i].task);
        writer_put_i64(&writer, "rows", (int64_t)tasks[i].rows);
        writer_key(&writer, "accuracy");
        writer_real(&writer, tasks[i].calibration->accuracy);
        writer_key(&writer, "macro_f1");
        writer_real(&writer, tasks[i].calibration->macro_f1);
        writer_key(&writer, "labels");
        writer_begin_array(&writer);
        for (guint k = 0; k < tasks[i].labels->len; k++)
            writer_text(&writer, tasks[i].labels->pdata[k]);
        writer_end_array(&writer);
        writer_end_object(&writer);
    }
    writer_end_array(&writer);
    writer_end_object(&writer);
    return writer_steal(&writer, NULL);
}

/* What one step of each output's int16 is worth. */
static float *units_of(const struct learned *task, uint32_t features)
{
    float *units = g_new0(float, task->linear->outputs);
    for (size_t j = 0; j < features; j++)
        for (uint32_t k = 0; k < task->linear->outputs; k++)
            units[k] = MAX(units[k], fabsf(task->linear->weights[j * task->linear->stride + k]));
    for (uint32_t k = 0; k < task->linear->outputs; k++)
        units[k] = units[k] > 0 ? units[k] / STEPS : 1;
    return units;
}

/* The int16 of one feature for all tasks; false when all are 0. */
static bool quantize(const struct learned *tasks, float *const *units, size_t count, size_t feature, int16_t *row)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct linear *linear = tasks[i].linear;
        for (uint32_t k = 0; k < linear->outputs; k++) {
            *row = (int16_t)lrintf(linear->weights[feature * linear->stride + k] / units[i][k]);
            any = any || *row != 0;
            row++;
        }
    }
    return any;
}

/* Rows in the order of features, frequent ones together. Returns how many. */
static uint32_t write_rows(const struct learned *tasks, float *const *units, size_t count, uint32_t features,
                           uint32_t stride, GByteArray *rows, uint32_t *row_of)
{
    uint32_t written = 0;
    g_autofree int16_t *row = g_new0(int16_t, stride);
    for (uint32_t j = 0; j < features; j++) {
        row_of[j] = UINT32_MAX;
        if (!quantize(tasks, units, count, j, row))
            continue;
        row_of[j] = written++;
        g_byte_array_append(rows, (const guint8 *)row, (guint)(stride * sizeof *row));
    }
    return written;
}

static void write_numbers(const struct learned *tasks, float *const *units, size_t count, GByteArray *numbers)
{
    for (size_t i = 0; i < count; i++) {
        const struct linear *linear = tasks[i].linear;
        const struct calibration *calibration = tasks[i].calibration;
        guint outputs = linear->outputs * (guint)sizeof(float);
        guint labels = tasks[i].labels->len * (guint)sizeof(float);
        g_byte_array_append(numbers, (const guint8 *)units[i], outputs);
        g_byte_array_append(numbers, (const guint8 *)linear->bias, outputs);
        g_byte_array_append(numbers, (const guint8 *)&calibration->slope, sizeof(float));
        g_byte_array_append(numbers, (const guint8 *)calibration->shift, labels);
        g_byte_array_append(numbers, (const guint8 *)calibration->balance, labels);
    }
}

static GBytes *assemble(struct model_file_head *head, const char *description, const struct model_file_slot *slots,
                        const GByteArray *rows, const GByteArray *numbers, GError **error)
{
    struct model_file_parts parts;
    if (!model_file_parts(head, &parts)) {
        error_set(error, HY_ERROR_TOO_LARGE, "data", "%u features by %u labels make a model larger than allowed",
                  head->rows, head->outputs);
        return NULL;
    }
    head->length = parts.checksum + MODEL_FILE_DIGEST;
    uint8_t *bytes = g_malloc0(head->length);
    memcpy(bytes, head, sizeof *head);
    memcpy(bytes + parts.description, description, head->description);
    memcpy(bytes + parts.slots, slots, head->slots * sizeof *slots);
    if (rows->len > 0)
        memcpy(bytes + parts.rows, rows->data, rows->len);
    memcpy(bytes + parts.numbers, numbers->data, numbers->len);
    model_file_digest(bytes, parts.checksum, bytes + parts.checksum);
    return g_bytes_new_take(bytes, head->length);
}

GBytes *model_write(const char *recipe, const struct learned *tasks, size_t count, const uint32_t *keys,
                    uint32_t features, GError **error)
{
    g_autofree char *description = describe(recipe, tasks, count);
    g_autoptr(GByteArray) rows = g_byte_array_new();
    g_autoptr(GByteArray) numbers = g_byte_array_new();
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(g_free);
    g_autofree uint32_t *row_of = g_new(uint32_t, features + 1);
    struct model_file_head head = {.magic = MODEL_FILE_MAGIC, .format = MODEL_FILE_FORMAT};
    for (size_t i = 0; i < count; i++) {
        g_ptr_array_add(units, units_of(&tasks[i], features));
        head.outputs += tasks[i].linear->outputs;
    }
    head.description = (uint32_t)strlen(description);
    head.stride = (head.outputs + 7) / 8 * 8;
    if ((uint64_t)features * head.stride * sizeof(int16_t) > LIMIT_MODEL) {
        error_set(error, HY_ERROR_TOO_LARGE, "data", "%u features by %u labels make a model larger than allowed",
                  features, head.outputs);
        return NULL;
    }
    head.rows = write_rows(tasks, (float *const *)units->pdata, count, features, head.stride, rows, row_of);
    head.slots = model_table_slots(head.rows);
    g_autofree struct model_file_slot *slots = g_new0(struct model_file_slot, head.slots);
    for (uint32_t j = 0; j < features; j++)
        if (row_of[j] != UINT32_MAX)
            *model_table_slot(slots, head.slots - 1, keys[j]) = (struct model_file_slot){keys[j], row_of[j]};
    write_numbers(tasks, (float *const *)units->pdata, count, numbers);
    head.numbers = numbers->len / (uint32_t)sizeof(float);
    return assemble(&head, description, slots, rows, numbers, error);
}

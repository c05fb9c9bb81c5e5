#include "understanding/model.h"

#include "base/json.h"
#include "base/limit.h"
#include "understanding/model_file.h"
#include "understanding/model_table.h"
#include "understanding/task.h"

#include <math.h>
#include <openssl/sha.h>
#include <string.h>

G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);
G_STATIC_ASSERT(sizeof(struct model_file_head) == 48);

#define OUTPUTS_MOST 4096
#define DESCRIPTION_MOST (256 * 1024)

void model_file_digest(const void *bytes, size_t length, uint8_t digest[MODEL_FILE_DIGEST])
{
    SHA256(bytes, length, digest);
}

static uint64_t aligned(uint64_t at)
{
    return (at + MODEL_FILE_ALIGN - 1) / MODEL_FILE_ALIGN * MODEL_FILE_ALIGN;
}

bool model_file_parts(const struct model_file_head *head, struct model_file_parts *parts)
{
    bool sane = head->description <= DESCRIPTION_MOST && head->outputs > 0 && head->outputs <= OUTPUTS_MOST &&
                head->stride >= head->outputs && head->stride <= OUTPUTS_MOST + 8 && head->stride % 8 == 0 &&
                head->slots > 0 && (head->slots & (head->slots - 1)) == 0 && head->slots <= LIMIT_MODEL / 8 &&
                head->rows <= head->slots / 3 * 2;
    parts->description = aligned(sizeof *head);
    parts->slots = aligned(parts->description + head->description);
    parts->rows = aligned(parts->slots + (uint64_t)head->slots * sizeof(struct model_file_slot));
    parts->numbers = aligned(parts->rows + (uint64_t)head->rows * head->stride * sizeof(int16_t));
    parts->checksum = aligned(parts->numbers + (uint64_t)head->numbers * sizeof(float));
    return sane && parts->checksum + MODEL_FILE_DIGEST <= LIMIT_MODEL;
}

static bool refuse(GError **error, const char *name, const char *why)
{
    error_set(error, HY_ERROR_BAD_VALUE, "model", "%s: %s", name, why);
    return false;
}

/* Checksum and sizes; what is checked here nobody looks at again. */
static bool check_file(const uint8_t *bytes, size_t length, struct model_file_head *head,
                       struct model_file_parts *parts, const char *name, GError **error)
{
    if (length > LIMIT_MODEL) {
        error_set(error, HY_ERROR_TOO_LARGE, "model", "%s: larger than any model", name);
        return false;
    }
    if (length < sizeof *head || memcmp(bytes, MODEL_FILE_MAGIC, sizeof head->magic) != 0)
        return refuse(error, name, "this is not a model file");
    memcpy(head, bytes, sizeof *head);
    if (head->format != MODEL_FILE_FORMAT)
        return refuse(error, name, "a model of another version of the program");
    if (head->length != length)
        return refuse(error, name, "the model file is cut off or has something behind it");
    uint8_t digest[MODEL_FILE_DIGEST];
    if (length < sizeof *head + sizeof digest)
        return refuse(error, name, "the model file is cut off");
    model_file_digest(bytes, length - sizeof digest, digest);
    if (memcmp(digest, bytes + length - sizeof digest, sizeof digest) != 0)
        return refuse(error, name, "the model file is damaged: its checksum is not that of its content");
    if (!model_file_parts(head, parts) || parts->checksum + sizeof digest != length)
        return refuse(error, name, "the sizes in the model file do not fit together");
    return true;
}

static bool check_slots(const struct model_table *table, const char *name, GError **error)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i <= table->mask; i++) {
        if (table->slots[i].key == 0)
            continue;
        used++;
        if (table->slots[i].row >= table->rows)
            return refuse(error, name, "a feature leads to no row");
    }
    /* An empty slot ends every search. */
    return used <= table->mask || refuse(error, name, "there is no empty slot");
}

static void task_clear(void *data)
{
    struct model_head *head = data;
    g_free((char *)(uintptr_t)head->task.name);
    g_strfreev((char **)(uintptr_t)head->task.labels);
    g_free(head->version);
}

static bool read_labels(struct model_task *task, const json_t *labels)
{
    size_t count = json_array_size(labels);
    if (count == 0 || count > LIMIT_LABELS)
        return false;
    char **names = g_new0(char *, count + 1);
    task->labels = (const char *const *)names;
    for (task->label_count = 0; task->label_count < count; task->label_count++) {
        const char *label = json_string_value(json_array_get(labels, task->label_count));
        if (label == NULL || *label == '\0' || strlen(label) > LIMIT_LABEL)
            return false;
        names[task->label_count] = g_strdup(label);
    }
    return true;
}

static double share(const json_t *object, const char *key)
{
    double value = json_number_value(json_object_get(object, key));
    return value >= 0 && value <= 1 ? value : 0;
}

/* One task of the description; its outputs and numbers follow those of the tasks before. */
static bool read_task(struct model *model, const json_t *json, uint32_t *output, uint32_t *number)
{
    struct model_head head = {.output = *output, .version = g_strdup(model->version)};
    const char *name = json_string_value(json_object_get(json, "name"));
    bool ok = name != NULL && task_name_check(name, NULL) && read_labels(&head.task, json_object_get(json, "labels"));
    head.task.name = g_strdup(name != NULL ? name : "");
    head.task.figures = (struct model_figures){.rows = json_integer_value(json_object_get(json, "rows")),
                                               .accuracy = share(json, "accuracy"),
                                               .macro_f1 = share(json, "macro_f1")};
    uint32_t labels = (uint32_t)head.task.label_count;
    head.outputs = model_file_outputs(labels);
    head.unit = model->numbers + *number;
    head.bias = head.unit + head.outputs;
    head.slope = head.bias + head.outputs;
    head.shift = head.slope + 1;
    head.balance = head.shift + labels;
    *output += head.outputs;
    *number += model_file_numbers(head.outputs, labels);
    g_array_append_val(model->heads, head);
    return ok;
}

static bool read_description(struct model *model, const struct model_file_head *file, const char *text,
                             const char *name, GError **error)
{
    json_auto_t *json = json_parse(text, file->description, NULL);
    const json_t *tasks = json_object_get(json, "tasks");
    const char *recipe = json_string_value(json_object_get(json, "recipe"));
    if (recipe == NULL || strlen(recipe) > LIMIT_NAME || json_array_size(tasks) == 0)
        return refuse(error, name, "the description is not well-formed");
    char *version = g_strconcat(recipe, ".", model->version, NULL);
    g_free(model->version);
    model->version = version;
    uint32_t output = 0;
    uint32_t number = 0;
    for (size_t i = 0; i < json_array_size(tasks); i++)
        if (!read_task(model, json_array_get(tasks, i), &output, &number) || output > file->outputs ||
            number > file->numbers)
            return refuse(error, name, "the description of a task is not well-formed");
    return (output == file->outputs && number == file->numbers) ||
           refuse(error, name, "the description does not fit the table");
}

static bool check_numbers(const float *numbers, uint32_t count, const char *name, GError **error)
{
    for (uint32_t i = 0; i < count; i++)
        if (!isfinite(numbers[i]) || fabsf(numbers[i]) > 1e9F)
            return refuse(error, name, "a number in the model is none");
    return true;
}

struct model *model_open(GBytes *bytes, const char *name, GError **error)
{
    gsize length = 0;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    struct model_file_head head;
    struct model_file_parts parts;
    if (!check_file(data, length, &head, &parts, name, error))
        return NULL;
    g_autoptr(model_auto) model = g_new0(struct model, 1);
    g_ref_count_init(&model->references);
    model->heads = g_array_new(FALSE, TRUE, sizeof(struct model_head));
    g_array_set_clear_func(model->heads, task_clear);
    model->version =
        g_strdup_printf("%02x%02x%02x%02x", data[length - 32], data[length - 31], data[length - 30], data[length - 29]);
    if (((uintptr_t)data & 15) == 0)
        model->bytes = g_bytes_ref(bytes);
    else /* as a database gives it: rows must lie on even addresses */
        model->bytes = g_bytes_new(data, length);
    data = g_bytes_get_data(model->bytes, NULL);
    model->table = (struct model_table){.slots = (const struct model_file_slot *)(const void *)(data + parts.slots),
                                        .mask = head.slots - 1,
                                        .weights = (const int16_t *)(const void *)(data + parts.rows),
                                        .rows = head.rows,
                                        .stride = head.stride,
                                        .outputs = head.outputs};
    model->numbers = (const float *)(const void *)(data + parts.numbers);
    if (!check_slots(&model->table, name, error) || !check_numbers(model->numbers, head.numbers, name, error) ||
        !read_description(model, &head, (const char *)data + parts.description, name, error))
        return NULL;
    return g_steal_pointer(&model);
}

struct model *model_open_file(const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &why);
    if (file == NULL) {
        error_set(error, HY_ERROR_NOT_FOUND, "model", "%s", why->message);
        return NULL;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    return model_open(bytes, path, error);
}

struct model *model_ref(struct model *model)
{
    g_ref_count_inc(&model->references);
    return model;
}

void model_unref(struct model *model)
{
    if (model == NULL || !g_ref_count_dec(&model->references))
        return;
    g_array_unref(model->heads);
    g_free(model->version);
    g_bytes_unref(model->bytes);
    g_free(model);
}

const char *model_version(const struct model *model)
{
    return model->version;
}

size_t model_task_count(const struct model *model)
{
    return model->heads->len;
}

const struct model_task *model_task_at(const struct model *model, size_t task)
{
    return &g_array_index(model->heads, struct model_head, task).task;
}

const struct model_task *model_task(const struct model *model, const char *name)
{
    for (guint i = 0; i < model->heads->len; i++)
        if (strcmp(model_task_at(model, i)->name, name) == 0)
            return model_task_at(model, i);
    return NULL;
}

/* A model file of any bytes. The first byte: whether its checksum is put right first, so that what lies behind the
 * checksum is reached as well. What opens answers any text with probabilities. */
#include "understanding/model.h"

#include "understanding/model_file.h"

#include <string.h>

static void ask(struct model *model)
{
    static const char TEXT[] = "退款 refund!!";
    g_autoptr(model_set_auto) set = model_set_new(&model, 1);
    g_autoptr(model_scratch_auto) scratch = model_scratch_new(set);
    g_autofree float *probabilities = g_new(float, model_set_outputs(set));
    struct model_pull pulls[4];
    struct features features;
    features_init(&features);
    features_read(&features, TEXT, sizeof TEXT - 1);
    model_set_predict(set, scratch, &features, probabilities);
    for (size_t task = 0; task < model_set_task_count(set); task++) {
        size_t label = model_set_label(set, task, probabilities);
        g_assert_cmpuint(label, <, model_set_task(set, task)->label_count);
        size_t count = model_explain(set, scratch, &features, TEXT, sizeof TEXT - 1, task, label, pulls, 4);
        for (size_t i = 0; i < count; i++)
            g_assert_true(pulls[i].begin < pulls[i].end && pulls[i].end < sizeof TEXT);
    }
    features_clear(&features);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 + sizeof(struct model_file_head) + MODEL_FILE_DIGEST)
        return 0;
    size_t length = size - 1;
    uint8_t *bytes = g_memdup2(data + 1, length);
    if ((data[0] & 1) != 0) {
        struct model_file_head head;
        memcpy(&head, bytes, sizeof head);
        memcpy(head.magic, MODEL_FILE_MAGIC, sizeof head.magic);
        head.format = MODEL_FILE_FORMAT;
        head.length = length;
        memcpy(bytes, &head, sizeof head);
        model_file_digest(bytes, length - MODEL_FILE_DIGEST, bytes + length - MODEL_FILE_DIGEST);
    }
    g_autoptr(GBytes) wrapped = g_bytes_new_take(bytes, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(model_auto) model = model_open(wrapped, "fuzz.model", &error);
    g_assert_true((model == NULL) == (error != NULL));
    if (model != NULL)
        ask(model);
    return 0;
}

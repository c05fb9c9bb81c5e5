/* make_shipped.c - run while the program is built: learns every task of task.def from the seed examples and writes the
 * model the program carries.
 *
 *   make_shipped EXAMPLES.tsv OUT.model OUT.c
 *
 * EXAMPLES.tsv as tools/examples.py --out writes it: category, sentiment, emotion, urgency, flags, language, frame,
 * text. OUT.c puts the model's bytes into the program. */
#include "understanding/model_pack.h"
#include "understanding/seed.h"
#include "understanding/training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECIPE "shipped-1"
#define FEATURES 100000 /* some 8 MB */

static void read_seeds(const char *path, struct seeds *seeds)
{
    g_autofree char *content = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    if (g_file_get_contents(path, &content, &length, &error) && seeds_parse(seeds, content, length, &error))
        return;
    fprintf(stderr, "%s: %s\n", path, error->message);
    exit(1);
}

static struct model *learn(enum task task, const struct seeds *seeds)
{
    g_autoptr(GArray) examples = seeds_examples(seeds, task);
    g_autoptr(GError) error = NULL;
    struct training training = {.task = task_name(task), .seed = 1, .threads = 2};
    g_autoptr(GBytes) bytes =
        training_run(&training, (const struct example *)(void *)examples->data, examples->len, &error);
    struct model *model = bytes == NULL ? NULL : model_open(bytes, training.task, &error);
    if (model == NULL) {
        fprintf(stderr, "%s: %s\n", training.task, error->message);
        exit(1);
    }
    const struct model_figures *figures = &model_task_at(model, 0)->figures;
    printf("%-12s rows %" G_GINT64_FORMAT "  accuracy %.3f  macro-F1 %.3f\n", training.task, figures->rows,
           figures->accuracy, figures->macro_f1);
    return model;
}

/* The assembler reads the bytes; the checksum in the comment makes it read them again when they change. */
static bool write_source(const char *path, const char *model, GBytes *bytes)
{
    g_autofree char *checksum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_autofree char *absolute = g_canonicalize_filename(model, NULL);
    g_autofree char *quoted = g_strescape(absolute, NULL);
    g_autofree char *again = g_strescape(quoted, NULL);
    g_autofree char *source = g_strdup_printf("/* Written by make_shipped. Content %s. */\n"
                                              "#include \"understanding/shipped_data.h\"\n\n"
                                              "__asm__(\".section .rodata\\n\"\n"
                                              "        \".balign 64\\n\"\n"
                                              "        \".globl shipped_bytes\\n\"\n"
                                              "        \".hidden shipped_bytes\\n\"\n"
                                              "        \"shipped_bytes:\\n\"\n"
                                              "        \".incbin \\\"%s\\\"\\n\"\n"
                                              "        \".byte 0\\n\"\n"
                                              "        \".text\\n\");\n\n"
                                              "const size_t shipped_length = %zu;\n",
                                              checksum, again, (size_t)g_bytes_get_size(bytes));
    return g_file_set_contents(path, source, -1, NULL);
}

/* A model that another build has trained: sanitizers would take ten times as long for the same bytes. */
static int use_trained(const char *model, const char *source)
{
    g_autoptr(GError) error = NULL;
    gsize length;
    char *data;
    if (!g_file_get_contents(model, &data, &length, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
    return write_source(source, model, bytes) ? 0 : 1;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 4 && strcmp(argv[1], "--trained") == 0)
        return use_trained(argv[2], argv[3]);
    if (argc != 4) {
        fprintf(stderr, "usage: %s EXAMPLES.tsv OUT.model OUT.c | --trained IN.model OUT.c\n", argv[0]);
        return 2;
    }
    g_auto(seeds_auto) seeds = {0};
    read_seeds(argv[1], &seeds);
    g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func((GDestroyNotify)model_unref);
    for (int task = 0; task < TASK_COUNT; task++)
        if (task_label_count((enum task)task) > 0)
            g_ptr_array_add(models, learn((enum task)task, &seeds));
    g_autoptr(GBytes) bytes = model_pack((struct model *const *)models->pdata, models->len, RECIPE, FEATURES, &error);
    gsize length = 0;
    const char *data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &length);
    if (data == NULL || !g_file_set_contents(argv[2], data, (gssize)length, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return write_source(argv[3], argv[2], bytes) ? 0 : 1;
}

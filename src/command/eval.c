/* eval.c - huiyin eval --task NAME [--model FILE.model] --data FILE.tsv[.gz] [--speed]: how often a model is right. */
#include "understanding/evaluation.h"

#include "command/command.h"
#include "understanding/shipped.h"
#include "understanding/task.h"

#include <stdio.h>

#define USAGE "eval --task NAME [--model FILE.model] --data FILE.tsv[.gz] [--speed]"

struct options {
    char *task, *model, *data;
    gboolean speed;
};

static void options_clear(struct options *options)
{
    g_free(options->task);
    g_free(options->model);
    g_free(options->data);
}
typedef struct options options_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(options_auto, options_clear)

/* A model file has one task, so whatever it was called when it was trained, it answers the one asked for. */
static struct model_set *open_set(const struct options *options, const char **task, GError **error)
{
    *task = options->task;
    g_autoptr(model_auto) model =
        options->model != NULL ? model_open_file(options->model, error) : shipped_model(error);
    if (model == NULL)
        return NULL;
    if (options->model != NULL && model_task_count(model) == 1)
        *task = model_task_at(model, 0)->name;
    struct model *models[] = {model};
    return model_set_new(models, 1);
}

static void print_evaluation(const struct evaluation *evaluation, bool speed)
{
    if (speed)
        printf("messages/s %.0f\n", (double)evaluation->rows / MAX(evaluation->seconds, 1e-9));
    printf("rows %zu\n", evaluation->rows);
    printf("accuracy %.4f\n", evaluation->accuracy);
    printf("macro_f1 %.4f\n", evaluation->macro_f1);
    for (size_t i = 0; i < evaluation->label_count; i++) {
        struct evaluation_label label = evaluation_label(evaluation, i);
        printf("%s\t%.4f\t%.4f\t%.4f\n", evaluation->labels[i], label.precision, label.recall, label.f1);
    }
}

static bool evaluate(const struct options *options, GError **error)
{
    g_auto(tsv_auto) tsv = {0};
    g_auto(evaluation_auto) evaluation = {0};
    const char *task = NULL;
    if (!task_name_check(options->task, error))
        return false;
    g_autoptr(model_set_auto) set = open_set(options, &task, error);
    if (set == NULL || !tsv_read(&tsv, options->data, error) ||
        !evaluation_run(&evaluation, set, task, (const struct example *)(void *)tsv.examples->data, tsv.examples->len,
                        NULL, error))
        return false;
    print_evaluation(&evaluation, options->speed);
    return true;
}

int command_eval(int argc, char **argv)
{
    g_auto(options_auto) options = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"task", 0, 0, G_OPTION_ARG_STRING, &options.task, command_say("任务名称", "the task's name"), "NAME"},
        {"model", 0, 0, G_OPTION_ARG_FILENAME, &options.model,
         command_say("模型文件；缺省为随程序附带的模型", "a model file; the shipped model without it"), "FILE"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
         command_say("每行：标签<Tab>文本，可用 gzip 压缩", "label<tab>text a line, may be gzipped"), "FILE"},
        {"speed", 0, 0, G_OPTION_ARG_NONE, &options.speed,
         command_say("另给出单核每秒条数", "also messages a second of one core"), NULL},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "huiyin: %s\n", error->message);
        return 2;
    }
    if (argc > 1 || options.task == NULL || options.data == NULL)
        return command_usage(USAGE);
    return evaluate(&options, &error) ? 0 : command_fail(error);
}

/* train.c - huiyin train --task NAME --data FILE.tsv[.gz] --out FILE.model: learns a task from labelled texts.
 *
 * What the shipped model knows is taken into the new one, which needs it no more afterwards; --alone leaves it out.
 * The model is whole under another name before it takes its place: whatever ends training leaves an old file as it
 * was. Ctrl-C ends training at once. */
#include "understanding/training.h"

#include "command/command.h"
#include "understanding/shipped.h"
#include "understanding/task.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define USAGE "train --task NAME --data FILE.tsv[.gz] --out FILE.model [--alone]"

struct options {
    char *task, *data, *out;
    gboolean alone;
};

static void options_clear(struct options *options)
{
    g_free(options->task);
    g_free(options->data);
    g_free(options->out);
}
typedef struct options options_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(options_auto, options_clear)

static int interrupted; /* set by the signal, looked at by training */

static void interrupt(int number)
{
    (void)number;
    g_atomic_int_set(&interrupted, 1);
}

static void show_progress(void *data, double done)
{
    enum { WIDTH = 40 };
    int *shown = data;
    int percent = (int)(done * 100);
    if (percent == *shown)
        return;
    *shown = percent;
    char bar[WIDTH + 1];
    memset(bar, ' ', WIDTH);
    memset(bar, '#', (size_t)(percent * WIDTH / 100));
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3d%%%s", bar, percent, percent == 100 ? "\n" : "");
    fflush(stderr);
}

static bool failed(const char *path, GError **error)
{
    error_set(error, errno == ENOSPC ? HY_ERROR_STORE_FULL : HY_ERROR_BAD_VALUE, "out", "cannot write %s: %s", path,
              g_strerror(errno));
    return false;
}

static bool write_bytes(int fd, GBytes *bytes)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return fsync(fd) == 0;
}

static bool write_model(GBytes *bytes, const char *path, GError **error)
{
    g_autofree char *fresh = g_strdup_printf("%s.%d.new", path, (int)getpid());
    int fd = g_open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(fresh, error);
    bool ok = write_bytes(fd, bytes);
    ok = close(fd) == 0 && ok;
    if (ok && g_rename(fresh, path) == 0)
        return true;
    failed(path, error);
    g_unlink(fresh);
    return false;
}

static void tell(GBytes *bytes, const struct options *options, double seconds)
{
    g_autoptr(model_auto) model = model_open(bytes, options->out, NULL);
    const struct model_task *task = model_task_at(model, 0);
    printf("%s\n", model_version(model));
    printf("rows %" G_GINT64_FORMAT "\n", task->figures.rows);
    printf("labels %zu\n", task->label_count);
    printf("bytes %zu\n", (size_t)g_bytes_get_size(bytes));
    printf("seconds %.2f\n", seconds);
    if (task->figures.accuracy > 0)
        printf("held_back accuracy %.4f macro_f1 %.4f\n", task->figures.accuracy, task->figures.macro_f1);
}

static bool train(const struct options *options, GError **error)
{
    int64_t begin = g_get_monotonic_time();
    g_auto(tsv_auto) tsv = {0};
    int shown = -1;
    bool terminal = isatty(STDERR_FILENO) != 0;
    struct training training = {.task = options->task,
                                .seed = 1,
                                .threads = g_get_num_processors() > 1 ? 2 : 1,
                                .progress = terminal ? show_progress : NULL,
                                .data = &shown,
                                .cancel = &interrupted};
    if (!task_name_check(options->task, error) || !tsv_read(&tsv, options->data, error))
        return false;
    g_autoptr(model_auto) shipped = shipped_model(error);
    if (shipped == NULL)
        return false;
    g_autoptr(model_set_auto) prior = model_set_new(&shipped, 1);
    training.prior = options->alone ? NULL : prior;
    g_autoptr(GBytes) bytes =
        training_run(&training, (const struct example *)(void *)tsv.examples->data, tsv.examples->len, error);
    if (terminal && bytes == NULL && shown >= 0)
        fputc('\n', stderr);
    if (bytes == NULL || !write_model(bytes, options->out, error))
        return false;
    tell(bytes, options, (double)(g_get_monotonic_time() - begin) / 1e6);
    return true;
}

int command_train(int argc, char **argv)
{
    g_auto(options_auto) options = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"task", 0, 0, G_OPTION_ARG_STRING, &options.task, command_say("任务名称", "the task's name"), "NAME"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
         command_say("每行：标签<Tab>文本，可用 gzip 压缩", "label<tab>text a line, may be gzipped"), "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, command_say("写入的模型文件", "the model to write"), "FILE"},
        {"alone", 0, 0, G_OPTION_ARG_NONE, &options.alone,
         command_say("不借助随程序附带的模型（用于比较）", "without what the shipped model knows, to compare"), NULL},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "huiyin: %s\n", error->message);
        return 2;
    }
    if (argc > 1 || options.task == NULL || options.data == NULL || options.out == NULL)
        return command_usage(USAGE);
    signal(SIGINT, interrupt);
    signal(SIGTERM, interrupt);
    return train(&options, &error) ? 0 : command_fail(error);
}

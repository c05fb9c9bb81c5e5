/* assess_eval.c - how often understanding is right on labelled texts.
 *
 *   assess_eval sentiment|category|complaint|language FILE…     (label<tab>text a line; .gz is not read: zcat it into
 * -)
 *
 * Prints accuracy and macro-F1 over the labels of the file, one row a label, and the CPU time a text takes.
 *   sentiment   labels pos neg neu, positive negative neutral; a file without neutral texts counts neutral as wrong
 *   complaint   labels complaint, other: a complaint is what is judged complaint or after-sales */
#include "understanding/assess.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LABELS 16

struct tally {
    char *names[LABELS];
    int count;
    int right[LABELS], said[LABELS], there[LABELS];
};

static int label_index(struct tally *tally, const char *name)
{
    for (int i = 0; i < tally->count; i++)
        if (strcmp(tally->names[i], name) == 0)
            return i;
    if (tally->count == LABELS)
        return LABELS - 1;
    tally->names[tally->count] = g_strdup(name);
    return tally->count++;
}

static const char *short_sentiment(const char *label)
{
    if (g_str_has_prefix(label, "pos"))
        return "positive";
    return g_str_has_prefix(label, "neg") ? "negative" : "neutral";
}

/* What was said, in the words of the file's labels. */
static const char *said(const char *task, const struct assessment *assessment)
{
    static const char *const LANGUAGES[] = {"other", "zh-Hans", "zh-Hant", "en"};
    if (strcmp(task, "sentiment") == 0)
        return assessment->sentiment;
    if (strcmp(task, "language") == 0)
        return LANGUAGES[assessment->language];
    if (strcmp(task, "complaint") == 0)
        return strcmp(assessment->category, "complaint") == 0 || strcmp(assessment->category, "after_sales") == 0
                   ? "complaint"
                   : "other";
    return assessment->category;
}

static void print_tally(const struct tally *tally, double seconds)
{
    int all = 0;
    int right = 0;
    int labels = 0;
    double f1_sum = 0;
    for (int i = 0; i < tally->count; i++) {
        all += tally->there[i];
        right += tally->right[i];
        if (tally->there[i] == 0)
            continue;
        double f1 = 2.0 * tally->right[i] / (tally->said[i] + tally->there[i]);
        printf("  %-14s there %6d  said %6d  precision %.3f  recall %.3f  f1 %.3f\n", tally->names[i], tally->there[i],
               tally->said[i], tally->said[i] == 0 ? 0 : (double)tally->right[i] / tally->said[i],
               (double)tally->right[i] / tally->there[i], f1);
        f1_sum += f1;
        labels++;
    }
    printf("  texts %d  accuracy %.3f  macro-F1 %.3f  %.1f us a text\n", all, (double)right / all, f1_sum / labels,
           seconds * 1e6 / all);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool evaluate(const struct assess *assess, const char *task, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be opened\n", path);
        return false;
    }
    struct tally tally = {0};
    char *line = NULL;
    size_t size = 0;
    double spent = 0;
    while (getline(&line, &size, file) > 0) {
        char *text = strchr(line, '\t');
        if (text == NULL)
            continue;
        *text++ = '\0';
        struct assess_facts facts = {
            .text = text, .kind = "mention", .is_public = true, .verified = "", .relation = ""};
        struct assessment assessment;
        double begin = cpu_seconds();
        assess_message(assess, &facts, &assessment);
        spent += cpu_seconds() - begin;
        int is = label_index(&tally, strcmp(task, "sentiment") == 0 ? short_sentiment(line) : line);
        int judged = label_index(&tally, said(task, &assessment));
        tally.there[is]++;
        tally.said[judged]++;
        tally.right[is] += is == judged;
        if (is != judged && g_getenv("ASSESS_EVAL_SHOW") != NULL)
            printf("%s, said %s: %s", line, tally.names[judged], text);
    }
    free(line);
    if (file != stdin)
        fclose(file);
    printf("%s\n", path);
    print_tally(&tally, spent);
    for (int i = 0; i < tally.count; i++)
        g_free(tally.names[i]);
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s sentiment|category|complaint|language FILE…\n", argv[0]);
        return 2;
    }
    GError *error = NULL;
    struct assess *assess = assess_new(NULL, &error);
    if (assess == NULL) {
        fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        return 1;
    }
    bool done = true;
    for (int i = 2; i < argc; i++)
        done = evaluate(assess, argv[1], argv[i]) && done;
    assess_unref(assess);
    return done ? 0 : 1;
}

/* plain_linear.c - the peer of script/bench accuracy: LIBLINEAR as it comes on plain character n-grams.
 *
 *   plain_linear TRAIN.tsv DEV.tsv       label<tab>text a line; prints the label judged for each line of DEV
 *
 * Features: runs of one to three characters as they stand, present or not, hashed into 2^20, every text of length 1;
 * L2-regularised logistic regression in the dual (-s 7), cost 4, one against the rest. Built by accuracy.mjs. */
#include <linear.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BITS 20
#define LONGEST 3
#define LABELS 200

static char *labels[LABELS];
static int label_count;

static int label_number(const char *label)
{
    for (int i = 0; i < label_count; i++)
        if (strcmp(labels[i], label) == 0)
            return i + 1;
    if (label_count == LABELS)
        exit(3);
    labels[label_count++] = strdup(label);
    return label_count;
}

static int by_index(const void *a, const void *b)
{
    return ((const struct feature_node *)a)->index - ((const struct feature_node *)b)->index;
}

/* The runs that begin at each character, sorted, each once, with LIBLINEAR's end. */
static struct feature_node *read_text(const char *text)
{
    size_t length = strlen(text);
    struct feature_node *nodes = malloc((length * LONGEST + 1) * sizeof *nodes);
    int count = 0;
    for (size_t at = 0; at < length; at++) {
        if (((unsigned char)text[at] & 0xC0) == 0x80)
            continue;
        uint32_t hash = 2166136261U;
        size_t end = at;
        for (int n = 0; n < LONGEST && end < length; n++) {
            do
                hash = (hash ^ (unsigned char)text[end++]) * 16777619U;
            while (end < length && ((unsigned char)text[end] & 0xC0) == 0x80);
            nodes[count++].index = 1 + (int)((hash ^ hash >> BITS) & ((1U << BITS) - 1));
        }
    }
    qsort(nodes, (size_t)count, sizeof *nodes, by_index);
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (kept == 0 || nodes[kept - 1].index != nodes[i].index)
            nodes[kept++].index = nodes[i].index;
    for (int i = 0; i < kept; i++)
        nodes[i].value = 1 / sqrt(kept);
    nodes[kept].index = -1;
    return nodes;
}

static void quiet(const char *text)
{
    (void)text;
}

static int read_file(const char *path, double **y, struct feature_node ***x)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int rows = 0;
    int room = 0;
    if (file == NULL)
        exit(2);
    while (getline(&line, &size, file) > 0) {
        char *text = strchr(line, '\t');
        if (text == NULL)
            continue;
        *text++ = '\0';
        text[strcspn(text, "\n")] = '\0';
        if (rows == room) {
            room = room * 2 + 1024;
            *y = realloc(*y, (size_t)room * sizeof **y);
            *x = realloc(*x, (size_t)room * sizeof **x);
        }
        (*y)[rows] = label_number(line);
        (*x)[rows++] = read_text(text);
    }
    free(line);
    fclose(file);
    return rows;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    double *y = NULL;
    struct feature_node **x = NULL;
    struct problem problem = {.n = 1 << BITS, .bias = -1};
    problem.l = read_file(argv[1], &y, &x);
    problem.y = y;
    problem.x = x;
    struct parameter parameter = {.solver_type = L2R_LR_DUAL, .eps = 0.1, .C = 4, .p = 0.1};
    set_print_string_function(quiet);
    struct model *model = train(&problem, &parameter);
    double *dev_y = NULL;
    struct feature_node **dev = NULL;
    int rows = read_file(argv[2], &dev_y, &dev);
    for (int i = 0; i < rows; i++)
        puts(labels[(int)predict(model, dev[i]) - 1]);
    return 0;
}

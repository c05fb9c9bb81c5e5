/* text_bench.c - what reading a message costs, step by step.
 *
 *   text_bench FILE…      (a text a line)
 *
 * Prints for each step the CPU time a text, the best of several rounds over all of them. */
#include "understanding/entity.h"
#include "understanding/language.h"
#include "understanding/similar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5

struct texts {
    GPtrArray *texts;
    struct normalized normalized;
    struct entities entities;
    uint64_t sum; /* so that nothing is left out as useless */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

enum step { FOLD, NORMALIZE, LANGUAGE, ENTITY, SIMILAR, STEPS };

static void run(struct texts *texts, const char *text, enum step step)
{
    size_t length = strlen(text);
    if (step == FOLD) {
        fold_text(&texts->normalized.fold, text, length);
        return;
    }
    normalize_text(&texts->normalized, text, length);
    if (step == LANGUAGE)
        texts->sum += language_guess(&texts->normalized);
    if (step == ENTITY) {
        entity_find(NULL, &texts->normalized, text, &texts->entities);
        texts->sum += texts->entities.found->len;
    }
    if (step == SIMILAR)
        texts->sum += similar_fingerprint(&texts->normalized);
}

static double measure(struct texts *texts, enum step step)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = now();
        for (guint i = 0; i < texts->texts->len; i++)
            run(texts, g_ptr_array_index(texts->texts, i), step);
        best = MIN(best, now() - begin);
    }
    return best * 1e9 / MAX(texts->texts->len, 1);
}

int main(int argc, char **argv)
{
    struct texts texts = {.texts = g_ptr_array_new_with_free_func(g_free)};
    normalized_init(&texts.normalized);
    entities_init(&texts.entities);
    size_t bytes = 0;
    for (int i = 1; i < argc; i++) {
        g_autofree char *content = NULL;
        if (!g_file_get_contents(argv[i], &content, NULL, NULL))
            continue;
        g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
        for (int k = 0; lines[k] != NULL; k++) {
            bytes += strlen(lines[k]);
            if (lines[k][0] != '\0')
                g_ptr_array_add(texts.texts, g_strdup(lines[k]));
        }
    }
    guint obfuscated = 0;
    for (guint i = 0; i < texts.texts->len; i++) {
        const char *text = g_ptr_array_index(texts.texts, i);
        normalize_text(&texts.normalized, text, strlen(text));
        obfuscated += texts.normalized.obfuscated;
    }
    double fold = measure(&texts, FOLD);
    double normalize = measure(&texts, NORMALIZE);
    printf("%u texts of %zu bytes; %u with a bare view\n", texts.texts->len, bytes / MAX(texts.texts->len, 1),
           obfuscated);
    printf("fold       %6.0f ns\nnormalize  %6.0f ns (fold included)\n", fold, normalize);
    printf("language   %6.0f ns\n", measure(&texts, LANGUAGE) - normalize);
    printf("entity     %6.0f ns\n", measure(&texts, ENTITY) - normalize);
    printf("similar    %6.0f ns\n", measure(&texts, SIMILAR) - normalize);
    g_ptr_array_unref(texts.texts);
    normalized_clear(&texts.normalized);
    entities_clear(&texts.entities);
    return texts.sum == 1;
}

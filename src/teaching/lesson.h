/* lesson.h - one training of one task: the examples as they were read, what was learned, and how it compares.
 *
 *   store ──lesson_read──▶ examples ──lesson_learn──▶ model file, figures, confusion, mistakes ──lesson_keep──▶ store
 *
 * Learned from the shipped examples and the team's own, which weigh more while they are few. Those held back are never
 * learned from: the new model and the one in use are compared on them, and only a better macro-F1 takes it into use.
 * A topic has no shipped examples of its own: shipped ones of categories without topics stand for "none of them", and
 * what the shipped model knows already is where learning begins.
 *
 * lesson_learn takes its time and touches no database; one thread at a time. */
#pragma once
#include "store/store.h"
#include "teaching/parts.h"
#include "teaching/reason.h"

struct lesson {
    char *task;
    int64_t person_id, now_ms; /* who asked, 0 = the nightly job; when it was read */
    int min_held_back;
    GArray *own;              /* private: what was read */
    GHashTable *parents;      /* private: categories that have topics */
    struct parts_model *used; /* private: the team's model in use; NULL = the shipped one */
    struct parts parts;       /* private */

    /* what came of it */
    enum reason reason;
    GBytes *file; /* NULL: nothing was learned */
    char *version, *used_version, *confusion, *mistakes;
    int64_t examples, own_examples, held_back;
    double accuracy, macro_f1, used_accuracy, used_macro_f1;
};
void lesson_init(struct lesson *lesson, const char *task, int64_t person_id, int64_t now_ms);
void lesson_clear(struct lesson *lesson);
typedef struct lesson lesson_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(lesson_auto, lesson_clear)

/* A work function: data is the struct lesson. */
bool lesson_read(struct tx *tx, void *lesson, GError **error);

struct lesson_watch { /* as in understanding/training.h */
    void (*progress)(void *data, double done);
    void *data;
    const int *cancel;
    int threads;
};
/* CANCELLED; INTERNAL … of training. Without anything to learn it is done at once, and reason says why. */
bool lesson_learn(struct lesson *lesson, const struct lesson_watch *watch, GError **error);

/* Keeps the version, takes it into use when reason is BETTER, forgets the oldest. Inside a transaction that also ends
 * the run. *id: the model; 0 = nothing was learned. */
bool lesson_keep(struct tx *tx, const struct lesson *lesson, int64_t now_ms, int64_t *id, GError **error);

/* parts.h - the set in use, made of what the team taught: rules, weights, products, and the models in use.
 *
 *   store ──parts_read──▶ struct parts ──parts_assess──▶ struct assess (for assess_current_swap)
 *
 * Reading takes place in a transaction, making the set does not: it takes some 100 ms. A model file that is damaged is
 * not used: the shipped model judges in its place, and damage tells which and why, for the page and the log. */
#pragma once
#include "store/store.h"
#include "teaching/setting.h"
#include "understanding/assess.h"
#include "understanding/model.h"

struct parts_model { /* one in use */
    int64_t id;
    char *task, *version, *sha256, *damage; /* damage "": none */
    GBytes *file;
};
struct parts {
    struct setting setting;
    GPtrArray *rules;  /* of struct rule * */
    GPtrArray *models; /* of struct parts_model * */
    bool news;         /* parts_assess found damage that was not noted, or noted damage that is gone */
};
void parts_init(struct parts *parts);
void parts_clear(struct parts *parts);
typedef struct parts parts_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(parts_auto, parts_clear)

/* A work function: data is the struct parts, which it empties first. */
bool parts_read(struct tx *tx, void *parts, GError **error);

/* The shipped model with the team's over it. *models: a reference of the set of all, for whoever asks for
 * probabilities. Sets damage of those that cannot be used. INTERNAL when even the shipped one cannot be read. */
struct assess *parts_assess(struct parts *parts, struct model_set **models, GError **error);

/* Opens a file after its checksum was looked at: BAD_VALUE naming "model", with the version. model_unref. */
struct model *parts_open(const struct parts_model *model, GError **error);

/* Notes the damage found, and that there is none any more, for the page. */
bool parts_note(struct tx *tx, void *parts, GError **error);

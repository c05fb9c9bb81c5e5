/* setting.h - what an administrator sets of understanding, kept in table understanding_setting, one row a setting.
 *
 *   weights          points of importance (understanding/importance.h), every one 0 … 100
 *   products         [{"name", "aliases"}]: what the brand sells, to be found in messages
 *   order_templates  how the brand's order numbers look: # a digit, ? a letter, * either (understanding/entity.h)
 *   min_held_back    a new model is taken into use only after a comparison on at least so many held-back examples
 *
 * Errors name the field with its path: "weights.urgency[2]", "products[3].name". */
#pragma once
#include "base/json.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"
#include "understanding/entity.h"
#include "understanding/importance.h"

struct setting {
    struct importance_weights weights;
    json_t *products;        /* array; never NULL */
    json_t *order_templates; /* array of texts; never NULL */
    int min_held_back;
};
void setting_init(struct setting *setting); /* the defaults */
void setting_clear(struct setting *setting);
typedef struct setting setting_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(setting_auto, setting_clear)

/* What is set over the defaults; a row that a newer program wrote and this one cannot read counts as not set. */
bool setting_load(struct tx *tx, struct setting *setting, GError **error);

/* change: an object with some of the names above; weights may name some of its own only. null sets a default again.
 * BAD_VALUE, TOO_LONG, UNKNOWN_FIELD naming the field. Appends understanding.changed, audits. */
bool setting_save(struct tx *tx, const struct actor *actor, int64_t now_ms, const json_t *change, GError **error);

/* Shape UnderstandingSettings. */
void setting_write(const struct setting *setting, struct writer *out);

/* The JSON of weights and back; parse takes what is named over what stands in *weights. */
json_t *setting_format_weights(const struct importance_weights *weights);
bool setting_parse_weights(const json_t *object, struct importance_weights *weights, GError **error);

/* Products and order numbers for understanding. BAD_VALUE, TOO_LONG, EMPTY naming "order_templates" or "products".
 * entity_brand_free. */
struct entity_brand *setting_brand(const struct setting *setting, GError **error);

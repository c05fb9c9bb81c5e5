/* entity.h - order numbers, phones, money, dates … in a message: for tickets, orders and the guard.
 *
 *   plain view ─ entity_find ─▶ kind, place in the original, value in one form
 *
 * No regular expressions: one walk over the text, at each place a bounded look around. Where two kinds claim the same
 * bytes, the one that stands first in entity.def has them - but a number that the words around it call an order is no
 * bank card and no phone. An ID card, a bank card and a bare mobile number are told by their checksums, prefixes and
 * lengths; flights and trains need a known airline or words around them that speak of flying and trains. */
#pragma once
#include "base/error.h"
#include "understanding/normalize.h"

enum entity_kind {
#define ENTITY(enumerator, name, personal) ENTITY_##enumerator,
#include "understanding/entity.def"
#undef ENTITY
    ENTITY_KINDS
};
const char *entity_kind_format(enum entity_kind kind); /* "order"; static */

struct entity {
    uint32_t begin, end; /* bytes of the original */
    enum entity_kind kind;
    bool personal;  /* a phone is not when it is a service number (400, 95xxx, 12315) */
    uint32_t value; /* where in values: see entity_value */
};

/* What was found last; used by one thread at a time and again for the next message. */
struct entities {
    GArray *found;      /* of struct entity, by begin, none overlapping */
    GString *values;    /* private */
    GArray *candidates; /* private */
};
void entities_init(struct entities *entities);
void entities_clear(struct entities *entities);
typedef struct entities entities_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(entities_auto, entities_clear) /* g_auto(entities_auto) */
#define ENTITY_LIMIT 64                                         /* found in one message; what comes later is left out */

/* The value in one form, borrowed: order, flight, train in capitals without blanks; phone as digits (+ kept); cards as
 * digits; money "CNY 199.5"; place and product as their list names them; e-mail, date, time, address, quantity as
 * written, folded. */
const char *entity_value(const struct entities *entities, const struct entity *entity);

/* What a brand adds. Immutable, any thread. */
struct entity_brand;
struct entity_product {
    const char *name;           /* what the value will be */
    const char *const *aliases; /* NULL-terminated, or NULL; the name itself is always one */
};
/* templates: how the brand's order numbers look: # a digit, ? a letter, * either, anything else itself
 * ("SF#############"). A product of one word of five letters and more is also found misspelt by a letter
 * (entity_product.h). Field "templates": BAD_VALUE for one with fewer than three of # ? *, TOO_LONG beyond LIMIT_NAME
 * bytes; field "products": EMPTY for a name without text, TOO_LONG. Free with entity_brand_free. */
struct entity_brand *entity_brand_new(const char *const *templates, size_t template_count,
                                      const struct entity_product *products, size_t product_count, GError **error);
void entity_brand_free(struct entity_brand *brand);

/* Replaces what entities held by what is in the message that normalized was made from (text: that message). brand may
 * be NULL. Never fails. Linear; 1 to 3 us for a post without digits. Products of fewer than three bytes are not found.
 */
void entity_find(const struct entity_brand *brand, const struct normalized *normalized, const char *text,
                 struct entities *entities);

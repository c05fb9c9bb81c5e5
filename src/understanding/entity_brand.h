/* entity_brand.h - the inside of struct entity_brand; for entity*.c alone. */
#pragma once
#include "understanding/entity.h"

/* Folded, NULL-terminated; NULL for no brand. */
const char *const *entity_brand_templates(const struct entity_brand *brand);

/* The product that is named at `at`, where a word or a Chinese character begins, and *end behind it; NULL for none.
 * Misspelt: one letter too many, too few, wrong or two in the wrong order, in a name of five letters and more (wrong:
 * six), never a digit (15 is not 14) and never the first letter. */
const char *entity_brand_product(const struct entity_brand *brand, const char *text, size_t at, size_t *end);

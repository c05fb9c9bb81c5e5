/* language.h - which language a message is in, as far as answering it needs.
 *
 * Chinese by its characters (traditional when more of them are only traditional than only simplified), English by
 * its letters and its small words; Japanese, Korean, Cyrillic, other Latin languages and no language are other. */
#pragma once
#include "understanding/assess.h"
#include "understanding/normalize.h"

/* Any thread. O(text). */
enum assess_language language_guess(const struct normalized *normalized);

const char *language_format(enum assess_language language); /* "zh-Hans" "zh-Hant" "en" "other" */

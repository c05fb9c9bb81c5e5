/* language.h - which language a message is in, as far as answering it needs.
 *
 * Chinese by its characters (traditional when more of them are only traditional than only simplified; names in Latin
 * letters among them change nothing), English by its letters and its small words; Japanese, Korean, Cyrillic, other
 * Latin languages (Spanish, French, German, Indonesian …: by their small words and marks) and no language are other.
 * Emoji, emoticon codes, @names and addresses do not count. */
#pragma once
#include "understanding/assess.h"
#include "understanding/normalize.h"

/* Any thread. O(text). */
enum assess_language language_guess(const struct normalized *normalized);

const char *language_format(enum assess_language language); /* "zh-Hans" "zh-Hant" "en" "other" */

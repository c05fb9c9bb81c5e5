/* feature.h - a text as the learned models see it: a set of hashed features.
 *
 *   original ──fold_text (base/fold.h)──▶ folded text ──features_read──▶ keys ──▶ model_set_predict, training
 *
 * The text is parted into tokens: a Chinese character, a word, a number, a sign, an emoji, an emoticon's code
 * ([doge]), a web address, the text's begin and end. Features are runs of one to three tokens, and, inside words of
 * scripts with blanks, runs of two to five letters, three and four characters across the end of a word, and what the
 * lexicons make of the text (lexical.h); each has a 32-bit key. A feature that occurs again counts once; the text's
 * weight is shared among its features (norm), so a long text speaks no louder than a short one.
 *
 * A struct features is used by one thread at a time and again for the next text. About 5 us a post. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define FEATURES_CHARACTERS 4000 /* what lies behind is not read */

struct feature {
    uint32_t key;        /* never 0 */
    uint32_t begin, end; /* where it stands first: bytes of the folded text; both 0: nowhere */
};

struct features {
    struct feature *items; /* each key once */
    size_t count;
    float norm;                 /* 1 / sqrt(count); 0 for no features */
    struct features_room *room; /* private */
};
void features_init(struct features *features);
void features_clear(struct features *features);

/* Replaces what features held. folded: valid UTF-8 as fold_text makes it. */
void features_read(struct features *features, const char *folded, size_t length);

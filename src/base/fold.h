/* fold.h - text made comparable: what search and understanding look at in place of the original.
 *
 *   original ──fold_text──▶ folded text ──(a word found there)──fold_source_*──▶ the same word in the original
 *
 * Folding repairs UTF-8 (each bad byte becomes U+FFFD), applies NFKC case folding (ICU: full-width, ligatures,
 * capitals), turns traditional characters into simplified ones one by one (OpenCC's table), drops invisible
 * characters, makes every run of blanks and controls one space and trims the ends. Emoji stay. Folding folded
 * text changes nothing that matters to a comparison.
 *
 * Cost: about 10 ns a character, plus one table made at the first call (a few ms). A struct fold is used by
 * one thread at a time and is cheap to use again; everything else may be called from any thread. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct fold {
    GString *text;   /* the folded text: valid UTF-8, without NUL */
    GArray *runs;    /* how it lies on the original; private */
    GArray *spare;   /* private */
    int simplified;  /* characters of the original that only simplified text has */
    int traditional; /* … that only traditional text has */
};
void fold_init(struct fold *fold);
void fold_clear(struct fold *fold);
typedef struct fold fold_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(fold_auto, fold_clear) /* g_auto(fold_auto) */

/* Replaces what fold held. text need not be valid UTF-8 and is not kept. Never fails. length < 2 GiB. */
void fold_text(struct fold *fold, const char *text, size_t length);

/* A stretch of folded text that goes. */
struct fold_cut {
    uint32_t begin, end; /* begin < end, at characters */
    char with;           /* ASCII, stands in its place; ' ' only where no blank and no end is beside it; 0 = nothing */
    int32_t shift;       /* out: a place from end on, before the next cut, has moved by this */
};
/* Takes the stretches out, in order and not overlapping; what is left keeps its way back to the original, and no two
 * blanks stand together. O(text + runs) when count > 0. */
void fold_cut(struct fold *fold, struct fold_cut *cuts, size_t count);

/* Empties what fold held, to be filled by fold_put alone: the maker of another view of a text keeps its own way back.
 */
void fold_start(struct fold *fold);
/* Appends what the source [in, in_end) became; length may be 0. exact: byte lies on byte (the lengths are equal).
 * Sources come in order; utf8 is valid and without NUL. */
void fold_put(struct fold *fold, const char *utf8, size_t length, size_t in, size_t in_end, bool exact);

/* Where the folded bytes [begin, end) stand in the original: the outer edges of the characters they came from.
 * begin < end <= fold->text->len. O(log n). */
size_t fold_source_begin(const struct fold *fold, size_t begin);
size_t fold_source_end(const struct fold *fold, size_t end);

/* The folded text alone. g_free. */
char *fold_string(const char *text);

/* What a folded character is to someone who looks for words. */
enum fold_class {
    FOLD_BLANK,
    FOLD_MARK,  /* punctuation, signs */
    FOLD_WORD,  /* letters and digits of scripts that part words by blanks */
    FOLD_CJK,   /* Han, kana, Hangul, bopomofo: written without blanks */
    FOLD_EMOJI, /* a word by itself */
};
enum fold_class fold_class(uint32_t character);

/* The character at *at, which moves behind it. text is valid UTF-8 and *at < its length. */
static inline uint32_t fold_next(const char *text, size_t *at)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0) {
        *at += 3;
        return (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    }
    if (p[0] < 0xE0) {
        *at += 2;
        return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    }
    *at += 4;
    return (p[0] & 7u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}
/* The character that ends before *at, which moves to its begin. *at > 0. */
uint32_t fold_previous(const char *text, size_t *at);

/* How many UTF-16 units the bytes [begin, end) of a text are, counted as writer_text writes them: a bad byte is one. */
size_t fold_utf16_length(const char *text, size_t begin, size_t end);

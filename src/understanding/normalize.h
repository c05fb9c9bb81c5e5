/* normalize.h - a message as understanding reads it: two views that both lead back to the original.
 *
 *   original ─ fold_text ─▶ folded ─ markup, repetition ─▶ plain view ─ obfuscation undone ─▶ bare view
 *
 * The plain view is folded (base/fold.h: valid UTF-8, small letters, simplified characters, single blanks), without
 * what nobody meant as words: addresses of web pages, @names, 回复@name:, the platform's own phrases are taken out and
 * remembered as spans. Words of a #topic#, emoticon codes, emoji and smileys stay, with a span that says what they
 * are. A character that stands three times and more stands twice (!!!! → !!, 哈哈哈哈 → 哈哈, goooood → good, sooo →
 * so; a dot three times; digits as they are), hahahaha is haha, and a span says how often it stood there.
 *
 * What others wrote comes last in a repost (own words//@one:words//@two:words): own_end parts it from the own words.
 *
 * The bare view is made only when something in the plain view looks as if it hid from readers like this one (垃j,
 * 退*款, r.e.f.u.n.d, fr33); else it is the plain view. It is for words that matter when they are hidden - rules,
 * abuse, spam -, beside the plain view and never in its place: what is undone may also be meant.
 *
 * A struct normalized is used by one thread at a time and again for the next message; nothing here takes a lock. */
#pragma once
#include "base/fold.h"

enum normalize_kind {
    NORMALIZE_NAME,   /* @name; taken out */
    NORMALIZE_TOPIC,  /* #words# or #tag; stays */
    NORMALIZE_EMOJI,  /* [微笑], an emoji, a smiley; stays; value = its row in understanding/emoji.h */
    NORMALIZE_REPOST, /* //@name: or rt @name: in front of another's words; taken out */
    NORMALIZE_REPLY,  /* 回复@name: ; taken out */
    NORMALIZE_URL,    /* taken out */
    NORMALIZE_FILLER, /* words of the platform: 转发微博, 网页链接; taken out */
    NORMALIZE_REPEAT, /* what is left of a repetition; value = how often it stood there */
    NORMALIZE_KINDS
};

struct normalize_span {
    uint32_t begin, end; /* bytes of the plain view; begin == end where it was taken out */
    uint32_t from, to;   /* bytes of the original */
    enum normalize_kind kind;
    int value;
};

enum normalize_view { NORMALIZE_PLAIN, NORMALIZE_BARE };

struct normalized {
    struct fold fold;           /* fold.text is the plain view; fold_source_* lead from it to the original */
    struct fold bare;           /* the bare view on the plain one, when obfuscated; see normalized_text */
    bool obfuscated;            /* the bare view differs from the plain one */
    size_t own_end;             /* bytes of the plain view that are the author's own words; the rest is reposted */
    GArray *spans;              /* of struct normalize_span, in order of begin; REPEAT may lie in another */
    int kinds[NORMALIZE_KINDS]; /* how many spans of a kind there are */
    int han, kana, hangul;      /* characters of the plain view */
    int latin, other;           /* letters: a to z with and without marks; all other alphabets */
    int accented;               /* Latin letters outside a to z */
    int digits;                 /* 0 to 9 */
    int questions, exclaims;    /* ? and ! of any width, as many as there were */
    GArray *cuts;               /* private */
};
void normalized_init(struct normalized *normalized);
void normalized_clear(struct normalized *normalized);
typedef struct normalized normalized_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(normalized_auto, normalized_clear) /* g_auto(normalized_auto) */

/* Replaces what normalized held. Any bytes; never fails. O(length): 3 to 4 us for a post of 40 to 140 characters, half
 * as much again when the bare view is made. */
void normalize_text(struct normalized *normalized, const char *text, size_t length);

/* What to read. Borrowed, until the next normalize_text. */
const GString *normalized_text(const struct normalized *normalized, enum normalize_view view);

/* Where the bytes [*begin, *end) of a view stand in the original: the outer edges of the characters they came from.
 * *begin < *end <= the view's length. O(log n). */
void normalized_source(const struct normalized *normalized, enum normalize_view view, size_t *begin, size_t *end);

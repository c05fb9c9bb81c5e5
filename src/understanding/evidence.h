/* evidence.h - what the words of the lexicons say of a text, without anything learned.
 *
 *   plain view ─ match (lexicon) ─ negation ─▶ words that pull ─ added up ─▶ struct evidence
 *
 * It answers every question by itself (assess.c, when no model is there), stands beside a model's answer where that
 * makes it better, and it alone knows the grave topics. Emoji and emoticon codes count by data/text/emoji.tsv. The bare
 * view is looked at for insults and advertising only: what is hidden there is hidden on purpose. */
#pragma once
#include "understanding/lexicon.h"
#include "understanding/normalize.h"

struct evidence_lexicon;                                       /* compiled: immutable, any thread */
struct evidence_lexicon *evidence_lexicon_new(GError **error); /* some 30 ms; INTERNAL when a file is not well-formed */
void evidence_lexicon_free(struct evidence_lexicon *lexicon);

struct evidence_pull {   /* a word that counts, with what stands before it taken in */
    uint32_t begin, end; /* bytes of the view, the negation included */
    enum normalize_view view;
    enum lexicon_kind kind;
    int label;         /* enum lexicon_category, lexicon_emotion or lexicon_flag, by kind */
    const char *topic; /* LEXICON_GRAVITY; static */
    double weight;     /* of sentiment: below 0 is bad */
};

struct evidence {
    double categories[LEXICON_CATEGORIES];
    double sentiment;
    double emotions[LEXICON_EMOTIONS];
    double flags[LEXICON_FLAGS];
    int urgency;       /* 0 … 3, of words; see also gravity */
    const char *topic; /* the gravest; NULL when there is none */
    double gravity;    /* its weight, 0 … 3 */
};

/* What reading one text needs; one thread's at a time, and again for the next text. */
struct evidence_scratch;
struct evidence_scratch *evidence_scratch_new(const struct evidence_lexicon *lexicon);
void evidence_scratch_free(struct evidence_scratch *scratch);

/* Replaces *out. */
void evidence_read(const struct evidence_lexicon *lexicon, struct evidence_scratch *scratch,
                   const struct normalized *normalized, struct evidence *out);

/* The words it came from, of struct evidence_pull; borrowed, until the next evidence_read. May be sorted. */
GArray *evidence_pulls(struct evidence_scratch *scratch);

/* The category words speak for; they may have nothing to say (false), and *category is then the likeliest by kind of
 * message alone. *confidence 0 … 1. */
bool evidence_category(const struct evidence *evidence, bool is_public, enum lexicon_category *category,
                       double *confidence);
int evidence_strength(const struct evidence *evidence); /* of the sentiment: -100 … 100 */
enum lexicon_emotion evidence_emotion(const struct evidence *evidence);
double evidence_flag(const struct evidence *evidence, enum lexicon_flag flag); /* 0 … 1 */

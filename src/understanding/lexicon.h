/* lexicon.h - the words of data/lexicon, as they stand inside the program.
 *
 * make_lexicon.py checks the files when the program is built; here they are folded and kept as a list. One word
 * may stand for several things (退款: after-sales, urgency), each an entry of its own. Immutable; any thread. */
#pragma once
#include "base/error.h"

#include <stddef.h>

enum lexicon_kind {
    LEXICON_CATEGORY,
    LEXICON_SENTIMENT,
    LEXICON_URGENCY,
    LEXICON_GRAVITY,
    LEXICON_EMOTION,
    LEXICON_FLAG,
    LEXICON_KINDS
};

/* In the order of preference when two weigh the same. */
enum lexicon_category {
    LEXICON_COMPLAINT,
    LEXICON_AFTER_SALES,
    LEXICON_ORDER,
    LEXICON_CONSULTATION,
    LEXICON_COOPERATION,
    LEXICON_SUGGESTION,
    LEXICON_PRAISE,
    LEXICON_IRRELEVANT,
    LEXICON_CATEGORIES
};
enum lexicon_emotion {
    LEXICON_ANGRY,
    LEXICON_SAD,
    LEXICON_AFRAID,
    LEXICON_SURPRISED,
    LEXICON_HAPPY,
    LEXICON_NEUTRAL,
    LEXICON_EMOTIONS
};
enum lexicon_flag { LEXICON_SPAM, LEXICON_ABUSE, LEXICON_CHURN, LEXICON_FLAGS };

const char *lexicon_category_format(enum lexicon_category category); /* "after_sales"; static */
bool lexicon_category_parse(const char *text, enum lexicon_category *out);
const char *lexicon_topic_parse(const char *text); /* "injury" of gravity, static; NULL when there is none such */
const char *lexicon_emotion_format(enum lexicon_emotion emotion); /* "angry"; static */
bool lexicon_emotion_parse(const char *text, enum lexicon_emotion *out);

struct lexicon_entry {
    char *word; /* folded */
    bool stem;  /* written word*: its end is open */
    enum lexicon_kind kind;
    int label;         /* enum lexicon_category, lexicon_emotion or lexicon_flag, by kind */
    const char *topic; /* LEXICON_GRAVITY: "injury"; static */
    double weight;     /* 0.5 … 3; sentiment -3 … 3; 0 only hides the words of its kind inside it */
};

struct lexicon {
    GArray *entries; /* of struct lexicon_entry */
};

/* Reads what is inside the program. INTERNAL when it is not well-formed. lexicon_clear after either outcome. */
bool lexicon_init(struct lexicon *lexicon, GError **error);
void lexicon_clear(struct lexicon *lexicon);

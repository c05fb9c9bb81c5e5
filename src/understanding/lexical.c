#include "understanding/lexical.h"

#include "base/fold.h"
#include "understanding/emoji.h"
#include "understanding/lexicon.h"
#include "understanding/match.h"
#include "understanding/negation.h"

#include <math.h>
#include <string.h>

#define TURNED -0.7 /* a negated word's share of its weight */
#define SIGN 0.6    /* an emoji's share: it goes with words as often as it means what it shows */

/* Compiled once, then never changed. */
struct words {
    struct lexicon lexicon;
    struct match *match;
};

struct lexical {
    const struct words *words;
    struct match_scratch *scratch;
    GArray *hits; /* of struct match_hit */
};

/* What the words of one text add up to. */
struct tally {
    int good, bad;
    double sum, first, last, least, most;
    double categories[LEXICON_CATEGORIES];
    double emotions[LEXICON_EMOTIONS];
    double flags[LEXICON_FLAGS];
    double urgency, gravity, signs;
    const char *topic; /* of the gravest word */
};

enum what {
    SUM = 1,
    GOOD,
    BAD,
    FIRST,
    LAST,
    LEAST,
    MOST,
    NONE,
    CATEGORY,
    CHIEF,
    URGENCY,
    GRAVITY,
    TOPIC,
    EMOTION,
    FEELING,
    FLAG,
    SIGNS
};

static void *compile(void *data)
{
    (void)data;
    struct words *words = g_new0(struct words, 1);
    g_autoptr(GError) error = NULL;
    if (lexicon_init(&words->lexicon, &error)) {
        guint count = words->lexicon.entries->len;
        g_autofree struct match_keyword *keywords = g_new0(struct match_keyword, count);
        for (guint i = 0; i < count; i++) {
            const struct lexicon_entry *entry = &g_array_index(words->lexicon.entries, struct lexicon_entry, i);
            keywords[i] = (struct match_keyword){.text = entry->word, .stem = entry->stem};
        }
        words->match = match_new(keywords, count, &error);
    }
    g_assert_no_error(error); /* what is inside the program was checked when it was built */
    return words;
}

struct lexical *lexical_new(void)
{
    static GOnce once = G_ONCE_INIT;
    struct lexical *lexical = g_new0(struct lexical, 1);
    lexical->words = g_once(&once, compile, NULL);
    lexical->scratch = match_scratch_new(lexical->words->match);
    lexical->hits = g_array_new(FALSE, FALSE, sizeof(struct match_hit));
    return lexical;
}

void lexical_free(struct lexical *lexical)
{
    if (lexical == NULL)
        return;
    match_scratch_free(lexical->scratch);
    g_array_unref(lexical->hits);
    g_free(lexical);
}

static void count_sentiment(struct tally *tally, double weight, bool negated)
{
    if (weight == 0)
        return;
    weight *= negated ? TURNED : 1;
    if (tally->good + tally->bad == 0)
        tally->first = tally->least = tally->most = weight;
    tally->good += weight > 0;
    tally->bad += weight < 0;
    tally->sum += weight;
    tally->last = weight;
    tally->least = MIN(tally->least, weight);
    tally->most = MAX(tally->most, weight);
}

static void count_word(struct tally *tally, const struct lexicon_entry *entry, bool negated)
{
    if (entry->kind == LEXICON_SENTIMENT) {
        count_sentiment(tally, entry->weight, negated);
    } else if (negated) {
        return;
    } else if (entry->kind == LEXICON_CATEGORY) {
        tally->categories[entry->label] += entry->weight;
    } else if (entry->kind == LEXICON_EMOTION) {
        tally->emotions[entry->label] += entry->weight;
    } else if (entry->kind == LEXICON_FLAG) {
        tally->flags[entry->label] += entry->weight;
    } else if (entry->kind == LEXICON_URGENCY) {
        tally->urgency = MAX(tally->urgency, entry->weight);
    } else if (entry->weight > tally->gravity) {
        tally->gravity = entry->weight;
        tally->topic = entry->topic;
    }
}

/* Of words that lie in one another only the longest counts, each kind for itself: 不好 is not 好. */
static void count_hits(const struct lexical *lexical, const char *text, struct tally *tally)
{
    uint32_t covered[LEXICON_KINDS] = {0};
    const struct match_hit *last[LEXICON_KINDS] = {NULL};
    for (guint i = 0; i < lexical->hits->len; i++) {
        const struct match_hit *hit = &g_array_index(lexical->hits, struct match_hit, i);
        const struct lexicon_entry *entry =
            &g_array_index(lexical->words->lexicon.entries, struct lexicon_entry, hit->keyword);
        const struct match_hit *before = last[entry->kind];
        bool same = before != NULL && before->begin == hit->begin && before->end == hit->end; /* two labels */
        if (hit->end <= covered[entry->kind] && !same)
            continue;
        covered[entry->kind] = MAX(covered[entry->kind], hit->end);
        last[entry->kind] = hit;
        count_word(tally, entry, negation_of(text, hit->begin, hit->end).negated);
    }
}

/* Emoji and emoticon codes count as words of sentiment, and by themselves. */
static void count_signs(const char *text, size_t length, struct tally *tally)
{
    for (size_t at = 0; at < length;) {
        size_t next = at;
        int row = emoji_begins(fold_next(text, &next)) ? emoji_find(text, at, &next) : -1;
        at = next;
        if (row < 0)
            continue;
        const struct emoji *emoji = emoji_get(row);
        enum lexicon_emotion emotion;
        count_sentiment(tally, SIGN * emoji->sentiment, false);
        tally->signs += emoji->sentiment;
        if (lexicon_emotion_parse(emoji->emotion, &emotion))
            tally->emotions[emotion] += 1;
    }
}

static uint32_t hash_of(enum what what, int which, int value)
{
    uint32_t hash = 0x51ED270B;
    hash = (hash ^ (uint32_t)what) * 0x9E3779B1;
    hash = (hash ^ hash >> 15 ^ (uint32_t)(which + 64)) * 0x9E3779B1;
    hash = (hash ^ hash >> 15 ^ (uint32_t)(value + 64)) * 0x9E3779B1;
    return hash ^ hash >> 15;
}

static int rounded(double value, int most)
{
    return (int)lrint(CLAMP(value, -most, most));
}

static size_t add_sentiment(const struct tally *tally, uint32_t *hashes)
{
    if (tally->good + tally->bad == 0) {
        hashes[0] = hash_of(NONE, 0, 0);
        return 1;
    }
    hashes[0] = hash_of(SUM, 0, rounded(tally->sum, 7));
    hashes[1] = hash_of(GOOD, 0, MIN(tally->good, 4));
    hashes[2] = hash_of(BAD, 0, MIN(tally->bad, 4));
    hashes[3] = hash_of(FIRST, 0, tally->first > 0);
    hashes[4] = hash_of(LAST, 0, tally->last > 0);
    hashes[5] = hash_of(LEAST, 0, rounded(tally->least, 4));
    hashes[6] = hash_of(MOST, 0, rounded(tally->most, 4));
    return 7;
}

/* One feature for each label whose words are there, one for the label with most. */
static size_t add_labels(const double *weights, int labels, enum what each, enum what most, uint32_t *hashes)
{
    size_t count = 0;
    int chief = -1;
    for (int i = 0; i < labels; i++) {
        if (weights[i] == 0)
            continue;
        hashes[count++] = hash_of(each, i, rounded(MAX(weights[i], 1), 4));
        if (chief < 0 || weights[i] > weights[chief])
            chief = i;
    }
    hashes[count++] = hash_of(most, chief, 0);
    return count;
}

static size_t add_others(const struct tally *tally, uint32_t *hashes)
{
    size_t count = add_labels(tally->categories, LEXICON_CATEGORIES, CATEGORY, CHIEF, hashes);
    count += add_labels(tally->emotions, LEXICON_EMOTIONS, EMOTION, FEELING, hashes + count);
    for (int i = 0; i < LEXICON_FLAGS; i++)
        if (tally->flags[i] > 0)
            hashes[count++] = hash_of(FLAG, i, rounded(MAX(tally->flags[i], 1), 4));
    if (tally->signs != 0)
        hashes[count++] = hash_of(SIGNS, 0, rounded(tally->signs, 4));
    hashes[count++] = hash_of(URGENCY, 0, rounded(tally->urgency, 3));
    hashes[count++] = hash_of(GRAVITY, 0, rounded(tally->gravity, 3));
    if (tally->topic != NULL)
        hashes[count++] = hash_of(TOPIC, (int)(g_str_hash(tally->topic) & 0xFFFFFF), 0);
    return count;
}

size_t lexical_read(struct lexical *lexical, const char *folded, size_t length, uint32_t hashes[LEXICAL_MOST])
{
    struct tally tally = {0};
    match_run(lexical->words->match, lexical->scratch, folded, length, lexical->hits);
    count_hits(lexical, folded, &tally);
    count_signs(folded, length, &tally);
    size_t count = add_sentiment(&tally, hashes);
    return count + add_others(&tally, hashes + count);
}

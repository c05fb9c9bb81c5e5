#include "understanding/evidence.h"

#include "understanding/emoji.h"
#include "understanding/match.h"
#include "understanding/negation.h"

#include <math.h>
#include <string.h>

#define SENTIMENT_HALF 3.0 /* a sum that is strength 50 */
#define EVIDENCE_LEAST 0.8 /* a category with less has nothing to say */
#define QUOTED 0.4         /* what others' words in a repost weigh */
#define FLAG_MIDDLE 1.6    /* a sum that is as likely as not */
#define FLAG_SLOPE 1.6
#define STRONG 40 /* a strength that is an emotion by itself */

struct evidence_lexicon {
    struct lexicon lexicon;
    struct match *match;
};

struct evidence_scratch {
    struct match_scratch *match;
    GArray *hits;  /* of struct match_hit */
    GArray *pulls; /* of struct evidence_pull */
};

struct evidence_lexicon *evidence_lexicon_new(GError **error)
{
    struct evidence_lexicon *lexicon = g_new0(struct evidence_lexicon, 1);
    if (lexicon_init(&lexicon->lexicon, error)) {
        const GArray *entries = lexicon->lexicon.entries;
        g_autofree struct match_keyword *keywords = g_new0(struct match_keyword, entries->len);
        for (guint i = 0; i < entries->len; i++) {
            const struct lexicon_entry *entry = &g_array_index(entries, struct lexicon_entry, i);
            keywords[i] = (struct match_keyword){.text = entry->word, .stem = entry->stem};
        }
        lexicon->match = match_new(keywords, entries->len, error);
    }
    if (lexicon->match != NULL)
        return lexicon;
    evidence_lexicon_free(lexicon);
    return NULL;
}

void evidence_lexicon_free(struct evidence_lexicon *lexicon)
{
    if (lexicon == NULL)
        return;
    match_free(lexicon->match);
    lexicon_clear(&lexicon->lexicon);
    g_free(lexicon);
}

struct evidence_scratch *evidence_scratch_new(const struct evidence_lexicon *lexicon)
{
    struct evidence_scratch *scratch = g_new0(struct evidence_scratch, 1);
    scratch->match = match_scratch_new(lexicon->match);
    scratch->hits = g_array_new(FALSE, FALSE, sizeof(struct match_hit));
    scratch->pulls = g_array_new(FALSE, FALSE, sizeof(struct evidence_pull));
    return scratch;
}

void evidence_scratch_free(struct evidence_scratch *scratch)
{
    if (scratch == NULL)
        return;
    match_scratch_free(scratch->match);
    g_array_unref(scratch->hits);
    g_array_unref(scratch->pulls);
    g_free(scratch);
}

GArray *evidence_pulls(struct evidence_scratch *scratch)
{
    return scratch->pulls;
}

/* ---- which words count ---- */

static const struct lexicon_entry *entry_of(const struct evidence_lexicon *lexicon, uint32_t keyword)
{
    return &g_array_index(lexicon->lexicon.entries, struct lexicon_entry, keyword);
}

/* Negated: a sentiment turns, weaker ("not good" is bad, "not bad" only fair); anything else is taken back. */
static double weigh(const struct lexicon_entry *entry, const struct negation *negation)
{
    if (entry->kind != LEXICON_SENTIMENT)
        return negation->negated ? 0 : entry->weight;
    if (!negation->negated)
        return entry->weight * negation->degree;
    return entry->weight > 0 ? -0.9 * entry->weight : -0.4 * entry->weight;
}

static void add_pull(struct evidence_scratch *scratch, const struct normalized *normalized, enum normalize_view view,
                     const struct match_hit *hit, const struct lexicon_entry *entry)
{
    const char *text = normalized_text(normalized, view)->str;
    struct negation negation = negation_of(text, hit->begin, hit->end);
    struct evidence_pull pull = {.begin = (uint32_t)negation.begin,
                                 .end = hit->end,
                                 .view = view,
                                 .kind = entry->kind,
                                 .label = entry->label,
                                 .topic = entry->topic,
                                 .weight = weigh(entry, &negation)};
    if (view == NORMALIZE_PLAIN && hit->begin >= normalized->own_end)
        pull.weight *= QUOTED;
    if (pull.weight != 0)
        g_array_append_val(scratch->pulls, pull);
}

/* Of words that lie in one another only the longest counts, each kind for itself: 不好 is not 好. */
static void collect(const struct evidence_lexicon *lexicon, struct evidence_scratch *scratch,
                    const struct normalized *normalized, enum normalize_view view)
{
    uint32_t covered[LEXICON_KINDS] = {0};
    for (guint i = 0; i < scratch->hits->len; i++) {
        const struct match_hit *hit = &g_array_index(scratch->hits, struct match_hit, i);
        const struct lexicon_entry *entry = entry_of(lexicon, hit->keyword);
        const struct match_hit *last = i == 0 ? NULL : hit - 1;
        bool same = last != NULL && last->begin == hit->begin && last->end == hit->end; /* one word, two labels */
        if (hit->end <= covered[entry->kind] && !(same && entry_of(lexicon, last->keyword)->kind == entry->kind))
            continue;
        covered[entry->kind] = MAX(covered[entry->kind], hit->end);
        if (view == NORMALIZE_PLAIN || entry->kind == LEXICON_FLAG)
            add_pull(scratch, normalized, view, hit, entry);
    }
}

/* ---- emoji ---- */

static const enum lexicon_emotion *emotion_of(const struct emoji *emoji, enum lexicon_emotion *emotion)
{
    return lexicon_emotion_parse(emoji->emotion, emotion) && *emotion != LEXICON_NEUTRAL ? emotion : NULL;
}

static bool told_already(const struct evidence_scratch *scratch, uint32_t begin)
{
    for (guint i = 0; i < scratch->pulls->len; i++) {
        const struct evidence_pull *pull = &g_array_index(scratch->pulls, struct evidence_pull, i);
        if (pull->kind == LEXICON_SENTIMENT && pull->begin == begin)
            return true;
    }
    return false;
}

static void collect_emoji(struct evidence_scratch *scratch, const struct normalized *normalized)
{
    if (normalized->kinds[NORMALIZE_EMOJI] == 0)
        return;
    for (guint i = 0; i < normalized->spans->len; i++) {
        const struct normalize_span *span = &g_array_index(normalized->spans, struct normalize_span, i);
        const struct emoji *emoji = span->kind == NORMALIZE_EMOJI ? emoji_get(span->value) : NULL;
        if (emoji == NULL || span->begin == span->end || span->begin >= normalized->own_end)
            continue;
        struct evidence_pull pull = {.begin = span->begin, .end = span->end, .kind = LEXICON_SENTIMENT};
        pull.weight = 0.6 * emoji->sentiment;
        if (pull.weight != 0 && !told_already(scratch, pull.begin))
            g_array_append_val(scratch->pulls, pull);
        enum lexicon_emotion emotion;
        if (emotion_of(emoji, &emotion) != NULL) {
            pull.kind = LEXICON_EMOTION;
            pull.label = (int)emotion;
            pull.weight = 1;
            g_array_append_val(scratch->pulls, pull);
        }
    }
}

/* ---- adding up ---- */

/* The same word again and again says little more than twice. */
static double repeated(const GArray *pulls, guint at)
{
    int before = 0;
    const struct evidence_pull *pull = &g_array_index(pulls, struct evidence_pull, at);
    for (guint i = at > 40 ? at - 40 : 0; i < at; i++) {
        const struct evidence_pull *other = &g_array_index(pulls, struct evidence_pull, i);
        before += other->kind == pull->kind && other->label == pull->label && other->weight == pull->weight &&
                  other->end - other->begin == pull->end - pull->begin;
    }
    return before == 0 ? 1 : before == 1 ? 0.4 : 0.05;
}

static void add_gravity(struct evidence *out, const struct evidence_pull *pull, double weight)
{
    if (out->topic == NULL || out->gravity < pull->weight) {
        out->topic = pull->topic;
        out->gravity = pull->weight;
    }
    out->sentiment -= strcmp(pull->topic, "media") == 0 ? 0 : 0.4 * weight;
}

static void add_up(const GArray *pulls, struct evidence *out)
{
    for (guint i = 0; i < pulls->len; i++) {
        const struct evidence_pull *pull = &g_array_index(pulls, struct evidence_pull, i);
        double weight = pull->weight * repeated(pulls, i);
        switch (pull->kind) {
        case LEXICON_CATEGORY:
            out->categories[pull->label] += weight;
            break;
        case LEXICON_SENTIMENT:
            out->sentiment += weight;
            break;
        case LEXICON_URGENCY:
            out->urgency = MAX(out->urgency, (int)lround(pull->weight));
            break;
        case LEXICON_GRAVITY:
            add_gravity(out, pull, weight);
            break;
        case LEXICON_EMOTION:
            out->emotions[pull->label] += weight;
            break;
        case LEXICON_FLAG:
            out->flags[pull->label] += weight;
            break;
        case LEXICON_KINDS:
            break;
        }
    }
    if (out->gravity >= 3)
        out->urgency = MAX(out->urgency, 2);
}

/* What is not said in words of the category but goes with it. */
static void lean(const struct normalized *normalized, struct evidence *out)
{
    double bad = MAX(0, -out->sentiment);
    double good = MAX(0, out->sentiment);
    out->categories[LEXICON_COMPLAINT] +=
        0.6 * MIN(bad, 5) + MAX(0, out->gravity - 1) + 0.3 * out->flags[LEXICON_CHURN];
    out->categories[LEXICON_PRAISE] += 0.6 * MIN(good, 4);
    out->categories[LEXICON_IRRELEVANT] += 0.8 * out->flags[LEXICON_SPAM];
    if (normalized->questions > 0)
        out->categories[LEXICON_CONSULTATION] += bad > 1 ? 0.3 : 0.9;
    /* A grave matter is never advertising. */
    if (out->topic != NULL)
        out->categories[LEXICON_IRRELEVANT] *= 0.3;
}

void evidence_read(const struct evidence_lexicon *lexicon, struct evidence_scratch *scratch,
                   const struct normalized *normalized, struct evidence *out)
{
    const GString *text = normalized_text(normalized, NORMALIZE_PLAIN);
    *out = (struct evidence){0};
    g_array_set_size(scratch->pulls, 0);
    match_run(lexicon->match, scratch->match, text->str, text->len, scratch->hits);
    collect(lexicon, scratch, normalized, NORMALIZE_PLAIN);
    if (normalized->obfuscated) {
        text = normalized_text(normalized, NORMALIZE_BARE);
        match_run(lexicon->match, scratch->match, text->str, text->len, scratch->hits);
        collect(lexicon, scratch, normalized, NORMALIZE_BARE);
    }
    collect_emoji(scratch, normalized);
    add_up(scratch->pulls, out);
    lean(normalized, out);
}

/* ---- answers ---- */

bool evidence_category(const struct evidence *evidence, bool is_public, enum lexicon_category *category,
                       double *confidence)
{
    int best = LEXICON_COMPLAINT;
    double sum = 0;
    for (int i = 0; i < LEXICON_CATEGORIES; i++) {
        sum += evidence->categories[i];
        if (evidence->categories[i] > evidence->categories[best])
            best = i;
    }
    double top = evidence->categories[best];
    if (top < EVIDENCE_LEAST) { /* who writes to us wants something; who only mentions us, mostly not */
        *confidence = 0.2;
        *category = is_public ? LEXICON_IRRELEVANT : LEXICON_CONSULTATION;
        return false;
    }
    *confidence = top / sum * (top / (top + 1));
    *category = (enum lexicon_category)best;
    return true;
}

int evidence_strength(const struct evidence *evidence)
{
    return (int)lround(100 * evidence->sentiment / (fabs(evidence->sentiment) + SENTIMENT_HALF));
}

enum lexicon_emotion evidence_emotion(const struct evidence *evidence)
{
    int best = LEXICON_NEUTRAL;
    for (int i = 0; i < LEXICON_EMOTIONS; i++)
        if (evidence->emotions[i] > evidence->emotions[best])
            best = i;
    if (best != LEXICON_NEUTRAL)
        return (enum lexicon_emotion)best;
    int strength = evidence_strength(evidence);
    return strength <= -STRONG ? LEXICON_ANGRY : strength >= STRONG ? LEXICON_HAPPY : LEXICON_NEUTRAL;
}

double evidence_flag(const struct evidence *evidence, enum lexicon_flag flag)
{
    return 1 / (1 + exp(-FLAG_SLOPE * (evidence->flags[flag] - FLAG_MIDDLE)));
}

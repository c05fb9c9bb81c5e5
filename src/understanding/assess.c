#include "understanding/assess.h"

#include "understanding/importance.h"
#include "understanding/language.h"
#include "understanding/lexicon.h"
#include "understanding/match.h"
#include "understanding/negation.h"

#include <math.h>
#include <string.h>

#define MODEL "lexicon-2"
#define SENTIMENT_CLEAR 0.7 /* a sum nearer to 0 is neutral */
#define SENTIMENT_HALF 3.0  /* a sum that is strength 50 */
#define STRONG 40           /* a strength that is an emotion */
#define EVIDENCE_LEAST 0.8  /* a category with less has nothing to say */

/* What one message needs while it is looked at; kept for the next one. */
struct work {
    struct normalized normalized;
    struct match_scratch *scratch;
    GArray *hits;  /* of struct match_hit */
    GArray *pulls; /* of struct pull */
};

struct assess {
    int references;
    struct importance_weights weights;
    struct lexicon lexicon;
    struct match *match;
    GMutex lock;     /* guards idle, the one thing that changes */
    GPtrArray *idle; /* of struct work * */
};

/* A word that counts, with what stands before it taken in. */
struct pull {
    uint32_t begin, end; /* folded bytes, the negation included */
    const struct lexicon_entry *entry;
    double weight;
};

static void work_free(void *data)
{
    struct work *work = data;
    normalized_clear(&work->normalized);
    match_scratch_free(work->scratch);
    g_array_unref(work->hits);
    g_array_unref(work->pulls);
    g_free(work);
}

static const struct lexicon_entry *entry_of(const struct assess *assess, uint32_t keyword)
{
    return &g_array_index(assess->lexicon.entries, struct lexicon_entry, keyword);
}

static void assess_free(struct assess *assess)
{
    g_ptr_array_unref(assess->idle);
    match_free(assess->match);
    lexicon_clear(&assess->lexicon);
    g_mutex_clear(&assess->lock);
    g_free(assess);
}

struct assess *assess_new(const struct assess_parts *parts, GError **error)
{
    struct assess *assess = g_new0(struct assess, 1);
    assess->references = 1;
    assess->weights = parts != NULL && parts->weights != NULL ? *parts->weights : importance_defaults();
    g_mutex_init(&assess->lock);
    assess->idle = g_ptr_array_new_with_free_func(work_free);
    if (lexicon_init(&assess->lexicon, error)) {
        guint count = assess->lexicon.entries->len;
        g_autofree struct match_keyword *keywords = g_new0(struct match_keyword, count);
        for (guint i = 0; i < count; i++)
            keywords[i] = (struct match_keyword){.text = entry_of(assess, i)->word, .stem = entry_of(assess, i)->stem};
        assess->match = match_new(keywords, count, error);
    }
    if (assess->match != NULL)
        return assess;
    assess_free(assess);
    return NULL;
}

struct assess *assess_ref(struct assess *assess)
{
    g_atomic_int_inc(&assess->references);
    return assess;
}

void assess_unref(struct assess *assess)
{
    if (assess != NULL && g_atomic_int_dec_and_test(&assess->references))
        assess_free(assess);
}

/* The lexicons never change; the list of idle scratches does, under its lock. */
static struct work *take_work(const struct assess *assess)
{
    struct assess *changeable = (struct assess *)(uintptr_t)assess;
    struct work *work = NULL;
    g_mutex_lock(&changeable->lock);
    if (assess->idle->len > 0)
        work = g_ptr_array_steal_index_fast(assess->idle, assess->idle->len - 1);
    g_mutex_unlock(&changeable->lock);
    if (work != NULL)
        return work;
    work = g_new0(struct work, 1);
    normalized_init(&work->normalized);
    work->scratch = match_scratch_new(assess->match);
    work->hits = g_array_new(FALSE, FALSE, sizeof(struct match_hit));
    work->pulls = g_array_new(FALSE, FALSE, sizeof(struct pull));
    return work;
}

static void give_back(const struct assess *assess, struct work *work)
{
    struct assess *changeable = (struct assess *)(uintptr_t)assess;
    g_mutex_lock(&changeable->lock);
    g_ptr_array_add(assess->idle, work);
    g_mutex_unlock(&changeable->lock);
}

/* ---- which words count ---- */

/* Negated: a sentiment turns, weaker ("not good" is bad, "not bad" only fair); anything else is taken back. */
static double weigh(const struct lexicon_entry *entry, const struct negation *negation)
{
    if (entry->kind != LEXICON_SENTIMENT)
        return negation->negated ? 0 : entry->weight;
    if (!negation->negated)
        return entry->weight * negation->degree;
    return entry->weight > 0 ? -0.9 * entry->weight : -0.4 * entry->weight;
}

/* Of words that lie in one another only the longest counts, each kind for itself: 不好 is not 好. */
static void collect(const struct assess *assess, struct work *work)
{
    uint32_t covered[LEXICON_GRAVITY + 1] = {0};
    g_array_set_size(work->pulls, 0);
    for (guint i = 0; i < work->hits->len; i++) {
        const struct match_hit *hit = &g_array_index(work->hits, struct match_hit, i);
        const struct lexicon_entry *entry = entry_of(assess, hit->keyword);
        const struct match_hit *last = i == 0 ? NULL : hit - 1;
        bool same = last != NULL && last->begin == hit->begin && last->end == hit->end; /* one word, two labels */
        if (hit->end <= covered[entry->kind] && !(same && entry_of(assess, last->keyword)->kind == entry->kind))
            continue;
        covered[entry->kind] = MAX(covered[entry->kind], hit->end);
        struct negation negation = negation_before(work->normalized.fold.text->str, hit->begin);
        struct pull pull = {(uint32_t)negation.begin, hit->end, entry, weigh(entry, &negation)};
        if (pull.weight != 0)
            g_array_append_val(work->pulls, pull);
    }
}

/* ---- judging ---- */

struct judgement {
    double categories[LEXICON_CATEGORIES];
    double sentiment;
    struct importance_basis basis;
};

/* The same word again and again says little more than twice. */
static double repeated(const GArray *pulls, guint at)
{
    int before = 0;
    const struct pull *pull = &g_array_index(pulls, struct pull, at);
    for (guint i = at > 40 ? at - 40 : 0; i < at; i++)
        before += g_array_index(pulls, struct pull, i).entry == pull->entry;
    return before == 0 ? 1 : before == 1 ? 0.4 : 0.05;
}

static void weigh_gravity(struct importance_basis *basis, const struct lexicon_entry *entry)
{
    if (basis->gravity != NULL && basis->gravity_weight >= entry->weight)
        return;
    basis->gravity = entry->topic;
    basis->gravity_weight = entry->weight;
}

static void add_up(const struct work *work, struct judgement *judgement)
{
    for (guint i = 0; i < work->pulls->len; i++) {
        const struct pull *pull = &g_array_index(work->pulls, struct pull, i);
        double weight = pull->weight * repeated(work->pulls, i);
        switch (pull->entry->kind) {
        case LEXICON_CATEGORY:
            judgement->categories[pull->entry->category] += weight;
            break;
        case LEXICON_SENTIMENT:
            judgement->sentiment += weight;
            break;
        case LEXICON_URGENCY:
            judgement->basis.urgency = MAX(judgement->basis.urgency, (int)pull->entry->weight);
            break;
        case LEXICON_GRAVITY:
            weigh_gravity(&judgement->basis, pull->entry);
            judgement->sentiment -= strcmp(pull->entry->topic, "media") == 0 ? 0 : 0.4 * weight;
            break;
        }
    }
    if (judgement->basis.gravity_weight >= 3)
        judgement->basis.urgency = MAX(judgement->basis.urgency, 2);
}

/* What is not said in words of the category but goes with it. */
static void lean(const struct work *work, struct judgement *judgement)
{
    double *categories = judgement->categories;
    double bad = MAX(0, -judgement->sentiment);
    double good = MAX(0, judgement->sentiment);
    categories[LEXICON_COMPLAINT] += 0.6 * MIN(bad, 5) + MAX(0, judgement->basis.gravity_weight - 1);
    categories[LEXICON_PRAISE] += 0.6 * MIN(good, 4);
    if (work->normalized.questions > 0)
        categories[LEXICON_CONSULTATION] += bad > 1 ? 0.3 : 0.9;
    /* A grave matter is never advertising. */
    if (judgement->basis.gravity != NULL)
        categories[LEXICON_IRRELEVANT] *= 0.3;
}

static enum lexicon_category choose(const struct judgement *judgement, const struct assess_facts *facts,
                                    double *confidence)
{
    int best = LEXICON_COMPLAINT;
    double sum = 0;
    for (int i = 0; i < LEXICON_CATEGORIES; i++) {
        sum += judgement->categories[i];
        if (judgement->categories[i] > judgement->categories[best])
            best = i;
    }
    double top = judgement->categories[best];
    if (top < EVIDENCE_LEAST) { /* who writes to us wants something; who only mentions us, mostly not */
        *confidence = 0.2;
        return !facts->is_public ? LEXICON_CONSULTATION : LEXICON_IRRELEVANT;
    }
    *confidence = top / sum * (top / (top + 1));
    return (enum lexicon_category)best;
}

/* ---- saying why ---- */

static const char *pull_label(const struct pull *pull, enum lexicon_category category)
{
    static const char *const CATEGORY_LABELS[LEXICON_CATEGORIES] = {
        "category:complaint",   "category:after_sales", "category:order",  "category:consultation",
        "category:cooperation", "category:suggestion",  "category:praise", "category:irrelevant"};
    switch (pull->entry->kind) {
    case LEXICON_CATEGORY:
        return pull->entry->category == category ? CATEGORY_LABELS[category] : NULL;
    case LEXICON_SENTIMENT:
        return pull->weight < 0 ? "sentiment:negative" : "sentiment:positive";
    case LEXICON_URGENCY:
        return "urgency";
    case LEXICON_GRAVITY:
        return "gravity";
    }
    return NULL;
}

static int by_weight(const void *a, const void *b)
{
    const struct pull *x = a;
    const struct pull *y = b;
    double difference = fabs(y->weight) - fabs(x->weight);
    if (difference != 0)
        return difference < 0 ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_place(const void *a, const void *b)
{
    const struct assess_match *x = a;
    const struct assess_match *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return strcmp(x->label, y->label);
}

/* The strongest ASSESS_MATCHES, in order of their place. */
static void tell_matches(const struct work *work, enum lexicon_category category, struct assessment *out)
{
    g_array_sort(work->pulls, by_weight);
    for (guint i = 0; i < work->pulls->len && out->match_count < ASSESS_MATCHES; i++) {
        const struct pull *pull = &g_array_index(work->pulls, struct pull, i);
        const char *label = pull_label(pull, category);
        if (label == NULL)
            continue;
        const struct fold *fold = &work->normalized.fold;
        out->matches[out->match_count++] = (struct assess_match){(int)fold_source_begin(fold, pull->begin),
                                                                 (int)fold_source_end(fold, pull->end), label};
    }
    qsort(out->matches, (size_t)out->match_count, sizeof *out->matches, by_place);
}

/* -100 … 100: half way at SENTIMENT_HALF, never quite at the end. */
static void tell_sentiment(double sum, struct assessment *out)
{
    out->strength = (int)lround(100 * sum / (fabs(sum) + SENTIMENT_HALF));
    if (sum <= -SENTIMENT_CLEAR)
        out->sentiment = "negative";
    else if (sum >= SENTIMENT_CLEAR)
        out->sentiment = "positive";
    out->emotion = out->strength <= -STRONG ? "angry" : out->strength >= STRONG ? "happy" : "neutral";
}

static void judge(const struct assess *assess, struct work *work, const struct assess_facts *facts,
                  struct assessment *out)
{
    const GString *text = work->normalized.fold.text;
    struct judgement judgement = {0};
    match_run(assess->match, work->scratch, text->str, text->len, work->hits);
    collect(assess, work);
    add_up(work, &judgement);
    lean(work, &judgement);
    tell_sentiment(judgement.sentiment, out);
    judgement.basis.category = choose(&judgement, facts, &out->confidence);
    out->category = lexicon_category_format(judgement.basis.category);
    out->urgency = judgement.basis.urgency;
    out->needs_answer = judgement.basis.category != LEXICON_IRRELEVANT;
    out->needs_answer_probability = out->needs_answer ? MAX(0.5, out->confidence) : MIN(0.5, 1 - out->confidence);
    importance_sum(&assess->weights, &judgement.basis, facts, out);
    tell_matches(work, judgement.basis.category, out);
}

void assess_message(const struct assess *assess, const struct assess_facts *facts, struct assessment *out)
{
    *out = (struct assessment){.category = "irrelevant", .sentiment = "neutral", .emotion = "neutral"};
    g_strlcpy(out->model, MODEL, sizeof out->model);
    struct work *work = take_work(assess);
    normalize_text(&work->normalized, facts->text, strlen(facts->text));
    out->language = language_guess(&work->normalized);
    if (work->normalized.fold.text->len > 0)
        judge(assess, work, facts, out);
    give_back(assess, work);
}

#include "understanding/reason.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reasons {
    const struct normalized *normalized;
    GArray *pulls;   /* borrowed */
    GArray *matches; /* of struct weighed */
};

struct weighed { /* a match and how much it matters that it is shown */
    struct assess_match match;
    double weight;
};

struct reasons *reasons_new(void)
{
    struct reasons *reasons = g_new0(struct reasons, 1);
    reasons->matches = g_array_new(FALSE, FALSE, sizeof(struct weighed));
    return reasons;
}

void reasons_free(struct reasons *reasons)
{
    if (reasons == NULL)
        return;
    g_array_unref(reasons->matches);
    g_free(reasons);
}

static int by_weight(const void *a, const void *b)
{
    const struct evidence_pull *x = a;
    const struct evidence_pull *y = b;
    double difference = fabs(y->weight) - fabs(x->weight);
    if (difference != 0)
        return difference < 0 ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : x->label - y->label;
}

void reasons_begin(struct reasons *reasons, const struct normalized *normalized, GArray *pulls)
{
    reasons->normalized = normalized;
    reasons->pulls = pulls;
    g_array_set_size(reasons->matches, 0);
    if (pulls->len > 1)
        g_array_sort(pulls, by_weight);
}

void reasons_add_rule(struct reasons *reasons, const struct rule_mark *marks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct weighed weighed = {{(int)marks[i].begin, (int)marks[i].end, "rule"}, 10};
        g_array_append_val(reasons->matches, weighed);
    }
}

/* ---- because ---- */

static struct assess_because *begin_because(struct assessment *out, const char *task, const char *label)
{
    g_assert(out->because_count < ASSESS_BECAUSE);
    struct assess_because *because = out->because + out->because_count++;
    because->task = task;
    because->label = label;
    because->word_count = 0;
    return because;
}

static void add_word(const struct reasons *reasons, const struct evidence_pull *pull, double weight,
                     struct assess_because *because)
{
    size_t begin = pull->begin;
    size_t end = pull->end;
    if (because->word_count == ASSESS_WORDS)
        return;
    normalized_source(reasons->normalized, pull->view, &begin, &end);
    for (int i = 0; i < because->word_count; i++)
        if (because->words[i].begin == (int)begin)
            return;
    because->words[because->word_count++] = (struct assess_word){(int)begin, (int)end, (float)weight};
}

/* The words of a kind and label; sign: of sentiment, +1 or -1 for the side that words must be on, else 0. */
static void tell_task(const struct reasons *reasons, enum lexicon_kind kind, int label, int sign, const char *task,
                      const char *name, struct assessment *out)
{
    struct assess_because *because = NULL;
    for (int i = 0; i < out->because_count; i++)
        if (strcmp(out->because[i].task, task) == 0)
            return; /* the model has said why */
    for (guint i = 0; i < reasons->pulls->len && (because != NULL || out->because_count < ASSESS_BECAUSE); i++) {
        const struct evidence_pull *pull = &g_array_index(reasons->pulls, struct evidence_pull, i);
        if (pull->kind != kind || (label >= 0 && pull->label != label) || (sign != 0 && pull->weight * sign <= 0))
            continue;
        if (because == NULL)
            because = begin_because(out, task, name);
        add_word(reasons, pull, fabs(pull->weight), because);
    }
}

static const char *urgency_name(int urgency)
{
    static const char *const NAMES[] = {"0", "1", "2", "3"};
    return NAMES[urgency];
}

void reasons_tell_words(struct reasons *reasons, struct assessment *out)
{
    enum lexicon_category category;
    enum lexicon_emotion emotion;
    if (lexicon_category_parse(out->category, &category))
        tell_task(reasons, LEXICON_CATEGORY, (int)category, 0, "category", out->category, out);
    int sign = strcmp(out->sentiment, "negative") == 0 ? -1 : strcmp(out->sentiment, "positive") == 0 ? 1 : 0;
    if (sign != 0)
        tell_task(reasons, LEXICON_SENTIMENT, -1, sign, "sentiment", out->sentiment, out);
    if (lexicon_emotion_parse(out->emotion, &emotion) && emotion != LEXICON_NEUTRAL)
        tell_task(reasons, LEXICON_EMOTION, (int)emotion, 0, "emotion", out->emotion, out);
    if (out->urgency > 0)
        tell_task(reasons, LEXICON_URGENCY, -1, 0, "urgency", urgency_name(out->urgency), out);
    if (out->spam.is)
        tell_task(reasons, LEXICON_FLAG, LEXICON_SPAM, 0, "spam", "yes", out);
    if (out->abuse.is)
        tell_task(reasons, LEXICON_FLAG, LEXICON_ABUSE, 0, "abuse", "yes", out);
    if (out->churn.is)
        tell_task(reasons, LEXICON_FLAG, LEXICON_CHURN, 0, "churn", "yes", out);
}

/* ---- highlights ---- */

static const char *pull_label(const struct evidence_pull *pull, enum lexicon_category category)
{
    static const char *const CATEGORY_LABELS[LEXICON_CATEGORIES] = {
        "category:complaint",   "category:after_sales", "category:order",  "category:consultation",
        "category:cooperation", "category:suggestion",  "category:praise", "category:irrelevant"};
    static const char *const FLAG_LABELS[LEXICON_FLAGS] = {"spam", "abuse", "churn"};
    switch (pull->kind) {
    case LEXICON_CATEGORY:
        return pull->label == (int)category ? CATEGORY_LABELS[category] : NULL;
    case LEXICON_SENTIMENT:
        return pull->weight < 0 ? "sentiment:negative" : "sentiment:positive";
    case LEXICON_URGENCY:
        return "urgency";
    case LEXICON_GRAVITY:
        return "gravity";
    case LEXICON_FLAG:
        return FLAG_LABELS[pull->label];
    case LEXICON_EMOTION: /* said by because; the thread need not be painted with it */
    case LEXICON_KINDS:
        break;
    }
    return NULL;
}

static int by_importance(const void *a, const void *b)
{
    const struct weighed *x = a;
    const struct weighed *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->match.begin - y->match.begin;
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

static bool is_told(const struct assessment *out, const struct assess_match *match)
{
    for (int i = 0; i < out->match_count; i++)
        if (out->matches[i].begin == match->begin && out->matches[i].end == match->end &&
            out->matches[i].label == match->label)
            return true;
    return false;
}

void reasons_tell_matches(struct reasons *reasons, enum lexicon_category category, struct assessment *out)
{
    for (guint i = 0; i < reasons->pulls->len && i < 4 * ASSESS_MATCHES; i++) {
        const struct evidence_pull *pull = &g_array_index(reasons->pulls, struct evidence_pull, i);
        const char *label = pull_label(pull, category);
        if (label == NULL)
            continue;
        size_t begin = pull->begin;
        size_t end = pull->end;
        normalized_source(reasons->normalized, pull->view, &begin, &end);
        struct weighed weighed = {{(int)begin, (int)end, label}, fabs(pull->weight)};
        g_array_append_val(reasons->matches, weighed);
    }
    if (reasons->matches->len > 1)
        g_array_sort(reasons->matches, by_importance);
    for (guint i = 0; i < reasons->matches->len && out->match_count < ASSESS_MATCHES; i++) {
        const struct assess_match *match = &g_array_index(reasons->matches, struct weighed, i).match;
        if (!is_told(out, match))
            out->matches[out->match_count++] = *match;
    }
    qsort(out->matches, (size_t)out->match_count, sizeof *out->matches, by_place);
}

#include "understanding/rule_compiled.h"

#include "base/fold.h"
#include "understanding/negation.h"

#include <string.h>

#define FOUND 4096    /* words of one text that are looked at */
#define WORD_BYTES 64 /* a word between two near ones is not longer */

struct found {           /* a word of the rules in a text */
    uint32_t begin, end; /* bytes of the view */
    uint32_t next;       /* of the same word; RULE_NOTHING */
    enum normalize_view view;
    bool own;
    int8_t negated; /* -1 = not looked at yet */
};

struct rule_scratch {
    struct match_scratch *match;
    struct pattern_scratch *patterns;
    GArray *hits;             /* of struct match_hit */
    GArray *found;            /* of struct found */
    GArray *pattern_hits;     /* of struct pattern_hit */
    GArray *pattern_found;    /* of struct found: parallel to pattern_hits */
    GArray *firsts, *seconds; /* of uint32_t: places in found */
    GArray *touched;          /* of uint32_t: keywords found */
    GArray *candidates;       /* of uint32_t: rules of which something was found */
    GArray *results;          /* of struct rule_hit */
    GArray *marks;            /* of struct rule_mark */
    uint32_t *first, *last;   /* per keyword: places in found; RULE_NOTHING */
    bool *candidate;          /* per rule */
};

/* ---- a scratch ---- */

struct rule_scratch *rule_scratch_new(const struct rule_set *set)
{
    struct rule_scratch *scratch = g_new0(struct rule_scratch, 1);
    scratch->match = match_scratch_new(set->match);
    scratch->patterns = pattern_scratch_new(set->patterns);
    scratch->hits = g_array_new(FALSE, FALSE, sizeof(struct match_hit));
    scratch->found = g_array_new(FALSE, FALSE, sizeof(struct found));
    scratch->pattern_hits = g_array_new(FALSE, FALSE, sizeof(struct pattern_hit));
    scratch->pattern_found = g_array_new(FALSE, FALSE, sizeof(struct found));
    scratch->firsts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    scratch->seconds = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    scratch->touched = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    scratch->candidates = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    scratch->results = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));
    scratch->marks = g_array_new(FALSE, FALSE, sizeof(struct rule_mark));
    scratch->first = g_new(uint32_t, set->keyword_count + 1);
    scratch->last = g_new(uint32_t, set->keyword_count + 1);
    memset(scratch->first, 0xFF, (set->keyword_count + 1) * sizeof *scratch->first);
    scratch->candidate = g_new0(bool, set->rules->len + 1);
    return scratch;
}

void rule_scratch_free(struct rule_scratch *scratch)
{
    if (scratch == NULL)
        return;
    GArray *const ARRAYS[] = {scratch->hits,    scratch->found,   scratch->pattern_hits, scratch->pattern_found,
                              scratch->firsts,  scratch->seconds, scratch->touched,      scratch->candidates,
                              scratch->results, scratch->marks};
    for (size_t i = 0; i < G_N_ELEMENTS(ARRAYS); i++)
        g_array_unref(ARRAYS[i]);
    match_scratch_free(scratch->match);
    pattern_scratch_free(scratch->patterns);
    g_free(scratch->first);
    g_free(scratch->last);
    g_free(scratch->candidate);
    g_free(scratch);
}

/* ---- one text ---- */

struct run {
    const struct rule_set *set;
    struct rule_scratch *scratch;
    const struct normalized *normalized;
    enum assess_language language;
    const struct rule *rule; /* the one looked at */
    bool forgive;            /* negated words count: to tell whether that is what is missing */
};

static struct found *found_at(const GArray *found, uint32_t at)
{
    return &g_array_index(found, struct found, at);
}

static bool is_own(const struct normalized *normalized, enum normalize_view view, uint32_t end)
{
    if (view == NORMALIZE_BARE)
        return fold_source_end(&normalized->bare, end) <= normalized->own_end;
    return end <= normalized->own_end;
}

static void wake(const struct run *run, uint32_t rule)
{
    if (run->scratch->candidate[rule])
        return;
    run->scratch->candidate[rule] = true;
    g_array_append_val(run->scratch->candidates, rule);
}

static void look_for_words(const struct run *run, enum normalize_view view, const GString *text)
{
    struct rule_scratch *scratch = run->scratch;
    match_run(run->set->match, scratch->match, text->str, text->len, scratch->hits);
    for (guint i = 0; i < scratch->hits->len && scratch->found->len < FOUND; i++) {
        const struct match_hit *hit = &g_array_index(scratch->hits, struct match_hit, i);
        struct found found = {.begin = hit->begin,
                              .end = hit->end,
                              .next = RULE_NOTHING,
                              .view = view,
                              .own = is_own(run->normalized, view, hit->end),
                              .negated = -1};
        uint32_t at = scratch->found->len;
        g_array_append_val(scratch->found, found);
        if (scratch->first[hit->keyword] == RULE_NOTHING) {
            scratch->first[hit->keyword] = at;
            g_array_append_val(scratch->touched, hit->keyword);
            for (uint32_t k = run->set->uses[hit->keyword]; k < run->set->uses[hit->keyword + 1]; k++)
                wake(run, run->set->users[k]);
        } else {
            found_at(scratch->found, scratch->last[hit->keyword])->next = at;
        }
        scratch->last[hit->keyword] = at;
    }
}

static void look_for_patterns(const struct run *run, enum normalize_view view, const GString *text)
{
    struct rule_scratch *scratch = run->scratch;
    guint before = scratch->pattern_hits->len;
    pattern_run(run->set->patterns, scratch->patterns, text->str, text->len, scratch->pattern_hits);
    for (guint i = before; i < scratch->pattern_hits->len; i++) {
        const struct pattern_hit *hit = &g_array_index(scratch->pattern_hits, struct pattern_hit, i);
        struct found found = {.begin = hit->begin,
                              .end = hit->end,
                              .view = view,
                              .own = is_own(run->normalized, view, hit->end),
                              .negated = -1};
        g_array_append_val(scratch->pattern_found, found);
        wake(run, g_array_index(run->set->patterned, uint32_t, hit->pattern));
    }
}

static void look(const struct run *run, enum normalize_view view)
{
    const GString *text = normalized_text(run->normalized, view);
    look_for_words(run, view, text);
    look_for_patterns(run, view, text);
}

static bool is_negated(const struct run *run, struct found *found)
{
    if (found->negated < 0)
        found->negated =
            negation_of(normalized_text(run->normalized, found->view)->str, found->begin, found->end).negated;
    return found->negated > 0;
}

/* Does the rule at hand look there? */
static bool accepts(const struct run *run, struct found *found)
{
    return (found->view == NORMALIZE_PLAIN || run->rule->obfuscated) && (found->own || run->rule->scope == RULE_ALL) &&
           (!run->rule->skip_negated || run->forgive || !is_negated(run, found));
}

static uint32_t first_of(const struct run *run, uint32_t word)
{
    return run->scratch->first[g_array_index(run->set->words, uint32_t, word)];
}

static bool word_found(const struct run *run, uint32_t word)
{
    const GArray *found = run->scratch->found;
    for (uint32_t at = first_of(run, word); at != RULE_NOTHING; at = found_at(found, at)->next)
        if (accepts(run, found_at(found, at)))
            return true;
    return false;
}

static uint32_t words_found(const struct run *run, struct rule_words words)
{
    uint32_t count = 0;
    for (uint32_t i = words.begin; i < words.end; i++)
        count += word_found(run, i);
    return count;
}

/* ---- near ---- */

static int by_place(const void *a, const void *b, void *data)
{
    const struct found *x = found_at(data, *(const uint32_t *)a);
    const struct found *y = found_at(data, *(const uint32_t *)b);
    if (x->view != y->view)
        return x->view < y->view ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static void gather(const struct run *run, struct rule_words words, GArray *out)
{
    GArray *found = run->scratch->found;
    g_array_set_size(out, 0);
    for (uint32_t i = words.begin; i < words.end; i++)
        for (uint32_t at = first_of(run, i); at != RULE_NOTHING; at = found_at(found, at)->next)
            if (accepts(run, found_at(found, at)))
                g_array_append_val(out, at);
    if (words.end - words.begin > 1)
        g_array_sort_with_data(out, by_place, found);
}

/* Are there no more than within units in [begin, end)? */
static bool within(const char *text, size_t begin, size_t end, const struct rule_near *near)
{
    int units = 0;
    bool in_word = false;
    if (end - begin > (size_t)(near->within + 1) * WORD_BYTES)
        return false;
    for (size_t at = begin; at < end && units <= near->within;) {
        enum fold_class class = fold_class(fold_next(text, &at));
        if (near->unit == RULE_CHARACTERS)
            units++;
        else
            units += class == FOLD_CJK || (class == FOLD_WORD && !in_word);
        in_word = class == FOLD_WORD;
    }
    return units <= near->within;
}

/* A word of firsts, then the nearest of seconds behind it. */
static bool pair(const struct run *run, const struct rule_near *near, const GArray *firsts, const GArray *seconds,
                 const struct found **one, const struct found **two)
{
    const GArray *found = run->scratch->found;
    guint k = 0;
    for (guint i = 0; i < firsts->len; i++) {
        *one = found_at(found, g_array_index(firsts, uint32_t, i));
        for (; k < seconds->len; k++) {
            *two = found_at(found, g_array_index(seconds, uint32_t, k));
            if ((*two)->view > (*one)->view || ((*two)->view == (*one)->view && (*two)->begin >= (*one)->end))
                break;
        }
        if (k == seconds->len)
            return false;
        if ((*two)->view == (*one)->view &&
            within(normalized_text(run->normalized, (*one)->view)->str, (*one)->end, (*two)->begin, near))
            return true;
    }
    return false;
}

static bool near_found(const struct run *run, const struct rule_compiled_near *near, const struct found **one,
                       const struct found **two)
{
    struct rule_scratch *scratch = run->scratch;
    gather(run, near->first, scratch->firsts);
    if (scratch->firsts->len == 0)
        return false;
    gather(run, near->second, scratch->seconds);
    return pair(run, near->near, scratch->firsts, scratch->seconds, one, two) ||
           (!near->near->ordered && pair(run, near->near, scratch->seconds, scratch->firsts, one, two));
}

/* ---- one rule ---- */

static bool pattern_found(const struct run *run, uint32_t pattern)
{
    const struct rule_scratch *scratch = run->scratch;
    for (guint i = 0; i < scratch->pattern_hits->len; i++)
        if (g_array_index(scratch->pattern_hits, struct pattern_hit, i).pattern == pattern &&
            accepts(run, found_at(scratch->pattern_found, i)))
            return true;
    return false;
}

static bool language_fits(enum rule_language wanted, enum assess_language is)
{
    if (wanted == RULE_ZH)
        return is == ASSESS_ZH_HANS || is == ASSESS_ZH_HANT;
    return wanted == RULE_ANY || is == ASSESS_EN;
}

/* The first thing the rule misses; "" when it hits. */
static const char *missing(struct run *run, const struct rule_compiled *compiled)
{
    const struct found *one = NULL;
    const struct found *two = NULL;
    run->rule = compiled->rule;
    if (!language_fits(compiled->rule->language, run->language))
        return "language";
    if (compiled->any.end > compiled->any.begin && words_found(run, compiled->any) == 0)
        return "any";
    if (words_found(run, compiled->all) < compiled->all.end - compiled->all.begin)
        return "all";
    for (uint32_t i = 0; i < compiled->near_count; i++)
        if (!near_found(run, &g_array_index(run->set->nears, struct rule_compiled_near, compiled->near + i), &one,
                        &two))
            return "near";
    if (compiled->pattern != RULE_NOTHING && !pattern_found(run, compiled->pattern))
        return "pattern";
    bool forgive = run->forgive;
    run->forgive = true; /* what must not be there must not be there in any way */
    bool spoilt = words_found(run, compiled->none) > 0;
    run->forgive = forgive;
    return spoilt ? "none" : "";
}

/* ---- where ---- */

static void mark(const struct run *run, uint32_t from, const struct found *found)
{
    GArray *marks = run->scratch->marks;
    if (marks->len - from >= RULE_MARKS)
        return;
    size_t begin = found->begin;
    size_t end = found->end;
    normalized_source(run->normalized, found->view, &begin, &end);
    struct rule_mark mark = {(uint32_t)begin, (uint32_t)end};
    guint at = marks->len;
    while (at > from && g_array_index(marks, struct rule_mark, at - 1).begin > mark.begin)
        at--;
    if (at > from && g_array_index(marks, struct rule_mark, at - 1).begin == mark.begin) {
        struct rule_mark *same = &g_array_index(marks, struct rule_mark, at - 1);
        same->end = MAX(same->end, mark.end);
        return;
    }
    g_array_insert_val(marks, at, mark);
}

static void mark_words(const struct run *run, uint32_t from, struct rule_words words)
{
    const GArray *found = run->scratch->found;
    for (uint32_t i = words.begin; i < words.end; i++)
        for (uint32_t at = first_of(run, i); at != RULE_NOTHING; at = found_at(found, at)->next) {
            if (run->scratch->marks->len - from >= RULE_MARKS)
                return;
            if (accepts(run, found_at(found, at)))
                mark(run, from, found_at(found, at));
        }
}

static void add_hit(struct run *run, const struct rule_compiled *compiled)
{
    const struct rule_scratch *scratch = run->scratch;
    struct rule_hit hit = {.rule = compiled->rule, .mark = scratch->marks->len};
    const struct found *one = NULL;
    const struct found *two = NULL;
    for (uint32_t i = 0; i < compiled->near_count; i++) {
        if (near_found(run, &g_array_index(run->set->nears, struct rule_compiled_near, compiled->near + i), &one,
                       &two)) {
            mark(run, hit.mark, one);
            mark(run, hit.mark, two);
        }
    }
    mark_words(run, hit.mark, compiled->all);
    mark_words(run, hit.mark, compiled->any);
    for (guint i = 0; i < scratch->pattern_hits->len; i++)
        if (g_array_index(scratch->pattern_hits, struct pattern_hit, i).pattern == compiled->pattern &&
            accepts(run, found_at(scratch->pattern_found, i)))
            mark(run, hit.mark, found_at(scratch->pattern_found, i));
    hit.mark_count = scratch->marks->len - hit.mark;
    g_array_append_val(scratch->results, hit);
}

/* ---- all of them ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void begin_run(const struct run *run)
{
    struct rule_scratch *scratch = run->scratch;
    g_array_set_size(scratch->found, 0);
    g_array_set_size(scratch->pattern_hits, 0);
    g_array_set_size(scratch->pattern_found, 0);
    g_array_set_size(scratch->candidates, 0);
    g_array_set_size(scratch->results, 0);
    g_array_set_size(scratch->marks, 0);
    look(run, NORMALIZE_PLAIN);
    if (run->normalized->obfuscated)
        look(run, NORMALIZE_BARE);
    if (scratch->candidates->len > 1)
        g_array_sort(scratch->candidates, by_number);
}

/* As it was: only what was touched. */
static void end_run(const struct run *run)
{
    struct rule_scratch *scratch = run->scratch;
    for (guint i = 0; i < scratch->candidates->len; i++) {
        uint32_t rule = g_array_index(scratch->candidates, uint32_t, i);
        scratch->candidate[rule] = false;
    }
    for (guint i = 0; i < scratch->touched->len; i++)
        scratch->first[g_array_index(scratch->touched, uint32_t, i)] = RULE_NOTHING;
    g_array_set_size(scratch->touched, 0);
}

const struct rule_hit *rule_set_run(const struct rule_set *set, struct rule_scratch *scratch,
                                    const struct normalized *normalized, enum assess_language language, size_t *count)
{
    struct run run = {.set = set, .scratch = scratch, .normalized = normalized, .language = language};
    begin_run(&run);
    for (guint i = 0; i < scratch->candidates->len; i++) {
        uint32_t place = g_array_index(scratch->candidates, uint32_t, i);
        const struct rule_compiled *compiled = &g_array_index(set->rules, struct rule_compiled, place);
        if (*missing(&run, compiled) == '\0')
            add_hit(&run, compiled);
    }
    end_run(&run);
    *count = scratch->results->len;
    return (const struct rule_hit *)(void *)scratch->results->data;
}

const struct rule_mark *rule_marks(const struct rule_scratch *scratch, const struct rule_hit *hit)
{
    return &g_array_index(scratch->marks, struct rule_mark, hit->mark);
}

const char *rule_missing(const struct rule_set *set, struct rule_scratch *scratch, guint place,
                         const struct normalized *normalized, enum assess_language language)
{
    struct run run = {.set = set, .scratch = scratch, .normalized = normalized, .language = language};
    if (set->places[place] == RULE_NOTHING)
        return "disabled";
    const struct rule_compiled *compiled = &g_array_index(set->rules, struct rule_compiled, set->places[place]);
    begin_run(&run);
    const char *first = missing(&run, compiled);
    if (*first != '\0' && compiled->rule->skip_negated) {
        run.forgive = true;
        first = *missing(&run, compiled) == '\0' ? "negated" : first;
    }
    end_run(&run);
    return first;
}

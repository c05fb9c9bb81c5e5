#include "understanding/match.h"

#include "base/fold.h"

#include <hs.h>
#include <string.h>

struct keyword {
    uint32_t length;
    bool word_begin, word_end; /* a word must begin, end where the keyword does */
};

struct match {
    hs_database_t *database; /* NULL when there are no keywords */
    hs_scratch_t *prototype;
    struct keyword *keywords;
};

struct match_scratch {
    hs_scratch_t *scratch;
};

static bool is_word(const char *text, size_t at)
{
    return fold_class(fold_next(text, &at)) == FOLD_WORD;
}

static bool word_ends(const char *text, size_t at)
{
    return at > 0 && fold_class(fold_previous(text, &at)) == FOLD_WORD;
}

/* "won" is not in "won't". */
static bool is_not(const char *text)
{
    return text[0] == '\'' && text[1] == 't' && !g_ascii_isalpha(text[2]);
}

static bool refuse(GError **error, const char *doing, hs_error_t result)
{
    error_set(error, HY_ERROR_INTERNAL, NULL, "Vectorscan, %s: error %d", doing, result);
    return false;
}

static bool compile(struct match *match, const struct match_keyword *keywords, size_t count, GError **error)
{
    g_autofree const char **texts = g_new(const char *, count);
    g_autofree unsigned *flags = g_new0(unsigned, count);
    g_autofree unsigned *ids = g_new(unsigned, count);
    g_autofree size_t *lengths = g_new(size_t, count);
    for (size_t i = 0; i < count; i++) {
        texts[i] = keywords[i].text;
        ids[i] = (unsigned)i;
        lengths[i] = strlen(keywords[i].text);
        g_assert(lengths[i] > 0 && lengths[i] <= MATCH_KEYWORD);
        match->keywords[i] =
            (struct keyword){.length = (uint32_t)lengths[i],
                             .word_begin = !keywords[i].anywhere && is_word(texts[i], 0),
                             .word_end = !keywords[i].anywhere && !keywords[i].stem && word_ends(texts[i], lengths[i])};
    }
    hs_compile_error_t *why = NULL;
    hs_error_t result =
        hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)count, HS_MODE_BLOCK, NULL, &match->database, &why);
    hs_free_compile_error(why);
    if (result != HS_SUCCESS)
        return refuse(error, "compile", result);
    result = hs_alloc_scratch(match->database, &match->prototype);
    return result == HS_SUCCESS || refuse(error, "scratch", result);
}

struct match *match_new(const struct match_keyword *keywords, size_t count, GError **error)
{
    struct match *match = g_new0(struct match, 1);
    match->keywords = g_new0(struct keyword, count);
    if (count > 0 && !compile(match, keywords, count, error)) {
        match_free(match);
        return NULL;
    }
    return match;
}

void match_free(struct match *match)
{
    if (match == NULL)
        return;
    hs_free_scratch(match->prototype);
    hs_free_database(match->database);
    g_free(match->keywords);
    g_free(match);
}

struct match_scratch *match_scratch_new(const struct match *match)
{
    struct match_scratch *scratch = g_new0(struct match_scratch, 1);
    hs_error_t result = HS_SUCCESS;
    if (match->prototype != NULL)
        result = hs_clone_scratch(match->prototype, &scratch->scratch);
    g_assert_cmpint(result, ==, HS_SUCCESS); /* fails for want of memory only */
    return scratch;
}

void match_scratch_free(struct match_scratch *scratch)
{
    if (scratch == NULL)
        return;
    hs_free_scratch(scratch->scratch);
    g_free(scratch);
}

struct scan {
    const struct match *match;
    const char *text;
    size_t length;
    GArray *hits;
};

static int take(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)from; /* not reported for literals: the length is known */
    (void)flags;
    const struct scan *scan = context;
    const struct keyword *keyword = &scan->match->keywords[id];
    struct match_hit hit = {(uint32_t)to - keyword->length, (uint32_t)to, id};
    if (keyword->word_begin && word_ends(scan->text, hit.begin))
        return 0;
    if (keyword->word_end && to < scan->length && (is_word(scan->text, hit.end) || is_not(scan->text + hit.end)))
        return 0;
    g_array_append_val(scan->hits, hit);
    return 0;
}

static int by_begin(const void *a, const void *b)
{
    const struct match_hit *x = a;
    const struct match_hit *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return (x->keyword > y->keyword) - (x->keyword < y->keyword);
}

void match_run(const struct match *match, struct match_scratch *scratch, const char *text, size_t length, GArray *hits)
{
    g_array_set_size(hits, 0);
    if (match->database == NULL || length == 0)
        return;
    struct scan scan = {match, text, length, hits};
    /* With a scratch that fits and a callback that goes on, a block scan cannot fail. */
    hs_error_t result = hs_scan(match->database, text, (unsigned)length, 0, scratch->scratch, take, &scan);
    g_assert_cmpint(result, ==, HS_SUCCESS);
    g_array_sort(hits, by_begin);
}

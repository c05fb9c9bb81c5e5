#include "understanding/match.h"

#include "base/fold.h"

#include <string.h>

/* The keywords as a tree of bytes. The children of a node lie side by side, ordered by their byte. */
struct node {
    uint32_t children, count;
    uint32_t words, word_count; /* keywords that end here: a stretch of match.order */
};

struct keyword {
    uint32_t length;
    bool word_begin, word_end; /* a word must begin, end where the keyword does */
};

struct match {
    struct keyword *keywords;
    uint32_t *order; /* keywords, ordered by text; of equal ones the earlier first */
    GArray *nodes;   /* of struct node; the root is the first */
    GByteArray *via; /* the byte that leads to each node */
    bool inside;     /* some keyword of letters may begin inside a word */
};

struct match_scratch {
    uint32_t ends[MATCH_KEYWORD]; /* nodes where keywords end, along one way down */
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

/* ---- building ---- */

/* The keywords [from, to) of the order that a node stands for: they agree in their first depth bytes. */
struct stretch {
    uint32_t from, to, depth;
};

static int by_text(const void *a, const void *b, void *context)
{
    const struct match_keyword *keywords = context;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    int order = strcmp(keywords[x].text, keywords[y].text);
    return order != 0 ? order : (x > y) - (x < y);
}

static void add_node(struct match *match, GArray *stretches, uint8_t via, struct stretch stretch)
{
    struct node node = {0};
    g_array_append_val(match->nodes, node);
    g_byte_array_append(match->via, &via, 1);
    g_array_append_val(stretches, stretch);
}

/* Level by level, so that the children of a node get places side by side. */
static void grow(struct match *match, const struct match_keyword *keywords, uint32_t count)
{
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(struct stretch)); /* of each node */
    add_node(match, stretches, 0, (struct stretch){0, count, 0});
    for (guint at = 0; at < match->nodes->len; at++) {
        struct stretch own = g_array_index(stretches, struct stretch, at);
        struct node node = {.words = own.from, .children = match->nodes->len};
        uint32_t i = own.from;
        while (i < own.to && match->keywords[match->order[i]].length == own.depth)
            i++;
        node.word_count = i - own.from;
        while (i < own.to) {
            char via = keywords[match->order[i]].text[own.depth];
            uint32_t from = i;
            while (i < own.to && keywords[match->order[i]].text[own.depth] == via)
                i++;
            add_node(match, stretches, (uint8_t)via, (struct stretch){from, i, own.depth + 1});
            node.count++;
        }
        g_array_index(match->nodes, struct node, at) = node;
    }
}

static bool describe(struct match *match, const struct match_keyword *keywords, size_t count, GError **error)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = keywords[i].text;
        size_t length = strlen(text);
        if (length == 0 || length > MATCH_KEYWORD) {
            error_set(error, HY_ERROR_INTERNAL, NULL, "keyword %zu has %zu bytes", i, length);
            return false;
        }
        bool word = is_word(text, 0);
        match->keywords[i] =
            (struct keyword){.length = (uint32_t)length,
                             .word_begin = word && !keywords[i].anywhere,
                             .word_end = !keywords[i].anywhere && !keywords[i].stem && word_ends(text, length)};
        match->inside |= word && keywords[i].anywhere;
        match->order[i] = (uint32_t)i;
    }
    return true;
}

struct match *match_new(const struct match_keyword *keywords, size_t count, GError **error)
{
    struct match *match = g_new0(struct match, 1);
    match->keywords = g_new0(struct keyword, count);
    match->order = g_new(uint32_t, count);
    match->nodes = g_array_new(FALSE, FALSE, sizeof(struct node));
    match->via = g_byte_array_new();
    if (!describe(match, keywords, count, error)) {
        match_free(match);
        return NULL;
    }
    g_qsort_with_data(match->order, (gint)count, sizeof *match->order, by_text, (void *)(uintptr_t)keywords);
    grow(match, keywords, (uint32_t)count);
    return match;
}

void match_free(struct match *match)
{
    if (match == NULL)
        return;
    g_byte_array_unref(match->via);
    g_array_unref(match->nodes);
    g_free(match->order);
    g_free(match->keywords);
    g_free(match);
}

struct match_scratch *match_scratch_new(const struct match *match)
{
    (void)match; /* any scratch fits */
    return g_new0(struct match_scratch, 1);
}

void match_scratch_free(struct match_scratch *scratch)
{
    g_free(scratch);
}

/* ---- finding ---- */

/* The child of a node by the byte that leads there; 0, the root, when there is none. */
static uint32_t child(const struct match *match, const struct node *node, uint8_t via)
{
    const uint8_t *bytes = match->via->data + node->children;
    uint32_t low = 0;
    uint32_t high = node->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (bytes[middle] < via)
            low = middle + 1;
        else
            high = middle;
    }
    return low < node->count && bytes[low] == via ? node->children + low : 0;
}

static void take(const struct match *match, const struct node *node, const char *text, uint32_t begin, GArray *hits)
{
    for (uint32_t i = node->words; i < node->words + node->word_count; i++) {
        const struct keyword *keyword = &match->keywords[match->order[i]];
        struct match_hit hit = {begin, begin + keyword->length, match->order[i]};
        if (keyword->word_begin && word_ends(text, begin))
            continue;
        if (keyword->word_end && text[hit.end] != '\0' && (is_word(text, hit.end) || is_not(text + hit.end)))
            continue;
        g_array_append_val(hits, hit);
    }
}

/* All that begins at one place, longer ones first. */
static void look(const struct match *match, struct match_scratch *scratch, const char *text, uint32_t begin,
                 GArray *hits)
{
    const struct node *nodes = (const struct node *)(const void *)match->nodes->data;
    int count = 0;
    uint32_t node = 0;
    for (uint32_t at = begin; (node = child(match, &nodes[node], (uint8_t)text[at])) != 0; at++)
        if (nodes[node].word_count > 0)
            scratch->ends[count++] = node;
    while (count > 0)
        take(match, &nodes[scratch->ends[--count]], text, begin, hits);
}

void match_run(const struct match *match, struct match_scratch *scratch, const char *text, size_t length, GArray *hits)
{
    g_array_set_size(hits, 0);
    bool before = false; /* an ASCII letter or digit stands before */
    for (uint32_t at = 0; at < length; at++) {
        bool letter = g_ascii_isalnum(text[at]);
        bool continues = ((uint8_t)text[at] & 0xc0) == 0x80; /* inside a character */
        if (!continues && (!letter || !before || match->inside))
            look(match, scratch, text, at, hits);
        before = letter;
    }
}

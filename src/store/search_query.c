#include "store/search_query.h"

#include "base/fold.h"
#include "base/limit.h"
#include "store/tokenizer.h"

#include <string.h>

/* Tokens that must follow one another. */
struct term {
    GPtrArray *tokens; /* of char * */
    bool prefix;       /* of the last token only its begin is known */
};

struct search_query {
    GPtrArray *terms; /* of struct term * */
    GString *expression;
};

static void term_free(void *data)
{
    struct term *term = data;
    g_ptr_array_unref(term->tokens);
    g_free(term);
}

struct term_builder {
    struct term *term;
    bool last_cjk, last_tail, last_lone;
};

static int add_token(void *data, const struct token *token)
{
    struct term_builder *builder = data;
    g_ptr_array_add(builder->term->tokens, g_strndup(token->text, token->length));
    builder->last_cjk = token->cjk;
    builder->last_tail = token->tail;
    builder->last_lone = token->lone;
    return 0;
}

/* In a text the run that ends the term may go on: then its last character is no token there. */
static void open_end(struct term_builder *builder)
{
    struct term *term = builder->term;
    if (!builder->last_tail)
        return;
    if (builder->last_lone)
        term->prefix = true;
    else
        g_ptr_array_set_size(term->tokens, (int)term->tokens->len - 1);
}

static bool term_equal(const struct term *a, const struct term *b)
{
    if (a->prefix != b->prefix || a->tokens->len != b->tokens->len)
        return false;
    for (guint i = 0; i < a->tokens->len; i++)
        if (!g_str_equal(a->tokens->pdata[i], b->tokens->pdata[i]))
            return false;
    return true;
}

static void add_term(struct search_query *query, const char *text, size_t length, bool prefix)
{
    struct term_builder builder = {.term = g_new0(struct term, 1)};
    builder.term->tokens = g_ptr_array_new_with_free_func(g_free);
    tokenizer_run(text, length, add_token, &builder);
    open_end(&builder);
    builder.term->prefix |= prefix && !builder.last_cjk;
    bool known = builder.term->tokens->len == 0;
    for (guint i = 0; i < query->terms->len && !known; i++)
        known = term_equal(query->terms->pdata[i], builder.term);
    if (known)
        term_free(builder.term);
    else
        g_ptr_array_add(query->terms, builder.term);
}

static uint32_t closing_quote(uint32_t c)
{
    switch (c) {
    case '"':
        return '"';
    case 0x201C: /* “ ” */
        return 0x201D;
    case 0x300C: /* 「 」 */
        return 0x300D;
    case 0x300E: /* 『 』 */
        return 0x300F;
    default:
        return 0;
    }
}

/* The end of what stands between quotes; *after is behind the closing one. Left open: the end of the text. */
static size_t quoted_end(const char *text, size_t length, size_t begin, uint32_t close, size_t *after)
{
    for (size_t at = begin; at < length;) {
        size_t next = at;
        if (fold_next(text, &next) == close) {
            *after = next;
            return at;
        }
        at = next;
    }
    *after = length;
    return length;
}

/* The end of a word: letters and digits, with single marks between them (SF-1234, don't, a.b@c.com). */
static size_t word_end(const char *text, size_t length, size_t begin)
{
    size_t end = begin;
    for (size_t at = begin; at < length;) {
        size_t next = at;
        enum fold_class class = fold_class(fold_next(text, &next));
        if (class == FOLD_WORD) {
            end = next;
        } else if (class != FOLD_MARK || closing_quote(fold_next(text, &(size_t){at})) != 0 || at != end) {
            break;
        }
        at = next;
    }
    return end;
}

static size_t cjk_end(const char *text, size_t length, size_t begin)
{
    size_t end = begin;
    for (size_t at = begin; at < length; end = at)
        if (fold_class(fold_next(text, &at)) != FOLD_CJK)
            break;
    return end;
}

static void split_terms(struct search_query *query, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t next = at;
        uint32_t c = fold_next(text, &next);
        uint32_t close = closing_quote(c);
        enum fold_class class = fold_class(c);
        if (close != 0) {
            size_t begin = next;
            size_t end = quoted_end(text, length, begin, close, &next);
            add_term(query, text + begin, end - begin, false);
        } else if (class == FOLD_WORD) {
            next = word_end(text, length, at);
            add_term(query, text + at, next - at, next < length && text[next] == '*');
        } else if (class == FOLD_CJK) {
            next = cjk_end(text, length, at);
            add_term(query, text + at, next - at, false);
        } else if (class == FOLD_EMOJI) {
            add_term(query, text + at, next - at, false);
        }
        at = next;
    }
}

/* Tokens hold neither quotes nor blanks, so nothing needs escaping. */
static void write_expression(struct search_query *query)
{
    for (guint i = 0; i < query->terms->len; i++) {
        const struct term *term = query->terms->pdata[i];
        g_string_append(query->expression, i == 0 ? "\"" : " AND \"");
        for (guint k = 0; k < term->tokens->len; k++) {
            if (k > 0)
                g_string_append_c(query->expression, ' ');
            g_string_append(query->expression, term->tokens->pdata[k]);
        }
        g_string_append(query->expression, term->prefix ? "\" *" : "\"");
    }
}

struct search_query *search_query_parse(const char *text, GError **error)
{
    size_t length = strlen(text);
    if (length > LIMIT_QUERY) {
        error_set(error, HY_ERROR_TOO_LONG, "q", "the query has more than %d bytes", LIMIT_QUERY);
        return NULL;
    }
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    fold_text(&fold, text, length);
    struct search_query *query = g_new0(struct search_query, 1);
    query->terms = g_ptr_array_new_with_free_func(term_free);
    query->expression = g_string_new(NULL);
    split_terms(query, fold.text->str, fold.text->len);
    write_expression(query);
    return query;
}

void search_query_free(struct search_query *query)
{
    if (query == NULL)
        return;
    g_ptr_array_unref(query->terms);
    g_string_free(query->expression, TRUE);
    g_free(query);
}

bool search_query_is_empty(const struct search_query *query)
{
    return query->terms->len == 0;
}

const char *search_query_expression(const struct search_query *query)
{
    return query->expression->str;
}

/* ---- looking into one text ---- */

struct scan {
    struct fold fold;
    GArray *tokens; /* of struct token */
};

static int keep_token(void *data, const struct token *token)
{
    GArray *tokens = data;
    g_array_append_vals(tokens, token, 1);
    return 0;
}

static void scan_init(struct scan *scan, const char *text)
{
    fold_init(&scan->fold);
    fold_text(&scan->fold, text, strlen(text));
    scan->tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
    tokenizer_run(scan->fold.text->str, scan->fold.text->len, keep_token, scan->tokens);
}

static void scan_clear(struct scan *scan)
{
    fold_clear(&scan->fold);
    g_clear_pointer(&scan->tokens, g_array_unref);
}
typedef struct scan scan_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(scan_auto, scan_clear)

/* Whether term stands at token number at. */
static bool stands_at(const struct term *term, const struct scan *scan, guint at)
{
    guint count = term->tokens->len;
    if (at + count > scan->tokens->len)
        return false;
    for (guint i = 0; i < count; i++) {
        const struct token *token = &g_array_index(scan->tokens, struct token, at + i);
        const char *wanted = term->tokens->pdata[i];
        size_t length = strlen(wanted);
        bool begins = token->length >= length && memcmp(token->text, wanted, length) == 0;
        if (!begins || (token->length > length && !(term->prefix && i == count - 1)))
            return false;
    }
    return true;
}

bool search_query_matches(const struct search_query *query, const char *text)
{
    if (query->terms->len == 0)
        return false;
    g_auto(scan_auto) scan = {0};
    scan_init(&scan, text);
    for (guint i = 0; i < query->terms->len; i++) {
        bool found = false;
        for (guint at = 0; at < scan.tokens->len && !found; at++)
            found = stands_at(query->terms->pdata[i], &scan, at);
        if (!found)
            return false;
    }
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const struct search_range *x = a;
    const struct search_range *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

/* Bytes of the original that a term covers at a token. */
static struct search_range covered(const struct term *term, const struct scan *scan, guint at)
{
    guint last = at + term->tokens->len - 1;
    const struct token *first_token = &g_array_index(scan->tokens, struct token, at);
    const struct token *last_token = &g_array_index(scan->tokens, struct token, last);
    size_t end = last_token->end;
    if (term->prefix)
        end = last_token->begin + strlen(term->tokens->pdata[term->tokens->len - 1]);
    return (struct search_range){(int)fold_source_begin(&scan->fold, first_token->begin),
                                 (int)fold_source_end(&scan->fold, end)};
}

/* Sorted byte ranges → merged UTF-16 ranges. */
static GArray *join(const GArray *found, const char *text)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct search_range));
    size_t byte = 0;
    size_t unit = 0;
    for (guint i = 0; i < found->len && ranges->len < SEARCH_QUERY_RANGES;) {
        struct search_range range = g_array_index(found, struct search_range, i++);
        for (; i < found->len && g_array_index(found, struct search_range, i).begin <= range.end; i++)
            range.end = MAX(range.end, g_array_index(found, struct search_range, i).end);
        unit += fold_utf16_length(text, byte, (size_t)range.begin);
        struct search_range units = {.begin = (int)unit};
        unit += fold_utf16_length(text, (size_t)range.begin, (size_t)range.end);
        units.end = (int)unit;
        byte = (size_t)range.end;
        g_array_append_val(ranges, units);
    }
    return ranges;
}

GArray *search_query_highlight(const struct search_query *query, const char *text)
{
    g_auto(scan_auto) scan = {0};
    scan_init(&scan, text);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct search_range));
    for (guint i = 0; i < query->terms->len; i++) {
        for (guint at = 0; at < scan.tokens->len; at++) {
            if (!stands_at(query->terms->pdata[i], &scan, at))
                continue;
            struct search_range range = covered(query->terms->pdata[i], &scan, at);
            g_array_append_val(found, range);
        }
    }
    g_array_sort(found, by_begin);
    return join(found, text);
}

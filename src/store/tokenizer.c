#include "store/tokenizer.h"

#include "base/fold.h"

#include <string.h>

/* Letters and digits up to the next thing that is neither. */
static int take_word(const char *text, size_t length, size_t *at, int (*take)(void *, const struct token *), void *data)
{
    struct token token = {.text = text + *at, .begin = *at};
    size_t kept = *at;
    for (size_t next = *at; next < length; *at = next) {
        if (fold_class(fold_next(text, &next)) != FOLD_WORD)
            break;
        if (next - token.begin <= TOKENIZER_WORD)
            kept = next;
    }
    token.length = kept - token.begin;
    token.end = *at;
    return take(data, &token);
}

static int take_cjk(const char *text, size_t length, size_t *at, int (*take)(void *, const struct token *), void *data)
{
    size_t begin = *at;
    size_t middle = begin;
    (void)fold_next(text, &middle);
    bool lone = true;
    for (size_t end = middle; end < length;) {
        if (fold_class(fold_next(text, &end)) != FOLD_CJK)
            break;
        struct token pair = {.text = text + begin, .length = end - begin, .begin = begin, .end = end, .cjk = true};
        int stop = take(data, &pair);
        if (stop != 0)
            return stop;
        lone = false;
        begin = middle;
        middle = end;
    }
    *at = middle;
    struct token tail = {.text = text + begin,
                         .length = middle - begin,
                         .begin = begin,
                         .end = middle,
                         .cjk = true,
                         .tail = true,
                         .lone = lone};
    return take(data, &tail);
}

int tokenizer_run(const char *folded, size_t length, int (*take)(void *data, const struct token *token), void *data)
{
    int stop = 0;
    for (size_t at = 0; at < length && stop == 0;) {
        size_t next = at;
        switch (fold_class(fold_next(folded, &next))) {
        case FOLD_WORD:
            stop = take_word(folded, length, &at, take, data);
            break;
        case FOLD_CJK:
            stop = take_cjk(folded, length, &at, take, data);
            break;
        case FOLD_EMOJI: {
            struct token emoji = {.text = folded + at, .length = next - at, .begin = at, .end = next};
            stop = take(data, &emoji);
            at = next;
            break;
        }
        case FOLD_BLANK:
        case FOLD_MARK:
            at = next;
        }
    }
    return stop;
}

/* ---- FTS5's side: one instance a connection, so one thread at a time ---- */

struct instance {
    struct fold fold;
};

struct sink {
    void *context;
    int (*token)(void *, int, const char *, int, int, int);
    const struct fold *fold;
};

static int create(void *context, const char **arguments, int count, Fts5Tokenizer **out)
{
    (void)context;
    (void)arguments;
    (void)count;
    struct instance *instance = g_new0(struct instance, 1);
    fold_init(&instance->fold);
    *out = (Fts5Tokenizer *)instance;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    struct instance *instance = (struct instance *)tokenizer;
    fold_clear(&instance->fold);
    g_free(instance);
}

static int pass_on(void *data, const struct token *token)
{
    const struct sink *sink = data;
    return sink->token(sink->context, 0, token->text, (int)token->length,
                       (int)fold_source_begin(sink->fold, token->begin), (int)fold_source_end(sink->fold, token->end));
}

static int split_query(const char *text, int length, const struct sink *sink)
{
    for (int begin = 0; begin < length;) {
        const char *blank = memchr(text + begin, ' ', (size_t)(length - begin));
        int end = blank == NULL ? length : (int)(blank - text);
        int result = end > begin ? sink->token(sink->context, 0, text + begin, end - begin, begin, end) : SQLITE_OK;
        if (result != SQLITE_OK)
            return result;
        begin = end + 1;
    }
    return SQLITE_OK;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length,
                    int (*token)(void *, int, const char *, int, int, int))
{
    struct instance *instance = (struct instance *)tokenizer;
    struct sink sink = {context, token, &instance->fold};
    if ((flags & FTS5_TOKENIZE_QUERY) != 0)
        return split_query(text, length, &sink);
    fold_text(&instance->fold, text == NULL ? "" : text, text == NULL ? 0 : (size_t)length);
    return tokenizer_run(instance->fold.text->str, instance->fold.text->len, pass_on, &sink);
}

bool tokenizer_register(sqlite3 *db, GError **error)
{
    static fts5_tokenizer methods = {create, destroy, tokenize};
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    if (api == NULL || api->xCreateTokenizer(api, "huiyin", NULL, &methods, NULL) != SQLITE_OK) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "this SQLite has no FTS5");
        return false;
    }
    return true;
}

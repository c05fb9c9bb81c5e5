/* Folding, tokens, queries and highlights over any bytes: first line = what is typed, the rest = a text. Folding
 * twice is folding once; tokens lie inside the text; what is highlighted lies inside it; what matches, and only
 * that, has something to highlight; FTS5 takes every expression and finds what the scan finds. */
#include "store/tokenizer.h"
#include "base/fold.h"
#include "store/search_query.h"

#include <string.h>

static int check_token(void *data, const struct token *token)
{
    const GString *text = data;
    g_assert_true(token->length > 0 && token->length <= TOKENIZER_WORD);
    g_assert_true(token->begin < token->end && token->end <= text->len);
    return 0;
}

static void check_query(const char *typed, const char *text)
{
    g_autoptr(search_query_auto) query = search_query_parse(typed, NULL);
    if (query == NULL)
        return;
    bool matches = search_query_matches(query, text);
    g_assert_false(matches && search_query_is_empty(query));
    g_autoptr(GArray) ranges = search_query_highlight(query, text);
    int at = 0;
    int length = (int)fold_utf16_length(text, 0, strlen(text));
    for (guint i = 0; i < ranges->len; i++) {
        const struct search_range *range = &g_array_index(ranges, struct search_range, i);
        g_assert_true(range->begin >= at && range->end > range->begin && range->end <= length);
        at = range->end;
    }
    g_assert_true(!matches || ranges->len > 0);
}

/* The table holds one text at a time: a contentless table is emptied by delete-all. */
static sqlite3 *table(void)
{
    static sqlite3 *db;
    if (db == NULL) {
        g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
        g_assert_true(tokenizer_register(db, NULL));
        static const char CREATE[] =
            "CREATE VIRTUAL TABLE post USING fts5 (text, content = '', columnsize = 0, tokenize = 'huiyin')";
        g_assert_cmpint(sqlite3_exec(db, CREATE, NULL, NULL, NULL), ==, SQLITE_OK);
    }
    return db;
}

static int64_t run(const char *sql, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int64_t number = 0;
    g_assert_cmpint(sqlite3_prepare_v2(table(), sql, -1, &statement, NULL), ==, SQLITE_OK);
    if (text != NULL)
        sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        number = sqlite3_column_int64(statement, 0);
        result = sqlite3_step(statement);
    }
    if (result != SQLITE_DONE)
        g_error("%s", sqlite3_errmsg(table()));
    sqlite3_finalize(statement);
    return number;
}

static void check_index(const char *typed, const char *text)
{
    g_autoptr(search_query_auto) query = search_query_parse(typed, NULL);
    if (query == NULL || search_query_is_empty(query))
        return;
    run("INSERT INTO post (post) VALUES ('delete-all')", NULL);
    run("INSERT INTO post (rowid, text) VALUES (1, ?1)", text);
    int64_t found = run("SELECT count(*) FROM post WHERE post MATCH ?1", search_query_expression(query));
    g_assert_cmpint(found, ==, search_query_matches(query, text) ? 1 : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *all = g_strndup((const char *)data, size);
    char *text = strchr(all, '\n');
    if (text != NULL)
        *text++ = '\0';
    g_auto(fold_auto) once = {0};
    fold_init(&once);
    fold_text(&once, (const char *)data, size);
    g_assert_true(g_utf8_validate(once.text->str, (gssize)once.text->len, NULL));
    g_autofree char *twice = fold_string(once.text->str);
    g_autofree char *thrice = fold_string(twice);
    g_assert_cmpstr(twice, ==, thrice);
    tokenizer_run(once.text->str, once.text->len, check_token, once.text);
    check_query(all, text != NULL ? text : all);
    check_index(all, text != NULL ? text : all);
    return 0;
}

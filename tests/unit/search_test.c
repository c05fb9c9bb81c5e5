/* search_test.c - tokens, queries, highlights and the index in its file. */
#include "base/fold.h"
#include "base/limit.h"
#include "store/search_index.h"
#include "store/tokenizer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- tokens ---- */

static int join_token(void *data, const struct token *token)
{
    GString *joined = data;
    g_string_append_printf(joined, "%s%.*s", joined->len > 0 ? "|" : "", (int)token->length, token->text);
    return 0;
}

static void test_tokens(void)
{
    static const struct {
        const char *text, *tokens;
    } cases[] = {
        {"", ""},
        {"退款", "退款|款"},
        {"我要退款", "我要|要退|退款|款"},
        {"退", "退"},
        {"iPhone15退款中 ok", "iphone15|退款|款中|中|ok"},
        {"退，款", "退|款"},
        {"SF-1234_x", "sf|1234|x"},
        {"好👍👍🏽!", "好|👍|👍"},
        {"申請退貨", "申请|请退|退货|货"},
        {"ＡＢ１２", "ab12"},
        {"!!! ... ——", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folded = fold_string(cases[i].text);
        g_autoptr(GString) joined = g_string_new(NULL);
        g_assert_cmpint(tokenizer_run(folded, strlen(folded), join_token, joined), ==, 0);
        g_assert_cmpstr(joined->str, ==, cases[i].tokens);
    }
}

/* ---- queries against one text ---- */

static char *marked(const char *query_text, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(search_query_auto) query = search_query_parse(query_text, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) ranges = search_query_highlight(query, text);
    glong units = 0;
    g_autofree gunichar2 *utf16 = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ranges->len; i++) {
        struct search_range range = g_array_index(ranges, struct search_range, i);
        g_assert_cmpint(range.begin, <, range.end);
        g_assert_cmpint(range.end, <=, units);
        g_autofree char *piece = g_utf16_to_utf8(utf16 + range.begin, range.end - range.begin, NULL, NULL, NULL);
        g_assert_nonnull(piece);
        g_string_append_printf(out, "%s%s", i > 0 ? "|" : "", piece);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void test_highlight(void)
{
    static const struct {
        const char *query, *text, *marked;
    } cases[] = {
        {"退款", "我要退款，快退款", "退款|退款"},
        {"退款", "👍申請退款", "退款"},
        {"申请", "👍申請退款", "申請"},
        {"REFUND", "please Ｒｅｆｕｎｄ me", "Ｒｅｆｕｎｄ"},
        {"款", "退款了，貨款", "款|款"},
        {"退款中", "退款中", "退款中"},
        {"退款 快", "快点退款", "快|退款"},
        {"\"have a nice\"", "Have a  Nice day, nice", "Have a  Nice"},
        {"refund*", "refunded or refunds", "refund|refund"},
        {"退款 款", "退款", "退款"},
        {"👍", "好👍🏽👍", "👍|👍"},
        {"café", "CAFE\xCC\x81 cafe", "CAFE\xCC\x81"},
        {"nothing", "退款", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = marked(cases[i].query, cases[i].text);
        g_assert_cmpstr(found, ==, cases[i].marked);
    }
}

/* ---- the index ---- */

struct place {
    char *dir, *path;
};

static struct place make_place(void)
{
    struct place place = {.dir = g_dir_make_tmp("huiyin-search-XXXXXX", NULL)};
    g_assert_nonnull(place.dir);
    place.path = g_build_filename(place.dir, "search.db", NULL);
    return place;
}

static void remove_place(struct place *place)
{
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        g_autofree char *path = g_strconcat(place->path, ENDINGS[i], NULL);
        (void)g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_free(place->path);
    g_free(place->dir);
}

static struct search_index *open_index(const struct place *place)
{
    g_autoptr(GError) error = NULL;
    struct search_index *index = search_index_open(place->path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(index);
    return index;
}

static void add(struct search_index *index, const struct search_document *documents, size_t count, int64_t upto)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(search_index_add(index, documents, count, upto, &error));
    g_assert_no_error(error);
}

static int64_t upto_of(struct search_index *index)
{
    g_autoptr(GError) error = NULL;
    int64_t upto = -1;
    g_assert_true(search_index_upto(index, &upto, &error));
    g_assert_no_error(error);
    return upto;
}

static GArray *find(struct search_index *index, const char *text, int64_t before, size_t limit, int64_t *upto)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(search_query_auto) query = search_query_parse(text, &error);
    g_assert_no_error(error);
    GArray *ids = NULL;
    g_assert_true(search_index_find(index, query, before, limit, &ids, upto, &error));
    g_assert_no_error(error);
    return ids;
}

/* "3 1": the ids that are found, newest first. */
static void check_found(struct search_index *index, const char *query, const char *expected)
{
    g_autoptr(GArray) ids = find(index, query, 0, 50, NULL);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(joined, "%s%" PRId64, i > 0 ? " " : "", g_array_index(ids, int64_t, i));
    if (!g_str_equal(joined->str, expected))
        g_test_message("query: %s", query);
    g_assert_cmpstr(joined->str, ==, expected);
}

static const struct search_document POSTS[] = {
    {1, "手机坏了，我要退款！"},
    {2, "申請退款三天了，還沒到賬"},
    {3, "Where is my refund? Order SF-20260105-7788"},
    {4, "iPhone15拍照真好看👍"},
    {5, "客服说 \"马上处理\" AND nothing happened"},
    {6, "退 款 （分开写的）"},
    {7, "don't buy this, worst phone ever"},
    {8, "订单号20260105778899，物流停了"},
    {9, "坏"},
    {10, "坏b"},
    {11, "很坏b吗"},
    {12, "한국어 문의 カメラ壊れた"},
};

static const struct {
    const char *query, *ids;
} FINDS[] = {
    {"退款", "2 1"},
    {"手机", "1"},
    {"手机 退款", "1"},
    {"款 手机", "1"},
    {"坏", "11 10 9 1"},
    {"了", "8 2 1"},
    {"坏b", "11 10"},
    {"\"坏b\"", "11 10"},
    {"\"b吗\"", "11"},
    {"\"退款！\"", "2 1"},
    {"申请退款", "2"},
    {"還沒到賬", "2"},
    {"还没到账", "2"},
    {"refund", "3"},
    {"REFUND order", "3"},
    {"refun", ""},
    {"refun*", "3"},
    {"SF-20260105-7788", "3"},
    {"sf-20260105", "3"},
    {"7788", "3"},
    {"20260105778899", "8"},
    {"\"20260105 7788\"", "3"},
    {"iphone15", "4"},
    {"iPhone15拍照", "4"},
    {"👍", "4"},
    {"don't", "7"},
    {"dont", ""},
    {"\"phone ever\"", "7"},
    {"\"ever phone\"", ""},
    {"“马上处理”", "5"},
    {"「马上处理」", "5"},
    {"马上处理 and", "5"},
    {"AND", "5"},
    {"\"退 款\"", "6"},
    {"한국", "12"},
    {"カメラ", "12"},
    {"ｶﾒﾗ", "12"},
    {"", ""},
    {"   ", ""},
    {"!!! ？？ --", ""},
    {"\"", ""},
    {"\"\"", ""},
    {"\"手机", "1"},
    {"手机\"", "1"},
    {"-手机", "1"},
    {"NOT 手机", ""},
    {"post:手机", ""},
    {"手机*", "1"},
    {"*", ""},
    {"( refund", "3"},
    {"{refund} ^refund ;--", "3"},
    {"refund' OR '1'='1", ""},
    {"NEAR(手机 退款, 2)", ""},
};

static void test_finds(void)
{
    struct place place = make_place();
    g_autoptr(search_index_auto) index = open_index(&place);
    add(index, POSTS, G_N_ELEMENTS(POSTS), 77);
    g_assert_cmpint(upto_of(index), ==, 77);
    for (gsize i = 0; i < G_N_ELEMENTS(FINDS); i++)
        check_found(index, FINDS[i].query, FINDS[i].ids);
    g_clear_pointer(&index, search_index_close);
    remove_place(&place);
}

/* The scan of what is not indexed yet finds what the index finds, and something is painted in each of them. */
static void test_scan_agrees(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FINDS); i++) {
        g_autoptr(search_query_auto) query = search_query_parse(FINDS[i].query, NULL);
        g_autoptr(GString) joined = g_string_new(NULL);
        for (gsize k = G_N_ELEMENTS(POSTS); k-- > 0;) {
            if (!search_query_matches(query, POSTS[k].text))
                continue;
            g_string_append_printf(joined, "%s%" PRId64, joined->len > 0 ? " " : "", POSTS[k].id);
            g_autoptr(GArray) ranges = search_query_highlight(query, POSTS[k].text);
            g_assert_cmpuint(ranges->len, >, 0);
        }
        g_assert_cmpstr(joined->str, ==, FINDS[i].ids);
    }
}

static void test_too_long(void)
{
    g_autofree char *longest = g_strnfill(LIMIT_QUERY, '"');
    g_autoptr(search_query_auto) query = search_query_parse(longest, NULL);
    g_assert_true(search_query_is_empty(query));
    g_autofree char *longer = g_strnfill(LIMIT_QUERY + 1, 'a');
    g_autoptr(GError) error = NULL;
    g_assert_null(search_query_parse(longer, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_TOO_LONG);
    g_assert_cmpstr(error_field(error), ==, "q");
}

/* As many terms as fit are no trouble for FTS5's parser. */
static void test_many_terms(void)
{
    struct place place = make_place();
    g_autoptr(search_index_auto) index = open_index(&place);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; text->len + 3 <= LIMIT_QUERY; i++)
        g_string_append_printf(text, "%c%c ", 'a' + i / 26, 'a' + i % 26);
    const struct search_document document = {5, text->str};
    add(index, &document, 1, 1);
    check_found(index, text->str, "5");
    g_clear_pointer(&index, search_index_close);
    remove_place(&place);
}

static void test_pages(void)
{
    struct place place = make_place();
    g_autoptr(search_index_auto) index = open_index(&place);
    GArray *documents = g_array_new(FALSE, FALSE, sizeof(struct search_document));
    for (int64_t id = 1; id <= 130; id++) { /* handed over newest first */
        struct search_document document = {1000 - id, id % 2 == 0 ? "物流太慢" : "包装不错"};
        g_array_append_val(documents, document);
    }
    add(index, (const struct search_document *)(void *)documents->data, documents->len, 130);
    g_array_unref(documents);
    int64_t before = 0;
    int seen = 0;
    int64_t upto = 0;
    for (;;) {
        g_autoptr(GArray) ids = find(index, "物流", before, 25, &upto);
        g_assert_cmpint(upto, ==, 130);
        for (guint i = 0; i < ids->len; i++) {
            int64_t id = g_array_index(ids, int64_t, i);
            g_assert_cmpint(id, ==, 998 - 2 * (int64_t)seen);
            seen++;
            before = id;
        }
        if (ids->len < 25)
            break;
    }
    g_assert_cmpint(seen, ==, 65);
    g_clear_pointer(&index, search_index_close);
    remove_place(&place);
}

static void test_forget(void)
{
    struct place place = make_place();
    g_autoptr(search_index_auto) index = open_index(&place);
    add(index, POSTS, G_N_ELEMENTS(POSTS), 5);
    const int64_t gone[] = {2, 2, 4711};
    g_autoptr(GError) error = NULL;
    g_assert_true(search_index_forget(index, gone, G_N_ELEMENTS(gone), &error));
    g_assert_no_error(error);
    check_found(index, "退款", "1");
    g_clear_pointer(&index, search_index_close);
    index = open_index(&place); /* stays forgotten */
    g_assert_cmpint(upto_of(index), ==, 5);
    check_found(index, "退款", "1");
    g_assert_true(search_index_reset(index, &error));
    g_assert_cmpint(upto_of(index), ==, 0);
    check_found(index, "退款", "");
    g_clear_pointer(&index, search_index_close);
    remove_place(&place);
}

static void test_damaged(void)
{
    struct place place = make_place();
    struct search_index *index = open_index(&place);
    add(index, POSTS, G_N_ELEMENTS(POSTS), 9);
    search_index_close(index);
    g_assert_true(g_file_set_contents(place.path, "this is no database at all, only some text", -1, NULL));
    index = open_index(&place);
    g_assert_cmpint(upto_of(index), ==, 0);
    add(index, POSTS, G_N_ELEMENTS(POSTS), 9);
    check_found(index, "退款", "2 1");
    search_index_close(index);
    g_assert_cmpint(g_unlink(place.path), ==, 0); /* missing */
    index = open_index(&place);
    g_assert_cmpint(upto_of(index), ==, 0);
    search_index_close(index);
    remove_place(&place);
}

/* Damage met while running: the pages are spoilt under the open connection. */
static void test_damaged_while_open(void)
{
    struct place place = make_place();
    struct search_index *index = open_index(&place);
    for (int64_t batch = 0; batch < 40; batch++) {
        struct search_document documents[200];
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        for (int64_t i = 0; i < 200; i++) {
            g_ptr_array_add(texts, g_strdup_printf("post%" PRId64 " 退款%" PRId64, batch * 200 + i, i * 7919 % 1000));
            documents[i] = (struct search_document){batch * 200 + i + 1, texts->pdata[i]};
        }
        add(index, documents, 200, batch + 1);
    }
    search_index_close(index); /* all of it is in the main file now */
    index = open_index(&place);
    int file = g_open(place.path, O_WRONLY, 0);
    g_assert_cmpint(file, >=, 0);
    off_t length = lseek(file, 0, SEEK_END);
    g_assert_cmpint(length, >, 16 * 4096);
    char spoilt[4096];
    memset(spoilt, 0xA5, sizeof spoilt);
    for (off_t at = 4 * 4096; at < length; at += 4096)
        g_assert_cmpint(pwrite(file, spoilt, sizeof spoilt, at), ==, sizeof spoilt);
    close(file);
    g_autoptr(GError) error = NULL;
    g_autoptr(search_query_auto) query = search_query_parse("退款", NULL);
    GArray *ids = NULL;
    g_assert_false(search_index_find(index, query, 0, 50, &ids, NULL, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_BUSY);
    g_clear_error(&error);
    /* A follower that goes on with its batch learns of it and asks where to begin. */
    g_assert_false(search_index_add(index, POSTS, G_N_ELEMENTS(POSTS), 41, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_BUSY);
    g_assert_cmpint(upto_of(index), ==, 0);
    add(index, POSTS, G_N_ELEMENTS(POSTS), 9);
    check_found(index, "退款", "2 1");
    search_index_close(index);
    remove_place(&place);
}

/* ---- batches that are cut off ---- */

static void write_batches(const struct place *place, int progress)
{
    g_autoptr(search_index_auto) index = open_index(place);
    for (int64_t upto = upto_of(index);; upto += 50) {
        struct search_document documents[50];
        for (int64_t i = 0; i < 50; i++)
            documents[i] = (struct search_document){upto + i + 1, "批次 batch 退款"};
        add(index, documents, 50, upto + 50);
        if (write(progress, "+", 1) != 1)
            return;
    }
}

static void test_killed(void)
{
    struct place place = make_place();
    for (int round = 0; round < 8; round++) {
        int ends[2];
        g_assert_cmpint(pipe(ends), ==, 0);
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(ends[0]);
            write_batches(&place, ends[1]);
            _exit(0);
        }
        close(ends[1]);
        char marks[3];
        for (int done = 0; done < 3 + round;) { /* somewhere inside a later batch */
            ssize_t got = read(ends[0], marks, 1);
            g_assert_cmpint(got, ==, 1);
            done += (int)got;
        }
        kill(child, SIGKILL);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        close(ends[0]);
        g_autoptr(search_index_auto) index = open_index(&place);
        int64_t upto = upto_of(index);
        g_assert_cmpint(upto, >=, 150);
        g_autoptr(GArray) ids = find(index, "退款", 0, 1000000, NULL);
        g_assert_cmpint((int64_t)ids->len, ==, upto);
        g_assert_cmpint(g_array_index(ids, int64_t, 0), ==, upto);
    }
    remove_place(&place);
}

/* ---- many posts, readers beside the writer ---- */

struct beside {
    struct search_index *index;
    gint stop;
    gint finds;
};

static void *read_beside(void *data)
{
    struct beside *beside = data;
    g_autoptr(search_query_auto) query = search_query_parse("退款", NULL);
    while (g_atomic_int_get(&beside->stop) == 0) {
        g_autoptr(GError) error = NULL;
        GArray *ids = NULL;
        int64_t upto = -1;
        g_assert_true(search_index_find(beside->index, query, 0, 10, &ids, &upto, &error));
        g_assert_no_error(error);
        /* Every post has the word, and posts and upto were committed together. */
        g_assert_cmpint(ids->len == 0 ? 0 : g_array_index(ids, int64_t, 0), ==, upto);
        g_array_unref(ids);
        g_atomic_int_inc(&beside->finds);
    }
    return NULL;
}

static void test_hundred_thousand(void)
{
    struct place place = make_place();
    struct beside beside = {.index = open_index(&place)};
    GThread *readers[3];
    for (int i = 0; i < 3; i++)
        readers[i] = g_thread_new("reader", read_beside, &beside);
    enum { BATCH = 5000 };
    g_autofree struct search_document *documents = g_new(struct search_document, BATCH);
    for (int64_t from = 0; from < 100000; from += BATCH) {
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        for (int64_t i = 0; i < BATCH; i++) {
            int64_t id = from + i + 1;
            g_ptr_array_add(texts, g_strdup_printf("第%" PRId64 "位客户 退款 no%" PRId64 "%s", id, id,
                                                   id % 1000 == 0 ? " 食物中毒" : ""));
            documents[i] = (struct search_document){id, texts->pdata[i]};
        }
        add(beside.index, documents, BATCH, from + BATCH);
    }
    g_atomic_int_set(&beside.stop, 1);
    for (int i = 0; i < 3; i++)
        g_thread_join(readers[i]);
    g_assert_cmpint(g_atomic_int_get(&beside.finds), >, 0);
    g_autoptr(GArray) poisoned = find(beside.index, "中毒 退款", 0, 1000, NULL);
    g_assert_cmpuint(poisoned->len, ==, 100);
    check_found(beside.index, "no77777", "77777");
    check_found(beside.index, "第7777位", "7777");
    search_index_close(beside.index);
    remove_place(&place);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/search/tokens", test_tokens);
    g_test_add_func("/search/highlight", test_highlight);
    g_test_add_func("/search/finds", test_finds);
    g_test_add_func("/search/scan-agrees", test_scan_agrees);
    g_test_add_func("/search/too-long", test_too_long);
    g_test_add_func("/search/many-terms", test_many_terms);
    g_test_add_func("/search/pages", test_pages);
    g_test_add_func("/search/forget", test_forget);
    g_test_add_func("/search/damaged", test_damaged);
    g_test_add_func("/search/damaged-while-open", test_damaged_while_open);
    g_test_add_func("/search/killed", test_killed);
    g_test_add_func("/search/hundred-thousand", test_hundred_thousand);
    return g_test_run();
}

#include "understanding/pattern.h"

#include "base/fold.h"
#include "base/limit.h"

#include <hs.h>
#include <string.h>

#define FLAGS (HS_FLAG_CASELESS | HS_FLAG_UTF8 | HS_FLAG_DOTALL | HS_FLAG_SOM_LEFTMOST)
#define DEPTH 32    /* groups in one another */
#define STATES 1500 /* places of a pattern once its {n,m} are written out */

struct pattern_set {
    hs_database_t *database; /* NULL when there are no patterns */
    hs_scratch_t *prototype;
    size_t count;
};

struct pattern_scratch {
    hs_scratch_t *scratch;
    uint32_t *last; /* of each pattern its latest hit in hits, + 1; 0 = none */
    uint16_t *told; /* … and how many there were */
    size_t count;
};

/* ---- looking before compiling: Vectorscan takes long over what it then refuses ---- */

struct size { /* how large a pattern becomes; see measure */
    int64_t sums[DEPTH];
    int depth;
    int64_t last; /* the latest element, which a {n,m} repeats */
};

static void add_element(struct size *size, int64_t places)
{
    size->last = places;
    size->sums[size->depth] += places;
}

/* Behind the class that begins at at. */
static size_t class_end(const char *text, size_t at)
{
    at += text[at + 1] == '^' ? 2 : 1;
    at += text[at] == ']';
    while (text[at] != '\0' && text[at] != ']')
        at += text[at] == '\\' && text[at + 1] != '\0' ? 2 : 1;
    return text[at] == '\0' ? at : at + 1;
}

/* The larger number of a {n}, {n,} or {n,m} at at, 0 when it is none; *end behind it. */
static int64_t repeat_at(const char *text, size_t at, size_t *end)
{
    char *rest = NULL;
    if (!g_ascii_isdigit(text[at + 1]))
        return 0;
    gint64 most = g_ascii_strtoll(text + at + 1, &rest, 10);
    if (*rest == ',' && g_ascii_isdigit(rest[1]))
        most = MAX(most, g_ascii_strtoll(rest + 1, &rest, 10));
    else if (*rest == ',')
        rest++;
    if (*rest != '}')
        return 0;
    *end = (size_t)(rest + 1 - text);
    return MAX(1, most);
}

static bool too_large(const char *why, GError **error)
{
    error_set(error, HY_ERROR_PATTERN_TOO_LARGE, "pattern", "%s", why);
    return false;
}

static bool repeat_element(struct size *size, int64_t times, GError **error)
{
    if (times > LIMIT_RULE_REPEAT)
        return too_large("a repetition of more than " G_STRINGIFY(LIMIT_RULE_REPEAT), error);
    size->sums[size->depth] += size->last * (times - 1);
    size->last *= times;
    return size->last <= STATES || too_large("repetitions in one another", error);
}

/* Adds up how many places the pattern has when {n,m} is written out. Roughly right will do: what is not well-formed
 * the compiler refuses. */
static bool measure(const char *text, GError **error)
{
    struct size size = {.depth = 0};
    for (size_t at = 0; text[at] != '\0';) {
        size_t end = at + 1;
        int64_t times = text[at] == '{' ? repeat_at(text, at, &end) : 0;
        if (times > 0) {
            if (!repeat_element(&size, times, error))
                return false;
        } else if (text[at] == '[') {
            end = class_end(text, at);
            add_element(&size, 2);
        } else if (text[at] == '\\' && text[at + 1] != '\0') {
            end = at + 2;
            add_element(&size, 2);
        } else if (text[at] == '(') {
            if (++size.depth == DEPTH)
                return too_large("groups in one another", error);
            size.sums[size.depth] = 0;
        } else if (text[at] == ')' && size.depth > 0) {
            size.depth--;
            add_element(&size, size.sums[size.depth + 1]);
        } else if (strchr("*+?|^$", text[at]) == NULL) {
            add_element(&size, 1);
        }
        if (size.sums[size.depth] > STATES)
            return too_large("too many places", error);
        at = end;
    }
    return true;
}

/* ---- as texts are folded ---- */

/* Characters outside ASCII one by one; what becomes a sign there ("（") means itself. */
static char *fold_pattern(const char *pattern)
{
    GString *out = g_string_new(NULL);
    for (size_t at = 0; pattern[at] != '\0';) {
        if ((unsigned char)pattern[at] < 0x80) {
            g_string_append_c(out, pattern[at++]);
            continue;
        }
        size_t begin = at;
        fold_next(pattern, &at);
        g_autofree char *character = g_strndup(pattern + begin, at - begin);
        g_autofree char *folded = fold_string(character);
        if (g_ascii_ispunct(folded[0]) && folded[1] == '\0')
            g_string_append_c(out, '\\');
        g_string_append(out, folded);
    }
    return g_string_free(out, FALSE);
}

/* ---- compiling ---- */

/* What Vectorscan says, sorted by what a person can do about it. */
static void tell(const hs_compile_error_t *why, GError **error)
{
    static const struct {
        const char *said;
        enum hy_error code;
    } KNOWN[] = {
        {"not support", HY_ERROR_PATTERN_NOT_SUPPORTED},
        {"unsupported", HY_ERROR_PATTERN_NOT_SUPPORTED},
        {"matches empty", HY_ERROR_PATTERN_MATCHES_EMPTY},
        {"too large", HY_ERROR_PATTERN_TOO_LARGE},
        {"limit", HY_ERROR_PATTERN_TOO_LARGE},
    };
    const char *said = why != NULL && why->message != NULL ? why->message : "no memory";
    g_autofree char *small = g_ascii_strdown(said, -1);
    enum hy_error code = HY_ERROR_PATTERN_SYNTAX;
    for (size_t i = 0; i < G_N_ELEMENTS(KNOWN) && code == HY_ERROR_PATTERN_SYNTAX; i++)
        if (strstr(small, KNOWN[i].said) != NULL)
            code = KNOWN[i].code;
    error_set(error, code, "pattern", "%s", said);
}

static bool prepare(const char *pattern, char **out, GError **error)
{
    if (strlen(pattern) > LIMIT_RULE_PATTERN) {
        error_set(error, HY_ERROR_TOO_LONG, "pattern", "more than %d bytes", LIMIT_RULE_PATTERN);
        return false;
    }
    if (!g_utf8_validate(pattern, -1, NULL) || strstr(pattern, "\\Q") != NULL) {
        error_set(error, HY_ERROR_PATTERN_NOT_SUPPORTED, "pattern", "not UTF-8, or \\Q…\\E");
        return false;
    }
    *out = fold_pattern(pattern);
    return measure(*out, error);
}

bool pattern_check(const char *pattern, GError **error)
{
    size_t wrong = 0;
    struct pattern_set *set = pattern_set_new(&pattern, 1, &wrong, error);
    pattern_set_free(set);
    return set != NULL;
}

static bool compile(struct pattern_set *set, char **folded, size_t *wrong, GError **error)
{
    g_autofree unsigned *flags = g_new(unsigned, set->count);
    g_autofree unsigned *ids = g_new(unsigned, set->count);
    for (size_t i = 0; i < set->count; i++) {
        flags[i] = FLAGS;
        ids[i] = (unsigned)i;
    }
    hs_compile_error_t *why = NULL;
    hs_error_t result = hs_compile_multi((const char *const *)folded, flags, ids, (unsigned)set->count, HS_MODE_BLOCK,
                                         NULL, &set->database, &why);
    if (result != HS_SUCCESS) {
        *wrong = why != NULL && why->expression >= 0 ? (size_t)why->expression : 0;
        tell(why, error);
        hs_free_compile_error(why);
        return false;
    }
    result = hs_alloc_scratch(set->database, &set->prototype);
    if (result != HS_SUCCESS)
        error_set(error, HY_ERROR_INTERNAL, NULL, "Vectorscan, scratch: error %d", result);
    return result == HS_SUCCESS;
}

struct pattern_set *pattern_set_new(const char *const *patterns, size_t count, size_t *wrong, GError **error)
{
    struct pattern_set *set = g_new0(struct pattern_set, 1);
    g_auto(GStrv) folded = g_new0(char *, count + 1);
    bool ok = count <= LIMIT_RULE_PATTERNS || too_large("more patterns than there may be", error);
    *wrong = 0;
    set->count = count;
    for (size_t i = 0; ok && i < count; i++) {
        *wrong = i;
        ok = prepare(patterns[i], &folded[i], error);
    }
    if (ok && (count == 0 || compile(set, folded, wrong, error)))
        return set;
    pattern_set_free(set);
    return NULL;
}

void pattern_set_free(struct pattern_set *set)
{
    if (set == NULL)
        return;
    hs_free_scratch(set->prototype);
    hs_free_database(set->database);
    g_free(set);
}

/* ---- looking ---- */

struct pattern_scratch *pattern_scratch_new(const struct pattern_set *set)
{
    struct pattern_scratch *scratch = g_new0(struct pattern_scratch, 1);
    hs_error_t result = HS_SUCCESS;
    if (set->prototype != NULL)
        result = hs_clone_scratch(set->prototype, &scratch->scratch);
    g_assert_cmpint(result, ==, HS_SUCCESS); /* fails for want of memory only */
    scratch->count = set->count;
    scratch->last = g_new0(uint32_t, set->count);
    scratch->told = g_new0(uint16_t, set->count);
    return scratch;
}

void pattern_scratch_free(struct pattern_scratch *scratch)
{
    if (scratch == NULL)
        return;
    hs_free_scratch(scratch->scratch);
    g_free(scratch->last);
    g_free(scratch->told);
    g_free(scratch);
}

struct scan {
    struct pattern_scratch *scratch;
    GArray *hits;
};

/* Of one begin the ends come one after another: the last is the longest. */
static int take(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)flags;
    const struct scan *scan = context;
    struct pattern_scratch *scratch = scan->scratch;
    if (scratch->last[id] != 0) {
        struct pattern_hit *last = &g_array_index(scan->hits, struct pattern_hit, scratch->last[id] - 1);
        if (from <= last->begin || (from < last->end && to > last->end)) { /* the same stretch, longer or moved on */
            last->begin = MIN(last->begin, (uint32_t)from);
            last->end = MAX(last->end, (uint32_t)to);
            return 0;
        }
        if (to <= last->end)
            return 0;
    }
    if (scratch->told[id] == PATTERN_HITS)
        return 0;
    struct pattern_hit hit = {(uint32_t)from, (uint32_t)to, id};
    g_array_append_val(scan->hits, hit);
    scratch->told[id]++;
    scratch->last[id] = scan->hits->len;
    return 0;
}

void pattern_run(const struct pattern_set *set, struct pattern_scratch *scratch, const char *text, size_t length,
                 GArray *hits)
{
    if (set->database == NULL || length == 0)
        return;
    guint before = hits->len;
    struct scan scan = {scratch, hits};
    hs_error_t result = hs_scan(set->database, text, (unsigned)length, 0, scratch->scratch, take, &scan);
    g_assert_cmpint(result, ==, HS_SUCCESS);
    for (guint i = before; i < hits->len; i++) { /* as it was, for the next text */
        uint32_t id = g_array_index(hits, struct pattern_hit, i).pattern;
        scratch->last[id] = 0;
        scratch->told[id] = 0;
    }
}

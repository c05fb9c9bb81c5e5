#include "base/fold.h"

#include "fold_table.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

/* One word a character of the common plane: what it becomes (or where in the pool that stands) and what it is. */
enum {
    ENTRY_VALUE = 0xFFFF,
    ENTRY_ONE = 1 << 16,         /* becomes the one character of ENTRY_VALUE, whatever stands beside it */
    ENTRY_POOL = 1 << 17,        /* becomes the string at ENTRY_VALUE of the pool; an empty one: is dropped */
    ENTRY_JOINS = 1 << 18,       /* may melt into the character before it: both go to ICU */
    ENTRY_SPACE = 1 << 19,       /* blank or control */
    ENTRY_SIMPLIFIED = 1 << 20,  /* only simplified text has it */
    ENTRY_TRADITIONAL = 1 << 21, /* only traditional text has it */
    ENTRY_SELF = 1 << 22,        /* beyond the common plane: stays, but for OpenCC's table */
    ENTRY_SAME = 1 << 23,        /* becomes itself, byte for byte */
    ENTRY_CLASS_SHIFT = 24,
};
struct fold_table {
    uint32_t entries[0x10000];
    char pool[0x10000]; /* a length byte and UTF-8, one after the other */
    size_t pool_used;
    const UNormalizer2 *nfkc;
};

/* A stretch of folded text. A whole one came from its source as a piece; in the others byte lies on byte. */
struct fold_run {
    uint32_t out;        /* where it begins in the folded text */
    uint32_t in, in_end; /* its source */
    bool whole;
};

static uint32_t simplify(uint32_t c)
{
    size_t low = 0;
    size_t high = G_N_ELEMENTS(FOLD_SIMPLIFY);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (FOLD_SIMPLIFY[middle].from == c)
            return FOLD_SIMPLIFY[middle].to;
        if (FOLD_SIMPLIFY[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return c;
}

static bool is_space(uint32_t c)
{
    return u_isUWhiteSpace((UChar32)c) || u_charType((UChar32)c) == U_CONTROL_CHAR;
}

static enum fold_class classify(uint32_t c)
{
    if (is_space(c))
        return FOLD_BLANK;
    if (c < 0x80)
        return g_ascii_isalnum((char)c) ? FOLD_WORD : FOLD_MARK;
    if (u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC) || (c >= 0x3040 && c <= 0x30FF && c != 0x30FB) ||
        (c >= 0x3100 && c <= 0x318F) || (c >= 0x31F0 && c <= 0x31FF) || (c >= 0xAC00 && c <= 0xD7A3) || c == 0x3005)
        return FOLD_CJK;
    if (c >= 0x1F1E6 && c <= 0x1F1FF) /* the letters of flags */
        return FOLD_EMOJI;
    if (u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC) && c > 0xFF)
        return FOLD_EMOJI;
    if (u_isalnum((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0)
        return FOLD_WORD;
    return FOLD_MARK;
}

/* What ICU makes of one character standing alone; the length in UTF-16 units. */
static int32_t fold_alone(const UNormalizer2 *nfkc, uint32_t c, UChar *out, int32_t size)
{
    UChar in[2];
    int32_t in_length = 0;
    U16_APPEND_UNSAFE(in, in_length, c);
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = unorm2_normalize(nfkc, in, in_length, out, size, &status);
    return U_SUCCESS(status) ? length : 0;
}

static uint32_t pool_add(struct fold_table *table, const UChar *text, int32_t length)
{
    char utf8[192];
    int32_t used = 0;
    for (int32_t i = 0; i < length && used < (int32_t)sizeof utf8 - U8_MAX_LENGTH;) {
        UChar32 c = 0;
        U16_NEXT(text, i, length, c);
        U8_APPEND_UNSAFE(utf8, used, simplify((uint32_t)c));
    }
    g_assert(table->pool_used + 1 + (size_t)used <= sizeof table->pool);
    uint32_t at = (uint32_t)table->pool_used;
    table->pool[table->pool_used++] = (char)used;
    memcpy(table->pool + table->pool_used, utf8, (size_t)used);
    table->pool_used += (size_t)used;
    return at;
}

static uint32_t make_entry(struct fold_table *table, uint32_t c)
{
    uint32_t entry = (uint32_t)classify(c) << ENTRY_CLASS_SHIFT;
    if (is_space(c))
        return entry | ENTRY_SPACE;
    if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xAC00 && c <= 0xD7A3)) {
        uint32_t to = simplify(c);
        return entry | ENTRY_ONE | to | (to != c ? ENTRY_TRADITIONAL : 0);
    }
    if (!unorm2_hasBoundaryBefore(table->nfkc, (UChar32)c))
        return entry | ENTRY_JOINS;
    UChar out[64];
    int32_t length = fold_alone(table->nfkc, c, out, G_N_ELEMENTS(out));
    if (length == 1 && !U16_IS_SURROGATE(out[0]) && !is_space(out[0]))
        return entry | ENTRY_ONE | simplify(out[0]);
    if (length == 1 && is_space(out[0]))
        return entry | ENTRY_SPACE;
    return entry | ENTRY_POOL | pool_add(table, out, length);
}

static const struct fold_table *fold_table(void)
{
    static struct fold_table *table;
    static gsize once;
    if (g_once_init_enter(&once)) {
        UErrorCode status = U_ZERO_ERROR;
        table = g_new0(struct fold_table, 1);
        table->nfkc = unorm2_getNFKCCasefoldInstance(&status);
        g_assert(U_SUCCESS(status)); /* ICU's own data is missing: nothing can work */
        for (uint32_t c = 0; c < 0x10000; c++)
            table->entries[c] = U_IS_SURROGATE(c) ? 0 : make_entry(table, c);
        for (uint32_t c = 0; c < 0x10000; c++)
            if ((table->entries[c] & ENTRY_ONE) != 0 && (table->entries[c] & ENTRY_VALUE) == c && c != 0xFFFD)
                table->entries[c] |= ENTRY_SAME; /* not U+FFFD: a bad byte looks like it */
        for (size_t i = 0; i < G_N_ELEMENTS(FOLD_SIMPLIFIED); i++)
            if (FOLD_SIMPLIFIED[i] < 0x10000)
                table->entries[FOLD_SIMPLIFIED[i]] |= ENTRY_SIMPLIFIED;
        g_once_init_leave(&once, 1);
    }
    return table;
}

/* Beyond the common plane there are emoji and rare Han: few, so they are looked up each time. */
static uint32_t entry_of(const struct fold_table *table, uint32_t c)
{
    if (c < 0x10000)
        return table->entries[c];
    if (!unorm2_hasBoundaryBefore(table->nfkc, (UChar32)c))
        return ENTRY_JOINS;
    return unorm2_isInert(table->nfkc, (UChar32)c) ? ENTRY_SELF : 0;
}

void fold_init(struct fold *fold)
{
    fold->text = g_string_sized_new(512);
    fold->runs = g_array_sized_new(FALSE, FALSE, sizeof(struct fold_run), 64);
    fold->spare = NULL;
    fold->simplified = fold->traditional = 0;
}

void fold_clear(struct fold *fold)
{
    if (fold->text != NULL)
        g_string_free(g_steal_pointer(&fold->text), TRUE);
    g_clear_pointer(&fold->runs, g_array_unref);
    g_clear_pointer(&fold->spare, g_array_unref);
}

static uint32_t decode(const char *text, size_t length, size_t *at)
{
    unsigned char first = (unsigned char)text[*at];
    if (first < 0x80) {
        ++*at;
        return first;
    }
    size_t next = *at;
    UChar32 c = 0;
    U8_NEXT((const uint8_t *)text, next, length, c);
    *at = c < 0 ? *at + 1 : next;
    return c < 0 ? 0xFFFD : (uint32_t)c;
}

/* Appends what the source [in, in_end) became. whole: as a piece. */
static void emit(struct fold *fold, const char *utf8, size_t length, size_t in, size_t in_end, bool whole)
{
    struct fold_run *last = fold->runs->len == 0 ? NULL : &((struct fold_run *)fold->runs->data)[fold->runs->len - 1];
    if (!whole && last != NULL && !last->whole && last->in_end == in) {
        last->in_end = (uint32_t)in_end;
    } else {
        struct fold_run run = {(uint32_t)fold->text->len, (uint32_t)in, (uint32_t)in_end, whole};
        g_array_append_val(fold->runs, run);
    }
    g_string_append_len(fold->text, utf8, (gssize)length);
}

/* The way of nearly every character, so it goes around GString's calls while there is room and a run to extend. */
static inline void emit_one(struct fold *fold, uint32_t c, size_t in, size_t in_end)
{
    char utf8[U8_MAX_LENGTH] = {0};
    size_t length = 0;
    U8_APPEND_UNSAFE(utf8, length, c);
    GString *text = fold->text;
    struct fold_run *last = ((struct fold_run *)(void *)fold->runs->data) + fold->runs->len - 1;
    if (length != in_end - in || fold->runs->len == 0 || last->whole || last->in_end != in ||
        text->len + U8_MAX_LENGTH >= text->allocated_len) {
        emit(fold, utf8, length, in, in_end, length != in_end - in);
        return;
    }
    last->in_end = (uint32_t)in_end;
    memcpy(text->str + text->len, utf8, U8_MAX_LENGTH);
    text->len += length;
    text->str[text->len] = '\0';
}

/* At the begin no blank is written, elsewhere one for a run. */
static void emit_space(struct fold *fold, size_t in, size_t in_end)
{
    if (fold->text->len == 0)
        return;
    if (fold->text->str[fold->text->len - 1] != ' ') {
        emit(fold, " ", 1, in, in_end, true);
        return;
    }
    struct fold_run *last = &((struct fold_run *)fold->runs->data)[fold->runs->len - 1];
    if (last->whole)
        last->in_end = (uint32_t)in_end;
}

static void emit_string(struct fold *fold, const char *utf8, size_t length, size_t in, size_t in_end)
{
    /* Blanks inside ("¨" is a space and a mark) obey the rule of runs as well. */
    if (length == 0)
        return;
    if (utf8[0] == ' ' && (fold->text->len == 0 || fold->text->str[fold->text->len - 1] == ' ')) {
        utf8++;
        length--;
    }
    if (length > 0)
        emit(fold, utf8, length, in, in_end, true);
}

/* Characters that act on each other: left to ICU as one piece. */
static void emit_cluster(struct fold *fold, const struct fold_table *table, const char *text, size_t in, size_t in_end)
{
    g_autofree UChar *from = g_new(UChar, in_end - in + 1);
    int32_t length = 0;
    for (size_t at = in; at < in_end;) {
        uint32_t c = decode(text, in_end, &at);
        U16_APPEND_UNSAFE(from, length, c);
    }
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = length * 20 + 8; /* no character becomes more than 18 units */
    g_autofree UChar *to = g_new(UChar, size);
    int32_t to_length = unorm2_normalize(table->nfkc, from, length, to, size, &status);
    if (U_FAILURE(status))
        return;
    g_autoptr(GString) utf8 = g_string_sized_new((gsize)to_length * 3);
    for (int32_t i = 0; i < to_length;) {
        UChar32 c = 0;
        U16_NEXT(to, i, to_length, c);
        if (is_space((uint32_t)c))
            c = ' ';
        g_string_append_unichar(utf8, simplify((uint32_t)c));
    }
    emit_string(fold, utf8->str, utf8->len, in, in_end);
}

/* A character with those that join it. */
struct fold_unit {
    uint32_t c, entry; /* entry 0: ICU must look at it */
    size_t in, in_end;
};

static void emit_unit(struct fold *fold, const struct fold_table *table, const char *text, const struct fold_unit *unit)
{
    if ((unit->entry & ENTRY_ONE) != 0) {
        emit_one(fold, unit->entry & ENTRY_VALUE, unit->in, unit->in_end);
    } else if ((unit->entry & ENTRY_SELF) != 0) {
        emit_one(fold, simplify(unit->c), unit->in, unit->in_end);
    } else if ((unit->entry & ENTRY_SPACE) != 0) {
        emit_space(fold, unit->in, unit->in_end);
    } else if ((unit->entry & ENTRY_POOL) != 0) {
        const char *pooled = table->pool + (unit->entry & ENTRY_VALUE);
        emit_string(fold, pooled + 1, (unsigned char)pooled[0], unit->in, unit->in_end);
    } else {
        emit_cluster(fold, table, text, unit->in, unit->in_end);
    }
}

void fold_start(struct fold *fold)
{
    g_string_truncate(fold->text, 0);
    g_array_set_size(fold->runs, 0);
    fold->simplified = fold->traditional = 0;
}

void fold_put(struct fold *fold, const char *utf8, size_t length, size_t in, size_t in_end, bool exact)
{
    if (length > 0)
        emit(fold, utf8, length, in, in_end, !exact);
}

/* The walk over a text, with one character known in advance. */
struct fold_walk {
    const struct fold_table *table;
    const char *text;
    size_t length;
    size_t in, next;   /* where the character under the hand begins and ends */
    uint32_t c, entry; /* it */
};

static void step(struct fold_walk *walk)
{
    walk->c = decode(walk->text, walk->length, &walk->next);
    walk->entry = entry_of(walk->table, walk->c);
}

/* As many characters as become themselves, in one piece; single blanks between them, too. One that the next may melt
 * into is left for fold_unit. */
static void copy_same(struct fold *fold, struct fold_walk *walk)
{
    size_t begin = walk->in;
    bool blank = true; /* before the piece there may be one */
    while ((walk->entry & ENTRY_SAME) != 0 || (walk->c == ' ' && !blank)) {
        struct fold_walk now = *walk;
        walk->in = walk->next;
        if (walk->in < walk->length) {
            step(walk);
            if ((walk->entry & ENTRY_JOINS) != 0) {
                *walk = now;
                break;
            }
        }
        fold->simplified += (now.entry & ENTRY_SIMPLIFIED) != 0;
        blank = now.c == ' ';
        if (walk->in == walk->length)
            break;
    }
    if (walk->in > begin)
        emit(fold, walk->text + begin, walk->in - begin, begin, walk->in, false);
}

/* One character with those that join it. */
static void fold_unit(struct fold *fold, struct fold_walk *walk)
{
    struct fold_unit unit = {walk->c, walk->entry, walk->in, walk->next};
    fold->simplified += (unit.entry & ENTRY_SIMPLIFIED) != 0;
    fold->traditional += (unit.entry & ENTRY_TRADITIONAL) != 0 || (unit.c > 0xFFFF && simplify(unit.c) != unit.c);
    while (walk->next < walk->length) {
        step(walk);
        if ((walk->entry & ENTRY_JOINS) == 0)
            break;
        unit.entry = 0;
        unit.in_end = walk->next;
    }
    emit_unit(fold, walk->table, walk->text, &unit);
    walk->in = unit.in_end;
}

void fold_text(struct fold *fold, const char *text, size_t length)
{
    struct fold_walk walk = {.table = fold_table(), .text = text, .length = length};
    fold_start(fold);
    if (length > 0)
        step(&walk);
    while (walk.in < length) {
        if ((walk.entry & ENTRY_SAME) != 0)
            copy_same(fold, &walk);
        if (walk.in < length)
            fold_unit(fold, &walk);
    }
    if (fold->text->len > 0 && fold->text->str[fold->text->len - 1] == ' ')
        g_string_truncate(fold->text, fold->text->len - 1);
}

/* The run that holds byte `at` of the folded text. */
static const struct fold_run *run_of(const struct fold *fold, size_t at)
{
    const struct fold_run *runs = (const struct fold_run *)(const void *)fold->runs->data;
    guint low = 0;
    guint high = fold->runs->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (runs[middle].out <= at)
            low = middle;
        else
            high = middle;
    }
    return &runs[low];
}

size_t fold_source_begin(const struct fold *fold, size_t begin)
{
    const struct fold_run *run = run_of(fold, begin);
    return run->whole ? run->in : run->in + (begin - run->out);
}

size_t fold_source_end(const struct fold *fold, size_t end)
{
    const struct fold_run *run = run_of(fold, end - 1);
    return run->whole ? run->in_end : run->in + (end - run->out);
}

/* ---- taking out ---- */

/* The text and the runs of a fold while stretches go: what is left moves to the front. */
struct cutting {
    struct fold *fold;
    const struct fold_run *from; /* the runs as they were */
    guint count, at;             /* the run under the hand */
    size_t length;               /* bytes of the text kept so far */
};

static void keep_run(struct cutting *cutting, struct fold_run run)
{
    g_array_append_val(cutting->fold->runs, run);
}

/* [begin, end) of the text as it was stays. */
static void keep(struct cutting *cutting, size_t begin, size_t end)
{
    GString *text = cutting->fold->text;
    if (begin == end)
        return;
    while (cutting->at + 1 < cutting->count && cutting->from[cutting->at + 1].out <= begin)
        cutting->at++;
    for (guint i = cutting->at; i < cutting->count && cutting->from[i].out < end; i++) {
        struct fold_run run = cutting->from[i];
        size_t first = MAX(begin, run.out);
        size_t next = i + 1 < cutting->count ? MIN(end, cutting->from[i + 1].out) : end;
        if (!run.whole) {
            run.in += (uint32_t)(first - run.out);
            run.in_end = run.in + (uint32_t)(next - first);
        }
        run.out = (uint32_t)(cutting->length + (first - begin));
        keep_run(cutting, run);
    }
    memmove(text->str + cutting->length, text->str + begin, end - begin);
    cutting->length += end - begin;
}

static void put_instead(struct cutting *cutting, char with, size_t in, size_t in_end)
{
    keep_run(cutting, (struct fold_run){(uint32_t)cutting->length, (uint32_t)in, (uint32_t)in_end, true});
    cutting->fold->text->str[cutting->length++] = with;
}

/* A blank that comes after a blank or at the begin is none. */
static size_t skip_blank(const struct cutting *cutting, size_t at)
{
    const GString *text = cutting->fold->text;
    bool after_blank = cutting->length == 0 || text->str[cutting->length - 1] == ' ';
    return at < text->len && text->str[at] == ' ' && after_blank ? at + 1 : at;
}

void fold_cut(struct fold *fold, struct fold_cut *cuts, size_t count)
{
    if (count == 0)
        return;
    if (fold->spare == NULL)
        fold->spare = g_array_new(FALSE, FALSE, sizeof(struct fold_run));
    GArray *old = fold->runs;
    fold->runs = fold->spare;
    fold->spare = old;
    g_array_set_size(fold->runs, 0);
    struct cutting cutting = {fold, (const struct fold_run *)(const void *)old->data, old->len, 0, 0};
    struct fold before = {.text = fold->text, .runs = old};
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (at < cuts[i].begin)
            keep(&cutting, at, cuts[i].begin);
        at = cuts[i].end;
        bool blank = cuts[i].with == ' ';
        bool beside = cutting.length == 0 || fold->text->str[cutting.length - 1] == ' ' || at == fold->text->len ||
                      fold->text->str[at] == ' ';
        if (cuts[i].with != 0 && !(blank && beside))
            put_instead(&cutting, cuts[i].with, fold_source_begin(&before, cuts[i].begin),
                        fold_source_end(&before, at));
        at = skip_blank(&cutting, at);
        cuts[i].shift = (int32_t)cutting.length - (int32_t)at;
    }
    keep(&cutting, at, fold->text->len);
    if (cutting.length > 0 && fold->text->str[cutting.length - 1] == ' ')
        cutting.length--;
    g_string_truncate(fold->text, cutting.length);
}

char *fold_string(const char *text)
{
    g_auto(fold_auto) fold = {0};
    fold_init(&fold);
    fold_text(&fold, text, strlen(text));
    return g_strndup(fold.text->str, fold.text->len);
}

enum fold_class fold_class(uint32_t character)
{
    if (character < 0x10000)
        return (enum fold_class)(fold_table()->entries[character] >> ENTRY_CLASS_SHIFT);
    return classify(character);
}

uint32_t fold_previous(const char *text, size_t *at)
{
    UChar32 c = 0;
    U8_PREV_UNSAFE((const uint8_t *)text, *at, c);
    return (uint32_t)c;
}

size_t fold_utf16_length(const char *text, size_t begin, size_t end)
{
    size_t units = 0;
    for (size_t at = begin; at < end;)
        units += decode(text, end, &at) > 0xFFFF ? 2 : 1;
    return units;
}

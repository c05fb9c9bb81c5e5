#include "understanding/emoji.h"

#include "base/fold.h"
#include "emoji_data.h"

#include <string.h>

#define SLOTS 1024 /* a power of two, some times the number of first characters */

struct code {
    char *text; /* folded */
    size_t length;
    uint32_t first; /* its first character */
    int row;
    bool word, word_end; /* begins, ends as a word does: must stand alone there */
};

/* Codes by first character, longer ones first; slots lead to where those of a first character begin. */
struct emoji_table {
    struct code codes[G_N_ELEMENTS(EMOJI)];
    size_t count;
    struct {
        uint32_t first;
        uint16_t at, count;
    } slots[SLOTS];
};

static uint32_t hash(uint32_t c)
{
    return c * 2654435761u >> 22 & (SLOTS - 1);
}

static int by_first(const void *a, const void *b)
{
    const struct code *x = a;
    const struct code *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->row - y->row;
}

static void add_code(struct emoji_table *table, int row)
{
    struct code code = {.text = fold_string(EMOJI[row].code), .row = row};
    size_t at = 0;
    code.length = strlen(code.text);
    code.first = fold_next(code.text, &at);
    code.word = fold_class(code.first) == FOLD_WORD;
    at = code.length;
    code.word_end = fold_class(fold_previous(code.text, &at)) == FOLD_WORD;
    table->codes[table->count++] = code;
}

static const struct emoji_table *emoji_table(void)
{
    static struct emoji_table *table;
    static gsize once;
    if (g_once_init_enter(&once)) {
        table = g_new0(struct emoji_table, 1);
        for (int row = 0; row < (int)G_N_ELEMENTS(EMOJI); row++)
            add_code(table, row);
        qsort(table->codes, table->count, sizeof *table->codes, by_first);
        for (size_t i = 0; i < table->count;) {
            uint32_t first = table->codes[i].first;
            uint32_t slot = hash(first);
            while (table->slots[slot].count > 0)
                slot = (slot + 1) & (SLOTS - 1);
            table->slots[slot].first = first;
            table->slots[slot].at = (uint16_t)i;
            while (i < table->count && table->codes[i].first == first) {
                table->slots[slot].count++;
                i++;
            }
        }
        g_once_init_leave(&once, 1);
    }
    return table;
}

const struct emoji *emoji_get(int row)
{
    return row >= 0 && row < emoji_count() ? &EMOJI[row] : NULL;
}

int emoji_count(void)
{
    return (int)G_N_ELEMENTS(EMOJI);
}

/* The slot of a first character; NULL when no code begins with it. */
static const struct code *codes_of(const struct emoji_table *table, uint32_t first, size_t *count)
{
    for (uint32_t slot = hash(first); table->slots[slot].count > 0; slot = (slot + 1) & (SLOTS - 1)) {
        if (table->slots[slot].first == first) {
            *count = table->slots[slot].count;
            return table->codes + table->slots[slot].at;
        }
    }
    *count = 0;
    return NULL;
}

bool emoji_begins(uint32_t character)
{
    size_t count = 0;
    return codes_of(emoji_table(), character, &count) != NULL;
}

static bool stands_alone(const struct code *code, const char *text, size_t at)
{
    size_t before = at;
    size_t after = at + code->length;
    if (code->word && at > 0 && fold_class(fold_previous(text, &before)) == FOLD_WORD)
        return false;
    if (text[after] == '\0')
        return true;
    enum fold_class next = fold_class(fold_next(text, &after));
    char last = code->text[code->length - 1];
    if (last == '(') /* "as follows:(1)" */
        return next != FOLD_WORD && next != FOLD_CJK;
    if (last == '/' && text[at + code->length] == '/') /* "http://" */
        return false;
    return !code->word_end || next != FOLD_WORD;
}

/* Behind the colours of skin, of which a hand or a face has one. */
static size_t skip_skin(const char *text, size_t at)
{
    while (text[at] != '\0') {
        size_t next = at;
        uint32_t c = fold_next(text, &next);
        if (c < 0x1F3FB || c > 0x1F3FF)
            return at;
        at = next;
    }
    return at;
}

int emoji_find(const char *text, size_t at, size_t *end)
{
    size_t behind = at;
    size_t count = 0;
    const struct code *codes = codes_of(emoji_table(), fold_next(text, &behind), &count);
    for (size_t i = 0; i < count; i++) {
        size_t same = behind - at; /* the first character is */
        while (same < codes[i].length && text[at + same] == codes[i].text[same])
            same++;
        if (same < codes[i].length || !stands_alone(&codes[i], text, at))
            continue;
        *end = skip_skin(text, at + codes[i].length);
        return codes[i].row;
    }
    return -1;
}

#include "understanding/term.h"

#include "base/fold.h"

#include <string.h>

#define KEY 3 /* bytes: a Chinese character, the beginning of a word */
#define PRIME 2654435761u

struct term {
    char *text;
    uint32_t key;
    uint16_t length;
    bool word, word_end; /* begins, ends as a word does */
    int32_t value;
};

struct slot {
    uint32_t key, at, count; /* the terms of a key; count 0: empty */
};

struct term_set {
    GArray *terms; /* of struct term; sorted by key, longer ones first */
    GHashTable *known;
    struct slot *slots;
    uint32_t mask;
    int shift;
};

static void clear_term(void *data)
{
    g_free(((struct term *)data)->text);
}

struct term_set *term_set_new(void)
{
    struct term_set *set = g_new0(struct term_set, 1);
    set->terms = g_array_new(FALSE, FALSE, sizeof(struct term));
    g_array_set_clear_func(set->terms, clear_term);
    set->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return set;
}

void term_set_free(struct term_set *set)
{
    if (set == NULL)
        return;
    g_array_unref(set->terms);
    g_hash_table_unref(set->known);
    g_free(set->slots);
    g_free(set);
}

static uint32_t key_of(const char *text)
{
    return (uint32_t)(unsigned char)text[0] << 16 | (uint32_t)(unsigned char)text[1] << 8 | (unsigned char)text[2];
}

static bool is_word(const char *text, size_t at)
{
    return fold_class(fold_next(text, &at)) == FOLD_WORD;
}

static bool word_ends(const char *text, size_t at)
{
    return fold_class(fold_previous(text, &at)) == FOLD_WORD;
}

void term_set_add(struct term_set *set, const char *text, int32_t value)
{
    char *folded = fold_string(text);
    size_t length = strlen(folded);
    if (length < KEY || length > UINT16_MAX) {
        g_free(folded);
        return;
    }
    if (!g_hash_table_add(set->known, folded)) /* which frees what it had */
        return;
    struct term term = {g_strdup(folded),          key_of(folded), (uint16_t)length, is_word(folded, 0),
                        word_ends(folded, length), value};
    g_array_append_val(set->terms, term);
}

static int by_key(const void *a, const void *b)
{
    const struct term *x = a;
    const struct term *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (int)y->length - (int)x->length;
}

static struct slot *slot_of(const struct term_set *set, uint32_t key)
{
    uint32_t at = key * PRIME >> set->shift;
    while (set->slots[at].count > 0 && set->slots[at].key != key)
        at = (at + 1) & set->mask;
    return &set->slots[at];
}

void term_set_finish(struct term_set *set)
{
    int bits = 4;
    while (1u << bits < set->terms->len * 4)
        bits++;
    set->mask = (1u << bits) - 1;
    set->shift = 32 - bits;
    set->slots = g_new0(struct slot, (gsize)set->mask + 1);
    if (set->terms->len > 1)
        qsort(set->terms->data, set->terms->len, sizeof(struct term), by_key);
    for (guint i = 0; i < set->terms->len; i++) {
        uint32_t key = g_array_index(set->terms, struct term, i).key;
        struct slot *slot = slot_of(set, key);
        if (slot->count++ == 0) {
            slot->key = key;
            slot->at = i;
        }
    }
}

static bool stands(const struct term *term, const char *text, size_t at)
{
    size_t same = KEY; /* the key is */
    while (same < term->length && text[at + same] == term->text[same])
        same++;
    if (same < term->length)
        return false;
    if (term->word && at > 0 && word_ends(text, at))
        return false;
    return !term->word_end || text[at + term->length] == '\0' || !is_word(text, at + term->length);
}

int32_t term_find(const struct term_set *set, const char *text, size_t at, size_t *end)
{
    if (text[at] == '\0' || text[at + 1] == '\0' || text[at + 2] == '\0')
        return -1;
    const struct slot *slot = slot_of(set, key_of(text + at));
    if (slot->count == 0)
        return -1;
    const struct term *terms = (const struct term *)(const void *)set->terms->data + slot->at;
    for (uint32_t i = 0; i < slot->count; i++) {
        if (stands(&terms[i], text, at)) {
            *end = at + terms[i].length;
            return terms[i].value;
        }
    }
    return -1;
}

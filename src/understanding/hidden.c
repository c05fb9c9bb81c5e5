#include "understanding/hidden.h"

#include "base/fold.h"
#include "understanding/term.h"

#include "obfuscation_data.h"

#include <string.h>

#define UNITS 5       /* characters of a word */
#define SIGNS 3       /* between two characters */
#define WORD_BYTES 24 /* of an English word, signs included */

struct unit {
    uint32_t character;
    const char *pinyin;
    size_t length; /* of pinyin */
};

struct word {
    const char *word, *initials;
    struct unit units[UNITS];
    int count;
};

struct hidden {
    struct term_set *writings; /* → row of HIDDEN */
    struct word words[G_N_ELEMENTS(HIDDEN)];
    size_t count;
    GHashTable *by_first;     /* character → GPtrArray of struct word * */
    GPtrArray *by_letter[26]; /* of pinyin */
    GHashTable *english;      /* set of words */
    struct hidden_bloom bloom;
};

/* ---- making the table ---- */

static void add_pair(uint8_t *bloom, uint32_t first, uint32_t second)
{
    uint64_t hash = hidden_hash(first, second);
    for (int shift = 48; shift >= 16; shift -= 16) {
        uint32_t bit = hash >> shift & 0xFFFF;
        bloom[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

/* A character and what stands behind it may each be itself, its syllable or its initial. */
static void add_pairs(struct hidden *hidden, const struct word *word)
{
    for (int i = 0; i + 1 < word->count; i++) {
        const struct unit *a = &word->units[i];
        const struct unit *b = &word->units[i + 1];
        uint32_t lasts[] = {a->character, (uint32_t)a->pinyin[0], (uint32_t)a->pinyin[a->length - 1]};
        uint32_t firsts[] = {b->character, (uint32_t)b->pinyin[0]};
        for (size_t x = 0; x < G_N_ELEMENTS(lasts); x++)
            for (size_t y = 0; y < G_N_ELEMENTS(firsts); y++)
                if (x == 0 && y == 0)
                    add_pair(hidden->bloom.apart, lasts[x], firsts[y]);
                else
                    add_pair(x > 0 && y > 0 ? hidden->bloom.pinyin : hidden->bloom.beside, lasts[x], firsts[y]);
    }
}

static void add_first(struct hidden *hidden, struct word *word)
{
    gpointer key = GUINT_TO_POINTER(word->units[0].character);
    GPtrArray *list = g_hash_table_lookup(hidden->by_first, key);
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(hidden->by_first, key, list);
    }
    g_ptr_array_add(list, word);
    const char *pinyin = word->units[0].pinyin;
    g_ptr_array_add(hidden->by_letter[pinyin[0] - 'a'], word);
    add_pair(hidden->bloom.pinyin, (uint32_t)pinyin[0], (uint32_t)pinyin[1]);
}

static void add_chinese(struct hidden *hidden, size_t row)
{
    struct word *word = &hidden->words[hidden->count++];
    *word = (struct word){.word = HIDDEN[row].word, .initials = HIDDEN[row].initials};
    const char *pinyin = HIDDEN[row].pinyin;
    for (size_t at = 0; word->word[at] != '\0';) {
        struct unit *unit = &word->units[word->count++];
        unit->character = fold_next(word->word, &at);
        unit->pinyin = pinyin;
        unit->length = strcspn(pinyin, " ");
        pinyin += unit->length + (pinyin[unit->length] == ' ');
    }
    add_pairs(hidden, word);
    add_first(hidden, word);
}

static void add_writings(struct hidden *hidden, size_t row)
{
    g_auto(GStrv) writings = g_strsplit(HIDDEN[row].writings, "|", -1);
    for (int i = 0; writings[i] != NULL; i++) {
        if (writings[i][0] == '\0')
            continue;
        g_autofree char *folded = fold_string(writings[i]);
        term_set_add(hidden->writings, folded, (int32_t)row);
        size_t at = 0;
        uint32_t token = 0;
        while (g_ascii_isalnum(folded[at]))
            token = hidden_token(token, (unsigned char)folded[at++]);
        if (folded[at] == '\0') {
            add_pair(hidden->bloom.beside, token, 0);
            continue;
        }
        at = 0;
        uint32_t first = fold_next(folded, &at);
        if (folded[at] != '\0')
            add_pair(hidden->bloom.beside, first, fold_next(folded, &at));
    }
}

static const struct hidden *hidden_table(void)
{
    static struct hidden *hidden;
    static gsize once;
    if (g_once_init_enter(&once)) {
        hidden = g_new0(struct hidden, 1);
        hidden->writings = term_set_new();
        hidden->by_first = g_hash_table_new(NULL, NULL);
        hidden->english = g_hash_table_new(g_str_hash, g_str_equal);
        for (int i = 0; i < 26; i++)
            hidden->by_letter[i] = g_ptr_array_new();
        for (size_t row = 0; row < G_N_ELEMENTS(HIDDEN); row++) {
            add_writings(hidden, row);
            if (HIDDEN[row].pinyin[0] != '\0')
                add_chinese(hidden, row);
            else
                g_hash_table_add(hidden->english, (gpointer)(uintptr_t)HIDDEN[row].word);
        }
        term_set_finish(hidden->writings);
        g_once_init_leave(&once, 1);
    }
    return hidden;
}

/* ---- characters ---- */

const struct hidden_bloom *hidden_bloom(void)
{
    return &hidden_table()->bloom;
}

bool hidden_sign(uint32_t c)
{
    switch (c) {
    case ' ':
    case '.':
    case '*':
    case '-':
    case '_':
    case '~':
    case '+':
    case '/':
    case '\\':
    case '|':
    case '^':
    case '\'':
    case '`':
    case '=':
    case '#':
    case '&':
    case 0xB7:   /* · */
    case 0x2022: /* • */
    case 0x203B: /* ※ */
    case 0x2605: /* ★ */
    case 0x2606: /* ☆ */
    case 0x25CF: /* ● */
    case 0x25CB: /* ○ */
    case 0x3001: /* 、 */
    case 0xFFFD:
        return true;
    default:
        return false;
    }
}

char hidden_lookalike(uint32_t c)
{
    static const struct {
        uint16_t character;
        char letter;
    } ALIKE[] = {{0x3B1, 'a'},  {0x3B5, 'e'},  {0x3B9, 'i'},  {0x3BA, 'k'},  {0x3BD, 'v'},  {0x3BF, 'o'},
                 {0x3C1, 'p'},  {0x3C3, 'o'},  {0x3C4, 't'},  {0x3C5, 'u'},  {0x3C7, 'x'},  {0x3C9, 'w'},
                 {0x430, 'a'},  {0x432, 'b'},  {0x435, 'e'},  {0x43A, 'k'},  {0x43C, 'm'},  {0x43D, 'h'},
                 {0x43E, 'o'},  {0x440, 'p'},  {0x441, 'c'},  {0x442, 't'},  {0x443, 'y'},  {0x445, 'x'},
                 {0x455, 's'},  {0x456, 'i'},  {0x458, 'j'},  {0x4BB, 'h'},  {0x501, 'd'},  {0x51B, 'q'},
                 {0x51D, 'w'},  {0x261, 'g'},  {0x1D00, 'a'}, {0x1D04, 'c'}, {0x1D07, 'e'}, {0x1D0B, 'k'},
                 {0x1D0F, 'o'}, {0x1D18, 'p'}, {0x1D1B, 't'}, {0x1D1C, 'u'}};
    for (size_t i = 0; i < G_N_ELEMENTS(ALIKE); i++)
        if (ALIKE[i].character == c)
            return ALIKE[i].letter;
    return 0;
}

/* ---- Chinese words ---- */

struct match {
    const char *text;
    const struct word *word;
    int plain, syllables, initials; /* characters by how they stand there */
    bool signs;
    size_t end;
};

static size_t skip_signs(const char *text, size_t at)
{
    for (int signs = 0; signs < SIGNS && text[at] != '\0'; signs++) {
        size_t next = at;
        if (!hidden_sign(fold_next(text, &next)))
            return at;
        at = next;
    }
    return at;
}

static bool match_rest(struct match *match, int unit, size_t at);

/* The unit stands there as `length` letters. */
static bool match_letters(struct match *match, int unit, size_t at, size_t length, int *how)
{
    size_t end = at + length;
    bool more = g_ascii_isalnum(match->text[end]);
    if (more && unit + 1 == match->word->count)
        return false;
    ++*how;
    if (match_rest(match, unit + 1, end))
        return true;
    --*how;
    return false;
}

static bool match_rest(struct match *match, int unit, size_t at)
{
    if (unit == match->word->count) {
        match->end = at;
        return true;
    }
    const char *text = match->text;
    size_t first = unit == 0 ? at : skip_signs(text, at);
    if (text[first] == '\0')
        return false;
    bool signs = match->signs;
    match->signs = signs || first > at;
    const struct unit *wanted = &match->word->units[unit];
    size_t next = first;
    if (fold_next(text, &next) == wanted->character) {
        match->plain++;
        if (match_rest(match, unit + 1, next))
            return true;
        match->plain--;
    } else if (g_ascii_isalpha(text[first]) || g_ascii_isdigit(text[first])) {
        if (strncmp(text + first, wanted->pinyin, wanted->length) == 0 && wanted->length > 1 &&
            match_letters(match, unit, first, wanted->length, &match->syllables))
            return true;
        if (text[first] == wanted->pinyin[0] && match_letters(match, unit, first, 1, &match->initials))
            return true;
    }
    match->signs = signs;
    return false;
}

static bool is_cjk(const char *text, size_t at)
{
    return text[at] != '\0' && fold_class(fold_next(text, &at)) == FOLD_CJK;
}

static bool cjk_before(const char *text, size_t at)
{
    return at > 0 && fold_class(fold_previous(text, &at)) == FOLD_CJK;
}

/* Is what matched a hidden word, and not the word itself or letters that mean something else? */
static bool is_hidden(const struct match *match, size_t at)
{
    const struct word *word = match->word;
    if (match->plain == word->count)
        return match->signs;
    if (match->plain == 1 && match->initials > 0 && word->units[word->count - 1].character == 0x7684)
        return false; /* 的 alone says nothing: A-J的 */
    if (match->plain > 0)
        return match->initials <= 1 || match->plain >= match->initials;
    if (match->initials == 0)
        return match->end - at >= 4;
    if (match->syllables > 0 || word->initials[0] == '\0')
        return false;
    return match->signs || cjk_before(match->text, at) || is_cjk(match->text, match->end);
}

static const char *find_in(const GPtrArray *words, const char *text, size_t at, size_t *end)
{
    for (guint i = 0; words != NULL && i < words->len; i++) {
        struct match match = {.text = text, .word = g_ptr_array_index(words, i)};
        if (match_rest(&match, 0, at) && is_hidden(&match, at)) {
            *end = match.end;
            return match.word->word;
        }
    }
    return NULL;
}

const char *hidden_find(const char *text, size_t at, bool chinese, size_t *end)
{
    const struct hidden *hidden = hidden_table();
    int32_t row = term_find(hidden->writings, text, at, end);
    if (row >= 0)
        return HIDDEN[row].word;
    if (!chinese)
        return NULL;
    if (g_ascii_islower(text[at])) {
        bool inside = at > 0 && g_ascii_isalnum(text[at - 1]);
        return inside ? NULL : find_in(hidden->by_letter[text[at] - 'a'], text, at, end);
    }
    size_t next = at;
    gpointer key = GUINT_TO_POINTER(fold_next(text, &next));
    return find_in(g_hash_table_lookup(hidden->by_first, key), text, at, end);
}

/* ---- English words ---- */

/* Does a character of the text stand for a letter? */
static bool stands_for(char c, char letter)
{
    switch (c) {
    case '0':
        return letter == 'o';
    case '1':
    case '!':
    case '|':
        return letter == 'i' || letter == 'l';
    case '3':
        return letter == 'e';
    case '4':
    case '@':
        return letter == 'a';
    case '5':
    case '$':
        return letter == 's';
    case '7':
    case '+':
        return letter == 't';
    case '8':
        return letter == 'b';
    case '9':
        return letter == 'g';
    case '*':
        return true;
    default:
        return c == letter;
    }
}

/* f**k, b**ch: two stars are what is left of any number of them. */
static bool spells_around(const char *written, size_t length, const char *stars, const char *word)
{
    size_t head = (size_t)(stars - written);
    size_t tail = length - head - 2;
    size_t letters = strlen(word);
    if (head == 0 || head + tail < 2 || letters < head + tail + 2 || letters > head + tail + 4)
        return false;
    for (size_t i = 0; i < head; i++)
        if (!stands_for(written[i], word[i]))
            return false;
    for (size_t i = 0; i < tail; i++)
        if (!stands_for(written[length - 1 - i], word[letters - 1 - i]))
            return false;
    return true;
}

static bool spells(const char *written, size_t length, const char *word)
{
    int stars = 0;
    g_assert(word != NULL);
    const char *two = memmem(written, length, "**", 2);
    if (two != NULL)
        return spells_around(written, length, two, word);
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        stars += written[i] == '*';
        if (!stands_for(written[i], word[i]))
            return false;
    }
    return written[0] != '*' && (size_t)stars * 2 <= length;
}

static const char *spelled(const char *written, size_t length)
{
    if (length < 3)
        return NULL;
    for (size_t row = 0; row < G_N_ELEMENTS(HIDDEN); row++)
        if (HIDDEN[row].pinyin[0] == '\0' && spells(written, length, HIDDEN[row].word))
            return HIDDEN[row].word;
    return NULL;
}

/* r.e.f.u.n.d, f u c k: letters one by one with the same sign between. */
static const char *spaced(const struct hidden *hidden, const char *text, size_t at, size_t *end)
{
    char letters[WORD_BYTES + 1];
    size_t length = 0;
    char sign = text[at + 1];
    if (!hidden_sign((unsigned char)sign))
        return NULL;
    while (length < WORD_BYTES && g_ascii_isalpha(text[at])) {
        letters[length++] = text[at++];
        if (text[at] != sign || !g_ascii_isalpha(text[at + 1]) || g_ascii_isalpha(text[at + 2]))
            break; /* the next word is a whole one */
        at++;
    }
    letters[length] = '\0';
    if (length < 3 || g_ascii_isalnum(text[at]) || !g_hash_table_contains(hidden->english, letters))
        return NULL;
    *end = at;
    return g_hash_table_lookup(hidden->english, letters);
}

static bool is_leet(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("@$!|*+", c) != NULL);
}

/* sc@m, fr33, f**k: signs and digits for letters. What ends the sentence is no letter. */
static const char *leet(const char *text, size_t at, size_t *end)
{
    size_t last = at;
    int letters = 0;
    int others = 0;
    while (last - at < WORD_BYTES && is_leet(text[last])) {
        letters += g_ascii_isalpha(text[last]) != 0;
        others += !g_ascii_isalpha(text[last]);
        last++;
    }
    if (letters == 0 || others == 0 || is_leet(text[last]))
        return NULL;
    for (;; last--) {
        const char *word = spelled(text + at, last - at);
        bool leet_left = false;
        for (size_t i = at; i < last; i++)
            leet_left = leet_left || !g_ascii_isalpha(text[i]);
        if (word != NULL && leet_left) {
            *end = last;
            return word;
        }
        if (last <= at + 3 || strchr("!|*+", text[last - 1]) == NULL)
            return NULL;
    }
}

/* re.fund, sc-am: signs inside. */
static const char *parted(const struct hidden *hidden, const char *text, size_t at, size_t *end)
{
    char letters[WORD_BYTES + 1];
    size_t length = 0;
    int signs = 0;
    size_t last = at;
    while (last - at < WORD_BYTES) {
        if (g_ascii_isalpha(text[last])) {
            letters[length++] = text[last++];
        } else if (strchr(".-_*~^", text[last]) != NULL && text[last] != '\0' && g_ascii_isalpha(text[last + 1])) {
            signs++;
            last++;
        } else {
            break;
        }
    }
    letters[length] = '\0';
    if (signs == 0 || length < 4 || g_ascii_isalnum(text[last]) || !g_hash_table_contains(hidden->english, letters))
        return NULL;
    *end = last;
    return g_hash_table_lookup(hidden->english, letters);
}

const char *hidden_english(const char *text, size_t at, size_t *end)
{
    const struct hidden *hidden = hidden_table();
    const char *word = g_ascii_isalpha(text[at]) ? spaced(hidden, text, at, end) : NULL;
    if (word == NULL)
        word = leet(text, at, end);
    if (word == NULL && g_ascii_isalpha(text[at]))
        word = parted(hidden, text, at, end);
    return word;
}

#include "understanding/entity.h"

#include "understanding/entity_find.h"

#include <string.h>

#define CANDIDATES 256 /* remembered in one message; beyond that nobody reads them */
#define LOOK_BACK 48   /* bytes: 订单号是 : no. */
#define VALUES 65536   /* bytes */

static const struct {
    const char *name;
    bool personal;
} KINDS[] = {
#define ENTITY(enumerator, name, personal) {name, personal},
#include "understanding/entity.def"
#undef ENTITY
};

const char *entity_kind_format(enum entity_kind kind)
{
    return KINDS[kind].name;
}

void entities_init(struct entities *entities)
{
    entities->found = g_array_new(FALSE, FALSE, sizeof(struct entity));
    entities->values = g_string_sized_new(256);
    entities->candidates = g_array_new(FALSE, FALSE, sizeof(struct entity_candidate));
}

void entities_clear(struct entities *entities)
{
    g_clear_pointer(&entities->found, g_array_unref);
    g_clear_pointer(&entities->candidates, g_array_unref);
    if (entities->values != NULL)
        g_string_free(g_steal_pointer(&entities->values), TRUE);
}

const char *entity_value(const struct entities *entities, const struct entity *entity)
{
    return entities->values->str + entity->value;
}

/* ---- candidates ---- */

void entity_add(struct entity_walk *walk, enum entity_kind kind, size_t begin, size_t end, const char *value)
{
    if (walk->candidates->len >= CANDIDATES || walk->values->len > VALUES)
        return;
    struct entity_candidate candidate = {(uint32_t)begin, (uint32_t)end, kind, KINDS[kind].personal,
                                         (uint32_t)walk->values->len};
    g_array_append_val(walk->candidates, candidate);
    g_string_append_len(walk->values, value, (gssize)strlen(value) + 1);
}

void entity_add_text(struct entity_walk *walk, enum entity_kind kind, size_t begin, size_t end)
{
    g_autofree char *value = g_strndup(walk->text + begin, end - begin);
    entity_add(walk, kind, begin, end, value);
}

void entity_not_personal(struct entity_walk *walk)
{
    if (walk->candidates->len > 0)
        g_array_index(walk->candidates, struct entity_candidate, walk->candidates->len - 1).personal = false;
}

/* ---- looking around ---- */

static bool ends_with(const char *text, size_t at, const char *word, size_t length)
{
    if (at < length || text[at - 1] != word[length - 1] || memcmp(text + at - length, word, length) != 0)
        return false;
    bool letter = g_ascii_isalnum(word[0]); /* "case" does not stand in "showcase" */
    return !letter || at == length || !g_ascii_isalnum(text[at - length - 1]);
}

static bool ends_with_any(const char *text, size_t at, const char *const *words)
{
    for (; *words != NULL; words++)
        if (ends_with(text, at, *words, strlen(*words)))
            return true;
    return false;
}

bool entity_word_before(const struct entity_walk *walk, size_t at, const char *const *words)
{
    static const char *const FILLERS[] = {" ",    ":",    "#",    "(",    "[",      "=",    "-",   "【",   "是",
                                          "为",   "号码", "编号", "号",   "number", "no.",  "no",  "num",  "id",
                                          "code", "is",   "nr",   "my",   "的",     "尾号", "was", "the",  "at",
                                          "\"",   "“",    "this", "it's", "on",     "我",   "了",  "here", NULL};
    size_t lowest = at > LOOK_BACK ? at - LOOK_BACK : 0;
    while (at > lowest) {
        if (ends_with_any(walk->text, at, words))
            return true;
        size_t before = at;
        for (const char *const *filler = FILLERS; *filler != NULL && before == at; filler++)
            if (ends_with(walk->text, at, *filler, strlen(*filler)))
                at -= strlen(*filler);
        if (before == at)
            return false;
    }
    return false;
}

bool entity_word_behind(const struct entity_walk *walk, size_t at, const char *const *words)
{
    static const char *const FILLERS[] = {" ", "这个", "这", "那个", "的", "号", "这单", ")", "】", "]", NULL};
    for (int fillers = 0; fillers < 4; fillers++) {
        for (const char *const *word = words; *word != NULL; word++)
            if (g_str_has_prefix(walk->text + at, *word))
                return true;
        size_t before = at;
        for (const char *const *filler = FILLERS; *filler != NULL && before == at; filler++)
            if (g_str_has_prefix(walk->text + at, *filler))
                at += strlen(*filler);
        if (before == at)
            return false;
    }
    return false;
}

bool entity_word_near(const struct entity_walk *walk, size_t begin, size_t end, size_t reach, const char *const *words)
{
    char around[2 * 64 + 8];
    size_t before = MIN(MIN(begin, reach), 64);
    size_t behind = MIN(MIN(walk->length - end, reach), 64);
    memcpy(around, walk->text + begin - before, before);
    around[before] = '\n';
    memcpy(around + before + 1, walk->text + end, behind);
    around[before + 1 + behind] = '\0';
    for (; *words != NULL; words++)
        if (strstr(around, *words) != NULL)
            return true;
    return false;
}

/* ---- the walk ---- */

/* The first bytes of what a Chinese character may begin: a numeral, a road. */
enum { STARTS_NUMERAL = 1, STARTS_ADDRESS = 2 };

static const uint8_t *start_table(void)
{
    static uint8_t table[0x10000];
    static gsize once;
    if (g_once_init_enter(&once)) {
        static const char NUMERALS[] = "一二两三四五六七八九十百千";
        static const char ROADS[] = "路街大巷弄胡栋幢单";
        for (size_t at = 0; at < sizeof NUMERALS - 1;)
            table[fold_next(NUMERALS, &at)] |= STARTS_NUMERAL;
        for (size_t at = 0; at < sizeof ROADS - 1;)
            table[fold_next(ROADS, &at)] |= STARTS_ADDRESS;
        g_once_init_leave(&once, 1);
    }
    return table;
}

static void see_digits(struct entity_walk *walk, size_t at)
{
    entity_phone(walk, at);
    entity_card(walk, at);
    entity_amount(walk, at);
    entity_street(walk, at);
}

/* A run of a-z 0-9 from `at`; its end. */
static size_t see_run(struct entity_walk *walk, size_t at)
{
    const char *text = walk->text;
    size_t end = at;
    bool digit = false;
    for (; g_ascii_isalnum(text[end]); end++)
        digit = digit || g_ascii_isdigit(text[end]);
    if (g_ascii_isdigit(text[at]))
        see_digits(walk, at);
    else
        entity_money(walk, at);
    if (digit || text[end] == '-' || (end - at == 2 && text[end] == ' ' && g_ascii_isdigit(text[end + 1])))
        entity_code(walk, at, end);
    entity_words(walk, at);
    return end;
}

static size_t see_character(struct entity_walk *walk, size_t at, const uint8_t *starts, bool *after_numeral)
{
    size_t end = at;
    uint32_t c = fold_next(walk->text, &end);
    uint8_t start = c < 0x10000 ? starts[c] : 0;
    if ((start & STARTS_NUMERAL) != 0 && !*after_numeral)
        entity_numeral(walk, at);
    if ((start & STARTS_ADDRESS) != 0)
        entity_address(walk, at);
    *after_numeral = (start & STARTS_NUMERAL) != 0;
    if (c == 0xA5 || c == 0x20AC || c == 0xA3)
        entity_money(walk, at);
    else
        entity_words(walk, at);
    return end;
}

static void walk_text(struct entity_walk *walk)
{
    const char *text = walk->text;
    const uint8_t *starts = start_table();
    bool after_numeral = false;
    for (size_t at = 0; at < walk->length && walk->candidates->len < CANDIDATES;) {
        unsigned char c = (unsigned char)text[at];
        if (c >= 0x80) {
            at = see_character(walk, at, starts, &after_numeral);
            continue;
        }
        after_numeral = false;
        if (g_ascii_isalnum((char)c)) {
            at = see_run(walk, at);
            continue;
        }
        if (c == '@')
            entity_email(walk, at);
        else if (c == '$')
            entity_money(walk, at);
        at++;
    }
}

/* ---- who wins ---- */

static int by_rank(const void *a, const void *b)
{
    const struct entity_candidate *x = a;
    const struct entity_candidate *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    uint32_t x_length = x->end - x->begin;
    uint32_t y_length = y->end - y->begin;
    if (x_length != y_length)
        return x_length > y_length ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static int by_begin(const void *a, const void *b)
{
    const struct entity_candidate *x = a;
    const struct entity_candidate *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool is_free(const struct entity_candidate *winners, guint count, const struct entity_candidate *candidate)
{
    for (guint i = 0; i < count; i++)
        if (candidate->begin < winners[i].end && winners[i].begin < candidate->end)
            return false;
    return true;
}

/* The winners come to the front of the candidates, in the order of their places. */
static guint resolve(GArray *candidates)
{
    struct entity_candidate *all = (struct entity_candidate *)(void *)candidates->data;
    guint count = 0;
    if (candidates->len > 1)
        qsort(all, candidates->len, sizeof *all, by_rank);
    for (guint i = 0; i < candidates->len; i++)
        if (is_free(all, count, &all[i]))
            all[count++] = all[i];
    if (count > 1)
        qsort(all, count, sizeof *all, by_begin);
    return MIN(count, ENTITY_LIMIT);
}

/* An e-mail is what stands in the message: the plain view has shortened what was repeated. */
static uint32_t email_value(struct entities *entities, const char *text, size_t begin, size_t end)
{
    g_autofree char *written = g_strndup(text + begin, end - begin);
    g_autofree char *folded = fold_string(written);
    uint32_t at = (uint32_t)entities->values->len;
    g_string_append_len(entities->values, folded, (gssize)strlen(folded) + 1);
    return at;
}

static void take(const struct normalized *normalized, const char *text, struct entities *entities)
{
    guint count = resolve(entities->candidates);
    for (guint i = 0; i < count; i++) {
        const struct entity_candidate *winner = &g_array_index(entities->candidates, struct entity_candidate, i);
        size_t begin = winner->begin;
        size_t end = winner->end;
        normalized_source(normalized, NORMALIZE_PLAIN, &begin, &end);
        uint32_t value = winner->kind == ENTITY_EMAIL ? email_value(entities, text, begin, end) : winner->value;
        struct entity entity = {(uint32_t)begin, (uint32_t)end, winner->kind, winner->personal, value};
        g_array_append_val(entities->found, entity);
    }
}

void entity_find(const struct entity_brand *brand, const struct normalized *normalized, const char *text,
                 struct entities *entities)
{
    g_array_set_size(entities->found, 0);
    g_array_set_size(entities->candidates, 0);
    g_string_truncate(entities->values, 0);
    struct entity_walk walk = {.brand = brand,
                               .text = normalized->fold.text->str,
                               .length = normalized->fold.text->len,
                               .candidates = entities->candidates,
                               .values = entities->values};
    walk_text(&walk);
    if (entities->candidates->len > 0)
        take(normalized, text, entities);
}

#include "understanding/feature.h"

#include "base/fold.h"
#include "understanding/lexical.h"

#include <math.h>
#include <string.h>

#define RUN 3         /* tokens of a run */
#define PIECE_LEAST 2 /* letters of a piece of a word */
#define PIECE_MOST 5
#define BRIDGE_LEAST 3 /* characters of a bridge, the blank included */
#define BRIDGE_MOST 4
#define CODE_LETTERS 8 /* of an emoticon's code */
/* Of each character at most: a token, of which RUN runs; its pieces. add_letters stops before there are more. */
#define MOST ((FEATURES_CHARACTERS + 2) * (RUN + PIECE_MOST) + 2 * LEXICAL_MOST)

enum kind {
    KIND_EDGE = 1,
    KIND_CJK,
    KIND_WORD,
    KIND_NUMBER,
    KIND_SIGN,
    KIND_CODE,
    KIND_ADDRESS,
    KIND_PIECE,
    KIND_BRIDGE
};

struct token {
    uint32_t hash;
    uint32_t begin, end; /* bytes */
    enum kind kind;
};

struct features_room {
    struct token tokens[FEATURES_CHARACTERS + 2];
    size_t count;
    struct feature items[MOST];
    uint32_t *seen; /* open addressing: place of the item + 1 */
    uint32_t mask, size;
    struct lexical *lexical;
};

void features_init(struct features *features)
{
    *features = (struct features){.room = g_new(struct features_room, 1)};
    features->room->seen = NULL;
    features->room->size = 0;
    features->room->lexical = lexical_new();
    features->items = features->room->items;
}

void features_clear(struct features *features)
{
    if (features->room != NULL) {
        lexical_free(features->room->lexical);
        g_free(features->room->seen);
    }
    g_clear_pointer(&features->room, g_free);
}

/* The finaliser of MurmurHash3: every bit of the key depends on every bit of the hash. */
static uint32_t finish(uint32_t hash)
{
    hash ^= hash >> 16;
    hash *= 0x85EBCA6B;
    hash ^= hash >> 13;
    hash *= 0xC2B2AE35;
    hash ^= hash >> 16;
    return hash == 0 ? 1 : hash;
}

static uint32_t step(uint32_t hash, uint32_t character)
{
    hash = (hash ^ character) * 0x9E3779B1;
    return hash ^ (hash >> 15);
}

/* ---- tokens ---- */

static bool begins_address(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0 || strncmp(text, "t.cn/", 5) == 0 ||
           strncmp(text, "t.co/", 5) == 0 || strncmp(text, "www.", 4) == 0;
}

static size_t address_end(const char *text, size_t at)
{
    while ((signed char)text[at] > ' ' && text[at] != '"' && text[at] != '<' && text[at] != '>')
        at++;
    return at;
}

/* Behind the ] of a code that begins at `at`; `at` when there is none. */
static size_t code_end(const char *text, size_t at)
{
    size_t end = at + 1;
    for (int letters = 0; letters <= CODE_LETTERS && text[end] != '\0'; letters++) {
        uint32_t c = fold_next(text, &end);
        if (c == ']')
            return letters > 0 ? end : at;
        enum fold_class class = fold_class(c);
        if (class != FOLD_CJK && class != FOLD_WORD)
            return at;
    }
    return at;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* Does the character at `at` go on with a token of that kind? An apostrophe between letters does, and a point between
 * digits. */
static bool goes_on(const char *text, size_t at, enum kind kind)
{
    uint32_t c = fold_next(text, &at);
    bool joint = kind == KIND_WORD ? c == '\'' : c == '.' || c == ',' || c == ':';
    if (joint)
        c = text[at] == '\0' ? ' ' : fold_next(text, &at);
    return fold_class(c) == FOLD_WORD && is_digit(c) == (kind == KIND_NUMBER);
}

/* The token at `at`, which is no blank. The hash of a token has its kind in it. */
static struct token next_token(const char *text, size_t at)
{
    struct token token = {.begin = (uint32_t)at, .kind = KIND_SIGN};
    size_t end = at;
    uint32_t c = fold_next(text, &end);
    enum fold_class class = fold_class(c);
    token.hash = step(0, c);
    if (class == FOLD_CJK) {
        token.kind = KIND_CJK;
    } else if (c == '[' && code_end(text, at) > at) {
        token.kind = KIND_CODE;
        for (size_t last = code_end(text, at); end < last;)
            token.hash = step(token.hash, fold_next(text, &end));
    } else if ((c == 'h' || c == 't' || c == 'w') && begins_address(text + at)) {
        token.kind = KIND_ADDRESS;
        token.hash = 0;
        end = address_end(text, at);
    } else if (class == FOLD_WORD) {
        token.kind = is_digit(c) ? KIND_NUMBER : KIND_WORD;
        while (text[end] != '\0' && goes_on(text, end, token.kind))
            token.hash = step(token.hash, fold_next(text, &end));
    }
    token.hash = step(token.hash, (uint32_t)token.kind << 24);
    token.end = (uint32_t)end;
    return token;
}

static void read_tokens(struct features_room *room, const char *text, size_t length)
{
    static const struct token EDGE = {.hash = 0x7FEB352D, .kind = KIND_EDGE};
    room->count = 0;
    room->tokens[room->count++] = EDGE;
    size_t at = 0;
    while (at < length && room->count <= FEATURES_CHARACTERS) {
        if (text[at] == ' ') {
            at++;
            continue;
        }
        struct token token = next_token(text, at);
        room->tokens[room->count++] = token;
        at = token.end;
    }
    room->tokens[room->count] = EDGE;
    room->tokens[room->count].begin = room->tokens[room->count].end = (uint32_t)at;
    room->tokens[room->count++].hash = 0x846CA68B;
}

/* ---- features ---- */

static void add(struct features *features, uint32_t hash, uint32_t begin, uint32_t end)
{
    struct features_room *room = features->room;
    uint32_t key = finish(hash);
    for (uint32_t at = key & room->mask;; at = (at + 1) & room->mask) {
        if (room->seen[at] == 0) {
            features->items[features->count] = (struct feature){key, begin, end};
            room->seen[at] = (uint32_t)++features->count;
            return;
        }
        if (features->items[room->seen[at] - 1].key == key)
            return;
    }
}

static void add_runs(struct features *features)
{
    const struct features_room *room = features->room;
    for (size_t i = 0; i < room->count; i++) {
        uint32_t hash = 0x811C9DC5;
        for (size_t n = 0; n < RUN && i + n < room->count; n++) {
            const struct token *token = &room->tokens[i + n];
            hash = step(hash, token->hash);
            if (n > 0 || token->kind != KIND_EDGE) /* an edge by itself says nothing */
                add(features, hash, room->tokens[i].begin, token->end);
        }
    }
}

/* Pieces of a word, its begin and end seen as a letter of their own. A word longer than any is read in part. */
static void add_pieces(struct features *features, const char *text, const struct token *token)
{
    enum { LETTERS = 40 };
    uint32_t letters[LETTERS + 2] = {'<'};
    uint32_t begins[LETTERS + 3] = {token->begin};
    size_t count = 1;
    size_t at = token->begin;
    while (at < token->end && count <= LETTERS) {
        begins[count] = (uint32_t)at;
        letters[count++] = fold_next(text, &at);
    }
    begins[count] = (uint32_t)at;
    letters[count++] = '>';
    begins[count] = (uint32_t)at;
    for (size_t i = 0; i + PIECE_LEAST <= count; i++) {
        uint32_t hash = (uint32_t)KIND_PIECE << 24;
        for (size_t n = 0; n < PIECE_MOST && i + n < count; n++) {
            hash = step(hash, letters[i + n]);
            if (n + 1 >= PIECE_LEAST)
                add(features, hash, begins[i], begins[i + n + 1]);
        }
    }
}

/* The last characters of a token, the blank if there is one, the first characters of the next: how words go together
 * where either is misspelt. */
static void add_bridges(struct features *features, const char *text, const struct token *token,
                        const struct token *next)
{
    size_t blank = token->end < next->begin ? 1 : 0;
    size_t begin = token->end;
    for (size_t before = 1; before + blank < BRIDGE_MOST && begin > token->begin; before++) {
        fold_previous(text, &begin);
        uint32_t hash = (uint32_t)KIND_BRIDGE << 24;
        for (size_t at = begin; at < next->begin;)
            hash = step(hash, fold_next(text, &at));
        size_t end = next->begin;
        for (size_t length = before + blank + 1; length <= BRIDGE_MOST && end < next->end; length++) {
            hash = step(hash, fold_next(text, &end));
            if (length >= BRIDGE_LEAST)
                add(features, hash, (uint32_t)begin, (uint32_t)end);
        }
    }
}

static bool is_apart(const struct token *token)
{
    return token->kind != KIND_CJK && token->kind != KIND_EDGE;
}

/* Words' pieces, and bridges between what is no Chinese. */
static void add_letters(struct features *features, const char *text)
{
    enum { ROOM = 45 * PIECE_MOST + BRIDGE_MOST * BRIDGE_MOST + LEXICAL_MOST };
    const struct features_room *room = features->room;
    for (size_t i = 0; i + 1 < room->count && features->count + ROOM < MOST; i++) {
        if (room->tokens[i].kind == KIND_WORD)
            add_pieces(features, text, &room->tokens[i]);
        if (is_apart(&room->tokens[i]) && is_apart(&room->tokens[i + 1]))
            add_bridges(features, text, &room->tokens[i], &room->tokens[i + 1]);
    }
}

/* What the lexicons say stands nowhere in the text. */
static void add_lexical(struct features *features, const char *text, size_t length)
{
    uint32_t hashes[LEXICAL_MOST];
    size_t count = lexical_read(features->room->lexical, text, length, hashes);
    for (size_t i = 0; i < count; i++)
        add(features, hashes[i], 0, 0);
}

void features_read(struct features *features, const char *folded, size_t length)
{
    struct features_room *room = features->room;
    read_tokens(room, folded, length);
    size_t needed = (room->tokens[room->count - 1].end + 2) * (RUN + PIECE_MOST) * 3 / 2 + 3 * LEXICAL_MOST;
    needed = MIN(needed, (size_t)MOST * 3 / 2); /* no more than two thirds of the table are used */
    for (room->mask = 63; needed > room->mask;)
        room->mask = room->mask * 2 + 1;
    if (room->mask >= room->size) {
        room->size = room->mask + 1;
        room->seen = g_renew(uint32_t, room->seen, room->size);
    }
    memset(room->seen, 0, (room->mask + 1) * sizeof *room->seen);
    features->count = 0;
    add_runs(features);
    add_letters(features, folded);
    add_lexical(features, folded, length);
    features->norm = features->count == 0 ? 0 : 1 / sqrtf((float)features->count);
}

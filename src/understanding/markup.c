#include "understanding/markup.h"

#include <string.h>

#define NAME_CHARACTERS 20 /* a longer run after @ is a sentence that forgot its blank */
#define TOPIC_CHARACTERS 40
#define DOMAIN_BYTES 64
#define WORD_LETTERS 24 /* no longer word is looked up */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool word_before(const char *text, size_t at)
{
    return at > 0 && fold_class(fold_previous(text, &at)) == FOLD_WORD;
}

/* Up to the next blank or character that addresses do not have; what ends the sentence is not part of it. */
static size_t address_end(const char *text, size_t at)
{
    size_t begin = at;
    while ((signed char)text[at] > ' ' && strchr("\"<>[]{}|\\^`", text[at]) == NULL)
        at++;
    while (at > begin && strchr(".,!?;:)'", text[at - 1]) != NULL)
        at--;
    return at;
}

size_t markup_url(const char *text, size_t at)
{
    static const char *const STARTS[] = {"http://", "https://", "www.", "t.cn/", "t.co/"};
    for (size_t i = 0; i < G_N_ELEMENTS(STARTS); i++) {
        if (!begins(text + at, STARTS[i]))
            continue;
        size_t end = address_end(text, at + strlen(STARTS[i]));
        return end > at + strlen(STARTS[i]) ? end : at;
    }
    return at;
}

static bool is_host(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '.';
}

/* Endings that are addresses by themselves; behind any other a path must follow. */
static bool is_ending(const char *text, size_t length)
{
    static const char *const ENDINGS[] = {"com", "cn", "net", "org", "io", "cc", "top", "xyz", "vip", "shop", "info"};
    for (size_t i = 0; i < G_N_ELEMENTS(ENDINGS); i++)
        if (strlen(ENDINGS[i]) == length && memcmp(text, ENDINGS[i], length) == 0)
            return true;
    return false;
}

size_t markup_domain(const char *text, size_t dot, size_t *begin)
{
    size_t first = dot;
    while (first > 0 && dot - first < DOMAIN_BYTES && is_host(text[first - 1]))
        first--;
    size_t last = dot + 1;
    while (last - dot < DOMAIN_BYTES && is_host(text[last]))
        last++;
    while (last > dot && !g_ascii_isalpha(text[last - 1]))
        last--;
    size_t ending = last;
    while (ending > dot + 1 && g_ascii_isalpha(text[ending - 1]))
        ending--;
    bool host = first < dot && g_ascii_isalnum(text[first]) && text[ending - 1] == '.' && last - ending >= 2 &&
                last - ending <= 6 && (first == 0 || (text[first - 1] != '@' && text[first - 1] != '/'));
    if (!host || word_before(text, first) || g_ascii_isdigit(text[last]))
        return dot;
    bool path = text[last] == '/' && g_ascii_isalnum(text[last + 1]);
    if (!path && (!is_ending(text + ending, last - ending) || text[last] == '@'))
        return dot;
    *begin = first;
    return path ? address_end(text, last) : last;
}

/* The characters of a name; `at` when there is none or they never end. */
static size_t name_end(const char *text, size_t at)
{
    size_t end = at;
    for (int characters = 0; text[end] != '\0'; characters++) {
        size_t next = end;
        uint32_t c = fold_next(text, &next);
        enum fold_class class = fold_class(c);
        if (class != FOLD_WORD && class != FOLD_CJK && c != '_' && c != '-')
            return end;
        if (characters >= NAME_CHARACTERS)
            return at;
        end = next;
    }
    return end;
}

size_t markup_name(const char *text, size_t at)
{
    size_t end = text[at] == '@' ? name_end(text, at + 1) : at;
    if (end <= at + 1)
        return at;
    return word_before(text, at) ? at : end; /* a@b.com, sc@m */
}

/* @name and the colon behind it. */
static size_t name_and_colon(const char *text, size_t at)
{
    size_t end = markup_name(text, at);
    if (end == at)
        return at;
    if (text[end] == ' ' && text[end + 1] == ':')
        end++;
    return text[end] == ':' ? end + 1 : end;
}

size_t markup_repost(const char *text, size_t at)
{
    size_t name = at;
    if (begins(text + at, "//@"))
        name = at + 2;
    else if (begins(text + at, "// @"))
        name = at + 3;
    else if (begins(text + at, "rt @") && !word_before(text, at))
        name = at + 3;
    size_t end = name == at ? at : name_and_colon(text, name);
    return end == name ? at : end;
}

size_t markup_reply(const char *text, size_t at)
{
    static const char *const STARTS[] = {"回复@", "回覆@", "回复 @", "replying to @"};
    for (size_t i = 0; i < G_N_ELEMENTS(STARTS); i++) {
        if (!begins(text + at, STARTS[i]))
            continue;
        size_t name = at + strlen(STARTS[i]) - 1;
        size_t end = name_and_colon(text, name);
        return end == name ? at : end;
    }
    return at;
}

/* The second # of #words#: near, no blank inside at its edges, and words with blanks have Chinese among them. 0 when
 * there is none. */
static size_t topic_close(const char *text, size_t at)
{
    size_t next = at + 1;
    bool blank = false;
    bool cjk = false;
    if (text[next] == ' ' || text[next] == '#')
        return 0;
    for (int characters = 0; characters <= TOPIC_CHARACTERS && text[next] != '\0'; characters++) {
        if (text[next] == '#')
            return text[next - 1] == ' ' || (blank && !cjk) ? 0 : next + 1;
        blank = blank || text[next] == ' ';
        cjk = fold_class(fold_next(text, &next)) == FOLD_CJK || cjk;
    }
    return 0;
}

size_t markup_topic(const char *text, size_t at)
{
    size_t end = topic_close(text, at);
    if (end > 0)
        return end;
    if (word_before(text, at))
        return at;
    end = name_end(text, at + 1);
    bool number = true; /* "#1" is a place, no tag */
    for (size_t i = at + 1; i < end; i++)
        number = number && g_ascii_isdigit(text[i]);
    return number ? at : end;
}

size_t markup_filler(const char *text, size_t at)
{
    static const char *const FILLERS[] = {"转发微博", "网页链接", "查看图片",   "展开全文", "分享图片",
                                          "[图片]",   "[视频]",   "的微博视频", "[链接]",   "[语音]"};
    for (size_t i = 0; i < G_N_ELEMENTS(FILLERS); i++)
        if (begins(text + at, FILLERS[i]))
            return at + strlen(FILLERS[i]);
    return at;
}

size_t markup_entity(const char *text, size_t at, char *with)
{
    static const struct {
        const char *name;
        char with;
    } ENTITIES[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},  {"&quot;", '"'},
                    {"&#39;", '\''}, {"&apos;", '\''}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < G_N_ELEMENTS(ENTITIES); i++) {
        if (begins(text + at, ENTITIES[i].name)) {
            *with = ENTITIES[i].with;
            return at + strlen(ENTITIES[i].name);
        }
    }
    return at;
}

/* ---- letters that were held down ---- */

/* Beginnings of words up to a letter that they really have twice; sorted by nothing, few, and seldom asked. */
static const char *const DOUBLE[] = {
    "acc",      "add",      "agree",    "all",    "annoy",     "app",      "apparent",   "arriv",     "ass",
    "att",      "ball",     "beer",     "been",   "bell",      "better",   "big",        "bill",      "bitter",
    "bloo",     "book",     "boo",      "boss",   "bott",      "buff",     "busin",      "butt",      "call",
    "cann",     "carry",    "cheer",    "cell",   "chee",      "choo",     "class",      "coffee",    "coll",
    "comm",     "cool",     "conn",     "cook",   "corr",      "cuss",     "deep",       "dee",       "diff",
    "dinner",   "discuss",  "dress",    "dropp",  "eff",       "employee", "enn",        "err",       "ess",
    "exc",      "express",  "fee",      "fell",   "feell",     "fill",     "floor",      "follow",    "food",
    "fool",     "foot",     "free",     "full",   "funn",      "gett",     "glass",      "good",      "goo",
    "goose",    "grass",    "gree",     "green",  "guarantee", "happ",     "hello",      "hell",      "hill",
    "hood",     "hook",     "horrible", "hurr",   "huff",      "illness",  "imm",        "impress",   "irr",
    "iss",      "keep",     "kill",     "kiss",   "knee",      "lady",     "lass",       "less",      "lett",
    "little",   "look",     "loose",    "loss",   "mall",      "matt",     "meet",       "mess",      "middle",
    "miss",     "mood",     "moon",     "mull",   "need",      "noon",     "occ",        "off",       "ok",
    "opp",      "pass",     "pee",      "pill",   "pizza",     "poo",      "poor",       "pool",      "possible",
    "press",    "pretty",   "problemm", "proof",  "pull",      "puss",     "queen",      "really",    "reall",
    "recc",     "ridicull", "roll",     "roof",   "room",      "runn",     "sadd",       "scann",     "school",
    "screen",   "see",      "sell",     "shipp",  "shoo",      "shopp",    "sill",       "skill",     "sleep",
    "small",    "smell",    "smooth",   "soon",   "sorry",     "speed",    "spell",      "spoon",     "staff",
    "steel",    "still",    "stopp",    "street", "stress",    "stuff",    "succ",       "success",   "suck",
    "suff",     "sugg",     "summ",     "supp",   "sweet",     "swimm",    "tall",       "tee",       "tell",
    "terrible", "terr",     "three",    "too",    "tooth",     "totally",  "usually",    "finally",   "tree",
    "troo",     "unless",   "upp",      "voo",    "wall",      "weed",     "week",       "well",      "wheel",
    "whee",     "will",     "witt",     "wood",   "wooo",      "woo",      "worry",      "wrapp",     "yell",
    "yuck",     "yumm",     "zoo",      "seem",   "feel",      "hopeless", "useless",    "service",   "address",
    "process",  "access",   "business", "eess",   "wireless",  "careless", "disappoint", "recommend", "tomorrow",
    "attitude", "bott",     "appall",   "attent"};

/* The word around [begin, end), this run twice and every other run of three and more once. Its length; *place is where
 * the run lies in it. 0 when it is no plain word. */
static size_t shortened(const char *text, size_t begin, size_t end, char *word, size_t *place)
{
    size_t first = begin;
    while (first > 0 && begin - first < WORD_LETTERS && g_ascii_isalpha(text[first - 1]))
        first--;
    if (first > 0 && g_ascii_isdigit(text[first - 1]))
        return 0;
    size_t length = 0;
    for (size_t at = first; g_ascii_isalpha(text[at]);) {
        size_t next = at;
        while (text[next] == text[at])
            next++;
        size_t count = at == begin ? 2 : next - at > 2 ? 1 : next - at;
        if (at == begin)
            *place = length;
        if (length + count > WORD_LETTERS)
            return 0;
        memset(word + length, text[at], count);
        length += count;
        at = next;
        if (g_ascii_isdigit(text[at]))
            return 0;
    }
    word[length] = '\0';
    return end > begin ? length : 0;
}

int markup_letters(const char *text, size_t begin, size_t end)
{
    char word[WORD_LETTERS + 1];
    size_t place = 0;
    size_t length = shortened(text, begin, end, word, &place);
    if (length == 0)
        return (int)(end - begin); /* a part of a number or no word at all: as it is */
    if (length == 2)
        return 2; /* nothing but this letter: mmm, zzz */
    for (size_t i = 0; i < G_N_ELEMENTS(DOUBLE); i++) {
        size_t known = strlen(DOUBLE[i]);
        if (known >= place + 2 && strncmp(word, DOUBLE[i], known) == 0)
            return 2;
    }
    return 1;
}

#include "understanding/markup.h"

#include <string.h>

#define NAME_CHARACTERS 20 /* a longer run after @ is a sentence that forgot its blank */
#define TOPIC_CHARACTERS 40
#define DOMAIN_BYTES 64
#define WORD_LETTERS 24 /* no longer word is looked up */

static bool begins(const char *text, const char *with)
{
    while (*with != '\0' && *with == *text) {
        with++;
        text++;
    }
    return *with == '\0';
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
    else if (begins(text + at, "// @") || (begins(text + at, "rt @") && !word_before(text, at)))
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

/* Words that really have a letter twice, and in what begins like them up to there. */
static const char DOUBLE[] =
    "accept access account accurate add address affect afford agree all allow annoy appal appear apple apply "
    "approach arrive assist attach attend attitude baggage ball battery been beer bell better bill bloody book "
    "boot boss bottle bottom buffet business butt button call cancelled cannot carry cell challenge cheek cheer "
    "chill choose class coffee collect college commit common communicate connect cook cool correct cottage "
    "current deep difficult dinner disappoint discuss dollar door dress effect effort employee error excellent "
    "express fee feed feel feet fell fill finally floor follow food fool foot free freezing full funny geek "
    "getting glass good goose grass greed green greet guarantee guess happen happy hell hello hill hobby hood "
    "hook hurry illegal illness immediate impress install intell irritate issue jeep keen keep kill kiss knee "
    "less letter little look loose lottery luggage mall matter meet meeting mess middle miss mood moon narrow "
    "necessary need noon occur off offer office oops opportunity oppose pass passenger patty pepper pillow "
    "pizza pool poop poor possible press pretty process progress proof pull puppy putting quarrel queen really "
    "recall recommend reel refill restroom roll roof room root rubbish running school screen scroll see seem "
    "seen sell session settle sheet shipping shoot shopping silly skill sleep small smell smooth soon sorry "
    "speech speed spell spoon staff steel still stopped street stress stuff success suggest summer supplier "
    "supply support sweet swimming tall tee tell terrible three till tomorrow too took tooth totally traffic "
    "tree troll umbrella unless upper useless usually vacuum wall weed week well wheel will winner wireless "
    "wood woohoo wool worry yell yellow zoo zoom ";

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
    for (const char *known = DOUBLE; *known != '\0'; known += strcspn(known, " ") + 1) {
        size_t same = 0; /* letters that the word begins with as the known one */
        while (known[same] != ' ' && known[same] == word[same])
            same++;
        if (same >= place + 2 && known[same] == ' ')
            return 2;
    }
    return 1;
}

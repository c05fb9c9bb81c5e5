#include "understanding/negation.h"

#include "base/fold.h"

#include <string.h>

#define CHINESE_WINDOW 9 /* characters */
#define ENGLISH_WINDOW 5 /* words */

enum effect { EFFECT_NONE, EFFECT_STOP, EFFECT_NEGATE, EFFECT_MORE, EFFECT_LESS, EFFECT_FILLER };

struct small_word {
    const char *word;
    enum effect effect;
};

/* Folded; longer ones first where one ends in the other: 差不多 is no 不. */
static const struct small_word CHINESE[] = {
    {"差不多", EFFECT_STOP},   {"不得不", EFFECT_STOP},   {"没想到", EFFECT_STOP},   {"不仅仅", EFFECT_STOP},
    {"不只是", EFFECT_STOP},   {"不光是", EFFECT_STOP},   {"要不是", EFFECT_STOP},   {"无一不", EFFECT_STOP},
    {"是不是", EFFECT_STOP},   {"有没有", EFFECT_STOP},   {"能不能", EFFECT_STOP},   {"会不会", EFFECT_STOP},
    {"不仅", EFFECT_STOP},     {"不但", EFFECT_STOP},     {"不光", EFFECT_STOP},     {"不只", EFFECT_STOP},
    {"不愧", EFFECT_STOP},     {"不断", EFFECT_STOP},     {"不停", EFFECT_STOP},     {"不管", EFFECT_STOP},
    {"无论", EFFECT_STOP},     {"无比", EFFECT_MORE},     {"无非", EFFECT_STOP},     {"除非", EFFECT_STOP},
    {"要不", EFFECT_STOP},     {"特别", EFFECT_MORE},     {"分别", EFFECT_STOP},     {"区别", EFFECT_STOP},
    {"个别", EFFECT_STOP},     {"级别", EFFECT_STOP},     {"非常", EFFECT_MORE},     {"从来不", EFFECT_NEGATE},
    {"不怎么", EFFECT_NEGATE}, {"没什么", EFFECT_NEGATE}, {"没那么", EFFECT_NEGATE}, {"不那么", EFFECT_NEGATE},
    {"从来没", EFFECT_NEGATE}, {"并没有", EFFECT_NEGATE}, {"还没有", EFFECT_NEGATE}, {"不太", EFFECT_NEGATE},
    {"不是", EFFECT_NEGATE},   {"没有", EFFECT_NEGATE},   {"不够", EFFECT_NEGATE},   {"并非", EFFECT_NEGATE},
    {"绝非", EFFECT_NEGATE},   {"毫无", EFFECT_NEGATE},   {"从未", EFFECT_NEGATE},   {"不要", EFFECT_NEGATE},
    {"不能", EFFECT_NEGATE},   {"不会", EFFECT_NEGATE},   {"谈不上", EFFECT_NEGATE}, {"算不上", EFFECT_NEGATE},
    {"称不上", EFFECT_NEGATE}, {"不再", EFFECT_NEGATE},   {"难以", EFFECT_NEGATE},   {"缺乏", EFFECT_NEGATE},
    {"不", EFFECT_NEGATE},     {"没", EFFECT_NEGATE},     {"无", EFFECT_NEGATE},     {"未", EFFECT_NEGATE},
    {"勿", EFFECT_NEGATE},     {"莫", EFFECT_NEGATE},     {"别", EFFECT_NEGATE},     {"冇", EFFECT_NEGATE},
    {"唔", EFFECT_NEGATE},     {"甭", EFFECT_NEGATE},     {"有点儿", EFFECT_LESS},   {"有点", EFFECT_LESS},
    {"有些", EFFECT_LESS},     {"稍微", EFFECT_LESS},     {"略微", EFFECT_LESS},     {"略", EFFECT_LESS},
    {"还算", EFFECT_LESS},     {"比较", EFFECT_LESS},     {"实在是", EFFECT_MORE},   {"真的是", EFFECT_MORE},
    {"实在", EFFECT_MORE},     {"真的", EFFECT_MORE},     {"真是", EFFECT_MORE},     {"十分", EFFECT_MORE},
    {"极其", EFFECT_MORE},     {"极度", EFFECT_MORE},     {"超级", EFFECT_MORE},     {"相当", EFFECT_MORE},
    {"如此", EFFECT_MORE},     {"太过", EFFECT_MORE},     {"简直", EFFECT_MORE},     {"完全", EFFECT_MORE},
    {"根本", EFFECT_MORE},     {"一点都", EFFECT_MORE},   {"一点也", EFFECT_MORE},   {"那么的", EFFECT_FILLER},
    {"这么的", EFFECT_FILLER}, {"那么", EFFECT_FILLER},   {"这么", EFFECT_FILLER},   {"让人", EFFECT_FILLER},
    {"令人", EFFECT_FILLER},   {"让我", EFFECT_FILLER},   {"觉得", EFFECT_FILLER},   {"感到", EFFECT_FILLER},
    {"感觉", EFFECT_FILLER},   {"任何", EFFECT_FILLER},   {"什么", EFFECT_FILLER},   {"一点", EFFECT_FILLER},
    {"一个", EFFECT_FILLER},   {"太", EFFECT_MORE},       {"很", EFFECT_MORE},       {"好", EFFECT_MORE},
    {"超", EFFECT_MORE},       {"巨", EFFECT_MORE},       {"贼", EFFECT_MORE},       {"最", EFFECT_MORE},
    {"极", EFFECT_MORE},       {"真", EFFECT_MORE},       {"忒", EFFECT_MORE},       {"更", EFFECT_MORE},
    {"够", EFFECT_FILLER},     {"是", EFFECT_FILLER},     {"有", EFFECT_FILLER},     {"得", EFFECT_FILLER},
    {"的", EFFECT_FILLER},     {"地", EFFECT_FILLER},     {"到", EFFECT_FILLER},     {"会", EFFECT_FILLER},
    {"能", EFFECT_FILLER},     {"想", EFFECT_FILLER},     {"被", EFFECT_FILLER},     {"给", EFFECT_FILLER},
    {"再", EFFECT_FILLER},     {"都", EFFECT_FILLER},     {"也", EFFECT_FILLER},     {"还", EFFECT_FILLER},
    {"用", EFFECT_FILLER},     {"要", EFFECT_FILLER},     {"必", EFFECT_FILLER},     {"算", EFFECT_FILLER},
};

static const struct small_word ENGLISH[] = {
    {"not", EFFECT_NEGATE},      {"no", EFFECT_NEGATE},       {"never", EFFECT_NEGATE},
    {"none", EFFECT_NEGATE},     {"nothing", EFFECT_NEGATE},  {"neither", EFFECT_NEGATE},
    {"nor", EFFECT_NEGATE},      {"cannot", EFFECT_NEGATE},   {"without", EFFECT_NEGATE},
    {"hardly", EFFECT_NEGATE},   {"barely", EFFECT_NEGATE},   {"nobody", EFFECT_NEGATE},
    {"cant", EFFECT_NEGATE},     {"dont", EFFECT_NEGATE},     {"didnt", EFFECT_NEGATE},
    {"doesnt", EFFECT_NEGATE},   {"isnt", EFFECT_NEGATE},     {"wasnt", EFFECT_NEGATE},
    {"wont", EFFECT_NEGATE},     {"aint", EFFECT_NEGATE},     {"couldnt", EFFECT_NEGATE},
    {"wouldnt", EFFECT_NEGATE},  {"arent", EFFECT_NEGATE},    {"lack", EFFECT_NEGATE},
    {"zero", EFFECT_NEGATE},     {"very", EFFECT_MORE},       {"so", EFFECT_MORE},
    {"really", EFFECT_MORE},     {"extremely", EFFECT_MORE},  {"absolutely", EFFECT_MORE},
    {"totally", EFFECT_MORE},    {"super", EFFECT_MORE},      {"too", EFFECT_MORE},
    {"incredibly", EFFECT_MORE}, {"completely", EFFECT_MORE}, {"beyond", EFFECT_MORE},
    {"most", EFFECT_MORE},       {"fucking", EFFECT_MORE},    {"such", EFFECT_MORE},
    {"utterly", EFFECT_MORE},    {"slightly", EFFECT_LESS},   {"somewhat", EFFECT_LESS},
    {"kinda", EFFECT_LESS},      {"bit", EFFECT_LESS},        {"fairly", EFFECT_LESS},
    {"a", EFFECT_FILLER},        {"an", EFFECT_FILLER},       {"the", EFFECT_FILLER},
    {"that", EFFECT_FILLER},     {"all", EFFECT_FILLER},      {"at", EFFECT_FILLER},
    {"be", EFFECT_FILLER},       {"been", EFFECT_FILLER},     {"is", EFFECT_FILLER},
    {"am", EFFECT_FILLER},       {"are", EFFECT_FILLER},      {"was", EFFECT_FILLER},
    {"were", EFFECT_FILLER},     {"being", EFFECT_FILLER},    {"to", EFFECT_FILLER},
    {"have", EFFECT_FILLER},     {"has", EFFECT_FILLER},      {"had", EFFECT_FILLER},
    {"any", EFFECT_FILLER},      {"much", EFFECT_FILLER},     {"even", EFFECT_FILLER},
    {"get", EFFECT_FILLER},      {"got", EFFECT_FILLER},      {"feel", EFFECT_FILLER},
    {"feeling", EFFECT_FILLER},  {"quite", EFFECT_FILLER},    {"of", EFFECT_FILLER},
    {"ever", EFFECT_FILLER},     {"exactly", EFFECT_FILLER},  {"particularly", EFFECT_FILLER},
    {"my", EFFECT_FILLER},
};

static bool apply(struct negation *found, enum effect effect, size_t begin)
{
    switch (effect) {
    case EFFECT_NEGATE:
        found->negated = !found->negated;
        found->begin = begin;
        return true;
    case EFFECT_MORE:
        found->degree = 1.4;
        return true;
    case EFFECT_LESS:
        found->degree = 0.7;
        return true;
    case EFFECT_FILLER:
        return true;
    case EFFECT_NONE:
    case EFFECT_STOP:
        break;
    }
    return false;
}

/* Begin of the run of Chinese characters that ends at at, CHINESE_WINDOW at most. */
static size_t chinese_begin(const char *text, size_t at)
{
    for (int i = 0; i < CHINESE_WINDOW && at > 0; i++) {
        size_t before = at;
        if (fold_class(fold_previous(text, &before)) != FOLD_CJK)
            break;
        at = before;
    }
    return at;
}

static void read_chinese(const char *text, size_t at, struct negation *found)
{
    size_t window = chinese_begin(text, at);
    while (at > window) {
        const struct small_word *small = NULL;
        size_t length = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(CHINESE); i++) {
            size_t this_length = strlen(CHINESE[i].word);
            if (this_length > length && this_length <= at - window &&
                memcmp(text + at - this_length, CHINESE[i].word, this_length) == 0) {
                small = &CHINESE[i];
                length = this_length;
            }
        }
        if (small == NULL || !apply(found, small->effect, at - length))
            return;
        at -= length;
    }
}

static enum effect english_effect(const char *word, size_t length)
{
    if (length > 3 && memcmp(word + length - 3, "n't", 3) == 0)
        return EFFECT_NEGATE;
    for (size_t i = 0; i < G_N_ELEMENTS(ENGLISH); i++)
        if (strlen(ENGLISH[i].word) == length && memcmp(ENGLISH[i].word, word, length) == 0)
            return ENGLISH[i].effect;
    return EFFECT_NONE;
}

/* Word by word backwards; the apostrophe belongs to the word. */
static void read_english(const char *text, size_t at, struct negation *found)
{
    for (int words = 0; words < ENGLISH_WINDOW && at > 0 && text[at - 1] == ' '; words++) {
        size_t end = at - 1;
        size_t begin = end;
        while (begin > 0 && (g_ascii_isalpha(text[begin - 1]) || text[begin - 1] == '\''))
            begin--;
        if (begin == end || !apply(found, english_effect(text + begin, end - begin), begin))
            return;
        at = begin;
    }
}

struct negation negation_before(const char *text, size_t at)
{
    struct negation found = {.degree = 1, .begin = at};
    size_t before = at;
    if (at == 0)
        return found;
    uint32_t previous = fold_previous(text, &before);
    if (fold_class(previous) == FOLD_CJK)
        read_chinese(text, at, &found);
    else if (previous == ' ')
        read_english(text, at, &found);
    return found;
}

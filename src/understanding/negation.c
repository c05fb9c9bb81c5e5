#include "understanding/negation.h"

#include "base/fold.h"

#include <string.h>

#define CHINESE_WINDOW 9 /* characters */
#define ENGLISH_WINDOW 5 /* words */

enum effect { EFFECT_NONE, EFFECT_STOP, EFFECT_NEGATE, EFFECT_MORE, EFFECT_LESS, EFFECT_FILLER };

struct small_word {
    const char *word;
    size_t length;
    enum effect effect;
};
#define SMALL(word, effect)                                                                                            \
    {                                                                                                                  \
        word, sizeof(word) - 1, EFFECT_##effect                                                                        \
    }

/* Folded; longer ones first where one ends in the other: 差不多 is no 不. */
static const struct small_word CHINESE[] = {
    SMALL("差不多", STOP),   SMALL("不得不", STOP),   SMALL("没想到", STOP),   SMALL("不仅仅", STOP),
    SMALL("不只是", STOP),   SMALL("不光是", STOP),   SMALL("要不是", STOP),   SMALL("无一不", STOP),
    SMALL("是不是", STOP),   SMALL("有没有", STOP),   SMALL("能不能", STOP),   SMALL("会不会", STOP),
    SMALL("不仅", STOP),     SMALL("不但", STOP),     SMALL("不光", STOP),     SMALL("不只", STOP),
    SMALL("不愧", STOP),     SMALL("不断", STOP),     SMALL("不停", STOP),     SMALL("不管", STOP),
    SMALL("无论", STOP),     SMALL("无比", MORE),     SMALL("无非", STOP),     SMALL("除非", STOP),
    SMALL("要不", STOP),     SMALL("特别", MORE),     SMALL("分别", STOP),     SMALL("区别", STOP),
    SMALL("个别", STOP),     SMALL("级别", STOP),     SMALL("非常", MORE),     SMALL("从来不", NEGATE),
    SMALL("不怎么", NEGATE), SMALL("没什么", NEGATE), SMALL("没那么", NEGATE), SMALL("不那么", NEGATE),
    SMALL("从来没", NEGATE), SMALL("并没有", NEGATE), SMALL("还没有", NEGATE), SMALL("不太", NEGATE),
    SMALL("不是", NEGATE),   SMALL("没有", NEGATE),   SMALL("不够", NEGATE),   SMALL("并非", NEGATE),
    SMALL("绝非", NEGATE),   SMALL("毫无", NEGATE),   SMALL("从未", NEGATE),   SMALL("不要", NEGATE),
    SMALL("不能", NEGATE),   SMALL("不会", NEGATE),   SMALL("谈不上", NEGATE), SMALL("算不上", NEGATE),
    SMALL("称不上", NEGATE), SMALL("不再", NEGATE),   SMALL("难以", NEGATE),   SMALL("缺乏", NEGATE),
    SMALL("不", NEGATE),     SMALL("没", NEGATE),     SMALL("无", NEGATE),     SMALL("未", NEGATE),
    SMALL("勿", NEGATE),     SMALL("莫", NEGATE),     SMALL("别", NEGATE),     SMALL("冇", NEGATE),
    SMALL("唔", NEGATE),     SMALL("甭", NEGATE),     SMALL("有点儿", LESS),   SMALL("有点", LESS),
    SMALL("有些", LESS),     SMALL("稍微", LESS),     SMALL("略微", LESS),     SMALL("略", LESS),
    SMALL("还算", LESS),     SMALL("比较", LESS),     SMALL("实在是", MORE),   SMALL("真的是", MORE),
    SMALL("实在", MORE),     SMALL("真的", MORE),     SMALL("真是", MORE),     SMALL("十分", MORE),
    SMALL("极其", MORE),     SMALL("极度", MORE),     SMALL("超级", MORE),     SMALL("相当", MORE),
    SMALL("如此", MORE),     SMALL("太过", MORE),     SMALL("简直", MORE),     SMALL("完全", MORE),
    SMALL("根本", MORE),     SMALL("一点都", MORE),   SMALL("一点也", MORE),   SMALL("那么的", FILLER),
    SMALL("这么的", FILLER), SMALL("那么", FILLER),   SMALL("这么", FILLER),   SMALL("让人", FILLER),
    SMALL("令人", FILLER),   SMALL("让我", FILLER),   SMALL("觉得", FILLER),   SMALL("感到", FILLER),
    SMALL("感觉", FILLER),   SMALL("任何", FILLER),   SMALL("什么", FILLER),   SMALL("一点", FILLER),
    SMALL("一个", FILLER),   SMALL("太", MORE),       SMALL("很", MORE),       SMALL("好", MORE),
    SMALL("超", MORE),       SMALL("巨", MORE),       SMALL("贼", MORE),       SMALL("最", MORE),
    SMALL("极", MORE),       SMALL("真", MORE),       SMALL("忒", MORE),       SMALL("更", MORE),
    SMALL("够", FILLER),     SMALL("是", FILLER),     SMALL("有", FILLER),     SMALL("得", FILLER),
    SMALL("的", FILLER),     SMALL("地", FILLER),     SMALL("到", FILLER),     SMALL("会", FILLER),
    SMALL("能", FILLER),     SMALL("想", FILLER),     SMALL("被", FILLER),     SMALL("给", FILLER),
    SMALL("再", FILLER),     SMALL("都", FILLER),     SMALL("也", FILLER),     SMALL("还", FILLER),
    SMALL("用", FILLER),     SMALL("要", FILLER),     SMALL("必", FILLER),     SMALL("算", FILLER),
};

static const struct small_word ENGLISH[] = {
    SMALL("not", NEGATE),      SMALL("no", NEGATE),       SMALL("never", NEGATE),
    SMALL("none", NEGATE),     SMALL("nothing", NEGATE),  SMALL("neither", NEGATE),
    SMALL("nor", NEGATE),      SMALL("cannot", NEGATE),   SMALL("without", NEGATE),
    SMALL("hardly", NEGATE),   SMALL("barely", NEGATE),   SMALL("nobody", NEGATE),
    SMALL("cant", NEGATE),     SMALL("dont", NEGATE),     SMALL("didnt", NEGATE),
    SMALL("doesnt", NEGATE),   SMALL("isnt", NEGATE),     SMALL("wasnt", NEGATE),
    SMALL("wont", NEGATE),     SMALL("aint", NEGATE),     SMALL("couldnt", NEGATE),
    SMALL("wouldnt", NEGATE),  SMALL("arent", NEGATE),    SMALL("lack", NEGATE),
    SMALL("zero", NEGATE),     SMALL("very", MORE),       SMALL("so", MORE),
    SMALL("really", MORE),     SMALL("extremely", MORE),  SMALL("absolutely", MORE),
    SMALL("totally", MORE),    SMALL("super", MORE),      SMALL("too", MORE),
    SMALL("incredibly", MORE), SMALL("completely", MORE), SMALL("beyond", MORE),
    SMALL("most", MORE),       SMALL("fucking", MORE),    SMALL("such", MORE),
    SMALL("utterly", MORE),    SMALL("slightly", LESS),   SMALL("somewhat", LESS),
    SMALL("kinda", LESS),      SMALL("bit", LESS),        SMALL("fairly", LESS),
    SMALL("a", FILLER),        SMALL("an", FILLER),       SMALL("the", FILLER),
    SMALL("that", FILLER),     SMALL("all", FILLER),      SMALL("at", FILLER),
    SMALL("be", FILLER),       SMALL("been", FILLER),     SMALL("is", FILLER),
    SMALL("am", FILLER),       SMALL("are", FILLER),      SMALL("was", FILLER),
    SMALL("were", FILLER),     SMALL("being", FILLER),    SMALL("to", FILLER),
    SMALL("have", FILLER),     SMALL("has", FILLER),      SMALL("had", FILLER),
    SMALL("any", FILLER),      SMALL("much", FILLER),     SMALL("even", FILLER),
    SMALL("get", FILLER),      SMALL("got", FILLER),      SMALL("feel", FILLER),
    SMALL("feeling", FILLER),  SMALL("quite", FILLER),    SMALL("of", FILLER),
    SMALL("ever", FILLER),     SMALL("exactly", FILLER),  SMALL("particularly", FILLER),
    SMALL("my", FILLER),
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
            const struct small_word *this = &CHINESE[i];
            if (this->length > length && this->length <= at - window && this->word[this->length - 1] == text[at - 1] &&
                memcmp(text + at - this->length, this->word, this->length) == 0) {
                small = this;
                length = this->length;
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
        if (ENGLISH[i].length == length && memcmp(ENGLISH[i].word, word, length) == 0)
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

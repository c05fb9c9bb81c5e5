#include "understanding/negation.h"

#include "base/fold.h"

#include <stdint.h>
#include <string.h>

#define CHINESE_WINDOW 12 /* characters */
#define ENGLISH_WINDOW 6  /* words */

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

/* Folded. The longest that fits counts: 差不多 is no 不. */
static const struct small_word CHINESE[] = {
    SMALL("差不多", STOP),   SMALL("不得不", STOP),   SMALL("没想到", STOP),     SMALL("不仅仅", STOP),
    SMALL("不只是", STOP),   SMALL("不光是", STOP),   SMALL("要不是", STOP),     SMALL("无一不", STOP),
    SMALL("是不是", STOP),   SMALL("有没有", STOP),   SMALL("能不能", STOP),     SMALL("会不会", STOP),
    SMALL("不仅", STOP),     SMALL("不但", STOP),     SMALL("不光", STOP),       SMALL("不只", STOP),
    SMALL("不单", STOP),     SMALL("不愧", STOP),     SMALL("不断", STOP),       SMALL("不停", STOP),
    SMALL("不管", STOP),     SMALL("不论", STOP),     SMALL("无论", STOP),       SMALL("无非", STOP),
    SMALL("除非", STOP),     SMALL("要不", STOP),     SMALL("分别", STOP),       SMALL("区别", STOP),
    SMALL("个别", STOP),     SMALL("级别", STOP),     SMALL("不禁", STOP),       SMALL("不由得", STOP),
    SMALL("不由", STOP),     SMALL("忍不住", STOP),   SMALL("禁不住", STOP),     SMALL("控制不住", STOP),
    SMALL("不料", STOP),     SMALL("不小心", STOP),   SMALL("不时", STOP),       SMALL("不妨", STOP),
    SMALL("不能不", STOP),   SMALL("不会不", STOP),   SMALL("不可不", STOP),     SMALL("没有人不", STOP),
    SMALL("没人不", STOP),   SMALL("难道不是", STOP), SMALL("难道不", STOP),     SMALL("岂不是", STOP),
    SMALL("岂不", STOP),     SMALL("何尝不", STOP),   SMALL("怎能不", STOP),     SMALL("怎么能不", STOP),
    SMALL("谁说不", STOP),   SMALL("无不", STOP),     SMALL("莫不", STOP),       SMALL("没准儿", STOP),
    SMALL("没准", STOP),     SMALL("没少", STOP),     SMALL("不少", STOP),       SMALL("不外乎", STOP),
    SMALL("不知道多", STOP), SMALL("不知多", STOP),   SMALL("可不是", STOP),     SMALL("可不", STOP),
    SMALL("不无", STOP),     SMALL("说不定", STOP),   SMALL("别说", STOP),       SMALL("别提了", STOP),
    SMALL("不如说", STOP),   SMALL("不如", STOP),     SMALL("无比", MORE),       SMALL("特别", MORE),
    SMALL("非常", MORE),     SMALL("实在是", MORE),   SMALL("真的是", MORE),     SMALL("实在", MORE),
    SMALL("真的", MORE),     SMALL("真是", MORE),     SMALL("十分", MORE),       SMALL("极其", MORE),
    SMALL("极度", MORE),     SMALL("超级", MORE),     SMALL("相当", MORE),       SMALL("如此", MORE),
    SMALL("太过", MORE),     SMALL("简直", MORE),     SMALL("完全", MORE),       SMALL("根本", MORE),
    SMALL("一点都", MORE),   SMALL("一点也", MORE),   SMALL("一点儿都", MORE),   SMALL("一点儿也", MORE),
    SMALL("丝毫", MORE),     SMALL("压根", MORE),     SMALL("压根儿", MORE),     SMALL("再也", MORE),
    SMALL("别提多", MORE),   SMALL("别提有多", MORE), SMALL("要多", MORE),       SMALL("太", MORE),
    SMALL("很", MORE),       SMALL("好", MORE),       SMALL("超", MORE),         SMALL("巨", MORE),
    SMALL("贼", MORE),       SMALL("最", MORE),       SMALL("极", MORE),         SMALL("真", MORE),
    SMALL("忒", MORE),       SMALL("更", MORE),       SMALL("老", MORE),         SMALL("死", MORE),
    SMALL("有点儿", LESS),   SMALL("有点", LESS),     SMALL("有些", LESS),       SMALL("稍微", LESS),
    SMALL("略微", LESS),     SMALL("略", LESS),       SMALL("还算", LESS),       SMALL("比较", LESS),
    SMALL("稍", LESS),       SMALL("些许", LESS),     SMALL("从来不", NEGATE),   SMALL("从来没有", NEGATE),
    SMALL("从来没", NEGATE), SMALL("从没", NEGATE),   SMALL("从不", NEGATE),     SMALL("从未", NEGATE),
    SMALL("不怎么", NEGATE), SMALL("不咋", NEGATE),   SMALL("没什么", NEGATE),   SMALL("没啥", NEGATE),
    SMALL("没那么", NEGATE), SMALL("不那么", NEGATE), SMALL("没有那么", NEGATE), SMALL("没多", NEGATE),
    SMALL("没有多", NEGATE), SMALL("并没有", NEGATE), SMALL("还没有", NEGATE),   SMALL("并不是", NEGATE),
    SMALL("并不", NEGATE),   SMALL("还没", NEGATE),   SMALL("不太", NEGATE),     SMALL("不大", NEGATE),
    SMALL("不是", NEGATE),   SMALL("没有", NEGATE),   SMALL("不够", NEGATE),     SMALL("并非", NEGATE),
    SMALL("绝非", NEGATE),   SMALL("绝不", NEGATE),   SMALL("决不", NEGATE),     SMALL("毫不", NEGATE),
    SMALL("毫无", NEGATE),   SMALL("不要", NEGATE),   SMALL("不能", NEGATE),     SMALL("不会", NEGATE),
    SMALL("不可能", NEGATE), SMALL("不可", NEGATE),   SMALL("不必", NEGATE),     SMALL("不用", NEGATE),
    SMALL("没必要", NEGATE), SMALL("未必", NEGATE),   SMALL("不见得", NEGATE),   SMALL("不至于", NEGATE),
    SMALL("不敢", NEGATE),   SMALL("不想", NEGATE),   SMALL("不愿意", NEGATE),   SMALL("不愿", NEGATE),
    SMALL("不肯", NEGATE),   SMALL("没能", NEGATE),   SMALL("未能", NEGATE),     SMALL("无法", NEGATE),
    SMALL("没法", NEGATE),   SMALL("没办法", NEGATE), SMALL("尚未", NEGATE),     SMALL("未曾", NEGATE),
    SMALL("不曾", NEGATE),   SMALL("休想", NEGATE),   SMALL("谈不上", NEGATE),   SMALL("算不上", NEGATE),
    SMALL("称不上", NEGATE), SMALL("说不上", NEGATE), SMALL("够不上", NEGATE),   SMALL("算不得", NEGATE),
    SMALL("不算", NEGATE),   SMALL("不再", NEGATE),   SMALL("难以", NEGATE),     SMALL("缺乏", NEGATE),
    SMALL("缺少", NEGATE),   SMALL("杜绝", NEGATE),   SMALL("告别", NEGATE),     SMALL("避免", NEGATE),
    SMALL("防止", NEGATE),   SMALL("免于", NEGATE),   SMALL("零", NEGATE),       SMALL("不", NEGATE),
    SMALL("没", NEGATE),     SMALL("无", NEGATE),     SMALL("未", NEGATE),       SMALL("勿", NEGATE),
    SMALL("莫", NEGATE),     SMALL("别", NEGATE),     SMALL("冇", NEGATE),       SMALL("唔", NEGATE),
    SMALL("甭", NEGATE),     SMALL("毋", NEGATE),     SMALL("非", NEGATE),       SMALL("那么的", FILLER),
    SMALL("这么的", FILLER), SMALL("那么", FILLER),   SMALL("这么", FILLER),     SMALL("让人", FILLER),
    SMALL("令人", FILLER),   SMALL("让我", FILLER),   SMALL("使人", FILLER),     SMALL("叫人", FILLER),
    SMALL("觉得", FILLER),   SMALL("感到", FILLER),   SMALL("感觉", FILLER),     SMALL("任何", FILLER),
    SMALL("什么", FILLER),   SMALL("一点", FILLER),   SMALL("一个", FILLER),     SMALL("一丝", FILLER),
    SMALL("一点儿", FILLER), SMALL("半点", FILLER),   SMALL("想象中", FILLER),   SMALL("想像中", FILLER),
    SMALL("想象的", FILLER), SMALL("想象得", FILLER), SMALL("说的", FILLER),     SMALL("宣传的", FILLER),
    SMALL("以前", FILLER),   SMALL("之前", FILLER),   SMALL("预期的", FILLER),   SMALL("期待的", FILLER),
    SMALL("像", FILLER),     SMALL("跟", FILLER),     SMALL("多", FILLER),       SMALL("够", FILLER),
    SMALL("是", FILLER),     SMALL("有", FILLER),     SMALL("得", FILLER),       SMALL("的", FILLER),
    SMALL("地", FILLER),     SMALL("到", FILLER),     SMALL("会", FILLER),       SMALL("能", FILLER),
    SMALL("想", FILLER),     SMALL("被", FILLER),     SMALL("给", FILLER),       SMALL("再", FILLER),
    SMALL("都", FILLER),     SMALL("也", FILLER),     SMALL("还", FILLER),       SMALL("用", FILLER),
    SMALL("要", FILLER),     SMALL("必", FILLER),     SMALL("算", FILLER),       SMALL("过", FILLER),
    SMALL("出", FILLER),     SMALL("让", FILLER),     SMALL("带来", FILLER),     SMALL("造成", FILLER),
    SMALL("出现", FILLER),   SMALL("发生", FILLER),   SMALL("存在", FILLER),     SMALL("产生", FILLER),
    SMALL("遇到", FILLER),
};

static const struct small_word ENGLISH[] = {
    SMALL("not", NEGATE),         SMALL("no", NEGATE),       SMALL("never", NEGATE),
    SMALL("none", NEGATE),        SMALL("nothing", NEGATE),  SMALL("neither", NEGATE),
    SMALL("nor", NEGATE),         SMALL("cannot", NEGATE),   SMALL("without", NEGATE),
    SMALL("hardly", NEGATE),      SMALL("barely", NEGATE),   SMALL("scarcely", NEGATE),
    SMALL("rarely", NEGATE),      SMALL("seldom", NEGATE),   SMALL("nobody", NEGATE),
    SMALL("nowhere", NEGATE),     SMALL("cant", NEGATE),     SMALL("dont", NEGATE),
    SMALL("didnt", NEGATE),       SMALL("doesnt", NEGATE),   SMALL("isnt", NEGATE),
    SMALL("wasnt", NEGATE),       SMALL("wont", NEGATE),     SMALL("aint", NEGATE),
    SMALL("couldnt", NEGATE),     SMALL("wouldnt", NEGATE),  SMALL("shouldnt", NEGATE),
    SMALL("arent", NEGATE),       SMALL("werent", NEGATE),   SMALL("hasnt", NEGATE),
    SMALL("havent", NEGATE),      SMALL("hadnt", NEGATE),    SMALL("lack", NEGATE),
    SMALL("lacks", NEGATE),       SMALL("lacked", NEGATE),   SMALL("lacking", NEGATE),
    SMALL("zero", NEGATE),        SMALL("absence", NEGATE),  SMALL("unlikely", NEGATE),
    SMALL("very", MORE),          SMALL("so", MORE),         SMALL("really", MORE),
    SMALL("extremely", MORE),     SMALL("absolutely", MORE), SMALL("totally", MORE),
    SMALL("super", MORE),         SMALL("too", MORE),        SMALL("incredibly", MORE),
    SMALL("completely", MORE),    SMALL("beyond", MORE),     SMALL("most", MORE),
    SMALL("fucking", MORE),       SMALL("such", MORE),       SMALL("utterly", MORE),
    SMALL("truly", MORE),         SMALL("insanely", MORE),   SMALL("ridiculously", MORE),
    SMALL("slightly", LESS),      SMALL("somewhat", LESS),   SMALL("kinda", LESS),
    SMALL("bit", LESS),           SMALL("fairly", LESS),     SMALL("mildly", LESS),
    SMALL("a", FILLER),           SMALL("an", FILLER),       SMALL("the", FILLER),
    SMALL("that", FILLER),        SMALL("all", FILLER),      SMALL("at", FILLER),
    SMALL("be", FILLER),          SMALL("been", FILLER),     SMALL("is", FILLER),
    SMALL("am", FILLER),          SMALL("are", FILLER),      SMALL("was", FILLER),
    SMALL("were", FILLER),        SMALL("being", FILLER),    SMALL("to", FILLER),
    SMALL("have", FILLER),        SMALL("has", FILLER),      SMALL("had", FILLER),
    SMALL("any", FILLER),         SMALL("much", FILLER),     SMALL("even", FILLER),
    SMALL("get", FILLER),         SMALL("got", FILLER),      SMALL("feel", FILLER),
    SMALL("feeling", FILLER),     SMALL("quite", FILLER),    SMALL("of", FILLER),
    SMALL("ever", FILLER),        SMALL("exactly", FILLER),  SMALL("particularly", FILLER),
    SMALL("my", FILLER),          SMALL("it", FILLER),       SMALL("this", FILLER),
    SMALL("they", FILLER),        SMALL("it's", FILLER),     SMALL("they're", FILLER),
    SMALL("think", FILLER),       SMALL("believe", FILLER),  SMALL("say", FILLER),
    SMALL("find", FILLER),        SMALL("call", FILLER),     SMALL("nearly", FILLER),
    SMALL("anywhere", FILLER),    SMALL("near", FILLER),     SMALL("again", FILLER),
    SMALL("enough", FILLER),      SMALL("single", FILLER),   SMALL("entirely", FILLER),
    SMALL("actually", FILLER),    SMALL("having", FILLER),   SMALL("encountered", FILLER),
    SMALL("experienced", FILLER), SMALL("seen", FILLER),     SMALL("expect", FILLER),
};

/* Several words that mean one thing, whatever each means by itself. */
static const struct small_word ENGLISH_PHRASES[] = {
    SMALL("isn't it", STOP),        SMALL("isnt it", STOP),
    SMALL("aren't they", STOP),     SMALL("wasn't it", STOP),
    SMALL("weren't they", STOP),    SMALL("doesn't it", STOP),
    SMALL("don't they", STOP),      SMALL("didn't it", STOP),
    SMALL("not only", STOP),        SMALL("not just", STOP),
    SMALL("not to mention", STOP),  SMALL("no doubt", STOP),
    SMALL("no wonder", STOP),       SMALL("cannot but", STOP),
    SMALL("can't help but", STOP),  SMALL("can't wait to", STOP),
    SMALL("nothing but", STOP),     SMALL("never fails to", STOP),
    SMALL("never failed to", STOP), SMALL("never ceases to", STOP),
    SMALL("if not", STOP),          SMALL("anything but", NEGATE),
    SMALL("far from", NEGATE),      SMALL("no longer", NEGATE),
    SMALL("free of", NEGATE),       SMALL("free from", NEGATE),
    SMALL("fail to", NEGATE),       SMALL("fails to", NEGATE),
    SMALL("failed to", NEGATE),     SMALL("failing to", NEGATE),
    SMALL("refuse to", NEGATE),     SMALL("refuses to", NEGATE),
    SMALL("refused to", NEGATE),    SMALL("refusing to", NEGATE),
    SMALL("unable to", NEGATE),     SMALL("used to be", NEGATE),
    SMALL("nowhere near", NEGATE),  SMALL("stopped being", NEGATE),
    SMALL("stop being", NEGATE),    SMALL("instead of", NEGATE),
    SMALL("devoid of", NEGATE),     SMALL("not at all", NEGATE),
    SMALL("nothing like", NEGATE),  SMALL("nothing close to", NEGATE),
    SMALL("least", NEGATE),         SMALL("couldn't be", MORE),
    SMALL("could not be", MORE),    SMALL("couldnt be", MORE),
    SMALL("can't be", MORE),        SMALL("never been so", MORE),
    SMALL("never been this", MORE), SMALL("never been more", MORE),
    SMALL("a little", LESS),        SMALL("kind of", LESS),
    SMALL("sort of", LESS),         SMALL("a bit", LESS),
};

/* What stands right behind a word and takes it back: 好个屁, great my foot. */
static const struct small_word TAKES_BACK[] = {
    SMALL("个屁", NEGATE),    SMALL("个鬼", NEGATE),     SMALL("个毛线", NEGATE), SMALL("个毛", NEGATE),
    SMALL("个头", NEGATE),    SMALL("个锤子", NEGATE),   SMALL("才怪", NEGATE),   SMALL("个铲铲", NEGATE),
    SMALL(" my ass", NEGATE), SMALL(" my foot", NEGATE), SMALL("? nope", NEGATE), SMALL("? not", NEGATE)};

/* The words of a table by their last byte, those of one byte from place to place: looked at for every word found. */
struct by_end {
    const struct small_word **words;
    uint16_t begins[257];
};
struct tables {
    struct by_end chinese, english, phrases;
};

static void sort_table(struct by_end *sorted, const struct small_word *words, size_t count)
{
    sorted->words = g_new(const struct small_word *, count);
    for (size_t i = 0; i < count; i++)
        sorted->begins[(uint8_t)words[i].word[words[i].length - 1] + 1]++;
    for (size_t i = 0; i < 256; i++)
        sorted->begins[i + 1] = (uint16_t)(sorted->begins[i + 1] + sorted->begins[i]);
    uint16_t next[256];
    memcpy(next, sorted->begins, sizeof next);
    for (size_t i = 0; i < count; i++)
        sorted->words[next[(uint8_t)words[i].word[words[i].length - 1]]++] = words + i;
}

static void *sort_tables(void *data)
{
    (void)data;
    struct tables *tables = g_new0(struct tables, 1);
    sort_table(&tables->chinese, CHINESE, G_N_ELEMENTS(CHINESE));
    sort_table(&tables->english, ENGLISH, G_N_ELEMENTS(ENGLISH));
    sort_table(&tables->phrases, ENGLISH_PHRASES, G_N_ELEMENTS(ENGLISH_PHRASES));
    return tables;
}

static const struct tables *tables_get(void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, sort_tables, NULL);
}

/* The longest word of a table that ends at byte end and has room bytes at most. NULL when none does. */
static const struct small_word *longest_before(const struct by_end *sorted, const char *text, size_t end, size_t room)
{
    const struct small_word *found = NULL;
    uint8_t last = (uint8_t)text[end - 1];
    for (uint16_t i = sorted->begins[last]; i < sorted->begins[last + 1]; i++) {
        const struct small_word *this = sorted->words[i];
        if (this->length <= room && (found == NULL || this->length > found->length) &&
            memcmp(text + end - this->length, this->word, this->length) == 0)
            found = this;
    }
    return found;
}

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

/* 好不好用, 能不能退: asked, not denied. */
static bool is_asked(const char *text, size_t window, const struct small_word *small, size_t begin)
{
    size_t one = begin;
    size_t other = begin + small->length;
    if (small->length != strlen("不") || begin <= window || (small->effect != EFFECT_NEGATE))
        return false;
    return fold_previous(text, &one) == fold_next(text, &other);
}

static void read_chinese(const char *text, size_t at, struct negation *found)
{
    const struct tables *tables = tables_get();
    size_t window = chinese_begin(text, at);
    while (at > window) {
        const struct small_word *small = longest_before(&tables->chinese, text, at, at - window);
        if (small == NULL || is_asked(text, window, small, at - small->length) ||
            !apply(found, small->effect, at - small->length))
            return;
        at -= small->length;
    }
}

static bool in_word(char c)
{
    return g_ascii_isalpha(c) || c == '\'';
}

static enum effect english_effect(const char *text, size_t begin, size_t end)
{
    size_t length = end - begin;
    if (length > 3 && memcmp(text + end - 3, "n't", 3) == 0)
        return EFFECT_NEGATE;
    const struct small_word *word = longest_before(&tables_get()->english, text, end, length);
    return word != NULL && word->length == length ? word->effect : EFFECT_NONE;
}

/* The phrase that ends at byte end, whole words only. */
static const struct small_word *phrase_before(const char *text, size_t end)
{
    const struct small_word *phrase = longest_before(&tables_get()->phrases, text, end, end);
    return phrase == NULL || phrase->length == end || !in_word(text[end - phrase->length - 1]) ? phrase : NULL;
}

/* Word by word backwards; the apostrophe belongs to the word. */
static void read_english(const char *text, size_t at, struct negation *found)
{
    for (int words = 0; words < ENGLISH_WINDOW && at > 0 && text[at - 1] == ' '; words++) {
        size_t end = at - 1;
        size_t begin = end;
        const struct small_word *phrase = end > 0 ? phrase_before(text, end) : NULL;
        while (begin > 0 && in_word(text[begin - 1]))
            begin--;
        if (phrase != NULL)
            begin = end - phrase->length;
        if (begin == end)
            return;
        enum effect effect = phrase != NULL ? phrase->effect : english_effect(text, begin, end);
        if (!apply(found, effect, begin))
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

/* "can't recommend it enough", "couldn't ask for more": more than much. */
static bool is_enough(const char *text, size_t begin, size_t end, const struct negation *found)
{
    static const char *const LIMITS[] = {"can't", "cannot", "cant", "couldn't", "couldnt"};
    bool can = false;
    for (size_t i = 0; i < G_N_ELEMENTS(LIMITS) && !can; i++)
        can = g_str_has_prefix(text + found->begin, LIMITS[i]) && found->begin < begin;
    for (int words = 0; can && words < 4 && text[end] == ' '; words++) {
        const char *word = text + end + 1;
        size_t length = 0;
        while (in_word(word[length]))
            length++;
        if (length == 6 && memcmp(word, "enough", 6) == 0)
            return true;
        end += 1 + length;
    }
    return false;
}

struct negation negation_of(const char *text, size_t begin, size_t end)
{
    struct negation found = negation_before(text, begin);
    if (found.negated && is_enough(text, begin, end, &found)) {
        found.negated = false;
        found.degree = 1.4;
        return found;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(TAKES_BACK); i++) {
        const struct small_word *word = TAKES_BACK + i;
        if (text[end] == word->word[0] && strncmp(text + end, word->word, word->length) == 0) {
            found.negated = !found.negated;
            return found;
        }
    }
    return found;
}

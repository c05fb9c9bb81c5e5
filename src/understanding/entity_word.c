/* Words from lists - times, places, products -, and what is built of words: e-mail, addresses. */
#include "understanding/entity_brand.h"
#include "understanding/entity_find.h"
#include "understanding/term.h"

#include "place_data.h"

#include <string.h>

#define PLACE_NAME(value) ((value)&0xFFFF) /* the row of PLACES; above it stands the kind */
enum { WORD_PLACE = 1 << 16, WORD_DATE = 2 << 16, WORD_TIME = 3 << 16, WORD_MONTH = 4 << 16, WORD_NUMBER = 5 << 16 };

static const char *const DATE_WORDS[] = {"今天",
                                         "昨天",
                                         "前天",
                                         "大前天",
                                         "明天",
                                         "后天",
                                         "大后天",
                                         "今日",
                                         "昨日",
                                         "明日",
                                         "昨晚",
                                         "今晚",
                                         "明晚",
                                         "今早",
                                         "明早",
                                         "前几天",
                                         "前两天",
                                         "这两天",
                                         "这几天",
                                         "上周",
                                         "上上周",
                                         "下周",
                                         "下下周",
                                         "本周",
                                         "这周",
                                         "上周末",
                                         "这周末",
                                         "下周末",
                                         "周末",
                                         "上个月",
                                         "上月",
                                         "下个月",
                                         "下月",
                                         "这个月",
                                         "本月",
                                         "去年",
                                         "今年",
                                         "明年",
                                         "前年",
                                         "后年",
                                         "月底",
                                         "月初",
                                         "年底",
                                         "年初",
                                         "年前",
                                         "年后",
                                         "春节",
                                         "国庆节",
                                         "元旦",
                                         "双十一",
                                         "双十二",
                                         "中秋节",
                                         "端午节",
                                         "清明节",
                                         "昨儿",
                                         "今儿",
                                         "大年三十",
                                         "除夕",
                                         "五一",
                                         "十一假期",
                                         "yesterday",
                                         "today",
                                         "tomorrow",
                                         "tonight",
                                         "last night",
                                         "this morning",
                                         "this afternoon",
                                         "this evening",
                                         "yesterday morning",
                                         "yesterday afternoon",
                                         "yesterday evening",
                                         "tomorrow morning",
                                         "tomorrow evening",
                                         "tomorrow night",
                                         "tomorrow afternoon",
                                         "last week",
                                         "last month",
                                         "last year",
                                         "next week",
                                         "next month",
                                         "next year",
                                         "this week",
                                         "this month",
                                         "this year",
                                         "last weekend",
                                         "this weekend",
                                         "next weekend",
                                         "the day before yesterday",
                                         "the day after tomorrow",
                                         "christmas",
                                         "black friday",
                                         "new year's eve",
                                         "easter"};
static const char *const TIME_WORDS[] = {"凌晨", "早上", "上午",   "中午", "下午",     "傍晚",   "晚上",
                                         "半夜", "深夜", "大清早", "noon", "midnight", "o'clock"};
static const char *const NUMBER_WORDS[] = {"one",   "two",   "three",       "four",    "five",   "six",    "seven",
                                           "eight", "nine",  "ten",         "eleven",  "twelve", "twenty", "thirty",
                                           "forty", "a few", "a couple of", "several", "half an"};
static const char *const WEEKDAYS[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

static void add_weekdays(struct term_set *set)
{
    static const char *const BEFORE[] = {"", "上", "下", "这", "本", "上个", "下个", "上上", "下下"};
    static const char *const WEEK[] = {"周", "星期", "礼拜"};
    static const char *const DAY[] = {"一", "二", "三", "四", "五", "六", "日", "天"};
    static const char *const WHICH[] = {"", "last ", "next ", "this ", "on "};
    static const char *const PART[] = {"", " morning", " afternoon", " evening", " night"};
    for (size_t b = 0; b < G_N_ELEMENTS(BEFORE); b++)
        for (size_t w = 0; w < G_N_ELEMENTS(WEEK); w++)
            for (size_t d = 0; d < G_N_ELEMENTS(DAY); d++) {
                g_autofree char *word = g_strconcat(BEFORE[b], WEEK[w], DAY[d], NULL);
                term_set_add(set, word, WORD_DATE);
            }
    for (size_t d = 0; d < G_N_ELEMENTS(WEEKDAYS); d++)
        for (size_t w = 0; w + 1 < G_N_ELEMENTS(WHICH); w++)
            for (size_t p = 0; p < G_N_ELEMENTS(PART); p++) {
                g_autofree char *word = g_strconcat(WHICH[w], WEEKDAYS[d], PART[p], NULL);
                term_set_add(set, word, WORD_DATE);
            }
}

static const struct term_set *word_set(void)
{
    static struct term_set *set;
    static gsize once;
    static const char *const MONTHS[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december",
                                         "jan",     "feb",      "mar",       "apr",     "jun",      "jul",
                                         "aug",     "sept",     "sep",       "oct",     "nov",      "dec"};
    if (g_once_init_enter(&once)) {
        set = term_set_new();
        for (size_t i = 0; i < G_N_ELEMENTS(DATE_WORDS); i++)
            term_set_add(set, DATE_WORDS[i], WORD_DATE);
        for (size_t i = 0; i < G_N_ELEMENTS(TIME_WORDS); i++)
            term_set_add(set, TIME_WORDS[i], WORD_TIME);
        for (size_t i = 0; i < G_N_ELEMENTS(MONTHS); i++)
            term_set_add(set, MONTHS[i], WORD_MONTH);
        for (size_t i = 0; i < G_N_ELEMENTS(NUMBER_WORDS); i++)
            term_set_add(set, NUMBER_WORDS[i], WORD_NUMBER);
        add_weekdays(set);
        for (int32_t i = 0; i < (int32_t)G_N_ELEMENTS(PLACES); i++)
            term_set_add(set, PLACES[i].word, WORD_PLACE | i);
        term_set_finish(set);
        g_once_init_leave(&once, 1);
    }
    return set;
}

void entity_words(struct entity_walk *walk, size_t at)
{
    size_t end = at;
    const char *product = entity_brand_product(walk->brand, walk->text, at, &end);
    if (product != NULL)
        entity_add(walk, ENTITY_PRODUCT, at, end, product);
    int32_t value = term_find(word_set(), walk->text, at, &end);
    if (value < 0)
        return;
    switch (value & ~0xFFFF) {
    case WORD_PLACE:
        entity_add(walk, ENTITY_PLACE, at, end, PLACES[PLACE_NAME(value)].name);
        return;
    case WORD_DATE:
        entity_add_text(walk, ENTITY_DATE, at, end);
        return;
    case WORD_TIME:
        entity_add_text(walk, ENTITY_TIME, at, end);
        return;
    case WORD_NUMBER:
        entity_period(walk, at, end);
        return;
    default:
        end = entity_month_day(walk->text, at);
        if (end > at)
            entity_add_text(walk, ENTITY_DATE, at, end);
    }
}

/* ---- e-mail ---- */

#define MAIL_PART 64

void entity_email(struct entity_walk *walk, size_t at)
{
    const char *text = walk->text;
    size_t begin = at;
    while (begin > 0 && at - begin < MAIL_PART &&
           (g_ascii_isalnum(text[begin - 1]) || strchr("._%+-", text[begin - 1]) != NULL))
        begin--;
    while (begin < at && !g_ascii_isalnum(text[begin]))
        begin++;
    size_t end = at + 1;
    size_t dot = 0;
    while (end - at < MAIL_PART &&
           (g_ascii_isalnum(text[end]) || ((text[end] == '.' || text[end] == '-') && g_ascii_isalnum(text[end + 1])))) {
        if (text[end] == '.')
            dot = end;
        end++;
    }
    if (begin == at || dot == 0 || end - dot < 3 || g_ascii_isdigit(text[end - 1]))
        return;
    entity_add_text(walk, ENTITY_EMAIL, begin, end);
}

/* ---- addresses ---- */

#define NAME_BYTES 72 /* of province, city, district and road */

static size_t one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strncmp(text, *words, strlen(*words)) == 0)
            return strlen(*words);
    return 0;
}

/* Words that end the way back from a road to where its address begins. */
static const char *const STOPS[] = {"在", "到", "住", "是", "寄", "送", "址", "我", "你", "的", "了",
                                    "去", "从", "于", "给", "点", "往", "地", "店", "这", "那", "有",
                                    "来", "家", "为", "让", "和", "跟", "就", "发", NULL};

static size_t address_begin(const char *text, size_t at)
{
    size_t begin = at;
    while (begin > 0 && at - begin < NAME_BYTES) {
        size_t before = begin;
        uint32_t c = fold_previous(text, &before);
        enum fold_class class = fold_class(c);
        if ((class != FOLD_CJK && class != FOLD_WORD) || one_of(text + before, STOPS) > 0)
            break;
        begin = before;
    }
    return begin;
}

static size_t number_end(const char *text, size_t at)
{
    while (g_ascii_isalnum(text[at]) || (text[at] == '-' && g_ascii_isalnum(text[at + 1])))
        at++;
    return at;
}

/* …3栋2单元501室 behind a house number or the name of an estate. */
static size_t house_end(const char *text, size_t at)
{
    static const char *const UNITS[] = {"号楼", "号院", "号", "弄", "栋", "幢", "单元",
                                        "楼",   "层",   "室", "座", "门", "房", NULL};
    size_t end = at;
    size_t most = at + 2 * NAME_BYTES;
    for (int names = 0; end < most && names <= 8;) {
        size_t first = end + (text[end] == ' ');
        size_t number = number_end(text, first);
        size_t unit = number > first ? one_of(text + number, UNITS) : 0;
        if (unit > 0) {
            end = at = number + unit;
            names = 0;
        } else if (number > first && number - first <= 5 && names == 0 && at == end) {
            return number; /* the flat, bare: 2单元501 */
        } else if (text[end] != '\0' && fold_class(fold_next(text, &(size_t){end})) == FOLD_CJK) {
            fold_next(text, &end); /* the name of an estate */
            names++;
        } else {
            break;
        }
    }
    return at;
}

void entity_address(struct entity_walk *walk, size_t at)
{
    static const char *const ROADS[] = {"路", "街", "大道", "巷", "弄", "胡同", NULL};
    static const char *const HOUSES[] = {"栋", "幢", "单元", NULL};
    const char *text = walk->text;
    size_t road = one_of(text + at, ROADS);
    size_t begin = address_begin(text, at);
    size_t end = at;
    if (road > 0) {
        size_t number = number_end(text, at + road);
        bool house =
            number > at + road && (g_str_has_prefix(text + number, "号") || g_str_has_prefix(text + number, "弄"));
        if (house && !g_str_has_prefix(text + number, "号线"))
            end = house_end(text, at + road);
    } else if (one_of(text + at, HOUSES) > 0 && at > 0 && g_ascii_isalnum(text[at - 1])) {
        size_t number = at;
        while (number > begin && g_ascii_isalnum(text[number - 1]))
            number--;
        if (number >= begin + 9) /* with the name of an estate before it */
            end = house_end(text, number);
    }
    if (end > at && begin < at)
        entity_add_text(walk, ENTITY_ADDRESS, begin, end);
}

void entity_street(struct entity_walk *walk, size_t at)
{
    static const char *const STREETS[] = {"street",    "road", "avenue", "ave", "lane",
                                          "boulevard", "blvd", "drive",  "rd",  NULL};
    static const char *const SMALL[] = {"hr",     "hrs",     "minute", "mile", "of",    "the",   "to",
                                        "and",    "in",      "on",     "down", "days",  "day",   "hours",
                                        "hour",   "minutes", "min",    "mins", "weeks", "miles", "times",
                                        "people", "for",     "is",     "at",   "from",  NULL};
    const char *text = walk->text;
    size_t end = at;
    while (g_ascii_isdigit(text[end]))
        end++;
    if (end - at > 5 || (at > 0 && g_ascii_isalnum(text[at - 1])))
        return;
    end += g_ascii_isalpha(text[end]) ? 1 : 0; /* 221b */
    for (int words = 0; words < 4 && text[end] == ' '; words++) {
        size_t first = end + 1;
        size_t last = first;
        while (g_ascii_isalpha(text[last]) && last - first < 16)
            last++;
        g_autofree char *word = g_strndup(text + first, last - first);
        if (last == first || g_strv_contains(SMALL, word))
            return;
        if (words > 0 && g_strv_contains(STREETS, word)) {
            entity_add_text(walk, ENTITY_ADDRESS, at, last);
            return;
        }
        end = last;
    }
}

/* Numbers with something behind or before them: money, dates, times, quantities; 3万块 and 三万块 alike. */
#include "understanding/entity_find.h"

#include <math.h>
#include <string.h>

struct amount {
    double value;
    size_t begin, end;
    int digits;   /* before the point */
    bool chinese; /* written in characters */
    bool grouped; /* 1,299 */
    bool point;
};

static bool starts(const char *text, const char *with)
{
    while (*with != '\0' && *with == *text) {
        with++;
        text++;
    }
    return *with == '\0';
}

/* The length of the first of the words that stands here; 0 for none. One that ends in a letter must end a word. */
static size_t one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        const char *word = *words;
        if (word[0] != text[0] || !starts(text, word))
            continue;
        size_t length = strlen(word);
        if (!(g_ascii_isalnum(word[length - 1]) && g_ascii_isalnum(text[length])))
            return length;
    }
    return 0;
}

/* ---- reading numbers ---- */

static bool read_digits(const char *text, size_t at, struct amount *amount)
{
    *amount = (struct amount){.begin = at};
    while (g_ascii_isdigit(text[at]) ||
           (text[at] == ',' && amount->digits > 0 && g_ascii_isdigit(text[at + 1]) && g_ascii_isdigit(text[at + 2]) &&
            g_ascii_isdigit(text[at + 3]) && !g_ascii_isdigit(text[at + 4]))) {
        if (text[at] == ',') {
            amount->grouped = true;
        } else {
            amount->value = amount->value * 10 + (text[at] - '0');
            if (++amount->digits > 15)
                return false;
        }
        at++;
    }
    if (text[at] == '.' && g_ascii_isdigit(text[at + 1])) {
        double place = 0.1;
        amount->point = true;
        for (at++; g_ascii_isdigit(text[at]); at++) {
            amount->value += place * (text[at] - '0');
            place /= 10;
        }
    }
    amount->end = at;
    return amount->digits > 0;
}

/* The value of a Chinese digit or power: 0 … 9, 10, 100, 1000, 10000; -1 for any other character. */
static int numeral(uint32_t c)
{
    switch (c) {
    case 0x3007: /* 〇 */
    case 0x96F6: /* 零 */
        return 0;
    case 0x4E00:
        return 1;
    case 0x4E8C:
    case 0x4E24: /* 两 */
        return 2;
    case 0x4E09:
        return 3;
    case 0x56DB:
        return 4;
    case 0x4E94:
        return 5;
    case 0x516D:
        return 6;
    case 0x4E03:
        return 7;
    case 0x516B:
        return 8;
    case 0x4E5D:
        return 9;
    case 0x5341:
        return 10;
    case 0x767E:
        return 100;
    case 0x5343:
        return 1000;
    case 0x4E07:
        return 10000;
    default:
        return -1;
    }
}

/* 三百五, 两万, 十二; digits alone (二〇二六) are read one after the other. */
static bool read_numeral(const char *text, size_t at, struct amount *amount)
{
    double total = 0;
    double section = 0;
    int digit = -1;
    int last_power = 1;
    *amount = (struct amount){.begin = at, .end = at, .chinese = true};
    while (text[at] != '\0' && amount->digits < 12) {
        size_t next = at;
        int value = numeral(fold_next(text, &next));
        if (value < 0)
            break;
        if (value < 10) {
            digit = digit >= 0 && last_power == 1 ? digit * 10 + value : value;
        } else if (value == 10000) {
            total = (total + section + MAX(digit, 0)) * 10000;
            section = 0;
            digit = -1;
        } else {
            section += (digit < 0 ? 1 : digit) * (double)value;
            digit = -1;
        }
        last_power = value >= 10 ? value : digit == 0 ? 1 : last_power;
        amount->digits++;
        at = next;
    }
    if (digit > 0 && digit < 10 && last_power >= 100) /* 三百五 is 350, 三万五 35,000 */
        digit *= last_power / 10;
    amount->value = total + section + MAX(digit, 0);
    amount->end = at;
    return amount->digits > 0;
}

/* ---- money ---- */

struct currency {
    const char *code;
    const char *const *words;
};
static const char *const CNY[] = {"元", "块钱", "块", "rmb", "人民币", "yuan", "cny", "大洋", NULL};
static const char *const USD[] = {"美元", "美金", "dollars", "dollar", "bucks", "buck", "usd", "刀", NULL};
static const char *const EUR[] = {"欧元", "euros", "euro", "eur", "€", NULL};
static const char *const GBP[] = {"英镑", "pounds", "pound", "quid", "gbp", NULL};
static const char *const HKD[] = {"港币", "港元", "hkd", NULL};
static const char *const JPY[] = {"日元", "yen", "jpy", NULL};
static const struct currency CURRENCIES[] = {{"CNY", CNY}, {"USD", USD}, {"EUR", EUR},
                                             {"GBP", GBP}, {"HKD", HKD}, {"JPY", JPY}};

/* 万, k, 百万 … behind a number. */
static double multiplier(const char *text, size_t *length)
{
    static const struct {
        const char *word;
        double times;
    } WORDS[] = {{"百万", 1e6}, {"千万", 1e7}, {"亿", 1e8},       {"万", 1e4},
                 {"千", 1e3},   {"百", 100},   {" million", 1e6}, {" grand", 1e3}};
    for (size_t i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        if (starts(text, WORDS[i].word)) {
            *length = strlen(WORDS[i].word);
            return WORDS[i].times;
        }
    }
    *length = 0;
    if ((text[0] == 'k' || text[0] == 'm' || text[0] == 'w') && !g_ascii_isalnum(text[1])) {
        *length = 1;
        return text[0] == 'k' ? 1e3 : text[0] == 'm' ? 1e6 : 1e4;
    }
    return 1;
}

static void add_money(struct entity_walk *walk, size_t begin, size_t end, const char *currency, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.12g", round(value * 100) / 100);
    g_autofree char *text = g_strdup_printf("%s %s", currency, number);
    entity_add(walk, ENTITY_MONEY, begin, end, text);
}

/* 块 also counts what is no money: 三块屏幕, 一块儿. */
static bool is_piece(const struct amount *amount, const char *behind)
{
    static const char *const THINGS[] = {"屏", "儿", "表", "手表",   "蛋糕", "肉",   "地", "电池", "砖", "玻璃",
                                         "板", "布", "牌", "巧克力", "豆腐", "面包", "去", "走",   "来", "吃",
                                         "玩", "做", "饼", "砖头",   "田",   "石",   "钢", NULL};
    if (amount->chinese && amount->value < 10)
        return true;
    for (const char *const *thing = THINGS; *thing != NULL; thing++)
        if (starts(behind, *thing))
            return true;
    return false;
}

/* 199块8, 一百块五: the tenths behind 块. */
static size_t tenths(const char *text, size_t at, double *value)
{
    if (g_ascii_isdigit(text[at]) && !g_ascii_isalnum(text[at + 1]) && text[at + 1] != '.') {
        *value += (text[at] - '0') / 10.0;
        return at + 1;
    }
    return at;
}

/* 20多万元, 300来块. */
static size_t skip_about(const char *text, size_t at)
{
    return starts(text + at, "多") || starts(text + at, "来") || starts(text + at, "余") ? at + 3 : at;
}

/* Behind the number: its currency. */
static bool money_behind(struct entity_walk *walk, const struct amount *amount)
{
    const char *text = walk->text;
    size_t length = 0;
    size_t end = skip_about(text, amount->end);
    double value = amount->value * multiplier(text + end, &length);
    bool times = length > 0;
    end = skip_about(text, end + length);
    size_t unit = end + (text[end] == ' ');
    for (size_t i = 0; i < G_N_ELEMENTS(CURRENCIES); i++) {
        size_t word = one_of(text + unit, CURRENCIES[i].words);
        if (word == 0)
            continue;
        bool piece = starts(text + unit, "块") && !starts(text + unit, "块钱");
        if ((piece && !times && is_piece(amount, text + unit + word)) ||
            (starts(text + unit, "刀") && amount->value < 5))
            return false;
        size_t last = piece ? tenths(text, unit + word, &value) : unit + word;
        if (starts(text + last, "钱"))
            last += 3;
        add_money(walk, amount->begin, last, CURRENCIES[i].code, value);
        return true;
    }
    return false;
}

/* Before the number: ¥ $ rmb … ; 0 for none. */
static size_t money_sign(const char *text, size_t at, const char **currency)
{
    static const struct {
        const char *sign, *currency;
    } SIGNS[] = {{"hk$", "HKD"}, {"us$", "USD"}, {"a$", "AUD"},  {"¥", "CNY"},   {"$", "USD"},   {"€", "EUR"},
                 {"£", "GBP"},   {"rmb", "CNY"}, {"cny", "CNY"}, {"usd", "USD"}, {"eur", "EUR"}, {"gbp", "GBP"}};
    for (size_t i = 0; i < G_N_ELEMENTS(SIGNS); i++) {
        if (starts(text + at, SIGNS[i].sign)) {
            *currency = SIGNS[i].currency;
            return strlen(SIGNS[i].sign);
        }
    }
    return 0;
}

/* rmb, usd … with a number behind, hk$; cheap: it is asked of every word. */
static bool may_be_money(const char *text)
{
    if (!g_ascii_isalpha(text[0]))
        return true;
    if (text[1] == '$' || (g_ascii_isalpha(text[1]) && text[2] == '$'))
        return true;
    return g_ascii_isalpha(text[1]) && g_ascii_isalpha(text[2]) && (text[3] == ' ' || g_ascii_isdigit(text[3]));
}

void entity_money(struct entity_walk *walk, size_t at)
{
    const char *currency = NULL;
    if (!may_be_money(walk->text + at))
        return;
    size_t sign = money_sign(walk->text, at, &currency);
    size_t first = at + sign + (walk->text[at + sign] == ' ');
    struct amount amount;
    if (sign == 0 || !read_digits(walk->text, first, &amount))
        return;
    size_t length = 0;
    double value = amount.value * multiplier(walk->text + amount.end, &length);
    if (length == 0 && g_ascii_isalpha(walk->text[amount.end]))
        return;
    add_money(walk, at, amount.end + length, currency, value);
}

/* ---- dates ---- */

static bool is_day(double day)
{
    return day >= 1 && day <= 31;
}

static bool is_month(double month)
{
    return month >= 1 && month <= 12;
}

static bool is_year(double year)
{
    return year >= 1950 && year <= 2099;
}

static bool read_any(const char *text, size_t at, struct amount *amount)
{
    return g_ascii_isdigit(text[at]) ? read_digits(text, at, amount) && !amount->point : read_numeral(text, at, amount);
}

/* …月5号 behind a month. */
static size_t day_behind(const char *text, size_t at)
{
    struct amount day;
    if (!read_any(text, at, &day) || !is_day(day.value))
        return at;
    if (starts(text + day.end, "号") || starts(text + day.end, "日"))
        return day.end + 3;
    return at;
}

/* 2026年3月5日, 3月5号, 3月, 5号, 2026年. */
static bool chinese_date(struct entity_walk *walk, const struct amount *amount)
{
    const char *text = walk->text;
    size_t end = amount->end;
    struct amount month = *amount;
    bool year = starts(text + end, "年") && is_year(amount->value) && amount->digits == 4;
    if (year) {
        end += 3;
        if (!read_any(text, end, &month) || !is_month(month.value) || !starts(text + month.end, "月")) {
            entity_add_text(walk, ENTITY_DATE, amount->begin, end);
            return true;
        }
    }
    if (starts(text + month.end, "月份"))
        end = month.end + 6;
    else if (starts(text + month.end, "月") && is_month(month.value))
        end = day_behind(text, month.end + 3);
    else if (!amount->chinese && starts(text + amount->end, "号") && is_day(amount->value) && amount->digits <= 2 &&
             !starts(text + amount->end, "号线") && !starts(text + amount->end, "号楼") &&
             !starts(text + amount->end, "号店"))
        end = amount->end + 3;
    else
        return false;
    entity_add_text(walk, ENTITY_DATE, amount->begin, end);
    return true;
}

/* 2026-03-05, 05/03/2026, 2026/3/5, 3/5/26: two same separators. */
static bool numeric_date(struct entity_walk *walk, const struct amount *first)
{
    const char *text = walk->text;
    int part[3] = {0};
    int digits[3] = {0};
    size_t at = first->begin;
    char separator = 0;
    for (int i = 0; i < 3; i++) {
        while (g_ascii_isdigit(text[at]) && digits[i] < 5) {
            part[i] = part[i] * 10 + (text[at++] - '0');
            digits[i]++;
        }
        if (i == 2)
            break;
        if (digits[i] == 0 || (text[at] != '-' && text[at] != '/' && text[at] != '.') ||
            (i == 1 && text[at] != separator))
            return false;
        separator = text[at++];
    }
    bool iso = digits[0] == 4 && is_year(part[0]) && is_month(part[1]) && is_day(part[2]) && digits[2] <= 2;
    bool western = digits[0] <= 2 && digits[1] <= 2 &&
                   ((digits[2] == 4 && is_year(part[2])) || (digits[2] == 2 && separator == '/')) && is_day(part[0]) &&
                   is_day(part[1]) && (is_month(part[0]) || is_month(part[1]));
    if ((!iso && !western) || g_ascii_isalnum(text[at]))
        return false;
    entity_add_text(walk, ENTITY_DATE, first->begin, at);
    return true;
}

static const char *const MONTHS[] = {"january", "february",  "march",   "april",    "may",      "june", "july",
                                     "august",  "september", "october", "november", "december", "jan",  "feb",
                                     "mar",     "apr",       "jun",     "jul",      "aug",      "sept", "sep",
                                     "oct",     "nov",       "dec",     NULL};

/* 3rd of March 2026 from its number; March 3rd from its month (at a word, see entity_words). */
static size_t year_behind(const char *text, size_t at)
{
    size_t first = at + (text[at] == ',');
    first += text[first] == ' ';
    struct amount year;
    if (first > at && g_ascii_isdigit(text[first]) && read_digits(text, first, &year) && year.digits == 4 &&
        !year.grouped && !year.point && is_year(year.value) && !g_ascii_isalnum(text[year.end]))
        return year.end;
    return at;
}

static size_t ordinal_end(const char *text, size_t at)
{
    if (starts(text + at, "st") || starts(text + at, "nd") || starts(text + at, "rd") || starts(text + at, "th"))
        return at + 2;
    return at;
}

static bool english_date(struct entity_walk *walk, const struct amount *day)
{
    const char *text = walk->text;
    size_t at = ordinal_end(text, day->end);
    if (!is_day(day->value) || day->point || text[at] != ' ')
        return false;
    at++;
    if (starts(text + at, "of "))
        at += 3;
    size_t month = one_of(text + at, MONTHS);
    if (month == 0)
        return false;
    entity_add_text(walk, ENTITY_DATE, day->begin, year_behind(text, at + month));
    return true;
}

/* ---- times ---- */

static const char *const DAYPARTS[] = {"凌晨", "早上", "早晨", "清晨", "上午", "中午", "下午", "傍晚", "晚上", "夜里",
                                       "半夜", "深夜", "今早", "今晚", "昨晚", "明早", "明晚", "晚",   "早",   NULL};

/* Where a word for the part of the day that stands right before begins; `at` for none. */
static size_t daypart_before(const char *text, size_t at)
{
    for (const char *const *part = DAYPARTS; *part != NULL; part++) {
        size_t length = strlen(*part);
        if (at >= length && memcmp(text + at - length, *part, length) == 0)
            return at - length;
    }
    return at;
}

/* 3点, 3点半, 3点20分, 三点一刻, 8点钟; alone it may also be a point of a list. */
static bool oclock(struct entity_walk *walk, const struct amount *hour)
{
    static const char *const MATTERS[] = {"建议", "意见", "原因", "要求", "问题", "不满", "希望",
                                          "想法", "理由", "说明", "了解", "点",   NULL};
    const char *text = walk->text;
    if (!starts(text + hour->end, "点") || hour->value > 24 || hour->point)
        return false;
    size_t end = hour->end + 3;
    size_t begin = daypart_before(text, hour->begin);
    bool sure = begin < hour->begin || !hour->chinese;
    struct amount minute;
    if (starts(text + end, "半") || starts(text + end, "钟") || starts(text + end, "整") || starts(text + end, "多")) {
        end += 3;
        sure = true;
    } else if (starts(text + end, "一刻")) {
        end += 6;
        sure = true;
    } else if (read_any(text, end, &minute) && minute.value < 60) {
        end = starts(text + minute.end, "分") ? minute.end + 3 : minute.end;
        sure = true;
    }
    if (begin == hour->begin && one_of(text + end, MATTERS) > 0)
        return false;
    if (!sure && hour->value <= 3) /* 一点也不, 两点 */
        return false;
    entity_add_text(walk, ENTITY_TIME, begin, end);
    return true;
}

/* 15:30, 3:30 pm, 3pm. */
static bool clock_time(struct entity_walk *walk, const struct amount *hour)
{
    static const char *const HALVES[] = {"am", "pm", "a.m.", "p.m.", "a.m", "p.m", "o'clock", NULL};
    const char *text = walk->text;
    size_t end = hour->end;
    if (hour->value > 24 || hour->digits > 2)
        return false;
    bool minutes = !hour->point && text[end] == ':' && text[end + 1] >= '0' && text[end + 1] <= '5' &&
                   g_ascii_isdigit(text[end + 2]) && !g_ascii_isdigit(text[end + 3]);
    if (minutes)
        end += 3;
    if (minutes && text[end] == ':' && g_ascii_isdigit(text[end + 1]) && g_ascii_isdigit(text[end + 2]))
        end += 3;
    size_t half = one_of(text + end + (text[end] == ' '), HALVES);
    if (half > 0)
        end += (text[end] == ' ') + half;
    else if (!minutes)
        return false;
    entity_add_text(walk, ENTITY_TIME, daypart_before(text, hour->begin), end);
    return true;
}

/* ---- quantities ---- */

static const char *const PERIODS[] = {
    "天",       "周",       "星期",   "个星期", "个礼拜", "个月",    "年",       "小时",   "个小时", "分钟",
    "个多小时", "个半小时", "秒",     "多天",   "多分钟", "多小时",  "多个小时", "个多月", "个钟头", "day",
    "days",     "week",     "weeks",  "month",  "months", "year",    "years",    "hour",   "hours",  "hrs",
    "hr",       "minutes",  "minute", "mins",   "min",    "seconds", "secs",     "yrs",    "wks",    NULL};
static const char *const UNITS[] = {
    "件",    "台",     "盒",     "箱",    "瓶",      "包",    "斤",     "公斤",   "千克", "克",      "kg",
    "g",     "ml",     "升",     "米",    "公里",    "km",    "cm",     "mm",     "gb",   "tb",      "mb",
    "l",     "条",     "双",     "只",    "套",      "张",    "本",     "辆",     "份",   "杯",      "寸",
    "元件",  "人",     "次",     "个",    "度",      "页",    "袋",     "桶",     "颗",   "支",      "把",
    "pcs",   "pieces", "items",  "boxes", "bottles", "pairs", "lbs",    "lb",     "oz",   "miles",   "people",
    "times", "inch",   "inches", "°c",    "%",       "calls", "emails", "orders", "bags", "tickets", NULL};

bool entity_period(struct entity_walk *walk, size_t begin, size_t at)
{
    static const char *const AGO[] = {" ago", "以前", "之前", "前", " later", "以后", "之后", "后", NULL};
    size_t unit = at + (walk->text[at] == ' ');
    size_t period = one_of(walk->text + unit, PERIODS);
    if (period == 0)
        return false;
    size_t end = unit + period;
    size_t ago = one_of(walk->text + end, AGO);
    entity_add_text(walk, ago > 0 ? ENTITY_DATE : ENTITY_QUANTITY, begin, end + ago);
    return true;
}

static bool quantity(struct entity_walk *walk, const struct amount *amount)
{
    const char *text = walk->text;
    if (entity_period(walk, amount->begin, amount->end))
        return true;
    size_t unit = amount->end + (text[amount->end] == ' ');
    size_t length = one_of(text + unit, UNITS);
    if (length == 0 || amount->chinese) /* 一个, 三次 are seldom counted */
        return false;
    entity_add_text(walk, ENTITY_QUANTITY, amount->begin, unit + length);
    return true;
}

/* ---- the doors ---- */

void entity_amount(struct entity_walk *walk, size_t at)
{
    struct amount amount;
    if (at > 0 && (g_ascii_isalnum(walk->text[at - 1]) || walk->text[at - 1] == '.'))
        return;
    if (!read_digits(walk->text, at, &amount))
        return;
    if (numeric_date(walk, &amount) || chinese_date(walk, &amount) || english_date(walk, &amount) ||
        clock_time(walk, &amount) || oclock(walk, &amount) || money_behind(walk, &amount))
        return;
    quantity(walk, &amount);
}

void entity_numeral(struct entity_walk *walk, size_t at)
{
    struct amount amount;
    if (at >= 3 && (starts(walk->text + at - 3, "几") || starts(walk->text + at - 3, "数"))) /* 几百块 says no number */
        return;
    if (!read_numeral(walk->text, at, &amount))
        return;
    if (!(chinese_date(walk, &amount) || oclock(walk, &amount) || money_behind(walk, &amount)))
        quantity(walk, &amount);
}

/* March 3rd, 2026: the month is a word, see entity_words. */
size_t entity_month_day(const char *text, size_t at)
{
    size_t month = one_of(text + at, MONTHS);
    struct amount day;
    size_t first = at + month + (text[at + month] == '.');
    if (month == 0 || text[first] != ' ' || !g_ascii_isdigit(text[first + 1]) || !read_digits(text, first + 1, &day) ||
        !is_day(day.value) || day.point)
        return at;
    size_t end = ordinal_end(text, day.end);
    if (g_ascii_isalnum(text[end]))
        return at;
    return year_behind(text, end);
}

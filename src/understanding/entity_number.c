/* Codes and numbers that say themselves what they are: cards, phones, order numbers, flights, trains. */
#include "understanding/entity_brand.h"
#include "understanding/entity_find.h"

#include <string.h>

#define NUMBER_DIGITS 24 /* no number that means something here is longer */
#define CODE_BYTES 32    /* nor a code with letters */

/* A number with single blanks or dashes between its groups. */
struct number {
    char digits[NUMBER_DIGITS + 2]; /* the last may be x */
    int count;
    int groups;
    int lengths[NUMBER_DIGITS]; /* of the groups */
    size_t begin, end;
    bool blank; /* groups parted by blanks, too */
    bool whole; /* nothing of a word or number touches it */
};

static bool touches(const struct entity_walk *walk, size_t at, bool before)
{
    if (before ? at == 0 : at >= walk->length)
        return false;
    char c = walk->text[before ? at - 1 : at];
    return g_ascii_isalnum(c);
}

/* Reads digits from `at`, joined by single blanks or dashes when `joined`. */
static void read_number(const struct entity_walk *walk, size_t at, bool joined, struct number *number)
{
    *number = (struct number){.begin = at};
    const char *text = walk->text;
    while (number->count < NUMBER_DIGITS && g_ascii_isdigit(text[at])) {
        int length = 0;
        while (number->count < NUMBER_DIGITS && g_ascii_isdigit(text[at])) {
            number->digits[number->count++] = text[at++];
            length++;
        }
        number->lengths[number->groups++] = length;
        number->end = at;
        if (!joined || (text[at] != ' ' && text[at] != '-') || !g_ascii_isdigit(text[at + 1]))
            break;
        number->blank = number->blank || text[at] == ' ';
        at++;
    }
    if (number->count == 17 && number->groups == 1 && text[number->end] == 'x') {
        number->digits[number->count++] = 'x';
        number->end++;
    }
    number->whole = !touches(walk, number->begin, true) && !touches(walk, number->end, false);
}

static int digits_at(const struct number *number, int at, int count)
{
    int value = 0;
    for (int i = at; i < at + count; i++)
        value = value * 10 + (number->digits[i] - '0');
    return value;
}

/* ---- cards ---- */

static bool is_date(int year, int month, int day)
{
    static const int DAYS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1];
}

/* GB 11643: province, county, birthday, sequence; the last of 18 by ISO 7064 MOD 11-2. */
static bool is_id_card(const struct number *number)
{
    static const int WEIGHTS[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int province = digits_at(number, 0, 2);
    if (province < 11 || province > 82 || (province > 65 && province != 71 && province < 81) || province % 10 > 7)
        return false;
    if (number->count == 15 && number->groups == 1)
        return is_date(1900 + digits_at(number, 6, 2), digits_at(number, 8, 2), digits_at(number, 10, 2));
    if (number->count != 18 || !is_date(digits_at(number, 6, 4), digits_at(number, 10, 2), digits_at(number, 12, 2)))
        return false;
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (number->digits[i] - '0') * WEIGHTS[i];
    return number->digits[17] == "10x98765432"[sum % 11];
}

/* ISO/IEC 7812-1, annex B. */
static bool is_luhn(const struct number *number)
{
    int sum = 0;
    for (int i = number->count - 1, twice = 0; i >= 0; i--, twice = !twice) {
        int digit = number->digits[i] - '0';
        sum += twice == 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9;
    }
    return sum % 10 == 0;
}

/* Issuers' first digits and the lengths that go with them. */
static bool is_issued(const struct number *number)
{
    int two = digits_at(number, 0, 2);
    int four = digits_at(number, 0, 4);
    int count = number->count;
    if (number->digits[0] == '4')
        return count == 13 || count == 16 || count == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
        return count == 16;
    if (two == 34 || two == 37)
        return count == 15;
    if (two == 62 || two == 60 || two == 65 || two == 68 || two == 69)
        return count >= 16;
    if (four >= 3528 && four <= 3589)
        return count == 16;
    return (two == 30 || two == 36 || two == 38) && count == 14;
}

static const char *const ORDER_WORDS[] = {
    "订单号",       "订单编号",  "订单",     "单号",     "运单号",         "运单",        "快递号",
    "快递单",       "工单号",    "工单",     "流水号",   "交易号",         "退款编号",    "订单id",
    "受理号",       "预约号",    "保单号",   "合同号",   "案件号",         "票号",        "投诉编号",
    "取件码",       "order",     "tracking", "orders",   "ticket",         "booking",     "reservation",
    "confirmation", "reference", "ref",      "case",     "invoice",        "waybill",     "shipment",
    "order id",     "pnr",       "receipt",  "parcel",   "record locator", "transaction", "complaint number",
    "快递编号",     "快件",      "物流单号", "服务单号", "物流",           NULL};
static const char *const ORDERS_BEHIND[] = {"订单", "快递单", "运单", "工单", "包裹", "单子", "快件", NULL};
static const char *const CARD_WORDS[] = {"卡号",        "银行卡", "信用卡", "储蓄卡", "card",
                                         "card number", "账号",   "帐号",   NULL};
static const char *const PHONE_WORDS[] = {"电话",    "手机",     "手机号", "联系",    "联系方式", "致电",    "拨打",
                                          "热线",    "打",       "phone",  "tel",     "call",     "mobile",  "cell",
                                          "text",    "whatsapp", "客服",   "拨",      "dial",     "hotline", "ring",
                                          "contact", "微信",     "座机",   "calling", "called",   NULL};

static bool is_order_number(const struct entity_walk *walk, size_t begin, size_t end)
{
    return entity_word_before(walk, begin, ORDER_WORDS) || entity_word_behind(walk, end, ORDERS_BEHIND);
}

/* By checksum and issuer; or called a card, with a slip in one digit. */
static bool is_bank_card(const struct entity_walk *walk, const struct number *number)
{
    if (number->count > 19 || number->digits[number->count - 1] == 'x')
        return false;
    if (is_luhn(number) && is_issued(number))
        return !is_order_number(walk, number->begin, number->end);
    return number->count >= 15 && number->digits[0] == '6' && entity_word_before(walk, number->begin, CARD_WORDS);
}

void entity_card(struct entity_walk *walk, size_t at)
{
    struct number number;
    read_number(walk, at, true, &number);
    bool groups = true; /* of cards: 4 4 4 4 3, of ID cards 6 8 4 */
    for (int i = 0; i < number.groups; i++)
        groups = groups && (number.groups == 1 || number.lengths[i] >= 3);
    if (!number.whole || !groups || number.count < 13)
        return;
    if (is_id_card(&number)) {
        number.digits[17] = (char)g_ascii_toupper(number.digits[17]);
        entity_add(walk, ENTITY_ID_CARD, number.begin, number.end, number.digits);
    } else if (is_bank_card(walk, &number)) {
        entity_add(walk, ENTITY_BANK_CARD, number.begin, number.end, number.digits);
    }
}

/* ---- phones ---- */

static bool has_lengths(const struct number *number, int first, int second, int third)
{
    int groups = third > 0 ? 3 : second > 0 ? 2 : 1;
    return number->groups == groups && number->lengths[0] == first && (second == 0 || number->lengths[1] == second) &&
           (third == 0 || number->lengths[2] == third);
}

static bool is_mobile(const struct number *number, int from)
{
    return number->count - from == 11 && number->digits[from] == '1' && number->digits[from + 1] >= '3' &&
           (from > 0 || number->groups == 1 || has_lengths(number, 3, 4, 4) || has_lengths(number, 3, 8, 0));
}

/* Service numbers of companies, banks and authorities: nobody's own. */
static bool is_service(const struct entity_walk *walk, const struct number *number)
{
    int three = digits_at(number, 0, 3);
    bool toll_free = number->count == 10 && (three == 400 || three == 800) &&
                     (number->groups > 1 || entity_word_near(walk, number->begin, number->end, 24, PHONE_WORDS));
    bool american = number->count == 10 && number->groups == 3 && has_lengths(number, 3, 3, 4) &&
                    (three == 800 || three == 888 || three == 877 || three == 866 || three == 855);
    bool american_one =
        number->count == 11 && number->groups == 4 && number->digits[0] == '1' && number->digits[1] == '8';
    bool brief =
        number->groups == 1 &&
        ((number->count == 5 &&
          (digits_at(number, 0, 2) == 95 || digits_at(number, 0, 3) == 123 || digits_at(number, 0, 3) == 100)) ||
         (number->count == 3 && (three == 110 || three == 120 || three == 119 || three == 911 || three == 999))) &&
        entity_word_before(walk, number->begin, PHONE_WORDS);
    return toll_free || american || american_one || brief;
}

/* 010-12345678, 0571 8765432, 415-555-2671, 020 7946 0958. */
static bool is_landline(const struct entity_walk *walk, const struct number *number)
{
    bool area = number->digits[0] == '0' && number->digits[1] != '0';
    bool chinese = area && number->groups == 2 && (number->lengths[0] == 3 || number->lengths[0] == 4) &&
                   (number->lengths[1] == 7 || number->lengths[1] == 8);
    bool solid = area && number->groups == 1 && number->count >= 10 && number->count <= 12 &&
                 entity_word_near(walk, number->begin, number->end, 24, PHONE_WORDS);
    bool british = area && number->groups >= 2 && number->groups <= 3 && number->count == 11 && number->lengths[0] >= 3;
    bool american = has_lengths(number, 3, 3, 4) && number->digits[0] >= '2' && number->digits[3] >= '2';
    bool local = number->groups == 1 && (number->count == 7 || number->count == 8) && number->digits[0] >= '2' &&
                 entity_word_before(walk, number->begin, PHONE_WORDS);
    return chinese || solid || british || american || local;
}

/* What the number begins with when a + or a bracket stands before it. */
static size_t phone_begin(const struct entity_walk *walk, size_t at, bool *plus)
{
    *plus = at > 0 && walk->text[at - 1] == '+';
    if (*plus)
        return at - 1;
    return at;
}

/* (010)12345678, (415) 555-2671: the digits in brackets and those behind. */
static bool bracketed(struct entity_walk *walk, size_t at)
{
    const char *text = walk->text;
    size_t close = at;
    while (g_ascii_isdigit(text[close]) && close - at < 5)
        close++;
    size_t length = close - at;
    if (at == 0 || text[at - 1] != '(' || text[close] != ')' || length < 3 || length > 4)
        return false;
    size_t rest = close + 1 + (text[close + 1] == ' ');
    struct number number;
    if (!g_ascii_isdigit(text[rest]))
        return false;
    read_number(walk, rest, true, &number);
    if (!number.whole || number.count < 7 || number.count > 8)
        return false;
    g_autofree char *value = g_strdup_printf("%.*s%s", (int)length, text + at, number.digits);
    entity_add(walk, ENTITY_PHONE, at - 1, number.end, value);
    return true;
}

void entity_phone(struct entity_walk *walk, size_t at)
{
    bool plus = false;
    struct number number;
    if (bracketed(walk, at))
        return;
    read_number(walk, at, true, &number);
    size_t begin = phone_begin(walk, at, &plus);
    bool china = number.count == 13 && digits_at(&number, 0, 2) == 86 && is_mobile(&number, 2);
    bool found = number.whole && number.count <= 15 && ((plus && number.count >= 8) || china || is_mobile(&number, 0));
    bool service = !found && number.whole && is_service(walk, &number);
    found = found || service || (number.whole && is_landline(walk, &number));
    if (!found && number.groups > 1) { /* the number ends before the next one: 13812345678 3 */
        read_number(walk, at, false, &number);
        found = number.whole && is_mobile(&number, 0);
    }
    if (!found)
        return;
    g_autofree char *value = g_strdup_printf("%s%s", plus ? "+" : "", number.digits);
    entity_add(walk, ENTITY_PHONE, begin, number.end, value);
    if (service)
        entity_not_personal(walk);
}

/* ---- order numbers ---- */

static bool fits(char pattern, char c)
{
    switch (pattern) {
    case '#':
        return g_ascii_isdigit(c);
    case '?':
        return g_ascii_isalpha(c);
    case '*':
        return g_ascii_isalnum(c);
    default:
        return pattern == c;
    }
}

/* The end of what a template describes; `at` when it does not stand there whole. */
static size_t template_end(const struct entity_walk *walk, size_t at, const char *template)
{
    size_t end = at;
    for (const char *p = template; *p != '\0'; p++, end++)
        if (!fits(*p, walk->text[end]))
            return at;
    return touches(walk, at, true) || touches(walk, end, false) ? at : end;
}

static void add_code(struct entity_walk *walk, enum entity_kind kind, size_t begin, size_t end)
{
    GString *value = g_string_sized_new(32);
    for (size_t i = begin; i < end; i++)
        if (walk->text[i] != ' ')
            g_string_append_c(value, g_ascii_toupper(walk->text[i]));
    entity_add(walk, kind, begin, end, value->str);
    g_string_free(value, TRUE);
}

/* Common carriers and shops, by their public formats: UPU S10, UPS, and the usual ones of China. */
static const char *const CARRIERS[] = {
    "sf############",  "sf#############", "yt#############",    "jt#############", "jd*###########",
    "jd**###########", "jd***##########", "jdvb###########",    "??#########cn",   "??#########gb",
    "??#########us",   "??#########de",   "1z****************", "tba############", "###-#######-#######",
    "zto############", "dpk############", "sto#############",   "yd#############"};

static bool templated(struct entity_walk *walk, size_t at)
{
    size_t longest = at;
    const char *const *own = entity_brand_templates(walk->brand);
    for (; own != NULL && *own != NULL; own++)
        longest = MAX(longest, template_end(walk, at, *own));
    for (size_t i = 0; i < G_N_ELEMENTS(CARRIERS); i++)
        longest = MAX(longest, template_end(walk, at, CARRIERS[i]));
    if (longest > at)
        add_code(walk, ENTITY_ORDER, at, longest);
    return longest > at;
}

/* A code with dashes inside: its end and how many digits and letters it has. */
static size_t code_end(const struct entity_walk *walk, size_t at, int *digits, int *letters)
{
    const char *text = walk->text;
    size_t begin = at;
    *digits = *letters = 0;
    while (at - begin <= CODE_BYTES &&
           (g_ascii_isalnum(text[at]) || ((text[at] == '-' || text[at] == '_') && g_ascii_isalnum(text[at + 1])))) {
        *digits += g_ascii_isdigit(text[at]) != 0;
        *letters += g_ascii_isalpha(text[at]) != 0;
        at++;
    }
    return at;
}

static bool ordered(struct entity_walk *walk, size_t at)
{
    int digits = 0;
    int letters = 0;
    size_t end = code_end(walk, at, &digits, &letters);
    size_t length = end - at;
    bool date = length == 10 && walk->text[at + 4] == '-' && walk->text[at + 7] == '-';
    bool code = digits >= 4 && letters <= digits * 2 && length <= CODE_BYTES && !date;
    bool record = length == 6 && digits >= 1 && letters >= 1; /* of a booking: x7k2qp */
    if ((!code && !record) || touches(walk, at, true) || !is_order_number(walk, at, end))
        return false;
    add_code(walk, ENTITY_ORDER, at, end);
    return true;
}

/* ---- flights and trains ---- */

/* IATA codes of airlines with scheduled passengers. */
static const char AIRLINES[] = "ca mu cz hu zh 3u mf fm sc ho 9c gs jd pn kn tv ky cn 8l bk uq dr eu g5 gj gx ry qw aq "
                               "ar nx cx ka hx uo ci br b7 it "
                               "ak sq tr jl nh mm ke oz 7c lj tw bx vn vj tg fd sl pr 5j ga jt qg id mh od ai 6e sg uk "
                               "ey ek fl qr sv tk lh ba af kl "
                               "lx os ib ay sk dy fr u2 w6 ez vy ei tp az ux aa ua dl wn b6 as nk f9 ha ac ws am la cm "
                               "av qf jq va nz et ms ml su s7 "
                               "ps lo ok ro ju a3 lg sn by tk kc dv hy ug us vx ";

static bool is_airline(const char *text)
{
    for (const char *p = AIRLINES; *p != '\0'; p += 3)
        if (g_ascii_tolower(p[0]) == text[0] && g_ascii_tolower(p[1]) == text[1])
            return true;
    return false;
}

static bool is_small_word(const char *text)
{
    static const char WORDS[] = "us as am it id la os ho lo ok by ke my no to in ai ";
    for (const char *p = WORDS; *p != '\0'; p += 3)
        if (strncmp(p, text, 2) == 0)
            return true;
    return false;
}

static const char *const FLIGHT_WORDS[] = {
    "航班", "飞",     "机场", "登机",    "延误",     "起飞",    "降落",   "航空", "机票",  "值机",
    "落地", "flight", "flt",  "airport", "boarding", "delayed", "landed", "gate", "plane", "cancelled flight",
    "行李", "航司",   NULL};
static const char *const FLIGHT_BEFORE[] = {"flight", "flt", "航班", "flights", NULL};
static const char *const TRAIN_WORDS[] = {"高铁", "动车", "火车", "列车", "车次", "次",   "车票", "train", "站",
                                          "车厢", "乘务", "检票", "进站", "晚点", "车长", "餐车", "候车",  NULL};

static void flight(struct entity_walk *walk, size_t at)
{
    const char *text = walk->text;
    size_t end = at + 2 + (text[at + 2] == ' ');
    size_t first = end;
    while (end - first < 5 && g_ascii_isdigit(text[end]))
        end++;
    size_t digits = end - first;
    bool blank = text[at + 2] == ' ';
    if (digits < 3 || digits > 4 || touches(walk, end, false) || touches(walk, at, true) || text[end] == '-')
        return;
    bool near = entity_word_near(walk, at, end, 60, FLIGHT_WORDS);
    if (near || (!blank && digits == 4 && g_ascii_isalpha(text[at])))
        add_code(walk, ENTITY_FLIGHT, at, end);
}

/* flight 1234: the airline is known to both. */
static void bare_flight(struct entity_walk *walk, size_t at, size_t end)
{
    if (end - at < 2 || end - at > 4 || !entity_word_before(walk, at, FLIGHT_BEFORE))
        return;
    size_t behind = end;
    const char *text = walk->text;
    if (text[behind] == ' ' && (g_str_has_prefix(text + behind, " hour") || g_str_has_prefix(text + behind, " min") ||
                                g_str_has_prefix(text + behind, " day")))
        return;
    add_code(walk, ENTITY_FLIGHT, at, end);
}

static void train(struct entity_walk *walk, size_t at, size_t end)
{
    size_t digits = end - at - 1;
    for (size_t i = at + 1; i < end; i++)
        if (!g_ascii_isdigit(walk->text[i]))
            return;
    if (strchr("gdcztksly", walk->text[at]) == NULL || digits < 1 || digits > 4 || walk->text[at + 1] == '0')
        return;
    if (entity_word_near(walk, at, end, 30, TRAIN_WORDS))
        add_code(walk, ENTITY_TRAIN, at, end);
}

void entity_code(struct entity_walk *walk, size_t at, size_t end)
{
    const char *text = walk->text;
    if (templated(walk, at) || ordered(walk, at))
        return;
    bool letter = g_ascii_isalpha(text[at]);
    bool apart = end - at == 2 && text[end] == ' ' && g_ascii_isdigit(text[end + 1]) && !is_small_word(text + at);
    bool two = (apart || end - at >= 5) && is_airline(text + at) && (letter || g_ascii_isalpha(text[at + 1]));
    if (two)
        flight(walk, at);
    else if (letter && end - at >= 2)
        train(walk, at, end);
    else if (!letter)
        bare_flight(walk, at, end);
}

/* rule_bench.c - what the administrator's rules cost a text.
 *
 *   rule_bench FILE      one text a line
 *
 * Makes 1,000 rules (then 10,000) of the kinds people write - words, all of them, near, none, a few patterns - and
 * prints for each number: microseconds to compile, microseconds a text for the rules alone and for reading the text. */
#include "understanding/language.h"
#include "understanding/rule_set.h"

#include <stdio.h>
#include <string.h>

static const char *const ZH[] = {"退款", "发货", "客服", "质量", "漏水", "过敏", "投诉", "维权",
                                 "假货", "泄露", "故障", "赔偿", "起火", "召回", "欺骗"};
static const char *const ZH_ABOUT[] = {"手机", "屏幕",   "电池", "会员", "快递", "门店", "酒店",
                                       "航班", "信用卡", "套餐", "空调", "奶粉", "汽车", "软件"};
static const char *const EN[] = {"refund", "broken", "delay",   "scam",        "rude",
                                 "leak",   "recall", "lawsuit", "overcharged", "cancel"};
static const char *const EN_ABOUT[] = {"flight", "screen", "battery", "account", "delivery",
                                       "hotel",  "card",   "update",  "driver",  "invoice"};

#define PICK(words, n) words[(n) % (int)G_N_ELEMENTS(words)]

/* Rule n: its words are n's own, so that 1,000 rules are some 3,000 different words. */
static struct rule *make_rule(int n)
{
    json_auto_t *json = NULL;
    g_autofree char *own = g_strdup_printf("%s%d号%s", PICK(ZH, n), n, PICK(ZH_ABOUT, n / 15));
    g_autofree char *latin = g_strdup_printf("%s %s%d", PICK(EN, n), PICK(EN_ABOUT, n / 10), n);
    g_autofree char *name = g_strdup_printf("rule %d", n);
    if (n % 10 == 0)
        json = json_pack("{s:s,s:s,s:[s],s:[{s:s,s:s,s:i}]}", "name", name, "any", own, "none", "谢谢", "near", "first",
                         PICK(ZH_ABOUT, n / 10), "second", PICK(ZH, n / 10), "within", 8);
    else if (n % 50 == 1)
        json = json_pack("{s:s,s:o}", "name", name, "pattern",
                         json_sprintf("%s.{0,6}(%s|%s)%d", PICK(ZH_ABOUT, n), PICK(ZH, n), PICK(EN, n), n % 7));
    else if (n % 40 == 3) /* a word that is really there, now and then */
        json = json_pack("{s:s,s:[s,s],s:b}", "name", name, "any", PICK(ZH, n), PICK(EN, n), "skip_negated", 1);
    else
        json = json_pack("{s:s,s:[s,s],s:[s],s:b,s:b}", "name", name, "any", own, latin, "all", PICK(ZH_ABOUT, n),
                         "skip_negated", n % 2, "obfuscated", n % 3 == 0);
    return rule_parse(json, NULL);
}

static void free_rule(void *rule)
{
    rule_free(rule);
}

static double now_us(void)
{
    return (double)g_get_monotonic_time();
}

static void measure(char **texts, int count)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
    for (int i = 0; i < count; i++)
        g_ptr_array_add(rules, make_rule(i));
    double begin = now_us();
    g_autoptr(GError) error = NULL;
    g_autoptr(rule_set_auto) set = rule_set_new(rules, &error);
    g_assert_no_error(error);
    double compiled = now_us() - begin;
    struct rule_scratch *scratch = rule_scratch_new(set);
    g_auto(normalized_auto) normalized = {0};
    normalized_init(&normalized);
    double spent[2] = {0};
    guint texts_count = g_strv_length(texts);
    size_t hits = 0;
    for (int round = 0; round < 2; round++) { /* without the rules, and with them */
        begin = now_us();
        for (guint i = 0; i < texts_count; i++) {
            size_t found = 0;
            normalize_text(&normalized, texts[i], strlen(texts[i]));
            enum assess_language language = language_guess(&normalized);
            if (round == 1)
                rule_set_run(set, scratch, &normalized, language, &found);
            hits += found;
        }
        spent[round] = (now_us() - begin) / texts_count;
    }
    printf("%d rules: compiled in %.0f ms; %.2f us a text, reading it %.2f us; %.2f hits a text\n", count,
           compiled / 1000, spent[1] - spent[0], spent[0], (double)hits / texts_count);
    rule_scratch_free(scratch);
}

int main(int argc, char **argv)
{
    g_autofree char *content = NULL;
    if (argc != 2 || !g_file_get_contents(argv[1], &content, NULL, NULL)) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 2;
    }
    g_auto(GStrv) texts = g_strsplit(g_strchomp(content), "\n", -1);
    measure(texts, 1000);
    measure(texts, 10000);
    return 0;
}

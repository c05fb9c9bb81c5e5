/* understanding_bench.c - what the assessment of a text costs, on one core.
 *
 *   understanding_bench FILE SECONDS      one text a line
 *
 * The whole way a message goes: normalised, 1,000 rules, all classifiers, entities, importance, reasons; the JSON of it
 * apart. The rules are of the kinds people write: words, all of them, near, none, a few patterns. Prints "name value"
 * lines: texts a second of the assessment, of a bare pass that adds up the bytes, and microseconds a text for the parts
 * that can be taken away: everything without rules, without models; 10,000 rules in place of 1,000. */
#include "understanding/assess.h"
#include "understanding/model.h"
#include "understanding/rule_set.h"
#include "understanding/shipped.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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

static struct rule_set *make_rules(int count, double *seconds)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
    for (int i = 0; i < count; i++)
        g_ptr_array_add(rules, make_rule(i));
    gint64 begin = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    struct rule_set *set = rule_set_new(rules, &error);
    g_assert_no_error(error);
    *seconds = (double)(g_get_monotonic_time() - begin) / 1e6;
    return set;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct bench {
    char **texts;
    guint count;
    double seconds; /* each measurement takes about as long */
    double hits;    /* rules that hit, a text */
};

/* CPU seconds a text. */
static double measure(struct bench *bench, struct rule_set *rules, struct model_set *models, bool json)
{
    const struct assess_parts parts = {.rules = rules, .models = models};
    g_autoptr(GError) error = NULL;
    g_autoptr(assess_auto) assess = assess_new(&parts, &error);
    g_assert_no_error(error);
    struct assessment *out = g_new0(struct assessment, 1);
    guint64 done = 0;
    double hits = 0;
    double begin = 0;
    double spent = 0;
    while (spent < bench->seconds || done <= bench->count) {
        for (guint i = 0; i < bench->count; i++, done++) {
            if (done == 1000) /* warm */
                begin = cpu_seconds();
            struct assess_facts facts = {.text = bench->texts[i],
                                         .kind = "mention",
                                         .is_public = true,
                                         .followers = 5000,
                                         .verified = "",
                                         .reposts = 3,
                                         .relation = "new"};
            assess_message(assess, &facts, out);
            hits += out->rule_count;
            if (json)
                g_free(assess_format(out, bench->texts[i]));
            if (done % 512 == 0 && done > 1000 && (spent = cpu_seconds() - begin) >= bench->seconds)
                break;
        }
    }
    g_free(out);
    bench->hits = hits / (double)done;
    return spent / (double)(done - 1000);
}

static double measure_bytes(const struct bench *bench)
{
    guint64 all = 0;
    guint64 done = 0;
    double begin = cpu_seconds();
    double spent = 0;
    while (spent < MIN(1, bench->seconds)) {
        for (guint i = 0; i < bench->count; i++, done++) {
            guint64 sum = 0;
            for (const unsigned char *at = (const unsigned char *)bench->texts[i]; *at != 0; at++)
                sum = sum * 31 + *at;
            all += sum;
        }
        spent = cpu_seconds() - begin;
    }
    if (all == 1) /* the compiler must not know that nobody wants it */
        puts("");
    return spent / (double)done;
}

int main(int argc, char **argv)
{
    g_autofree char *content = NULL;
    gsize length = 0;
    if (argc != 3 || !g_file_get_contents(argv[1], &content, &length, NULL)) {
        fprintf(stderr, "usage: %s FILE SECONDS\n", argv[0]);
        return 2;
    }
    g_auto(GStrv) texts = g_strsplit(g_strchomp(content), "\n", -1);
    struct bench bench = {texts, g_strv_length(texts), g_ascii_strtod(argv[2], NULL), 0};
    g_autoptr(GError) error = NULL;
    g_autoptr(model_auto) shipped = shipped_model(&error);
    g_assert_no_error(error);
    g_autoptr(model_set_auto) models = model_set_new(&shipped, 1);
    double compiling[2];
    g_autoptr(rule_set_auto) rules = make_rules(1000, compiling);
    g_autoptr(rule_set_auto) many = make_rules(10000, compiling + 1);
    double whole = measure(&bench, rules, models, false);
    double hits = bench.hits;
    printf("texts %u\nbytes %.0f\nhits %.3f\n", bench.count, (double)length / bench.count, hits);
    printf("assess %.0f\nbytes_pass %.0f\n", 1 / whole, 1 / measure_bytes(&bench));
    double without_rules = measure(&bench, NULL, models, false);
    printf("us_whole %.2f\nus_rules %.2f\n", whole * 1e6, (whole - without_rules) * 1e6);
    printf("us_rules_10000 %.2f\n", (measure(&bench, many, models, false) - without_rules) * 1e6);
    printf("us_models %.2f\n", (without_rules - measure(&bench, NULL, NULL, false)) * 1e6);
    printf("us_json %.2f\n", (measure(&bench, rules, models, true) - whole) * 1e6);
    printf("compile_1000 %.3f\ncompile_10000 %.3f\n", compiling[0], compiling[1]);
    return 0;
}

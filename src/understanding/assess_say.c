#include "understanding/assess.h"

#include "understanding/task.h"

#include <string.h>

struct said {
    const char *value, *zh, *en;
};
static const struct said VERIFIED[] = {{"person", "认证个人", "a verified person"},
                                       {"organisation", "认证机构", "a verified organisation"},
                                       {"government", "政府机构", "the government"},
                                       {"media", "媒体", "the press"}};
static const struct said RELATIONS[] = {{"regular", "常客", "a regular"},
                                        {"loyal", "忠实客户", "a loyal customer"},
                                        {"at_risk", "濒临流失的客户", "a customer at risk"}};
static const struct said GRAVITY[] = {{"injury", "有人受伤或患病", "injury or illness"},
                                      {"death", "有人死亡", "death"},
                                      {"food_safety", "食品安全", "food safety"},
                                      {"fire", "起火爆炸", "fire"},
                                      {"lawsuit", "诉讼维权", "legal action"},
                                      {"regulator", "监管投诉", "a regulator"},
                                      {"media", "媒体曝光", "the media"},
                                      {"fraud", "欺诈", "fraud"},
                                      {"privacy", "隐私泄露", "privacy"},
                                      {"boycott", "抵制", "boycott"},
                                      {"discrimination", "歧视", "discrimination"},
                                      {"minor", "涉及未成年人", "children"}};
static const struct said OTHERS[] = {{"churn", "可能流失", "may leave"}, {"rules", "规则", "rules"}};

static const char *find(const struct said *table, size_t count, const char *value, enum lang lang)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].value, value) == 0)
            return lang == LANG_ZH ? table[i].zh : table[i].en;
    return value;
}
#define FIND(table, value, lang) find(table, G_N_ELEMENTS(table), value, lang)

/* 1.2 M, 120 万: as people say large numbers. */
static char *large(int64_t number, enum lang lang)
{
    double n = (double)number;
    if (lang == LANG_ZH)
        return n >= 1e8   ? g_strdup_printf("%.1f 亿", n / 1e8)
               : n >= 1e4 ? g_strdup_printf("%.*f 万", n < 1e5 ? 1 : 0, n / 1e4)
                          : g_strdup_printf("%.0f ", n);
    return n >= 1e6   ? g_strdup_printf("%.1f M", n / 1e6)
           : n >= 1e3 ? g_strdup_printf("%.*f k", n < 1e4 ? 1 : 0, n / 1e3)
                      : g_strdup_printf("%.0f", n);
}

static char *say_influence(const struct assess_part *part, enum lang lang)
{
    bool zh = lang == LANG_ZH;
    g_autofree char *number = large(part->number, lang);
    g_autofree char *followers = g_strdup_printf(zh ? "%s粉丝" : "%s followers", number);
    if (strcmp(part->value, "followers") == 0)
        return g_steal_pointer(&followers);
    const char *verified = FIND(VERIFIED, part->value, lang);
    return part->number > 0 ? g_strdup_printf(zh ? "%s，%s" : "%s with %s", verified, followers) : g_strdup(verified);
}

static char *say_part(const struct assess_part *part, enum lang lang)
{
    bool zh = lang == LANG_ZH;
    const char *name = part->name;
    if (strcmp(name, "category") == 0 || strcmp(name, "sentiment") == 0)
        return g_strdup(task_label_text(task_find(name), part->value, lang));
    if (strcmp(name, "urgency") == 0)
        return g_strdup_printf(zh ? "紧急：%s" : "urgency: %s", task_label_text(TASK_urgency, part->value, lang));
    if (strcmp(name, "influence") == 0)
        return say_influence(part, lang);
    if (strcmp(name, "spread") == 0) {
        bool speed = strcmp(part->value, "reposts_per_minute") == 0;
        g_autofree char *number = large(part->number, lang);
        if (zh)
            return g_strdup_printf(speed ? "每分钟转发 %s次" : "转发 %s次", number);
        return g_strdup_printf(speed ? "reposted %s×/min" : "reposted %s×", number);
    }
    if (strcmp(name, "relation") == 0)
        return g_strdup(FIND(RELATIONS, part->value, lang));
    if (strcmp(name, "waiting") == 0)
        return g_strdup_printf(zh ? "已等待 %" G_GINT64_FORMAT " 分钟" : "waiting %" G_GINT64_FORMAT " min",
                               part->number);
    if (strcmp(name, "gravity") == 0)
        return g_strdup(FIND(GRAVITY, part->value, lang));
    return g_strdup(FIND(OTHERS, name, lang));
}

char *assess_say(const struct assessment *assessment, enum lang lang)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < assessment->part_count; i++) {
        const struct assess_part *part = assessment->parts + i;
        g_autofree char *said = say_part(part, lang);
        g_string_append_printf(text, "%s%s %+d", i == 0 ? "" : lang == LANG_ZH ? "，" : ", ", said, part->amount);
    }
    g_string_append_printf(text, "%s= %d", text->len > 0 ? " " : "", assessment->importance);
    return g_string_free(text, FALSE);
}

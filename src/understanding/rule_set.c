#include "understanding/rule_compiled.h"

#include "base/limit.h"

#include <string.h>

struct builder {
    struct rule_set *set;
    GHashTable *places;  /* what identifies a keyword → its place + 1 */
    GArray *keywords;    /* of struct match_keyword */
    GPtrArray *patterns; /* of const char * */
};

/* The same word is looked for once, whichever rules want it. */
static uint32_t add_word(struct builder *builder, const char *word, bool whole)
{
    struct match_keyword keyword = {.anywhere = !whole};
    g_autofree char *text = rule_word(word, &keyword.stem);
    g_autofree char *key = g_strdup_printf("%d%d%s", keyword.anywhere, keyword.stem, text);
    uint32_t place = GPOINTER_TO_UINT(g_hash_table_lookup(builder->places, key));
    if (place != 0)
        return place - 1;
    keyword.text = g_steal_pointer(&text);
    g_array_append_val(builder->keywords, keyword);
    g_hash_table_insert(builder->places, g_steal_pointer(&key), GUINT_TO_POINTER(builder->keywords->len));
    return builder->keywords->len - 1;
}

static struct rule_words add_words(struct builder *builder, const GPtrArray *words, bool whole)
{
    GArray *all = builder->set->words;
    struct rule_words list = {.begin = all->len};
    for (guint i = 0; i < words->len; i++) {
        uint32_t place = add_word(builder, words->pdata[i], whole);
        g_array_append_val(all, place);
    }
    list.end = all->len;
    return list;
}

static void add_rule(struct builder *builder, const struct rule *rule)
{
    struct rule_set *set = builder->set;
    struct rule_compiled compiled = {.rule = rule,
                                     .any = add_words(builder, rule->any, rule->whole_words),
                                     .all = add_words(builder, rule->all, rule->whole_words),
                                     .none = add_words(builder, rule->none, rule->whole_words),
                                     .near = set->nears->len,
                                     .near_count = rule->near->len,
                                     .pattern = RULE_NOTHING};
    for (guint i = 0; i < rule->near->len; i++) {
        const struct rule_near *near = rule->near->pdata[i];
        struct rule_compiled_near both = {near, add_words(builder, near->first, rule->whole_words),
                                          add_words(builder, near->second, rule->whole_words)};
        g_array_append_val(set->nears, both);
    }
    if (rule->pattern != NULL) {
        compiled.pattern = builder->patterns->len;
        g_ptr_array_add(builder->patterns, rule->pattern);
        guint place = set->rules->len;
        g_array_append_val(set->patterned, place);
    }
    g_array_append_val(set->rules, compiled);
}

/* Counts, or notes, who is to be woken by the words of a list. */
static void use_words(struct rule_set *set, struct rule_words list, uint32_t rule, bool note)
{
    for (uint32_t i = list.begin; i < list.end; i++) {
        uint32_t keyword = g_array_index(set->words, uint32_t, i);
        if (note)
            set->users[set->uses[keyword]++] = rule;
        else
            set->uses[keyword + 1]++;
    }
}

static void use_rules(struct rule_set *set, bool note)
{
    for (guint i = 0; i < set->rules->len; i++) {
        const struct rule_compiled *compiled = &g_array_index(set->rules, struct rule_compiled, i);
        use_words(set, compiled->any, i, note);
        use_words(set, compiled->all, i, note);
        for (uint32_t k = 0; k < compiled->near_count; k++) {
            const struct rule_compiled_near *near =
                &g_array_index(set->nears, struct rule_compiled_near, compiled->near + k);
            use_words(set, near->first, i, note);
            use_words(set, near->second, i, note);
        }
    }
}

static void index_words(struct rule_set *set)
{
    set->uses = g_new0(uint32_t, set->keyword_count + 2);
    use_rules(set, false);
    for (size_t i = 0; i < set->keyword_count; i++)
        set->uses[i + 1] += set->uses[i];
    set->users = g_new(uint32_t, set->uses[set->keyword_count] + 1);
    use_rules(set, true);
    memmove(set->uses + 1, set->uses, set->keyword_count * sizeof *set->uses); /* each moved on by its own number */
    set->uses[0] = 0;
}

static bool compile(struct builder *builder, GError **error)
{
    struct rule_set *set = builder->set;
    size_t wrong = 0;
    GError *why = NULL;
    if (set->words->len > LIMIT_RULE_ALL_WORDS) {
        error_set(error, HY_ERROR_TOO_LONG, "rules", "more than %d words", LIMIT_RULE_ALL_WORDS);
        return false;
    }
    set->keyword_count = builder->keywords->len;
    index_words(set);
    set->match = match_new((const struct match_keyword *)(void *)builder->keywords->data, set->keyword_count, error);
    if (set->match == NULL)
        return false;
    set->patterns =
        pattern_set_new((const char *const *)builder->patterns->pdata, builder->patterns->len, &wrong, &why);
    if (set->patterns != NULL)
        return true;
    uint32_t place = wrong < set->patterned->len ? g_array_index(set->patterned, uint32_t, wrong) : 0;
    guint rule = 0; /* its place in the list as it was given */
    while (rule + 1 < set->source->len && set->places[rule] != place)
        rule++;
    g_autofree char *field = g_strdup_printf("rules[%u].pattern", rule);
    error_set(error, error_code(why), field, "%s", why->message);
    g_error_free(why);
    return false;
}

static void keyword_clear(void *data)
{
    struct match_keyword *keyword = data;
    g_free((char *)(uintptr_t)keyword->text);
}

struct rule_set *rule_set_new(GPtrArray *rules, GError **error)
{
    g_autoptr(rule_set_auto) set = g_new0(struct rule_set, 1);
    set->references = 1;
    set->source = g_ptr_array_ref(rules);
    set->places = g_new0(uint32_t, rules->len + 1);
    set->rules = g_array_new(FALSE, FALSE, sizeof(struct rule_compiled));
    set->nears = g_array_new(FALSE, FALSE, sizeof(struct rule_compiled_near));
    set->words = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    set->patterned = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) keywords = g_array_new(FALSE, FALSE, sizeof(struct match_keyword));
    g_autoptr(GPtrArray) patterns = g_ptr_array_new();
    g_array_set_clear_func(keywords, keyword_clear);
    struct builder builder = {set, places, keywords, patterns};
    for (guint i = 0; i < rules->len; i++) {
        const struct rule *rule = rules->pdata[i];
        set->places[i] = rule->enabled ? set->rules->len : RULE_NOTHING;
        if (rule->enabled)
            add_rule(&builder, rule);
    }
    return compile(&builder, error) ? g_steal_pointer(&set) : NULL;
}

struct rule_set *rule_set_ref(struct rule_set *set)
{
    g_atomic_int_inc(&set->references);
    return set;
}

void rule_set_unref(struct rule_set *set)
{
    if (set == NULL || !g_atomic_int_dec_and_test(&set->references))
        return;
    match_free(set->match);
    pattern_set_free(set->patterns);
    g_array_unref(set->rules);
    g_array_unref(set->nears);
    g_array_unref(set->words);
    g_array_unref(set->patterned);
    g_ptr_array_unref(set->source);
    g_free(set->places);
    g_free(set->uses);
    g_free(set->users);
    g_free(set);
}

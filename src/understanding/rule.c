#include "understanding/rule.h"

#include "base/limit.h"
#include "understanding/lexicon.h"
#include "understanding/normalize.h"
#include "understanding/pattern.h"

#include <string.h>

static const char *const SCOPES[] = {"own", "all"};
static const char *const LANGUAGES[] = {"any", "zh", "en"};
static const char *const UNITS[] = {"characters", "words"};

static const char *const FIELDS[] = {"id",       "name",        "enabled",    "any",          "all",
                                     "none",     "near",        "pattern",    "skip_negated", "scope",
                                     "language", "whole_words", "obfuscated", "then"};
static const char *const NEAR_FIELDS[] = {"first", "second", "within", "unit", "ordered"};
static const char *const THEN_FIELDS[] = {"category", "topic", "tag",   "gravity", "urgency",
                                          "points",   "spam",  "abuse", "churn"};

static void near_free(void *data)
{
    struct rule_near *near = data;
    if (near == NULL)
        return;
    g_clear_pointer(&near->first, g_ptr_array_unref);
    g_clear_pointer(&near->second, g_ptr_array_unref);
    g_free(near);
}

void rule_free(struct rule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->name);
    g_free(rule->pattern);
    g_free(rule->then.category);
    g_free(rule->then.topic);
    g_free(rule->then.tag);
    g_clear_pointer(&rule->any, g_ptr_array_unref);
    g_clear_pointer(&rule->all, g_ptr_array_unref);
    g_clear_pointer(&rule->none, g_ptr_array_unref);
    g_clear_pointer(&rule->near, g_ptr_array_unref);
    g_free(rule);
}

char *rule_word(const char *word, bool *open_end)
{
    g_auto(normalized_auto) normalized = {0};
    size_t length = strlen(word);
    *open_end = length > 1 && word[length - 1] == '*';
    normalized_init(&normalized);
    normalize_text(&normalized, word, *open_end ? length - 1 : length);
    const GString *text = normalized.fold.text;
    const char *end = text->str + text->len;
    const char *begin = text->str;
    while (begin < end && *begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    return begin == end ? NULL : g_strndup(begin, (gsize)(end - begin));
}

/* ---- JSON → rule ---- */

/* An error about a field of something inside says where: "near[2]." + "within". */
static bool inside(const char *where, GError **error, GError *why)
{
    if (why == NULL)
        return true;
    const char *field = error_field(why);
    g_autofree char *path = field != NULL ? g_strconcat(where, field, NULL) : g_strdup(where);
    error_set(error, error_code(why), path, "%s%s", where, why->message);
    g_error_free(why);
    return false;
}

static bool known_fields(const json_t *object, const char *const *fields, size_t count, GError **error)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach ((json_t *)object, key, value) {
        bool known = false;
        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(key, fields[i]) == 0;
        if (!known) {
            error_set(error, HY_ERROR_UNKNOWN_FIELD, key, "%s is not a known field", key);
            return false;
        }
    }
    return true;
}

/* One of names; the first when it is not there. */
static bool opt_choice(const json_t *object, const char *field, const char *const *names, size_t count, int *out,
                       GError **error)
{
    const char *text = NULL;
    *out = 0;
    if (!json_opt_text(object, field, LIMIT_NAME, &text, error))
        return false;
    for (size_t i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (int)i;
            return true;
        }
    }
    if (text != NULL)
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s is none of those there are", field);
    return text == NULL;
}

static bool check_word(const char *word, const char *field, GError **error)
{
    bool open_end = false;
    g_autofree char *folded = rule_word(word, &open_end);
    if (folded == NULL)
        error_set(error, HY_ERROR_EMPTY, field, "nothing is left of this word when texts are read: %s", field);
    else if (strlen(folded) > LIMIT_RULE_WORD)
        error_set(error, HY_ERROR_TOO_LONG, field, "%s has more than %d bytes", field, LIMIT_RULE_WORD);
    return folded != NULL && strlen(folded) <= LIMIT_RULE_WORD;
}

/* A list of words; one word alone is a list, too. */
static bool read_words(const json_t *object, const char *field, GPtrArray **out, GError **error)
{
    const json_t *value = json_object_get(object, field);
    size_t count = json_is_array(value) ? json_array_size(value) : json_is_string(value) ? 1 : 0;
    *out = g_ptr_array_new_with_free_func(g_free);
    if (value != NULL && !json_is_null(value) && !json_is_array(value) && !json_is_string(value)) {
        error_set(error, HY_ERROR_BAD_VALUE, field, "%s is not a list of words", field);
        return false;
    }
    if (count > LIMIT_RULE_WORDS) {
        error_set(error, HY_ERROR_TOO_LONG, field, "%s has more than %d words", field, LIMIT_RULE_WORDS);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *word = json_is_array(value) ? json_array_get(value, i) : value;
        g_autofree char *path = g_strdup_printf("%s[%zu]", field, i);
        if (!json_is_string(word) || json_string_length(word) > 4 * LIMIT_RULE_WORD) {
            error_set(error, json_is_string(word) ? HY_ERROR_TOO_LONG : HY_ERROR_BAD_VALUE, path,
                      "%s is not a word of at most %d bytes", path, LIMIT_RULE_WORD);
            return false;
        }
        if (!check_word(json_string_value(word), path, error))
            return false;
        g_ptr_array_add(*out, g_strdup(json_string_value(word)));
    }
    return true;
}

static bool words_given(const GPtrArray *words, const char *field, GError **error)
{
    if (words->len == 0)
        error_set(error, HY_ERROR_EMPTY, field, "%s has no word", field);
    return words->len > 0;
}

static struct rule_near *read_near(const json_t *object, GError **error)
{
    struct rule_near *near = g_new0(struct rule_near, 1);
    int64_t within = 0;
    int unit = 0;
    if (json_is_object(object) && known_fields(object, NEAR_FIELDS, G_N_ELEMENTS(NEAR_FIELDS), error) &&
        read_words(object, "first", &near->first, error) && words_given(near->first, "first", error) &&
        read_words(object, "second", &near->second, error) && words_given(near->second, "second", error) &&
        json_opt_i64(object, "within", 0, LIMIT_RULE_DISTANCE, 10, &within, error) &&
        opt_choice(object, "unit", UNITS, G_N_ELEMENTS(UNITS), &unit, error) &&
        json_opt_bool(object, "ordered", false, &near->ordered, error)) {
        near->within = (int)within;
        near->unit = (enum rule_unit)unit;
        return near;
    }
    if (!json_is_object(object))
        error_set(error, HY_ERROR_BAD_VALUE, NULL, "not an object");
    near_free(near);
    return NULL;
}

static bool read_nears(const json_t *object, struct rule *rule, GError **error)
{
    const json_t *list = json_object_get(object, "near");
    rule->near = g_ptr_array_new_with_free_func(near_free);
    if (list == NULL || json_is_null(list))
        return true;
    if (!json_is_array(list) || json_array_size(list) > LIMIT_RULE_NEAR) {
        error_set(error, HY_ERROR_BAD_VALUE, "near", "near is not a list of at most %d", LIMIT_RULE_NEAR);
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        GError *why = NULL;
        g_autofree char *where = g_strdup_printf("near[%zu].", i);
        struct rule_near *near = read_near(json_array_get(list, i), &why);
        if (!inside(where, error, why))
            return false;
        g_ptr_array_add(rule->near, near);
    }
    return true;
}

/* A text without blanks around it; NULL when nothing is there. */
static bool opt_line(const json_t *object, const char *field, char **out, GError **error)
{
    const char *text = NULL;
    if (!json_opt_text(object, field, LIMIT_NAME, &text, error))
        return false;
    *out = text != NULL ? g_strstrip(g_strdup(text)) : NULL;
    if (*out != NULL && **out == '\0')
        g_clear_pointer(out, g_free);
    return true;
}

static bool read_then(const json_t *object, struct rule_then *then, GError **error)
{
    const char *gravity = NULL;
    int64_t urgency = 0;
    int64_t points = 0;
    enum lexicon_category category;
    if (object == NULL || json_is_null(object))
        return true;
    if (!json_is_object(object)) {
        error_set(error, HY_ERROR_BAD_VALUE, NULL, "then is not an object");
        return false;
    }
    if (!known_fields(object, THEN_FIELDS, G_N_ELEMENTS(THEN_FIELDS), error) ||
        !opt_line(object, "category", &then->category, error) || !opt_line(object, "topic", &then->topic, error) ||
        !opt_line(object, "tag", &then->tag, error) || !json_opt_text(object, "gravity", LIMIT_NAME, &gravity, error) ||
        !json_opt_i64(object, "urgency", 0, 3, 0, &urgency, error) ||
        !json_opt_i64(object, "points", -100, 100, 0, &points, error) ||
        !json_opt_bool(object, "spam", false, &then->spam, error) ||
        !json_opt_bool(object, "abuse", false, &then->abuse, error) ||
        !json_opt_bool(object, "churn", false, &then->churn, error))
        return false;
    then->urgency = (int)urgency;
    then->points = (int)points;
    then->gravity = gravity != NULL ? lexicon_topic_parse(gravity) : NULL;
    if (then->category != NULL && !lexicon_category_parse(then->category, &category)) {
        error_set(error, HY_ERROR_BAD_VALUE, "category", "%s is no category", then->category);
        return false;
    }
    if (gravity != NULL && *gravity != '\0' && then->gravity == NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "gravity", "no such topic");
        return false;
    }
    return true;
}

static bool read_head(const json_t *object, struct rule *rule, GError **error)
{
    const char *name = NULL;
    int scope = 0;
    int language = 0;
    if (!json_opt_id(object, "id", &rule->id, error) || !json_get_text(object, "name", LIMIT_NAME, &name, error) ||
        !json_opt_bool(object, "enabled", true, &rule->enabled, error) ||
        !json_opt_bool(object, "skip_negated", false, &rule->skip_negated, error) ||
        !json_opt_bool(object, "whole_words", true, &rule->whole_words, error) ||
        !json_opt_bool(object, "obfuscated", false, &rule->obfuscated, error) ||
        !opt_choice(object, "scope", SCOPES, G_N_ELEMENTS(SCOPES), &scope, error) ||
        !opt_choice(object, "language", LANGUAGES, G_N_ELEMENTS(LANGUAGES), &language, error))
        return false;
    rule->name = g_strstrip(g_strdup(name));
    rule->scope = (enum rule_scope)scope;
    rule->language = (enum rule_language)language;
    if (*rule->name == '\0')
        error_set(error, HY_ERROR_EMPTY, "name", "name is empty");
    return *rule->name != '\0';
}

static bool read_asked(const json_t *object, struct rule *rule, GError **error)
{
    const char *pattern = NULL;
    if (!read_words(object, "any", &rule->any, error) || !read_words(object, "all", &rule->all, error) ||
        !read_words(object, "none", &rule->none, error) || !read_nears(object, rule, error) ||
        !json_opt_text(object, "pattern", LIMIT_RULE_PATTERN, &pattern, error))
        return false;
    if (pattern != NULL && *pattern != '\0') {
        if (!pattern_check(pattern, error))
            return false;
        rule->pattern = g_strdup(pattern);
    }
    if (rule->any->len + rule->all->len + rule->near->len == 0 && rule->pattern == NULL) {
        error_set(error, HY_ERROR_EMPTY, "any", "the rule asks for nothing: any, all, near or pattern");
        return false;
    }
    return true;
}

struct rule *rule_parse(const json_t *object, GError **error)
{
    if (!json_is_object(object)) {
        error_set(error, HY_ERROR_BAD_REQUEST, NULL, "a rule is an object");
        return NULL;
    }
    g_autoptr(rule_auto) rule = g_new0(struct rule, 1);
    GError *why = NULL;
    if (!known_fields(object, FIELDS, G_N_ELEMENTS(FIELDS), error) || !read_head(object, rule, error) ||
        !read_asked(object, rule, error))
        return NULL;
    read_then(json_object_get(object, "then"), &rule->then, &why);
    return inside("then.", error, why) ? g_steal_pointer(&rule) : NULL;
}

static void free_rule(void *rule)
{
    rule_free(rule);
}

GPtrArray *rule_parse_list(const json_t *list, GError **error)
{
    const json_t *array = json_is_object(list) ? json_object_get(list, "rules") : list;
    if (!json_is_array(array) || json_array_size(array) > LIMIT_RULES) {
        error_set(error, HY_ERROR_BAD_VALUE, "rules", "rules is not a list of at most %d", LIMIT_RULES);
        return NULL;
    }
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
    for (size_t i = 0; i < json_array_size(array); i++) {
        GError *why = NULL;
        g_autofree char *where = g_strdup_printf("rules[%zu].", i);
        struct rule *rule = rule_parse(json_array_get(array, i), &why);
        if (!inside(where, error, why))
            return NULL;
        g_ptr_array_add(rules, rule);
    }
    return g_steal_pointer(&rules);
}

/* ---- rule → JSON ---- */

static json_t *format_words(const GPtrArray *words)
{
    json_t *list = json_array();
    for (guint i = 0; i < words->len; i++)
        json_array_append_new(list, json_string(words->pdata[i]));
    return list;
}

static json_t *format_near(const struct rule_near *near)
{
    return json_pack("{s:o, s:o, s:i, s:s, s:b}", "first", format_words(near->first), "second",
                     format_words(near->second), "within", near->within, "unit", UNITS[near->unit], "ordered",
                     near->ordered);
}

static json_t *format_then(const struct rule_then *then)
{
    return json_pack("{s:s?, s:s?, s:s?, s:s?, s:i, s:i, s:b, s:b, s:b}", "category", then->category, "topic",
                     then->topic, "tag", then->tag, "gravity", then->gravity, "urgency", then->urgency, "points",
                     then->points, "spam", then->spam, "abuse", then->abuse, "churn", then->churn);
}

json_t *rule_format(const struct rule *rule)
{
    g_autofree char *id = rule->id != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, rule->id) : NULL;
    json_t *near = json_array();
    for (guint i = 0; i < rule->near->len; i++)
        json_array_append_new(near, format_near(rule->near->pdata[i]));
    return json_pack("{s:s?, s:s, s:b, s:o, s:o, s:o, s:o, s:s?, s:b, s:s, s:s, s:b, s:b, s:o}", "id", id, "name",
                     rule->name, "enabled", rule->enabled, "any", format_words(rule->any), "all",
                     format_words(rule->all), "none", format_words(rule->none), "near", near, "pattern", rule->pattern,
                     "skip_negated", rule->skip_negated, "scope", SCOPES[rule->scope], "language",
                     LANGUAGES[rule->language], "whole_words", rule->whole_words, "obfuscated", rule->obfuscated,
                     "then", format_then(&rule->then));
}

/* rule.h - an administrator's rule: what to look for, and what follows. Its JSON form and its checks.
 *
 *   JSON (API, store, file) ⇄ struct rule ──rule_set.h──▶ compiled, thousands at a time ──▶ hits of a message
 *
 *   {"name": "退款拖延", "any": ["退款", "退钱"], "none": ["已到账"],
 *    "near": [{"first": ["等"], "second": ["周", "月"], "within": 6, "unit": "characters", "ordered": true}],
 *    "pattern": "第[一二三四五]次", "skip_negated": true, "scope": "own", "language": "zh",
 *    "whole_words": true, "obfuscated": true,
 *    "then": {"category": "complaint", "topic": "退款", "urgency": 2, "points": 10, "tag": "退款", "gravity": "fraud"}}
 *
 * A rule hits when one of any, all of all, none of none, every near and the pattern are found; what is left out asks
 * for nothing, but something must be asked for (none alone is not enough). Words are folded as texts are: traditional
 * or simplified, capitals or not, full width or half. word* has an open end. What texts are stripped of (@names,
 * addresses of web pages) cannot be looked for. A struct rule belongs to one thread at a time. */
#pragma once
#include "base/json.h"

enum rule_scope { RULE_OWN, RULE_ALL }; /* the author's own words; also what is quoted in a repost */
enum rule_language { RULE_ANY, RULE_ZH, RULE_EN };
enum rule_unit { RULE_CHARACTERS, RULE_WORDS }; /* a word: what stands between blanks; a Chinese character is one */

struct rule_near {             /* a word of first and one of second, with at most within units between them */
    GPtrArray *first, *second; /* of char *, as written */
    int within;
    enum rule_unit unit;
    bool ordered; /* first stands before second */
};

struct rule_then {       /* what follows from a hit; all may be left out */
    char *category;      /* complaint after_sales …; NULL = as judged */
    char *topic;         /* the administrator's own category; NULL */
    char *tag;           /* for the conversation; NULL */
    const char *gravity; /* static: injury death …; NULL */
    int urgency;         /* at least this; 0 = as judged */
    int points;          /* of importance, -100 … 100 */
    bool spam, abuse, churn;
};

struct rule {
    int64_t id; /* 0 = not stored */
    char *name;
    bool enabled;
    GPtrArray *any, *all, *none; /* of char *, as written; never NULL */
    GPtrArray *near;             /* of struct rule_near *; never NULL */
    char *pattern;               /* a regular expression; NULL */
    bool skip_negated;           /* "not broken" is no hit of broken */
    bool whole_words;            /* pen is not in open; of letters only, Chinese is found anywhere */
    bool obfuscated;             /* look through 退*款 and r.e.f.u.n.d as well */
    enum rule_scope scope;
    enum rule_language language;
    struct rule_then then;
};

/* From a JSON object. NULL and an error that names the field: "name", "any[3]", "near[0].within", "then.topic". The
 * pattern is compiled to see whether it can be: BAD_VALUE about "pattern" says in words what is wrong. rule_free. */
struct rule *rule_parse(const json_t *object, GError **error);
/* All rules of an array, or of {"rules": array}; errors name the rule too: "rules[7].pattern". Of struct rule *. */
GPtrArray *rule_parse_list(const json_t *list, GError **error);
json_t *rule_format(const struct rule *rule); /* every field, defaults too; json_decref */
void rule_free(struct rule *rule);            /* NULL is fine */
typedef struct rule rule_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rule_auto, rule_free) /* g_autoptr(rule_auto) */

/* A word as texts show it, without its *; NULL when nothing of it is left. g_free. */
char *rule_word(const char *word, bool *open_end);

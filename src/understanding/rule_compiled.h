/* rule_compiled.h - a rule set from inside: shared by rule_set.c, which makes it, and rule_run.c, which reads it. */
#pragma once
#include "understanding/match.h"
#include "understanding/pattern.h"
#include "understanding/rule_set.h"

#define RULE_NOTHING UINT32_MAX

struct rule_words { /* a list of a rule: places in set->words */
    uint32_t begin, end;
};
struct rule_compiled_near {
    const struct rule_near *near;
    struct rule_words first, second;
};
struct rule_compiled {
    const struct rule *rule;
    struct rule_words any, all, none;
    uint32_t near, near_count; /* places in set->nears */
    uint32_t pattern;          /* RULE_NOTHING */
};

struct rule_set {
    int references;
    GPtrArray *source; /* of struct rule *, as given: kept alive */
    uint32_t *places;  /* of each of source: its place in rules; RULE_NOTHING = disabled */
    struct match *match;
    struct pattern_set *patterns;
    GArray *rules;     /* of struct rule_compiled */
    GArray *nears;     /* of struct rule_compiled_near */
    GArray *words;     /* of uint32_t: keywords of match */
    uint32_t *uses;    /* per keyword where its rules begin in users; one more at the end */
    uint32_t *users;   /* rules that look for a keyword */
    GArray *patterned; /* of uint32_t: the rule of each pattern */
    size_t keyword_count;
};

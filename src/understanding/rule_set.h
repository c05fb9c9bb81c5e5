/* rule_set.h - the administrator's rules, compiled: thousands of them looked at in two passes over a text.
 *
 *   struct rule … ──rule_set_new──▶ struct rule_set ──rule_set_run(text)──▶ rules that hit, and where
 *                                     one database of all words, one of all patterns; each word knows its rules
 *
 * A set is immutable and reference-counted: a new one is compiled aside and swapped in with the assess that holds it.
 * A scratch is one thread's at a time. Only rules of which something was found are looked at again, so a text costs
 * the two passes and little more, however many rules there are: 1,000 rules of words about 1 us a post.
 *
 * How often each rule hit is counted outside (rule_count.h). */
#pragma once
#include "understanding/assess.h"
#include "understanding/normalize.h"
#include "understanding/rule.h"

struct rule_set;
struct rule_scratch;

struct rule_mark { /* a stretch that made a rule hit: bytes of the original text */
    uint32_t begin, end;
};
struct rule_hit {
    const struct rule *rule;   /* borrowed from the set */
    uint32_t mark, mark_count; /* its marks, in order of begin: places in the scratch's marks */
};
#define RULE_MARKS 16 /* of one rule in one text; what comes after is not told */

/* rules: of struct rule *, in the order of their weight: of two that say different things the first one wins. The
 * disabled ones are left out. References are kept, the rules must not change any more. BAD_VALUE, TOO_LONG about
 * "rules[n].pattern" or "rules". Some 20 ms for 1,000 rules of words. */
struct rule_set *rule_set_new(GPtrArray *rules, GError **error);
struct rule_set *rule_set_ref(struct rule_set *set);
void rule_set_unref(struct rule_set *set); /* NULL is fine */
typedef struct rule_set rule_set_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rule_set_auto, rule_set_unref) /* g_autoptr(rule_set_auto) */

struct rule_scratch *rule_scratch_new(const struct rule_set *set);
void rule_scratch_free(struct rule_scratch *scratch);

/* What hits, in the order of the rules. Valid until the next run with this scratch. Any text; never fails. */
const struct rule_hit *rule_set_run(const struct rule_set *set, struct rule_scratch *scratch,
                                    const struct normalized *normalized, enum assess_language language, size_t *count);
const struct rule_mark *rule_marks(const struct rule_scratch *scratch, const struct rule_hit *hit);

/* Why the rule that stands there in the list does not hit, for the test box: "" when it hits, else the first thing that
 * is missing: language any all near pattern negated none disabled. Static. */
const char *rule_missing(const struct rule_set *set, struct rule_scratch *scratch, guint place,
                         const struct normalized *normalized, enum assess_language language);

/* The test box: every rule over one text, as JSON
 *   {"language": …, "rules": [{"id", "name", "hit", "missing", "marks": [{"begin", "end"}]}]}; offsets in UTF-16 units.
 * g_free. NULL and error as rule_set_new. */
char *rule_check(GPtrArray *rules, const char *text, GError **error);

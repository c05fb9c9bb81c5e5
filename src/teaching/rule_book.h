/* rule_book.h - the administrator's rules as they are kept: written, ordered, tried, counted.
 *
 *   JSON (understanding/rule.h) ──rule_book_create──▶ table rule ──rule_book_load──▶ struct rule … in their order
 *
 * A rule's name is its own (TAKEN naming "rule.name"). Of two rules that say different things the one that stands
 * higher wins. Whatever is kept can be compiled: a change that cannot is refused. Inside a transaction; changes append
 * understanding.changed and are audited. Errors of the rule itself name its field behind "rule.": "rule.any[3]". */
#pragma once
#include "base/json.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"
#include "understanding/rule_set.h"

/* TOO_LONG naming "rules" beyond LIMIT_RULES. */
bool rule_book_create(struct tx *tx, const struct actor *actor, int64_t now_ms, const json_t *rule, int64_t *id,
                      GError **error);
/* rule NULL: what it says stays; enabled NULL: so does that. NOT_FOUND. */
bool rule_book_change(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const json_t *rule,
                      const bool *enabled, GError **error);
bool rule_book_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error);

/* These first, in this order; the others behind them as they stood. NOT_FOUND naming "ids". ids: of int64_t. */
bool rule_book_order(struct tx *tx, const struct actor *actor, int64_t now_ms, const GArray *ids, GError **error);

/* Objects of shape Rule into an array that is open; only_id 0 = all. *found: how many. */
bool rule_book_list(struct tx *tx, int64_t now_ms, int64_t only_id, struct writer *out, int *found, GError **error);

/* All of them, of struct rule *, in their order, the disabled ones too: for rule_set_new. Free with g_ptr_array_unref.
 * A row that this program cannot read is left out. */
bool rule_book_load(struct tx *tx, GPtrArray **rules, GError **error);

/* Hits since the last time. counts: of struct rule_count; ids that are gone are passed over. */
bool rule_book_count(struct tx *tx, int64_t now_ms, const GArray *counts, GError **error);

/* Which of the customers' last messages a rule would hit, kept or not: shape RuleTest. text: beside them, one to try it
 * on; NULL = none. BAD_VALUE … naming "rule.…". Some 10 us a message. */
bool rule_book_try(struct tx *tx, const json_t *rule, const char *text, int64_t messages, struct writer *out,
                   GError **error);

/* As rule_parse, with the field of an error behind "rule.". */
struct rule *rule_book_parse(const json_t *object, GError **error);
/* This rule alone, which must outlive the set. Errors of rule_set_new, naming "rule". */
struct rule_set *rule_book_compile(struct rule *rule, GError **error);

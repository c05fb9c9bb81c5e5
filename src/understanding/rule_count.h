/* rule_count.h - how often each rule hit, beside the compiled rules, which never change.
 *
 *   a message taken in ──rule_counts_add──▶ struct rule_counts ──rule_counts_take, now and then──▶ the store
 *
 * Outlives every rule set. Any thread. */
#pragma once
#include <glib.h>
#include <stdint.h>

struct rule_counts;

struct rule_count {
    int64_t id, hits;
};

struct rule_counts *rule_counts_new(void);
void rule_counts_free(struct rule_counts *counts); /* NULL is fine */

/* One more hit of a stored rule; an id of 0 counts nothing. */
void rule_counts_add(struct rule_counts *counts, int64_t id);

/* What came since the last call, each id once, in order of id; the counts begin at 0 again. Of struct rule_count.
 * g_array_unref. Whoever fails to store them gives them back with rule_counts_give_back. */
GArray *rule_counts_take(struct rule_counts *counts);
void rule_counts_give_back(struct rule_counts *counts, const GArray *taken);

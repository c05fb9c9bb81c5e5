/* assess_current.h - the struct assess in use, in one place that everybody shares.
 *
 * Whoever judges takes a reference, judges, and gives it back; whoever has a new set ready (rules saved, a model
 * trained) swaps it in. What is under way ends with the set it began with, which is freed by whoever holds it last.
 * Any thread; the lock is held for as long as a pointer takes to copy. */
#pragma once
#include "understanding/assess.h"

struct assess_current;
struct rule_counts;

struct assess_current *assess_current_new(struct assess *assess); /* takes the reference over; never NULL */
void assess_current_free(struct assess_current *current);         /* NULL is fine */

struct assess *assess_current_ref(struct assess_current *current);               /* assess_unref */
void assess_current_swap(struct assess_current *current, struct assess *assess); /* takes the reference over */

/* How often the rules hit (rule_count.h): outlives the sets. Borrowed. */
struct rule_counts *assess_current_counts(const struct assess_current *current);

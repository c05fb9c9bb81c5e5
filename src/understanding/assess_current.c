#include "understanding/assess_current.h"

#include "understanding/rule_count.h"

struct assess_current {
    GMutex lock;
    struct assess *assess;
    struct rule_counts *counts;
};

struct assess_current *assess_current_new(struct assess *assess)
{
    g_assert(assess != NULL);
    struct assess_current *current = g_new0(struct assess_current, 1);
    g_mutex_init(&current->lock);
    current->assess = assess;
    current->counts = rule_counts_new();
    return current;
}

void assess_current_free(struct assess_current *current)
{
    if (current == NULL)
        return;
    assess_unref(current->assess);
    rule_counts_free(current->counts);
    g_mutex_clear(&current->lock);
    g_free(current);
}

struct assess *assess_current_ref(struct assess_current *current)
{
    g_mutex_lock(&current->lock);
    struct assess *assess = assess_ref(current->assess);
    g_mutex_unlock(&current->lock);
    return assess;
}

void assess_current_swap(struct assess_current *current, struct assess *assess)
{
    g_assert(assess != NULL);
    g_mutex_lock(&current->lock);
    struct assess *before = current->assess;
    current->assess = assess;
    g_mutex_unlock(&current->lock);
    assess_unref(before);
}

struct rule_counts *assess_current_counts(const struct assess_current *current)
{
    return current->counts;
}

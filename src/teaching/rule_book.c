#include "teaching/rule_book.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"
#include "base/log.h"
#include "desk/audit.h"
#include "store/queries.h"
#include "teaching/announce.h"
#include "understanding/rule_count.h"
#include "understanding/rule_set.h"

#include <string.h>

#define RECENT_DAYS 30

/* ---- reading and checking ---- */

struct rule *rule_book_parse(const json_t *object, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct rule *rule = rule_parse(object, &why);
    if (rule == NULL) {
        const char *field = error_field(why);
        g_autofree char *path = field != NULL ? g_strconcat("rule.", field, NULL) : g_strdup("rule");
        error_set(error, (enum hy_error)why->code, path, "%s", why->message);
    }
    return rule;
}

static bool check_name(struct tx *tx, const struct rule *rule, int64_t own_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rule_name row;
    if (!q_teaching_rule_name(tx, &rows, error, rule->name))
        return false;
    while (q_teaching_rule_name_next(rows, &row)) {
        if (row.id != own_id) {
            error_set(error, HY_ERROR_TAKEN, "rule.name", "another rule has this name");
            return false;
        }
    }
    return true;
}

static bool check_room(struct tx *tx, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rule_count row;
    if (!q_teaching_rule_count(tx, &rows, error))
        return false;
    if (!q_teaching_rule_count_next(rows, &row) || row.count < LIMIT_RULES)
        return true;
    error_set(error, HY_ERROR_TOO_LONG, "rules", "more than %d rules", LIMIT_RULES);
    return false;
}

struct rule_set *rule_book_compile(struct rule *rule, GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_ptr_array_add(rules, rule);
    g_autoptr(GError) why = NULL;
    struct rule_set *set = rule_set_new(rules, &why);
    if (set == NULL)
        error_set(error, (enum hy_error)why->code, "rule", "%s", why->message);
    return set;
}

static bool check_compiles(struct rule *rule, GError **error)
{
    g_autoptr(rule_set_auto) set = rule_book_compile(rule, error);
    return set != NULL;
}

static bool check(struct tx *tx, struct rule *rule, int64_t own_id, GError **error)
{
    return check_name(tx, rule, own_id, error) && check_compiles(rule, error);
}

static bool changed(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *action, int64_t id,
                    GError **error)
{
    return audit_write(tx, actor, now_ms, action, "rule", id, NULL, error) &&
           announce_change(tx, actor->person_id, now_ms, "rules", NULL, error);
}

static char *body_of(const struct rule *rule)
{
    json_auto_t *object = rule_format(rule);
    return json_format(object);
}

/* ---- writing ---- */

bool rule_book_create(struct tx *tx, const struct actor *actor, int64_t now_ms, const json_t *object, int64_t *id,
                      GError **error)
{
    g_autoptr(rule_auto) rule = rule_book_parse(object, error);
    if (rule == NULL || !check(tx, rule, 0, error) || !check_room(tx, error))
        return false;
    *id = rule->id = id_new(now_ms);
    g_autofree char *body = body_of(rule);
    return q_teaching_rule_insert(tx, error, *id, rule->name, rule->enabled, body, actor->person_id, now_ms) &&
           changed(tx, actor, now_ms, "rule.create", *id, error);
}

static bool find(struct tx *tx, int64_t id, struct rows **rows, struct q_teaching_rule *row, GError **error)
{
    if (!q_teaching_rule(tx, rows, error, id))
        return false;
    if (q_teaching_rule_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no rule %" G_GINT64_FORMAT, id);
    return false;
}

bool rule_book_change(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const json_t *object,
                      const bool *enabled, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rule row;
    if (!find(tx, id, &rows, &row, error))
        return false;
    json_auto_t *kept = json_parse(row.body, strlen(row.body), error);
    g_autoptr(rule_auto) rule = kept != NULL ? rule_book_parse(object != NULL ? object : kept, error) : NULL;
    if (rule == NULL)
        return false;
    rule->id = id;
    if (object == NULL)
        rule->enabled = row.enabled;
    if (enabled != NULL)
        rule->enabled = *enabled;
    if (!check(tx, rule, id, error))
        return false;
    g_autofree char *body = body_of(rule);
    return q_teaching_rule_change(tx, error, id, rule->name, rule->enabled, body, actor->person_id, now_ms) &&
           changed(tx, actor, now_ms, "rule.update", id, error);
}

bool rule_book_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rule row;
    return find(tx, id, &rows, &row, error) && q_teaching_rule_forget(tx, error, id) &&
           q_teaching_rule_remove(tx, error, id) && changed(tx, actor, now_ms, "rule.delete", id, error);
}

static bool is_among(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

bool rule_book_order(struct tx *tx, const struct actor *actor, int64_t now_ms, const GArray *ids, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rules row;
    int64_t rank = 0;
    if (!q_teaching_rules(tx, &rows, error, 0))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        int64_t changes = 0;
        if (!q_teaching_rule_rank(tx, &changes, error, g_array_index(ids, int64_t, i), ++rank))
            return false;
        if (changes == 0) {
            error_set(error, HY_ERROR_NOT_FOUND, "ids", "no such rule");
            return false;
        }
    }
    while (q_teaching_rules_next(rows, &row)) {
        int64_t changes = 0;
        if (!is_among(ids, row.id) && !q_teaching_rule_rank(tx, &changes, error, row.id, ++rank))
            return false;
    }
    return changed(tx, actor, now_ms, "rule.order", 0, error);
}

/* ---- reading ---- */

static void write_rule(const struct q_teaching_rules *row, struct writer *out)
{
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_text(out, "name", row->name);
    writer_put_bool(out, "enabled", row->enabled);
    writer_put_raw(out, "rule", row->body);
    writer_put_i64(out, "hits", row->hits);
    writer_put_i64(out, "recent_hits", row->recent_hits);
    writer_put_time(out, "last_hit_at", row->last_hit_ms);
    writer_put_text(out, "changed_by", row->person_name);
    writer_put_time(out, "changed_at", row->changed_ms);
    writer_put_time(out, "created_at", row->created_ms);
    writer_end_object(out);
}

bool rule_book_list(struct tx *tx, int64_t now_ms, int64_t only_id, struct writer *out, int *found, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rules row;
    *found = 0;
    if (!q_teaching_rules(tx, &rows, error, now_ms / CLOCK_DAY_MS - RECENT_DAYS))
        return false;
    while (q_teaching_rules_next(rows, &row)) {
        if (only_id != 0 && row.id != only_id)
            continue;
        write_rule(&row, out);
        (*found)++;
    }
    return true;
}

bool rule_book_load(struct tx *tx, GPtrArray **rules, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rules row;
    if (!q_teaching_rules(tx, &rows, error, G_MAXINT64))
        return false;
    *rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    while (q_teaching_rules_next(rows, &row)) {
        g_autoptr(GError) why = NULL;
        json_auto_t *object = json_parse(row.body, strlen(row.body), &why);
        struct rule *rule = object != NULL ? rule_parse(object, &why) : NULL;
        if (rule == NULL) {
            log_failure("rule.unreadable", why);
            continue;
        }
        rule->id = row.id;
        rule->enabled = row.enabled;
        g_ptr_array_add(*rules, rule);
    }
    return true;
}

bool rule_book_count(struct tx *tx, int64_t now_ms, const GArray *counts, GError **error)
{
    for (guint i = 0; i < counts->len; i++) {
        const struct rule_count *count = &g_array_index(counts, struct rule_count, i);
        int64_t changes = 0;
        if (!q_teaching_rule_hits(tx, &changes, error, count->id, count->hits, now_ms))
            return false;
        if (changes > 0 && !q_teaching_rule_day(tx, error, count->id, now_ms / CLOCK_DAY_MS, count->hits))
            return false;
    }
    return true;
}

/* rules.c - the administrator's rules. */
#include "api/call.h"
#include "teaching/rule_book.h"

#define TRIED_MESSAGES 500

static bool list_rules(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    int found;
    call_list_begin(call);
    if (!rule_book_list(tx, call->now_ms, 0, &call->out, &found, error))
        return false;
    call_list_end(call, NULL, 1);
    return true;
}

bool api_rule_list(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && call_read(call, list_rules, call, error);
}

static bool create(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    int found;
    int64_t id;
    return rule_book_create(tx, call->actor, call->now_ms, json_object_get(call->body, "rule"), &id, error) &&
           rule_book_list(tx, call->now_ms, id, &call->out, &found, error);
}

bool api_rule_create(struct call *call, GError **error)
{
    return call_write(call, create, call, error);
}

static bool change(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    int found;
    bool enabled = call_flag(call, "enabled");
    const json_t *rule = call_has(call, "rule") ? json_object_get(call->body, "rule") : NULL;
    return rule_book_change(tx, call->actor, call->now_ms, call_id(call), rule,
                            call_has(call, "enabled") ? &enabled : NULL, error) &&
           rule_book_list(tx, call->now_ms, call_id(call), &call->out, &found, error);
}

bool api_rule_change(struct call *call, GError **error)
{
    return call_write(call, change, call, error);
}

static bool remove_rule(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!rule_book_remove(tx, call->actor, call->now_ms, call_id(call), error))
        return false;
    call_done(call);
    return true;
}

bool api_rule_remove(struct call *call, GError **error)
{
    return call_write(call, remove_rule, call, error);
}

static bool order(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autoptr(GArray) ids = call_ids(call, "ids");
    return rule_book_order(tx, call->actor, call->now_ms, ids, error) && list_rules(tx, data, error);
}

bool api_rule_order(struct call *call, GError **error)
{
    return call_write(call, order, call, error);
}

static bool try_rule(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    const json_t *messages = json_object_get(call->body, "messages");
    int64_t count = json_is_integer(messages) ? json_integer_value(messages) : TRIED_MESSAGES;
    return rule_book_try(tx, json_object_get(call->body, "rule"), call_text(call, "text"), count, &call->out, error);
}

bool api_rule_test(struct call *call, GError **error)
{
    return call_read(call, try_rule, call, error);
}

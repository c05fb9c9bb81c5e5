/* understanding.c - corrections, the test box, settings, topics, examples. */
#include "api/call.h"
#include "desk/view.h"
#include "teaching/correction.h"
#include "teaching/example.h"
#include "teaching/setting.h"
#include "teaching/topic.h"
#include "understanding/assess_current.h"

#include <string.h>

/* ---- one message ---- */

static bool correct(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_auto(setting_auto) setting;
    setting_init(&setting);
    return setting_load(tx, &setting, error) &&
           correction_save(tx, call->actor, &setting.weights, call->now_ms, call_id(call), call->body, error) &&
           view_message(tx, call_id(call), call->lang, &call->out, error);
}

bool api_message_correct(struct call *call, GError **error)
{
    return call_write(call, correct, call, error);
}

static bool withdraw(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return correction_withdraw(tx, call->actor, call->now_ms, call_id(call), error) &&
           view_message(tx, call_id(call), call->lang, &call->out, error);
}

bool api_message_correct_withdraw(struct call *call, GError **error)
{
    return call_write(call, withdraw, call, error);
}

/* ---- the test box ---- */

static int64_t number(const struct call *call, const char *field)
{
    return json_integer_value(json_object_get(call->body, field));
}

bool api_understanding_assess(struct call *call, GError **error)
{
    (void)error;
    enum { MINUTE_MS = 60000 };
    const char *kind = call_text(call, "kind");
    const char *verified = call_text(call, "verified");
    const char *relation = call_text(call, "relation");
    struct assess_facts facts = {.text = call_text(call, "text"),
                                 .kind = kind ? kind : "mention",
                                 .is_public = call_flag(call, "is_public"),
                                 .followers = number(call, "followers"),
                                 .verified = verified ? verified : "",
                                 .reposts = number(call, "reposts"),
                                 .age_ms = number(call, "age_minutes") * MINUTE_MS,
                                 .relation = relation ? relation : "",
                                 .waiting_ms = number(call, "waiting_minutes") * MINUTE_MS};
    struct assessment assessment;
    g_autoptr(assess_auto) assess = assess_current_ref(call->app->assess);
    assess_message(assess, &facts, &assessment);
    g_autofree char *text = assess_format(&assessment, facts.text);
    writer_raw(&call->out, text);
    return true;
}

/* ---- settings ---- */

static bool show_settings(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_auto(setting_auto) setting;
    setting_init(&setting);
    if (!setting_load(tx, &setting, error))
        return false;
    setting_write(&setting, &call->out);
    return true;
}

bool api_understanding_settings(struct call *call, GError **error)
{
    return call_read(call, show_settings, call, error);
}

static bool set(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    return setting_save(tx, call->actor, call->now_ms, call->body, error) && show_settings(tx, data, error);
}

bool api_understanding_set(struct call *call, GError **error)
{
    return call_write(call, set, call, error);
}

/* ---- topics ---- */

static bool list_topics(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    int found;
    call_list_begin(call);
    if (!topic_list(tx, 0, &call->out, &found, error))
        return false;
    call_list_end(call, NULL, 1);
    return true;
}

bool api_topic_list(struct call *call, GError **error)
{
    struct call_page page;
    return call_page(call, 1, &page, error) && call_read(call, list_topics, call, error);
}

static bool show_topic(struct tx *tx, struct call *call, int64_t id, GError **error)
{
    int found;
    return topic_list(tx, id, &call->out, &found, error);
}

static struct topic_edit topic_of(const struct call *call, const bool *active)
{
    return (struct topic_edit){call_text(call, "parent"), call_text(call, "name_zh"), call_text(call, "name_en"),
                               active};
}

static bool create_topic(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct topic_edit edit = topic_of(call, NULL);
    int64_t id;
    return topic_create(tx, call->actor, call->now_ms, call_text(call, "key"), &edit, &id, error) &&
           show_topic(tx, call, id, error);
}

bool api_topic_create(struct call *call, GError **error)
{
    return call_write(call, create_topic, call, error);
}

static bool change_topic(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    bool active = call_flag(call, "active");
    struct topic_edit edit = topic_of(call, call_has(call, "active") ? &active : NULL);
    return topic_change(tx, call->actor, call->now_ms, call_id(call), &edit, error) &&
           show_topic(tx, call, call_id(call), error);
}

bool api_topic_change(struct call *call, GError **error)
{
    return call_write(call, change_topic, call, error);
}

static bool remove_topic(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!topic_remove(tx, call->actor, call->now_ms, call_id(call), error))
        return false;
    call_done(call);
    return true;
}

bool api_topic_remove(struct call *call, GError **error)
{
    return call_write(call, remove_topic, call, error);
}

/* ---- examples ---- */

static bool list_examples(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct example_filter filter = {call_query(call, "task"), call_query(call, "label"), call_query(call, "language")};
    struct call_page page;
    int64_t last_id;
    if (!call_page(call, 1, &page, error))
        return false;
    call_list_begin(call);
    if (!example_list(tx, &filter, page.keys[0], page.limit, &call->out, &last_id, error))
        return false;
    call_list_end(call, last_id != 0 ? &last_id : NULL, 1);
    return true;
}

bool api_example_list(struct call *call, GError **error)
{
    return call_read(call, list_examples, call, error);
}

static bool remove_example(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!example_remove(tx, call->actor, call->now_ms, call_id(call), error))
        return false;
    call_done(call);
    return true;
}

bool api_example_remove(struct call *call, GError **error)
{
    return call_write(call, remove_example, call, error);
}

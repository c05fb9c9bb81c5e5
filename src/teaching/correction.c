#include "teaching/correction.h"

#include "base/fold.h"
#include "base/id.h"
#include "desk/audit.h"
#include "store/event.h"
#include "store/queries.h"
#include "teaching/assessment_edit.h"
#include "teaching/follow.h"
#include "teaching/label.h"
#include "understanding/task.h"

#include <string.h>

#define HELD_BACK_OF 5

bool correction_held_back(const char *text)
{
    g_autofree char *folded = fold_string(text);
    uint32_t hash = 2166136261U; /* FNV-1a: must give the same for ever */
    for (const char *at = folded; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    return (hash ^ hash >> 15) % HELD_BACK_OF == 0;
}

/* ---- reading ---- */

struct subject { /* the message; texts live in rows */
    struct q_teaching_message row;
    struct rows *rows;
};

static void subject_clear(struct subject *subject)
{
    rows_free(subject->rows);
}
typedef struct subject subject_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(subject_auto, subject_clear)

static bool load(struct tx *tx, int64_t message_id, struct subject *subject, GError **error)
{
    if (!q_teaching_message(tx, &subject->rows, error, message_id))
        return false;
    if (!q_teaching_message_next(subject->rows, &subject->row)) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no message %" G_GINT64_FORMAT, message_id);
        return false;
    }
    if (strcmp(subject->row.direction, "in") != 0) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "message", "only what customers wrote can be corrected");
        return false;
    }
    return true;
}

static json_t *parse(const char *text)
{
    return text != NULL ? json_parse(text, strlen(text), NULL) : NULL;
}

/* ---- what stands with the message ---- */

static bool load_facts(struct tx *tx, int64_t message_id, struct rows **rows, struct assess_facts *facts,
                       GError **error)
{
    struct q_teaching_facts row;
    if (!q_teaching_facts(tx, rows, error, message_id) || !q_teaching_facts_next(*rows, &row))
        return false;
    json_auto_t *counts = parse(row.counts);
    *facts = (struct assess_facts){.text = "",
                                   .kind = row.kind,
                                   .is_public = strcmp(row.visibility, "public") == 0,
                                   .followers = row.followers,
                                   .verified = row.verified,
                                   .reposts = json_integer_value(json_object_get(counts, "reposts")),
                                   .relation = row.relation};
    return true;
}

/* A category of another kind than the topic judged is below: then the topic goes. */
static bool drop_foreign_topic(struct tx *tx, json_t *assessment, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topic_key topic;
    const char *key = json_string_value(json_object_get(assessment, "topic"));
    const char *category = json_string_value(json_object_get(assessment, "category"));
    if (key == NULL || *key == '\0')
        return true;
    if (!q_teaching_topic_key(tx, &rows, error, key))
        return false;
    bool fits = q_teaching_topic_key_next(rows, &topic) && g_strcmp0(topic.parent, category) == 0;
    if (!fits || strcmp(key, TASK_TOPIC_NONE) == 0)
        json_object_set_new(assessment, "topic", json_string(""));
    return true;
}

static bool rewrite(struct tx *tx, int64_t message_id, const char *original, const json_t *labels,
                    const struct importance_weights *weights, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct assess_facts facts;
    json_auto_t *assessment = parse(original);
    if (!json_is_object(assessment)) {
        error_set(error, HY_ERROR_CONFLICT, "assessment", "this message was never judged");
        return false;
    }
    if (!load_facts(tx, message_id, &rows, &facts, error))
        return false;
    assessment_edit(assessment, labels, weights, facts);
    if (!drop_foreign_topic(tx, assessment, error))
        return false;
    g_autofree char *text = json_format(assessment);
    return q_teaching_assessment(tx, error, message_id, text);
}

/* ---- examples ---- */

static bool keep_examples(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t message_id,
                          const struct q_teaching_message *row, const json_t *labels, GError **error)
{
    json_auto_t *assessment = parse(row->assessment);
    const char *language = json_string_value(json_object_get(assessment, "language"));
    bool held_back = correction_held_back(row->text);
    const char *task = NULL;
    json_t *label = NULL;
    json_object_foreach ((json_t *)labels, task, label)
        if (!q_teaching_example_save(tx, error, id_new(now_ms), task, json_string_value(label), message_id, row->text,
                                     language ? language : "other", actor->person_id, now_ms, held_back))
            return false;
    return true;
}

static bool announce(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t message_id,
                     int64_t conversation_id, const char *labels, const char *action, GError **error)
{
    struct event event = {.at_ms = now_ms,
                          .kind = EVENT_MESSAGE_ASSESSED,
                          .conversation_id = conversation_id,
                          .subject_id = message_id,
                          .person_id = actor->person_id,
                          .data = labels};
    return event_append(tx, &event, error) &&
           audit_write(tx, actor, now_ms, action, "message", message_id, labels, error);
}

/* What was said before and what is said now; a topic said before goes when its category does. */
static bool merge(struct tx *tx, const struct q_teaching_message *row, int64_t message_id, const json_t *said,
                  json_t **all, GError **error)
{
    *all = row->labels != NULL ? parse(row->labels) : json_object();
    const char *before = json_string_value(json_object_get(*all, "category"));
    const char *now = json_string_value(json_object_get(said, "category"));
    bool moved = before != NULL && now != NULL && strcmp(before, now) != 0;
    bool drops = moved && json_object_get(*all, "topic") != NULL && json_object_get(said, "topic") == NULL;
    if (drops)
        json_object_del(*all, "topic");
    json_object_update(*all, (json_t *)said);
    return !drops || q_teaching_example_drop_task(tx, error, message_id, "topic");
}

static bool keep(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t message_id,
                 const struct q_teaching_message *row, const char *original, const json_t *all, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_conversation conversation;
    g_autofree char *text = json_format(all);
    return q_teaching_conversation(tx, &rows, error, row->conversation_id) &&
           q_teaching_conversation_next(rows, &conversation) &&
           q_teaching_correction_save(tx, error, message_id, row->conversation_id, original, text,
                                      conversation.category, conversation.category_person_id, actor->person_id,
                                      actor->name, now_ms);
}

bool correction_save(struct tx *tx, const struct actor *actor, const struct importance_weights *weights, int64_t now_ms,
                     int64_t message_id, const json_t *said, GError **error)
{
    g_auto(subject_auto) subject = {0};
    json_auto_t *labels = NULL;
    json_auto_t *all = NULL;
    if (!load(tx, message_id, &subject, error) || !label_read(tx, said, &labels, error) ||
        !merge(tx, &subject.row, message_id, labels, &all, error))
        return false;
    const struct q_teaching_message *row = &subject.row;
    const char *original = row->labels != NULL ? row->original : row->assessment;
    struct follow_change change = {.category = json_object_get(labels, "category") != NULL,
                                   .waits = json_object_get(labels, "needs_answer") != NULL};
    g_autofree char *text = json_format(labels);
    return rewrite(tx, message_id, original, all, weights, error) &&
           keep(tx, actor, now_ms, message_id, row, original, all, error) &&
           keep_examples(tx, actor, now_ms, message_id, row, labels, error) &&
           announce(tx, actor, now_ms, message_id, row->conversation_id, text, "message.correct", error) &&
           follow_messages(tx, actor, now_ms, row->conversation_id, &change, error);
}

bool correction_withdraw(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t message_id, GError **error)
{
    g_auto(subject_auto) subject = {0};
    if (!load(tx, message_id, &subject, error))
        return false;
    const struct q_teaching_message *row = &subject.row;
    if (row->labels == NULL)
        return true;
    json_auto_t *labels = parse(row->labels);
    struct follow_change change = {.category = json_object_get(labels, "category") != NULL,
                                   .waits = json_object_get(labels, "needs_answer") != NULL};
    if (change.category) {
        change.category_before = row->category_before;
        change.category_person_before = row->category_person_before;
    }
    return q_teaching_assessment(tx, error, message_id, row->original) &&
           q_teaching_example_drop(tx, error, message_id) && q_teaching_correction_remove(tx, error, message_id) &&
           announce(tx, actor, now_ms, message_id, row->conversation_id, "{}", "message.correct_withdraw", error) &&
           follow_messages(tx, actor, now_ms, row->conversation_id, &change, error);
}

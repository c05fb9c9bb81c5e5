#include "teaching/follow.h"

#include "base/json.h"
#include "base/writer.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

#define MESSAGES 500 /* of one conversation; what is older decides nothing any more */

struct verdict { /* what the messages say together */
    char *category, *sentiment;
    int64_t category_person_id, corrected_ms;
    int64_t urgency, importance;
    int64_t waits_since_ms; /* of the first message without an answer that wants one; 0 = none */
    bool judged, by_person;
};

static void verdict_clear(struct verdict *verdict)
{
    g_free(verdict->category);
    g_free(verdict->sentiment);
}
typedef struct verdict verdict_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(verdict_auto, verdict_clear)

static void set(char **text, const json_t *value)
{
    g_free(*text);
    *text = g_strdup(json_is_string(value) ? json_string_value(value) : "");
}

static void hear_person(const struct q_teaching_conversation_messages *row, struct verdict *verdict)
{
    if (row->labels == NULL || row->corrected_ms < verdict->corrected_ms)
        return;
    json_auto_t *labels = json_parse(row->labels, strlen(row->labels), NULL);
    const json_t *category = json_object_get(labels, "category");
    if (category == NULL)
        return;
    set(&verdict->category, category);
    verdict->category_person_id = row->person_id;
    verdict->corrected_ms = row->corrected_ms;
    verdict->by_person = true;
}

/* Rows come newest first; of two that weigh the same the older one decides, as when they came in. */
static void hear(const struct q_teaching_conversation_messages *row, int64_t answered_ms, struct verdict *verdict)
{
    if (row->assessment == NULL)
        return;
    json_auto_t *assessment = json_parse(row->assessment, strlen(row->assessment), NULL);
    int64_t importance = json_integer_value(json_object_get(assessment, "importance"));
    verdict->urgency = MAX(verdict->urgency, json_integer_value(json_object_get(assessment, "urgency")));
    if (!verdict->judged || importance >= verdict->importance) {
        set(&verdict->sentiment, json_object_get(assessment, "sentiment"));
        if (!verdict->by_person)
            set(&verdict->category, json_object_get(assessment, "category"));
    }
    verdict->importance = MAX(verdict->importance, importance);
    verdict->judged = true;
    if (row->sent_ms > answered_ms && json_is_true(json_object_get(assessment, "needs_answer")))
        verdict->waits_since_ms = row->sent_ms;
    hear_person(row, verdict);
}

static bool hear_all(struct tx *tx, int64_t conversation_id, int64_t answered_ms, struct verdict *verdict,
                     GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_conversation_messages row;
    if (!q_teaching_conversation_messages(tx, &rows, error, conversation_id, MESSAGES))
        return false;
    while (q_teaching_conversation_messages_next(rows, &row))
        hear(&row, answered_ms, verdict);
    return true;
}

static char *differences(const struct q_teaching_conversation *before, const struct q_teaching_conversation *after)
{
    g_auto(writer_auto) data;
    writer_init(&data);
    writer_begin_object(&data);
    if (strcmp(before->category, after->category) != 0)
        writer_put_text(&data, "category", after->category);
    if (strcmp(before->sentiment, after->sentiment) != 0)
        writer_put_text(&data, "sentiment", after->sentiment);
    if (before->urgency != after->urgency)
        writer_put_i64(&data, "urgency", after->urgency);
    if (before->importance != after->importance)
        writer_put_i64(&data, "importance", after->importance);
    if (before->due_ms != after->due_ms)
        writer_put_time(&data, "due_at", after->due_ms);
    writer_end_object(&data);
    return writer_steal(&data, NULL);
}

static void decide_due(struct q_teaching_conversation *after, const struct verdict *verdict, int64_t now_ms)
{
    if (verdict->waits_since_ms == 0) {
        after->due_ms = after->waiting_ms = 0;
    } else if (strcmp(after->state, "open") == 0 && after->due_ms == 0) {
        after->due_ms = now_ms;
        after->waiting_ms = verdict->waits_since_ms;
    }
}

static bool save(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                 const struct q_teaching_conversation *before, const struct q_teaching_conversation *after,
                 GError **error)
{
    g_autofree char *data = differences(before, after);
    struct event event = {.at_ms = now_ms,
                          .kind = EVENT_CONVERSATION_CHANGED,
                          .conversation_id = id,
                          .person_id = actor->person_id,
                          .data = data};
    return q_teaching_conversation_judged(tx, error, id, after->category, after->category_person_id, after->sentiment,
                                          after->urgency, after->importance, after->due_ms, after->waiting_ms) &&
           (strcmp(data, "{}") == 0 || event_append(tx, &event, error));
}

static void decide_category(struct q_teaching_conversation *after, const struct verdict *verdict,
                            const struct follow_change *change)
{
    if (change->category_before != NULL) {
        after->category = change->category_before;
        after->category_person_id = change->category_person_before;
    }
    bool free_to_follow = verdict->judged && after->category_person_id == 0;
    if (free_to_follow || (change->category && verdict->by_person)) {
        after->category = verdict->category;
        after->category_person_id = verdict->category_person_id;
    }
}

bool follow_messages(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                     const struct follow_change *change, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    g_auto(verdict_auto) verdict = {0};
    struct q_teaching_conversation before;
    if (!q_teaching_conversation(tx, &rows, error, conversation_id))
        return false;
    if (!q_teaching_conversation_next(rows, &before)) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no conversation %" G_GINT64_FORMAT, conversation_id);
        return false;
    }
    if (!hear_all(tx, conversation_id, before.last_outbound_ms, &verdict, error))
        return false;
    struct q_teaching_conversation after = before;
    after.urgency = verdict.urgency;
    after.importance = verdict.importance;
    if (verdict.judged)
        after.sentiment = verdict.sentiment;
    decide_category(&after, &verdict, change);
    if (change->waits)
        decide_due(&after, &verdict, now_ms);
    return save(tx, actor, now_ms, conversation_id, &before, &after, error);
}

#include "desk/conversation.h"

#include "base/clock.h"
#include "base/limit.h"
#include "desk/tag.h"
#include "store/event.h"

#include <string.h>

#define SNOOZE_MAX_MS (366 * CLOCK_DAY_MS)

static const char *const CATEGORIES[] = {"consultation", "complaint", "suggestion",  "after_sales",
                                         "order",        "praise",    "cooperation", "irrelevant"};

bool conversation_category_known(const char *category)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CATEGORIES); i++)
        if (strcmp(CATEGORIES[i], category) == 0)
            return true;
    return false;
}

/* ---- loading and saving ---- */

bool conversation_load(struct tx *tx, int64_t id, struct rows **rows, struct q_desk_conversation *row, GError **error)
{
    if (!q_desk_conversation(tx, rows, error, id))
        return false;
    if (q_desk_conversation_next(*rows, row))
        return true;
    rows_free(g_steal_pointer(rows));
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no conversation %" G_GINT64_FORMAT, id);
    return false;
}

static void note_text(struct writer *data, const char *key, const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        writer_put_text(data, key, after);
}

static void note_id(struct writer *data, const char *key, int64_t before, int64_t after)
{
    if (before != after)
        writer_put_id(data, key, after);
}

static void note_time(struct writer *data, const char *key, int64_t before, int64_t after)
{
    if (before != after)
        writer_put_time(data, key, after);
}

/* What changed of what others see, as the data of the event; "{}" when nothing did. */
static char *differences(const struct q_desk_conversation *before, const struct q_desk_conversation *after)
{
    g_auto(writer_auto) data;
    writer_init(&data);
    writer_begin_object(&data);
    note_text(&data, "state", before->state, after->state);
    note_id(&data, "assignee_id", before->assignee_id, after->assignee_id);
    note_id(&data, "first_owner_id", before->first_owner_id, after->first_owner_id);
    note_id(&data, "team_id", before->team_id, after->team_id);
    note_text(&data, "subject", before->subject, after->subject);
    note_text(&data, "category", before->category, after->category);
    note_time(&data, "due_at", before->due_ms, after->due_ms);
    note_time(&data, "snoozed_until", before->snoozed_until_ms, after->snoozed_until_ms);
    if (before->unread != after->unread)
        writer_put_i64(&data, "unread", after->unread);
    if (strcmp(before->tags, after->tags) != 0)
        writer_put_raw(&data, "tags", after->tags);
    writer_end_object(&data);
    return writer_steal(&data, NULL);
}

bool conversation_save(struct tx *tx, int64_t by, int64_t now_ms, const struct q_desk_conversation *before,
                       const struct q_desk_conversation *after, GError **error)
{
    g_autofree char *data = differences(before, after);
    bool seen = strcmp(data, "{}") != 0;
    bool same = before->outbound_count == after->outbound_count && before->waiting_ms == after->waiting_ms &&
                before->category_person_id == after->category_person_id;
    if (!seen && same)
        return true;
    struct event event = {.at_ms = now_ms,
                          .kind = EVENT_CONVERSATION_CHANGED,
                          .conversation_id = after->id,
                          .person_id = by,
                          .data = data};
    return q_desk_conversation_save(tx, error, after->id, after->subject, after->state, after->team_id,
                                    after->assignee_id, after->first_owner_id, after->category,
                                    after->category_person_id, after->due_ms, after->waiting_ms,
                                    after->snoozed_until_ms, after->resolved_ms, after->last_outbound_ms,
                                    after->last_message_ms, after->last_text, after->last_direction,
                                    after->outbound_count, after->unread, after->tags, after->reopened_count) &&
           (!seen || event_append(tx, &event, error));
}

/* ---- assigning ---- */

static bool check_assignee(struct tx *tx, int64_t person_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_person person;
    if (!q_desk_person(tx, &rows, error, person_id))
        return false;
    if (q_desk_person_next(rows, &person) && person.active &&
        (permission_of_role(person.role) & PERMISSION_BIT(PERMISSION_CONVERSATION_WORK)) != 0)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "user_id", "nobody who could work on it");
    return false;
}

static bool find_team(struct tx *tx, int64_t team_id, int64_t person_id, bool *member, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_team team;
    if (!q_desk_team(tx, &rows, error, team_id, person_id))
        return false;
    if (!q_desk_team_next(rows, &team)) {
        error_set(error, HY_ERROR_BAD_VALUE, "team_id", "no such team");
        return false;
    }
    *member = team.member;
    return true;
}

static bool refuse_taken(struct tx *tx, int64_t holder_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_person person;
    if (!q_desk_person(tx, &rows, error, holder_id))
        return false;
    bool known = q_desk_person_next(rows, &person);
    error_set(error, HY_ERROR_ASSIGNED, known ? person.name : NULL, "held by %" G_GINT64_FORMAT, holder_id);
    return false;
}

/* May the actor give this conversation to that person (0 = nobody)? */
static bool check_move(struct tx *tx, const struct actor *actor, const struct q_desk_conversation *now,
                       const struct conversation_assignment *assignment, GError **error)
{
    bool colleague_has_it = now->assignee_id != 0 && now->assignee_id != actor->person_id;
    bool takes = assignment->user_id != 0 && assignment->user_id == actor->person_id;
    if (takes && colleague_has_it && assignment->version != now->version)
        return refuse_taken(tx, now->assignee_id, error);
    if (!takes && assignment->version != 0 && assignment->version != now->version && colleague_has_it)
        return refuse_taken(tx, now->assignee_id, error);
    bool own_business = takes ? !colleague_has_it : assignment->user_id == 0 && !colleague_has_it;
    if (own_business || actor_may(actor, PERMISSION_CONVERSATION_ASSIGN))
        return true;
    error_set(error, HY_ERROR_FORBIDDEN, NULL, "conversation.assign is needed");
    return false;
}

bool conversation_assign(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                         const struct conversation_assignment *assignment, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!conversation_load(tx, id, &rows, &before, error))
        return false;
    struct conversation_assignment wish = *assignment;
    bool member = false;
    if (wish.team_id != 0 && !find_team(tx, wish.team_id, before.assignee_id, &member, error))
        return false;
    if (!wish.has_user) /* "release" is what an empty request says; a team alone keeps a member */
        wish.user_id = wish.team_id != 0 && member ? before.assignee_id : 0;
    if (wish.user_id != before.assignee_id) {
        if (wish.user_id != 0 && !check_assignee(tx, wish.user_id, error))
            return false;
        if (!check_move(tx, actor, &before, &wish, error))
            return false;
    }
    struct q_desk_conversation after = before;
    after.assignee_id = wish.user_id;
    if (after.first_owner_id == 0)
        after.first_owner_id = wish.user_id;
    if (wish.team_id != 0)
        after.team_id = wish.team_id;
    return conversation_save(tx, actor->person_id, now_ms, &before, &after, error);
}

/* ---- states ---- */

bool conversation_resolve(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!conversation_load(tx, id, &rows, &before, error))
        return false;
    if (strcmp(before.state, "resolved") == 0)
        return true;
    struct q_desk_conversation after = before;
    after.state = "resolved";
    after.resolved_ms = now_ms;
    after.due_ms = after.waiting_ms = after.snoozed_until_ms = 0;
    after.unread = 0;
    return conversation_save(tx, actor->person_id, now_ms, &before, &after, error);
}

static bool open_again(struct tx *tx, int64_t by, int64_t now_ms, const struct q_desk_conversation *before,
                       GError **error)
{
    struct q_desk_conversation after = *before;
    bool waits = strcmp(before->last_direction, "in") == 0;
    after.state = "open";
    after.snoozed_until_ms = after.resolved_ms = 0;
    after.due_ms = waits ? now_ms : 0;
    if (waits && after.waiting_ms == 0)
        after.waiting_ms = before->last_inbound_ms;
    after.reopened_count += strcmp(before->state, "resolved") == 0;
    return conversation_save(tx, by, now_ms, before, &after, error);
}

bool conversation_reopen(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!conversation_load(tx, id, &rows, &before, error))
        return false;
    return strcmp(before.state, "open") == 0 || open_again(tx, actor->person_id, now_ms, &before, error);
}

bool conversation_snooze(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t until_ms,
                         GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!conversation_load(tx, id, &rows, &before, error))
        return false;
    if (until_ms <= now_ms || until_ms > now_ms + SNOOZE_MAX_MS) {
        error_set(error, HY_ERROR_BAD_VALUE, "until", "not within the year ahead");
        return false;
    }
    if (strcmp(before.state, "resolved") == 0) {
        error_set(error, HY_ERROR_CONFLICT, "state", "it is resolved");
        return false;
    }
    struct q_desk_conversation after = before;
    after.state = "snoozed";
    after.snoozed_until_ms = until_ms;
    after.due_ms = 0;
    return conversation_save(tx, actor->person_id, now_ms, &before, &after, error);
}

bool conversation_wake(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *count, GError **error)
{
    g_autoptr(rows_auto) found = NULL;
    struct q_desk_snooze_over over;
    *count = 0;
    if (!q_desk_snooze_over(tx, &found, error, now_ms, limit))
        return false;
    while (q_desk_snooze_over_next(found, &over)) {
        g_autoptr(rows_auto) rows = NULL;
        struct q_desk_conversation before;
        if (!conversation_load(tx, over.id, &rows, &before, error) || !open_again(tx, 0, now_ms, &before, error))
            return false;
        ++*count;
    }
    return true;
}

/* ---- editing, reading ---- */

static bool check_edit(const struct conversation_edit *edit, GError **error)
{
    if (edit->subject != NULL && strspn(edit->subject, " \t\r\n") == strlen(edit->subject)) {
        error_set(error, HY_ERROR_EMPTY, "subject", "a subject without a word");
        return false;
    }
    if (edit->category != NULL && !conversation_category_known(edit->category)) {
        error_set(error, HY_ERROR_BAD_VALUE, "category", "no such category");
        return false;
    }
    return true;
}

bool conversation_edit(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                       const struct conversation_edit *edit, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!check_edit(edit, error) || !conversation_load(tx, id, &rows, &before, error))
        return false;
    struct q_desk_conversation after = before;
    g_autofree char *tags = NULL;
    if (edit->subject != NULL)
        after.subject = edit->subject;
    if (edit->category != NULL) {
        after.category = edit->category;
        after.category_person_id = actor->person_id;
    }
    if (edit->tags != NULL) {
        if (!tag_save(tx, id, edit->tags, &tags, error))
            return false;
        after.tags = tags;
    }
    return conversation_save(tx, actor->person_id, now_ms, &before, &after, error);
}

static bool count_unread(struct tx *tx, int64_t id, int64_t message_id, int64_t *unread, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_inbound_after row;
    if (!q_desk_inbound_after(tx, &rows, error, id, message_id))
        return false;
    *unread = q_desk_inbound_after_next(rows, &row) ? row.count : 0;
    return true;
}

static bool check_message(struct tx *tx, int64_t id, int64_t message_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_message message;
    if (!q_desk_message(tx, &rows, error, message_id))
        return false;
    if (q_desk_message_next(rows, &message) && message.conversation_id == id)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "message_id", "no message of this conversation");
    return false;
}

bool conversation_read(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t message_id,
                       GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation before;
    if (!conversation_load(tx, id, &rows, &before, error) || !check_message(tx, id, message_id, error) ||
        !q_desk_mention_seen(tx, error, actor->person_id, id, now_ms))
        return false;
    if (before.unread == 0 || before.assignee_id != actor->person_id)
        return true;
    struct q_desk_conversation after = before;
    if (!count_unread(tx, id, message_id, &after.unread, error))
        return false;
    after.unread = MIN(after.unread, before.unread); /* an older look does not make more of it */
    return conversation_save(tx, actor->person_id, now_ms, &before, &after, error);
}

#include "inbox/outbox_tx.h"

#include "base/limit.h"
#include "base/writer.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

#define OWN_PREFIX "out:"

static bool load(struct tx *tx, int64_t id, struct rows **rows, struct q_outbox_state *row, GError **error)
{
    if (!q_outbox_state(tx, rows, error, id))
        return false;
    if (q_outbox_state_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, "id", "no such reply");
    return false;
}

static bool append(struct tx *tx, enum event_kind kind, int64_t id, int64_t conversation_id, int64_t person_id,
                   struct writer *data, int64_t now_ms, GError **error)
{
    writer_end_object(data);
    struct event event = {.at_ms = now_ms,
                          .kind = kind,
                          .conversation_id = conversation_id,
                          .subject_id = id,
                          .person_id = person_id,
                          .data = data->text->str};
    return event_append(tx, &event, error);
}

/* Our own reply was polled before we knew its name: there is one message, and it is ours. */
static bool merge_copy(struct tx *tx, int64_t channel_id, const char *native_id, int64_t id, bool *mine, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_outbox_copy(tx, &rows, error, channel_id, native_id, id))
        return false;
    struct q_outbox_copy copy;
    *mine = true;
    if (!q_outbox_copy_next(rows, &copy))
        return true;
    if (strcmp(copy.direction, "out") != 0) { /* a customer's message has that name: leave it alone */
        *mine = false;
        return true;
    }
    return q_outbox_copy_payload(tx, error, copy.id) && q_outbox_copy_alias(tx, error, copy.id, id) &&
           q_outbox_copy_drop(tx, error, copy.id) && q_outbox_copy_count(tx, error, copy.conversation_id);
}

static bool take_name(struct tx *tx, const struct q_outbox_state *row, int64_t id, const char *native_id,
                      GError **error)
{
    if (native_id == NULL || strlen(native_id) > LIMIT_NATIVE_ID || strcmp(native_id, row->native_id) == 0)
        return true;
    bool mine = false;
    if (!merge_copy(tx, row->channel_id, native_id, id, &mine, error))
        return false;
    return !mine || (q_outbox_rename(tx, error, id, native_id) &&
                     q_intake_alias(tx, error, row->channel_id, row->native_id, id));
}

bool outbox_settle_sent(struct tx *tx, int64_t id, const char *native_id, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_outbox_state row;
    if (!load(tx, id, &rows, &row, error))
        return false;
    if (strcmp(row.state, "sent") == 0)
        return true;
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "native_id", native_id ? native_id : row.native_id);
    return take_name(tx, &row, id, native_id, error) &&
           q_outbox_move(tx, error, id, "sent", 0, "", "", now_ms, now_ms) &&
           append(tx, EVENT_MESSAGE_SENT, id, row.conversation_id, 0, &data, now_ms, error);
}

static bool append_failure(struct tx *tx, int64_t id, int64_t conversation_id, int64_t person_id,
                           const struct outbox_move *move, int64_t now_ms, GError **error)
{
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "state", move->state);
    writer_put_text(&data, "error_class", move->fate == CHANNEL_OK ? "" : channel_fate_name(move->fate));
    writer_put_text(&data, "error_code", move->code ? move->code : "");
    return append(tx, EVENT_MESSAGE_FAILED, id, conversation_id, person_id, &data, now_ms, error);
}

bool outbox_move(struct tx *tx, int64_t id, int64_t conversation_id, const struct outbox_move *move, int64_t now_ms,
                 GError **error)
{
    return q_outbox_move(tx, error, id, move->state, move->due_ms,
                         move->fate == CHANNEL_OK ? "" : channel_fate_name(move->fate), move->code ? move->code : "", 0,
                         now_ms) &&
           append_failure(tx, id, conversation_id, 0, move, now_ms, error);
}

static bool wrong_state(const char *state, GError **error)
{
    error_set(error, HY_ERROR_CONFLICT, "state", "the reply is %s", state);
    return false;
}

bool outbox_resend(struct tx *tx, int64_t person_id, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_outbox_state row;
    if (!load(tx, id, &rows, &row, error))
        return false;
    if (strcmp(row.state, "failed") != 0)
        return wrong_state(row.state, error);
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "visibility", row.visibility);
    return q_outbox_again(tx, error, id, now_ms) &&
           append(tx, EVENT_MESSAGE_QUEUED, id, row.conversation_id, person_id, &data, now_ms, error);
}

bool outbox_cancel(struct tx *tx, int64_t person_id, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_outbox_state row;
    if (!load(tx, id, &rows, &row, error))
        return false;
    if (strcmp(row.state, "queued") != 0 && strcmp(row.state, "retry") != 0)
        return wrong_state(row.state, error);
    struct outbox_move move = {.state = "cancelled", .fate = CHANNEL_OK};
    return q_outbox_move(tx, error, id, "cancelled", 0, "", "", 0, now_ms) &&
           append_failure(tx, id, row.conversation_id, person_id, &move, now_ms, error);
}

static bool append_health(struct tx *tx, int64_t channel_id, const char *status, int64_t now_ms, GError **error)
{
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "status", status);
    return append(tx, EVENT_CHANNEL_CHANGED, channel_id, 0, 0, &data, now_ms, error);
}

bool channel_health_save(struct tx *tx, int64_t channel_id, enum channel_fate fate, int64_t now_ms, GError **error)
{
    const char *status = fate == CHANNEL_OK ? "ok" : "trouble";
    int64_t changes = 0;
    return q_channel_health(tx, &changes, error, channel_id, status, fate == CHANNEL_OK ? "" : channel_fate_name(fate),
                            now_ms) &&
           (changes == 0 || append_health(tx, channel_id, status, now_ms, error));
}

bool channel_health_begin(struct tx *tx, int64_t channel_id, int64_t now_ms, GError **error)
{
    int64_t changes = 0;
    return q_channel_begin(tx, &changes, error, channel_id, now_ms) &&
           (changes == 0 || append_health(tx, channel_id, "ok", now_ms, error));
}

#include "inbox/local.h"

#include "base/id.h"
#include "channels/sandbox.h"
#include "store/queries.h"

#include <string.h>

/* ---- sandbox ---- */

static bool sandbox_person(struct tx *tx, int64_t channel_id, const char *handle, bool is_brand, int64_t now_ms,
                           int64_t *id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_person_need row;
    if (!q_sandbox_person_need(tx, &rows, error, id_new(now_ms), channel_id, handle, is_brand, now_ms))
        return false;
    *id = q_sandbox_person_need_next(rows, &row) ? row.id : 0;
    return true;
}

/* Where a comment goes: the item it answers and the post that stands under. 0 = it is gone. */
static bool sandbox_target(struct tx *tx, int64_t channel_id, const char *native_id, int64_t *parent_id,
                           int64_t *root_id, GError **error)
{
    int64_t item_id = 0;
    *parent_id = *root_id = 0;
    if (native_id == NULL || !sandbox_native_id_parse(native_id, &item_id))
        return true;
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_item_place row;
    if (!q_sandbox_item_place(tx, &rows, error, channel_id, item_id))
        return false;
    if (q_sandbox_item_place_next(rows, &row)) {
        *parent_id = row.id;
        *root_id = row.root_id != 0 ? row.root_id : row.id;
    }
    return true;
}

static bool sandbox_deliver(struct tx *tx, const struct account *account, const struct channel_outbound *outbound,
                            struct channel_outcome *outcome, GError **error)
{
    int64_t channel_id = account->channel.id;
    int64_t now_ms = outbound->now_ms;
    int64_t brand_id = 0, peer_id = 0, parent_id = 0, root_id = 0;
    bool is_public = outbound->visibility == CHANNEL_PUBLIC;
    if (!sandbox_person(tx, channel_id, channel_setting(&account->channel, "brand_handle"), true, now_ms, &brand_id,
                        error))
        return false;
    if (is_public && !sandbox_target(tx, channel_id, outbound->parent_native_id, &parent_id, &root_id, error))
        return false;
    if (!is_public && !sandbox_person(tx, channel_id, outbound->recipient_id, false, now_ms, &peer_id, error))
        return false;
    if (is_public && parent_id == 0) {
        outcome->fate = CHANNEL_TARGET_GONE;
        return true;
    }
    int64_t item_id = id_new(now_ms);
    outcome->fate = CHANNEL_OK;
    outcome->native_id = sandbox_native_id(item_id);
    return q_sandbox_item_insert(tx, error, item_id, channel_id, brand_id, parent_id, root_id, peer_id,
                                 is_public ? "comment" : "dm", outbound->text, 0, 0, outbound->id, now_ms);
}

/* ---- web chat ---- */

/* The visitor whose line it answers; else whoever of that identity was here last. 0 = nobody. */
static bool chat_visitor(struct tx *tx, const struct account *account, const struct channel_outbound *outbound,
                         int64_t identity_id, int64_t *visitor_id, GError **error)
{
    *visitor_id = 0;
    json_auto_t *source = outbound->source ? json_parse(outbound->source, strlen(outbound->source), NULL) : NULL;
    if (source != NULL && json_opt_id(source, "visitor", visitor_id, NULL) && *visitor_id != 0)
        return true;
    g_autoptr(rows_auto) rows = NULL;
    struct q_webchat_visitor_of row;
    if (!q_webchat_visitor_of(tx, &rows, error, account->channel.id, identity_id))
        return false;
    *visitor_id = q_webchat_visitor_of_next(rows, &row) ? row.id : 0;
    return true;
}

static bool chat_deliver(struct tx *tx, const struct account *account, const struct channel_outbound *outbound,
                         int64_t identity_id, struct channel_outcome *outcome, GError **error)
{
    int64_t visitor_id = 0;
    if (!chat_visitor(tx, account, outbound, identity_id, &visitor_id, error))
        return false;
    outcome->fate = visitor_id != 0 ? CHANNEL_OK : CHANNEL_TARGET_GONE;
    return visitor_id == 0 || q_webchat_line_append(tx, error, visitor_id, outbound->id);
}

bool local_deliver(struct tx *tx, const struct account *account, const struct channel_outbound *outbound,
                   int64_t identity_id, struct channel_outcome *outcome, GError **error)
{
    if (account->kind == &SANDBOX_KIND)
        return sandbox_deliver(tx, account, outbound, outcome, error);
    return chat_deliver(tx, account, outbound, identity_id, outcome, error);
}

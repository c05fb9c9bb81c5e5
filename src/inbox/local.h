/* local.h - delivery inside Huiyin, in the outbox's own transaction (kinds with CHANNEL_IS_LOCAL).
 *
 *   sandbox   a row of sandbox_item, by the brand's account there; outbox_id is UNIQUE: once
 *   webchat   a row of webchat_line for the visitor; message_id is UNIQUE: once */
#pragma once
#include "inbox/account.h"

/* outcome: OK (native_id owned by the caller, or NULL) or a fate that fails. False only when the database failed. */
bool local_deliver(struct tx *tx, const struct account *account, const struct channel_outbound *outbound,
                   int64_t identity_id, struct channel_outcome *outcome, GError **error);

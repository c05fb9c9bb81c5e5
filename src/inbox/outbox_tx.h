/* outbox_tx.h - the way out, inside a transaction: how a row of table outbox changes its state.
 *
 *   queued ──▶ sending ──▶ sent
 *     ▲          │ ├─────▶ retry ──────▶ sending …          try again later (nothing left, or safe to repeat)
 *     │          │ └─────▶ ambiguous ──▶ sent | retry       asked about, never sent blindly
 *     │          ▼           └─────────▶ failed             unconfirmed: a person looks
 *     └─resend─ failed                  cancelled           before it was tried, or between tries
 *
 * Whoever writes a reply calls q_outbox_insert in the transaction that writes the message. Everything here takes a
 * writing transaction, appends the event and is safe to run again. */
#pragma once
#include "channels/channel.h"
#include "store/store.h"

/* The platform has the reply, as native_id (NULL = it does not say). Of a row that is sent already: nothing changes.
 * A copy of it that was polled in the meantime is merged into it. NOT_FOUND. */
bool outbox_settle_sent(struct tx *tx, int64_t id, const char *native_id, int64_t now_ms, GError **error);

/* Any other state; due_ms 0 = nothing more happens by itself. */
struct outbox_move {
    const char *state; /* retry ambiguous failed cancelled */
    int64_t due_ms;
    enum channel_fate fate;
    const char *code; /* the platform's own; NULL = none */
};
bool outbox_move(struct tx *tx, int64_t id, int64_t conversation_id, const struct outbox_move *move, int64_t now_ms,
                 GError **error);

/* What a person may do. Both: NOT_FOUND; CONFLICT naming "state" when the row is not in a state for it.
 * resend: a failed one is queued again; of an unconfirmed one the agent has looked. cancel: queued or retry. */
bool outbox_resend(struct tx *tx, int64_t person_id, int64_t now_ms, int64_t id, GError **error);
bool outbox_cancel(struct tx *tx, int64_t person_id, int64_t now_ms, int64_t id, GError **error);

/* Notes how a channel does and tells everybody when that is new. fate OK = "ok"; others "trouble". */
bool channel_health_save(struct tx *tx, int64_t channel_id, enum channel_fate fate, int64_t now_ms, GError **error);

/* A channel that was never heard of works: "new" becomes "ok". */
bool channel_health_begin(struct tx *tx, int64_t channel_id, int64_t now_ms, GError **error);

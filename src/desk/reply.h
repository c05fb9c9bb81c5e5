/* reply.h - an answer to the customer, from the composer into the outbox.
 *
 *   composer ──reply_send──▶ message (out, "out:ID") + outbox (queued) + conversation + event ──▶ inbox/outbox sends
 *
 * One transaction checks and does all of it: nobody else can answer between the check and the row. What is certain to
 * be refused by the platform (no such capability, too long, window over) is refused here, before it is queued. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/queries.h"

struct reply {
    const char *visibility;  /* public private */
    const char *text;        /* as the customer shall read it */
    int64_t in_reply_to;     /* 0 = the last inbound message that fits */
    int64_t seen_message_id; /* the newest message on the sender's screen; 0 = do not check */
    bool resolve;            /* resolve with this answer */
};

/* *message_id: the message, and its outbox row. Takes what nobody has, sets open to pending, removes the draft.
 * NOT_FOUND; EMPTY, TOO_LONG naming text; BAD_VALUE naming visibility or in_reply_to (not an inbound message of this
 * conversation, or a private one answered in public); NOT_SUPPORTED naming visibility (the channel cannot, or there is
 * nothing to answer), channel (disconnected or switched off), window_closed or the setting without which the channel
 * only receives; ANSWERED. */
bool reply_send(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                const struct reply *reply, int64_t *message_id, GError **error);

/* A list of shape ReplyLimit, for what the kind of channel can do at all; why it cannot be done now in words of lang.
 */
bool reply_limits(struct tx *tx, const struct q_desk_conversation *conversation, enum lang lang, int64_t now_ms,
                  struct writer *out, GError **error);

/* One line of a text for lists: blanks and breaks become single blanks, cut after REPLY_LINE characters. g_free. */
#define REPLY_LINE 140
char *reply_line(const char *text);

/* follow.h - a conversation is what its messages are: brought in line after one of them was judged anew. */
#pragma once
#include "desk/actor.h"
#include "store/store.h"

struct follow_change {           /* what was said of the message, or taken back */
    bool category;               /* its category: then it may take the conversation's along */
    bool waits;                  /* whether it wants an answer: then the due time is looked at */
    const char *category_before; /* taken back: what the conversation was before anybody corrected it; NULL */
    int64_t category_person_before;
};

/* Importance and urgency are the highest of the customer's messages, sentiment and category those of the weightiest; a
 * category that a person gave a message wins, the latest one. Appends conversation.changed when something did. */
bool follow_messages(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                     const struct follow_change *change, GError **error);

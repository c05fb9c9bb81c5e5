/* conversation.h - the queue, and what a person does with a conversation: take it, tag it, put it off, solve it.
 *
 *   inbox opens conversations ──▶ conversation_list ──▶ conversation_assign … ──▶ conversation_resolve
 *
 * Order of the queue (column queue_key): due first, the earliest on top; then what is due never by importance;
 * resolved ones behind all others, the latest first. Every list is a walk along an index and pages by the keys of its
 * last row, so rows that do not move are neither shown twice nor lost while others come and go.
 *
 * Whatever changes a conversation here runs in a writing transaction, raises version and appends conversation.changed
 * with the changed fields and their new values. Doing what is done already changes nothing and says nothing.
 * Errors: NOT_FOUND for an unknown id, then what each function names. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/queries.h"

struct conversation_filter {
    const char *state;   /* open pending snoozed resolved, unresolved = all but resolved; NULL = any */
    bool unassigned;     /* only what nobody has */
    int64_t assignee_id; /* 0 = anybody's */
    int64_t team_id;     /* 0 = any */
    int64_t teams_of;    /* any team of this person; 0 = any team */
    int64_t channel_id;  /* 0 = any */
    int64_t contact_id;  /* 0 = any */
    const char *tag;     /* NULL = any */
    const GArray *among; /* of int64_t: these only (what a search found); NULL = all */
};

/* Where a page begins: the last row of the one before. */
struct conversation_place {
    int64_t queue_key, id;
};

/* At most limit objects of shape Conversation into out, after place (NULL = from the top). *more: next is set and
 * there is another page. BAD_VALUE naming state. A page of 50 is two statements. */
bool conversation_list(struct tx *tx, const struct conversation_filter *filter, const struct conversation_place *place,
                       int64_t limit, struct writer *out, struct conversation_place *next, bool *more, GError **error);

/* Shape QueueCounts, for this person: the open ones. O(open conversations), along indexes. */
bool conversation_counts(struct tx *tx, int64_t person_id, struct writer *out, GError **error);

/* Shape ConversationDetail. */
bool conversation_show(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, struct writer *out,
                       GError **error);

struct conversation_assignment {
    bool has_user;   /* user_id was named; 0 = release */
    int64_t user_id; /* to whom */
    int64_t team_id; /* to which team; 0 = leave it there. A new team without a user keeps the assignee if a member */
    int64_t version; /* what the caller has seen; 0 = did not say */
};
/* Takes (user = actor), assigns, releases, moves. The first owner is set once. To others, or releasing what a
 * colleague has, needs conversation.assign (FORBIDDEN). Of two people who take at once the second gets ASSIGNED with
 * the first one's name as field; taking over from a colleague needs the version that shows the colleague.
 * BAD_VALUE naming user_id (nobody who could work on it) or team_id. */
bool conversation_assign(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                         const struct conversation_assignment *assignment, GError **error);

bool conversation_resolve(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error);

/* Opens a resolved or snoozed one again: due at once when the customer's word was the last. */
bool conversation_reopen(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error);

/* Out of sight until then, or until the customer writes (intake wakes it). BAD_VALUE naming until: past, or more than
 * a year away; CONFLICT naming state: it is resolved. */
bool conversation_snooze(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t until_ms,
                         GError **error);

/* Wakes what was snoozed until now or earlier, at most limit. For housekeeping. *count: how many. */
bool conversation_wake(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *count, GError **error);

struct conversation_edit {
    const char *subject;     /* NULL = leave it */
    const char *category;    /* NULL = leave it */
    const char *const *tags; /* NULL-terminated, replaces all; NULL = leave them */
};
/* A category given by a person is kept: intake leaves it alone from then on. EMPTY naming subject or tags; TOO_LONG
 * naming tags; BAD_VALUE naming category. */
bool conversation_edit(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id,
                       const struct conversation_edit *edit, GError **error);

/* The actor has seen everything up to message_id: mentions there are seen, and for its owner the rest counts as
 * unread. BAD_VALUE naming message_id when it is none of this conversation. */
bool conversation_read(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t message_id,
                       GError **error);

/* ---- for the other modules of the desk ---- */

/* The row; its texts live in *rows, which the caller frees. NOT_FOUND. */
bool conversation_load(struct tx *tx, int64_t id, struct rows **rows, struct q_desk_conversation *row, GError **error);

/* Writes what differs between the two and appends the event. by: 0 = the program. */
bool conversation_save(struct tx *tx, int64_t by, int64_t now_ms, const struct q_desk_conversation *before,
                       const struct q_desk_conversation *after, GError **error);

/* Whether category is one of understanding's. */
bool conversation_category_known(const char *category);

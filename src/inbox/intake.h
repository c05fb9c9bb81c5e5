/* intake.h - the way in: from a connector's posts to conversations in somebody's queue.
 *
 *   hooks · poller · chat · sandbox ──posts──▶ intake_prepare ──batch──▶ intake_take (one transaction) ──▶ events
 *
 * intake_prepare judges the texts (pure, any thread, no database); intake_take only writes. The stages of
 * intake_take, for each post: known? · identity and contact · thread · message · conversation · events. So a
 * delivery is taken whole or not at all, and a caller tells the platform "received" only after the commit.
 *
 *   known       the native id, or its alias, is that of a message we have (pushed and polled): no second one, the
 *               other key is remembered. What it tells of the author that nobody had told yet is filled in, and the
 *               message judged once more
 *   thread      same contact, channel and thread key ("post:ROOT" or "private"). A conversation resolved less than
 *               seven days ago is opened again; after that, a new one begins
 *   own posts   written by our own account: with the conversation they answer in; without one they are left out.
 *               One that is the text of a reply whose fate was unknown settles that reply instead
 *
 * What a platform says is cut to size first: incoming.h. */
#pragma once
#include "inbox/account.h"
#include "understanding/assess_current.h"

struct intake_batch; /* the posts of one delivery on their way in; belongs to one thread at a time */

/* posts: of struct channel_post *; a reference is kept. body: what posts without raw bytes came from; NULL = nothing.
 * The whole batch is judged by the set in use now; assess may be NULL: then nothing is judged (importance 0). Never
 * fails. */
struct intake_batch *intake_prepare(struct assess_current *assess, struct account *account, GPtrArray *posts,
                                    GBytes *body, int64_t received_ms);
void intake_batch_free(struct intake_batch *batch);
typedef struct intake_batch intake_batch_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(intake_batch_auto, intake_batch_free)

/* A store_work: data is the struct intake_batch. May run again after an undone transaction.
 * NOT_FOUND naming "channel" when it was removed meanwhile. */
bool intake_take(struct tx *tx, void *batch, GError **error);

enum intake_fate { INTAKE_TAKEN, INTAKE_KNOWN, INTAKE_LEFT_OUT };

struct intake_result { /* of one post, in their order */
    enum intake_fate fate;
    int64_t message_id, conversation_id; /* of known ones the message only; of those left out 0 */
};
/* After intake_take. */
const struct intake_result *intake_results(const struct intake_batch *batch, unsigned *count);
/* Were there posts, and was each of them known? */
bool intake_all_known(const struct intake_batch *batch);

/* Runs once, after the commit or the failure, on the store's writer thread: hand over and return. error is borrowed,
 * NULL = committed. */
typedef void (*intake_done)(const struct intake_batch *batch, const GError *error, void *data);

/* Takes the batch over. Without posts done runs at once. */
void intake_submit_async(struct store *store, struct intake_batch *batch, intake_done done, void *data);

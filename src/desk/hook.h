/* hook.h - outgoing webhooks: whom to tell about events, and the log of what was told. The telling is inbox's.
 * The secret ("whsec_…", Standard Webhooks) is made here, sealed, and shown once. Audited, announced as HOOK_CHANGED.
 */
#pragma once
#include "base/secret.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* kinds: names of event.def separated by blanks, or "*". *shown: the secret, g_free. BAD_VALUE (url, kinds), EMPTY. */
bool hook_create(struct tx *tx, const struct secret *secret, const struct actor *actor, const char *url,
                 const char *kinds, int64_t now_ms, int64_t *id, char **shown, GError **error);
/* NULL: stays. A hook that is enabled again starts with a clean slate. NOT_FOUND. */
bool hook_update(struct tx *tx, const struct actor *actor, int64_t id, const char *url, const char *kinds,
                 const bool *enabled, int64_t now_ms, GError **error);
/* With its log. NOT_FOUND. */
bool hook_remove(struct tx *tx, const struct actor *actor, int64_t id, int64_t now_ms, GError **error);

bool hook_view(struct tx *tx, int64_t id, const char *shown, struct writer *out, GError **error);
bool hook_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id, GError **error);

bool hook_delivery_list(struct tx *tx, int64_t hook_id, int64_t before_id, int64_t limit, struct writer *out,
                        int64_t *last_id, GError **error);
/* Delivers once more and writes the HookDelivery. NOT_FOUND; CONFLICT naming state while it is under way. */
bool hook_redeliver(struct tx *tx, const struct actor *actor, int64_t delivery_id, int64_t now_ms, struct writer *out,
                    GError **error);

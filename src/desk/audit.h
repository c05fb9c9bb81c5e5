/* audit.h - who did what: one row for every act of administration, in the transaction of the act. Never changed. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* action "channel.update"; subject kind and id become "channel:123" (id 0: the kind alone). detail: a JSON object
 * without secrets and without what customers wrote; NULL = {}. */
bool audit_write(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *action, const char *subject_kind,
                 int64_t subject_id, const char *detail, GError **error);

/* Entries newest first, as AuditEntry. person_id 0, subject NULL: any. before_id 0: from the newest.
 * *last_id: where the next page begins, 0 = this was the last. */
bool audit_list(struct tx *tx, int64_t person_id, const char *subject, int64_t before_id, int64_t limit,
                struct writer *out, int64_t *last_id, GError **error);

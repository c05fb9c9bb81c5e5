/* topic.h - the administrator's own categories below the eight: the list that people choose from and rules name.
 *
 * A topic has a key, which is the label that models learn and never changes, and a name in both languages. One that has
 * examples or is switched off stays in the list, so that what was said with it keeps its name. Inside a transaction;
 * changes append understanding.changed and are audited. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

#define TOPICS_MAX 500

struct topic_edit { /* NULL = leave it */
    const char *parent, *name_zh, *name_en;
    const bool *active;
};

/* key NULL: made of the names. EMPTY, TOO_LONG, BAD_VALUE naming key (a-z 0-9 _ -, at most 64), parent (one of the
 * eight), name_zh, name_en; one name may be left out, it is then the other one; TAKEN naming key; TOO_LONG naming
 * "topics" beyond TOPICS_MAX. */
bool topic_create(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *key,
                  const struct topic_edit *edit, int64_t *id, GError **error);
bool topic_change(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const struct topic_edit *edit,
                  GError **error);
/* CONFLICT naming "examples" when people have labelled messages with it: switch it off instead. */
bool topic_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error);

/* Objects of shape Topic into an array that is open; only_id 0 = all. *found: how many. */
bool topic_list(struct tx *tx, int64_t only_id, struct writer *out, int *found, GError **error);

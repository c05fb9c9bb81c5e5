/* team.h - teams and brands: who takes what, and with whose voice. Changes are audited. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* The first start: a default team and a default brand, named in lang. Does nothing when they are there. */
bool team_first_start(struct tx *tx, enum lang lang, int64_t now_ms, GError **error);

/* EMPTY, TAKEN (name), BAD_VALUE (member_ids). */
bool team_create(struct tx *tx, const struct actor *actor, const char *name, const int64_t *member_ids, size_t count,
                 int64_t now_ms, int64_t *id, GError **error);

struct team_change {
    const char *name;          /* NULL: stays */
    bool make_default;         /* where conversations without a rule land */
    const int64_t *member_ids; /* with count; NULL: stay */
    size_t count;
};
/* NOT_FOUND and as team_create. */
bool team_update(struct tx *tx, const struct actor *actor, int64_t id, const struct team_change *change, int64_t now_ms,
                 GError **error);

bool team_view(struct tx *tx, int64_t id, struct writer *out, GError **error); /* NOT_FOUND */
bool team_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id, GError **error);

bool team_brand_create(struct tx *tx, const struct actor *actor, const char *name, int64_t now_ms, int64_t *id,
                       GError **error); /* EMPTY */
void team_brand_view(struct writer *out, int64_t id, const char *name);
bool team_brand_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id,
                     GError **error);

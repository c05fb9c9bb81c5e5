/* contact.h - the people who write to us, whatever accounts they use.
 *
 * Intake makes contacts and identities; here they are looked through, described and joined. Looking (q) goes over
 * column folded: the name and all handles, folded (base/fold.h), so case, width and traditional characters make no
 * difference. It walks an index that holds that text: about 0.3 µs a contact that does not fit. */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

struct contact_place {
    int64_t seen_ms, id;
};

/* Objects of shape ContactBrief into an open array, last heard of first, after place (NULL = from the top). q: NULL =
 * all; its words must be there in this order. *more: next is the place to go on from. TOO_LONG naming q. */
bool contact_list(struct tx *tx, const char *q, const struct contact_place *place, int64_t limit, struct writer *out,
                  struct contact_place *next, bool *more, GError **error);

/* Shape Contact. NOT_FOUND. */
bool contact_show(struct tx *tx, int64_t id, struct writer *out, GError **error);

struct contact_edit {
    const char *name, *relation, *note; /* NULL = leave it */
    const char *const *tags;            /* NULL-terminated, replaces all; NULL = leave them */
};
/* Appends contact.changed. NOT_FOUND; EMPTY naming name; BAD_VALUE naming relation; of tags see tag.h. */
bool contact_edit(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, const struct contact_edit *edit,
                  GError **error);

/* Two entries are one person: the other's identities and conversations move here, tags are united, notes joined, then
 * it is gone. Appends contact.changed {"merged":"OTHER"}. NOT_FOUND; BAD_VALUE naming other_id: unknown or the same. */
bool contact_merge(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, int64_t other_id,
                   GError **error);

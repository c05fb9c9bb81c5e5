/* channel_admin.h - connecting channels: settings checked by their kind, secrets sealed and never shown again.
 * Changes are audited and announced as CHANNEL_CHANGED; whoever keeps channels open reloads them then. */
#pragma once
#include "base/json.h"
#include "base/secret.h"
#include "base/writer.h"
#include "channels/channel.h"
#include "desk/actor.h"
#include "store/store.h"

struct channel_admin_new {
    const char *kind, *name;
    int64_t brand_id;       /* 0: the first brand */
    int64_t team_id;        /* 0: the default team */
    const json_t *settings; /* object of strings; NULL = none given */
};
/* *shown: the generated secret, to be shown this once; NULL when the kind has none. g_free. UNKNOWN_FIELD, MISSING,
 * EMPTY, BAD_VALUE naming the field or the setting ("settings.app_secret"). */
bool channel_admin_create(struct tx *tx, const struct secret *secret, const struct actor *actor,
                          const struct channel_admin_new *channel, int64_t now_ms, int64_t *id, char **shown,
                          GError **error);

struct channel_admin_change {
    const char *name;       /* NULL: stays */
    int64_t brand_id;       /* 0: stays */
    int64_t team_id;        /* 0: stays */
    bool default_team;      /* team_id becomes none */
    const bool *enabled;    /* NULL: stays */
    const json_t *settings; /* the keys that change; "" goes back to the default. NULL: stay */
};
bool channel_admin_update(struct tx *tx, const struct secret *secret, const struct actor *actor, int64_t id,
                          const struct channel_admin_change *change, int64_t now_ms, GError **error);
bool channel_admin_remove(struct tx *tx, const struct actor *actor, int64_t id, int64_t now_ms, GError **error);

/* One Channel; shown as from create, else NULL. NOT_FOUND. */
bool channel_admin_view(struct tx *tx, const struct secret *secret, int64_t id, enum lang lang, const char *shown,
                        struct writer *out, GError **error);
bool channel_admin_list(struct tx *tx, const struct secret *secret, enum lang lang, int64_t after_id, int64_t limit,
                        struct writer *out, int64_t *last_id, GError **error);

/* One ChannelTest: what came of the harmless call. */
void channel_admin_test_view(const struct channel_outcome *outcome, enum lang lang, struct writer *out);

/* All settings of a channel in the clear, for a call to its platform. *settings: json_decref. NOT_FOUND. */
bool channel_admin_open(struct tx *tx, const struct secret *secret, int64_t id, const struct channel_kind **kind,
                        json_t **settings, GError **error);

/* One ChannelKind. */
void channel_admin_kind_view(const struct channel_kind *kind, enum lang lang, struct writer *out);

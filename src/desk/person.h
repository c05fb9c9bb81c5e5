/* person.h - the people who work in Huiyin: added, changed, switched off; their own profile.
 *
 * Administration is audited here and announced as USER_CHANGED. There always is an active admin: what would take the
 * last one away is refused with CONFLICT. Passwords come hashed (Argon2 takes its time, transactions must not). */
#pragma once
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

/* "  LI " → "li": how logins are kept and looked for. g_free. */
char *person_login_key(const char *login);

/* LIMIT_PASSWORD_MIN … LIMIT_PASSWORD bytes; BAD_VALUE or TOO_LONG naming field. */
bool person_check_password(const char *password, const char *field, GError **error);

struct person_new {
    const char *login, *name, *role, *password_hash; /* password_hash NULL: cannot sign in with a password */
    const char *lang;                                /* NULL = from the browser */
    const int64_t *team_ids;
    size_t team_count;
};
/* EMPTY, TAKEN (login), BAD_VALUE (role, team_ids). */
bool person_create(struct tx *tx, const struct actor *actor, const struct person_new *person, int64_t now_ms,
                   int64_t *id, GError **error);

/* NULL: stays as it is. */
struct person_change {
    const char *name, *role, *password_hash, *lang;
    bool lang_from_browser; /* lang becomes NULL */
    const bool *active;
    const int64_t *team_ids; /* with team_count; NULL: stay */
    size_t team_count;
};
/* NOT_FOUND, EMPTY, BAD_VALUE, CONFLICT (role or active: the last admin). A new password or active = false ends all the
 * person's sessions; active = false releases their conversations. */
bool person_update(struct tx *tx, const struct actor *actor, int64_t id, const struct person_change *change,
                   int64_t now_ms, GError **error);

/* One's own profile: without audit, except for a new password, which ends all one's sessions but keep_session_id.
 * settings: a JSON object. NULL: stays. */
bool person_profile(struct tx *tx, const struct actor *actor, const struct person_change *change, const char *settings,
                    int64_t keep_session_id, int64_t now_ms, GError **error);

/* *hash: g_free; NULL when there is none, or no active person of that login (then *id = 0). */
bool person_password(struct tx *tx, const char *login_key, int64_t *id, char **hash, GError **error);
bool person_own_password(struct tx *tx, int64_t id, char **hash, GError **error);       /* NOT_FOUND */
bool person_id_by_login(struct tx *tx, const char *login, int64_t *id, GError **error); /* NOT_FOUND */

/* Is somebody at the console? Passed in, as only the live push knows. */
struct person_online {
    bool (*is)(void *data, int64_t person_id);
    void *data;
};

/* One User. NOT_FOUND. */
bool person_view(struct tx *tx, int64_t id, const struct person_online *online, struct writer *out, GError **error);
/* Users in the order they were added; active: 0 all, 1 active, 2 others. *last_id as everywhere. */
bool person_list(struct tx *tx, int active, int64_t after_id, int64_t limit, const struct person_online *online,
                 struct writer *out, int64_t *last_id, GError **error);
/* Session of shapes.def: who am I. csrf NULL: "". */
bool person_session_view(struct tx *tx, const struct actor *actor, const char *csrf, const struct person_online *online,
                         struct writer *out, GError **error);

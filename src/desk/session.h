/* session.h - who is signed in: browsers' sessions and API tokens.
 *
 * A session lives 30 days at most and ends after 7 days without a call. Only digests of cookies and tokens are stored.
 * Ending one appends SESSION_ENDED, so that every process closes what it held open for it. */
#pragma once
#include "base/clock.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "store/store.h"

#define SESSION_LIFE_MS (30 * CLOCK_DAY_MS)
#define SESSION_IDLE_MS (7 * CLOCK_DAY_MS)

/* Somebody who could show a cookie or a token. */
struct session_holder {
    int64_t person_id, session_id, token_id; /* one of session and token is 0 */
    int64_t seen_ms, ends_ms;                /* ends: by age; without a call it may end earlier */
    uint64_t permissions;                    /* of the role, cut to the scopes of a token */
    char *name, *csrf;                       /* csrf NULL for tokens */
    bool unlimited;                          /* all that the role may do: a session, or a token of scope all */
    bool has_lang;
    enum lang lang;
};
void session_holder_clear(struct session_holder *holder);
typedef struct session_holder session_holder_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(session_holder_auto, session_holder_clear)

/* By the digest of a cookie or of a bearer token. UNAUTHENTICATED: unknown, ended, or the person is not active. */
bool session_find(struct tx *tx, const char *digest, int64_t now_ms, struct session_holder *out, GError **error);
bool session_find_token(struct tx *tx, const char *digest, int64_t now_ms, struct session_holder *out, GError **error);

/* Call now and then (once a minute is enough) while it is used. */
bool session_touch(struct tx *tx, const struct session_holder *holder, int64_t now_ms, GError **error);

/* A new session: *cookie and *csrf are g_free'd by the caller. */
bool session_start(struct tx *tx, const struct actor *actor, const char *agent, int64_t now_ms, int64_t *id,
                   char **cookie, char **csrf, GError **error);
/* One of the actor's own. NOT_FOUND. */
bool session_end(struct tx *tx, const struct actor *actor, int64_t session_id, int64_t now_ms, GError **error);
/* All of a person but one (0: all). */
bool session_end_all(struct tx *tx, int64_t person_id, int64_t except_id, int64_t now_ms, GError **error);
/* SessionInfo rows. *last_id: where the next page begins, 0 = this was the last. */
bool session_list(struct tx *tx, int64_t person_id, int64_t current_id, int64_t now_ms, int64_t before_id,
                  int64_t limit, struct writer *out, int64_t *last_id, GError **error);

/* ---- API tokens ---- */

/* scopes: "all" or names separated by blanks; BAD_VALUE naming scopes. *token is shown once, g_free. */
bool session_token_create(struct tx *tx, const struct actor *actor, int64_t person_id, const char *name,
                          const char *scopes, int64_t now_ms, int64_t *id, char **token, GError **error);
bool session_token_revoke(struct tx *tx, const struct actor *actor, int64_t token_id, int64_t now_ms, GError **error);
bool session_token_list(struct tx *tx, int64_t person_id, int64_t before_id, int64_t limit, struct writer *out,
                        int64_t *last_id, GError **error);
/* One Token object; token NULL = not shown. */
void session_token_view(struct writer *out, int64_t id, const char *name, const char *scopes, const char *token,
                        int64_t created_ms, int64_t used_ms);

/* Sessions and failures that are over. For housekeeping. */
bool session_purge(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *gone, GError **error);

#include "desk/session.h"

#include "base/id.h"
#include "base/limit.h"
#include "base/secret.h"
#include "desk/audit.h"
#include "desk/throttle.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

enum { AGENT_MAX = 300 };

void session_holder_clear(struct session_holder *holder)
{
    g_clear_pointer(&holder->name, g_free);
    g_clear_pointer(&holder->csrf, g_free);
}

static bool nobody(GError **error)
{
    error_set(error, HY_ERROR_UNAUTHENTICATED, NULL, "no such session or token");
    return false;
}

static void take_person(struct session_holder *out, const char *name, const char *role, const char *lang)
{
    out->name = g_strdup(name);
    out->permissions = permission_of_role(role);
    out->has_lang = lang != NULL;
    out->lang = lang_parse(lang);
}

bool session_find(struct tx *tx, const char *digest, int64_t now_ms, struct session_holder *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_session_find row;
    if (!q_session_find(tx, &rows, error, digest))
        return false;
    if (!q_session_find_next(rows, &row) || !row.active || row.expires_ms <= now_ms ||
        row.seen_ms + SESSION_IDLE_MS <= now_ms)
        return nobody(error);
    *out = (struct session_holder){.person_id = row.person_id,
                                   .session_id = row.id,
                                   .seen_ms = row.seen_ms,
                                   .ends_ms = row.expires_ms,
                                   .unlimited = true,
                                   .csrf = g_strdup(row.csrf)};
    take_person(out, row.name, row.role, row.lang);
    return true;
}

bool session_find_token(struct tx *tx, const char *digest, int64_t now_ms, struct session_holder *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_token_find row;
    uint64_t scopes = 0;
    (void)now_ms;
    if (!q_token_find(tx, &rows, error, digest))
        return false;
    if (!q_token_find_next(rows, &row) || !row.active || row.revoked_ms != 0)
        return nobody(error);
    permission_parse_scopes(row.scopes, &scopes); /* a name that a newer program knew grants nothing here */
    *out = (struct session_holder){
        .person_id = row.person_id, .token_id = row.id, .seen_ms = row.used_ms, .ends_ms = INT64_MAX};
    take_person(out, row.name, row.role, row.lang);
    out->permissions &= scopes;
    out->unlimited = scopes == PERMISSION_ALL;
    return true;
}

bool session_touch(struct tx *tx, const struct session_holder *holder, int64_t now_ms, GError **error)
{
    return holder->session_id != 0 ? q_session_touch(tx, error, holder->session_id, now_ms)
                                   : q_token_touch(tx, error, holder->token_id, now_ms);
}

bool session_start(struct tx *tx, const struct actor *actor, const char *agent, int64_t now_ms, int64_t *id,
                   char **cookie, char **csrf, GError **error)
{
    g_autofree char *token = secret_token();
    g_autofree char *mark = secret_token();
    g_autofree char *digest = secret_token_digest(token);
    g_autofree char *valid = g_utf8_make_valid(agent != NULL ? agent : "", -1);
    if (strlen(valid) > AGENT_MAX)
        *g_utf8_find_prev_char(valid, valid + AGENT_MAX) = '\0';
    int64_t session_id = id_new(now_ms);
    if (!q_session_insert(tx, error, session_id, actor->person_id, digest, mark, now_ms, now_ms + SESSION_LIFE_MS,
                          actor->address, valid))
        return false;
    *id = session_id;
    *cookie = g_steal_pointer(&token);
    *csrf = g_steal_pointer(&mark);
    return true;
}

static bool ended(struct tx *tx, int64_t person_id, int64_t id, int64_t now_ms, GError **error)
{
    return event_append(
        tx, &(struct event){.at_ms = now_ms, .kind = EVENT_SESSION_ENDED, .subject_id = id, .person_id = person_id},
        error);
}

bool session_end(struct tx *tx, const struct actor *actor, int64_t session_id, int64_t now_ms, GError **error)
{
    int64_t gone = 0;
    if (!q_session_delete(tx, &gone, error, session_id, actor->person_id))
        return false;
    if (gone == 0) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such session");
        return false;
    }
    return ended(tx, actor->person_id, session_id, now_ms, error);
}

bool session_end_all(struct tx *tx, int64_t person_id, int64_t except_id, int64_t now_ms, GError **error)
{
    enum { MOST = 10000 };
    g_autoptr(rows_auto) rows = NULL;
    if (!q_session_page(tx, &rows, error, person_id, 0, 0, 0, MOST))
        return false;
    struct q_session_page row;
    while (q_session_page_next(rows, &row)) {
        int64_t gone = 0;
        if (row.id == except_id)
            continue;
        if (!q_session_delete(tx, &gone, error, row.id, person_id) || !ended(tx, person_id, row.id, now_ms, error))
            return false;
    }
    return true;
}

bool session_list(struct tx *tx, int64_t person_id, int64_t current_id, int64_t now_ms, int64_t before_id,
                  int64_t limit, struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_session_page(tx, &rows, error, person_id, now_ms, now_ms - SESSION_IDLE_MS, before_id, limit + 1))
        return false;
    struct q_session_page row;
    int64_t last = 0;
    *last_id = 0;
    for (int64_t n = 0; q_session_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        writer_begin_object(out);
        writer_put_id(out, "id", row.id);
        writer_put_text(out, "address", row.address);
        writer_put_text(out, "agent", row.agent);
        writer_put_bool(out, "current", row.id == current_id);
        writer_put_time(out, "created_at", row.created_ms);
        writer_put_time(out, "seen_at", row.seen_ms);
        writer_end_object(out);
    }
    return true;
}

/* ---- tokens ---- */

bool session_token_create(struct tx *tx, const struct actor *actor, int64_t person_id, const char *name,
                          const char *scopes, int64_t now_ms, int64_t *id, char **token, GError **error)
{
    uint64_t bits;
    if (!permission_parse_scopes(scopes, &bits) || bits == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "scopes", "\"all\" or names of permissions");
        return false;
    }
    g_autofree char *secret = secret_token();
    g_autofree char *digest = secret_token_digest(secret);
    g_autofree char *detail =
        g_strdup_printf("{\"user_id\":\"%" G_GINT64_FORMAT "\",\"scopes\":\"%s\"}", person_id, scopes);
    int64_t token_id = id_new(now_ms);
    if (!q_token_insert(tx, error, token_id, person_id, name, digest, scopes, now_ms) ||
        !audit_write(tx, actor, now_ms, "token.create", "token", token_id, detail, error))
        return false;
    *id = token_id;
    *token = g_steal_pointer(&secret);
    return true;
}

bool session_token_revoke(struct tx *tx, const struct actor *actor, int64_t token_id, int64_t now_ms, GError **error)
{
    int64_t changed = 0;
    if (!q_token_revoke(tx, &changed, error, token_id, actor->person_id, now_ms))
        return false;
    if (changed == 0) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such token");
        return false;
    }
    return ended(tx, actor->person_id, token_id, now_ms, error) &&
           audit_write(tx, actor, now_ms, "token.revoke", "token", token_id, NULL, error);
}

void session_token_view(struct writer *out, int64_t id, const char *name, const char *scopes, const char *token,
                        int64_t created_ms, int64_t used_ms)
{
    g_auto(GStrv) names = g_strsplit(scopes, " ", -1);
    writer_begin_object(out);
    writer_put_id(out, "id", id);
    writer_put_text(out, "name", name);
    writer_key(out, "scopes");
    writer_begin_array(out);
    for (char **scope = names; *scope != NULL; scope++) {
        if (**scope != '\0')
            writer_text(out, *scope);
    }
    writer_end_array(out);
    writer_put_text(out, "token", token);
    writer_put_time(out, "created_at", created_ms);
    writer_put_time(out, "used_at", used_ms);
    writer_end_object(out);
}

bool session_token_list(struct tx *tx, int64_t person_id, int64_t before_id, int64_t limit, struct writer *out,
                        int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_token_page(tx, &rows, error, person_id, before_id, limit + 1))
        return false;
    struct q_token_page row;
    int64_t last = 0;
    *last_id = 0;
    for (int64_t n = 0; q_token_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        session_token_view(out, row.id, row.name, row.scopes, NULL, row.created_ms, row.used_ms);
    }
    return true;
}

bool session_purge(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *gone, GError **error)
{
    return q_session_purge(tx, gone, error, now_ms, now_ms - SESSION_IDLE_MS, limit) &&
           throttle_purge(tx, now_ms, error);
}

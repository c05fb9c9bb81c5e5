/* session.c - signing in and out, one's profile, sessions and API tokens. */
#include "desk/session.h"

#include "api/call.h"
#include "api/guard.h"
#include "api/live.h"
#include "base/log.h"
#include "desk/audit.h"
#include "desk/person.h"
#include "desk/throttle.h"
#include "http/limit.h"

#include <string.h>

static struct person_online online_of(const struct app *app)
{
    return (struct person_online){app->live != NULL ? live_is_online : NULL, app->live};
}

/* ---- signing in ---- */

struct login {
    struct call *call;
    char *key; /* the login as it is stored */
    char address[64];
    int64_t person_id;
    char *hash;
    int64_t wait_ms;
    char *cookie;
};

static void login_clear(struct login *login)
{
    g_free(login->key);
    g_free(login->hash);
    g_free(login->cookie);
}
typedef struct login login_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(login_auto, login_clear)

static bool count_try(struct tx *tx, void *data, GError **error)
{
    struct login *login = data;
    g_clear_pointer(&login->hash, g_free);
    return throttle_try(tx, login->key, login->address, login->call->now_ms, &login->wait_ms, error) &&
           person_password(tx, login->key, &login->person_id, &login->hash, error);
}

static bool start(struct tx *tx, void *data, GError **error)
{
    struct login *login = data;
    struct call *call = login->call;
    g_auto(session_holder_auto) holder = {0};
    g_autofree char *csrf = NULL;
    struct actor actor = {.person_id = login->person_id, .address = call->actor->address, .lang = call->lang};
    struct person_online online = online_of(call->app);
    int64_t id;
    g_clear_pointer(&login->cookie, g_free);
    if (!throttle_forgive(tx, login->key, login->address, error) ||
        !session_start(tx, &actor, http_header(call->request, "User-Agent"), call->now_ms, &id, &login->cookie, &csrf,
                       error))
        return false;
    g_autofree char *digest = secret_token_digest(login->cookie);
    if (!session_find(tx, digest, call->now_ms, &holder, error))
        return false;
    actor.name = holder.name;
    actor.permissions = holder.permissions;
    return audit_write(tx, &actor, call->now_ms, "session.start", "user", actor.person_id, NULL, error) &&
           person_session_view(tx, &actor, csrf, &online, &call->out, error);
}

static void set_cookie(const struct call *call, const char *value, int64_t life_ms)
{
    bool secure = http_is_tls(call->request) || g_str_has_prefix(call->app->config->public_url, "https:");
    g_autofree char *cookie = g_strdup_printf("%s=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Lax%s",
                                              GUARD_COOKIE, value, life_ms / 1000, secure ? "; Secure" : "");
    http_add_header(call->request, "Set-Cookie", cookie);
}

static void tell_wait(const struct call *call, int64_t wait_ms)
{
    g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, (wait_ms + 999) / 1000);
    http_add_header(call->request, "Retry-After", seconds);
}

bool api_session_login(struct call *call, GError **error)
{
    g_auto(login_auto) login = {.call = call};
    g_autoptr(GError) why = NULL;
    bool right = false;
    const char *site = http_header(call->request, "Sec-Fetch-Site");
    if (site != NULL && strcmp(site, "cross-site") == 0) {
        error_set(error, HY_ERROR_BAD_CSRF, NULL, "another site's page tried to sign in");
        return false;
    }
    login.key = person_login_key(call_text(call, "login"));
    limit_address_key(http_remote(call->request), login.address, sizeof login.address);
    if (!store_write(call->app->store, count_try, &login, &why)) {
        if (g_error_matches(why, HY_ERROR, HY_ERROR_THROTTLED))
            tell_wait(call, login.wait_ms);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!guard_check_password(call->app->guard, login.hash, call_text(call, "password"), &right, error))
        return false;
    if (!right) {
        log_line(LOG_INFO, "session.refused", "address=%s", login.address);
        error_set(error, HY_ERROR_BAD_LOGIN, NULL, "name or password");
        return false;
    }
    if (!call_write(call, start, &login, error))
        return false;
    set_cookie(call, login.cookie, SESSION_LIFE_MS);
    return true;
}

static bool show(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    struct person_online online = online_of(call->app);
    return person_session_view(tx, call->actor, call->csrf, &online, &call->out, error);
}

bool api_session_show(struct call *call, GError **error)
{
    return call_read(call, show, call, error);
}

/* ---- signing out ---- */

struct ending {
    struct call *call;
    int64_t session_id;
};

static bool end(struct tx *tx, void *data, GError **error)
{
    const struct ending *ending = data;
    struct call *call = ending->call;
    if (!session_end(tx, call->actor, ending->session_id, call->now_ms, error) ||
        !audit_write(tx, call->actor, call->now_ms, "session.end", "user", call->actor->person_id, NULL, error))
        return false;
    call_done(call);
    return true;
}

static bool end_session(struct call *call, int64_t session_id, GError **error)
{
    struct ending ending = {call, session_id};
    if (!call_write(call, end, &ending, error))
        return false;
    guard_forget(call->app->guard);
    if (session_id == call->session_id)
        set_cookie(call, "", 0);
    return true;
}

bool api_session_logout(struct call *call, GError **error)
{
    return end_session(call, call->session_id, error);
}

bool api_session_end(struct call *call, GError **error)
{
    return end_session(call, call_id(call), error);
}

static bool list_sessions(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return session_list(tx, call->actor->person_id, call->session_id, call->now_ms, page->keys[0], page->limit,
                        &call->out, last, error);
}

bool api_session_list(struct call *call, GError **error)
{
    return call_list(call, list_sessions, error);
}

/* ---- my profile ---- */

struct profile {
    struct call *call;
    struct person_change change;
    char *settings, *hash; /* of the new password */
};

static bool find_hash(struct tx *tx, void *data, GError **error)
{
    struct profile *profile = data;
    g_clear_pointer(&profile->hash, g_free);
    return person_own_password(tx, profile->call->actor->person_id, &profile->hash, error);
}

/* The old password must be right before the new one is hashed into profile. */
static bool take_password(struct profile *profile, GError **error)
{
    struct call *call = profile->call;
    const char *fresh = call_text(call, "new_password");
    const char *old = call_text(call, "old_password");
    bool right = false;
    if (old == NULL) {
        error_set(error, HY_ERROR_MISSING, "old_password", "needed to change the password");
        return false;
    }
    if (!person_check_password(fresh, "new_password", error) ||
        !store_read(call->app->store, find_hash, profile, error) ||
        !guard_check_password(call->app->guard, profile->hash, old, &right, error))
        return false;
    g_clear_pointer(&profile->hash, g_free);
    if (!right) {
        error_set(error, HY_ERROR_BAD_VALUE, "old_password", "not the password");
        return false;
    }
    profile->change.password_hash = profile->hash = guard_hash_password(call->app->guard, fresh, error);
    return profile->hash != NULL;
}

static bool save_profile(struct tx *tx, void *data, GError **error)
{
    const struct profile *profile = data;
    struct call *call = profile->call;
    return person_profile(tx, call->actor, &profile->change, profile->settings, call->session_id, call->now_ms,
                          error) &&
           show(tx, call, error);
}

static void profile_clear(struct profile *profile)
{
    g_free(profile->settings);
    g_free(profile->hash);
}
typedef struct profile profile_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(profile_auto, profile_clear)

bool api_profile_change(struct call *call, GError **error)
{
    const json_t *settings = json_object_get(call->body, "settings");
    g_auto(profile_auto) profile = {.call = call,
                                    .change = {.name = call_text(call, "name"),
                                               .lang = call_text(call, "lang"),
                                               .lang_from_browser = call_is_null(call, "lang")}};
    if (call_has(call, "settings")) {
        if (!json_is_object(settings)) {
            error_set(error, HY_ERROR_BAD_VALUE, "settings", "not an object");
            return false;
        }
        profile.settings = json_format(settings);
    }
    if (call_has(call, "new_password") && !take_password(&profile, error))
        return false;
    if (!call_write(call, save_profile, &profile, error))
        return false;
    guard_forget(call->app->guard);
    return true;
}

/* ---- API tokens ---- */

static bool create_token(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autoptr(GString) scopes = g_string_new(NULL);
    g_autofree char *token = NULL;
    const json_t *list = json_object_get(call->body, "scopes");
    uint64_t bits = 0;
    int64_t id;
    for (size_t i = 0; i < json_array_size(list); i++)
        g_string_append_printf(scopes, "%s%s", i > 0 ? " " : "", json_string_value(json_array_get(list, i)));
    /* A token makes no token that may do more than itself. */
    if (!call->unlimited && permission_parse_scopes(scopes->str, &bits) && (bits & ~call->actor->permissions) != 0) {
        error_set(error, HY_ERROR_FORBIDDEN, "scopes", "more than the token that asks may do");
        return false;
    }
    if (!session_token_create(tx, call->actor, call->actor->person_id, call_text(call, "name"), scopes->str,
                              call->now_ms, &id, &token, error))
        return false;
    session_token_view(&call->out, id, call_text(call, "name"), scopes->str, token, call->now_ms, 0);
    return true;
}

bool api_token_create(struct call *call, GError **error)
{
    return call_write(call, create_token, call, error);
}

static bool list_tokens(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return session_token_list(tx, call->actor->person_id, page->keys[0], page->limit, &call->out, last, error);
}

bool api_token_list(struct call *call, GError **error)
{
    return call_list(call, list_tokens, error);
}

static bool revoke_token(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    if (!session_token_revoke(tx, call->actor, call_id(call), call->now_ms, error))
        return false;
    call_done(call);
    return true;
}

bool api_token_revoke(struct call *call, GError **error)
{
    if (!call_write(call, revoke_token, call, error))
        return false;
    guard_forget(call->app->guard);
    return true;
}

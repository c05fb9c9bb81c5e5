/* people.c - administration of users, teams and brands; the audit log. */
#include "api/call.h"
#include "api/guard.h"
#include "api/live.h"
#include "desk/audit.h"
#include "desk/person.h"
#include "desk/team.h"
#include "store/queries.h"

#include <string.h>

static struct person_online online_of(const struct app *app)
{
    return (struct person_online){app->live != NULL ? live_is_online : NULL, app->live};
}

static const int64_t *ids_of(const GArray *ids)
{
    static const int64_t NONE[1];
    return ids == NULL ? NULL : ids->len > 0 ? (const int64_t *)(const void *)ids->data : NONE;
}

/* ---- users ---- */

struct user_job {
    struct call *call;
    char *hash;
    GArray *team_ids;
};

static void user_job_clear(struct user_job *job)
{
    g_free(job->hash);
    if (job->team_ids != NULL)
        g_array_unref(job->team_ids);
}
typedef struct user_job user_job_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(user_job_auto, user_job_clear)

static bool hash_password(struct user_job *job, GError **error)
{
    const char *password = call_text(job->call, "password");
    if (password == NULL)
        return true;
    if (!person_check_password(password, "password", error))
        return false;
    job->hash = guard_hash_password(job->call->app->guard, password, error);
    return job->hash != NULL;
}

/* A token of less than all scopes makes nobody mightier than itself and gets no hold of somebody who is. */
static bool within_reach(const struct call *call, const char *role, GError **error)
{
    uint64_t bits = role != NULL ? permission_of_role(role) : 0;
    if (call->unlimited || (bits & ~call->actor->permissions) == 0)
        return true;
    error_set(error, HY_ERROR_FORBIDDEN, "role", "more than the token that asks may do");
    return false;
}

static bool person_within_reach(struct tx *tx, const struct call *call, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_find row;
    if (!q_person_find(tx, &rows, error, call_id(call)))
        return false;
    return !q_person_find_next(rows, &row) || within_reach(call, row.role, error);
}

static bool create_user(struct tx *tx, void *data, GError **error)
{
    struct user_job *job = data;
    struct call *call = job->call;
    struct person_online online = online_of(call->app);
    struct person_new person = {.login = call_text(call, "login"),
                                .name = call_text(call, "name"),
                                .role = call_text(call, "role"),
                                .password_hash = job->hash,
                                .lang = call_text(call, "lang"),
                                .team_ids = ids_of(job->team_ids),
                                .team_count = job->team_ids != NULL ? job->team_ids->len : 0};
    int64_t id;
    return within_reach(call, person.role, error) &&
           person_create(tx, call->actor, &person, call->now_ms, &id, error) &&
           person_view(tx, id, &online, &call->out, error);
}

bool api_user_create(struct call *call, GError **error)
{
    g_auto(user_job_auto) job = {.call = call, .team_ids = call_ids(call, "team_ids")};
    return hash_password(&job, error) && call_write(call, create_user, &job, error);
}

static bool change_user(struct tx *tx, void *data, GError **error)
{
    struct user_job *job = data;
    struct call *call = job->call;
    struct person_online online = online_of(call->app);
    bool active = call_flag(call, "active");
    struct person_change change = {.name = call_text(call, "name"),
                                   .role = call_text(call, "role"),
                                   .password_hash = job->hash,
                                   .lang = call_text(call, "lang"),
                                   .lang_from_browser = call_is_null(call, "lang"),
                                   .active = call_has(call, "active") ? &active : NULL,
                                   .team_ids = ids_of(job->team_ids),
                                   .team_count = job->team_ids != NULL ? job->team_ids->len : 0};
    return within_reach(call, change.role, error) && person_within_reach(tx, call, error) &&
           person_update(tx, call->actor, call_id(call), &change, call->now_ms, error) &&
           person_view(tx, call_id(call), &online, &call->out, error);
}

bool api_user_change(struct call *call, GError **error)
{
    g_auto(user_job_auto) job = {.call = call, .team_ids = call_ids(call, "team_ids")};
    if (!hash_password(&job, error) || !call_write(call, change_user, &job, error))
        return false;
    guard_forget(call->app->guard);
    return true;
}

static bool list_users(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    struct person_online online = online_of(call->app);
    const char *active = call_query(call, "active");
    return person_list(tx,
                       active == NULL                ? 0
                       : strcmp(active, "true") == 0 ? 1
                                                     : 2,
                       page->keys[0], page->limit, &online, &call->out, last, error);
}

bool api_user_list(struct call *call, GError **error)
{
    return call_list(call, list_users, error);
}

/* ---- teams, brands ---- */

static bool create_team(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autoptr(GArray) members = call_ids(call, "member_ids");
    int64_t id;
    return team_create(tx, call->actor, call_text(call, "name"), ids_of(members), members != NULL ? members->len : 0,
                       call->now_ms, &id, error) &&
           team_view(tx, id, &call->out, error);
}

bool api_team_create(struct call *call, GError **error)
{
    return call_write(call, create_team, call, error);
}

static bool change_team(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    g_autoptr(GArray) members = call_ids(call, "member_ids");
    struct team_change change = {.name = call_text(call, "name"),
                                 .make_default = call_flag(call, "is_default"),
                                 .member_ids = ids_of(members),
                                 .count = members != NULL ? members->len : 0};
    return team_update(tx, call->actor, call_id(call), &change, call->now_ms, error) &&
           team_view(tx, call_id(call), &call->out, error);
}

bool api_team_change(struct call *call, GError **error)
{
    if (call_has(call, "is_default") && !call_flag(call, "is_default")) {
        error_set(error, HY_ERROR_BAD_VALUE, "is_default", "make another team the default instead");
        return false;
    }
    return call_write(call, change_team, call, error);
}

static bool list_teams(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return team_list(tx, page->keys[0], page->limit, &call->out, last, error);
}

bool api_team_list(struct call *call, GError **error)
{
    return call_list(call, list_teams, error);
}

static bool create_brand(struct tx *tx, void *data, GError **error)
{
    struct call *call = data;
    int64_t id;
    g_autofree char *name = g_strstrip(g_strdup(call_text(call, "name")));
    if (!team_brand_create(tx, call->actor, name, call->now_ms, &id, error))
        return false;
    team_brand_view(&call->out, id, name);
    return true;
}

bool api_brand_create(struct call *call, GError **error)
{
    return call_write(call, create_brand, call, error);
}

static bool list_brands(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return team_brand_list(tx, page->keys[0], page->limit, &call->out, last, error);
}

bool api_brand_list(struct call *call, GError **error)
{
    return call_list(call, list_brands, error);
}

/* ---- audit ---- */

static bool list_audit(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last, GError **error)
{
    return audit_list(tx, call_query_id(call, "user"), call_query(call, "subject"), page->keys[0], page->limit,
                      &call->out, last, error);
}

bool api_audit_list(struct call *call, GError **error)
{
    return call_list(call, list_audit, error);
}

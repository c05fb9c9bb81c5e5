#include "desk/person.h"

#include "base/fold.h"
#include "base/id.h"
#include "base/limit.h"
#include "desk/audit.h"
#include "desk/session.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

char *person_login_key(const char *login)
{
    return fold_string(login);
}

bool person_check_password(const char *password, const char *field, GError **error)
{
    size_t length = strlen(password);
    if (length < LIMIT_PASSWORD_MIN)
        error_set(error, HY_ERROR_BAD_VALUE, field, "fewer than %d bytes", LIMIT_PASSWORD_MIN);
    else if (length > LIMIT_PASSWORD)
        error_set(error, HY_ERROR_TOO_LONG, field, "more than %d bytes", LIMIT_PASSWORD);
    return length >= LIMIT_PASSWORD_MIN && length <= LIMIT_PASSWORD;
}

static bool check_name(const char *name, GError **error)
{
    g_autofree char *shown = g_strstrip(g_strdup(name));
    if (*shown != '\0')
        return true;
    error_set(error, HY_ERROR_EMPTY, "name", "only blanks");
    return false;
}

static bool check_role(const char *name, GError **error)
{
    enum role role;
    if (role_parse(name, &role))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "role", "no such role");
    return false;
}

static bool check_login(struct tx *tx, const char *key, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (*key == '\0') {
        error_set(error, HY_ERROR_EMPTY, "login", "only blanks");
        return false;
    }
    if (strpbrk(key, " @:/") != NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "login", "blanks, @, : and / are not possible");
        return false;
    }
    if (!q_person_by_login(tx, &rows, error, key))
        return false;
    if (rows_count(rows) == 0)
        return true;
    error_set(error, HY_ERROR_TAKEN, "login", "somebody has this login");
    return false;
}

static bool set_teams(struct tx *tx, int64_t person_id, const int64_t *team_ids, size_t count, GError **error)
{
    if (!q_team_leave_all(tx, error, person_id))
        return false;
    for (size_t i = 0; i < count; i++) {
        g_autoptr(rows_auto) rows = NULL;
        if (!q_team_find(tx, &rows, error, team_ids[i]))
            return false;
        if (rows_count(rows) == 0) {
            error_set(error, HY_ERROR_BAD_VALUE, "team_ids", "no such team");
            return false;
        }
        if (!q_team_member_insert(tx, error, team_ids[i], person_id))
            return false;
    }
    return true;
}

static bool announce(struct tx *tx, const struct actor *actor, int64_t id, const char *role, bool active,
                     int64_t now_ms, GError **error)
{
    g_autofree char *data = g_strdup_printf("{\"active\":%s,\"role\":\"%s\"}", active ? "true" : "false", role);
    return event_append(
        tx,
        &(struct event){
            .at_ms = now_ms, .kind = EVENT_USER_CHANGED, .subject_id = id, .person_id = actor->person_id, .data = data},
        error);
}

bool person_create(struct tx *tx, const struct actor *actor, const struct person_new *person, int64_t now_ms,
                   int64_t *id, GError **error)
{
    g_autofree char *key = person_login_key(person->login);
    g_autofree char *name = g_strstrip(g_strdup(person->name));
    g_autofree char *detail = g_strdup_printf("{\"role\":\"%s\"}", person->role);
    *id = id_new(now_ms);
    return check_login(tx, key, error) && check_name(name, error) && check_role(person->role, error) &&
           q_person_insert(tx, error, *id, key, name, person->role, person->password_hash, person->lang, now_ms) &&
           set_teams(tx, *id, person->team_ids, person->team_count, error) &&
           announce(tx, actor, *id, person->role, true, now_ms, error) &&
           audit_write(tx, actor, now_ms, "user.create", "user", *id, detail, error);
}

static bool keep_an_admin(struct tx *tx, const struct q_person_find *was, const char *role, bool active, GError **error)
{
    bool stays = strcmp(role, "admin") == 0 && active;
    if (stays || strcmp(was->role, "admin") != 0 || !was->active)
        return true;
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_other_admins row;
    if (!q_person_other_admins(tx, &rows, error, was->id) || !q_person_other_admins_next(rows, &row))
        return false;
    if (row.count > 0)
        return true;
    error_set(error, HY_ERROR_CONFLICT, active ? "role" : "active", "this is the last admin");
    return false;
}

static bool release_conversations(struct tx *tx, const struct actor *actor, int64_t id, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_conversations row;
    if (!q_person_conversations(tx, &rows, error, id))
        return false;
    while (q_person_conversations_next(rows, &row)) {
        struct event event = {.at_ms = now_ms,
                              .kind = EVENT_CONVERSATION_CHANGED,
                              .conversation_id = row.id,
                              .person_id = actor->person_id,
                              .data = "{\"assignee_id\":null}"};
        if (!q_person_release(tx, error, row.id) || !event_append(tx, &event, error))
            return false;
    }
    return true;
}

/* What was changed, by name, for the audit: values may be personal. */
static char *changed_fields(const struct person_change *change)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_object(&out);
    writer_put_text(&out, "role", change->role);
    writer_key(&out, "active");
    if (change->active != NULL)
        writer_bool(&out, *change->active);
    else
        writer_null(&out);
    writer_put_bool(&out, "password", change->password_hash != NULL);
    writer_put_bool(&out, "name", change->name != NULL);
    writer_put_bool(&out, "teams", change->team_ids != NULL);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

static bool apply(struct tx *tx, const struct actor *actor, const struct q_person_find *was,
                  const struct person_change *change, int64_t keep_session_id, int64_t now_ms, GError **error)
{
    g_autofree char *name = g_strstrip(g_strdup(change->name != NULL ? change->name : was->name));
    const char *role = change->role != NULL ? change->role : was->role;
    const char *lang = change->lang_from_browser ? NULL : change->lang != NULL ? change->lang : was->lang;
    bool active = change->active != NULL ? *change->active : was->active;
    bool leaves = was->active && !active;
    return check_name(name, error) && check_role(role, error) && keep_an_admin(tx, was, role, active, error) &&
           q_person_update(tx, error, was->id, name, role, lang, active) &&
           (change->password_hash == NULL || q_person_set_password(tx, error, was->id, change->password_hash)) &&
           (change->team_ids == NULL || set_teams(tx, was->id, change->team_ids, change->team_count, error)) &&
           (!(leaves || change->password_hash != NULL) ||
            session_end_all(tx, was->id, keep_session_id, now_ms, error)) &&
           (!leaves || release_conversations(tx, actor, was->id, now_ms, error)) &&
           announce(tx, actor, was->id, role, active, now_ms, error);
}

/* *rows keeps row's texts. */
static bool find(struct tx *tx, int64_t id, struct rows **rows, struct q_person_find *row, GError **error)
{
    if (!q_person_find(tx, rows, error, id))
        return false;
    if (q_person_find_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such user");
    return false;
}

bool person_update(struct tx *tx, const struct actor *actor, int64_t id, const struct person_change *change,
                   int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_find was;
    if (!find(tx, id, &rows, &was, error))
        return false;
    g_autofree char *detail = changed_fields(change);
    return apply(tx, actor, &was, change, 0, now_ms, error) &&
           audit_write(tx, actor, now_ms, "user.update", "user", id, detail, error);
}

bool person_profile(struct tx *tx, const struct actor *actor, const struct person_change *change, const char *settings,
                    int64_t keep_session_id, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_find was;
    if (!find(tx, actor->person_id, &rows, &was, error))
        return false;
    if (settings != NULL && !q_person_set_settings(tx, error, was.id, settings))
        return false;
    if (change->name == NULL && change->lang == NULL && !change->lang_from_browser && change->password_hash == NULL)
        return true;
    return apply(tx, actor, &was, change, keep_session_id, now_ms, error) &&
           (change->password_hash == NULL ||
            audit_write(tx, actor, now_ms, "user.password", "user", was.id, NULL, error));
}

bool person_password(struct tx *tx, const char *login_key, int64_t *id, char **hash, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_by_login row;
    *id = 0;
    *hash = NULL;
    if (!q_person_by_login(tx, &rows, error, login_key))
        return false;
    if (q_person_by_login_next(rows, &row) && row.active) {
        *id = row.id;
        *hash = g_strdup(row.password_hash);
    }
    return true;
}

bool person_own_password(struct tx *tx, int64_t id, char **hash, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_find row;
    if (!find(tx, id, &rows, &row, error))
        return false;
    *hash = g_strdup(row.password_hash);
    return true;
}

bool person_id_by_login(struct tx *tx, const char *login, int64_t *id, GError **error)
{
    g_autofree char *key = person_login_key(login);
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_by_login row;
    if (!q_person_by_login(tx, &rows, error, key))
        return false;
    if (q_person_by_login_next(rows, &row)) {
        *id = row.id;
        return true;
    }
    error_set(error, HY_ERROR_NOT_FOUND, "user", "no such user");
    return false;
}

/* ---- views ---- */

static bool write_teams(struct tx *tx, int64_t person_id, struct writer *out, GError **error)
{
    g_autofree char *ids = g_strdup_printf("[%" G_GINT64_FORMAT "]", person_id);
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_teams row;
    if (!q_person_teams(tx, &rows, error, ids))
        return false;
    writer_begin_array(out);
    while (q_person_teams_next(rows, &row))
        writer_id(out, row.team_id);
    writer_end_array(out);
    return true;
}

static bool write_user(struct tx *tx, const struct q_person_page *row, const struct person_online *online,
                       struct writer *out, GError **error)
{
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_text(out, "login", row->login);
    writer_put_text(out, "name", row->name);
    writer_put_text(out, "role", row->role);
    writer_put_text(out, "lang", row->lang);
    writer_put_bool(out, "active", row->active);
    writer_put_bool(out, "online", online->is != NULL && online->is(online->data, row->id));
    writer_key(out, "team_ids");
    if (!write_teams(tx, row->id, out, error))
        return false;
    writer_put_time(out, "created_at", row->created_ms);
    writer_end_object(out);
    return true;
}

static bool write_found(struct tx *tx, const struct q_person_find *row, const struct person_online *online,
                        struct writer *out, GError **error)
{
    struct q_person_page page = {.id = row->id,
                                 .login = row->login,
                                 .name = row->name,
                                 .role = row->role,
                                 .lang = row->lang,
                                 .active = row->active,
                                 .created_ms = row->created_ms};
    return write_user(tx, &page, online, out, error);
}

bool person_view(struct tx *tx, int64_t id, const struct person_online *online, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_find row;
    return find(tx, id, &rows, &row, error) && write_found(tx, &row, online, out, error);
}

bool person_list(struct tx *tx, int active, int64_t after_id, int64_t limit, const struct person_online *online,
                 struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_person_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_person_page(tx, &rows, error, active, after_id, limit + 1))
        return false;
    for (int64_t n = 0; q_person_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        if (!write_user(tx, &row, online, out, error))
            return false;
    }
    return true;
}

bool person_session_view(struct tx *tx, const struct actor *actor, const char *csrf, const struct person_online *online,
                         struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    g_autoptr(rows_auto) mentions = NULL;
    struct q_person_find row;
    struct q_person_unseen_mentions unseen;
    if (!find(tx, actor->person_id, &rows, &row, error) ||
        !q_person_unseen_mentions(tx, &mentions, error, actor->person_id) ||
        !q_person_unseen_mentions_next(mentions, &unseen))
        return false;
    writer_begin_object(out);
    writer_key(out, "user");
    if (!write_found(tx, &row, online, out, error))
        return false;
    writer_key(out, "permissions");
    writer_begin_array(out);
    for (int i = 0; i < PERMISSION_COUNT; i++) {
        if (actor_may(actor, (enum permission)i))
            writer_text(out, permission_name((enum permission)i));
    }
    writer_end_array(out);
    writer_put_text(out, "csrf", csrf != NULL ? csrf : "");
    writer_put_raw(out, "settings", row.settings);
    writer_key(out, "teams");
    if (!write_teams(tx, row.id, out, error))
        return false;
    writer_put_i64(out, "unread_mentions", unseen.count);
    writer_end_object(out);
    return true;
}

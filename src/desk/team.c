#include "desk/team.h"

#include "base/error.h"
#include "base/id.h"
#include "desk/audit.h"
#include "store/queries.h"

#include <string.h>

static char *clean(const char *name, GError **error)
{
    char *text = g_strstrip(g_strdup(name));
    if (*text != '\0')
        return text;
    g_free(text);
    error_set(error, HY_ERROR_EMPTY, "name", "only blanks");
    return NULL;
}

bool team_first_start(struct tx *tx, enum lang lang, int64_t now_ms, GError **error)
{
    static const char *const TEAM[LANG_COUNT] = {[LANG_ZH] = "客服", [LANG_EN] = "Service"};
    static const char *const BRAND[LANG_COUNT] = {[LANG_ZH] = "我的品牌", [LANG_EN] = "My brand"};
    g_autoptr(rows_auto) teams = NULL;
    g_autoptr(rows_auto) brands = NULL;
    if (!q_team_default(tx, &teams, error) || !q_brand_first(tx, &brands, error))
        return false;
    return (rows_count(teams) > 0 || q_team_insert(tx, error, id_new(now_ms), TEAM[lang], true, now_ms)) &&
           (rows_count(brands) > 0 || q_brand_insert(tx, error, id_new(now_ms), BRAND[lang], now_ms));
}

static bool name_is_free(struct tx *tx, const char *name, int64_t own_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_team_by_name row;
    if (!q_team_by_name(tx, &rows, error, name))
        return false;
    if (!q_team_by_name_next(rows, &row) || row.id == own_id)
        return true;
    error_set(error, HY_ERROR_TAKEN, "name", "another team has this name");
    return false;
}

static bool set_members(struct tx *tx, int64_t id, const int64_t *member_ids, size_t count, GError **error)
{
    if (!q_team_members_clear(tx, error, id))
        return false;
    for (size_t i = 0; i < count; i++) {
        g_autoptr(rows_auto) rows = NULL;
        if (!q_person_find(tx, &rows, error, member_ids[i]))
            return false;
        if (rows_count(rows) == 0) {
            error_set(error, HY_ERROR_BAD_VALUE, "member_ids", "no such user");
            return false;
        }
        if (!q_team_member_insert(tx, error, id, member_ids[i]))
            return false;
    }
    return true;
}

bool team_create(struct tx *tx, const struct actor *actor, const char *name, const int64_t *member_ids, size_t count,
                 int64_t now_ms, int64_t *id, GError **error)
{
    g_autofree char *text = clean(name, error);
    *id = id_new(now_ms);
    return text != NULL && name_is_free(tx, text, 0, error) && q_team_insert(tx, error, *id, text, false, now_ms) &&
           set_members(tx, *id, member_ids, count, error) &&
           audit_write(tx, actor, now_ms, "team.create", "team", *id, NULL, error);
}

static bool rename_team(struct tx *tx, int64_t id, const char *name, GError **error)
{
    g_autofree char *text = clean(name, error);
    return text != NULL && name_is_free(tx, text, id, error) && q_team_rename(tx, error, id, text);
}

bool team_update(struct tx *tx, const struct actor *actor, int64_t id, const struct team_change *change, int64_t now_ms,
                 GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_team_find(tx, &rows, error, id))
        return false;
    if (rows_count(rows) == 0) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such team");
        return false;
    }
    g_autofree char *detail =
        g_strdup_printf("{\"name\":%s,\"is_default\":%s,\"members\":%s}", change->name ? "true" : "false",
                        change->make_default ? "true" : "false", change->member_ids ? "true" : "false");
    return (change->name == NULL || rename_team(tx, id, change->name, error)) &&
           (!change->make_default || q_team_make_default(tx, error, id)) &&
           (change->member_ids == NULL || set_members(tx, id, change->member_ids, change->count, error)) &&
           audit_write(tx, actor, now_ms, "team.update", "team", id, detail, error);
}

static bool write_team(struct tx *tx, int64_t id, const char *name, bool is_default, struct writer *out, GError **error)
{
    g_autofree char *ids = g_strdup_printf("[%" G_GINT64_FORMAT "]", id);
    g_autoptr(rows_auto) members = NULL;
    struct q_team_members member;
    if (!q_team_members(tx, &members, error, ids))
        return false;
    writer_begin_object(out);
    writer_put_id(out, "id", id);
    writer_put_text(out, "name", name);
    writer_put_bool(out, "is_default", is_default);
    writer_key(out, "member_ids");
    writer_begin_array(out);
    while (q_team_members_next(members, &member))
        writer_id(out, member.person_id);
    writer_end_array(out);
    writer_end_object(out);
    return true;
}

bool team_view(struct tx *tx, int64_t id, struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_team_find row;
    if (!q_team_find(tx, &rows, error, id))
        return false;
    if (q_team_find_next(rows, &row))
        return write_team(tx, row.id, row.name, row.is_default, out, error);
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such team");
    return false;
}

bool team_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_team_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_team_page(tx, &rows, error, after_id, limit + 1))
        return false;
    for (int64_t n = 0; q_team_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        if (!write_team(tx, row.id, row.name, row.is_default, out, error))
            return false;
    }
    return true;
}

bool team_brand_create(struct tx *tx, const struct actor *actor, const char *name, int64_t now_ms, int64_t *id,
                       GError **error)
{
    g_autofree char *text = clean(name, error);
    *id = id_new(now_ms);
    return text != NULL && q_brand_insert(tx, error, *id, text, now_ms) &&
           audit_write(tx, actor, now_ms, "brand.create", "brand", *id, NULL, error);
}

void team_brand_view(struct writer *out, int64_t id, const char *name)
{
    writer_begin_object(out);
    writer_put_id(out, "id", id);
    writer_put_text(out, "name", name);
    writer_end_object(out);
}

bool team_brand_list(struct tx *tx, int64_t after_id, int64_t limit, struct writer *out, int64_t *last_id,
                     GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_brand_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_brand_page(tx, &rows, error, after_id, limit + 1))
        return false;
    for (int64_t n = 0; q_brand_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        team_brand_view(out, row.id, row.name);
    }
    return true;
}

#include "desk/channel_admin.h"

#include "base/id.h"
#include "desk/audit.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

static const struct channel_setting_kind *setting_kind(const struct channel_kind *kind, const char *key)
{
    for (const struct channel_setting_kind *setting = kind->settings; setting->key != NULL; setting++) {
        if (strcmp(setting->key, key) == 0)
            return setting;
    }
    return NULL;
}

/* An error about a setting says so: "settings.app_secret". */
static bool complete(const struct channel_kind *kind, json_t *settings, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (channel_settings_complete(kind, settings, &why))
        return true;
    const char *key = error_field(why);
    bool inside = key != NULL && strcmp(key, "settings") != 0;
    g_autofree char *field = inside ? g_strconcat("settings.", key, NULL) : g_strdup("settings");
    error_set(error, error_code(why), field, "%s", why->message);
    return false;
}

/* Settings as they are stored: the open ones as text, the secret ones sealed (NULL when there are none). */
static char *split(const struct channel_kind *kind, const struct secret *secret, const json_t *settings,
                   GBytes **sealed)
{
    json_auto_t *open = json_object();
    json_auto_t *hidden = json_object();
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach ((json_t *)settings, key, value) {
        const struct channel_setting_kind *setting = setting_kind(kind, key);
        json_object_set(setting != NULL && setting->secret ? hidden : open, key, value);
    }
    g_autofree char *text = json_format(hidden);
    *sealed = json_object_size(hidden) > 0 ? secret_seal(secret, text) : NULL;
    return json_format(open);
}

static bool join(const struct secret *secret, const struct q_channel_find *row, json_t **settings, GError **error)
{
    json_auto_t *all = json_parse(row->settings, strlen(row->settings), error);
    if (all == NULL)
        return false;
    if (row->secrets != NULL) {
        g_autoptr(GBytes) sealed = g_bytes_new(row->secrets, row->secrets_length);
        g_autofree char *text = secret_open(secret, sealed, error);
        json_auto_t *hidden = text != NULL ? json_parse(text, strlen(text), error) : NULL;
        if (hidden == NULL)
            return false;
        json_object_update(all, hidden);
    }
    *settings = g_steal_pointer(&all);
    return true;
}

static bool check_name(const char *name, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(name));
    if (*text == '\0')
        error_set(error, HY_ERROR_EMPTY, "name", "only blanks");
    return *text != '\0';
}

static bool check_brand(struct tx *tx, int64_t brand_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_brand_find(tx, &rows, error, brand_id))
        return false;
    if (rows_count(rows) == 0)
        error_set(error, HY_ERROR_BAD_VALUE, "brand_id", "no such brand");
    return rows_count(rows) > 0;
}

static bool check_team(struct tx *tx, int64_t team_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (team_id == 0)
        return true;
    if (!q_team_find(tx, &rows, error, team_id))
        return false;
    if (rows_count(rows) == 0)
        error_set(error, HY_ERROR_BAD_VALUE, "team_id", "no such team");
    return rows_count(rows) > 0;
}

static bool first_brand(struct tx *tx, int64_t *brand_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_brand_first row;
    if (*brand_id != 0)
        return true;
    if (!q_brand_first(tx, &rows, error))
        return false;
    if (q_brand_first_next(rows, &row))
        *brand_id = row.id;
    return true;
}

static bool announce(struct tx *tx, const struct actor *actor, int64_t id, const char *status, int64_t now_ms,
                     GError **error)
{
    g_autofree char *data = g_strdup_printf("{\"status\":\"%s\"}", status);
    return event_append(tx,
                        &(struct event){.at_ms = now_ms,
                                        .kind = EVENT_CHANNEL_CHANGED,
                                        .subject_id = id,
                                        .person_id = actor->person_id,
                                        .data = data},
                        error);
}

/* ---- acts ---- */

static char *generated_secret(const struct channel_kind *kind, const json_t *given, const json_t *settings)
{
    for (const struct channel_setting_kind *setting = kind->settings; setting->key != NULL; setting++) {
        if (setting->generated && setting->secret && json_object_get(given, setting->key) == NULL)
            return g_strdup(json_string_value(json_object_get(settings, setting->key)));
    }
    return NULL;
}

/* The given settings without those that are empty: "" means the default. */
static json_t *without_empty(const json_t *given)
{
    json_t *settings = json_object();
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach ((json_t *)given, key, value) {
        if (!json_is_string(value) || json_string_length(value) > 0)
            json_object_set(settings, key, value);
    }
    return settings;
}

bool channel_admin_create(struct tx *tx, const struct secret *secret, const struct actor *actor,
                          const struct channel_admin_new *channel, int64_t now_ms, int64_t *id, char **shown,
                          GError **error)
{
    const struct channel_kind *kind = channel_kind_find(channel->kind);
    int64_t brand_id = channel->brand_id;
    if (kind == NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "kind", "no such kind of channel");
        return false;
    }
    if (channel->settings != NULL && !json_is_object(channel->settings)) {
        error_set(error, HY_ERROR_BAD_VALUE, "settings", "not an object");
        return false;
    }
    json_auto_t *settings = without_empty(channel->settings);
    if (!complete(kind, settings, error) || !check_name(channel->name, error) || !first_brand(tx, &brand_id, error) ||
        !check_brand(tx, brand_id, error) || !check_team(tx, channel->team_id, error))
        return false;
    g_autoptr(GBytes) sealed = NULL;
    g_autofree char *open = split(kind, secret, settings, &sealed);
    g_autofree char *detail = g_strdup_printf("{\"kind\":\"%s\"}", kind->kind);
    *id = id_new(now_ms);
    g_free(*shown);
    *shown = generated_secret(kind, channel->settings, settings);
    return q_channel_insert(tx, error, *id, kind->kind, channel->name, brand_id, channel->team_id, open, sealed,
                            (kind->capabilities & CHANNEL_CAN_POLL) != 0 ? now_ms : 0, now_ms) &&
           announce(tx, actor, *id, "new", now_ms, error) &&
           audit_write(tx, actor, now_ms, "channel.create", "channel", *id, detail, error);
}

static bool find(struct tx *tx, int64_t id, struct rows **rows, struct q_channel_find *row, GError **error)
{
    if (!q_channel_find(tx, rows, error, id))
        return false;
    if (q_channel_find_next(*rows, row))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "no such channel");
    return false;
}

static bool change_settings(const struct channel_kind *kind, json_t *settings, const json_t *changes, GError **error)
{
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(changes)) {
        error_set(error, HY_ERROR_BAD_VALUE, "settings", "not an object");
        return false;
    }
    json_object_foreach ((json_t *)changes, key, value) {
        const struct channel_setting_kind *setting = setting_kind(kind, key);
        bool cleared = json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
        if (cleared && setting != NULL)
            json_object_del(settings, key);
        else
            json_object_set(settings, key, value);
    }
    return complete(kind, settings, error);
}

/* Which keys were set, for the audit; never what to. */
static char *changed_keys(const struct channel_admin_change *change)
{
    g_auto(writer_auto) out;
    const char *key = NULL;
    json_t *unused = NULL;
    writer_init(&out);
    writer_begin_object(&out);
    writer_key(&out, "settings");
    writer_begin_array(&out);
    json_object_foreach ((json_t *)change->settings, key, unused)
        writer_text(&out, key);
    writer_end_array(&out);
    if (change->enabled != NULL)
        writer_put_bool(&out, "enabled", *change->enabled);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

bool channel_admin_update(struct tx *tx, const struct secret *secret, const struct actor *actor, int64_t id,
                          const struct channel_admin_change *change, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_channel_find row;
    json_auto_t *settings = NULL;
    if (!find(tx, id, &rows, &row, error) || !join(secret, &row, &settings, error))
        return false;
    const struct channel_kind *kind = channel_kind_find(row.kind);
    const char *name = change->name != NULL ? change->name : row.name;
    int64_t brand_id = change->brand_id != 0 ? change->brand_id : row.brand_id;
    int64_t team_id = change->default_team ? 0 : change->team_id != 0 ? change->team_id : row.team_id;
    bool enabled = change->enabled != NULL ? *change->enabled : row.enabled;
    if (kind == NULL) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "kind", "a newer program made this channel");
        return false;
    }
    if (!check_name(name, error) || !check_brand(tx, brand_id, error) || !check_team(tx, team_id, error) ||
        (change->settings != NULL && !change_settings(kind, settings, change->settings, error)))
        return false;
    g_autoptr(GBytes) sealed = NULL;
    g_autofree char *open = split(kind, secret, settings, &sealed);
    g_autofree char *detail = changed_keys(change);
    bool polls = enabled && (kind->capabilities & CHANNEL_CAN_POLL) != 0;
    return q_channel_update(tx, error, id, name, brand_id, team_id, open, sealed, enabled, polls ? now_ms : 0) &&
           announce(tx, actor, id, row.status, now_ms, error) &&
           audit_write(tx, actor, now_ms, "channel.update", "channel", id, detail, error);
}

bool channel_admin_remove(struct tx *tx, const struct actor *actor, int64_t id, int64_t now_ms, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_channel_find row;
    return find(tx, id, &rows, &row, error) && q_channel_remove(tx, error, id, now_ms) &&
           announce(tx, actor, id, "removed", now_ms, error) &&
           audit_write(tx, actor, now_ms, "channel.remove", "channel", id, NULL, error);
}

bool channel_admin_open(struct tx *tx, const struct secret *secret, int64_t id, const struct channel_kind **kind,
                        json_t **settings, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_channel_find row;
    if (!find(tx, id, &rows, &row, error))
        return false;
    *kind = channel_kind_find(row.kind);
    if (*kind == NULL) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "kind", "a newer program made this channel");
        return false;
    }
    json_decref(*settings);
    *settings = NULL;
    return join(secret, &row, settings, error);
}

/* ---- views ---- */

static void write_secrets_set(const struct channel_kind *kind, const json_t *settings, struct writer *out)
{
    writer_key(out, "secrets_set");
    writer_begin_array(out);
    for (const struct channel_setting_kind *setting = kind ? kind->settings : NULL; setting && setting->key;
         setting++) {
        if (setting->secret && json_string_length(json_object_get(settings, setting->key)) > 0)
            writer_text(out, setting->key);
    }
    writer_end_array(out);
}

static void write_paths(const struct channel_kind *kind, int64_t id, struct writer *out)
{
    unsigned capabilities = kind != NULL ? kind->capabilities : 0;
    const char *name = kind != NULL ? kind->kind : "";
    g_autofree char *hook = g_strdup_printf("/hooks/%" G_GINT64_FORMAT, id);
    g_autofree char *sandbox = g_strdup_printf("/sandbox/%" G_GINT64_FORMAT, id);
    writer_put_text(out, "hook_path", (capabilities & CHANNEL_CAN_PUSH) != 0 ? hook : NULL);
    writer_put_text(out, "page_path", strcmp(name, "sandbox") == 0 ? sandbox : NULL);
}

void channel_admin_test_view(const struct channel_outcome *outcome, enum lang lang, struct writer *out)
{
    bool ok = outcome->fate == CHANNEL_OK;
    writer_begin_object(out);
    writer_put_bool(out, "ok", ok);
    writer_put_text(out, "error_class", ok ? "" : channel_fate_name(outcome->fate));
    writer_put_text(out, "error_code", outcome->native_code != NULL ? outcome->native_code : "");
    writer_put_text(out, "text", ok ? "" : channel_fate_text(outcome->fate, lang));
    writer_end_object(out);
}

bool channel_admin_view(struct tx *tx, const struct secret *secret, int64_t id, enum lang lang, const char *shown,
                        struct writer *out, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_channel_find row;
    json_auto_t *settings = NULL;
    if (!find(tx, id, &rows, &row, error))
        return false;
    const struct channel_kind *kind = channel_kind_find(row.kind);
    bool opens = join(secret, &row, &settings, NULL); /* with another secret.key the page must still show */
    bool trouble = strcmp(row.status, "trouble") == 0;
    writer_begin_object(out);
    writer_put_id(out, "id", row.id);
    writer_put_text(out, "kind", row.kind);
    writer_put_text(out, "name", row.name);
    writer_put_id(out, "brand_id", row.brand_id);
    writer_put_id(out, "team_id", row.team_id);
    writer_put_bool(out, "enabled", row.enabled);
    writer_put_raw(out, "settings", row.settings);
    write_secrets_set(kind, opens ? settings : NULL, out);
    writer_put_text(out, "status", row.status);
    writer_put_text(out, "status_text", trouble ? channel_fate_text(channel_fate_parse(row.status_text), lang) : "");
    writer_put_time(out, "status_at", row.status_ms);
    write_paths(kind, row.id, out);
    writer_put_text(out, "secret", shown);
    writer_put_time(out, "created_at", row.created_ms);
    writer_end_object(out);
    return true;
}

bool channel_admin_list(struct tx *tx, const struct secret *secret, enum lang lang, int64_t after_id, int64_t limit,
                        struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_channel_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_channel_page(tx, &rows, error, after_id, limit + 1))
        return false;
    for (int64_t n = 0; q_channel_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        if (!channel_admin_view(tx, secret, row.id, lang, NULL, out, error))
            return false;
    }
    return true;
}

static void write_setting_kind(const struct channel_setting_kind *setting, enum lang lang, struct writer *out)
{
    writer_begin_object(out);
    writer_put_text(out, "key", setting->key);
    writer_put_text(out, "label", setting->label[lang]);
    writer_put_text(out, "help", setting->help[lang] != NULL ? setting->help[lang] : "");
    writer_put_bool(out, "required", setting->required);
    writer_put_bool(out, "secret", setting->secret);
    writer_put_bool(out, "generated", setting->generated);
    writer_put_text(out, "fallback", setting->fallback);
    writer_end_object(out);
}

void channel_admin_kind_view(const struct channel_kind *kind, enum lang lang, struct writer *out)
{
    static const struct {
        unsigned bit;
        const char *name;
    } NAMES[] = {{CHANNEL_CAN_READ_PUBLIC, "read_public"},
                 {CHANNEL_CAN_READ_PRIVATE, "read_private"},
                 {CHANNEL_CAN_REPLY_PUBLIC, "reply_public"},
                 {CHANNEL_CAN_REPLY_PRIVATE, "reply_private"},
                 {CHANNEL_CAN_PUSH, "push"},
                 {CHANNEL_CAN_POLL, "poll"},
                 {CHANNEL_IS_LOCAL, "local"}};
    writer_begin_object(out);
    writer_put_text(out, "kind", kind->kind);
    writer_put_text(out, "label", kind->label[lang]);
    writer_key(out, "capabilities");
    writer_begin_array(out);
    for (size_t i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if ((kind->capabilities & NAMES[i].bit) != 0)
            writer_text(out, NAMES[i].name);
    }
    writer_end_array(out);
    writer_key(out, "settings");
    writer_begin_array(out);
    for (const struct channel_setting_kind *setting = kind->settings; setting->key != NULL; setting++)
        write_setting_kind(setting, lang, out);
    writer_end_array(out);
    writer_end_object(out);
}

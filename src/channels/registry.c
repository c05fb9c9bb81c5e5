/* registry.c - which kinds of channel there are, and filling in the settings of a new one. */
#include "channels/channel.h"

#include "base/limit.h"
#include "channels/sandbox.h"
#include "channels/webchat.h"
#include "channels/webhook.h"
#include "channels/weibo.h"

#include <string.h>

const struct channel_kind *const CHANNEL_KINDS[] = {
    &WEIBO_KIND, &WEBCHAT_KIND, &WEBHOOK_KIND, &SANDBOX_KIND, NULL,
};

const struct channel_kind *channel_kind_find(const char *kind)
{
    for (const struct channel_kind *const *one = CHANNEL_KINDS; kind != NULL && *one != NULL; one++)
        if (strcmp((*one)->kind, kind) == 0)
            return *one;
    return NULL;
}

static const struct channel_setting_kind *find_setting(const struct channel_kind *kind, const char *key)
{
    for (const struct channel_setting_kind *setting = kind->settings; setting->key; setting++)
        if (strcmp(setting->key, key) == 0)
            return setting;
    return NULL;
}

static bool given_ones_known(const struct channel_kind *kind, const json_t *settings, GError **error)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach ((json_t *)settings, key, value) {
        if (find_setting(kind, key) == NULL) {
            error_set(error, HY_ERROR_UNKNOWN_FIELD, key, "a %s channel has no setting %s", kind->kind, key);
            return false;
        }
        if (!json_is_string(value)) {
            error_set(error, HY_ERROR_BAD_VALUE, key, "%s is not a string", key);
            return false;
        }
        if (json_string_length(value) > LIMIT_REPLY_TEXT) {
            error_set(error, HY_ERROR_TOO_LONG, key, "%s has more than %d bytes", key, LIMIT_REPLY_TEXT);
            return false;
        }
    }
    return true;
}

/* A setting that was not given: its generated value or its default. False when it cannot be missing. */
static bool fill(const struct channel_setting_kind *setting, json_t *settings, GError **error)
{
    if (json_object_get(settings, setting->key) != NULL)
        return true;
    if (setting->generated) {
        g_autofree char *value = setting->generate();
        json_object_set_new(settings, setting->key, json_string(value));
    } else if (setting->fallback != NULL) {
        json_object_set_new(settings, setting->key, json_string(setting->fallback));
    } else if (setting->required) {
        error_set(error, HY_ERROR_MISSING, setting->key, "%s must be given", setting->key);
        return false;
    }
    return true;
}

bool channel_settings_complete(const struct channel_kind *kind, json_t *settings, GError **error)
{
    if (!json_is_object(settings)) {
        error_set(error, HY_ERROR_BAD_VALUE, "settings", "settings is not an object");
        return false;
    }
    if (json_object_size(settings) > LIMIT_SETTINGS) {
        error_set(error, HY_ERROR_TOO_LONG, "settings", "more than %d settings", LIMIT_SETTINGS);
        return false;
    }
    if (!given_ones_known(kind, settings, error))
        return false;
    for (const struct channel_setting_kind *setting = kind->settings; setting->key; setting++) {
        const json_t *value = json_object_get(settings, setting->key);
        if (setting->required && value != NULL && json_string_length(value) == 0) {
            error_set(error, HY_ERROR_EMPTY, setting->key, "%s is empty", setting->key);
            return false;
        }
        if (!fill(setting, settings, error))
            return false;
    }
    struct channel_account account = {.kind = kind->kind, .settings = settings};
    return kind->check_settings == NULL || kind->check_settings(&account, error);
}

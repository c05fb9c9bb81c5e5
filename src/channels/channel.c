#include "channels/channel.h"

#include <string.h>

const char *channel_setting(const struct channel_account *account, const char *key)
{
    const json_t *value = account->settings ? json_object_get(account->settings, key) : NULL;
    if (json_is_string(value) && json_string_length(value) > 0)
        return json_string_value(value);
    const struct channel_kind *kind = channel_kind_find(account->kind);
    for (const struct channel_setting_kind *setting = kind ? kind->settings : NULL; setting && setting->key; setting++)
        if (strcmp(setting->key, key) == 0)
            return setting->fallback ? setting->fallback : "";
    return "";
}

struct channel_post *channel_post_new(void)
{
    struct channel_post *post = g_new0(struct channel_post, 1);
    post->text = g_strdup("");
    post->author.verified = "";
    return post;
}

void channel_post_free(struct channel_post *post)
{
    if (post == NULL)
        return;
    g_free(post->native_id);
    g_free(post->alias_id);
    g_free(post->parent_native_id);
    g_free(post->root_native_id);
    g_free(post->author.native_id);
    g_free(post->author.handle);
    g_free(post->author.avatar_url);
    g_free(post->author.profile_url);
    g_free(post->text);
    g_free(post->url);
    g_free(post->media);
    g_free(post->counts);
    g_free(post->target);
    g_clear_pointer(&post->raw, g_bytes_unref);
    g_free(post);
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

void channel_receipt_init(struct channel_receipt *receipt)
{
    *receipt = (struct channel_receipt){.status = 200, .posts = g_ptr_array_new_with_free_func(free_post)};
}

void channel_receipt_clear(struct channel_receipt *receipt)
{
    g_free(receipt->content_type);
    g_free(receipt->body);
    g_free(receipt->duplicate_body);
    g_clear_pointer(&receipt->posts, g_ptr_array_unref);
    *receipt = (struct channel_receipt){.status = 0};
}

void channel_request_init(struct channel_request *request)
{
    *request = (struct channel_request){.method = "GET", .headers = g_ptr_array_new_with_free_func(g_free)};
}

void channel_request_clear(struct channel_request *request)
{
    g_free(request->url);
    g_clear_pointer(&request->headers, g_ptr_array_unref);
    g_clear_pointer(&request->body, g_bytes_unref);
    *request = (struct channel_request){.method = NULL};
}

void channel_outcome_clear(struct channel_outcome *outcome)
{
    g_free(outcome->native_id);
    g_free(outcome->native_code);
    g_free(outcome->look_on);
    *outcome = (struct channel_outcome){.fate = CHANNEL_OK};
}

/* ---- what may become of a try: outcome.def ---- */

static const struct {
    const char *name;
    enum channel_step step;
    const char *text[LANG_COUNT];
} FATES[CHANNEL_FATE_COUNT] = {
#define OUTCOME(id, name, step, zh, en) [CHANNEL_##id] = {name, CHANNEL_STEP_##step, {[LANG_ZH] = zh, [LANG_EN] = en}},
#include "channels/outcome.def"
#undef OUTCOME
};

const char *channel_fate_name(enum channel_fate fate)
{
    return FATES[fate].name;
}

enum channel_fate channel_fate_parse(const char *name)
{
    for (unsigned i = 0; i < CHANNEL_FATE_COUNT; i++)
        if (strcmp(FATES[i].name, name) == 0)
            return (enum channel_fate)i;
    return CHANNEL_BAD_REQUEST;
}

enum channel_step channel_fate_step(enum channel_fate fate)
{
    return FATES[fate].step;
}

const char *channel_fate_text(enum channel_fate fate, enum lang lang)
{
    return FATES[fate].text[lang];
}

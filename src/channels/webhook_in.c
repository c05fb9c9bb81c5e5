/* webhook_in.c - a signed event becomes a post. */
#include "channels/webhook.h"

#include "base/limit.h"
#include "base/writer.h"
#include "channels/kit.h"

#include <string.h>

#define FOLLOWERS_MAX INT64_C(100000000000)

static const char *const KINDS[] = {"mention", "comment", "reply", "repost", "dm", "review"};

/* Where a name of ours stands in a list; -1 when it does not. */
static int name_index(const char *const *names, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return (int)i;
    return -1;
}

/* "mention.created" → "mention". NULL: a type we have no use for, among them what was taken back. */
static const char *kind_of(const char *type)
{
    static const char *const GONE[] = {"deleted", "removed", "hidden"};
    size_t head = strcspn(type, ".");
    const char *suffix = type[head] ? type + head + 1 : "";
    int kind = name_index(KINDS, G_N_ELEMENTS(KINDS), type, head);
    return kind < 0 || name_index(GONE, G_N_ELEMENTS(GONE), suffix, strlen(suffix)) >= 0 ? NULL : KINDS[kind];
}

static bool type_well_formed(const char *type, GError **error)
{
    for (const char *at = type; *at; at++) {
        if (!g_ascii_isalnum(*at) && *at != '_' && *at != '.') {
            error_set(error, HY_ERROR_BAD_VALUE, "type", "type has characters other than A-Z a-z 0-9 _ .");
            return false;
        }
    }
    return true;
}

static bool opt_time(const json_t *object, const char *path, const char *key, int64_t *ms, GError **error)
{
    const char *text = NULL;
    if (!kit_opt_text(object, path, key, 64, &text, error))
        return false;
    if (text == NULL || kit_parse_time(text, ms))
        return true;
    g_autofree char *name = path ? g_strconcat(path, ".", key, NULL) : g_strdup(key);
    error_set(error, HY_ERROR_BAD_VALUE, name, "%s is not an RFC 3339 time with a zone", name);
    return false;
}

static bool read_verified(const json_t *author, const char **verified, GError **error)
{
    static const char *const WORDS[] = {"", "person", "organisation", "media", "government"};
    const json_t *value = json_object_get(author, "verified");
    *verified = "";
    if (value == NULL || json_is_null(value) || json_is_false(value))
        return true;
    if (json_is_true(value)) {
        *verified = "person";
        return true;
    }
    int word = json_is_string(value)
                   ? name_index(WORDS, G_N_ELEMENTS(WORDS), json_string_value(value), json_string_length(value))
                   : -1;
    if (word < 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "data.author.verified",
                  "neither true, false nor person, organisation, media, government");
        return false;
    }
    *verified = WORDS[word];
    return true;
}

static bool read_followers(const json_t *author, int64_t *followers, GError **error)
{
    GError *inner = NULL;
    if (json_opt_i64(author, "followers", 0, FOLLOWERS_MAX, -1, followers, &inner))
        return true;
    error_set(error, error_code(inner), "data.author.followers", "not a whole number from 0");
    g_error_free(inner);
    return false;
}

/* People of two platforms behind one bridge may have the same id, so the platform's name stands before it. */
static bool read_author(const json_t *data, const char *platform, struct channel_post *post, GError **error)
{
    const json_t *author = NULL;
    const char *id = NULL, *name = NULL, *url = NULL, *avatar = NULL;
    if (!kit_get_object(data, "data", "author", &author, error) ||
        !kit_get_text(author, "data.author", "id", LIMIT_NATIVE_ID - 70, &id, error) ||
        !kit_opt_text(author, "data.author", "name", LIMIT_NAME * 4, &name, error) ||
        !kit_opt_url(author, "data.author", "url", &url, error) ||
        !kit_opt_url(author, "data.author", "avatar_url", &avatar, error) ||
        !read_followers(author, &post->author.followers, error) ||
        !read_verified(author, &post->author.verified, error))
        return false;
    post->author.native_id = *platform ? g_strconcat(platform, ":", id, NULL) : g_strdup(id);
    post->author.handle = g_strdup(name ? name : "");
    post->author.profile_url = g_strdup(url);
    post->author.avatar_url = g_strdup(avatar);
    return true;
}

static bool read_visibility(const json_t *data, struct channel_post *post, GError **error)
{
    static const char *const WORDS[] = {"public", "unlisted", "private", "direct", "followers"};
    const char *word = NULL;
    bool dm = strcmp(post->kind, "dm") == 0;
    post->visibility = dm ? CHANNEL_PRIVATE : CHANNEL_PUBLIC;
    if (!kit_opt_text(data, "data", "visibility", 32, &word, error))
        return false;
    if (word == NULL)
        return true;
    int index = name_index(WORDS, G_N_ELEMENTS(WORDS), word, strlen(word));
    if (index < 0 || (dm && index < 2)) {
        error_set(error, HY_ERROR_BAD_VALUE, "data.visibility", "%s", dm ? "a dm is private" : "not public or private");
        return false;
    }
    post->visibility = index < 2 ? CHANNEL_PUBLIC : CHANNEL_PRIVATE;
    return true;
}

/* One element of data.media: an address, or {"type","url","name"}. */
static bool read_medium(const json_t *element, size_t index, json_t *media, GError **error)
{
    g_autofree char *path = g_strdup_printf("data.media[%zu]", index);
    json_auto_t *wrapped = json_is_string(element) ? json_pack("{s:O}", "url", element) : NULL;
    const json_t *medium = wrapped ? wrapped : element;
    const char *type = NULL, *url = NULL, *name = NULL;
    if (!json_is_object(medium)) {
        error_set(error, HY_ERROR_BAD_VALUE, path, "%s is neither an object nor an address", path);
        return false;
    }
    if (!kit_opt_text(medium, path, "type", 32, &type, error) || !kit_opt_url(medium, path, "url", &url, error) ||
        !kit_opt_text(medium, path, "name", LIMIT_NAME * 4, &name, error))
        return false;
    if (url == NULL) {
        g_autofree char *field = g_strconcat(path, ".url", NULL);
        error_set(error, HY_ERROR_MISSING, field, "%s is missing", field);
        return false;
    }
    json_array_append_new(
        media, json_pack("{s:s,s:s,s:s}", "type", type && *type ? type : "file", "url", url, "name", name ? name : ""));
    return true;
}

static bool read_media(const json_t *data, struct channel_post *post, GError **error)
{
    const json_t *list = json_object_get(data, "media");
    if (list == NULL || json_is_null(list))
        return true;
    if (!json_is_array(list)) {
        error_set(error, HY_ERROR_BAD_VALUE, "data.media", "data.media is not a list");
        return false;
    }
    if (json_array_size(list) > LIMIT_MEDIA) {
        error_set(error, HY_ERROR_TOO_LONG, "data.media", "data.media has more than %d elements", LIMIT_MEDIA);
        return false;
    }
    json_auto_t *media = json_array();
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_medium(json_array_get(list, i), i, media, error))
            return false;
    if (json_array_size(media) > 0)
        post->media = json_format(media);
    return true;
}

static bool read_text(const json_t *data, struct channel_post *post, GError **error)
{
    const char *text = NULL;
    if (!kit_opt_text(data, "data", "text", LIMIT_BODY_HOOK, &text, error))
        return false;
    if ((text == NULL || *text == '\0') && post->media == NULL) {
        error_set(error, text ? HY_ERROR_EMPTY : HY_ERROR_MISSING, "data.text", "neither text nor media");
        return false;
    }
    g_free(post->text);
    post->text = kit_cut_text(text ? text : "");
    return true;
}

/* What the reply must name again: ids as the bridge wrote them. */
static char *target_format(const json_t *data, const char *platform, const char *thread)
{
    const json_t *author = json_object_get(data, "author");
    json_auto_t *target = json_object();
    json_object_set(target, "author_id", json_object_get(author, "id"));
    if (*platform)
        json_object_set_new(target, "channel", json_string(platform));
    if (thread != NULL)
        json_object_set_new(target, "thread_id", json_string(thread));
    return json_format(target);
}

static bool read_ids(const json_t *data, const char *platform, struct channel_post *post, GError **error)
{
    const char *id = NULL, *thread = NULL, *parent = NULL;
    if (!kit_get_text(data, "data", "external_id", LIMIT_NATIVE_ID, &id, error) ||
        !kit_opt_text(data, "data", "thread_id", LIMIT_NATIVE_ID, &thread, error) ||
        !kit_opt_text(data, "data", "parent_id", LIMIT_NATIVE_ID, &parent, error))
        return false;
    thread = thread && *thread ? thread : NULL;
    parent = parent && *parent ? parent : NULL;
    post->native_id = g_strdup(id);
    post->parent_native_id = g_strdup(parent);
    if (post->visibility == CHANNEL_PUBLIC)
        post->root_native_id = g_strdup(thread ? thread : parent ? parent : id);
    post->target = target_format(data, platform, thread);
    return true;
}

static struct channel_post *read_post(const json_t *data, const char *kind, int64_t stamped_ms, GError **error)
{
    g_autoptr(channel_post_auto) post = channel_post_new();
    const char *platform = NULL, *url = NULL;
    post->kind = kind;
    post->sent_ms = stamped_ms;
    if (!kit_opt_text(data, "data", "channel", 64, &platform, error))
        return NULL;
    platform = platform ? platform : "";
    if (!read_visibility(data, post, error) || !read_ids(data, platform, post, error) ||
        !read_author(data, platform, post, error) || !read_media(data, post, error) || !read_text(data, post, error) ||
        !kit_opt_url(data, "data", "url", &url, error) || !opt_time(data, "data", "created_at", &post->sent_ms, error))
        return NULL;
    post->url = g_strdup(url);
    return g_steal_pointer(&post);
}

static bool read_event(const struct channel_push *push, struct channel_receipt *receipt, GError **error)
{
    json_auto_t *event = json_parse(push->body, push->body_length, error);
    const char *type = NULL;
    int64_t stamped_ms = 0;
    if (event == NULL)
        return false;
    if (!json_is_object(event)) {
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "the body is not a JSON object");
        return false;
    }
    if (!kit_get_text(event, NULL, "type", 128, &type, error) || !type_well_formed(type, error) ||
        !opt_time(event, NULL, "timestamp", &stamped_ms, error))
        return false;
    const char *kind = kind_of(type);
    const json_t *data = NULL;
    if (kind == NULL)
        return true;
    if (!kit_get_object(event, NULL, "data", &data, error))
        return false;
    struct channel_post *post = read_post(data, kind, stamped_ms, error);
    if (post != NULL)
        g_ptr_array_add(receipt->posts, post);
    return post != NULL;
}

bool webhook_receive(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                     struct channel_receipt *receipt, GError **error)
{
    struct webhook_keys keys;
    const struct standard_webhook_headers headers = {push->header(push->request, "webhook-id"),
                                                     push->header(push->request, "webhook-timestamp"),
                                                     push->header(push->request, "webhook-signature")};
    if (strcmp(push->method, "POST") != 0) {
        error_set(error, HY_ERROR_METHOD, NULL, "events are posted");
        return false;
    }
    if (!webhook_keys_load(account, &keys, error) ||
        !standard_webhook_verify(keys.key, keys.count, &headers, push->body, push->body_length, now_ms,
                                 kit_setting_i64(account, "tolerance_s"), error) ||
        !read_event(push, receipt, error))
        return false;
    receipt->status = 202;
    receipt->content_type = g_strdup("application/json");
    receipt->body = g_strdup("{\"accepted\":true,\"duplicate\":false}");
    receipt->duplicate_body = g_strdup("{\"accepted\":true,\"duplicate\":true}");
    return true;
}

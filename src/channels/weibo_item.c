/* weibo_item.c - statuses, comments and users of the REST lists become posts. */
#include "channels/weibo.h"

#include "base/id.h"
#include "base/limit.h"
#include "channels/kit.h"

#include <string.h>

static int64_t id_of(const json_t *value)
{
    int64_t id = 0;
    g_autofree char *text = value ? json_id_text(value) : NULL;
    return text != NULL && id_parse(text, &id) ? id : 0;
}

int64_t weibo_id(const json_t *object)
{
    int64_t id = id_of(json_object_get(object, "idstr"));
    return id != 0 ? id : id_of(json_object_get(object, "id"));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* ---- people ---- */

/* A number, digits, or the web's "12.3万" and "1.2亿"; -1 when it is none of them. */
static int64_t count_of(const json_t *value)
{
    if (json_is_integer(value))
        return MAX(json_integer_value(value), 0);
    const char *text = json_string_value(value);
    if (text == NULL || !g_ascii_isdigit(*text) || strlen(text) > 24)
        return -1;
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);
    double unit = strcmp(end, "万") == 0 ? 1e4 : strcmp(end, "亿") == 0 ? 1e8 : *end == '\0' ? 1 : -1;
    return unit < 0 || !(number < 1e11) ? -1 : (int64_t)(number * unit + 0.5);
}

static const char *verified_of(const json_t *user)
{
    if (!json_is_true(json_object_get(user, "verified")))
        return "";
    switch (json_integer_value(json_object_get(user, "verified_type"))) {
    case 0:
        return "person";
    case 1:
        return "government";
    case 3:
        return "media";
    case 2: /* enterprise, campus, website, application, organisation */
    case 4:
    case 5:
    case 6:
    case 7:
        return "organisation";
    default: /* -1 nobody, 200 and 220 a starter badge, 8 not yet confirmed */
        return "";
    }
}

static char *url_or_null(const char *url)
{
    return kit_is_url(url) ? g_strdup(url) : NULL;
}

static char *page_url(const struct channel_account *account, const char *folder, int64_t id)
{
    const char *base = channel_setting(account, "web_url");
    return g_strdup_printf("%s%s%s/%" PRId64, base, g_str_has_suffix(base, "/") ? "" : "/", folder, id);
}

static bool read_author(const struct channel_account *account, const json_t *user, struct channel_post *post)
{
    int64_t id = weibo_id(user);
    if (id == 0)
        return false;
    const char *avatar = text_of(user, "avatar_large");
    post->author.native_id = g_strdup_printf("%" PRId64, id);
    post->author.handle = g_strdup(text_of(user, "screen_name"));
    post->author.followers = count_of(json_object_get(user, "followers_count"));
    post->author.verified = verified_of(user);
    post->author.avatar_url = url_or_null(*avatar ? avatar : text_of(user, "profile_image_url"));
    post->author.profile_url = page_url(account, "u", id);
    post->own = strcmp(post->author.native_id, channel_setting(account, "uid")) == 0;
    return true;
}

/* ---- posts ---- */

/* longText is a string or an object that holds one. */
static void read_text(const json_t *item, struct channel_post *post)
{
    const json_t *longer = json_object_get(item, "longText");
    const char *whole = json_is_object(longer) ? text_of(longer, "longTextContent") : text_of(item, "longText");
    g_free(post->text);
    post->text = kit_cut_text(*whole ? whole : text_of(item, "text"));
}

/* Lists name thumbnails; the large picture has the same name in another folder. */
static void add_picture(json_t *media, const char *thumbnail)
{
    g_autoptr(GString) url = g_string_new(thumbnail);
    g_string_replace(url, "/thumbnail/", "/large/", 1);
    if (kit_is_url(url->str) && json_array_size(media) < LIMIT_MEDIA)
        json_array_append_new(media, json_pack("{s:s,s:s,s:s}", "type", "image", "url", url->str, "name", ""));
}

static void read_pictures(const json_t *status, struct channel_post *post)
{
    const json_t *pictures = json_object_get(status, "pic_urls");
    json_auto_t *media = json_array();
    size_t index = 0;
    json_t *picture = NULL;
    json_array_foreach ((json_t *)pictures, index, picture)
        add_picture(media, text_of(picture, "thumbnail_pic"));
    if (json_array_size(media) == 0)
        add_picture(media, text_of(status, "original_pic"));
    if (json_array_size(media) > 0)
        post->media = json_format(media);
}

static void read_counts(const json_t *status, struct channel_post *post)
{
    static const struct {
        const char *theirs, *ours;
    } COUNTS[] = {{"reposts_count", "reposts"}, {"comments_count", "comments"}, {"attitudes_count", "likes"}};
    json_auto_t *counts = json_object();
    for (gsize i = 0; i < G_N_ELEMENTS(COUNTS); i++) {
        int64_t count = count_of(json_object_get(status, COUNTS[i].theirs));
        if (count >= 0)
            json_object_set_new(counts, COUNTS[i].ours, json_integer(count));
    }
    if (json_object_size(counts) > 0)
        post->counts = json_format(counts);
}

/* A repost of our own post, or of anybody's while we do not know who we are, is a repost; else it mentions us. */
static void read_status(const struct channel_account *account, const json_t *status, int64_t id,
                        struct channel_post *post)
{
    const json_t *original = json_object_get(status, "retweeted_status");
    const char *ours = channel_setting(account, "uid");
    g_autofree char *writer = g_strdup_printf("%" PRId64, weibo_id(json_object_get(original, "user")));
    bool repost = json_is_object(original) && (*ours == '\0' || strcmp(writer, ours) == 0);
    post->kind = repost ? "repost" : "mention";
    post->native_id = g_strdup_printf("status:%" PRId64, id);
    post->root_native_id = g_strdup(post->native_id);
    if (weibo_id(original) != 0)
        post->parent_native_id = g_strdup_printf("status:%" PRId64, weibo_id(original));
    post->target = g_strdup_printf("{\"status\":\"%" PRId64 "\"}", id);
    post->url = page_url(account, "status", id);
    read_pictures(status, post);
    read_counts(status, post);
}

static bool read_comment(const struct channel_account *account, enum weibo_list list, const json_t *comment, int64_t id,
                         struct channel_post *post)
{
    int64_t status = weibo_id(json_object_get(comment, "status"));
    int64_t answered = weibo_id(json_object_get(comment, "reply_comment"));
    if (status == 0)
        return false;
    post->kind = list == WEIBO_COMMENT_MENTIONS ? "mention" : answered != 0 ? "reply" : "comment";
    post->native_id = g_strdup_printf("comment:%" PRId64, id);
    post->root_native_id = g_strdup_printf("status:%" PRId64, status);
    post->parent_native_id =
        answered != 0 ? g_strdup_printf("comment:%" PRId64, answered) : g_strdup(post->root_native_id);
    post->target = g_strdup_printf("{\"status\":\"%" PRId64 "\",\"comment\":\"%" PRId64 "\"}", status, id);
    post->url = page_url(account, "status", status);
    return true;
}

struct channel_post *weibo_item_read(const struct channel_account *account, enum weibo_list list, const json_t *item)
{
    g_autoptr(channel_post_auto) post = channel_post_new();
    int64_t id = weibo_id(item);
    if (id == 0 || !weibo_parse_time(text_of(item, "created_at"), &post->sent_ms) ||
        !read_author(account, json_object_get(item, "user"), post))
        return NULL;
    post->visibility = CHANNEL_PUBLIC;
    if (list == WEIBO_STATUS_MENTIONS)
        read_status(account, item, id, post);
    else if (!read_comment(account, list, item, id, post))
        return NULL;
    read_text(item, post);
    post->raw = kit_raw(item);
    return g_steal_pointer(&post);
}

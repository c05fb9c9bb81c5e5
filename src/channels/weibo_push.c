/* weibo_push.c - the fan service's callback: the address check, and what is pushed.
 *
 * Only the three query parameters are signed, never the body, so https, the
 * stamp's tolerance and the dedupe key are what stands against replays. An
 * empty answer stops the platform's three tries and says nothing to the user. */
#include "channels/weibo.h"

#include "base/id.h"
#include "base/limit.h"
#include "base/secret.h"
#include "channels/kit.h"

#include <string.h>

#define TYPE_MAX 64

/* ---- signature ---- */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool signature_fits(const char *secret, const char *timestamp, const char *nonce, const char *signature)
{
    const char *parts[] = {secret, timestamp, nonce};
    qsort(parts, G_N_ELEMENTS(parts), sizeof parts[0], by_bytes);
    g_autofree char *joined = g_strconcat(parts[0], parts[1], parts[2], NULL);
    g_autofree char *expected = g_compute_checksum_for_string(G_CHECKSUM_SHA1, joined, -1);
    return secret_equal(expected, strlen(expected), signature, strlen(signature));
}

/* Ten digits are seconds, thirteen milliseconds. */
static bool stamp_fresh(const char *timestamp, int64_t now_ms, int64_t tolerance_s, GError **error)
{
    int64_t stamp_ms = 0;
    if (tolerance_s == 0)
        return true;
    if (strlen(timestamp) > 15 || !id_parse(timestamp, &stamp_ms)) {
        error_set(error, HY_ERROR_BAD_SIGNATURE, "timestamp", "timestamp is not a number");
        return false;
    }
    if (strlen(timestamp) <= 10)
        stamp_ms *= 1000;
    if (ABS(stamp_ms - now_ms) <= tolerance_s * 1000)
        return true;
    error_set(error, HY_ERROR_STALE, "timestamp", "timestamp is %" PRId64 " s off", (stamp_ms - now_ms) / 1000);
    return false;
}

static bool verify(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                   GError **error)
{
    static const char *const NAMES[] = {"signature", "timestamp", "nonce"};
    const char *values[G_N_ELEMENTS(NAMES)];
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        values[i] = push->query(push->request, NAMES[i]);
        if (values[i] == NULL || *values[i] == '\0' || strlen(values[i]) > 256) {
            error_set(error, HY_ERROR_BAD_SIGNATURE, NAMES[i], "%s is missing, empty or too long", NAMES[i]);
            return false;
        }
    }
    const char *secret = channel_setting(account, "app_secret");
    if (*secret == '\0' || !signature_fits(secret, values[1], values[2], values[0])) {
        error_set(error, HY_ERROR_BAD_SIGNATURE, "signature", "signature does not fit app_secret, timestamp and nonce");
        return false;
    }
    return stamp_fresh(values[1], now_ms, kit_setting_i64(account, "tolerance_s"), error);
}

static bool check_address(const struct channel_push *push, struct channel_receipt *receipt, GError **error)
{
    const char *echo = push->query(push->request, "echostr");
    if (echo == NULL || *echo == '\0' || strlen(echo) > 1024) {
        error_set(error, echo ? HY_ERROR_BAD_VALUE : HY_ERROR_MISSING, "echostr", "no echostr to give back");
        return false;
    }
    receipt->body = g_strdup(echo);
    return true;
}

/* ---- what is pushed ---- */

/* One push with the fields that all have. Borrowed from the JSON. */
struct message {
    const char *type, *text;
    const char *subtype, *key, *file, *longitude, *latitude; /* of data; "" when absent */
    int64_t sender_id, receiver_id, sent_ms;
};

/* data's values are strings or numbers; anything else counts as absent. Owned by the object. */
static bool opt_data(json_t *data, const char *key, const char **out, GError **error)
{
    json_t *value = json_object_get(data, key);
    if (json_is_number(value)) {
        g_autofree char *text = json_is_integer(value) ? json_id_text(value) : json_format(value);
        json_object_set_new(data, key, json_string(text));
    }
    if (!kit_opt_text(data, "data", key, LIMIT_NATIVE_ID, out, error))
        return false;
    *out = *out ? *out : "";
    return true;
}

static bool read_data(json_t *body, struct message *message, GError **error)
{
    json_t *data = json_object_get(body, "data");
    if (data != NULL && !json_is_null(data) && !json_is_object(data)) {
        error_set(error, HY_ERROR_BAD_VALUE, "data", "data is not an object");
        return false;
    }
    return opt_data(data, "subtype", &message->subtype, error) && opt_data(data, "key", &message->key, error) &&
           opt_data(data, "tovfid", &message->file, error) && opt_data(data, "longitude", &message->longitude, error) &&
           opt_data(data, "latitude", &message->latitude, error);
}

static bool read_message(json_t *body, struct message *message, GError **error)
{
    const char *created = NULL;
    if (!json_is_object(body)) {
        error_set(error, HY_ERROR_BAD_REQUEST, "body", "the body is not a JSON object");
        return false;
    }
    if (!kit_get_text(body, NULL, "type", TYPE_MAX, &message->type, error) ||
        !json_get_id(body, "sender_id", &message->sender_id, error) ||
        !json_get_id(body, "receiver_id", &message->receiver_id, error) ||
        !kit_get_text(body, NULL, "created_at", 64, &created, error) ||
        !kit_opt_text(body, NULL, "text", LIMIT_BODY_HOOK, &message->text, error) || !read_data(body, message, error))
        return false;
    message->text = message->text ? message->text : "";
    if (!weibo_parse_time(created, &message->sent_ms)) {
        error_set(error, HY_ERROR_BAD_VALUE, "created_at", "created_at is not like Tue May 31 17:46:55 +0800 2011");
        return false;
    }
    return true;
}

static json_t *parse_body(const struct channel_push *push, GError **error)
{
    const char *body = push->body;
    size_t at = 0;
    while (at < push->body_length && g_ascii_isspace(body[at]))
        at++;
    if (at < push->body_length && body[at] == '<') {
        error_set(error, HY_ERROR_BAD_REQUEST, "body",
                  "the account pushes XML; choose JSON as the data format in its developer mode");
        return NULL;
    }
    return kit_parse(push->body, push->body_length, error);
}

/* Pushes carry no id. Seconds alone are too coarse, so what was said, or which file it was, goes in as well. */
static char *native_id(const struct message *message)
{
    g_autofree char *said = g_strconcat(message->text, *message->file ? "\n" : "", message->file,
                                        strcmp(message->type, "event") == 0 ? message->key : "", NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA1, said, -1);
    return g_strdup_printf("push:%" PRId64 ":%" PRId64 ":%s:%s", message->sender_id, message->sent_ms / 1000,
                           message->type, hash);
}

static void set_text(struct channel_post *post, const char *text)
{
    g_free(post->text);
    post->text = kit_cut_text(text);
}

static void fill_file(const struct channel_account *account, const struct message *message, struct channel_post *post)
{
    bool image = strcmp(message->type, "image") == 0;
    if (*message->text == '\0')
        set_text(post, image ? "[图片]" : "[语音]");
    if (*message->file == '\0')
        return;
    /* Fetching it takes the access token, which has no place in a stored address. */
    g_autoptr(GString) url = g_string_new(channel_setting(account, "media_url"));
    g_string_append(url, "?fid=");
    g_string_append_uri_escaped(url, message->file, NULL, FALSE);
    json_auto_t *media =
        json_pack("[{s:s,s:s,s:s}]", "type", image ? "image" : "voice", "url", url->str, "name", message->file);
    post->media = json_format(media);
}

static bool fill_position(const struct message *message, struct channel_post *post, GError **error)
{
    const char *const values[] = {message->latitude, message->longitude};
    static const char *const NAMES[] = {"data.latitude", "data.longitude"};
    static const double MOST[] = {90, 180};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        char *end = NULL;
        double degrees = g_ascii_strtod(values[i], &end);
        if (*values[i] == '\0' || *end != '\0' || !(degrees >= -MOST[i] && degrees <= MOST[i])) {
            error_set(error, *values[i] ? HY_ERROR_BAD_VALUE : HY_ERROR_MISSING, NAMES[i], "%s is not in degrees",
                      NAMES[i]);
            return false;
        }
    }
    g_autofree char *where = g_strdup_printf("%s,%s", message->latitude, message->longitude);
    g_autofree char *url = g_strconcat("geo:", where, NULL);
    g_autofree char *fallback = g_strconcat("[位置] ", where, NULL);
    json_auto_t *media = json_pack("[{s:s,s:s,s:s}]", "type", "location", "url", url, "name", where);
    post->media = json_format(media);
    if (*message->text == '\0')
        set_text(post, fallback);
    return true;
}

/* The key names the post (or comment) that mentions us when it is a number; then it can be answered in public. */
static void fill_mention(const struct channel_account *account, const struct message *message,
                         struct channel_post *post)
{
    int64_t id = 0;
    bool comment = strcmp(message->subtype, "comment") == 0;
    post->kind = "mention";
    post->visibility = CHANNEL_PUBLIC;
    post->root_native_id = g_strdup(post->native_id);
    if (!id_parse(message->key, &id))
        return;
    post->alias_id = g_strdup_printf("%s:%" PRId64, comment ? "comment" : "status", id);
    if (comment)
        return; /* the post it stands under is not told, and answering a comment takes both ids */
    g_free(post->root_native_id);
    post->root_native_id = g_strdup(post->alias_id);
    post->target = g_strdup_printf("{\"status\":\"%" PRId64 "\"}", id);
    post->url = g_strdup_printf("%s/status/%" PRId64, channel_setting(account, "web_url"), id);
}

/* Of the events only a pressed menu button asks for something. */
static bool fill_event(const struct message *message, struct channel_post *post)
{
    if (strcmp(message->subtype, "click") != 0)
        return false;
    if (*message->key != '\0') {
        g_autofree char *pressed = g_strconcat("[菜单] ", message->key, NULL);
        set_text(post, pressed);
    }
    return *post->text != '\0';
}

/* Fills what the type adds. *wanted: false for what nobody needs to read. */
static bool fill_by_type(const struct channel_account *account, const struct message *message,
                         struct channel_post *post, bool *wanted, GError **error)
{
    *wanted = true;
    if (strcmp(message->type, "position") == 0)
        return fill_position(message, post, error);
    if (strcmp(message->type, "image") == 0 || strcmp(message->type, "voice") == 0)
        fill_file(account, message, post);
    else if (strcmp(message->type, "event") == 0)
        *wanted = fill_event(message, post);
    else if (strcmp(message->type, "text") != 0 && strcmp(message->type, "mention") != 0)
        *wanted = false;
    else if (*message->text == '\0') {
        error_set(error, HY_ERROR_EMPTY, "text", "text is missing or empty");
        return false;
    } else if (*message->type == 'm')
        fill_mention(account, message, post);
    return true;
}

static bool read_post(const struct channel_account *account, const struct message *message, GPtrArray *posts,
                      GError **error)
{
    g_autoptr(channel_post_auto) post = channel_post_new();
    const char *ours = channel_setting(account, "uid");
    bool wanted = false;
    post->kind = "dm";
    post->visibility = CHANNEL_PRIVATE;
    post->native_id = native_id(message);
    post->author.native_id = g_strdup_printf("%" PRId64, message->sender_id);
    post->author.handle = g_strdup("");
    post->author.followers = -1;
    post->own = strcmp(ours, post->author.native_id) == 0;
    post->sent_ms = message->sent_ms;
    set_text(post, message->text);
    if (!fill_by_type(account, message, post, &wanted, error))
        return false;
    if (wanted)
        g_ptr_array_add(posts, g_steal_pointer(&post));
    return true;
}

static bool is_for_us(const struct channel_account *account, const struct message *message, GError **error)
{
    int64_t ours = 0;
    if (!id_parse(channel_setting(account, "uid"), &ours) || message->receiver_id == ours || message->sender_id == ours)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "receiver_id", "receiver_id is not the uid of this channel");
    return false;
}

bool weibo_receive(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                   struct channel_receipt *receipt, GError **error)
{
    if (!verify(account, push, now_ms, error))
        return false;
    if (strcmp(push->method, "GET") == 0)
        return check_address(push, receipt, error);
    if (strcmp(push->method, "POST") != 0) {
        error_set(error, HY_ERROR_METHOD, NULL, "GET checks the address, POST pushes");
        return false;
    }
    json_auto_t *body = parse_body(push, error);
    struct message message = {NULL};
    return body != NULL && read_message(body, &message, error) && is_for_us(account, &message, error) &&
           read_post(account, &message, receipt->posts, error);
}

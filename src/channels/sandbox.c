#include "channels/sandbox.h"

#include "base/id.h"
#include "base/limit.h"
#include "channels/kit.h"

#include <string.h>

#define NATIVE_PREFIX "item:"

static const struct channel_setting_kind SETTINGS[] = {
    {.key = "brand_handle",
     .fallback = "回音小店",
     .label = {"品牌账号名", "The brand's handle"},
     .help = {"品牌在沙盒里发言时显示的名字。", "The name the brand writes under on the sandbox."}},
    {.key = "open_to_public",
     .fallback = "no",
     .label = {"对外开放", "Open to the public"},
     .help = {"yes：不登录也能浏览和发言；no：只有登录的同事可以。",
              "yes: anybody may read and write without signing in; no: only colleagues who are signed in."}},
    {.key = NULL},
};

static bool check_settings(const struct channel_account *account, GError **error)
{
    const char *handle = channel_setting(account, "brand_handle");
    if (strlen(handle) > LIMIT_NAME || g_ascii_isspace(*handle)) {
        error_set(error, HY_ERROR_BAD_VALUE, "brand_handle", "brand_handle starts with a blank or is too long");
        return false;
    }
    return kit_check_yes_no(account, "open_to_public", error);
}

char *sandbox_native_id(int64_t item_id)
{
    return g_strdup_printf(NATIVE_PREFIX "%" PRId64, item_id);
}

bool sandbox_native_id_parse(const char *native_id, int64_t *item_id)
{
    return g_str_has_prefix(native_id, NATIVE_PREFIX) && id_parse(native_id + strlen(NATIVE_PREFIX), item_id);
}

bool sandbox_is_open(const struct channel_account *account)
{
    return kit_setting_yes(account, "open_to_public");
}

static const char *verified_word(const char *verified)
{
    static const char *const WORDS[] = {"", "person", "organisation", "media", "government"};
    for (gsize i = 0; verified != NULL && i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(WORDS[i], verified) == 0)
            return WORDS[i];
    return NULL;
}

static bool well_formed(const struct sandbox_item *item, GError **error)
{
    bool comment = strcmp(item->kind, "comment") == 0;
    if (!comment && strcmp(item->kind, "post") != 0 && strcmp(item->kind, "dm") != 0)
        error_set(error, HY_ERROR_BAD_VALUE, "kind", "kind is not post, comment or dm");
    else if (item->handle == NULL || *item->handle == '\0')
        error_set(error, HY_ERROR_MISSING, "author", "author is missing");
    else if (comment != (item->parent_id != 0 && item->root_id != 0))
        error_set(error, HY_ERROR_BAD_VALUE, "parent_id", "a comment, and only a comment, answers something");
    else if (verified_word(item->verified) == NULL)
        error_set(error, HY_ERROR_BAD_VALUE, "verified", "verified is not a known word");
    else if (*item->text == '\0')
        error_set(error, HY_ERROR_EMPTY, "text", "text is empty");
    else
        return true;
    return false;
}

struct channel_post *sandbox_post_new(const struct sandbox_item *item, GError **error)
{
    if (!well_formed(item, error))
        return NULL;
    struct channel_post *post = channel_post_new();
    bool dm = strcmp(item->kind, "dm") == 0;
    bool comment = strcmp(item->kind, "comment") == 0;
    post->kind = dm ? "dm" : !comment ? "mention" : item->parent_id == item->root_id ? "comment" : "reply";
    post->native_id = sandbox_native_id(item->id);
    post->visibility = dm ? CHANNEL_PRIVATE : CHANNEL_PUBLIC;
    post->parent_native_id = comment ? sandbox_native_id(item->parent_id) : NULL;
    post->root_native_id = dm ? NULL : sandbox_native_id(comment ? item->root_id : item->id);
    post->own = item->is_brand;
    post->author.native_id = g_strdup(item->handle);
    post->author.handle = g_strdup(item->handle);
    post->author.followers = item->followers;
    post->author.verified = verified_word(item->verified);
    g_free(post->text);
    post->text = kit_cut_text(item->text);
    if (!dm)
        post->counts = g_strdup_printf("{\"reposts\":%" PRId64 ",\"comments\":%" PRId64 ",\"likes\":%" PRId64 "}",
                                       item->reposts, item->comments, item->likes);
    post->sent_ms = item->created_ms;
    return post;
}

const struct channel_kind SANDBOX_KIND = {
    .kind = "sandbox",
    .label = {"沙盒", "Sandbox"},
    .capabilities = CHANNEL_CAN_READ_PUBLIC | CHANNEL_CAN_READ_PRIVATE | CHANNEL_CAN_REPLY_PUBLIC |
                    CHANNEL_CAN_REPLY_PRIVATE | CHANNEL_IS_LOCAL | CHANNEL_SCOPED_IDS,
    .settings = SETTINGS,
    .check_settings = check_settings,
    .counter = "none",
};

/* sandbox.c - the sandbox, seen by its people: time line, comments, dialogues, and writing there.
 *
 *   phone page ──▶ sandbox_item + intake in one transaction ──▶ the desk
 *
 * Open to everybody when the channel's setting says so, otherwise to colleagues who are signed in. */
#include "channels/sandbox.h"
#include "api/call.h"
#include "api/guard.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"
#include "http/asset.h"
#include "http/limit.h"
#include "inbox/account.h"
#include "inbox/intake.h"
#include "store/queries.h"

#include <string.h>

#define WRITES_BURST 300 /* of one address that is not signed in */
#define WRITES_INTERVAL_MS 100
#define WRITES_ADDRESSES 10000

static struct limit *writes(void)
{
    static gsize limit;
    if (g_once_init_enter(&limit))
        g_once_init_leave(&limit, (gsize)limit_new(WRITES_BURST, WRITES_INTERVAL_MS, WRITES_ADDRESSES));
    return (struct limit *)limit;
}

/* ---- who may ---- */

/* A page of somebody else can make a browser send its cookie, but not with this type of body. */
static bool check_type(const struct call *call, GError **error)
{
    const char *type = http_header(call->request, "Content-Type");
    if (type != NULL && g_ascii_strncasecmp(type, "application/json", strlen("application/json")) == 0)
        return true;
    error_set(error, HY_ERROR_BAD_REQUEST, "Content-Type", "application/json only");
    return false;
}

/* Private messages stand there, too: a token must have been given the right to read those. */
static bool check_signed_in(struct call *call, GError **error)
{
    g_auto(session_holder_auto) holder = {0};
    if (!guard_identify(call->app, call->request, call->now_ms, &holder, error))
        return false;
    if ((holder.permissions & PERMISSION_BIT(PERMISSION_CONVERSATION_READ)) != 0)
        return true;
    error_set(error, HY_ERROR_FORBIDDEN, NULL, "needs %s", permission_name(PERMISSION_CONVERSATION_READ));
    return false;
}

/* The sandbox a call is about, when the caller may be there. NOT_FOUND, UNAUTHENTICATED, FORBIDDEN. */
static struct account *enter(struct call *call, bool *open, GError **error)
{
    g_autoptr(account_auto) account = account_find_fresh(call->app->accounts, call_id(call), call->now_ms);
    if (account == NULL || !account->enabled || account->kind != &SANDBOX_KIND) {
        error_set(error, HY_ERROR_NOT_FOUND, "channel", "no such sandbox");
        return NULL;
    }
    *open = sandbox_is_open(&account->channel);
    if (!*open && !check_signed_in(call, error))
        return NULL;
    return g_steal_pointer(&account);
}

/* ---- what an item looks like ---- */

struct item {
    int64_t id, followers, parent_id, root_id, reposts, likes, created_ms;
    const char *kind, *handle, *verified, *text;
    bool is_brand;
};

#define ITEM(row)                                                                                                      \
    {                                                                                                                  \
        .id = (row).id, .followers = (row).followers, .parent_id = (row).parent_id, .root_id = (row).root_id,          \
        .reposts = (row).reposts, .likes = (row).likes, .created_ms = (row).created_ms, .kind = (row).kind,            \
        .handle = (row).handle, .verified = (row).verified, .text = (row).text, .is_brand = (row).is_brand             \
    }

static void write_item(struct writer *out, const struct item *item)
{
    writer_begin_object(out);
    writer_put_id(out, "id", item->id);
    writer_put_text(out, "kind", item->kind);
    writer_put_text(out, "author", item->handle);
    writer_put_i64(out, "followers", item->followers);
    writer_put_text(out, "verified", item->verified);
    writer_put_bool(out, "is_brand", item->is_brand);
    writer_put_id(out, "parent_id", item->parent_id);
    writer_put_id(out, "root_id", item->root_id);
    writer_put_text(out, "text", item->text);
    writer_put_i64(out, "reposts", item->reposts);
    writer_put_i64(out, "likes", item->likes);
    writer_put_time(out, "created_at", item->created_ms);
    writer_end_object(out);
}

/* ---- reading ---- */

struct reading {
    struct call *call;
    struct call_page page;
};

static bool read_items(struct tx *tx, void *data, GError **error)
{
    struct reading *reading = data;
    struct call *call = reading->call;
    int64_t root_id = call_query_id(call, "root");
    const char *peer = call_query(call, "dialogue") != NULL ? call_query(call, "author") : NULL;
    const char *kind = peer != NULL ? "dm" : root_id != 0 ? "comment" : "post";
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_items row;
    if (!q_sandbox_items(tx, &rows, error, call_id(call), kind, peer != NULL ? 0 : root_id, peer, reading->page.keys[0],
                         reading->page.limit + 1))
        return false;
    int64_t shown = 0, last_id = 0;
    call_list_begin(call);
    while (shown < reading->page.limit && q_sandbox_items_next(rows, &row)) {
        struct item item = ITEM(row);
        write_item(&call->out, &item);
        last_id = row.id;
        shown++;
    }
    call_list_end(call, rows_count(rows) > shown ? &last_id : NULL, 1);
    return true;
}

/* The phone asks every two seconds: what has not changed is not sent again. */
static void answer_unless_known(struct call *call)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, call->out.text->str, -1);
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", digest);
    const char *known = http_header(call->request, "If-None-Match");
    http_add_header(call->request, "ETag", tag);
    http_add_header(call->request, "Cache-Control", "no-cache");
    if (g_strcmp0(known, tag) != 0)
        return;
    writer_clear(&call->out);
    writer_init(&call->out);
    call_status(call, 304);
}

bool api_sandbox_list(struct call *call, GError **error)
{
    bool open = false;
    struct reading reading = {.call = call};
    g_autoptr(account_auto) account = enter(call, &open, error);
    if (account == NULL || !call_page(call, 1, &reading.page, error) || !call_read(call, read_items, &reading, error))
        return false;
    answer_unless_known(call);
    return true;
}

/* ---- writing ---- */

struct writing {
    struct call *call;
    const struct account *account;
    struct item item;
    const char *client_id;
    struct intake_batch *batch; /* NULL while looking up */
    bool known;                 /* the same client_id was taken before; the answer is written */
};

static bool show(struct tx *tx, struct writing *writing, int64_t id, const char *client_id, bool *found, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_item row;
    if (!q_sandbox_item(tx, &rows, error, writing->account->channel.id, id, client_id))
        return false;
    *found = q_sandbox_item_next(rows, &row);
    if (*found) {
        struct item item = ITEM(row);
        write_item(&writing->call->out, &item);
    }
    return true;
}

/* Where a comment stands. */
static bool look_up(struct tx *tx, void *data, GError **error)
{
    struct writing *writing = data;
    struct item *item = &writing->item;
    if (item->parent_id == 0)
        return true;
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_item_place row;
    if (!q_sandbox_item_place(tx, &rows, error, writing->account->channel.id, item->parent_id))
        return false;
    if (!q_sandbox_item_place_next(rows, &row)) {
        error_set(error, HY_ERROR_BAD_VALUE, "parent_id", "there is no such post or comment");
        return false;
    }
    item->root_id = row.root_id != 0 ? row.root_id : row.id;
    return true;
}

static bool need_person(struct tx *tx, const struct item *item, int64_t channel_id, int64_t *person_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_sandbox_person_need row;
    if (!q_sandbox_person_need(tx, &rows, error, id_new(item->created_ms), channel_id, item->handle, false,
                               item->created_ms))
        return false;
    if (!q_sandbox_person_need_next(rows, &row) || row.is_brand) {
        error_set(error, HY_ERROR_BAD_VALUE, "author", "that is the brand itself");
        return false;
    }
    *person_id = row.id;
    return q_sandbox_person_tell(tx, error, row.id, item->followers, item->verified);
}

static bool write_work(struct tx *tx, void *data, GError **error)
{
    struct writing *writing = data;
    const struct item *item = &writing->item;
    int64_t channel_id = writing->account->channel.id;
    int64_t person_id = 0;
    bool is_dm = strcmp(item->kind, "dm") == 0, is_post = strcmp(item->kind, "post") == 0;
    if (!show(tx, writing, 0, writing->client_id, &writing->known, error))
        return false;
    if (writing->known)
        return true;
    return need_person(tx, item, channel_id, &person_id, error) &&
           q_sandbox_item_insert(tx, error, item->id, channel_id, person_id, item->parent_id,
                                 is_post ? item->id : item->root_id, is_dm ? person_id : 0, item->kind, item->text,
                                 item->reposts, item->likes, 0, item->created_ms) &&
           q_sandbox_item_client(tx, error, item->id, writing->client_id) && intake_take(tx, writing->batch, error) &&
           show(tx, writing, item->id, NULL, &writing->known, error);
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

/* The item as a message, judged, ready to be taken in. */
static struct intake_batch *prepare(const struct writing *writing, GError **error)
{
    const struct item *item = &writing->item;
    struct sandbox_item told = {.id = item->id,
                                .parent_id = item->parent_id,
                                .root_id = item->root_id,
                                .kind = item->kind,
                                .handle = item->handle,
                                .followers = item->followers,
                                .verified = item->verified,
                                .text = item->text,
                                .reposts = item->reposts,
                                .likes = item->likes,
                                .created_ms = item->created_ms};
    struct channel_post *post = sandbox_post_new(&told, error);
    if (post == NULL)
        return NULL;
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    g_ptr_array_add(posts, post);
    return intake_prepare(writing->call->app->assess, (struct account *)writing->account, posts,
                          http_body(writing->call->request), item->created_ms);
}

static bool check_rate(const struct call *call, GError **error)
{
    char key[64];
    limit_address_key(http_remote(call->request), key, sizeof key);
    if (limit_take(writes(), key, call->now_ms, NULL))
        return true;
    error_set(error, HY_ERROR_THROTTLED, NULL, "too much written from one address");
    return false;
}

bool api_sandbox_write(struct call *call, GError **error)
{
    bool open = false;
    g_autoptr(account_auto) account = enter(call, &open, error);
    if (account == NULL || !check_type(call, error) || (open && !check_rate(call, error)))
        return false;
    g_autofree char *handle = g_strstrip(g_strdup(call_text(call, "author")));
    struct writing writing = {.call = call,
                              .account = account,
                              .client_id = call_text(call, "client_id"),
                              .item = {.id = id_new(call->now_ms),
                                       .followers = json_integer_value(json_object_get(call->body, "followers")),
                                       .reposts = json_integer_value(json_object_get(call->body, "reposts")),
                                       .parent_id = call_body_id(call, "parent_id"),
                                       .created_ms = call->now_ms,
                                       .kind = call_text(call, "kind"),
                                       .handle = handle,
                                       .verified = call_text(call, "verified") ? call_text(call, "verified") : "",
                                       .text = call_text(call, "text")}};
    if (*writing.client_id == '\0') {
        error_set(error, HY_ERROR_EMPTY, "client_id", "empty");
        return false;
    }
    if (strcmp(handle, channel_setting(&account->channel, "brand_handle")) == 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "author", "that is the brand itself");
        return false;
    }
    if (!call_read(call, look_up, &writing, error))
        return false;
    g_autoptr(intake_batch_auto) batch = prepare(&writing, error);
    writing.batch = batch;
    return batch != NULL && call_write(call, write_work, &writing, error);
}

/* ---- the page ---- */

bool api_sandbox_page(struct call *call, GError **error)
{
    bool open = false;
    g_autoptr(account_auto) account = enter(call, &open, error);
    if (account == NULL)
        return false;
    asset_answer(call->request, ASSET_WIDGET, "sandbox.html");
    return true;
}

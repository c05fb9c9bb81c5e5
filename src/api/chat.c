/* chat.c - the visitor's side of web chat: hello, lines, the stream of lines.
 *
 *   widget on the company's site ──hello──▶ visitor token ──messages──▶ visitor's line + intake in one transaction
 *                                ◀──────────── events (SSE, chat_live.h) ───────────────
 *
 * The token is the visitor: no cookie is used, so a page of somebody else gains nothing by calling. Pages are let in
 * by their origin, exactly as the channel's setting lists them. What the site signed (webchat.h) makes a visitor a
 * known user; it never turns somebody's token into another user's. */
#include "api/chat.h"

#include "api/call.h"
#include "api/chat_live.h"
#include "api/live.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"
#include "channels/webchat.h"
#include "http/limit.h"
#include "inbox/account.h"
#include "inbox/intake.h"
#include "store/queries.h"

#include <string.h>

#define NOTE_BYTES 4096

/* How often one may: by address for hello, by visitor for lines. For the whole process. */
static struct limit *once(gsize *limit, unsigned burst, int64_t interval_ms)
{
    if (g_once_init_enter(limit))
        g_once_init_leave(limit, (gsize)limit_new(burst, interval_ms, 20000));
    return (struct limit *)*limit;
}

static struct limit *hellos(void)
{
    static gsize limit;
    return once(&limit, 120, 500);
}

static struct limit *lines(void)
{
    static gsize limit;
    return once(&limit, 30, 1000);
}

static struct limit *address_lines(void)
{
    static gsize limit;
    return once(&limit, 300, 100);
}

static bool take(struct limit *limit, const struct call *call, const char *key, GError **error)
{
    if (limit_take(limit, key, call->now_ms, NULL))
        return true;
    error_set(error, HY_ERROR_THROTTLED, NULL, "too many");
    return false;
}

/* ---- origins ---- */

static bool is_same_host(struct http_request *request, const char *origin)
{
    const char *host = http_header(request, "Host");
    const char *named = strstr(origin, "://");
    return host != NULL && named != NULL && g_ascii_strcasecmp(named + 3, host) == 0;
}

/* Lets the page read the answer, errors too. Without an Origin it is no page of another site that asks. */
static bool admit(struct http_request *request, const struct account *account)
{
    const char *origin = http_header(request, "Origin");
    if (origin == NULL || is_same_host(request, origin))
        return true;
    if (!webchat_origin_allowed(&account->channel, origin))
        return false;
    http_add_header(request, "Access-Control-Allow-Origin", origin);
    http_add_header(request, "Vary", "Origin");
    http_add_header(request, "Access-Control-Expose-Headers", "Retry-After");
    return true;
}

static struct account *find(const struct app *app, int64_t id, int64_t now_ms)
{
    struct account *account = account_find_fresh(app->accounts, id, now_ms);
    if (account != NULL && (!account->enabled || account->kind != &WEBCHAT_KIND || account->trouble != NULL))
        g_clear_pointer(&account, account_unref);
    return account;
}

/* The web chat a call is about. NOT_FOUND; FORBIDDEN naming "origin". */
static struct account *enter(struct call *call, GError **error)
{
    g_autoptr(account_auto) account = find(call->app, call_id(call), call->now_ms);
    if (account == NULL) {
        error_set(error, HY_ERROR_NOT_FOUND, "channel", "no such web chat");
        return NULL;
    }
    if (!admit(call->request, account)) {
        error_set(error, HY_ERROR_FORBIDDEN, "origin", "not among allowed_origins");
        return NULL;
    }
    return g_steal_pointer(&account);
}

void chat_preflight(struct http_request *request, void *data)
{
    const struct app *app = data;
    int64_t id = 0;
    const char *text = http_parameter(request, "id");
    g_autoptr(account_auto) account =
        text != NULL && id_parse(text, &id) ? find(app, id, clock_now_ms(app->clock)) : NULL;
    if (account == NULL || http_header(request, "Origin") == NULL || !admit(request, account)) {
        http_fail(request, account == NULL ? HY_ERROR_NOT_FOUND : HY_ERROR_FORBIDDEN);
        return;
    }
    http_add_header(request, "Access-Control-Allow-Methods", "GET, POST");
    http_add_header(request, "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Accept-Language, Last-Event-ID");
    http_add_header(request, "Access-Control-Max-Age", "600");
    http_answer(request, 204, NULL, NULL);
}

/* ---- visitors ---- */

struct visitor {
    int64_t id, last_seq;
    char *name, *email, *verified_user, *page;
};

static void visitor_clear(struct visitor *visitor)
{
    g_free(visitor->name);
    g_free(visitor->email);
    g_free(visitor->verified_user);
    g_free(visitor->page);
    *visitor = (struct visitor){0};
}
typedef struct visitor visitor_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(visitor_auto, visitor_clear)

/* id stays 0 when the token is nobody's. */
static bool visitor_load(struct tx *tx, int64_t channel_id, const char *token, struct visitor *visitor, GError **error)
{
    g_autofree char *digest = secret_token_digest(token);
    g_autoptr(rows_auto) rows = NULL;
    struct q_chat_visitor row;
    visitor_clear(visitor);
    if (!q_chat_visitor(tx, &rows, error, channel_id, digest))
        return false;
    if (q_chat_visitor_next(rows, &row))
        *visitor = (struct visitor){row.id,
                                    row.last_seq,
                                    g_strdup(row.name),
                                    g_strdup(row.email),
                                    g_strdup(row.verified_user),
                                    g_strdup(row.page)};
    return true;
}

struct knock { /* who a token stands for */
    int64_t channel_id;
    const char *token;
    struct visitor visitor;
};

static bool knock_work(struct tx *tx, void *data, GError **error)
{
    struct knock *knock = data;
    return visitor_load(tx, knock->channel_id, knock->token, &knock->visitor, error);
}

static bool nobody(GError **error)
{
    error_set(error, HY_ERROR_UNAUTHENTICATED, "visitor", "no such visitor");
    return false;
}

/* The visitor of a call: Authorization: Bearer, or the parameter where a browser cannot send one. */
static bool identify(struct call *call, const struct account *account, const char *token, struct visitor *visitor,
                     GError **error)
{
    const char *header = http_header(call->request, "Authorization");
    if (token == NULL && header != NULL && g_ascii_strncasecmp(header, "Bearer ", 7) == 0)
        token = header + 7;
    if (token == NULL || strlen(token) > LIMIT_NAME)
        return nobody(error);
    struct knock knock = {.channel_id = account->channel.id, .token = token};
    if (!call_read(call, knock_work, &knock, error))
        return false;
    *visitor = knock.visitor;
    return visitor->id != 0 || nobody(error);
}

/* ---- hello ---- */

struct hello {
    struct call *call;
    const struct account *account;
    const struct webchat_identity *identity; /* NULL: the site signed nothing */
    const char *token;                       /* as it was sent; NULL = none */
    char *fresh_token;                       /* for a new visitor */
    struct visitor visitor;
};

static const char *bounded_page(const char *page)
{
    return page != NULL && strlen(page) <= LIMIT_URL && g_str_has_prefix(page, "http") ? page : "";
}

static bool is_other_user(const struct hello *hello)
{
    return hello->identity != NULL && *hello->visitor.verified_user != '\0' &&
           strcmp(hello->identity->user_id, hello->visitor.verified_user) != 0;
}

static const char *or_text(const char *first, const char *second)
{
    return first != NULL && *first != '\0' ? first : second;
}

static bool new_visitor(struct tx *tx, struct hello *hello, GError **error)
{
    const struct webchat_identity *identity = hello->identity;
    struct visitor *visitor = &hello->visitor;
    g_autofree char *digest = secret_token_digest(hello->fresh_token);
    visitor_clear(visitor);
    visitor->id = id_new(hello->call->now_ms);
    visitor->verified_user = g_strdup(identity ? identity->user_id : "");
    hello->token = hello->fresh_token;
    return q_chat_visitor_insert(tx, error, visitor->id, hello->account->channel.id, digest,
                                 identity ? identity->name : "", identity ? identity->email : "",
                                 visitor->verified_user, bounded_page(call_text(hello->call, "page")),
                                 hello->call->now_ms);
}

static bool known_visitor(struct tx *tx, struct hello *hello, GError **error)
{
    const struct webchat_identity *identity = hello->identity;
    struct visitor *visitor = &hello->visitor;
    if (identity != NULL) {
        g_free(visitor->verified_user);
        visitor->verified_user = g_strdup(identity->user_id);
    }
    return q_chat_visitor_seen(tx, error, visitor->id, or_text(identity ? identity->name : "", visitor->name),
                               or_text(identity ? identity->email : "", visitor->email), visitor->verified_user,
                               or_text(bounded_page(call_text(hello->call, "page")), visitor->page),
                               hello->call->now_ms);
}

static bool somebody_there(const struct app *app)
{
    struct live_figures figures = {0};
    if (app->live != NULL)
        live_figures(app->live, &figures);
    return figures.streams > 0;
}

static void welcome(struct hello *hello)
{
    struct call *call = hello->call;
    const struct channel_account *channel = &hello->account->channel;
    bool online = somebody_there(call->app);
    struct writer *out = &call->out;
    writer_begin_object(out);
    writer_put_text(out, "visitor", hello->token);
    writer_put_bool(out, "online", online);
    writer_put_text(out, "name", webchat_brand_name(channel));
    writer_put_text(out, "verified_user", hello->visitor.verified_user);
    writer_put_i64(out, "last_seq", hello->visitor.last_seq);
    writer_put_text(out, "greeting",
                    online ? webchat_greeting(channel, call->lang) : webchat_offline_text(channel, call->lang));
    writer_end_object(out);
}

static bool hello_work(struct tx *tx, void *data, GError **error)
{
    struct hello *hello = data;
    const char *token = call_text(hello->call, "visitor");
    hello->token = token;
    if (token != NULL && !visitor_load(tx, hello->account->channel.id, token, &hello->visitor, error))
        return false;
    if (token != NULL && hello->visitor.id == 0)
        return nobody(error);
    bool fresh = token == NULL || is_other_user(hello); /* another user at the same browser starts afresh */
    if (!(fresh ? new_visitor(tx, hello, error) : known_visitor(tx, hello, error)))
        return false;
    welcome(hello);
    return true;
}

bool api_chat_hello(struct call *call, GError **error)
{
    char key[64];
    g_autoptr(account_auto) account = enter(call, error);
    limit_address_key(http_remote(call->request), key, sizeof key);
    if (account == NULL || !take(hellos(), call, key, error))
        return false;
    g_auto(webchat_identity_auto) identity = {0};
    const char *signed_by_site = call_text(call, "identity");
    if (signed_by_site != NULL &&
        !webchat_identity_verify(&account->channel, signed_by_site, call->now_ms, &identity, error))
        return false;
    g_autofree char *fresh_token = secret_token();
    struct hello hello = {
        .call = call, .account = account, .identity = signed_by_site ? &identity : NULL, .fresh_token = fresh_token};
    bool ok = call_write(call, hello_work, &hello, error);
    visitor_clear(&hello.visitor);
    return ok;
}

/* ---- writing ---- */

struct sending {
    struct call *call;
    const struct visitor *visitor;
    struct intake_batch *batch;
    const char *name, *email, *page;
};

/* The address they left belongs with the contact, where an agent sees it. */
static bool note_email(struct tx *tx, int64_t message_id, const char *email, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_chat_contact_note row;
    if (*email == '\0')
        return true;
    if (!q_chat_contact_note(tx, &rows, error, message_id))
        return false;
    if (!q_chat_contact_note_next(rows, &row) || strstr(row.note, email) != NULL ||
        strlen(row.note) + strlen(email) > NOTE_BYTES)
        return true;
    g_autofree char *note = *row.note == '\0' ? g_strdup(email) : g_strdup_printf("%s\n%s", row.note, email);
    return q_chat_contact_note_set(tx, error, row.contact_id, note);
}

static bool send_work(struct tx *tx, void *data, GError **error)
{
    struct sending *sending = data;
    struct call *call = sending->call;
    const struct visitor *visitor = sending->visitor;
    unsigned count = 0;
    if (!intake_take(tx, sending->batch, error))
        return false;
    const struct intake_result *result = intake_results(sending->batch, &count);
    if (result->fate == INTAKE_TAKEN && !(q_webchat_line_append(tx, error, visitor->id, result->message_id) &&
                                          q_chat_visitor_identity(tx, error, visitor->id, result->message_id) &&
                                          q_chat_visitor_seen(tx, error, visitor->id, sending->name, sending->email,
                                                              visitor->verified_user, sending->page, call->now_ms) &&
                                          note_email(tx, result->message_id, sending->email, error)))
        return false;
    g_autoptr(rows_auto) rows = NULL;
    struct q_chat_line_of row;
    if (!q_chat_line_of(tx, &rows, error, result->message_id))
        return false;
    if (!q_chat_line_of_next(rows, &row)) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "a line without a number");
        return false;
    }
    struct chat_line line = CHAT_LINE(row);
    chat_line_write(&call->out, &line);
    return true;
}

static bool check_email(const char *email, GError **error)
{
    const char *at = email != NULL ? strchr(email, '@') : NULL;
    if (email == NULL || *email == '\0' ||
        (at != NULL && at != email && at[1] != '\0' && strpbrk(email, " \t\r\n<>") == NULL))
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "email", "no e-mail address");
    return false;
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

bool api_chat_send(struct call *call, GError **error)
{
    char key[64];
    g_auto(visitor_auto) visitor = {0};
    g_autoptr(account_auto) account = enter(call, error);
    if (account == NULL || !identify(call, account, NULL, &visitor, error))
        return false;
    g_snprintf(key, sizeof key, "%" G_GINT64_FORMAT, visitor.id);
    if (!take(lines(), call, key, error) || !check_email(call_text(call, "email"), error))
        return false;
    limit_address_key(http_remote(call->request), key, sizeof key);
    if (!take(address_lines(), call, key, error))
        return false;
    struct sending sending = {.call = call,
                              .visitor = &visitor,
                              .name = or_text(call_text(call, "name"), visitor.name),
                              .email = or_text(call_text(call, "email"), visitor.email),
                              .page = or_text(bounded_page(call_text(call, "page")), visitor.page)};
    struct webchat_input input = {.visitor_id = visitor.id,
                                  .client_msg_id = call_text(call, "client_msg_id"),
                                  .verified_user = visitor.verified_user,
                                  .name = sending.name,
                                  .text = call_text(call, "text"),
                                  .page = sending.page,
                                  .now_ms = call->now_ms};
    struct channel_post *post = webchat_post_new(&input, error);
    if (post == NULL)
        return false;
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    g_ptr_array_add(posts, post);
    g_autoptr(intake_batch_auto) batch =
        intake_prepare(call->app->assess, account, posts, http_body(call->request), call->now_ms);
    sending.batch = batch;
    return call_write(call, send_work, &sending, error);
}

/* ---- reading ---- */

struct listing {
    struct call *call;
    int64_t visitor_id, after_seq;
    struct call_page page;
};

static bool list_work(struct tx *tx, void *data, GError **error)
{
    struct listing *listing = data;
    struct call *call = listing->call;
    g_autoptr(rows_auto) rows = NULL;
    struct q_chat_lines row;
    int64_t after_seq = listing->page.first ? listing->after_seq : listing->page.keys[0];
    if (!q_chat_lines(tx, &rows, error, listing->visitor_id, after_seq, listing->page.limit + 1))
        return false;
    int64_t shown = 0, last_seq = 0;
    call_list_begin(call);
    while (shown < listing->page.limit && q_chat_lines_next(rows, &row)) {
        struct chat_line line = CHAT_LINE(row);
        chat_line_write(&call->out, &line);
        last_seq = row.seq;
        shown++;
    }
    call_list_end(call, rows_count(rows) > shown ? &last_seq : NULL, 1);
    return true;
}

/* The parameter after_seq; it was checked to be a number. */
static int64_t after_seq_of(const char *text)
{
    int64_t seq = 0;
    return text != NULL && g_ascii_string_to_signed(text, 10, 0, INT64_MAX, &seq, NULL) ? seq : 0;
}

bool api_chat_list(struct call *call, GError **error)
{
    g_auto(visitor_auto) visitor = {0};
    g_autoptr(account_auto) account = enter(call, error);
    if (account == NULL || !identify(call, account, NULL, &visitor, error))
        return false;
    struct listing listing = {
        .call = call, .visitor_id = visitor.id, .after_seq = after_seq_of(call_query(call, "after_seq"))};
    return call_page(call, 1, &listing.page, error) && call_read(call, list_work, &listing, error);
}

bool api_chat_events(struct call *call, GError **error)
{
    g_auto(visitor_auto) visitor = {0};
    g_autoptr(account_auto) account = enter(call, error);
    if (account == NULL || !identify(call, account, call_query(call, "visitor"), &visitor, error))
        return false;
    const char *last_id = http_header(call->request, "Last-Event-ID");
    int64_t after_seq = after_seq_of(or_text(last_id, call_query(call, "after_seq")));
    return chat_live_listen(call->app->chat, call->request, visitor.id, after_seq, error);
}

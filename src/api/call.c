#include "api/call.h"

#include "api/answers.h"
#include "api/guard.h"
#include "api/idempotency.h"
#include "api/route.h"
#include "api/shape.h"
#include "base/id.h"
#include "base/log.h"

#include <string.h>

/* What a route's handler is called with. */
struct binding {
    const struct app *app;
    const struct route *route;
};

/* The call and what its members borrow. */
struct exchange {
    struct call call;
    struct actor actor;
    struct session_holder holder;
    json_t *body;
    char *key_hash;
    bool key_runs;
    uint64_t generation; /* of the database, before it is read */
};

/* Before the answer: whoever has it may send the same key again at once, and the key is part of the request, which ends
 * with the answer. */
static void leave_key(struct exchange *exchange)
{
    if (exchange->key_runs)
        running_keys_leave(exchange->call.app->running_keys, exchange->actor.person_id, exchange->call.key);
    exchange->key_runs = false;
}

static void exchange_clear(struct exchange *exchange)
{
    leave_key(exchange);
    session_holder_clear(&exchange->holder);
    json_decref(exchange->body);
    g_free(exchange->key_hash);
    writer_clear(&exchange->call.out);
}
typedef struct exchange exchange_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(exchange_auto, exchange_clear)

/* ---- answers ---- */

static const char JSON_TYPE[] = "application/json; charset=utf-8";

static enum lang lang_of_request(const struct app *app, struct http_request *request)
{
    const char *header = http_header(request, "Accept-Language");
    return lang_parse(header != NULL && *header != '\0' ? header : app->config->lang);
}

static void answer_error(struct http_request *request, int status, const GError *error, enum lang lang)
{
    enum hy_error code = error_code(error);
    g_autofree char *message = error_text(error, lang);
    g_auto(writer_auto) out;
    gsize length;
    writer_init(&out);
    writer_begin_object(&out);
    writer_key(&out, "error");
    writer_begin_object(&out);
    writer_put_text(&out, "code", error_name(code));
    writer_put_text(&out, "message", message);
    writer_put_text(&out, "field", error_field(error));
    writer_end_object(&out);
    writer_end_object(&out);
    if (code == HY_ERROR_UNAUTHENTICATED)
        http_add_header(request, "WWW-Authenticate", "Bearer");
    char *text = writer_steal(&out, &length);
    http_answer_take(request, status, JSON_TYPE, text, length);
}

void call_refuse(struct call *call, int status, const GError *error)
{
    answer_error(call->request, status, error, call->lang);
}

void call_on_error(struct http_request *request, enum hy_error code, void *data)
{
    const struct app *app = data;
    g_autoptr(GError) error = NULL;
    error_set(&error, code, code == HY_ERROR_TOO_LARGE ? "body" : NULL, "refused by the server");
    answer_error(request, error_http_status(error_code(error)), error, lang_of_request(app, request));
}

/* What a kept answer is found by. person_id 0: it holds for all. */
static char *keep_key(struct http_request *request, int64_t person_id, enum lang lang)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %d %s?%s", person_id, (int)lang, http_path(request),
                           http_query_string(request));
}

static void answer(struct exchange *exchange)
{
    gsize length;
    struct call *call = &exchange->call;
    char *text = writer_steal(&call->out, &length);
    g_autoptr(GBytes) body = g_bytes_new_take(text, length);
    if (call->keep != CALL_KEEP_NOT)
        answers_keep(call->app->answers, exchange->generation, call->now_ms,
                     keep_key(call->request, call->keep == CALL_KEEP_FOR_ALL ? 0 : call->actor->person_id, call->lang),
                     body);
    http_answer(call->request, call->status, JSON_TYPE, body);
}

/* On an HTTP thread: the same question, by somebody who is known, before anything has changed. */
static bool answer_again(struct http_request *request, void *data)
{
    const struct binding *binding = data;
    const struct app *app = binding->app;
    g_auto(session_holder_auto) holder = {0};
    int64_t now_ms = clock_now_ms(app->clock);
    uint64_t generation = store_generation(app->store);
    if (generation == 0 || !guard_recall(app, request, now_ms, &holder) ||
        (holder.permissions & PERMISSION_BIT(binding->route->permission)) == 0)
        return false;
    enum lang lang = holder.has_lang ? holder.lang : lang_of_request(app, request);
    g_autofree char *own = keep_key(request, holder.person_id, lang);
    g_autoptr(GBytes) body = answers_find(app->answers, generation, now_ms, own);
    if (body == NULL) {
        g_autofree char *shared = keep_key(request, 0, lang);
        body = answers_find(app->answers, generation, now_ms, shared);
    }
    if (body != NULL)
        http_answer(request, binding->route->status, JSON_TYPE, body);
    return body != NULL;
}

/* ---- before the handler ---- */

static bool identify(struct exchange *exchange, GError **error)
{
    struct call *call = &exchange->call;
    exchange->actor = (struct actor){.name = "", .address = http_remote(call->request), .lang = call->lang};
    if (route_is_open(call->route))
        return true;
    if (!guard_identify(call->app, call->request, call->now_ms, &exchange->holder, error))
        return false;
    const struct session_holder *holder = &exchange->holder;
    if (holder->has_lang)
        call->lang = holder->lang;
    exchange->actor.person_id = holder->person_id;
    exchange->actor.name = holder->name;
    exchange->actor.permissions = holder->permissions;
    exchange->actor.lang = call->lang;
    call->session_id = holder->session_id;
    call->token_id = holder->token_id;
    call->csrf = holder->csrf;
    call->unlimited = holder->unlimited;
    return call_require(call, (enum permission)call->route->permission, error);
}

/* A browser sends cookies along by itself, whoever made it call; the token only our own page knows. */
static bool check_csrf(const struct call *call, GError **error)
{
    if (call->session_id == 0 || strcmp(call->route->method, "GET") == 0)
        return true;
    const char *shown = http_header(call->request, "X-CSRF-Token");
    if (shown != NULL && secret_equal(shown, strlen(shown), call->csrf, strlen(call->csrf)))
        return true;
    error_set(error, HY_ERROR_BAD_CSRF, "X-CSRF-Token", shown != NULL ? "another one" : "missing");
    return false;
}

static bool check_path(const struct call *call, GError **error)
{
    const char *id = http_parameter(call->request, "id");
    int64_t unused;
    if (id == NULL || id_parse(id, &unused))
        return true;
    error_set(error, HY_ERROR_NOT_FOUND, NULL, "{id} of the path is no id");
    return false;
}

static bool check_query(struct call *call, GError **error)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter *parameter = PARAMETERS + i;
        if (strcmp(parameter->route, call->route->name) != 0)
            continue;
        const char *value = call_query(call, parameter->name);
        if (value == NULL)
            continue;
        bool fits = strlen(value) <= LIMIT_QUERY;
        if (fits && shape_check_text(parameter->type, parameter->detail, value))
            continue;
        error_set(error, fits ? HY_ERROR_BAD_VALUE : HY_ERROR_TOO_LONG, parameter->name, "not usable");
        return false;
    }
    return true;
}

static bool read_body(struct exchange *exchange, GError **error)
{
    struct call *call = &exchange->call;
    if (call->route->max_body == 0 || (call->route->flags & ROUTE_RAW) != 0)
        return true;
    gsize length;
    const void *data = g_bytes_get_data(http_body(call->request), &length);
    exchange->body = length == 0 ? json_object() : json_parse(data, length, error);
    call->body = exchange->body;
    return call->body != NULL && shape_check(SHAPES + call->route->request, call->body, error);
}

static bool read_key(struct exchange *exchange, GError **error)
{
    struct call *call = &exchange->call;
    const char *key = http_header(call->request, "Idempotency-Key");
    if ((call->route->flags & ROUTE_CREATES) == 0 || key == NULL)
        return true;
    if (!idempotency_check_key(key, error))
        return false;
    gsize length;
    const void *data = g_bytes_get_data(http_body(call->request), &length);
    call->key_hash = exchange->key_hash =
        idempotency_request(call->route->method, http_path(call->request), data, length);
    call->key = key;
    exchange->key_runs = running_keys_enter(call->app->running_keys, exchange->actor.person_id, key);
    if (!exchange->key_runs)
        error_set(error, HY_ERROR_KEY_BUSY, "Idempotency-Key", "the first try is under way");
    return exchange->key_runs;
}

static bool prepare(struct exchange *exchange, GError **error)
{
    struct call *call = &exchange->call;
    return identify(exchange, error) && check_path(call, error) && check_csrf(call, error) &&
           check_query(call, error) && read_body(exchange, error) && read_key(exchange, error);
}

static void handle(struct http_request *request, void *data)
{
    const struct binding *binding = data;
    g_auto(exchange_auto) exchange = {.call = {.app = binding->app,
                                               .route = binding->route,
                                               .request = request,
                                               .now_ms = clock_now_ms(binding->app->clock),
                                               .lang = lang_of_request(binding->app, request),
                                               .status = binding->route->status}};
    struct call *call = &exchange.call;
    g_autoptr(GError) error = NULL;
    call->actor = &exchange.actor;
    exchange.generation = store_generation(binding->app->store);
    writer_init(&call->out);
    bool ok = prepare(&exchange, &error) && call->route->handler(call, &error);
    if (ok && (call->route->flags & (ROUTE_RAW | ROUTE_STREAM | ROUTE_LATER)) != 0)
        return;
    leave_key(&exchange);
    if (ok) {
        answer(&exchange);
        return;
    }
    if (error_http_status(error_code(error)) >= 500)
        log_failure(call->route->name, error);
    answer_error(request, error_http_status(error_code(error)), error, call->lang);
}

struct http_route *call_routes(const struct app *app, const struct http_route *more, size_t more_count, size_t *count)
{
    /* One block: the routes, then what their handlers are called with. */
    *count = ROUTE_COUNT + more_count;
    struct http_route *routes = g_malloc0(*count * sizeof(struct http_route) + ROUTE_COUNT * sizeof(struct binding));
    struct binding *bindings = (struct binding *)(routes + *count);
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        bindings[i] = (struct binding){app, ROUTES + i};
        bool may_be_kept = strcmp(ROUTES[i].method, "GET") == 0 && !route_is_open(ROUTES + i) &&
                           (ROUTES[i].flags & (ROUTE_RAW | ROUTE_STREAM | ROUTE_DIRECT)) == 0;
        routes[i] = (struct http_route){.method = ROUTES[i].method,
                                        .path = ROUTES[i].path,
                                        .max_body = ROUTES[i].max_body,
                                        .flags = (ROUTES[i].flags & ROUTE_DIRECT) != 0 ? 0 : HTTP_ON_POOL,
                                        .handler = handle,
                                        .data = bindings + i,
                                        .at_once = may_be_kept ? answer_again : NULL};
    }
    for (size_t i = 0; i < more_count; i++)
        routes[ROUTE_COUNT + i] = more[i];
    return routes;
}

/* ---- for handlers ---- */

int64_t call_id(const struct call *call)
{
    int64_t id = 0;
    const char *text = http_parameter(call->request, "id");
    return text != NULL && id_parse(text, &id) ? id : 0;
}

const char *call_query(struct call *call, const char *name)
{
    const char *value = http_query(call->request, name);
    return value != NULL && *value != '\0' ? value : NULL;
}

int64_t call_query_id(struct call *call, const char *name)
{
    int64_t id = 0;
    const char *value = call_query(call, name);
    return value != NULL && id_parse(value, &id) ? id : 0;
}

bool call_has(const struct call *call, const char *field)
{
    const json_t *value = json_object_get(call->body, field);
    return value != NULL && !json_is_null(value);
}

const char *call_text(const struct call *call, const char *field)
{
    return json_string_value(json_object_get(call->body, field));
}

int64_t call_body_id(const struct call *call, const char *field)
{
    int64_t id = 0;
    return json_opt_id(call->body, field, &id, NULL) ? id : 0;
}

bool call_flag(const struct call *call, const char *field)
{
    return json_is_true(json_object_get(call->body, field));
}

int64_t call_time(const struct call *call, const char *field)
{
    int64_t ms = 0;
    const char *text = call_text(call, field);
    return text != NULL && shape_parse_time(text, &ms) ? ms : 0;
}

bool call_is_null(const struct call *call, const char *field)
{
    return json_is_null(json_object_get(call->body, field));
}

const char **call_texts(const struct call *call, const char *field)
{
    const json_t *list = json_object_get(call->body, field);
    if (!json_is_array(list))
        return NULL;
    size_t count = json_array_size(list);
    const char **texts = g_new0(const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(list, i));
    return texts;
}

GArray *call_ids(const struct call *call, const char *field)
{
    const json_t *list = json_object_get(call->body, field);
    if (!json_is_array(list))
        return NULL;
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        int64_t id = json_integer_value(item);
        if (json_is_string(item) && !id_parse(json_string_value(item), &id))
            continue; /* the shape has been checked */
        g_array_append_val(ids, id);
    }
    return ids;
}

bool call_may(const struct call *call, enum permission permission)
{
    return actor_may(call->actor, permission);
}

bool call_require(const struct call *call, enum permission permission, GError **error)
{
    if (call_may(call, permission))
        return true;
    error_set(error, HY_ERROR_FORBIDDEN, NULL, "needs %s", permission_name(permission));
    return false;
}

void call_status(struct call *call, int status)
{
    call->status = status;
}

void call_keep(struct call *call, enum call_keep keep)
{
    call->keep = keep;
}

void call_done(struct call *call)
{
    writer_begin_object(&call->out);
    writer_put_bool(&call->out, "ok", true);
    writer_end_object(&call->out);
}

/* ---- the database ---- */

struct job {
    struct call *call;
    store_work work;
    void *data;
    bool replayed;
};

static void empty_out(struct writer *out)
{
    g_string_truncate(out->text, 0);
    out->comma = false;
}

static bool run(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    empty_out(&job->call->out);
    return job->work(tx, job->data, error);
}

static bool run_once(struct tx *tx, void *data, GError **error)
{
    struct job *job = data;
    struct call *call = job->call;
    g_autofree char *kept = NULL;
    int status = 0;
    job->replayed = false;
    if (!idempotency_find(tx, call->app->secret, call->actor->person_id, call->key, call->key_hash, &job->replayed,
                          &status, &kept, error))
        return false;
    empty_out(&call->out);
    if (job->replayed) {
        g_string_assign(call->out.text, kept);
        call->status = status;
        return true;
    }
    return job->work(tx, job->data, error) &&
           idempotency_save(tx, call->app->secret, call->actor->person_id, call->key, call->key_hash, call->status,
                            call->out.text->str, call->now_ms, error);
}

bool call_read(struct call *call, store_work work, void *data, GError **error)
{
    struct job job = {.call = call, .work = work, .data = data};
    return store_read(call->app->store, run, &job, error);
}

bool call_write(struct call *call, store_work work, void *data, GError **error)
{
    struct job job = {.call = call, .work = work, .data = data};
    if (!store_write(call->app->store, call->key != NULL ? run_once : run, &job, error))
        return false;
    if (job.replayed)
        http_add_header(call->request, "Idempotency-Replayed", "true");
    return true;
}

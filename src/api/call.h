/* call.h - one call of the API: from the HTTP request to the answer in JSON.
 *
 *   http_request ─▶ who (guard.h) ─▶ may they ─▶ CSRF ─▶ query and body against the tables ─▶ api_NAME(call) ─▶ answer
 *
 * The third word NAME of a ROUTE line is the function api_NAME in this folder (declared here, all of them):
 *
 *     bool api_team_create(struct call *call, GError **error)
 *     {
 *         return call_write(call, create_team, call, error);   // the work function writes the answer into call->out
 *     }
 *
 * True: the answer is what stands in call->out, with the route's status unless call_status said otherwise. False: error
 * becomes the JSON {"error":…} in the caller's language. Handlers run on a worker of the pool and may block; those
 * of routes marked DIRECT run on the HTTP thread and must not. A handler of a RAW, STREAM or LATER route that returns
 * true has taken the exchange over: it answers (http_answer, http_stream_start on call->request) itself, now or later,
 * and may keep call->request but nothing else of the call. If it returns false it has not answered.
 *
 * A call belongs to one thread; everything in it is borrowed and ends with the handler. */
#pragma once
#include "api/app.h"
#include "base/error.h"
#include "base/json.h"
#include "base/writer.h"
#include "desk/actor.h"
#include "http/server.h"

struct route;

/* For whom an answer holds while nothing changes in the database (answers.h). */
enum call_keep { CALL_KEEP_NOT, CALL_KEEP_FOR_CALLER, CALL_KEEP_FOR_ALL };

struct call {
    const struct app *app;
    const struct route *route;
    struct http_request *request;
    const struct actor *actor; /* of PUBLIC and NOBODY_CHECKS routes: nobody, without permissions, with the address */
    int64_t session_id;        /* 0 = a token or nobody */
    int64_t token_id;          /* 0 = a session or nobody */
    const char *csrf;          /* of the session; NULL without one */
    bool unlimited;            /* all that the role may do: a session, or a token of scope all */
    int64_t now_ms;
    enum lang lang;
    json_t *body; /* an object, checked against the route's shape; NULL when the route takes none, or RAW */
    struct writer out;
    int status;
    enum call_keep keep;  /* whether this answer may be given again */
    const char *key;      /* Idempotency-Key of a route that CREATES; NULL = none */
    const char *key_hash; /* what the key stands for */
};

#define ROUTE(method, path, name, ...) bool api_##name(struct call *call, GError **error);
#include "api/routes.def"
#undef ROUTE

/* {id} of the path. A path whose {id} is no id never gets to a handler (NOT_FOUND). */
int64_t call_id(const struct call *call);

/* Query parameters, already checked by parameters.def. NULL, 0 when absent or empty. Borrowed. */
const char *call_query(struct call *call, const char *name);
int64_t call_query_id(struct call *call, const char *name);

/* Of the body: a field that is there and not null. */
bool call_has(const struct call *call, const char *field);
/* Of the body, already checked; NULL, 0, false when absent. Borrowed. */
const char *call_text(const struct call *call, const char *field);
int64_t call_body_id(const struct call *call, const char *field);
bool call_flag(const struct call *call, const char *field);
int64_t call_time(const struct call *call, const char *field);
bool call_is_null(const struct call *call, const char *field); /* it is there, and null */
/* A list of ids, of int64_t; NULL when the field is not there. g_array_unref. */
GArray *call_ids(const struct call *call, const char *field);
/* A list of texts, NULL-terminated; NULL when the field is not there. The texts are borrowed, the list is yours:
 * g_free. */
const char **call_texts(const struct call *call, const char *field);

bool call_may(const struct call *call, enum permission permission);
bool call_require(const struct call *call, enum permission permission, GError **error); /* FORBIDDEN */

void call_status(struct call *call, int status);
/* Of a GET: the answer depends on the database, the query and the language alone, and on the caller when so said. */
void call_keep(struct call *call, enum call_keep keep);
/* For handlers of RAW routes: answers error's JSON under another status than its own; then return true. */
void call_refuse(struct call *call, int status, const GError *error);
void call_done(struct call *call); /* answers {"ok":true} */

/* ---- the database ---- */

/* store_read, store_write. Before every run of work call->out is emptied, so work may write the answer into it.
 * call_write with an Idempotency-Key keeps the answer in the transaction of the work: when the same person sends the
 * same key again, work does not run and the kept answer is given (Idempotency-Replayed: true); with another request it
 * fails with KEY_REUSED. So a route that CREATES does all it creates in one call_write whose work writes the answer. */
bool call_read(struct call *call, store_work work, void *data, GError **error);
bool call_write(struct call *call, store_work work, void *data, GError **error);

/* ---- lists: keyset paging ---- */

enum { CALL_KEYS_MAX = 4 };

/* Where a page begins. A cursor is opaque outside: the route's name and the keys of the last row shown. */
struct call_page {
    int64_t limit; /* rows to show: ask the database for one more */
    bool first;    /* no cursor: from the beginning */
    int64_t keys[CALL_KEYS_MAX];
};

/* Reads limit (1 … LIMIT_PAGE_MAX) and cursor with that many keys. BAD_VALUE naming limit; BAD_CURSOR. */
bool call_page(struct call *call, unsigned key_count, struct call_page *page, GError **error);

/* {"items":[   …   ],"next_cursor":…}; keys NULL: that was the last page. */
void call_list_begin(struct call *call);
void call_list_end(struct call *call, const int64_t *keys, unsigned key_count);

/* A list by one key, whole: begins, has work write the rows of the page into call->out, ends. *last is the key of the
 * last row written when there are more, else 0. Most lists are this. */
typedef bool (*call_list_work)(struct tx *tx, struct call *call, const struct call_page *page, int64_t *last,
                               GError **error);
bool call_list(struct call *call, call_list_work work, GError **error);

/* ---- for serve ---- */

/* The routes of routes.def as the server wants them, then more; app is borrowed for the life of the server. g_free. */
struct http_route *call_routes(const struct app *app, const struct http_route *more, size_t more_count, size_t *count);
/* For http_options.on_error; data is the struct app. */
void call_on_error(struct http_request *request, enum hy_error code, void *data);

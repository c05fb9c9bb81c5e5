/* guard.h - who is calling: the cookie or the bearer token of a request, turned into an actor.
 *
 *   cookie huiyin_session | Authorization: Bearer ──digest──▶ remembered for a few seconds ──▶ store
 *
 * What is remembered is dropped at once when the event log says that a session or a person changed (guard_forget),
 * and after five seconds anyway. Any thread; may block. */
#pragma once
#include "api/app.h"
#include "desk/session.h"
#include "http/server.h"

#define GUARD_COOKIE "huiyin_session"

struct guard;
struct guard *guard_new(void);
void guard_free(struct guard *guard);

/* UNAUTHENTICATED when the request shows nothing or nothing that works. A token in the header wins over the cookie. */
bool guard_identify(const struct app *app, struct http_request *request, int64_t now_ms, struct session_holder *out,
                    GError **error);

/* The same from memory alone: false when it would have to ask the store. Never blocks: for HTTP threads. */
bool guard_recall(const struct app *app, struct http_request *request, int64_t now_ms, struct session_holder *out);

/* Sessions or people changed: ask the store again. Cheap; any thread. */
void guard_forget(struct guard *guard);

/* Checks a password, at the same price whether hash is there or not; *right is the answer. ~60 ms and 64 MB: four at
 * one time, more wait up to three seconds, then BUSY. Never on an HTTP thread. */
bool guard_check_password(struct guard *guard, const char *hash, const char *password, bool *right, GError **error);
/* A hash for a new one, within the same bounds. g_free. */
char *guard_hash_password(struct guard *guard, const char *password, GError **error);

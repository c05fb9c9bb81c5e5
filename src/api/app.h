/* app.h - what every handler can reach: put together once by command/serve.c, then never changed.
 * Everything is borrowed; a member that a test does not need may be NULL. */
#pragma once
#include "base/clock.h"
#include "base/config.h"
#include "base/secret.h"
#include "store/store.h"

struct accounts;
struct answers;
struct assess_current;
struct chat_live;
struct client;
struct guard;
struct judge;
struct live;
struct outbox;
struct poller;
struct running_keys;
struct search_index;

struct app {
    const struct config *config;
    const struct secret *secret;
    struct store *store;
    const struct clock *clock;
    struct assess_current *assess; /* understanding/assess_current.h: the set in use */
    struct judge *judge;           /* inbox: keeps that set the one the team taught */
    struct search_index *search;
    struct client *client;             /* to platforms, where the administrator says they are */
    struct client *guarded_client;     /* to outgoing webhooks: public addresses only, unless allowed */
    struct accounts *accounts;         /* inbox: channels opened, kept fresh */
    struct outbox *outbox;             /* inbox: the sender; told that something was queued */
    struct poller *poller;             /* inbox */
    struct guard *guard;               /* api/guard.h: who is calling */
    struct answers *answers;           /* api/answers.h; NULL keeps none */
    struct live *live;                 /* api/live.h */
    struct chat_live *chat;            /* api/chat_live.h */
    struct running_keys *running_keys; /* api/idempotency.h */
};

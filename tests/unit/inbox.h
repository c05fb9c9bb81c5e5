/* inbox.h - a small house for the tests of the way in and the way out: a brand, a team, channels of a scripted kind,
 * an understanding that knows one word, a clock that stands. */
#pragma once
#include "base/client.h"
#include "base/clock.h"
#include "database.h"
#include "inbox/account.h"
#include "inbox/intake.h"

#define HOUSE_NOW_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */
enum {
    HOUSE_BRAND = 11,
    HOUSE_TEAM = 12,
    HOUSE_PERSON = 13,
    HOUSE_CHANNEL = 21,
    HOUSE_SCOPED = 22,
    HOUSE_SANDBOX = 23,
    HOUSE_CHAT = 24
};

struct house {
    struct store *store;
    struct secret *secret;
    struct accounts *accounts;
    struct clock_manual clock;
    const struct database *database;
    struct assess_current *assess;
};
void house_open(struct house *house, const struct database *database);
void house_close(struct house *house);
int64_t house_now(const struct house *house);

/* Runs SQL in a write transaction of its own; asserts. */
void house_run(const struct house *house, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The first column of the first row as text; "" when there is none. g_free. */
char *house_ask(const struct house *house, const char *format, ...) G_GNUC_PRINTF(2, 3);
#define house_expect(house, expected, ...)                                                                             \
    do {                                                                                                               \
        g_autofree char *found = house_ask(house, __VA_ARGS__);                                                        \
        g_assert_cmpstr(found, ==, expected);                                                                          \
    } while (0)

/* What the kinds of the tests do; kind "scripted" and "scoped" (CHANNEL_SCOPED_IDS). Tests set the functions. */
extern struct channel_kind HOUSE_SCRIPTED, HOUSE_SCOPED_KIND;

/* A public post by author under root (NULL = itself), or a private one. */
struct channel_post *house_post(const char *native_id, const char *author, const char *root, const char *text);
struct channel_post *house_dm(const char *native_id, const char *author, const char *text);

/* Takes posts in (each taken over; ends with NULL) on a channel now; asserts; the results in order. g_free. */
struct intake_result *house_take(const struct house *house, int64_t channel_id, ...);

/* Waits until what was handed to the store's writer before is done. */
void house_settle(const struct house *house);

/* A network that answers when the test says so: house_send in place of client_send, a struct house_network in place of
 * the client. */
struct house_network {
    GPtrArray *calls; /* of struct house_call *: those not yet answered, in order */
    unsigned count;   /* ever */
    bool busy;        /* refuse with BUSY */
};
void house_network_init(struct house_network *network);
void house_network_clear(struct house_network *network); /* asserts that nothing waits */
bool house_send(struct client *client, const struct client_request *request, client_callback callback, void *data,
                GError **error);
const char *house_network_url(const struct house_network *network, unsigned call);
/* Answers the first call that waits. status 0: it was not reached; -1: it broke off. */
void house_answer(struct house_network *network, int status, const char *body);

/* A reply in the outbox of a conversation, as desk/reply writes it; its id. */
int64_t house_reply(const struct house *house, int64_t conversation_id, int64_t answers_id, const char *text);

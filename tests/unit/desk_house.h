/* desk_house.h - a small house for the tests of the desk: people of all kinds, three channels, a clock that is moved
 * by hand, and a transaction one can walk through step by step.
 *
 *     DO(house, conversation_resolve(tx, &house->amy, house->now_ms, id, &error));
 *     REFUSE(house, HY_ERROR_NOT_FOUND, NULL, conversation_resolve(tx, …, &error)); */
#pragma once
#include "answer.h"
#include "base/clock.h"
#include "base/writer.h"
#include "database.h"
#include "desk/actor.h"
#include "store/queries.h"

#define HOUSE_NOW_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */
enum {
    HOUSE_BRAND = 11,
    HOUSE_TEAM = 12,       /* the default one; amy and bob are in it */
    HOUSE_OTHER_TEAM = 14, /* bob is in it */
    HOUSE_WEIBO = 21,
    HOUSE_CHAT = 22,
    HOUSE_BOX = 23,
    HOUSE_SWITCHED_OFF = 24,
};

struct desk_house {
    struct store *store;
    struct tx *tx;
    int64_t now_ms;
    int64_t next_id;
    struct actor amy, bob, vera, max; /* agents, a viewer, marketing */
    struct writer out;                /* what a step wrote */
};
void desk_house_open(struct desk_house *house, const struct database *database);
void desk_house_close(struct desk_house *house);

struct tx *desk_house_begin(struct desk_house *house); /* empties out */
void desk_house_end(struct desk_house *house, bool commit);

#define DO(house, call)                                                                                                \
    do {                                                                                                               \
        struct tx *tx = desk_house_begin(house);                                                                       \
        g_autoptr(GError) error = NULL;                                                                                \
        bool done = (call);                                                                                            \
        g_assert_no_error(error);                                                                                      \
        g_assert_true(done);                                                                                           \
        desk_house_end(house, true);                                                                                   \
    } while (0)

#define REFUSE(house, code, named, call)                                                                               \
    do {                                                                                                               \
        struct tx *tx = desk_house_begin(house);                                                                       \
        g_autoptr(GError) error = NULL;                                                                                \
        g_assert_false(call);                                                                                          \
        g_assert_error(error, HY_ERROR, (int)(code));                                                                  \
        g_assert_cmpstr(error_field(error), ==, named);                                                                \
        desk_house_end(house, false);                                                                                  \
    } while (0)

/* A new contact with one account; its identity has the id + 1. */
int64_t desk_house_contact(struct desk_house *house, const char *name);

struct desk_house_talk {
    int64_t channel_id; /* 0 = HOUSE_BOX */
    int64_t contact_id; /* 0 = a new one */
    int64_t due_ms;     /* 0 = not due */
    int64_t importance;
    const char *visibility; /* NULL = public */
    const char *text;       /* NULL = "hello" */
};
/* A conversation with its first inbound message, as intake makes one; *message_id may be NULL. */
int64_t desk_house_talk(struct desk_house *house, const struct desk_house_talk *talk, int64_t *message_id);
/* Another inbound message of it. */
int64_t desk_house_more(struct desk_house *house, int64_t conversation_id, const char *visibility, const char *text);

/* What the last step wrote, checked against a shape; json_decref. */
json_t *desk_house_answer(struct desk_house *house, const char *shape);
/* The last event of a kind: its data, g_free; NULL when there is none. *count: how many there are. */
char *desk_house_event(struct desk_house *house, const char *kind, int *count);
/* A conversation as the API shows it; json_decref. */
json_t *desk_house_conversation(struct desk_house *house, int64_t id);
/* Runs SQL; asserts. */
void desk_house_sql(struct desk_house *house, const char *sql);

/* Of an answer */
const char *text_of(const json_t *object, const char *path); /* "contact.name"; NULL for null */
int64_t number_of(const json_t *object, const char *path);   /* of ids too; -1 for null */

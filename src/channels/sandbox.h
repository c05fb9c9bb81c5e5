/* sandbox.h - a platform inside Huiyin: a public time line and private messages.
 *
 *   customer's phone page ──▶ api writes sandbox_item ──▶ sandbox_post_new ──▶ inbox
 *   outbox ──▶ a row of sandbox_item in the outbox's own transaction (CHANNEL_IS_LOCAL)
 *
 * Used by the demo, by drills and by tests. Items are rows of table
 * sandbox_item; this module only says what such a row means as a message. */
#pragma once
#include "channels/channel.h"

extern const struct channel_kind SANDBOX_KIND;

/* One item as it was written, with its author. All borrowed. */
struct sandbox_item {
    int64_t id;
    int64_t parent_id;  /* comments: what it answers; 0 = nothing */
    int64_t root_id;    /* comments: the post it stands under; 0 for others */
    const char *kind;   /* "post" "comment" "dm" */
    const char *handle; /* of its author, who is known by it on this channel */
    int64_t followers;
    const char *verified; /* "" person organisation media government */
    bool is_brand;        /* written by our own account there */
    const char *text;
    int64_t reposts, likes, comments;
    int64_t created_ms;
};

/* "item:ID": the native id of an item, as it stands in messages and in the outbox. g_free. */
char *sandbox_native_id(int64_t item_id);
/* And back; false when it is none. */
bool sandbox_native_id_parse(const char *native_id, int64_t *item_id);

/* The item as a message; channel_post_free. BAD_VALUE naming "kind", "parent_id", "verified" or "text"; MISSING
 * "author". */
struct channel_post *sandbox_post_new(const struct sandbox_item *item, GError **error);

/* May people who are not signed in read and write there? */
bool sandbox_is_open(const struct channel_account *account);

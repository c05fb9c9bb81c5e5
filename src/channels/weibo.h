/* weibo.h - Weibo: pushed private messages and mentions, polled mentions and comments, replies.
 *
 *   fan service ──push──▶ weibo_push.c ──┐
 *   REST lists  ◀─poll─── weibo_poll.c ──┴─ weibo_item.c ──▶ struct channel_post
 *   messages/reply, comments/create, comments/reply ◀── weibo_send.c ── struct channel_outbound
 *                                          └─ ambiguous? ─▶ comments/by_me
 *
 * Native ids: "status:ID" and "comment:ID" for what REST lists, and for pushes, which carry no id of their own,
 * "push:SENDER:SECONDS:TYPE:SHA1(text)". A pushed mention that names its post has "status:ID" as its alias, so the
 * same mention polled later is known. The folder's settings table is in weibo.c, error codes in weibo_error.def. */
#pragma once
#include "channels/channel.h"

extern const struct channel_kind WEIBO_KIND;

/* ---- weibo.c ---- */

enum weibo_host { WEIBO_API, WEIBO_MESSAGE, WEIBO_COMMERCIAL };

/* "https://api.weibo.com/2/comments/create.json"; path without version and suffix. g_free. */
char *weibo_url(const struct channel_account *account, enum weibo_host host, const char *path);
bool weibo_is_commercial(const struct channel_account *account);

/* Authorization: OAuth2 …; MISSING "access_token" when there is none. */
bool weibo_authorize(const struct channel_account *account, struct channel_request *request, GError **error);

struct channel_length weibo_measure(const struct channel_account *account, enum channel_visibility visibility,
                                    const char *text);

/* "Tue May 31 17:46:55 +0800 2011", whatever the locale. False for anything else. */
bool weibo_parse_time(const char *text, int64_t *ms);

/* ---- weibo_error.c ---- */

/* What an answer that came says about failure. True when it says so, *outcome filled; false when it is a plain
 * success to be read further. 20032 counts as said: OK. now_ms 0 = unknown. */
bool weibo_error_read(const struct channel_response *response, const json_t *answer, int64_t now_ms,
                      struct channel_outcome *outcome);
enum channel_fate weibo_error_fate(int64_t code);

/* ---- weibo_item.c ---- */

enum weibo_list { WEIBO_STATUS_MENTIONS, WEIBO_COMMENT_MENTIONS, WEIBO_COMMENTS_TO_ME, WEIBO_LIST_COUNT };

/* The id of a status, comment or user: idstr, or id as number or digits. 0 when there is none. */
int64_t weibo_id(const json_t *object);

/* One element of a list as a post. NULL when it has no id, author or time (deleted ones have not). */
struct channel_post *weibo_item_read(const struct channel_account *account, enum weibo_list list, const json_t *item);

/* ---- weibo_push.c, weibo_poll.c, weibo_send.c: see channel_kind ---- */

bool weibo_receive(const struct channel_account *account, const struct channel_push *push, int64_t now_ms,
                   struct channel_receipt *receipt, GError **error);

bool weibo_poll_build(const struct channel_account *account, const char *cursor, bool first,
                      struct channel_request *request, int64_t *wait_ms, GError **error);
bool weibo_poll_parse(const struct channel_account *account, const char *cursor,
                      const struct channel_response *response, GPtrArray *posts, char **next_cursor,
                      struct channel_outcome *outcome, GError **error);

bool weibo_send_build(const struct channel_account *account, const struct channel_outbound *outbound,
                      struct channel_request *request, GError **error);
void weibo_send_classify(const struct channel_account *account, const struct channel_outbound *outbound,
                         const struct channel_response *response, struct channel_outcome *outcome);
bool weibo_reconcile_build(const struct channel_account *account, const struct channel_outbound *outbound,
                           struct channel_request *request, GError **error);
void weibo_reconcile_read(const struct channel_account *account, const struct channel_outbound *outbound,
                          const struct channel_response *response, struct channel_outcome *outcome);

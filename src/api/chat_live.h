/* chat_live.h - a visitor's lines, sent to their open widgets as they come.
 *
 *   event log ──chat_live_wake──▶ [thread: the lines of the new events] ──▶ the streams of their visitors
 *
 * A stream begins with the lines after the last one its browser saw; that is done by the same thread, so that nothing
 * falls between and nothing comes twice. Frames: id: seq, data: one ChatLine. */
#pragma once
#include "base/clock.h"
#include "base/writer.h"
#include "http/stream.h"
#include "store/store.h"

struct chat_live;

struct chat_live *chat_live_new(struct store *store, const struct clock *clock);
void chat_live_free(struct chat_live *live); /* after the server: no stream is open any more */
void chat_live_start(struct chat_live *live);
void chat_live_wake(void *live); /* its type fits wake_add */

/* Ends the exchange with a stream of the visitor's lines after one. THROTTLED when they have too many open: then it
 * has not ended. */
bool chat_live_listen(struct chat_live *live, struct http_request *request, int64_t visitor_id, int64_t after_seq,
                      GError **error);

/* One line as the API shows it. All borrowed. */
struct chat_line {
    int64_t seq, id, sent_ms;
    const char *direction, *name, *text;
};
void chat_line_write(struct writer *out, const struct chat_line *line);

#define CHAT_LINE(row) ((struct chat_line){(row).seq, (row).id, (row).sent_ms, (row).direction, (row).name, (row).text})

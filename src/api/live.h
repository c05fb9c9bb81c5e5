/* live.h - the event log, sent to open browsers as it grows: server-sent events.
 *
 *   commit ──store_watch──▶ live_wake ──▶ [live thread] ──one frame for everybody who may see the same──▶ streams
 *
 * The first change after a quiet moment goes out at once, what follows within 50 ms goes out together. Frames:
 *   event: hello     data {"seq":N}       the first one: what comes later is newer than N
 *   event: change    id: N, data [Event]  in the order of the log; N is the seq of the last
 *   event: presence  data [Event]         who has what open; without id, as it is not worth repeating
 *   event: reload    data {"seq":N}       too far behind or too slow: fetch everything again
 * A stream that names the last id it saw gets what came after it, nothing twice and nothing left out, also after a
 * restart; a thread of its own reads the log for it until it has caught up with the others.
 *
 * The thread also tells the guard and closes streams when a session ends or a person changes. */
#pragma once
#include "api/guard.h"
#include "http/stream.h"
#include "store/store.h"

struct live;

/* Starts the thread. guard is borrowed and may be NULL. */
struct live *live_new(struct store *store, struct guard *guard, GError **error);
void live_free(struct live *live);

/* The log has grown. For store_watch: any thread, cheap, no store call. */
void live_wake(struct live *live);

/* Who listens. */
struct live_listener {
    int64_t person_id, session_id, token_id;
    int64_t ends_ms; /* of the session: the stream ends then */
    uint64_t permissions;
};
/* Ends the exchange with a stream. last_seq: the last id seen, -1 = none. */
void live_listen(struct live *live, struct http_request *request, const struct live_listener *listener,
                 int64_t last_seq);

/* Has somebody the console open? Any thread. */
bool live_is_online(void *live, int64_t person_id);

struct live_figures {
    unsigned streams;
    uint64_t rounds, events, frames, reloads;
    int64_t seq; /* sent up to here */
};
void live_figures(struct live *live, struct live_figures *out);

/* linger.h - the last words reach a client that is still talking.
 *
 * A body that is too large is refused on sight (413), before it was read. Closing the socket then would make the
 * kernel answer the rest of the body with a reset, which throws away the refusal in the client's hands. So the socket
 * is kept by a second name, and what still comes is read and thrown away: until the client closes, for two seconds or
 * LINGER_BYTES, whatever is first; at most LINGER_SOCKETS at a time.
 *
 * Threads: linger_add from any; the rest on the timer thread, or when it is gone. */
#pragma once
#include <stdint.h>

#define LINGER_BYTES (16 * 1024 * 1024)
#define LINGER_SOCKETS 256
#define LINGER_MARK (UINT64_C(1) << 63) /* in epoll_event.data: one of ours */

struct lingering;

/* epoll_fd is watched by the caller, who passes marked events to linger_hear. */
struct lingering *linger_new(int epoll_fd);
void linger_free(struct lingering *linger); /* NULL is fine */

/* fd stays the caller's to close. */
void linger_add(struct lingering *linger, int fd, int64_t now_ms);
void linger_hear(struct lingering *linger, uint64_t event);
void linger_sweep(struct lingering *linger, int64_t now_ms);

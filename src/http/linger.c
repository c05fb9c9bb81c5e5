#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_MS 2000

struct talker {
    int fd;
    int64_t until_ms;
    size_t left; /* bytes it may still say */
};

struct lingering {
    int epoll_fd;
    GMutex lock;
    GHashTable *talkers; /* fd → struct talker */
};

static void talker_free(gpointer data)
{
    struct talker *talker = data;
    close(talker->fd); /* leaves epoll by itself */
    g_free(talker);
}

struct lingering *linger_new(int epoll_fd)
{
    struct lingering *linger = g_new0(struct lingering, 1);
    linger->epoll_fd = epoll_fd;
    g_mutex_init(&linger->lock);
    linger->talkers = g_hash_table_new_full(NULL, NULL, NULL, talker_free);
    return linger;
}

void linger_free(struct lingering *linger)
{
    if (linger == NULL)
        return;
    g_hash_table_unref(linger->talkers);
    g_mutex_clear(&linger->lock);
    g_free(linger);
}

void linger_add(struct lingering *linger, int fd, int64_t now_ms)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return;
    struct epoll_event watch = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = LINGER_MARK | (uint64_t)own};
    g_mutex_lock(&linger->lock);
    bool room = g_hash_table_size(linger->talkers) < LINGER_SOCKETS;
    if (room && shutdown(own, SHUT_WR) == 0 && epoll_ctl(linger->epoll_fd, EPOLL_CTL_ADD, own, &watch) == 0) {
        struct talker *talker = g_new(struct talker, 1);
        *talker = (struct talker){own, now_ms + LINGER_MS, LINGER_BYTES};
        g_hash_table_insert(linger->talkers, GINT_TO_POINTER(own), talker);
        own = -1;
    }
    g_mutex_unlock(&linger->lock);
    if (own >= 0)
        close(own);
}

/* False when there is nothing more to hear. */
static bool hear(struct talker *talker)
{
    char waste[65536];
    for (int i = 0; i < 16; i++) {
        ssize_t got = recv(talker->fd, waste, sizeof waste, MSG_DONTWAIT);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        if ((size_t)got >= talker->left)
            return false;
        talker->left -= (size_t)got;
    }
    return true;
}

void linger_hear(struct lingering *linger, uint64_t event)
{
    gpointer key = GINT_TO_POINTER((int)(event & ~LINGER_MARK));
    g_mutex_lock(&linger->lock);
    struct talker *talker = g_hash_table_lookup(linger->talkers, key);
    if (talker != NULL && !hear(talker))
        g_hash_table_remove(linger->talkers, key);
    g_mutex_unlock(&linger->lock);
}

static gboolean is_over(gpointer key, gpointer value, gpointer now_ms)
{
    (void)key;
    return ((struct talker *)value)->until_ms <= *(int64_t *)now_ms;
}

void linger_sweep(struct lingering *linger, int64_t now_ms)
{
    g_mutex_lock(&linger->lock);
    g_hash_table_foreach_remove(linger->talkers, is_over, &now_ms);
    g_mutex_unlock(&linger->lock);
}

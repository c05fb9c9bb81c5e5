/* peer.h - the other end of a socket, byte by byte, for tests of http and client. */
#pragma once
#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int peer_connect(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&to, sizeof to), ==, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static inline bool peer_write(int fd, const char *text)
{
    size_t length = strlen(text);
    return send(fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* Reads until the text holds needle, the peer closes or ms have passed. */
static inline char *peer_read_until(int fd, const char *needle, int ms)
{
    GString *all = g_string_new(NULL);
    int64_t until = g_get_monotonic_time() + ms * INT64_C(1000);
    while (needle == NULL || strstr(all->str, needle) == NULL) {
        char buffer[65536];
        struct pollfd at = {fd, POLLIN, 0};
        int64_t left = (until - g_get_monotonic_time()) / 1000;
        if (left <= 0 || poll(&at, 1, (int)left) <= 0)
            break;
        ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0)
            break;
        g_string_append_len(all, buffer, got);
    }
    return g_string_free(all, FALSE);
}

/* Everything until the peer closes. */
static inline char *peer_read_all(int fd)
{
    return peer_read_until(fd, NULL, 10000);
}

/* One exchange on a connection of its own. */
static inline char *peer_ask(unsigned port, const char *request)
{
    int fd = peer_connect(port);
    g_assert_true(peer_write(fd, request));
    char *answer = peer_read_all(fd);
    close(fd);
    return answer;
}

static inline bool peer_closed_within(int fd, int ms)
{
    char buffer[4096];
    int64_t until = g_get_monotonic_time() + ms * INT64_C(1000);
    for (;;) {
        struct pollfd at = {fd, POLLIN, 0};
        int64_t left = (until - g_get_monotonic_time()) / 1000;
        if (left <= 0 || poll(&at, 1, (int)left) <= 0)
            return false;
        if (recv(fd, buffer, sizeof buffer, 0) <= 0)
            return true;
    }
}

/* A socket that listens on a free port of loopback. */
static inline int peer_listen(unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(listen(fd, 64), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&at, &length), ==, 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* Waits for a condition that another thread brings about. */
#define peer_wait_for(condition, ms)                                                                                   \
    ({                                                                                                                 \
        int64_t peer_until = g_get_monotonic_time() + (ms)*INT64_C(1000);                                              \
        while (!(condition) && g_get_monotonic_time() < peer_until)                                                    \
            g_usleep(2000);                                                                                            \
        (bool)(condition);                                                                                             \
    })

/* sync.c - how long one fdatasync takes here: appends 4 KiB to a file in DIR, ROUNDS times.
 *   sync DIR ROUNDS
 * Prints one line of microseconds a round; the peer of the latency in server.mjs. */
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: sync DIR ROUNDS\n");
        return 2;
    }
    g_autofree char *path = g_build_filename(argv[1], "sync.bin", NULL);
    char block[4096];
    memset(block, 'x', sizeof block);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; fd >= 0 && i < atoi(argv[2]); i++) {
        gint64 begin = g_get_monotonic_time();
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
            return 1;
        printf("%d\n", (int)(g_get_monotonic_time() - begin));
    }
    unlink(path);
    return fd < 0;
}

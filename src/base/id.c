#include "base/id.h"

#include <glib.h>

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
#define NODE_BITS 10
#define SEQUENCE_BITS 12

int64_t id_new(int64_t now_ms)
{
    static GMutex lock;
    static int64_t last; /* time and sequence in one number, without the node */
    static int64_t node = -1;

    g_mutex_lock(&lock);
    if (node < 0)
        node = g_random_int_range(0, 1 << NODE_BITS);
    int64_t next = (now_ms - EPOCH_MS) << SEQUENCE_BITS;
    if (next <= last) /* more than 4,096 in a millisecond, or the clock went back: borrow from the next one */
        next = last + 1;
    last = next;
    int64_t sequence = next & ((1 << SEQUENCE_BITS) - 1);
    int64_t id = ((next >> SEQUENCE_BITS) << (NODE_BITS + SEQUENCE_BITS)) | (node << SEQUENCE_BITS) | sequence;
    g_mutex_unlock(&lock);
    return id;
}

bool id_parse(const char *text, int64_t *id)
{
    guint64 value = 0;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &value, NULL))
        return false;
    *id = (int64_t)value;
    return true;
}

int64_t id_time_ms(int64_t id)
{
    return (id >> (NODE_BITS + SEQUENCE_BITS)) + EPOCH_MS;
}

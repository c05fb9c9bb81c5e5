#include "inbox/wake.h"

#include <glib.h>
#include <stdbool.h>

struct listener {
    void (*call)(void *data);
    void *data;
};

struct wake {
    GRWLock lock; /* read: calling; write: stopping */
    bool stopped;
    GArray *listeners;
};

struct wake *wake_new(void)
{
    struct wake *wake = g_new0(struct wake, 1);
    g_rw_lock_init(&wake->lock);
    wake->listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
    return wake;
}

void wake_free(struct wake *wake)
{
    if (wake == NULL)
        return;
    g_array_unref(wake->listeners);
    g_rw_lock_clear(&wake->lock);
    g_free(wake);
}

void wake_add(struct wake *wake, void (*listener)(void *data), void *data)
{
    struct listener entry = {listener, data};
    g_array_append_val(wake->listeners, entry);
}

void wake_all(void *data)
{
    struct wake *wake = data;
    g_rw_lock_reader_lock(&wake->lock);
    for (guint i = 0; i < wake->listeners->len && !wake->stopped; i++) {
        const struct listener *entry = &g_array_index(wake->listeners, struct listener, i);
        entry->call(entry->data);
    }
    g_rw_lock_reader_unlock(&wake->lock);
}

void wake_stop(struct wake *wake)
{
    g_rw_lock_writer_lock(&wake->lock);
    wake->stopped = true;
    g_rw_lock_writer_unlock(&wake->lock);
}

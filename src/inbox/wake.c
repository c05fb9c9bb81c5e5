#include "inbox/wake.h"

#include <glib.h>

struct listener {
    void (*call)(void *data);
    void *data;
};

struct wake {
    GArray *listeners;
};

struct wake *wake_new(void)
{
    struct wake *wake = g_new0(struct wake, 1);
    wake->listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
    return wake;
}

void wake_free(struct wake *wake)
{
    if (wake == NULL)
        return;
    g_array_unref(wake->listeners);
    g_free(wake);
}

void wake_add(struct wake *wake, void (*listener)(void *data), void *data)
{
    struct listener entry = {listener, data};
    g_array_append_val(wake->listeners, entry);
}

void wake_all(void *data)
{
    const struct wake *wake = data;
    for (guint i = 0; i < wake->listeners->len; i++) {
        const struct listener *entry = &g_array_index(wake->listeners, struct listener, i);
        entry->call(entry->data);
    }
}

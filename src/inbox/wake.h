/* wake.h - who wants to know that the event log grew.
 *
 *   store_watch ──▶ wake_all ──▶ outbox · follower · live push …
 *
 * store_watch takes one listener; this is the one that passes it on. Listeners are added before the store is
 * watched and never removed. They must not block and must not call the store. */
#pragma once

struct wake;

struct wake *wake_new(void);
void wake_free(struct wake *wake);
void wake_add(struct wake *wake, void (*listener)(void *data), void *data);
/* Calls them in the order they came. Its type fits store_watch: data is the struct wake. Any thread. */
void wake_all(void *wake);
/* When it returns, nobody is being called and nobody will be: the listeners may go, before the store does. */
void wake_stop(struct wake *wake);

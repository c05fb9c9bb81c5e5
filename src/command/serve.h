/* serve.h - the whole program, running: for huiyin serve, and for huiyin demo, which has it play a scenario. */
#pragma once
#include "base/config.h"

struct app;

/* Who lives in the running program. */
struct serve_guest {
    /* It answers at url, and has said so. Must not block: whoever plays gets a thread of their own. */
    void (*begin)(const struct app *app, const char *url, void *data);
    /* It is about to stop: every thread of the guest's must be gone when this returns. */
    void (*end)(void *data);
    void *data;
};

/* Starts, prints "Huiyin is ready at URL", waits for SIGTERM or SIGINT, stops. guest may be NULL. False: it could not
 * start. Call it before any other thread is there. */
bool serve_run(const struct config *config, const struct serve_guest *guest, GError **error);

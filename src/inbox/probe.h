/* probe.h - "channel test": one harmless call that shows whether the credentials work. Any thread. */
#pragma once
#include "inbox/exchange.h"

#define PROBE_TIMEOUT_MS 8000 /* somebody watches a button */

/* outcome is borrowed. */
typedef void (*probe_done)(const struct channel_outcome *outcome, void *data);

/* Without waiting: done runs exactly once, on the client's thread, or before this returns for kinds that have no such
 * call (they are OK). Everything is copied. False, and done never runs: the errors of the kind's probe_build; BUSY. */
bool probe_begin(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
                 int64_t now_ms, probe_done done, void *data, GError **error);

/* The same for the command line: waits for the answer. */
bool probe_run(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
               int64_t now_ms, probe_done done, void *data, GError **error);

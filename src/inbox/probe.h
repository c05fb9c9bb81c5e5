/* probe.h - "channel test": one harmless call that shows whether the credentials work. Blocks, any thread. */
#pragma once
#include "inbox/exchange.h"

/* Kinds without such a call are OK. *outcome: clear with channel_outcome_clear. The errors of the kind's probe_build;
 * BUSY. */
bool probe_run(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
               int64_t now_ms, struct channel_outcome *outcome, GError **error);

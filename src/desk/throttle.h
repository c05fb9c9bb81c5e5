/* throttle.h - guessing passwords must not pay.
 *
 * Every try to sign in counts as failed before the password is looked at, and is forgiven when it was right: so many
 * tries at the same time are counted too. A login has 5 tries, an address 20; after that each failure blocks for
 * twice as long, from 2 s to 15 minutes. A day (of an address: an hour) after the first failure the count starts anew.
 * Stored, so a restart forgives nobody. */
#pragma once
#include "store/store.h"

/* Counts one try of login from address. THROTTLED naming login, with *wait_ms, while either is blocked. */
bool throttle_try(struct tx *tx, const char *login, const char *address, int64_t now_ms, int64_t *wait_ms,
                  GError **error);
/* The password was right: the login starts afresh, the address gets this one try back. */
bool throttle_forgive(struct tx *tx, const char *login, const char *address, GError **error);
bool throttle_purge(struct tx *tx, int64_t now_ms, GError **error);

/* idempotency.h - the same POST twice is done once.
 *
 * The answer to a first try is kept for seven days under (person, key), written in the transaction that did the work:
 * either both are there or neither. Answers are sealed, for some hold a secret that is shown only once. Two tries at
 * the same time: the second is told to wait (KEY_BUSY) when both came to this process, and otherwise finds the first
 * one's answer, as there is one writer. */
#pragma once
#include "base/secret.h"
#include "store/store.h"

#include <stdbool.h>

/* Is there an answer to this key? *found with *status and *answer (g_free), or KEY_REUSED when the key stood for
 * another request. */
bool idempotency_find(struct tx *tx, const struct secret *secret, int64_t person_id, const char *key,
                      const char *request, bool *found, int *status, char **answer, GError **error);
bool idempotency_save(struct tx *tx, const struct secret *secret, int64_t person_id, const char *key,
                      const char *request, int status, const char *answer, int64_t now_ms, GError **error);

/* Forgets what is older than seven days, up to limit rows. For housekeeping. */
bool idempotency_purge(struct tx *tx, int64_t now_ms, int64_t limit, int64_t *gone, GError **error);

/* What a request is remembered as: hex SHA-256 of method, path and body. g_free. */
char *idempotency_request(const char *method, const char *path, const void *body, size_t length);

/* 1 … LIMIT_IDEMPOTENCY_KEY visible ASCII characters. Else TOO_LONG, BAD_VALUE naming Idempotency-Key. */
bool idempotency_check_key(const char *key, GError **error);

/* The keys that are being worked on in this process. Any thread. */
struct running_keys;
struct running_keys *running_keys_new(void);
void running_keys_free(struct running_keys *keys);
bool running_keys_enter(struct running_keys *keys, int64_t person_id, const char *key); /* false: it is there already */
void running_keys_leave(struct running_keys *keys, int64_t person_id, const char *key);

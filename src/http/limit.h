/* limit.h - how often somebody may: token buckets, one a key.
 *
 * A key is any text: an address, "login:amy". A bucket holds burst tokens and
 * gains one every interval_ms. The table is bounded: when it is full the key
 * not seen for longest is forgotten, so a flood of keys costs memory to a known
 * bound and no more. The clock is passed in. Any thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limit;

struct limit *limit_new(unsigned burst, int64_t interval_ms, size_t max_keys);
void limit_free(struct limit *limit);

/* Takes a token. When there is none: false, and *wait_ms (may be NULL) says when there will be. O(1). */
bool limit_take(struct limit *limit, const char *key, int64_t now_ms, int64_t *wait_ms);

/* Would limit_take succeed? Takes nothing. */
bool limit_check(struct limit *limit, const char *key, int64_t now_ms, int64_t *wait_ms);

/* The key starts afresh, as after a good login. */
void limit_forget(struct limit *limit, const char *key);

/* The part of an address that stands for one customer: IPv4 whole, IPv6 its /64. Writes at most size bytes. */
const char *limit_address_key(const char *address, char *buffer, size_t size);

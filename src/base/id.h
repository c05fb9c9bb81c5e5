/* id.h - names for rows, made by the program: 63 bits, ordered by time.
 *
 * 41 bits of milliseconds since 2020-01-01 UTC, 10 bits drawn at random when
 * the process starts, 12 bits of sequence. Within a process ids only rise;
 * across processes a clash needs the same millisecond, the same draw and the
 * same sequence, and is then refused by the primary key. In JSON an id is a
 * decimal string. 0 is no id. Any thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

int64_t id_new(int64_t now_ms);

/* "123" ⇄ 123. Strict: decimal digits only, 1 … 2^63-1; false otherwise. */
bool id_parse(const char *text, int64_t *id);

/* The millisecond an id was made in. */
int64_t id_time_ms(int64_t id);

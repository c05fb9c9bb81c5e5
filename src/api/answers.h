/* answers.h - answers that are asked for again before anything has changed.
 *
 *   GET ──▶ call.c: who, may they ──▶ answers_find ──(nothing)──▶ handler ──▶ answers_keep
 *
 * After one event two hundred consoles ask for the same page of the queue: it is read and written once. What is kept
 * holds for the database as it was: store_generation is taken before the database is read and compared when the answer
 * is given again, so whoever wrote something never gets what was there before. Answers older than a second are not
 * given: other processes on the same file are seen by then. On PostgreSQL nothing is kept.
 *
 * At most LIMIT_KEPT_ANSWERS bytes. Any thread; never blocks for long. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct answers;
struct answers *answers_new(void);
void answers_free(struct answers *answers);

/* A new reference, or NULL. generation 0 finds nothing. O(1). */
GBytes *answers_find(struct answers *answers, uint64_t generation, int64_t now_ms, const char *key);

/* Takes key over (g_free) and a reference of body. generation: of before the database was read; 0 keeps nothing. */
void answers_keep(struct answers *answers, uint64_t generation, int64_t now_ms, char *key, GBytes *body);

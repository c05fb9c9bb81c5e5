/* announce.h - tells every console and every process that understanding is another now. */
#pragma once
#include "desk/actor.h"
#include "store/store.h"

/* Appends understanding.changed. what: rules topics settings examples models training; task: NULL = none. */
bool announce_change(struct tx *tx, int64_t person_id, int64_t now_ms, const char *what, const char *task,
                     GError **error);

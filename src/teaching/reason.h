/* reason.h - what became of a training (reason.def): a code for the store, words for people. Any thread. */
#pragma once
#include "base/lang.h"

enum reason {
#define REASON(name, ...) REASON_##name,
#include "teaching/reason.def"
#undef REASON
    REASON_COUNT
};
const char *reason_code(enum reason reason);
/* "" for a code nobody knows. Static. */
const char *reason_text(const char *code, enum lang lang);

#include "teaching/reason.h"

#include <string.h>

static const struct {
    const char *code, *text[LANG_COUNT];
} REASONS[REASON_COUNT] = {
#define REASON(name, code, zh, en) [REASON_##name] = {code, {[LANG_ZH] = zh, [LANG_EN] = en}},
#include "teaching/reason.def"
#undef REASON
};

const char *reason_code(enum reason reason)
{
    return REASONS[reason].code;
}

const char *reason_text(const char *code, enum lang lang)
{
    for (int i = 0; i < REASON_COUNT; i++)
        if (strcmp(REASONS[i].code, code) == 0)
            return REASONS[i].text[lang];
    return "";
}

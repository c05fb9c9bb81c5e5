#include "base/clock.h"

#include <glib.h>

static int64_t system_now_ms(void *data)
{
    (void)data;
    return g_get_real_time() / 1000;
}

const struct clock *clock_system(void)
{
    static const struct clock SYSTEM = {system_now_ms, NULL};
    return &SYSTEM;
}

static int64_t manual_now_ms(void *data)
{
    return __atomic_load_n(&((struct clock_manual *)data)->now_ms, __ATOMIC_SEQ_CST);
}

void clock_manual_init(struct clock_manual *manual, int64_t now_ms)
{
    manual->clock = (struct clock){manual_now_ms, manual};
    manual->now_ms = now_ms;
}

void clock_manual_advance(struct clock_manual *manual, int64_t by_ms)
{
    __atomic_add_fetch(&manual->now_ms, by_ms, __ATOMIC_SEQ_CST);
}

/* clock.h - the time, passed in so that tests own it.
 * All times are int64_t milliseconds since 1970 in UTC, named …_ms. */
#pragma once
#include <stdint.h>

struct clock {
    int64_t (*now_ms)(void *data);
    void *data;
};

/* The machine's clock; static, any thread. */
const struct clock *clock_system(void);

static inline int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->data);
}

/* A clock that stands still until it is moved: for tests. Any thread. */
struct clock_manual {
    struct clock clock;
    int64_t now_ms; /* read and written atomically through the two calls below */
};
void clock_manual_init(struct clock_manual *manual, int64_t now_ms);
void clock_manual_advance(struct clock_manual *manual, int64_t by_ms);

#define CLOCK_SECOND_MS INT64_C(1000)
#define CLOCK_MINUTE_MS (60 * CLOCK_SECOND_MS)
#define CLOCK_HOUR_MS (60 * CLOCK_MINUTE_MS)
#define CLOCK_DAY_MS (24 * CLOCK_HOUR_MS)

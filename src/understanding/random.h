/* random.h - numbers that are the same on every machine for the same seed (splitmix64, Steele et al. 2014): for what
 * is learned and drawn, never for secrets. The state is the seed. */
#pragma once
#include <stddef.h>
#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* 0 … below - 1. below > 0. */
static inline uint32_t random_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)(((random_next(state) >> 32) * below) >> 32);
}

static inline void random_shuffle(uint64_t *state, uint32_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        uint32_t other = random_below(state, (uint32_t)i);
        uint32_t swap = items[i - 1];
        items[i - 1] = items[other];
        items[other] = swap;
    }
}

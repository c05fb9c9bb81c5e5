/* shipped_data.h - the bytes of the model and of the examples it was learned from, as make_shipped.c and make_bytes.py
 * put them into the program. */
#pragma once
#include <stddef.h>
#include <stdint.h>

extern const uint8_t shipped_bytes[] __attribute__((visibility("hidden")));
extern const size_t shipped_length;

extern const uint8_t shipped_examples_bytes[] __attribute__((visibility("hidden")));
extern const size_t shipped_examples_length;

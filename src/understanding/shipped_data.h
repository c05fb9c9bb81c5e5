/* shipped_data.h - the model's bytes as make_shipped.c puts them into the program. */
#pragma once
#include <stddef.h>
#include <stdint.h>

extern const uint8_t shipped_bytes[] __attribute__((visibility("hidden")));
extern const size_t shipped_length;

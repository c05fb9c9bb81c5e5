/* seed_shipped.c - the examples inside the program. */
#include "understanding/seed.h"
#include "understanding/shipped_data.h"

bool seeds_shipped(struct seeds *seeds, GError **error)
{
    return seeds_parse(seeds, (const char *)shipped_examples_bytes, shipped_examples_length, error);
}

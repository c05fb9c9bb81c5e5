/* golden.h - tables of tests/golden: a line is what goes in, a tab, what must come out (more tabs are part of it).
 *
 * Lines that are empty or begin with "# " are remarks. In what goes in, \n \t \\ and \xNN (a byte) are understood. A
 * table is written by hand and changed by hand: each difference is printed as the line to look at. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/* What comes out for a text; g_free. */
typedef char *golden_run(const char *text, size_t length);

/* Runs every line of tests/golden/NAME and fails when one differs, or when there are fewer than `least`. */
void golden_check(const char *name, golden_run *run, guint least);

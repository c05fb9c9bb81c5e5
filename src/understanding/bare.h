/* bare.h - the bare view of a message: obfuscation undone. For normalize.c alone; words in hidden.h. */
#pragma once
#include "understanding/normalize.h"

/* Makes normalized->bare from the plain view and sets obfuscated when anything was undone. O(text). */
void bare_make(struct normalized *normalized);

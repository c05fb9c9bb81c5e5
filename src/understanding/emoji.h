/* emoji.h - what emoji, [emoticon codes] and smileys mean: data/text/emoji.tsv, built into the program.
 *
 * Rows are numbers from 0 that mean nothing outside one build of the program. Immutable; any thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emoji {
    const char *code;    /* as the file writes it: 😀, [微笑], :-( */
    const char *zh, *en; /* its meaning in a word or two */
    int sentiment;       /* -3 … 3 */
    const char *emotion; /* angry sad afraid surprised happy neutral */
};
const struct emoji *emoji_get(int row); /* NULL when there is no such row */
int emoji_count(void);

/* May a code begin with this character? Cheap: to be asked of every character. */
bool emoji_begins(uint32_t character);

/* The longest code that stands at byte `at` of a folded text: its row, and *end behind it, skin tones included;
 * -1 when none does. A smiley of letters (xd, qaq, t_t) must be a word of its own. */
int emoji_find(const char *text, size_t at, size_t *end);

/* entity_find.h - what the finders of entities share; for entity*.c alone.
 *
 *   entity.c walks over the plain view and asks at each place whoever may know; entity_number.c knows codes and
 *   numbers with checksums, entity_amount.c numbers with units, dates and times, entity_word.c lists of words. */
#pragma once
#include "understanding/entity.h"
#include "understanding/term.h"

struct entity_candidate {
    uint32_t begin, end; /* bytes of the plain view */
    enum entity_kind kind;
    bool personal;
    uint32_t value;
};

struct entity_walk {
    const struct entity_brand *brand; /* NULL without one */
    const char *text;                 /* the plain view: ends in NUL */
    size_t length;
    GArray *candidates;
    GString *values;
};

/* Remembers what was found, with a value of its own. Beyond a cap nothing is remembered. */
void entity_add(struct entity_walk *walk, enum entity_kind kind, size_t begin, size_t end, const char *value);
/* … as it is written there. */
void entity_add_text(struct entity_walk *walk, enum entity_kind kind, size_t begin, size_t end);
/* The last one that was added is nobody's own. */
void entity_not_personal(struct entity_walk *walk);

/* ---- looking around ---- */

/* Does one of the words stand right before `at`, with only fillers (是 : # no.) between? */
bool entity_word_before(const struct entity_walk *walk, size_t at, const char *const *words);
/* Does one of the words stand right behind `at`, with only 这个 的 号 and blanks between? */
bool entity_word_behind(const struct entity_walk *walk, size_t at, const char *const *words);
/* Does one of the words stand in the `reach` bytes before or behind [begin, end)? */
bool entity_word_near(const struct entity_walk *walk, size_t begin, size_t end, size_t reach, const char *const *words);

/* ---- the finders: each returns where to go on, `at` when it found nothing ---- */

/* At a run of a-z 0-9 [at, end) with a digit in it. */
void entity_code(struct entity_walk *walk, size_t at, size_t end);
/* At the first digit of a number. */
void entity_phone(struct entity_walk *walk, size_t at);
void entity_card(struct entity_walk *walk, size_t at);
void entity_amount(struct entity_walk *walk, size_t at);
/* At a sign of money, at a Chinese numeral. */
void entity_money(struct entity_walk *walk, size_t at);
void entity_numeral(struct entity_walk *walk, size_t at);
/* … days, weeks ago, 小时 behind the number [begin, at): adds a date or a quantity. */
bool entity_period(struct entity_walk *walk, size_t begin, size_t at);
/* March 3rd, 2026 at its month: the end, `at` when it is no date. */
size_t entity_month_day(const char *text, size_t at);
/* At @. */
void entity_email(struct entity_walk *walk, size_t at);
/* At 路 街 …: the way to there; at the number of an English house. */
void entity_address(struct entity_walk *walk, size_t at);
void entity_street(struct entity_walk *walk, size_t at);
/* Where a word or a Chinese character begins: words of time, places, products. */
void entity_words(struct entity_walk *walk, size_t at);

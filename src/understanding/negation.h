/* negation.h - what stands right before a word and changes it: "not", "very".
 *
 * Reads backwards over small words (不 / 没有 / not / n't, 很 / 太 / really, fillers such as 那么 / have been) and
 * stops at the first word that is none of them and at any punctuation. Two negations cancel each other. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct negation {
    bool negated;
    double degree; /* 1; more after very, less after slightly */
    size_t begin;  /* of the farthest word that counted; the word's own begin when none did */
};

/* For the word that begins at byte `at` of a folded text. Any thread; looks at a few words only. */
struct negation negation_before(const char *text, size_t at);

/* For the word [begin, end): what stands right behind it as well (好个屁, can't recommend it enough). */
struct negation negation_of(const char *text, size_t begin, size_t end);

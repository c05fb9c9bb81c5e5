/* hidden.h - words that people hide, and what stands at a place of a text for one: data/text/obfuscation.tsv.
 *
 * For bare.c and the cheap look of normalize.c. Texts are folded and end in NUL. Immutable; any thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bloom filters over the pairs of characters that hidden words have: seldom wrongly yes, never wrongly no. */
struct hidden_bloom {
    uint8_t beside[1 << 13]; /* pairs that stand side by side in a word that is hidden: 辣鸡, 圾j */
    uint8_t pinyin[1 << 13]; /* pairs of letters that only mean something in a Chinese text */
    uint8_t apart[1 << 13];  /* pairs of the word itself, which hide when a sign is between: 垃*圾 */
};
const struct hidden_bloom *hidden_bloom(void);

static inline uint64_t hidden_hash(uint32_t first, uint32_t second)
{
    return ((uint64_t)first << 32 | second) * 0x9E3779B97F4A7C15u;
}

/* Three bits a pair: of a thousand pairs that no hidden word has, less than one is taken for one. */
static inline bool hidden_pair(const uint8_t *bloom, uint32_t first, uint32_t second)
{
    uint64_t hash = hidden_hash(first, second);
    uint32_t a = hash >> 48 & 0xFFFF;
    uint32_t b = hash >> 32 & 0xFFFF;
    uint32_t c = hash >> 16 & 0xFFFF;
    return (bloom[a / 8] >> a % 8 & bloom[b / 8] >> b % 8 & bloom[c / 8] >> c % 8 & 1) != 0;
}

/* The hash of a word of letters and digits, character by character from 0; with 0 a pair of beside. */
static inline uint32_t hidden_token(uint32_t hash, uint32_t character)
{
    return (hash ^ character) * 16777619u + 1;
}

/* Signs that are put between the characters of a word to hide it. */
bool hidden_sign(uint32_t character);

/* The letter a-z that a character only looks like (а, ρ); 0 for others. */
char hidden_lookalike(uint32_t character);

/* The word that is hidden at `at` (another way to write it, pinyin, initials, signs between), and *end behind what
 * stands for it; NULL when none is. chinese: there is Chinese in the text, so letters may be pinyin. */
const char *hidden_find(const char *text, size_t at, bool chinese, size_t *end);

/* The English word that is hidden at `at`, where a word may begin: r.e.f.u.n.d, sc@m, fr33, f**k. */
const char *hidden_english(const char *text, size_t at, size_t *end);

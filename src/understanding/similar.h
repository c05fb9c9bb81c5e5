/* similar.h - nearly the same words: one 64-bit fingerprint a message, and an index that finds near ones.
 *
 *   own words of the plain view ─ similar_fingerprint ─▶ 64 bits ─ similar_index_find ─▶ ids of messages like it
 *
 * SimHash (Charikar 2002): each word or Chinese character, and each two that stand together, is hashed; a bit of the
 * fingerprint is what most of the hashes have there. Texts that share most of their words differ in few bits:
 * expected are 64/π · arccos(share). Numbers count as one and the same word, so the texts of a template are near each
 * other; marks, emoji, #topics#, names and addresses do not count. Words are compared, not what they mean. */
#pragma once
#include "understanding/normalize.h"

/* Two messages say the same when their fingerprints differ in at most so many bits. Measured on the pairs of
 * tests/golden/similar.tsv (the unit test prints the table): copies with additions, other numbers, typing errors or
 * platform decoration are near; what only is about the same matter is not. */
#define SIMILAR_NEAR 11
#define SIMILAR_FIND 11 /* the farthest similar_index_find looks */

/* 0 for fewer than SIMILAR_WORDS words: too little to be compared. About 1 us a post; any thread. */
uint64_t similar_fingerprint(const struct normalized *normalized);
#define SIMILAR_WORDS 4

int similar_distance(uint64_t a, uint64_t b); /* bits, 0 … 64 */

/* The newest `capacity` fingerprints that were added. Each lies in a bucket of each of four bands of 16 bits; of k bits
 * that differ at most k / 4 do in one of the bands, so near ones are found by trying out that many bits there.
 * 2 MB and 56 bytes an entry. One thread at a time. */
struct similar_index;
struct similar_index *similar_index_new(uint32_t capacity);
void similar_index_free(struct similar_index *index);
typedef struct similar_index similar_index_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(similar_index_auto, similar_index_free)

/* The oldest goes when the index is full. A fingerprint of 0 is not added. */
void similar_index_add(struct similar_index *index, int64_t id, uint64_t fingerprint, int64_t at_ms);

struct similar_hit {
    int64_t id, at_ms;
    int distance;
};

/* Replaces hits (of struct similar_hit) by those with at_ms >= since_ms within `distance` <= SIMILAR_FIND: nearest
 * first, then the latest. Below `limit` none is missed; with more than that, those that are found first remain. */
void similar_index_find(const struct similar_index *index, uint64_t fingerprint, int distance, int64_t since_ms,
                        guint limit, GArray *hits);

#include "understanding/similar.h"

#include <string.h>

#define BANDS 4 /* of 16 bits: of k changed bits at most k / BANDS fall into the luckiest band */
#define BAND_BITS 16
#define BUCKETS (1u << BAND_BITS)
#define SHINGLES 4000 /* of a very long text the beginning is enough */

/* ---- fingerprint ---- */

/* Counts of the 64 bits of many hashes, a byte a bit until one could overflow. */
struct votes {
    uint64_t lanes[8];
    uint32_t sums[64];
    int in_lanes, all;
};

/* Each bit of a byte in a byte of its own. */
static const uint64_t *spread_table(void)
{
    static uint64_t table[256];
    static gsize once;
    if (g_once_init_enter(&once)) {
        for (unsigned byte = 0; byte < 256; byte++)
            for (unsigned bit = 0; bit < 8; bit++)
                table[byte] |= (uint64_t)(byte >> bit & 1) << (8 * bit);
        g_once_init_leave(&once, 1);
    }
    return table;
}

static void empty_lanes(struct votes *votes)
{
    for (int lane = 0; lane < 8; lane++)
        for (int bit = 0; bit < 8; bit++)
            votes->sums[lane * 8 + bit] += (uint32_t)(votes->lanes[lane] >> (8 * bit) & 0xFF);
    memset(votes->lanes, 0, sizeof votes->lanes);
    votes->in_lanes = 0;
}

static void vote(struct votes *votes, const uint64_t *spread, uint64_t hash)
{
    for (int lane = 0; lane < 8; lane++)
        votes->lanes[lane] += spread[hash >> (8 * lane) & 0xFF];
    votes->all++;
    if (++votes->in_lanes == 255)
        empty_lanes(votes);
}

/* The finalizer of splitmix64: every bit in depends on every bit out. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

struct shingles {
    struct votes votes;
    const uint64_t *spread;
    uint64_t last; /* the word before; 0 at the begin */
    int words;
};

static void add_word(struct shingles *shingles, uint64_t word)
{
    vote(&shingles->votes, shingles->spread, mix(word));
    if (shingles->last != 0)
        vote(&shingles->votes, shingles->spread, mix(shingles->last * 31 + word));
    shingles->last = word;
    shingles->words++;
}

/* The end of the #topic# or emoticon that begins at `at`; `at` when none does. *next is the first span not yet passed.
 */
static size_t skip_markup(const struct normalized *normalized, guint *next, size_t at)
{
    const struct normalize_span *spans = (const struct normalize_span *)(const void *)normalized->spans->data;
    for (; *next < normalized->spans->len && spans[*next].begin <= at; ++*next)
        if ((spans[*next].kind == NORMALIZE_TOPIC || spans[*next].kind == NORMALIZE_EMOJI) && spans[*next].begin == at)
            return spans[*next].end;
    return at;
}

uint64_t similar_fingerprint(const struct normalized *normalized)
{
    const char *text = normalized->fold.text->str;
    struct shingles shingles = {.spread = spread_table()};
    guint span = 0;
    for (size_t at = 0; at < normalized->own_end && shingles.words < SHINGLES;) {
        size_t markup = skip_markup(normalized, &span, at);
        if (markup > at) {
            at = markup;
            continue;
        }
        uint32_t c = fold_next(text, &at);
        enum fold_class class = fold_class(c);
        if (class == FOLD_CJK) {
            add_word(&shingles, mix(c));
        } else if (class == FOLD_WORD) {
            uint64_t word = 0xCBF29CE484222325u;
            bool number = false;
            for (size_t next = at; class == FOLD_WORD; class = fold_class(c = fold_next(text, &next))) {
                word = (word ^ c) * 0x100000001B3u;
                number = number || g_ascii_isdigit((char)(c < 0x80 ? c : 0));
                at = next;
                if (at >= normalized->own_end)
                    break;
            }
            add_word(&shingles, number ? 1 : mix(word));
        }
    }
    if (shingles.words < SIMILAR_WORDS)
        return 0;
    empty_lanes(&shingles.votes);
    uint64_t fingerprint = 0;
    for (int bit = 0; bit < 64; bit++)
        fingerprint |= (uint64_t)(shingles.votes.sums[bit] * 2 > (uint32_t)shingles.votes.all) << bit;
    return fingerprint != 0 ? fingerprint : 1;
}

int similar_distance(uint64_t a, uint64_t b)
{
    return __builtin_popcountll(a ^ b);
}

/* ---- index ---- */

struct entry {
    uint64_t fingerprint;
    int64_t id, at_ms;
    uint64_t older[BANDS]; /* number of the entry that went into the same bucket before */
};

/* Entries are numbered from 1 as they come and lie at number % capacity: what is older than that has been written
 * over, and so has all that its chain leads to. Nothing is ever taken out of a chain. */
struct similar_index {
    uint32_t capacity;
    uint64_t added;
    struct entry *entries;
    uint64_t (*newest)[BUCKETS]; /* of a band: number of the last entry of each bucket; 0 = none */
};

struct similar_index *similar_index_new(uint32_t capacity)
{
    struct similar_index *index = g_new0(struct similar_index, 1);
    index->capacity = MAX(capacity, 1);
    index->entries = g_new0(struct entry, index->capacity);
    index->newest = g_malloc0(sizeof(uint64_t[BANDS][BUCKETS]));
    return index;
}

void similar_index_free(struct similar_index *index)
{
    if (index == NULL)
        return;
    g_free(index->entries);
    g_free(index->newest);
    g_free(index);
}

static uint32_t band_of(uint64_t fingerprint, int band)
{
    return (uint32_t)(fingerprint >> (band * BAND_BITS)) & (BUCKETS - 1);
}

void similar_index_add(struct similar_index *index, int64_t id, uint64_t fingerprint, int64_t at_ms)
{
    if (fingerprint == 0)
        return;
    uint64_t number = ++index->added;
    struct entry *entry = &index->entries[number % index->capacity];
    *entry = (struct entry){.fingerprint = fingerprint, .id = id, .at_ms = at_ms};
    for (int band = 0; band < BANDS; band++) {
        uint64_t *newest = &index->newest[band][band_of(fingerprint, band)];
        entry->older[band] = *newest;
        *newest = number;
    }
}

struct finding {
    const struct similar_index *index;
    uint64_t fingerprint;
    int distance;
    int64_t since_ms;
    guint limit;
    GArray *hits;
    int band, flips; /* of the bucket under the hand */
};

/* An entry is in a bucket of each band: it counts in the one that is looked into first. */
static bool is_first(const struct finding *finding, uint64_t difference)
{
    for (int band = 0; band < BANDS; band++) {
        int flips = __builtin_popcount(band_of(difference, band));
        if (flips < finding->flips || (flips == finding->flips && band < finding->band))
            return false;
    }
    return true;
}

static void look_into(const struct finding *finding, uint32_t bucket)
{
    const struct similar_index *index = finding->index;
    uint64_t number = index->newest[finding->band][bucket];
    while (number != 0 && index->added - number < index->capacity && finding->hits->len < finding->limit) {
        const struct entry *entry = &index->entries[number % index->capacity];
        uint64_t difference = entry->fingerprint ^ finding->fingerprint;
        struct similar_hit hit = {entry->id, entry->at_ms, __builtin_popcountll(difference)};
        if (hit.distance <= finding->distance && hit.at_ms >= finding->since_ms && is_first(finding, difference))
            g_array_append_val(finding->hits, hit);
        number = entry->older[finding->band];
    }
}

static void look_around(const struct finding *finding, uint32_t bucket, int first_bit, int flips)
{
    if (flips == 0) {
        look_into(finding, bucket);
        return;
    }
    for (int bit = first_bit; bit < BAND_BITS; bit++)
        look_around(finding, bucket ^ (1u << bit), bit + 1, flips - 1);
}

static int by_distance(const void *a, const void *b)
{
    const struct similar_hit *x = a;
    const struct similar_hit *y = b;
    if (x->distance != y->distance)
        return x->distance - y->distance;
    if (x->at_ms != y->at_ms)
        return x->at_ms > y->at_ms ? -1 : 1;
    return (x->id < y->id) - (x->id > y->id);
}

void similar_index_find(const struct similar_index *index, uint64_t fingerprint, int distance, int64_t since_ms,
                        guint limit, GArray *hits)
{
    g_array_set_size(hits, 0);
    if (fingerprint == 0)
        return;
    struct finding finding = {index, fingerprint, MIN(distance, SIMILAR_FIND), since_ms, limit, hits, 0, 0};
    for (finding.flips = 0; finding.flips <= finding.distance / BANDS; finding.flips++)
        for (finding.band = 0; finding.band < BANDS; finding.band++)
            look_around(&finding, band_of(fingerprint, finding.band), 0, finding.flips);
    if (hits->len > 1)
        qsort(hits->data, hits->len, sizeof(struct similar_hit), by_distance);
}

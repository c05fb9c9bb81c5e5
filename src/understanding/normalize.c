#include "understanding/normalize.h"

#include "understanding/bare.h"
#include "understanding/emoji.h"
#include "understanding/hidden.h"
#include "understanding/markup.h"

#include <string.h>
#include <unicode/uchar.h>

/* What the walk over a text wants to know of a character. */
enum {
    SIGN_CLASS = 7, /* enum fold_class */
    SIGN_COUNT_SHIFT = 3,
    SIGN_COUNT = 7 << SIGN_COUNT_SHIFT, /* enum counted */
    SIGN_LOOK = 1 << 6,                 /* markup or an emoticon may begin here */
    SIGN_WORD_LOOK = 1 << 7,            /* … where a word begins */
};
enum counted {
    COUNT_NOTHING,
    COUNT_LATIN,
    COUNT_ACCENTED,
    COUNT_HAN,
    COUNT_KANA,
    COUNT_HANGUL,
    COUNT_OTHER,
    COUNT_DIGIT
};

#define GAP_WIDE 4
#define UNIT_NONE UINT32_MAX
#define UNIT_EMOJI 0x200000 /* + row + 1: an emoticon counts as one character */

struct scan {
    struct normalized *out;
    const uint8_t *signs;
    const char *text;
    size_t length;
    size_t own_end; /* folded bytes; SIZE_MAX without a repost */
    size_t topic_end;
    uint32_t before; /* class of the character before */
    /* What could be hidden: the last letter or Chinese character and the signs since then. */
    const struct hidden_bloom *bloom;
    uint32_t solid, sign;
    uint32_t token; /* hash of the letters and digits since a word began */
    int gap;        /* signs; GAP_WIDE when anything else stood there */
    bool lone, suspicious;
    bool pinyin; /* letters that would be in a Chinese text */
    /* The run of one unit: where it began, where its first, second and third end. */
    uint32_t unit;
    size_t run_begin, run_end, run_ends[3];
    int run_count;
    /* Two units in turn. */
    uint32_t other;
    size_t other_begin, pair_begin, pair_keep, pair_end;
    int pair_count;
};

void normalized_init(struct normalized *normalized)
{
    *normalized = (struct normalized){0};
    fold_init(&normalized->fold);
    fold_init(&normalized->bare);
    normalized->spans = g_array_new(FALSE, FALSE, sizeof(struct normalize_span));
    normalized->cuts = g_array_new(FALSE, FALSE, sizeof(struct fold_cut));
}

void normalized_clear(struct normalized *normalized)
{
    fold_clear(&normalized->fold);
    fold_clear(&normalized->bare);
    g_clear_pointer(&normalized->spans, g_array_unref);
    g_clear_pointer(&normalized->cuts, g_array_unref);
}

/* ---- characters ---- */

static enum counted counted(uint32_t c)
{
    if (c < 0x80)
        return g_ascii_isalpha((char)c) ? COUNT_LATIN : g_ascii_isdigit((char)c) ? COUNT_DIGIT : COUNT_NOTHING;
    if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF))
        return COUNT_KANA;
    if (c >= 0xAC00 && c <= 0xD7A3)
        return COUNT_HANGUL;
    if (fold_class(c) == FOLD_CJK)
        return COUNT_HAN;
    if (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7)
        return COUNT_ACCENTED;
    return u_isalpha((UChar32)c) ? COUNT_OTHER : COUNT_NOTHING;
}

static uint8_t make_sign(uint32_t c)
{
    enum fold_class class = fold_class(c);
    uint8_t sign = (uint8_t)((unsigned)class | (unsigned)counted(c) << SIGN_COUNT_SHIFT);
    bool look = class == FOLD_EMOJI || (c < 0x80 && strchr("@#[/&.", (int)c) != NULL && c != 0) || c == 0x56DE ||
                c == 0x8F6C || c == 0x7F51 || c == 0x67E5 || c == 0x5C55 || c == 0x5206 || c == 0x7684;
    bool word = c == 'h' || c == 'w' || c == 't' || c == 'r';
    if (emoji_begins(c) && class != FOLD_WORD)
        look = true;
    if (word || (emoji_begins(c) && class == FOLD_WORD))
        sign |= SIGN_WORD_LOOK;
    return look ? sign | SIGN_LOOK : sign;
}

static const uint8_t *sign_table(void)
{
    static uint8_t table[0x10000];
    static gsize once;
    if (g_once_init_enter(&once)) {
        for (uint32_t c = 1; c < 0x10000; c++)
            table[c] = U_IS_SURROGATE(c) ? FOLD_MARK : make_sign(c);
        g_once_init_leave(&once, 1);
    }
    return table;
}

static void count(struct normalized *out, uint8_t sign, uint32_t c)
{
    switch ((enum counted)((sign & SIGN_COUNT) >> SIGN_COUNT_SHIFT)) {
    case COUNT_NOTHING:
        out->questions += c == '?';
        out->exclaims += c == '!';
        break;
    case COUNT_ACCENTED:
        out->accented++;
        out->latin++;
        break;
    case COUNT_LATIN:
        out->latin++;
        break;
    case COUNT_HAN:
        out->han++;
        break;
    case COUNT_KANA:
        out->kana++;
        break;
    case COUNT_HANGUL:
        out->hangul++;
        break;
    case COUNT_OTHER:
        out->other++;
        break;
    case COUNT_DIGIT:
        out->digits++;
        break;
    }
}

/* ---- spans and cuts, in folded bytes until the end ---- */

static void add_span(struct scan *scan, enum normalize_kind kind, int value, size_t begin, size_t end,
                     size_t source_end)
{
    const struct fold *fold = &scan->out->fold;
    struct normalize_span span = {.begin = (uint32_t)begin,
                                  .end = (uint32_t)end,
                                  .from = (uint32_t)fold_source_begin(fold, begin),
                                  .to = (uint32_t)fold_source_end(fold, source_end),
                                  .kind = kind,
                                  .value = value};
    g_array_append_val(scan->out->spans, span);
}

static void add_cut(struct scan *scan, size_t begin, size_t end, char with)
{
    struct fold_cut cut = {(uint32_t)begin, (uint32_t)end, with, 0};
    g_array_append_val(scan->out->cuts, cut);
}

/* Spans that begin in [begin, …) are of what is about to go. */
static void drop_spans(struct scan *scan, size_t begin, bool emoji_only)
{
    GArray *spans = scan->out->spans;
    while (spans->len > 0) {
        const struct normalize_span *last = &g_array_index(spans, struct normalize_span, spans->len - 1);
        if (last->begin < begin || (emoji_only && last->kind != NORMALIZE_EMOJI))
            return;
        g_array_set_size(spans, spans->len - 1);
    }
}

static void drop_cuts(struct scan *scan, size_t begin)
{
    GArray *cuts = scan->out->cuts;
    while (cuts->len > 0 && g_array_index(cuts, struct fold_cut, cuts->len - 1).end > begin)
        g_array_set_size(cuts, cuts->len - 1);
}

/* ---- repetition ---- */

/* How many of a unit that stands three times and more stay. */
static int kept(const struct scan *scan)
{
    uint32_t unit = scan->unit;
    if (unit == '.')
        return 3;
    if (unit < 0x80 && g_ascii_isdigit((char)unit))
        return scan->run_count;
    if (unit < 0x80 && g_ascii_isalpha((char)unit))
        return markup_letters(scan->text, scan->run_begin, scan->run_end);
    return 2;
}

static void shorten(struct scan *scan, size_t begin, size_t keep, size_t end, int count)
{
    drop_spans(scan, keep, true);
    add_span(scan, NORMALIZE_REPEAT, count, begin, keep, end);
    add_cut(scan, keep, end, 0);
}

static void end_pair(struct scan *scan)
{
    if (scan->pair_count >= 4)
        shorten(scan, scan->pair_begin, scan->pair_keep, scan->pair_end, scan->pair_count / 2 + 1);
    scan->pair_count = 0;
}

static void end_run(struct scan *scan)
{
    if (scan->run_count >= 3) {
        int keep = kept(scan);
        if (keep < scan->run_count)
            shorten(scan, scan->run_begin, scan->run_ends[keep - 1], scan->run_end, scan->run_count);
    }
    scan->run_count = 0;
}

/* Nothing that follows repeats what stood before. */
static void end_repetition(struct scan *scan)
{
    end_pair(scan);
    end_run(scan);
    scan->unit = scan->other = UNIT_NONE;
}

static void see_pair(struct scan *scan, uint32_t unit, size_t end, bool speaks)
{
    if (unit == scan->other && unit != scan->unit && speaks) {
        scan->pair_count++;
        if (scan->pair_count == 1)
            scan->pair_begin = scan->other_begin;
        if (scan->pair_count == 2)
            scan->pair_keep = end;
        scan->pair_end = end;
    } else if (scan->pair_count > 0) {
        end_pair(scan);
    }
}

static void see(struct scan *scan, uint32_t unit, size_t begin, size_t end, bool speaks)
{
    see_pair(scan, unit, end, speaks);
    if (unit != scan->unit) {
        if (scan->run_count >= 3)
            end_run(scan);
        scan->other = scan->unit;
        scan->other_begin = scan->run_begin;
        scan->unit = unit;
        scan->run_begin = begin;
        scan->run_count = 0;
    } else {
        scan->other = UNIT_NONE;
    }
    if (scan->run_count < 3)
        scan->run_ends[scan->run_count] = end;
    scan->run_count++;
    scan->run_end = end;
}

/* ---- markup ---- */

static size_t take_out(struct scan *scan, enum normalize_kind kind, size_t begin, size_t end)
{
    end_repetition(scan);
    drop_spans(scan, begin, false);
    drop_cuts(scan, begin);
    add_span(scan, kind, 0, begin, end, end);
    add_cut(scan, begin, end, ' ');
    scan->before = FOLD_BLANK;
    scan->gap = GAP_WIDE;
    return end;
}

static size_t see_emoji(struct scan *scan, int row, size_t begin, size_t end)
{
    uint32_t unit = UNIT_EMOJI + (uint32_t)(row + 1);
    size_t next = begin;
    if (scan->gap == 0 && hidden_pair(scan->bloom->beside, scan->solid, fold_next(scan->text, &next)))
        scan->suspicious = true;
    scan->gap = GAP_WIDE;
    see(scan, unit, begin, end, true);
    add_span(scan, NORMALIZE_EMOJI, row, begin, end, end);
    scan->before = FOLD_EMOJI;
    return end;
}

static size_t look_emoji(struct scan *scan, size_t at, uint32_t c)
{
    size_t end = at;
    int row = emoji_begins(c) || c > 0xFFFF ? emoji_find(scan->text, at, &end) : -1;
    return row < 0 ? at : see_emoji(scan, row, at, end);
}

static size_t look_at_sign(struct scan *scan, size_t at)
{
    size_t end = look_emoji(scan, at, '@');
    if (end > at)
        return end;
    end = markup_name(scan->text, at);
    return end == at ? at : take_out(scan, NORMALIZE_NAME, at, end);
}

static size_t look_slash(struct scan *scan, size_t at)
{
    size_t end = markup_repost(scan->text, at);
    if (end == at)
        return at;
    scan->own_end = MIN(scan->own_end, at);
    return take_out(scan, NORMALIZE_REPOST, at, end);
}

static size_t look_topic(struct scan *scan, size_t at)
{
    size_t end = at < scan->topic_end ? at : markup_topic(scan->text, at);
    if (end > at) {
        add_span(scan, NORMALIZE_TOPIC, 0, at, end, end);
        scan->topic_end = end;
    }
    return at;
}

static size_t look_entity(struct scan *scan, size_t at)
{
    char with = 0;
    size_t end = markup_entity(scan->text, at, &with);
    if (end == at)
        return at;
    end_repetition(scan);
    add_cut(scan, at, end, with);
    scan->before = with == ' ' ? FOLD_BLANK : FOLD_MARK;
    return end;
}

static size_t look_dot(struct scan *scan, size_t at)
{
    if (scan->before != FOLD_WORD || !g_ascii_isalnum(scan->text[at + 1]))
        return at;
    size_t begin = at;
    size_t end = markup_domain(scan->text, at, &begin);
    return end == at ? at : take_out(scan, NORMALIZE_URL, begin, end);
}

static size_t look_word(struct scan *scan, size_t at, uint32_t c)
{
    size_t end = markup_url(scan->text, at);
    if (end > at)
        return take_out(scan, NORMALIZE_URL, at, end);
    if (c != 'r')
        return at;
    end = markup_reply(scan->text, at);
    return end == at ? look_slash(scan, at) : take_out(scan, NORMALIZE_REPLY, at, end);
}

/* Where something may begin: its end when it did, else `at`. */
static size_t look(struct scan *scan, size_t at, uint32_t c)
{
    size_t end = at;
    switch (c) {
    case '@':
        return look_at_sign(scan, at);
    case '/':
        end = look_slash(scan, at);
        break;
    case '#':
        end = look_topic(scan, at);
        break;
    case '&':
        return look_entity(scan, at);
    case '.':
        end = look_dot(scan, at);
        break;
    case 0x56DE: /* 回 */
        end = markup_reply(scan->text, at);
        return end == at ? at : take_out(scan, NORMALIZE_REPLY, at, end);
    default:
        end = markup_filler(scan->text, at);
        if (end > at)
            return take_out(scan, NORMALIZE_FILLER, at, end);
    }
    return end == at ? look_emoji(scan, at, c) : end;
}

/* ---- does anything look hidden? ---- */

static bool is_letter(uint32_t c)
{
    return c < 0x80 && g_ascii_isalpha((char)c);
}

/* Signs between letters: sc@m, f**k; r.e.f.u.n.d one by one. */
static bool suspect_signs(const struct scan *scan, size_t next)
{
    if (strchr("@$!*|._~^", (int)scan->sign) != NULL)
        return true;
    return scan->gap == 1 && scan->lone && scan->sign != '\'' && !g_ascii_isalpha(scan->text[next]); /* not i'm */
}

/* sc4m, fr33. */
static bool suspect_digit(const struct scan *scan, uint32_t c, size_t next)
{
    char behind = scan->text[next];
    return is_letter(scan->solid) && strchr("0134578", (int)c) != NULL &&
           (g_ascii_isalpha(behind) || behind == (char)c);
}

/* Another way to write a word, in letters: fck. At the end of letters and digits. */
static void suspect_token(struct scan *scan)
{
    if (scan->token != 0 && hidden_pair(scan->bloom->beside, scan->token, 0))
        scan->suspicious = true;
    scan->token = 0;
}

/* A letter, digit or Chinese character. next: behind it. */
static void suspect(struct scan *scan, uint32_t c, size_t next)
{
    bool letters = is_letter(scan->solid) && is_letter(c);
    bool begins = scan->before != FOLD_WORD;
    if (letters && scan->lone && scan->gap < GAP_WIDE)
        scan->pinyin = scan->pinyin || hidden_pair(scan->bloom->pinyin, scan->solid, c);
    if (scan->gap == 0) {
        if (!letters && scan->solid != 0)
            scan->suspicious =
                hidden_pair(scan->bloom->beside, scan->solid, c) || (c < 0x80 && suspect_digit(scan, c, next));
    } else if (scan->gap < GAP_WIDE) {
        scan->suspicious = letters ? suspect_signs(scan, next)
                                   : hidden_pair(scan->bloom->apart, scan->solid, c) ||
                                         hidden_pair(scan->bloom->beside, scan->solid, c) || scan->sign == '*';
    }
    if ((c >= 0x300 && c <= 0x36F) || (scan->sign == '$' && scan->before == FOLD_MARK && is_letter(c)))
        scan->suspicious = true;
    if (c >= 0x80)
        suspect_token(scan);
    else
        scan->token = hidden_token(begins ? 0 : scan->token, c);
    scan->solid = c;
    scan->gap = 0;
    scan->lone = begins;
}

static void suspect_sign(struct scan *scan, uint32_t c)
{
    if (scan->gap == 0 && c >= 0x80) /* 傻× */
        scan->suspicious = hidden_pair(scan->bloom->beside, scan->solid, c);
    suspect_token(scan);
    bool sign = hidden_sign(c) || (c < 0x80 && strchr("@$!", (int)c) != NULL);
    scan->gap = sign ? MIN(scan->gap + 1, GAP_WIDE) : GAP_WIDE;
    scan->sign = c;
}

/* ---- the walk ---- */

static inline uint8_t sign_of(const struct scan *scan, uint32_t c)
{
    if (c < 0x10000)
        return scan->signs[c];
    return c >= 0x1F300 && c < 0x1FB00 ? FOLD_EMOJI | SIGN_LOOK : make_sign(c);
}

static void walk(struct scan *scan)
{
    for (size_t at = 0; at < scan->length;) {
        size_t next = at;
        uint32_t c = fold_next(scan->text, &next);
        uint8_t sign = sign_of(scan, c);
        if ((sign & (SIGN_LOOK | SIGN_WORD_LOOK)) != 0) {
            size_t end = at;
            if ((sign & SIGN_LOOK) != 0)
                end = look(scan, at, c);
            if (end == at && (sign & SIGN_WORD_LOOK) != 0 && scan->before != FOLD_WORD) {
                end = look_word(scan, at, c);
                if (end == at)
                    end = look_emoji(scan, at, c);
            }
            if (end > at) {
                at = end;
                continue;
            }
        }
        count(scan->out, sign, c);
        see(scan, c, at, next, (sign & SIGN_CLASS) >= FOLD_WORD && !(c < 0x80 && g_ascii_isdigit((char)c)));
        if (!scan->suspicious) {
            if ((sign & SIGN_CLASS) == FOLD_WORD || (sign & SIGN_CLASS) == FOLD_CJK)
                suspect(scan, c, next);
            else
                suspect_sign(scan, c);
        }
        scan->before = sign & SIGN_CLASS;
        at = next;
    }
    end_repetition(scan);
    suspect_token(scan);
}

/* A place of the folded text where it lies in the plain view; one where a cut begins lies before or behind it. */
static uint32_t moved(const struct normalized *out, size_t at, bool behind)
{
    const struct fold_cut *all = (const struct fold_cut *)(const void *)out->cuts->data;
    guint low = 0; /* the first cut that ends behind the place */
    guint high = out->cuts->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (all[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t shift = low == 0 ? 0 : all[low - 1].shift;
    if (low < out->cuts->len && (all[low].begin < at || (behind && all[low].begin == at))) {
        at = all[low].end;
        shift = all[low].shift;
    }
    return (uint32_t)CLAMP((int64_t)at + shift, 0, (int64_t)out->fold.text->len);
}

static int by_begin(const void *a, const void *b)
{
    const struct normalize_span *x = a;
    const struct normalize_span *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Takes out what is to go and lets the spans follow. */
static void settle(struct normalized *out, size_t own_end)
{
    struct fold *fold = &out->fold;
    fold_cut(fold, (struct fold_cut *)(void *)out->cuts->data, out->cuts->len);
    for (guint i = 0; i < out->spans->len; i++) {
        struct normalize_span *span = &g_array_index(out->spans, struct normalize_span, i);
        bool stays = span->kind == NORMALIZE_TOPIC || span->kind == NORMALIZE_EMOJI || span->kind == NORMALIZE_REPEAT;
        span->begin = moved(out, span->begin, true);
        span->end = stays ? moved(out, span->end, false) : span->begin;
        span->end = MAX(span->begin, span->end);
        out->kinds[span->kind]++;
    }
    if (out->spans->len > 1)
        qsort(out->spans->data, out->spans->len, sizeof(struct normalize_span), by_begin);
    size_t length = fold->text->len;
    out->own_end = own_end == SIZE_MAX ? length : moved(out, own_end, false);
    while (out->own_end > 0 && out->own_end < length && fold->text->str[out->own_end - 1] == ' ')
        out->own_end--;
}

static void start(struct normalized *out)
{
    struct normalized kept = {.fold = out->fold, .bare = out->bare, .spans = out->spans, .cuts = out->cuts};
    *out = kept;
    g_array_set_size(out->spans, 0);
    g_array_set_size(out->cuts, 0);
}

void normalize_text(struct normalized *normalized, const char *text, size_t length)
{
    fold_text(&normalized->fold, text, length);
    start(normalized);
    struct scan scan = {.out = normalized,
                        .signs = sign_table(),
                        .text = normalized->fold.text->str,
                        .length = normalized->fold.text->len,
                        .own_end = SIZE_MAX,
                        .before = FOLD_BLANK,
                        .bloom = hidden_bloom(),
                        .gap = GAP_WIDE,
                        .unit = UNIT_NONE,
                        .other = UNIT_NONE};
    walk(&scan);
    settle(normalized, scan.own_end);
    if (scan.suspicious || (scan.pinyin && normalized->han > 0) || (normalized->latin > 0 && normalized->other > 0))
        bare_make(normalized);
}

const GString *normalized_text(const struct normalized *normalized, enum normalize_view view)
{
    return view == NORMALIZE_BARE && normalized->obfuscated ? normalized->bare.text : normalized->fold.text;
}

void normalized_source(const struct normalized *normalized, enum normalize_view view, size_t *begin, size_t *end)
{
    if (view == NORMALIZE_BARE && normalized->obfuscated) {
        size_t plain_begin = fold_source_begin(&normalized->bare, *begin);
        *end = fold_source_end(&normalized->bare, *end);
        *begin = plain_begin;
    }
    size_t source_begin = fold_source_begin(&normalized->fold, *begin);
    *end = fold_source_end(&normalized->fold, *end);
    *begin = source_begin;
}

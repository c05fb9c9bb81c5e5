#include "understanding/bare.h"

#include "understanding/hidden.h"

#include <string.h>

/* Copies what needs no change in stretches. */
struct making {
    struct fold *bare;
    const char *text;
    size_t copied; /* everything before is in the bare view */
    bool changed;
};

/* [begin, end) of the plain view becomes `with`. */
static void replace(struct making *making, size_t begin, size_t end, const char *with, size_t length)
{
    fold_put(making->bare, making->text + making->copied, begin - making->copied, making->copied, begin, true);
    fold_put(making->bare, with, length, begin, end, false);
    making->copied = end;
    making->changed = true;
}

static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x20D0 && c <= 0x20FF);
}

/* A word with letters of other alphabets that look like ours, and at least one that is ours. Its end; at least behind
 * the first character. */
static size_t undo_lookalikes(struct making *making, size_t at)
{
    const char *text = making->text;
    bool latin = false;
    bool alike = false;
    size_t end = at;
    while (text[end] != '\0') {
        size_t next = end;
        uint32_t c = fold_next(text, &next);
        bool letter = c < 0x80 && g_ascii_isalpha((char)c);
        bool looks = hidden_lookalike(c) != 0;
        if (end > at && !letter && !looks && (fold_class(c) != FOLD_WORD || is_mark(c)))
            break;
        latin = latin || letter;
        alike = alike || looks;
        end = next;
    }
    if (!latin || !alike)
        return end;
    for (size_t next = at; next < end;) {
        size_t begin = next;
        char letter = hidden_lookalike(fold_next(text, &next));
        if (letter != 0)
            replace(making, begin, next, &letter, 1);
    }
    return end;
}

/* 差*劲: signs that nobody puts between Chinese characters but to part them. */
static bool is_wedge(uint32_t c)
{
    return c == '*' || c == '_' || c == '^' || c == '|' || c == 0x2022 || c == 0x203B || c == 0x2605 || c == 0x2606 ||
           c == 0x25CF;
}

static size_t undo_wedge(struct making *making, size_t at, size_t next, enum fold_class before)
{
    size_t behind = next;
    if (before == FOLD_CJK && making->text[next] != '\0' && fold_class(fold_next(making->text, &behind)) == FOLD_CJK)
        replace(making, at, next, "", 0);
    return next;
}

/* A cheap look at the next letter or character: can a hidden word begin with c? next: behind it. */
static bool may_begin(const char *text, uint32_t c, size_t next)
{
    const struct hidden_bloom *bloom = hidden_bloom();
    bool signs = false;
    if (c < 0x80) /* writings in letters; seldom asked */
        return true;
    for (int skipped = 0; text[next] != '\0'; skipped++) {
        uint32_t d = fold_next(text, &next);
        if (hidden_pair(bloom->beside, c, d) || hidden_pair(bloom->pinyin, c, d))
            return true;
        if (signs && hidden_pair(bloom->apart, c, d))
            return true;
        if (!hidden_sign(d) || skipped == 3)
            return false;
        signs = true;
    }
    return false;
}

/* What is hidden at `at`: the end of it, `at` when nothing is. next: behind the character there. */
static size_t undo(struct making *making, size_t at, size_t next, uint32_t c, bool chinese, bool word_begins)
{
    size_t end = at;
    const char *word = may_begin(making->text, c, next) ? hidden_find(making->text, at, chinese, &end) : NULL;
    if (word == NULL && word_begins && (signed char)making->text[at] > 0)
        word = hidden_english(making->text, at, &end);
    if (word == NULL)
        return at;
    replace(making, at, end, word, strlen(word));
    return end;
}

void bare_make(struct normalized *normalized)
{
    const GString *plain = normalized->fold.text;
    struct making making = {.bare = &normalized->bare, .text = plain->str};
    bool chinese = normalized->han > 0;
    bool alphabets = normalized->latin > 0 && normalized->other + normalized->accented > 0;
    enum fold_class before = FOLD_BLANK;
    fold_start(&normalized->bare);
    for (size_t at = 0; at < plain->len;) {
        size_t next = at;
        uint32_t c = fold_next(plain->str, &next);
        enum fold_class class = fold_class(c);
        size_t end = at;
        if (class != FOLD_BLANK && (class != FOLD_WORD || before != FOLD_WORD))
            end = undo(&making, at, next, c, chinese, before != FOLD_WORD);
        if (end == at && is_mark(c) && (before == FOLD_WORD || before == FOLD_CJK)) /* not in a face */
            replace(&making, at, next, "", 0);
        else if (end == at && class == FOLD_WORD && before != FOLD_WORD && alphabets)
            next = undo_lookalikes(&making, at);
        else if (end == at && is_wedge(c))
            next = undo_wedge(&making, at, next, before);
        if (end > at || !is_mark(c))
            before = end > at ? FOLD_BLANK : class;
        at = MAX(end, next);
    }
    if (making.changed)
        fold_put(making.bare, making.text + making.copied, plain->len - making.copied, making.copied, plain->len, true);
    normalized->obfuscated = making.changed;
}

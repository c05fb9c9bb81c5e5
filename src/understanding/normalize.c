#include "understanding/normalize.h"

#include <string.h>
#include <unicode/uchar.h>

#define NAME_CHARACTERS 20 /* a longer run after @ is a sentence that forgot its blank */

void normalized_init(struct normalized *normalized)
{
    *normalized = (struct normalized){0};
    fold_init(&normalized->fold);
}

void normalized_clear(struct normalized *normalized)
{
    fold_clear(&normalized->fold);
}

static void blank(char *text, size_t begin, size_t end)
{
    memset(text + begin, ' ', end - begin);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool word_before(const char *text, size_t at)
{
    return at > 0 && fold_class(fold_previous(text, &at)) == FOLD_WORD;
}

/* http://…, https://…, www.…, t.cn/…: up to the next blank or character that addresses do not have. */
static size_t address_end(const char *text, size_t at)
{
    if (!begins(text + at, "http://") && !begins(text + at, "https://") && !begins(text + at, "www.") &&
        !begins(text + at, "t.cn/") && !begins(text + at, "t.co/"))
        return at;
    while ((signed char)text[at] > ' ' && text[at] != '"' && text[at] != '<' && text[at] != '>')
        at++;
    return at;
}

static size_t name_end(const char *text, size_t at)
{
    size_t end = at + 1;
    for (int characters = 0; text[end] != '\0'; characters++) {
        size_t next = end;
        uint32_t c = fold_next(text, &next);
        enum fold_class class = fold_class(c);
        if (class != FOLD_WORD && class != FOLD_CJK && c != '_' && c != '-')
            return end;
        if (characters >= NAME_CHARACTERS)
            return at;
        end = next;
    }
    return end;
}

static void blank_addresses(GString *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t end = at;
        char c = text->str[at];
        if ((c == 'h' || c == 'w' || c == 't') && !word_before(text->str, at))
            end = address_end(text->str, at);
        else if (c == '@' && !word_before(text->str, at))
            end = name_end(text->str, at);
        if (end > at + 1)
            blank(text->str, at, end);
        at = MAX(end, at + 1);
    }
}

static void count(struct normalized *normalized, uint32_t c)
{
    if (c < 0x80) {
        normalized->latin += g_ascii_isalpha((char)c);
        normalized->questions += c == '?';
        normalized->exclaims += c == '!';
    } else if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF)) {
        normalized->kana++;
    } else if (c >= 0xAC00 && c <= 0xD7A3) {
        normalized->hangul++;
    } else if (fold_class(c) == FOLD_CJK) {
        normalized->han++;
    } else if (c >= 0xC0 && c < 0x250) {
        normalized->latin++;
        normalized->accented++;
    } else if (u_isalpha((UChar32)c)) {
        normalized->other++;
    }
}

void normalize_text(struct normalized *normalized, const char *text, size_t length)
{
    fold_text(&normalized->fold, text, length);
    struct fold fold = normalized->fold;
    *normalized = (struct normalized){.fold = fold};
    blank_addresses(fold.text);
    for (size_t at = 0; at < fold.text->len;)
        count(normalized, fold_next(fold.text->str, &at));
}

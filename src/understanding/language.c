#include "understanding/language.h"

#include <string.h>

#define SMALL_WORD 6 /* letters of the longest in the lists below */

/* Sorted, for bsearch. Words that English has and its neighbours have not, and the other way round. */
static const char ENGLISH[][SMALL_WORD + 1] = {
    "about", "after", "and",   "any",   "are",  "been",  "but",  "can",   "could", "did", "do",
    "does",  "for",   "from",  "get",   "got",  "had",   "has",  "have",  "how",   "i",   "i'm",
    "if",    "is",    "it",    "its",   "just", "me",    "my",   "not",   "now",   "of",  "on",
    "or",    "our",   "out",   "she",   "so",   "still", "than", "thank", "that",  "the", "their",
    "them",  "there", "they",  "this",  "to",   "u",     "up",   "very",  "was",   "we",  "were",
    "what",  "when",  "where", "which", "who",  "why",   "will", "with",  "would", "you", "your"};
static const char FOREIGN[][SMALL_WORD + 1] = {
    "aber",  "als",  "auch", "avec", "che",  "como", "con",  "das",  "de",  "del",  "dem", "den",  "der",
    "des",   "die",  "dos",  "ein",  "eine", "el",   "en",   "es",   "est", "et",   "hay", "het",  "ich",
    "il",    "ist",  "je",   "la",   "las",  "le",   "les",  "lo",   "los", "mais", "mi",  "mit",  "nao",
    "nicht", "nous", "para", "pas",  "per",  "por",  "pour", "que",  "qui", "se",   "sie", "sind", "son",
    "sont",  "su",   "un",   "una",  "und",  "une",  "van",  "vous", "wir", "y",    "zu"};

static int compare(const void *key, const void *entry)
{
    return strcmp(key, entry);
}

static bool is_in(const char *word, const char (*list)[SMALL_WORD + 1], size_t count)
{
    return bsearch(word, list, count, sizeof *list, compare) != NULL;
}

/* By the small words among the first few hundred: enough to tell. */
static bool reads_english(const struct normalized *normalized)
{
    const GString *text = normalized->fold.text;
    int english = 0;
    int foreign = 0;
    int words = 0;
    for (size_t at = 0; at < text->len && words < 300;) {
        size_t begin = at;
        while (at < text->len && (g_ascii_isalpha(text->str[at]) || (text->str[at] == '\'' && at > begin)))
            at++;
        size_t length = at - begin;
        if (length > 0 && length <= SMALL_WORD) {
            char word[SMALL_WORD + 1] = {0};
            memcpy(word, text->str + begin, length);
            english += is_in(word, ENGLISH, G_N_ELEMENTS(ENGLISH));
            foreign += is_in(word, FOREIGN, G_N_ELEMENTS(FOREIGN));
        }
        words += length > 0;
        at += length == 0;
    }
    if (english != foreign)
        return english > foreign;
    return normalized->accented == 0;
}

enum assess_language language_guess(const struct normalized *normalized)
{
    /* A Chinese word has about two characters, a Latin one five letters. */
    int han = normalized->han * 5 / 2;
    int rest = normalized->latin + normalized->other * 2 + normalized->hangul * 3;
    if (normalized->kana * 4 > normalized->han + normalized->kana)
        return ASSESS_OTHER;
    if (normalized->han > 0 && han >= rest)
        return normalized->fold.traditional > normalized->fold.simplified ? ASSESS_ZH_HANT : ASSESS_ZH_HANS;
    if (normalized->latin < 2 || normalized->latin < normalized->other + normalized->hangul)
        return ASSESS_OTHER;
    return reads_english(normalized) ? ASSESS_EN : ASSESS_OTHER;
}

const char *language_format(enum assess_language language)
{
    static const char *const NAMES[] = {"other", "zh-Hans", "zh-Hant", "en"};
    return NAMES[language];
}

#include "understanding/lexicon.h"

#include "base/fold.h"
#include "lexicon_data.h"
#include "understanding/match.h"

#include <string.h>

static const char *const CATEGORIES[LEXICON_CATEGORIES] = {"complaint",   "after_sales", "order",  "consultation",
                                                           "cooperation", "suggestion",  "praise", "irrelevant"};
static const char *const TOPICS[] = {"injury", "death", "food_safety", "fire",    "lawsuit",        "regulator",
                                     "media",  "fraud", "privacy",     "boycott", "discrimination", "minor"};

const char *lexicon_category_format(enum lexicon_category category)
{
    return CATEGORIES[category];
}

bool lexicon_category_parse(const char *text, enum lexicon_category *out)
{
    for (int i = 0; i < LEXICON_CATEGORIES; i++) {
        if (strcmp(text, CATEGORIES[i]) == 0) {
            *out = (enum lexicon_category)i;
            return true;
        }
    }
    return false;
}

const char *lexicon_topic_parse(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TOPICS); i++)
        if (strcmp(text, TOPICS[i]) == 0)
            return TOPICS[i];
    return NULL;
}

static bool read_label(struct lexicon_entry *entry, const char *label)
{
    if (entry->kind == LEXICON_CATEGORY)
        return lexicon_category_parse(label, &entry->category);
    if (entry->kind == LEXICON_GRAVITY)
        entry->topic = lexicon_topic_parse(label);
    return entry->kind != LEXICON_GRAVITY || entry->topic != NULL;
}

/* "word<tab>weight", or "word<tab>label<tab>weight" where there are labels. */
static bool read_line(struct lexicon *lexicon, enum lexicon_kind kind, const char *line)
{
    g_auto(GStrv) columns = g_strsplit(line, "\t", 4);
    bool labelled = kind == LEXICON_CATEGORY || kind == LEXICON_GRAVITY;
    if (g_strv_length(columns) != (labelled ? 3 : 2))
        return false;
    struct lexicon_entry entry = {.kind = kind};
    entry.weight = g_ascii_strtod(columns[labelled ? 2 : 1], NULL);
    if (!read_label(&entry, labelled ? columns[1] : NULL))
        return false;
    entry.word = fold_string(columns[0]);
    size_t length = strlen(entry.word);
    entry.stem = g_str_has_suffix(entry.word, "*") && length > 1;
    if (entry.stem)
        entry.word[length - 1] = '\0';
    g_array_append_val(lexicon->entries, entry);
    return length > 0 && length <= MATCH_KEYWORD;
}

static void entry_clear(void *data)
{
    struct lexicon_entry *entry = data;
    g_free(entry->word);
}

bool lexicon_init(struct lexicon *lexicon, GError **error)
{
    lexicon->entries = g_array_new(FALSE, FALSE, sizeof(struct lexicon_entry));
    g_array_set_clear_func(lexicon->entries, entry_clear);
    for (size_t i = 0; i < G_N_ELEMENTS(LEXICON_LINES); i++) {
        if (!read_line(lexicon, LEXICON_LINES[i].kind, LEXICON_LINES[i].line)) {
            error_set(error, HY_ERROR_INTERNAL, NULL, "lexicon line %zu is not well-formed: %s", i,
                      LEXICON_LINES[i].line);
            return false;
        }
    }
    return true;
}

void lexicon_clear(struct lexicon *lexicon)
{
    g_clear_pointer(&lexicon->entries, g_array_unref);
}

#include "understanding/lexicon.h"

#include "base/fold.h"
#include "lexicon_data.h"
#include "understanding/match.h"

#include <string.h>

static const char *const CATEGORIES[LEXICON_CATEGORIES] = {"complaint",   "after_sales", "order",  "consultation",
                                                           "cooperation", "suggestion",  "praise", "irrelevant"};
static const char *const TOPICS[] = {"injury", "death", "food_safety", "fire",    "lawsuit",        "regulator",
                                     "media",  "fraud", "privacy",     "boycott", "discrimination", "minor"};

static const char *const EMOTIONS[LEXICON_EMOTIONS] = {"angry", "sad", "afraid", "surprised", "happy", "neutral"};
static const char *const FLAGS[LEXICON_FLAGS] = {"spam", "abuse", "churn"};

/* -1 when it is none of them. */
static int find(const char *text, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return -1;
}

const char *lexicon_category_format(enum lexicon_category category)
{
    return CATEGORIES[category];
}

bool lexicon_category_parse(const char *text, enum lexicon_category *out)
{
    int found = find(text, CATEGORIES, LEXICON_CATEGORIES);
    if (found >= 0)
        *out = (enum lexicon_category)found;
    return found >= 0;
}

const char *lexicon_emotion_format(enum lexicon_emotion emotion)
{
    return EMOTIONS[emotion];
}

bool lexicon_emotion_parse(const char *text, enum lexicon_emotion *out)
{
    int found = find(text, EMOTIONS, LEXICON_EMOTIONS);
    if (found >= 0)
        *out = (enum lexicon_emotion)found;
    return found >= 0;
}

const char *lexicon_topic_parse(const char *text)
{
    int found = find(text, TOPICS, G_N_ELEMENTS(TOPICS));
    return found >= 0 ? TOPICS[found] : NULL;
}

static bool read_label(struct lexicon_entry *entry, const char *label)
{
    switch (entry->kind) {
    case LEXICON_CATEGORY:
        entry->label = find(label, CATEGORIES, LEXICON_CATEGORIES);
        break;
    case LEXICON_EMOTION:
        entry->label = find(label, EMOTIONS, LEXICON_EMOTIONS);
        break;
    case LEXICON_FLAG:
        entry->label = find(label, FLAGS, LEXICON_FLAGS);
        break;
    case LEXICON_GRAVITY:
        entry->topic = lexicon_topic_parse(label);
        return entry->topic != NULL;
    case LEXICON_SENTIMENT:
    case LEXICON_URGENCY:
    case LEXICON_KINDS:
        break;
    }
    return entry->label >= 0;
}

/* "word<tab>weight", or "word<tab>label<tab>weight" where there are labels. */
static bool read_line(struct lexicon *lexicon, enum lexicon_kind kind, const char *line)
{
    g_auto(GStrv) columns = g_strsplit(line, "\t", 4);
    bool labelled = kind != LEXICON_SENTIMENT && kind != LEXICON_URGENCY;
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

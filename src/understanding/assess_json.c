#include "understanding/assess.h"

#include "base/fold.h"
#include "base/writer.h"
#include "understanding/language.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 4 /* last characters of a card's number */

/* Bytes of the original → UTF-16 units. Places that come in order cost one walk over the text. */
struct ruler {
    const char *text;
    size_t byte, unit;
};

static int64_t units(struct ruler *ruler, int byte)
{
    if ((size_t)byte < ruler->byte)
        ruler->byte = ruler->unit = 0;
    ruler->unit += fold_utf16_length(ruler->text, ruler->byte, (size_t)byte);
    ruler->byte = (size_t)byte;
    return (int64_t)ruler->unit;
}

static void write_range(struct writer *writer, struct ruler *ruler, int begin, int end)
{
    writer_put_i64(writer, "begin", units(ruler, begin));
    writer_put_i64(writer, "end", units(ruler, end));
}

static void begin_list(struct writer *writer, const char *key)
{
    writer_key(writer, key);
    writer_begin_array(writer);
}

static void put_real(struct writer *writer, const char *key, double value)
{
    /* 0.123 says enough, and is written in a tenth of the time of a double. */
    int thousandths = (int)lround(CLAMP(value, -1e6, 1e6) * 1000);
    unsigned rest = (unsigned)abs(thousandths);
    char text[16];
    char *at = text + sizeof text - 1;
    *at = '\0';
    for (int digits = 0; digits < 4 || rest > 0; digits++) {
        if (digits == 3)
            *--at = '.';
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (thousandths < 0)
        *--at = '-';
    writer_key(writer, key);
    writer_raw(writer, at);
}

static void write_parts(struct writer *writer, const struct assessment *assessment)
{
    begin_list(writer, "parts");
    for (int i = 0; i < assessment->part_count; i++) {
        const struct assess_part *part = assessment->parts + i;
        writer_begin_object(writer);
        writer_put_text(writer, "name", part->name);
        writer_put_text(writer, "value", part->value);
        writer_key(writer, "number");
        if (part->number != 0)
            writer_i64(writer, part->number);
        else
            writer_null(writer);
        writer_put_i64(writer, "amount", part->amount);
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_matches(struct writer *writer, const struct assessment *assessment, struct ruler *ruler)
{
    begin_list(writer, "matches");
    for (int i = 0; i < assessment->match_count; i++) {
        const struct assess_match *match = assessment->matches + i;
        writer_begin_object(writer);
        write_range(writer, ruler, match->begin, match->end);
        writer_put_text(writer, "label", match->label);
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_rules(struct writer *writer, const struct assessment *assessment)
{
    begin_list(writer, "rules");
    for (int i = 0; i < assessment->rule_count; i++) {
        writer_begin_object(writer);
        writer_put_id(writer, "id", assessment->rules[i].id);
        writer_put_text(writer, "name", assessment->rules[i].name);
        writer_put_text(writer, "tag", assessment->rules[i].tag);
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_value(struct writer *writer, const struct assess_entity *entity)
{
    char shown[ASSESS_VALUE];
    g_strlcpy(shown, entity->value, sizeof shown);
    size_t length = strlen(shown);
    if (strcmp(entity->kind, "id_card") == 0 || strcmp(entity->kind, "bank_card") == 0)
        memset(shown, '*', length - MIN(length, SHOWN));
    writer_put_text(writer, "value", shown);
}

static void write_entities(struct writer *writer, const struct assessment *assessment, struct ruler *ruler)
{
    begin_list(writer, "entities");
    for (int i = 0; i < assessment->entity_count; i++) {
        const struct assess_entity *entity = assessment->entities + i;
        writer_begin_object(writer);
        write_range(writer, ruler, entity->begin, entity->end);
        writer_put_text(writer, "kind", entity->kind);
        write_value(writer, entity);
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_word(struct writer *writer, const struct assess_word *word, struct ruler *ruler)
{
    g_autofree char *piece = g_strndup(ruler->text + word->begin, (gsize)(word->end - word->begin));
    writer_begin_object(writer);
    writer_put_text(writer, "text", piece);
    put_real(writer, "weight", (double)word->weight);
    write_range(writer, ruler, word->begin, word->end);
    writer_end_object(writer);
}

static void write_because(struct writer *writer, const struct assessment *assessment, struct ruler *ruler)
{
    begin_list(writer, "because");
    for (int i = 0; i < assessment->because_count; i++) {
        const struct assess_because *because = assessment->because + i;
        writer_begin_object(writer);
        writer_put_text(writer, "task", because->task);
        writer_put_text(writer, "label", because->label != NULL ? because->label : assessment->topic);
        begin_list(writer, "words");
        for (int k = 0; k < because->word_count; k++)
            write_word(writer, because->words + k, ruler);
        writer_end_array(writer);
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_probabilities(struct writer *writer, const struct assessment *assessment)
{
    writer_key(writer, "probabilities");
    writer_begin_object(writer);
    put_real(writer, "needs_answer", assessment->needs_answer_probability);
    put_real(writer, "spam", assessment->spam.probability);
    put_real(writer, "abuse", assessment->abuse.probability);
    put_real(writer, "churn", assessment->churn.probability);
    writer_end_object(writer);
}

static void write_labels(struct writer *writer, const struct assessment *assessment)
{
    writer_put_text(writer, "language", language_format(assessment->language));
    writer_put_text(writer, "category", assessment->category);
    writer_put_text(writer, "topic", assessment->topic);
    writer_put_text(writer, "sentiment", assessment->sentiment);
    writer_put_i64(writer, "strength", assessment->strength);
    writer_put_text(writer, "emotion", assessment->emotion);
    writer_put_i64(writer, "urgency", assessment->urgency);
    writer_put_i64(writer, "importance", assessment->importance);
    put_real(writer, "confidence", assessment->confidence);
    writer_put_bool(writer, "needs_answer", assessment->needs_answer);
    writer_put_bool(writer, "spam", assessment->spam.is);
    writer_put_bool(writer, "abuse", assessment->abuse.is);
    writer_put_bool(writer, "churn", assessment->churn.is);
    write_probabilities(writer, assessment);
}

char *assess_format(const struct assessment *assessment, const char *text)
{
    char fingerprint[17];
    struct ruler ruler = {.text = text};
    g_auto(writer_auto) writer = {0};
    writer_init(&writer);
    writer_begin_object(&writer);
    write_labels(&writer, assessment);
    write_parts(&writer, assessment);
    write_matches(&writer, assessment, &ruler);
    write_rules(&writer, assessment);
    write_entities(&writer, assessment, &ruler);
    write_because(&writer, assessment, &ruler);
    g_snprintf(fingerprint, sizeof fingerprint, "%016" G_GINT64_MODIFIER "x", assessment->fingerprint);
    writer_put_text(&writer, "fingerprint", fingerprint);
    writer_put_text(&writer, "model", assessment->model);
    writer_end_object(&writer);
    return writer_steal(&writer, NULL);
}

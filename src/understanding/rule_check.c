#include "understanding/rule_set.h"

#include "base/fold.h"
#include "base/writer.h"
#include "understanding/language.h"

#include <string.h>

static void write_marks(struct writer *writer, const struct rule_mark *marks, uint32_t count, const char *text)
{
    size_t byte = 0;
    size_t unit = 0;
    writer_key(writer, "marks");
    writer_begin_array(writer);
    for (uint32_t i = 0; i < count; i++) {
        unit += fold_utf16_length(text, byte, marks[i].begin);
        byte = marks[i].begin;
        writer_begin_object(writer);
        writer_put_i64(writer, "begin", (int64_t)unit);
        writer_put_i64(writer, "end", (int64_t)(unit + fold_utf16_length(text, byte, marks[i].end)));
        writer_end_object(writer);
    }
    writer_end_array(writer);
}

static void write_rule(struct writer *writer, const struct rule *rule, const char *missing)
{
    writer_put_id(writer, "id", rule->id);
    writer_put_text(writer, "name", rule->name);
    writer_put_bool(writer, "hit", *missing == '\0');
    writer_put_text(writer, "missing", missing);
}

char *rule_check(GPtrArray *rules, const char *text, GError **error)
{
    g_autoptr(rule_set_auto) set = rule_set_new(rules, error);
    g_auto(normalized_auto) normalized = {0};
    g_auto(writer_auto) writer = {0};
    if (set == NULL)
        return NULL;
    struct rule_scratch *scratch = rule_scratch_new(set); /* keeps what hits … */
    struct rule_scratch *asking = rule_scratch_new(set);  /* … while this one is asked about the others */
    size_t count = 0;
    size_t next = 0;
    normalized_init(&normalized);
    normalize_text(&normalized, text, strlen(text));
    enum assess_language language = language_guess(&normalized);
    const struct rule_hit *hits = rule_set_run(set, scratch, &normalized, language, &count);
    writer_init(&writer);
    writer_begin_object(&writer);
    writer_put_text(&writer, "language", language_format(language));
    writer_key(&writer, "rules");
    writer_begin_array(&writer);
    for (guint i = 0; i < rules->len; i++) {
        const struct rule *rule = rules->pdata[i];
        const struct rule_hit *hit = next < count && hits[next].rule == rule ? hits + next++ : NULL;
        writer_begin_object(&writer);
        write_rule(&writer, rule, hit != NULL ? "" : rule_missing(set, asking, i, &normalized, language));
        write_marks(&writer, hit != NULL ? rule_marks(scratch, hit) : NULL, hit != NULL ? hit->mark_count : 0, text);
        writer_end_object(&writer);
    }
    writer_end_array(&writer);
    writer_end_object(&writer);
    rule_scratch_free(scratch);
    rule_scratch_free(asking);
    return writer_steal(&writer, NULL);
}

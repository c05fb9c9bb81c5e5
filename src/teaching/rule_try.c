/* rule_try.c - a rule over the last messages, before it is kept. */
#include "base/limit.h"
#include "store/queries.h"
#include "teaching/rule_book.h"
#include "understanding/language.h"
#include "understanding/rule_set.h"

#include <string.h>

#define SHOWN 50 /* of the messages it hits */

struct trial {
    struct rule_set *set;
    struct rule_scratch *scratch;
    struct normalized normalized;
    struct writer *out;
    int64_t looked_at, hits;
};

static const struct rule_hit *run(struct trial *trial, const char *text)
{
    size_t count = 0;
    normalize_text(&trial->normalized, text, strlen(text));
    const struct rule_hit *hits =
        rule_set_run(trial->set, trial->scratch, &trial->normalized, language_guess(&trial->normalized), &count);
    return count > 0 ? hits : NULL;
}

static void write_marks(const struct trial *trial, const struct rule_hit *hit, const char *text)
{
    const struct rule_mark *marks = hit != NULL ? rule_marks(trial->scratch, hit) : NULL;
    size_t byte = 0;
    int64_t unit = 0;
    writer_key(trial->out, "marks");
    writer_begin_array(trial->out);
    for (uint32_t i = 0; hit != NULL && i < hit->mark_count; i++) {
        unit += (int64_t)fold_utf16_length(text, byte, marks[i].begin);
        byte = marks[i].begin;
        writer_begin_object(trial->out);
        writer_put_i64(trial->out, "begin", unit);
        writer_put_i64(trial->out, "end", unit + (int64_t)fold_utf16_length(text, byte, marks[i].end));
        writer_end_object(trial->out);
    }
    writer_end_array(trial->out);
}

static void write_text(struct trial *trial, const char *text)
{
    const struct rule_hit *hit = run(trial, text);
    const char *missing = hit != NULL ? ""
                                      : rule_missing(trial->set, trial->scratch, 0, &trial->normalized,
                                                     language_guess(&trial->normalized));
    writer_key(trial->out, "text");
    writer_begin_object(trial->out);
    writer_put_bool(trial->out, "hit", hit != NULL);
    writer_put_text(trial->out, "missing", missing);
    write_marks(trial, hit, text);
    writer_end_object(trial->out);
}

static bool write_messages(struct tx *tx, struct trial *trial, int64_t messages, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_recent row;
    if (!q_teaching_recent(tx, &rows, error, messages))
        return false;
    while (q_teaching_recent_next(rows, &row)) {
        trial->looked_at++;
        const struct rule_hit *hit = run(trial, row.text);
        if (hit == NULL || ++trial->hits > SHOWN)
            continue;
        writer_begin_object(trial->out);
        writer_put_id(trial->out, "message_id", row.id);
        writer_put_id(trial->out, "conversation_id", row.conversation_id);
        writer_put_text(trial->out, "text", row.text);
        writer_put_time(trial->out, "sent_at", row.sent_ms);
        write_marks(trial, hit, row.text);
        writer_end_object(trial->out);
    }
    return true;
}

static bool write_trial(struct tx *tx, struct trial *trial, const char *text, int64_t messages, GError **error)
{
    writer_begin_object(trial->out);
    if (text != NULL)
        write_text(trial, text);
    else
        writer_put_raw(trial->out, "text", NULL);
    writer_key(trial->out, "items");
    writer_begin_array(trial->out);
    if (!write_messages(tx, trial, messages, error))
        return false;
    writer_end_array(trial->out);
    writer_put_i64(trial->out, "looked_at", trial->looked_at);
    writer_put_i64(trial->out, "hits", trial->hits);
    writer_end_object(trial->out);
    return true;
}

bool rule_book_try(struct tx *tx, const json_t *object, const char *text, int64_t messages, struct writer *out,
                   GError **error)
{
    g_autoptr(rule_auto) rule = rule_book_parse(object, error);
    if (rule == NULL)
        return false;
    rule->enabled = true; /* what is tried is meant to work */
    g_autoptr(rule_set_auto) set = rule_book_compile(rule, error);
    if (set == NULL)
        return false;
    struct trial trial = {.set = set, .scratch = rule_scratch_new(set), .out = out};
    normalized_init(&trial.normalized);
    bool ok = write_trial(tx, &trial, text, messages, error);
    normalized_clear(&trial.normalized);
    rule_scratch_free(trial.scratch);
    return ok;
}

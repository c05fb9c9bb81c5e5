#include "teaching/example.h"

#include "base/error.h"
#include "desk/audit.h"
#include "store/queries.h"
#include "teaching/announce.h"

static void write_example(const struct q_teaching_example_page *row, struct writer *out)
{
    writer_begin_object(out);
    writer_put_id(out, "id", row->id);
    writer_put_text(out, "task", row->task);
    writer_put_text(out, "label", row->label);
    writer_put_id(out, "message_id", row->message_id);
    writer_put_id(out, "conversation_id", row->conversation_id);
    writer_put_text(out, "text", row->text);
    writer_put_text(out, "language", row->language);
    writer_put_id(out, "user_id", row->person_id);
    writer_put_text(out, "user_name", row->person_name);
    writer_put_bool(out, "held_back", row->held_back);
    writer_put_time(out, "created_at", row->created_ms);
    writer_end_object(out);
}

bool example_list(struct tx *tx, const struct example_filter *filter, int64_t before_id, int64_t limit,
                  struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_example_page row;
    int64_t last = 0;
    *last_id = 0;
    if (!q_teaching_example_page(tx, &rows, error, filter->task, filter->label, filter->language, before_id, limit + 1))
        return false;
    for (int64_t n = 0; q_teaching_example_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        write_example(&row, out);
    }
    return true;
}

bool example_remove(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_example row;
    if (!q_teaching_example(tx, &rows, error, id))
        return false;
    if (!q_teaching_example_next(rows, &row)) {
        error_set(error, HY_ERROR_NOT_FOUND, NULL, "no example %" G_GINT64_FORMAT, id);
        return false;
    }
    return q_teaching_example_remove(tx, error, id) &&
           audit_write(tx, actor, now_ms, "example.delete", "example", id, NULL, error) &&
           announce_change(tx, actor->person_id, now_ms, "examples", row.task, error);
}

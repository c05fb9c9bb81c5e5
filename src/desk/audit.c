#include "desk/audit.h"

#include "base/id.h"
#include "store/queries.h"

bool audit_write(struct tx *tx, const struct actor *actor, int64_t now_ms, const char *action, const char *subject_kind,
                 int64_t subject_id, const char *detail, GError **error)
{
    g_autofree char *subject =
        subject_id == 0 ? g_strdup(subject_kind) : g_strdup_printf("%s:%" G_GINT64_FORMAT, subject_kind, subject_id);
    return q_audit_insert(tx, error, id_new(now_ms), now_ms, actor->person_id, actor->name, action, subject,
                          detail != NULL ? detail : "{}", actor->address);
}

bool audit_list(struct tx *tx, int64_t person_id, const char *subject, int64_t before_id, int64_t limit,
                struct writer *out, int64_t *last_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (!q_audit_page(tx, &rows, error, person_id, subject, before_id, limit + 1))
        return false;
    struct q_audit_page row;
    int64_t last = 0;
    *last_id = 0;
    for (int64_t n = 0; q_audit_page_next(rows, &row); n++) {
        if (n == limit) {
            *last_id = last;
            break;
        }
        last = row.id;
        writer_begin_object(out);
        writer_put_id(out, "id", row.id);
        writer_put_time(out, "at", row.at_ms);
        writer_put_id(out, "user_id", row.person_id);
        writer_put_text(out, "actor", row.actor);
        writer_put_text(out, "action", row.action);
        writer_put_text(out, "subject", row.subject);
        writer_put_raw(out, "detail", row.detail);
        writer_put_text(out, "address", row.address);
        writer_end_object(out);
    }
    return true;
}

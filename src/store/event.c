#include "store/event.h"

#include "base/log.h"
#include "base/writer.h"
#include "store/backend.h"
#include "store/queries.h"

#include <string.h>

static const char *const NAMES[EVENT_KIND_COUNT] = {
#define EVENT(id, name, ...) [EVENT_##id] = name,
#include "store/event.def"
#undef EVENT
};

const char *event_kind_name(enum event_kind kind)
{
    return NAMES[kind];
}

bool event_kind_parse(const char *name, enum event_kind *kind)
{
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *kind = (enum event_kind)i;
            return true;
        }
    }
    return false;
}

char *event_format(const struct event *event)
{
    g_auto(writer_auto) out = {0};
    writer_init(&out);
    writer_begin_object(&out);
    writer_put_i64(&out, "seq", event->seq);
    writer_put_time(&out, "at", event->at_ms);
    writer_put_text(&out, "kind", event_kind_name(event->kind));
    writer_put_id(&out, "conversation_id", event->conversation_id);
    writer_put_id(&out, "subject_id", event->subject_id);
    writer_put_id(&out, "user_id", event->person_id);
    writer_put_raw(&out, "data", event->data);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

bool event_append(struct tx *tx, const struct event *event, GError **error)
{
    tx->has_events = true;
    return q_event_append(tx, error, event->at_ms, NAMES[event->kind], event->conversation_id, event->subject_id,
                          event->person_id, event->data ? event->data : "{}");
}

bool event_last_seq(struct tx *tx, int64_t *seq, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_event_last row;
    if (!q_event_last(tx, &rows, error))
        return false;
    *seq = q_event_last_next(rows, &row) ? row.seq : 0;
    return true;
}

bool event_first_seq(struct tx *tx, int64_t *seq, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_event_first row;
    if (!q_event_first(tx, &rows, error))
        return false;
    *seq = q_event_first_next(rows, &row) ? row.seq : 0;
    return true;
}

static void clear_event(void *event)
{
    g_free((char *)((struct event *)event)->data);
}

/* A newer program writes to the same database: its kinds are passed over, and named in the log once. */
static void tell_unknown(const char *kind)
{
    enum { MOST = 100 };
    static GMutex lock;
    static GHashTable *told;
    g_mutex_lock(&lock);
    if (told == NULL)
        told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_size(told) < MOST && g_hash_table_add(told, g_strdup(kind)))
        log_line(LOG_WARN, "event.unknown", "kind=%.64s", kind);
    g_mutex_unlock(&lock);
}

static void take_event(GArray *out, const struct q_event_page *row)
{
    struct event event = {.seq = row->seq,
                          .at_ms = row->at_ms,
                          .conversation_id = row->conversation_id,
                          .subject_id = row->subject_id,
                          .person_id = row->person_id};
    if (!event_kind_parse(row->kind, &event.kind)) {
        tell_unknown(row->kind);
        return;
    }
    event.data = g_strdup(row->data);
    g_array_append_val(out, event);
}

bool event_read(struct tx *tx, int64_t after_seq, int64_t limit, GArray **out, GError **error)
{
    *out = g_array_new(FALSE, FALSE, sizeof(struct event));
    g_array_set_clear_func(*out, clear_event);
    for (int64_t found = limit; found == limit && (*out)->len < limit;) {
        g_autoptr(rows_auto) rows = NULL;
        struct q_event_page row;
        if (!q_event_page(tx, &rows, error, after_seq, limit))
            return false;
        found = rows_count(rows);
        while ((*out)->len < limit && q_event_page_next(rows, &row)) {
            take_event(*out, &row);
            after_seq = row.seq;
        }
    }
    return true;
}

bool event_cursor_load(struct tx *tx, const char *follower, int64_t *seq, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_follower_seq row;
    if (!q_follower_seq(tx, &rows, error, follower))
        return false;
    *seq = q_follower_seq_next(rows, &row) ? row.seq : 0;
    return true;
}

bool event_cursor_save(struct tx *tx, const char *follower, int64_t seq, GError **error)
{
    return q_follower_save(tx, error, follower, seq);
}

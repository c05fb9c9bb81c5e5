#include "inbox/follower.h"

#include "base/log.h"
#include "inbox/worker.h"
#include "store/event.h"
#include "store/queries.h"

#define BATCH 2000
#define SEARCH_REST_MS 100 /* larger batches cost less; what is not indexed yet is scanned */

struct follower {
    struct follower_options options;
    struct worker *accounts, *search;
    int64_t seen_seq; /* accounts: looked up to here */
    bool started;     /* accounts: seen_seq is set */
};

/* ---- accounts ---- */

struct look {
    int64_t after_seq, last_seq, changes;
};

static bool look_for_channels(struct tx *tx, void *data, GError **error)
{
    struct look *look = data;
    g_autoptr(rows_auto) rows = NULL;
    struct q_follower_channels row;
    if (!q_follower_channels(tx, &rows, error, look->after_seq))
        return false;
    if (q_follower_channels_next(rows, &row)) {
        look->last_seq = row.last_seq;
        look->changes = row.changes;
    }
    return true;
}

bool follower_accounts(void *data, int64_t *next_ms, GError **error)
{
    struct follower *follower = data;
    struct look look = {.after_seq = follower->started ? follower->seen_seq : INT64_MAX};
    *next_ms = INT64_MAX;
    if (!store_read(follower->options.store, look_for_channels, &look, error))
        return false;
    /* The first round: what changed between reading them at the start and now nobody knows. */
    if ((look.changes > 0 || !follower->started) && !accounts_reload(follower->options.accounts, error))
        return false;
    follower->seen_seq = look.last_seq;
    follower->started = true;
    return true;
}

/* ---- search ---- */

struct batch {
    struct follower *follower;
    int64_t upto;      /* the place of the index */
    int64_t reached;   /* the last event looked at */
    GArray *documents; /* of struct search_document, texts owned */
    bool full;
    bool lost; /* the place is not in this log */
};

static void clear_document(void *document)
{
    g_free((char *)((struct search_document *)document)->text);
}

static bool add_documents(struct batch *batch, int64_t upto, GError **error)
{
    return search_index_add(batch->follower->options.search, (const struct search_document *)batch->documents->data,
                            batch->documents->len, upto, error);
}

static void take_document(struct batch *batch, int64_t id, const char *text)
{
    struct search_document document = {.id = id, .text = g_strdup(text)};
    g_array_append_val(batch->documents, document);
}

/* The messages that a stretch of the log names, as a JSON array of their ids. */
static char *named_messages(const GArray *events)
{
    GString *ids = g_string_new("[");
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = &g_array_index(events, struct event, i);
        switch (event->kind) {
        case EVENT_MESSAGE_RECEIVED:
        case EVENT_MESSAGE_QUEUED:
        case EVENT_MESSAGE_SENT: /* of our own account, past Huiyin */
        case EVENT_NOTE_ADDED:
            g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len > 1 ? "," : "", event->subject_id);
            break;
        default:
            break;
        }
    }
    g_string_append_c(ids, ']');
    return g_string_free(ids, FALSE);
}

static bool was_queued(const GArray *events, int64_t id)
{
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = &g_array_index(events, struct event, i);
        if (event->subject_id == id && event->kind == EVENT_MESSAGE_QUEUED)
            return true;
    }
    return false;
}

/* Another database stands here (an older one was restored), or what followed the place is purged. */
static bool look_for_place(struct tx *tx, struct batch *batch, GError **error)
{
    int64_t first_seq = 0, last_seq = 0;
    if (!event_first_seq(tx, &first_seq, error) || !event_last_seq(tx, &last_seq, error))
        return false;
    batch->lost = last_seq != 0 && (batch->upto > last_seq || first_seq > batch->upto + 1);
    return true;
}

static bool read_batch(struct tx *tx, void *data, GError **error)
{
    struct batch *batch = data;
    g_autoptr(GArray) events = NULL;
    g_autoptr(rows_auto) rows = NULL;
    struct q_follower_texts row;
    g_array_set_size(batch->documents, 0);
    if (!look_for_place(tx, batch, error) || batch->lost)
        return batch->lost;
    if (!event_read(tx, batch->upto, BATCH, &events, error))
        return false;
    batch->reached = events->len > 0 ? g_array_index(events, struct event, events->len - 1).seq : batch->upto;
    batch->full = events->len == BATCH;
    g_autofree char *ids = named_messages(events);
    if (!q_follower_texts(tx, &rows, error, ids))
        return false;
    while (q_follower_texts_next(rows, &row))
        if (row.outbox_id == 0 ||
            was_queued(events, row.id)) /* a reply was indexed when it was queued, not when sent */
            take_document(batch, row.id, row.text);
    return true;
}

static bool read_page(struct tx *tx, struct batch *batch, int64_t *after_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_follower_messages row;
    g_array_set_size(batch->documents, 0);
    if (worker_is_stopping(batch->follower->search)) {
        error_set(error, HY_ERROR_BUSY, NULL, "the program ends: the index is made at the next start");
        return false;
    }
    if (!q_follower_messages(tx, &rows, error, *after_id, BATCH))
        return false;
    while (q_follower_messages_next(rows, &row)) {
        take_document(batch, row.id, row.text);
        *after_id = row.id;
    }
    return true;
}

/* All messages there are, in one snapshot with the end of the log: nothing is left out and nothing comes twice. */
static bool read_everything(struct tx *tx, void *data, GError **error)
{
    struct batch *batch = data;
    int64_t after_id = 0;
    if (!event_last_seq(tx, &batch->reached, error) || !search_index_reset(batch->follower->options.search, error))
        return false;
    do {
        if (!read_page(tx, batch, &after_id, error) || !add_documents(batch, 0, error))
            return false;
    } while (batch->documents->len == BATCH);
    g_array_set_size(batch->documents, 0);
    return add_documents(batch, batch->reached, error);
}

bool follower_search(void *data, int64_t *next_ms, GError **error)
{
    struct follower *follower = data;
    struct batch batch = {.follower = follower, .documents = g_array_new(FALSE, FALSE, sizeof(struct search_document))};
    g_array_set_clear_func(batch.documents, clear_document);
    bool ok = search_index_upto(follower->options.search, &batch.upto, error);
    if (ok && batch.upto != 0)
        ok = store_read(follower->options.store, read_batch, &batch, error);
    if (ok && (batch.upto == 0 || batch.lost))
        ok = store_read(follower->options.store, read_everything, &batch, error);
    else if (ok && batch.reached != batch.upto)
        ok = add_documents(&batch, batch.reached, error);
    *next_ms = batch.full ? 0 : INT64_MAX;
    g_array_unref(batch.documents);
    return ok;
}

/* ---- the threads ---- */

struct follower *follower_new(const struct follower_options *options)
{
    struct follower *follower = g_new0(struct follower, 1);
    follower->options = *options;
    follower->accounts = worker_new("follower.accounts", options->clock, 20, follower_accounts, follower);
    if (options->search != NULL)
        follower->search = worker_new("follower.search", options->clock, SEARCH_REST_MS, follower_search, follower);
    return follower;
}

void follower_start(struct follower *follower)
{
    worker_start(follower->accounts);
    if (follower->search != NULL)
        worker_start(follower->search);
}

void follower_wake(void *data)
{
    struct follower *follower = data;
    worker_wake(follower->accounts);
    if (follower->search != NULL)
        worker_wake(follower->search);
}

void follower_free(struct follower *follower)
{
    if (follower == NULL)
        return;
    worker_free(follower->accounts);
    worker_free(follower->search);
    g_free(follower);
}

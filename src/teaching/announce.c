#include "teaching/announce.h"

#include "base/writer.h"
#include "store/event.h"

bool announce_change(struct tx *tx, int64_t person_id, int64_t now_ms, const char *what, const char *task,
                     GError **error)
{
    g_auto(writer_auto) data;
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "what", what);
    if (task != NULL)
        writer_put_text(&data, "task", task);
    writer_end_object(&data);
    struct event event = {
        .at_ms = now_ms, .kind = EVENT_UNDERSTANDING_CHANGED, .person_id = person_id, .data = data.text->str};
    return event_append(tx, &event, error);
}

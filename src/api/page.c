/* page.c - the lists of call.h: limit, cursor, {"items","next_cursor"}. */
#include "api/call.h"
#include "api/cursor.h"
#include "api/route.h"

bool call_page(struct call *call, unsigned key_count, struct call_page *page, GError **error)
{
    const char *limit = call_query(call, "limit");
    const char *cursor = call_query(call, "cursor");
    *page = (struct call_page){.limit = LIMIT_PAGE_DEFAULT, .first = cursor == NULL};
    if (limit != NULL && !g_ascii_string_to_signed(limit, 10, 1, LIMIT_PAGE_MAX, &page->limit, NULL)) {
        error_set(error, HY_ERROR_BAD_VALUE, "limit", "not 1 to %d", LIMIT_PAGE_MAX);
        return false;
    }
    return cursor == NULL || cursor_parse(call->route->name, cursor, page->keys, key_count, error);
}

void call_list_begin(struct call *call)
{
    writer_begin_object(&call->out);
    writer_key(&call->out, "items");
    writer_begin_array(&call->out);
}

void call_list_end(struct call *call, const int64_t *keys, unsigned key_count)
{
    g_autofree char *cursor = keys != NULL ? cursor_format(call->route->name, keys, key_count) : NULL;
    writer_end_array(&call->out);
    writer_put_text(&call->out, "next_cursor", cursor);
    writer_end_object(&call->out);
}

struct list {
    struct call *call;
    call_list_work work;
};

static bool list_work(struct tx *tx, void *data, GError **error)
{
    const struct list *list = data;
    struct call *call = list->call;
    struct call_page page;
    int64_t last = 0;
    if (!call_page(call, 1, &page, error))
        return false;
    call_list_begin(call);
    if (!list->work(tx, call, &page, &last, error))
        return false;
    call_list_end(call, last != 0 ? &last : NULL, 1);
    return true;
}

bool call_list(struct call *call, call_list_work work, GError **error)
{
    struct list list = {call, work};
    return call_read(call, list_work, &list, error);
}

/* view.h - rows become the JSON of api/shapes.def: the one place where the desk's answers are written.
 *
 *   ids of a page ──view_conversations──▶ one statement ──▶ struct view ──view_write_conversation──▶ struct writer
 *
 * A list first finds the ids of its page by walking an index (conversation.h, contact.h, search.h), then all rows of
 * the page are read by one statement and written in the order of the ids. So every list looks the same and costs two
 * statements, whatever is joined. Inside a work function; the views hold no tx and may outlive it. */
#pragma once
#include "base/lang.h"
#include "base/writer.h"
#include "store/store.h"

/* Rows of one kind, loaded together. Ids that are not there are simply missing. */
struct view;
void view_free(struct view *view);
typedef struct view view_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(view_auto, view_free) /* g_autoptr(view_auto) */

/* ids: GArray of int64_t, may be empty. Free *view with view_free. */
bool view_conversations(struct tx *tx, const GArray *ids, struct view **view, GError **error);
bool view_messages(struct tx *tx, const GArray *ids, struct view **view, GError **error);
bool view_contacts(struct tx *tx, const GArray *ids, struct view **view, GError **error);
bool view_outbox(struct tx *tx, const GArray *ids, struct view **view, GError **error);

/* Write Conversation, Message, ContactBrief, OutboxItem. False, and nothing is written: no such row in the view. */
bool view_write_conversation(const struct view *view, int64_t id, struct writer *out);
bool view_write_message(const struct view *view, int64_t id, enum lang lang, struct writer *out);
bool view_write_contact(const struct view *view, int64_t id, struct writer *out);
bool view_write_outbox(const struct view *view, int64_t id, enum lang lang, struct writer *out);

/* The text of a message of the view; "" when it is not there. Borrowed from the view. */
const char *view_message_text(const struct view *view, int64_t id);

/* One of them, looked up and written. NOT_FOUND. */
bool view_conversation(struct tx *tx, int64_t id, struct writer *out, GError **error);
bool view_message(struct tx *tx, int64_t id, enum lang lang, struct writer *out, GError **error);
bool view_outbox_item(struct tx *tx, int64_t id, enum lang lang, struct writer *out, GError **error);

/* "[1,2]": a list of ids as the queries' @IDS wants it. g_free. */
char *view_ids(const GArray *ids);

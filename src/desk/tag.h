/* tag.h - the words a team files its conversations under. Conversations keep them twice: as rows to look for
 * (conversation_tag) and as JSON to show (conversation.tags); both are written here only. */
#pragma once
#include "base/error.h"
#include "base/writer.h"
#include "store/store.h"

/* Trims, drops repetitions, keeps the order; JSON of the list in *json, g_free. EMPTY or TOO_LONG naming "tags": an
 * empty one, one of more than LIMIT_NAME bytes, more than LIMIT_TAGS of them. *clean may be NULL; g_strfreev. */
bool tag_clean(const char *const *tags, char ***clean, char **json, GError **error);

/* Replaces a conversation's rows; *json is for its column tags (conversation_save). g_free. */
bool tag_save(struct tx *tx, int64_t conversation_id, const char *const *tags, char **json, GError **error);

/* Texts of the tags in use, most used first, into an array that is open. *more: there are others after these. */
bool tag_list(struct tx *tx, int64_t skip, int64_t limit, struct writer *out, bool *more, GError **error);
